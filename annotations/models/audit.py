"""Who did what, when."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from annotations.models.accounts import User
from annotations.models.projects import Project


class EventManager(models.Manager["Event"]):
    """Writes entries of the audit trail."""

    def record(
        self,
        verb: str,
        subject: models.Model,
        *,
        actor: User | None,
        project: Project | None = None,
        **details: Any,
    ) -> "Event":
        """Add a line to the audit trail, in the transaction of what it tells of."""
        event = self.describe(verb, subject, actor=actor, project=project, **details)
        event.save()
        return event

    def describe(
        self,
        verb: str,
        subject: models.Model,
        *,
        actor: User | None,
        project: Project | None = None,
        **details: Any,
    ) -> "Event":
        """A line of the audit trail that is still to be saved."""
        return Event(
            verb=verb,
            subject_type=subject._meta.model_name or "",
            subject_id=str(subject.pk),
            actor=actor,
            project=project,
            details=details,
        )


RESTORED = "restored"
"""The verb of the event that an archived project came back, by which the leases that were renewed then are known."""


class Event(models.Model):
    """One line of the audit trail; the database refuses changes."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=140)
    details = models.JSONField(default=dict, blank=True)

    objects = EventManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [
            models.Index(name="event_of_project", fields=["project", "id"]),
            models.Index(name="event_by_subject", fields=["subject_type", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
