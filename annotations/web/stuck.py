"""The tasks that nobody can finish, in the words of a page: what each misses, and why nobody is left for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef

from annotations.assignment.prospects import Bar, Prospect
from annotations.models import Assignment, Task, User
from annotations.models.expressions import CountOf
from annotations.progress.names import natural_key

WHY: Mapping[Bar, str] = {
    Bar.SKIPPED: "{} skipped it",
    Bar.WITHDRAWN: "it was taken back from {}",
    Bar.OVER: "{} closed their part in it",
    Bar.SEEN: "{} may have seen what others made of it",
}
NOT_OFFERED: Mapping[Bar, str] = {Bar.SKIPPED: "skipped it", Bar.WITHDRAWN: "it was taken back from them"}
"""What stands behind the name of somebody to whom only a manager can pass a task on."""


@dataclass(frozen=True, slots=True)
class StuckLine:
    """One task that cannot be finished as things are."""

    task_id: int
    title: str
    round_number: int
    submitted: int
    wanted: int
    why: str


def describe_stuck(prospects: Sequence[Prospect], *, limit: int) -> list[StuckLine]:
    """Tell of some of the tasks, in two queries."""
    shown = prospects[:limit]
    submitted = Assignment.objects.submitted().filter(task=OuterRef("pk")).order_by().values("pk")
    rows = (
        Task.objects.filter(pk__in=[one.task_id for one in shown])
        .annotate(submitted=CountOf(submitted))
        .values_list("pk", "article__title", "round__number", "submitted")
    )
    told = {pk: (title, number, submitted) for pk, title, number, submitted in rows}
    names = dict(
        User.objects.filter(pk__in={person for one in shown for person in one.barred}).values_list(
            "pk", "name"
        )
    )
    return [
        StuckLine(one.task_id, *told[one.task_id], wanted=one.wanted, why=say_why(one, names))
        for one in shown
        if one.task_id in told
    ]


def say_why(prospect: Prospect, names: Mapping[int, str]) -> str:
    """Say why nobody is left who could take the task, as a part of a sentence."""
    reasons = sorted(
        (natural_key(names[person]), WHY[bar].format(names[person]))
        for person, bar in prospect.barred.items()
        if person in names
    )
    return "; ".join(text for _, text in reasons) or "the round has too few annotators"
