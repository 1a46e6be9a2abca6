"""What the lines of the audit trail are about, in words and with a link, in one query a kind of thing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from annotations.models import (
    Assignment,
    Event,
    Gold,
    Participant,
    Project,
    Release,
    Round,
    Scheme,
    Task,
    User,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` says what sort of thing it is; `name` may be empty where the kind says all."""

    kind: str
    name: str = ""
    url: str = ""


Find = Callable[[Project, list[int]], Iterable[tuple[int, Subject]]]


def describe_subjects(project: Project, events: Iterable[Event]) -> list[tuple[Event, Subject]]:
    """Each event with its subject; one that is gone, or of a kind that has no page, goes by its number."""
    events = list(events)
    wanted: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event.subject_type in FINDERS and event.subject_id.isdecimal():
            wanted[event.subject_type].append(int(event.subject_id))
    known: dict[tuple[str, str], Subject] = {
        (kind, str(number)): subject
        for kind, numbers in wanted.items()
        for number, subject in FINDERS[kind](project, numbers)
    }
    return [
        (
            event,
            known.get(
                (event.subject_type, event.subject_id), Subject(event.subject_type, event.subject_id[:12])
            ),
        )
        for event in events
    ]


def _find_tasks(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Task.objects.filter(pk__in=numbers).values_list("pk", "article__title")
    return ((task, _name_task(project, task, title)) for task, title in rows)


def _find_assignments(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Assignment.objects.filter(pk__in=numbers).values_list("pk", "task_id", "task__article__title")
    return ((number, _name_task(project, task, title)) for number, task, title in rows)


def _find_gold(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Gold.objects.filter(pk__in=numbers).values_list("pk", "task_id", "task__article__title")
    return ((number, _name_task(project, task, title)) for number, task, title in rows)


def _name_task(project: Project, task: int, title: str) -> Subject:
    return Subject("article", title, reverse("web:task", args=[project.slug, task]))


def _find_rounds(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Round.objects.filter(pk__in=numbers).values_list("pk", "number")
    return (
        (pk, Subject("round", str(number), reverse("web:round", args=[project.slug, number])))
        for pk, number in rows
    )


def _find_releases(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Release.objects.filter(pk__in=numbers).values_list("pk", "number")
    return (
        (pk, Subject("release", str(number), reverse("web:release", args=[project.slug, number])))
        for pk, number in rows
    )


def _find_people(_: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = User.objects.filter(pk__in=numbers).values_list("pk", "name", "email")
    return ((pk, Subject("", name or email)) for pk, name, email in rows)


def _find_participants(_: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Participant.objects.filter(pk__in=numbers).values_list(
        "pk", "annotator__name", "annotator__email", "round__number"
    )
    return ((pk, Subject("", f"{name or email} in round {number}")) for pk, name, email, number in rows)


def _find_schemes(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    address = reverse("web:guidelines", args=[project.slug])
    return (
        (scheme.pk, Subject("scheme", str(scheme), f"{address}?version={scheme.version}"))
        for scheme in Scheme.objects.filter(pk__in=numbers).defer("source")
    )


def _find_projects(_: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    return ((number, Subject("project")) for number in numbers)


FINDERS: Mapping[str, Find] = {
    "task": _find_tasks,
    "assignment": _find_assignments,
    "gold": _find_gold,
    "round": _find_rounds,
    "release": _find_releases,
    "user": _find_people,
    "participant": _find_participants,
    "scheme": _find_schemes,
    "project": _find_projects,
}
