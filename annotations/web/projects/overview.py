"""What the page of a project shows, in a number of queries that does not grow with the project."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from annotations.blindness import keep_visible
from annotations.models import (
    Annotation,
    Assignment,
    AssignmentStatus,
    NotedAnnotation,
    Project,
    Round,
    Scheme,
    Task,
    TaskStatus,
    TaskTally,
    User,
)
from annotations.progress.deadlines import Deadline, say_deadline
from annotations.progress.names import sort_by_name


@dataclass(frozen=True, slots=True)
class Note:
    """Words that an annotator left for the team: a text field of a document, or the reason of a skip."""

    at: datetime
    by: int
    """The number of the annotator."""
    annotator: str
    task: int
    article: str
    """Its title."""
    about: str
    text: str


NAMED = ("annotator_id", "annotator__name", "task_id", "task__article__title")
"""What a note tells of the assignment on which it was left."""


def list_notes(
    project: Project, *, reader: User, limit: int, by: User | None = None, of: Round | None = None
) -> list[Note]:
    """The latest notes, whichever way they were left, on articles that are not hidden from the reader; by all or one annotator, of all rounds or one."""
    titles = {
        field.name: field.title
        for scheme in Scheme.objects.used_in(project)
        for field in scheme.definition.fields
        if field.kind.is_prose
    }
    counting = Annotation.objects.current().filter(assignment__task__round__project=project).order_by()
    noted = (
        keep_visible(
            NotedAnnotation.objects.filter(project=project),
            reader,
            article="annotation__assignment__task__article",
        )
        .filter(Exists(counting.filter(pk=OuterRef("annotation"))), Q(annotator=by) if by else Q())
        .filter(Q(annotation__assignment__task__round=of) if of else Q())
        .order_by("-annotation_id")
        .values_list(
            "annotation__created_at",
            *(f"annotation__assignment__{name}" for name in NAMED),
            "annotation__fields",
        )[:limit]
    )
    skips = (
        keep_visible(Assignment.objects.all(), reader, article="task__article")
        .filter(Q(status=AssignmentStatus.SKIPPED), Q(annotator=by) if by else Q())
        .filter(Exists(Task.objects.filter(pk=OuterRef("task"), round__project=project)))
        .filter(Q(task__round=of) if of else Q())
        .order_by("-status_changed_at")
        .values_list("status_changed_at", *NAMED, "skip_reason")[:limit]
    )
    notes = [
        Note(at, number, annotator, task, article, titles[name], str(text))
        for at, number, annotator, task, article, fields in noted
        for name, text in fields.items()
        if name in titles and str(text).strip()
    ]
    notes += [
        Note(at, number, annotator, task, article, "Skipped", reason)
        for at, number, annotator, task, article, reason in skips
    ]
    return sorted(notes, key=attrgetter("at"), reverse=True)[:limit]


@dataclass(frozen=True, slots=True)
class DueRound:
    """A round that has articles to annotate and a day by which that should be done."""

    round: Round
    left: int
    deadline: Deadline


def list_deadlines(project: Project) -> list[DueRound]:
    """The rounds that are due, and have something to annotate, the first that is due first."""
    rounds = list(project.rounds.filter(closed_at=None, due_on__isnull=False).order_by("due_on", "number"))
    counts = TaskTally.objects.filter(round__in=rounds, status=TaskStatus.OPEN).count_by("round")
    today = timezone.localdate()
    return [
        DueRound(round_, left, say_deadline(round_.due_on, today=today, is_done=False))
        for round_ in rounds
        if round_.due_on and (left := counts[round_.pk][TaskStatus.OPEN])
    ]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What one annotator wrote for the team: their latest note, and how many of the latest notes are theirs."""

    latest: Note
    number: int


def gather_doubts(notes: Iterable[Note]) -> list[Doubts]:
    """Gather the notes of each person in a line, with the first that was given; they come with the latest first, lines go by names."""
    by_person: dict[int, list[Note]] = {}
    for note in notes:
        by_person.setdefault(note.by, []).append(note)
    lines = [Doubts(latest=theirs[0], number=len(theirs)) for theirs in by_person.values()]
    return sort_by_name(lines, name=lambda line: line.latest.annotator)
