"""What the lines of the audit trail are about, in words and with a link, in one query a kind of thing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from annotations.models import (
    Article,
    Assignment,
    Decision,
    DuplicateCluster,
    Event,
    Gold,
    Job,
    Participant,
    Project,
    QuarantinedItem,
    Quiz,
    Release,
    Round,
    Scheme,
    Task,
    User,
)
from annotations.web.activity.details import describe_details, find_people
from annotations.web.activity.jobs import name_job
from annotations.web.activity.sentences import Sentence, Told, say


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` says what sort of thing it is; `name` may be empty where the kind says all; `person` is whose share of it is meant, `place` the round of somebody who takes part in it."""

    kind: str
    name: str = ""
    url: str = ""
    person: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line of the audit trail with what it is about and its details, all by their names; `others` are the like lines that it stands for, too."""

    event: Event
    subject: Subject
    sentence: Sentence
    details: dict[str, Any]
    others: tuple["EventLine", ...] = ()

    @property
    def has_aside(self) -> bool:
        """Whether it has still to be said whose share it is."""
        actor = self.event.actor.name if self.event.actor else ""
        return not self.sentence.names_person and self.subject.person not in {"", actor}

    @property
    def is_about_oneself(self) -> bool:
        """Whether somebody did something for themselves."""
        return self.event.subject_type == "user" and self.event.subject_id == str(self.event.actor_id)


Find = Callable[[Project, list[int]], Iterable[tuple[int, Subject]]]


def describe_events(project: Project, events: Iterable[Event]) -> list[EventLine]:
    """Each event in words; a subject that is gone, or of a kind that has no page, goes by its number."""
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
    named = find_people(event.details for event in events)
    names = {pk: name or email for pk, name, email in _read_names(named)} if named else {}
    return [_tell(event, _choose_subject(event, known), names) for event in events]


def _tell(event: Event, subject: Subject, names: Mapping[int, str]) -> EventLine:
    told = Told(event.details, names, person=subject.person, place=subject.place)
    sentence = say(event.verb, event.subject_type, told)
    return EventLine(event, subject, sentence, describe_details(sentence.left, names))


def _choose_subject(event: Event, known: Mapping[tuple[str, str], Subject]) -> Subject:
    title = event.details.get("title") if event.subject_type == "article" else ""
    if event.subject_type == "articleimport":
        return Subject("an import")
    if event.subject_type == "job" and (kind := event.details.get("kind")):
        known = {("job", event.subject_id): Subject("", name_job(str(kind))), **known}
    unknown = Subject(event.subject_type, str(title or event.subject_id[:12]))
    return known.get((event.subject_type, event.subject_id), unknown)


def _read_names(people: Collection[int]) -> list[tuple[int, str, str]]:
    return list(User.objects.filter(pk__in=people).values_list("pk", "name", "email"))


def _find_articles(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Article.objects.filter(pk__in=numbers).values_list("pk", "title")
    return (
        (pk, Subject("article", title, reverse("web:article", args=[project.slug, pk]))) for pk, title in rows
    )


def _find_tasks(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Task.objects.filter(pk__in=numbers).values_list("pk", "article__title")
    return ((task, _name_task(project, task, title)) for task, title in rows)


def _find_assignments(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Assignment.objects.filter(pk__in=numbers).values_list(
        "pk", "task_id", "task__article__title", "annotator__name"
    )
    return (
        (number, replace(_name_task(project, task, title), person=annotator))
        for number, task, title, annotator in rows
    )


def _find_decisions(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Decision.objects.filter(pk__in=numbers).values_list("pk", "task_id", "task__article__title")
    return ((number, _name_task(project, task, title)) for number, task, title in rows)


def _find_quarantined(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = QuarantinedItem.objects.filter(pk__in=numbers).values_list(
        "pk",
        "annotation__assignment__task",
        "annotation__assignment__task__article__title",
        "annotation__assignment__annotator__name",
    )
    return (
        (number, replace(_name_task(project, task, title), person=annotator))
        for number, task, title, annotator in rows
    )


def _find_jobs(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    address = reverse("web:jobs", args=[project.slug])
    rows = Job.objects.filter(pk__in=numbers).values_list("pk", "kind")
    return ((number, Subject("", name_job(kind), address)) for number, kind in rows)


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


def _find_people(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    return (
        (pk, Subject("", name or email, reverse("web:person", args=[project.slug, pk])))
        for pk, name, email in _read_names(numbers)
    )


def _find_duplicates(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    clusters = DuplicateCluster.objects.filter(pk__in=numbers).values_list("pk", flat=True)
    return (
        (pk, Subject("group of copies", str(pk), reverse("web:duplicate", args=[project.slug, pk])))
        for pk in clusters
    )


def _find_participants(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Participant.objects.filter(pk__in=numbers).values_list(
        "pk", "annotator", "annotator__name", "annotator__email", "round__number"
    )
    return (
        (
            pk,
            Subject(
                "",
                name or email,
                reverse("web:person", args=[project.slug, annotator]),
                place=f"round {number}",
            ),
        )
        for pk, annotator, name, email, number in rows
    )


def _find_schemes(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    address = reverse("web:guidelines", args=[project.slug])
    return (
        (scheme.pk, Subject("scheme", str(scheme), f"{address}?version={scheme.version}"))
        for scheme in Scheme.objects.filter(pk__in=numbers).defer("source")
    )


def _find_quizzes(project: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    rows = Quiz.objects.filter(pk__in=numbers).values_list("pk", "number")
    return (
        (pk, Subject("quiz", str(number), reverse("web:quiz", args=[project.slug, number])))
        for pk, number in rows
    )


def _find_projects(_: Project, numbers: list[int]) -> Iterable[tuple[int, Subject]]:
    return ((number, Subject("the project")) for number in numbers)


FINDERS: Mapping[str, Find] = {
    "article": _find_articles,
    "task": _find_tasks,
    "assignment": _find_assignments,
    "decision": _find_decisions,
    "quarantineditem": _find_quarantined,
    "job": _find_jobs,
    "quiz": _find_quizzes,
    "duplicatecluster": _find_duplicates,
    "gold": _find_gold,
    "round": _find_rounds,
    "release": _find_releases,
    "user": _find_people,
    "participant": _find_participants,
    "scheme": _find_schemes,
    "project": _find_projects,
}
