"""Who may adjudicate a task, and what keeps somebody from it: asked of many tasks at once, in a fixed number of queries."""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from annotations.blindness import find_open_tasks, has_part
from annotations.models import Assignment, AssignmentStatus, Membership, Role, Task, TaskStatus, User


class OwnAnnotationError(Exception):
    """Who annotated a task must not adjudicate it while somebody else can."""


class StillAnnotatingError(Exception):
    """Nobody adjudicates an article before their own part in it is over, in whatever round."""


class AdjudicatorBar(StrEnum):
    """Why a task is not for an adjudicator who annotates its article, or did."""

    ANOTHER_DECIDES = "another-decides"
    TO_CLOSE = "to-close"
    HIDDEN = "hidden"


EXPLANATIONS = {
    AdjudicatorBar.ANOTHER_DECIDES: "You annotated this task yourself, so another adjudicator decides on it.",
    AdjudicatorBar.TO_CLOSE: "You had this article to annotate yourself: close your part in it before you adjudicate.",
    AdjudicatorBar.HIDDEN: "This article is hidden from you while you annotate it: your part in it is not over in every round.",
}


def check_may_adjudicate(task: Task, person: User) -> None:
    """Refuse who still annotates the article, and who annotated the task while somebody else can decide on it."""
    bar = find_bars([task], person).get(task.pk)
    if bar is AdjudicatorBar.ANOTHER_DECIDES:
        raise OwnAnnotationError(EXPLANATIONS[bar])
    if bar is not None:
        raise StillAnnotatingError(EXPLANATIONS[bar])


def is_own_annotation(task: Task, person: User) -> bool:
    """Whether a person submitted an annotation of the task themselves, which shows on the record of whatever they decide there."""
    return task.assignments.submitted().of(person).exists()


def find_bars(tasks: Iterable[Task], person: User) -> dict[int, AdjudicatorBar]:
    """What keeps a person from each of the tasks; one that they may adjudicate is left out."""
    by_id = {task.pk: task for task in tasks}
    shares = {
        task: (status, closed_at)
        for task, status, closed_at in Assignment.objects.of(person)
        .filter(task__in=by_id)
        .values_list("task_id", "status", "closed_at")
    }
    own = [task for task, (status, _) in shares.items() if status == AssignmentStatus.SUBMITTED]
    for_others = set(_keep_adjudicable_by_others(own, person).values_list("pk", flat=True)) if own else set()
    articles = {task.article_id for task in by_id.values()}
    open_tasks = find_open_tasks(person.pk).filter(article__in=articles)
    hidden = set(open_tasks.values_list("article_id", flat=True)) if has_part(person) else set()
    bars = {}
    for task in by_id.values():
        if task.pk in for_others:
            bars[task.pk] = AdjudicatorBar.ANOTHER_DECIDES
        elif task.article_id in hidden:
            has_open_share = task.pk in shares and shares[task.pk][1] is None
            can_close = task.status == TaskStatus.ANNOTATED and has_open_share
            bars[task.pk] = AdjudicatorBar.TO_CLOSE if can_close else AdjudicatorBar.HIDDEN
    return bars


def _keep_adjudicable_by_others(task_ids: Iterable[int], person: User) -> QuerySet[Task]:
    """The tasks that somebody else could adjudicate: who did not annotate it, nor has a part in its article now."""
    annotated = Assignment.objects.submitted().filter(
        task=OuterRef(OuterRef("pk")), annotator=OuterRef("user")
    )
    annotates = find_open_tasks(OuterRef(OuterRef("user"))).filter(article=OuterRef(OuterRef("article")))
    others = (
        Membership.objects.filter(
            project=OuterRef("round__project"), role=Role.ADJUDICATOR, user__is_active=True
        )
        .exclude(user=person)
        .filter(~Exists(annotated.order_by()), ~Exists(annotates))
    )
    return Task.objects.filter(Exists(others.order_by()), pk__in=list(task_ids)).order_by()
