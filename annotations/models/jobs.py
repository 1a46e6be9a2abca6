"""Long operations as rows, so that a crash loses none of them."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Right
from django.utils import timezone

from annotations.models.accounts import User
from annotations.models.projects import Project


class JobStatus(models.TextChoices):
    """A job's stand between being asked for and its end."""

    QUEUED = "queued", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)
MAX_LOG_LENGTH = 8_000
"""The latest characters of a job's log are kept."""


def noted(what: str) -> Combinable:
    """The log of a job with a line at its end, for an update of the row."""
    line = f"{timezone.now():%Y-%m-%d %H:%M:%S} {' '.join(what.split())[:500]}\n"
    return Right(Concat(F("log"), Value(line), output_field=models.TextField()), MAX_LOG_LENGTH)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, narrowed by whether their turn has come."""

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def claimable(self, now: datetime) -> Self:
        """Jobs whose turn has come, and those whose worker has not been heard of for the length of its lease."""
        return self.filter(
            Q(status=JobStatus.QUEUED, run_after__lte=now)
            | Q(status=JobStatus.RUNNING, leased_until__lte=now),
        )

    def finished_before(self, moment: datetime) -> Self:
        return self.filter(finished_at__lt=moment)

    def held_by(self, worker: str) -> Self:
        return self.filter(status=JobStatus.RUNNING, worker=worker)


class Job(models.Model):
    """One long operation: it works in chunks and commits its cursor with each chunk."""

    kind = models.CharField(max_length=60, help_text="A key of the JOB_HANDLERS setting.")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    key = models.CharField(max_length=200, blank=True, help_text="Only one unfinished job may have it.")
    arguments = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=12, choices=JobStatus.choices, default=JobStatus.QUEUED)
    cursor = models.JSONField(null=True, blank=True, help_text="Where the next chunk starts.")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="What a person should know of it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    worker = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When its worker took it.")
    started_done = models.PositiveBigIntegerField(default=0, help_text="How much of it was done then.")
    finished_at = models.DateTimeField(null=True, blank=True)
    log = models.TextField(
        blank=True, help_text="A line for each worker that took it, each failure and each hand laid on it."
    )
    request_id = models.CharField(
        max_length=64, blank=True, help_text="The request that asked for it, as the log names it."
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(name="job_by_turn", fields=["status", "run_after"]),
            models.Index(name="job_by_key", fields=["key", "id"]),
            models.Index(name="job_of_project", fields=["project", "id"]),
            models.Index(name="job_of_project_by_status", fields=["project", "status"]),
        ]
        constraints = [
            models.CheckConstraint(name="job_status_is_known", condition=Q(status__in=JobStatus.values)),
            models.UniqueConstraint(
                name="job_key_unique_while_unfinished",
                fields=["key"],
                condition=Q(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]) & ~Q(key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"

    @property
    def duration(self) -> timedelta | None:
        """How long its last worker had it; None while it has not ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at

    def estimate_left(self, now: datetime) -> timedelta | None:
        """How long it will still take at the pace since its worker took it; None while that cannot be told."""
        if self.status != JobStatus.RUNNING or self.started_at is None or not self.total:
            return None
        gained = self.done - self.started_done
        if gained <= 0 or now <= self.started_at:
            return None
        return (now - self.started_at) * (max(self.total - self.done, 0) / gained)
