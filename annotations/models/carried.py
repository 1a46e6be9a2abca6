"""Rounds whose annotations and gold were said again in the words of a later version of the scheme."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.models.accounts import User
from annotations.models.assignment import Round
from annotations.models.projects import Project, Scheme


class CarriedRoundQuerySet(models.QuerySet["CarriedRound"]):
    """Carried rounds, narrowed to those that stand in the place of others."""

    def in_place_of(self, project: Project) -> "models.QuerySet[CarriedRound, int]":
        """The ids of the rounds of a project that others, of a later version, stand in the place of; within a question they cost none of their own."""
        standing = self.filter(project=project, published_at__isnull=False, taken_back_at=None)
        return standing.order_by().values_list("source", flat=True)


class CarriedRound(models.Model):
    """A round beside another one that says the same by a later version of the scheme; the other stays as it is.

    Until all of it is written, and after it was taken back, a project that nobody sees holds it.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="carried_rounds")
    source = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="carried_to")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    mapping = models.TextField(help_text="What becomes of everything, as TOML.")
    round = models.OneToOneField(
        Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_from"
    )
    holding = models.OneToOneField(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="held_carried"
    )
    seen = models.JSONField(default=dict, help_text="How the source stood when this began.")
    counts = models.JSONField(
        default=dict, help_text="What was kept, left out, not kept and left to adjudicators."
    )
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = CarriedRoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="carried_round_once", fields=["source"], condition=Q(taken_back_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} by {self.scheme}"
