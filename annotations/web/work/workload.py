"""What lies before an annotator: per round what is done and what is left, and what they handed in."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Sum, Value
from django.utils import timezone

from annotations.models import (
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Participant,
    Project,
    Quiz,
    Role,
    TaskStatus,
    TaskTally,
    User,
)
from annotations.models.quizzes import has_passed
from annotations.progress.deadlines import Deadline, say_deadline

FAR_AWAY = date.max
CLAIMABLE, HAD = "claimable", "had"
"""What is counted of a round's tasks, beside somebody's own assignments by status."""
SHOWN = (AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED)


@dataclass(frozen=True, slots=True)
class RoundWork:
    """An annotator's share of a round. What others may still take first counts as left too."""

    participant: Participant
    submitted: int
    queued: int
    free: int
    quiz: Quiz | None = None
    """What has to be passed before anything more comes; None where nothing has, or it is passed."""

    @property
    def left(self) -> int:
        return self.queued + self.free

    @property
    def deadline(self) -> Deadline | None:
        """What is said of the day by which the round is due; nothing where it has none."""
        due_on = self.participant.round.due_on
        if due_on is None:
            return None
        return say_deadline(due_on, today=timezone.localdate(), is_done=not self.left)

    @property
    def total(self) -> int:
        return self.submitted + self.left


def list_round_work(annotator: User) -> list[RoundWork]:
    """Rounds with something left first, of these what is due first and then the oldest at the top; as many queries, however many rounds."""
    participants = (
        find_participations(annotator)
        .annotate(has_passed=has_passed(annotator, quiz=OuterRef("round__required_quiz__quiz")))
        .select_related("round__project", "round__required_quiz__quiz")
        .order_by("round_id")
    )
    receiving = [participant.round_id for participant in participants if participant.is_active]
    counts = _count_shares(annotator, receiving)
    unmet = [each.round for each in participants if each.is_active and not each.has_passed]
    quizzes = {round_.pk: round_.required_quiz.quiz for round_ in unmet if hasattr(round_, "required_quiz")}
    work = [
        RoundWork(
            participant=participant,
            submitted=counts[participant.round_id][AssignmentStatus.SUBMITTED],
            queued=counts[participant.round_id][AssignmentStatus.QUEUED],
            free=counts[participant.round_id][CLAIMABLE] - counts[participant.round_id][HAD],
            quiz=quizzes.get(participant.round_id),
        )
        for participant in participants
    ]
    return sorted(
        work,
        key=lambda share: (
            not share.left,
            share.participant.round.due_on or FAR_AWAY,
            share.participant.round_id,
        ),
    )


def _count_shares(annotator: User, receiving: Collection[int]) -> dict[int, Counter[str]]:
    """Per round somebody's own assignments by status, the tasks with a claim to be taken, and how many of these they had already.

    All in one statement: an article that comes into the queue between two would be missing from both, and the page would say
    that nothing is left.
    """
    own = AssignmentTally.objects.filter(annotator=annotator).order_by().values_list("round", "status")
    claimable = TaskTally.objects.filter(round__in=receiving, is_claimable=True).order_by()
    had = Assignment.objects.of(annotator).filter(
        task__round__in=receiving, task__status=TaskStatus.OPEN, task__claimed__lt=F("task__wanted")
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for round_id, what, number in own.annotate(sum=Sum("number")).union(
        claimable.annotate(what=Value(CLAIMABLE)).values_list("round", "what").annotate(sum=Sum("number")),
        had.order_by().annotate(what=Value(HAD)).values_list("task__round", "what").annotate(sum=Count("id")),
        all=True,
    ):
        counts[round_id][what] = number
    return counts


def find_participations(annotator: User) -> QuerySet[Participant]:
    """The rounds that somebody takes part in, or took part in, of projects that they still annotate."""
    projects = Project.objects.with_role(annotator, Role.ANNOTATOR)
    return Participant.objects.filter(annotator=annotator, round__project__in=projects)


def find_own_assignments(annotator: User) -> QuerySet[Assignment]:
    """A person's assignments in the projects that they annotate in now."""
    projects = Project.objects.with_role(annotator, Role.ANNOTATOR)
    return Assignment.objects.of(annotator).filter(task__round__project__in=projects)


def count_handed_in(annotator: User) -> int:
    """How many articles somebody submitted or skipped, as the tallies say."""
    projects = Project.objects.with_role(annotator, Role.ANNOTATOR)
    return AssignmentTally.objects.filter(
        annotator=annotator, round__project__in=projects, status__in=SHOWN
    ).total()


def list_handed_in(annotator: User) -> QuerySet[Assignment]:
    """Submitted and skipped articles, the latest first."""
    return (
        find_own_assignments(annotator)
        .filter(status__in=SHOWN)
        .select_related("task__article", "task__round__project")
        .defer("task__article__text", "task__article__original", "task__article__metadata")
        .order_by("-status_changed_at", "-id")
    )
