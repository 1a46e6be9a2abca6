"""What one person did in a project, in figures: for themselves, or for a manager."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from annotations.blindness import mark_hidden
from annotations.collection.suggesting import sum_up_use
from annotations.models import (
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Gold,
    Participant,
    Project,
    Round,
    Span,
    User,
)
from annotations.progress.pace import find_median_minutes, say_minutes
from annotations.progress.waiting import MAX_TIMED, AnnotatorLine, list_annotators
from annotations.suggested import SuggestedUse

MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RoundLine:
    """What one person did and has before them in one round."""

    round: Round
    is_active: bool
    submitted: int
    queued: int
    skipped: int


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article that a person submitted; what they made of it is left out where it is hidden from the reader."""

    task_id: int
    title: str
    at: datetime
    is_hidden: bool
    pace: str
    revision: int
    spans: int


@dataclass(frozen=True, slots=True)
class LabelLine:
    """How many spans of a label a person marked in an article, on average of the latest."""

    label: str
    an_article: float


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """The figures of one person in one project; `annotator` is None where they never took part in a round."""

    annotator: AnnotatorLine | None
    rounds: list[RoundLine]
    latest: list[ArticleLine]
    labels: list[LabelLine]
    counted: int
    finished: int
    suggestions: SuggestedUse | None = None
    """What became of suggestions in all that they submitted; None where they never saw any."""

    @property
    def pace(self) -> str:
        """How long an article takes them, in words."""
        return self.annotator.pace if self.annotator else ""


def measure_person(project: Project, person: User, *, reader: User) -> PersonFigures:
    """Put together what one person did, in a fixed number of queries."""
    lines = list_annotators(project, person=person)
    own = Assignment.objects.of(person).filter(task__round__project=project)
    submitted = list(
        mark_hidden(own.submitted(), reader, article="task__article")
        .select_related("task__article", "current")
        .only(
            "status", "status_changed_at", "task__article__title", "current__lead_time", "current__revision"
        )
        .order_by("-status_changed_at", "-id")[:MAX_TIMED]
    )
    shown = [share for share in submitted if reader == person or not share.is_hidden]  # type: ignore[attr-defined]
    spans: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Span.objects.filter(annotation__in=[share.current_id for share in shown]).order_by()
    for annotation, label, number in rows.values_list("annotation_id", "label").annotate(Count("id")):
        spans[annotation][label] = number
    labels: Counter[str] = sum(spans.values(), Counter())
    return PersonFigures(
        annotator=lines[0] if lines else None,
        rounds=_list_rounds(
            project,
            person,
            AssignmentTally.objects.filter(annotator=person, round__project=project).count_by("round"),
        ),
        latest=[
            ArticleLine(
                task_id=share.task_id,
                title=share.task.article.title,
                at=share.status_changed_at,
                is_hidden=share not in shown,
                pace=say_minutes(find_median_minutes([share.current.lead_time])) if share.current else "",
                revision=share.current.revision if share.current else 0,
                spans=spans[share.current_id or 0].total(),
            )
            for share in submitted[:MAX_SHOWN]
        ],
        labels=[LabelLine(label, number / len(shown)) for label, number in labels.most_common()],
        counted=len(shown),
        finished=Gold.objects.filter(finished_by=person, task__round__project=project).count(),
        suggestions=sum_up_use(project, person),
    )


def _list_rounds(project: Project, person: User, counts: dict[int, Counter[str]]) -> list[RoundLine]:
    taking_part = Participant.objects.filter(annotator=person, round__project=project)
    return [
        RoundLine(
            round=participant.round,
            is_active=participant.is_active,
            submitted=counts[participant.round_id][AssignmentStatus.SUBMITTED],
            queued=counts[participant.round_id][AssignmentStatus.QUEUED],
            skipped=counts[participant.round_id][AssignmentStatus.SKIPPED],
        )
        for participant in taking_part.select_related("round").order_by("-round__number")
    ]
