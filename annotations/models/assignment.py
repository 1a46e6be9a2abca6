"""Rounds of tasks, and each annotator's share of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from annotations.limits import MAX_ROUND_NAME_LENGTH
from annotations.models.accounts import User
from annotations.models.corpus import Article
from annotations.models.projects import GuidelineRevision, Project, Scheme
from annotations.studio_numbers import number_among_all, studio_of

Row = TypeVar("Row", bound=models.Model)


class RoundKind(models.TextChoices):
    """The purpose of a round."""

    CALIBRATION = "calibration", "calibration"
    PRODUCTION = "production", "production"
    RETEST = "retest", "retest"
    IMPORTED = "imported", "made elsewhere"


PLANNED_KINDS = tuple(kind for kind in RoundKind if kind is not RoundKind.IMPORTED)
"""The purposes of rounds that are planned here; what was annotated elsewhere comes in as a round of its own kind."""


class Round(models.Model):
    """A batch of tasks with a purpose; each task wants `overlap` annotators."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rounds")
    scheme = models.ForeignKey(
        Scheme,
        on_delete=models.PROTECT,
        related_name="rounds",
        help_text="The project's scheme when the round was planned.",
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=RoundKind.choices, default=RoundKind.PRODUCTION)
    overlap = models.PositiveSmallIntegerField()
    seed = models.PositiveBigIntegerField(help_text="Fixes every random choice of the round.")
    name = models.CharField(
        max_length=MAX_ROUND_NAME_LENGTH, blank=True, help_text="What people call it, beside its number."
    )
    due_on = models.DateField(
        null=True, blank=True, help_text="The day by which its annotators should have submitted everything."
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then none of its tasks is given to anybody."
    )
    planned_for = models.OneToOneField(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="round_under_way",
        help_text="Where the round will be once all its tasks are written; its articles count as planned there already.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(name="round_number_unique", fields=["project", "number"]),
            models.CheckConstraint(name="round_overlap_positive", condition=Q(overlap__gte=1)),
            models.CheckConstraint(name="round_kind_is_known", condition=Q(kind__in=RoundKind.values)),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.project}"

    @property
    def title(self) -> str:
        """The number, and the name where somebody gave one."""
        return f"Round {self.number}: {self.name}" if self.name else f"Round {self.number}"


class Participant(models.Model):
    """An annotator of a round, with the studio project that holds only their tasks."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="participants")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    is_active = models.BooleanField(default=True, help_text="Receives new tasks.")
    studio_project_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    studio_busy_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Set while somebody works on the studio project; a time gone by tells of work left unfinished.",
    )
    joined_at = models.DateTimeField(default=timezone.now)
    seen_guidelines = models.ForeignKey(
        GuidelineRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The latest correction of the guidelines that they said they have read.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [models.UniqueConstraint(name="participant_unique", fields=["round", "annotator"])]

    def __str__(self) -> str:
        return f"{self.annotator} in {self.round}"


class TaskStatus(models.TextChoices):
    """A task's stand between being planned and being settled."""

    OPEN = "open", "being annotated"
    ANNOTATED = "annotated", "awaiting adjudication"
    ADJUDICATED = "adjudicated", "adjudicated"
    CANCELLED = "cancelled", "cancelled"
    EXCLUDED = "excluded", "excluded with its article"


LIVE_STATUSES = (TaskStatus.OPEN, TaskStatus.ANNOTATED, TaskStatus.ADJUDICATED)
"""The statuses of the tasks that count: neither cancelled nor excluded."""


class StatusQuerySet(models.QuerySet[Row]):
    """Rows that have a status, counted by it."""

    def count_by(self, field: str) -> dict[int, Counter[str]]:
        """How many stand in each status, for each value of a field, in one query."""
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        rows = self.order_by().values_list(field, "status").annotate(count=Count("id"))
        for value, status, count in rows:
            counts[value][status] = count
        return counts


class TaskQuerySet(StatusQuerySet["Task"]):
    """Tasks, narrowed by where they stand."""

    def live(self) -> Self:
        """Tasks that count: neither cancelled nor excluded."""
        return self.filter(status__in=LIVE_STATUSES)

    def claimable(self) -> Self:
        return self.filter(status=TaskStatus.OPEN, claimed__lt=F("wanted"))

    def annotated(self) -> Self:
        """Tasks that have all their annotations and that nobody has finished adjudicating."""
        return self.filter(status=TaskStatus.ANNOTATED)

    def awaiting_rule(self) -> Self:
        """Tasks that nobody has held against the merge rule since their last annotation came in."""
        return self.annotated().filter(awaits_rule=True)


class Task(models.Model):
    """An article in a round, wanted from `wanted` annotators; `claimed` counts the claims that hold."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="tasks")
    wanted = models.PositiveSmallIntegerField()
    claimed = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    status_changed_at = models.DateTimeField(default=timezone.now)
    annotated_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="All annotations were in for the first time then, and were shown to those with no share of the task.",
    )

    awaits_rule = models.BooleanField(
        default=False,
        help_text="All annotations are in, and the merge rule has not been asked since the last one came.",
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(name="task_by_status", fields=["round", "status", "id"]),
            models.Index(name="task_in_round", fields=["round", "id"]),
            models.Index(name="task_by_turn", fields=["status", "round", "status_changed_at", "id"]),
            models.Index(name="task_awaiting_rule", fields=["id"], condition=Q(awaits_rule=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="task_article_once_in_round", fields=["round", "article"]),
            models.CheckConstraint(name="task_never_overclaimed", condition=Q(claimed__lte=F("wanted"))),
            models.CheckConstraint(name="task_status_is_known", condition=Q(status__in=TaskStatus.values)),
        ]

    def __str__(self) -> str:
        return f"{self.article} in {self.round}"


class AssignmentStatus(models.TextChoices):
    """A share's stand between being claimed by its annotator and being handed in or given up."""

    QUEUED = "queued", "waiting for the annotator"
    SUBMITTED = "submitted", "submitted"
    SKIPPED = "skipped", "skipped"
    EXPIRED = "expired", "expired"
    WITHDRAWN = "withdrawn", "withdrawn"
    RETURNED = "returned", "given back"


CLAIM_HOLDING_STATUSES = (AssignmentStatus.QUEUED, AssignmentStatus.SUBMITTED)
"""The statuses in which an assignment holds one of its task's claims."""


LEFT_BEHIND = (
    ~Q(status=AssignmentStatus.QUEUED)
    & ~Q(status=AssignmentStatus.SUBMITTED)
    & Q(studio_task_id__isnull=False)
)
"""Spelled as the index is, since SQLite uses an index on part of a table only for the very same words."""


class AssignmentQuerySet(StatusQuerySet["Assignment"]):
    """Assignments, narrowed by whose they are and where they stand."""

    def of(self, annotator: User) -> Self:
        return self.filter(annotator=annotator)

    def queued(self) -> Self:
        return self.filter(status=AssignmentStatus.QUEUED)

    def submitted(self) -> Self:
        return self.filter(status=AssignmentStatus.SUBMITTED)

    def holding(self) -> Self:
        return self.filter(status__in=CLAIM_HOLDING_STATUSES)

    def overdue(self, now: datetime) -> Self:
        """Queued assignments whose lease has run out; leases stand still while a project is archived."""
        archived = Project.objects.filter(archived_at__isnull=False)
        return self.queued().filter(leased_until__lt=now).exclude(task__round__project__in=archived)

    def to_bring(self) -> Self:
        """Queued assignments that have no task in the Studio yet.

        Asked for what is NULL, SQLite goes through all that was ever taken away from the Studio.
        """
        return self.queued().exclude(studio_task_id__gte=0)

    def left_behind(self) -> Self:
        """Assignments that hold no claim any more, yet still have a task in the Studio."""
        return self.filter(LEFT_BEHIND)


class Assignment(models.Model):
    """One annotator's share of a task."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    status = models.CharField(
        max_length=10, choices=AssignmentStatus.choices, default=AssignmentStatus.QUEUED
    )
    status_changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(help_text="A queued assignment expires then.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    skip_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since then the annotator's part in the task is over for good: their annotation never changes again.",
    )
    studio_task_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    studio_annotation_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    studio_editor_id = models.UUIDField(
        null=True,
        blank=True,
        help_text="By which the editor that submitted calls its annotation; a retry has the same.",
    )
    saving_content = models.UUIDField(
        null=True,
        blank=True,
        help_text="Of the digest of what is on its way to the Studio; nothing else may be.",
    )
    saving_until = models.DateTimeField(
        null=True, blank=True, help_text="A save that was cut off holds up others until then."
    )
    current = models.OneToOneField(
        "annotations.Annotation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The annotator's latest revision.",
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(name="assignment_by_annotator", fields=["annotator", "status", "task"]),
            models.Index(
                name="assignment_by_lease",
                fields=["leased_until"],
                condition=Q(status=AssignmentStatus.QUEUED),
            ),
            models.Index(name="assignment_by_change", fields=["annotator", "status_changed_at", "id"]),
            models.Index(name="assignment_of_task", fields=["task", "annotator", "status", "current"]),
            models.Index(
                name="assignment_left_behind",
                fields=["annotator"],
                condition=LEFT_BEHIND,
            ),
            models.Index(
                name="assignment_closed",
                fields=["annotator", "task"],
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                name="assignment_skipped",
                fields=["status_changed_at"],
                condition=Q(status=AssignmentStatus.SKIPPED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="assignment_never_one_twice", fields=["task", "annotator"]),
            models.CheckConstraint(
                name="assignment_status_is_known",
                condition=Q(status__in=AssignmentStatus.values),
            ),
            models.CheckConstraint(
                name="assignment_submitted_has_annotation",
                condition=~Q(status=AssignmentStatus.SUBMITTED) | Q(current__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_skip_has_reason",
                condition=~Q(status=AssignmentStatus.SKIPPED) | ~Q(skip_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotator}'s share of {self.task}"

    @property
    def studio(self) -> int:
        """The number of the Studio that holds its studio task."""
        return studio_of(self.studio_task_id or 0)

    def number_of(self, kept: Mapping[str, Any]) -> int:
        """The workbench's number of an annotation or a draft that the Studio tells of."""
        return number_among_all(int(kept["id"]), studio=self.studio)
