"""The ledger of decisions, and the gold that is its projection."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.markup import Origin
from annotations.models.accounts import User
from annotations.models.assignment import Task
from annotations.models.projects import Project


class Decision(models.Model):
    """One entry of a task's ledger: never edited, only superseded by a later one."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField(help_text="Counts the task's decisions from 1.")
    unit = models.CharField(max_length=200, help_text="The key of the unit it is about.")
    action = models.CharField(max_length=30)
    payload = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text="Nobody, where a rule decided.",
    )
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["task_id", "number"]
        constraints = [
            models.UniqueConstraint(name="decision_number_unique", fields=["task", "number"]),
            models.CheckConstraint(name="decision_number_positive", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"decision {self.number} on {self.task}"


class ReasonKind(models.TextChoices):
    """Why a unit had to be decided, as an adjudicator says it by one key."""

    AMBIGUOUS = "ambiguous", "ambiguous text"
    GAP = "gap", "guidelines silent"
    SLIP = "slip", "slip"
    EDGE = "edge", "edge case"


class DecisionReason(models.Model):
    """What a decision says about the guidelines: why it was needed, and whether they should deal with it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="reason")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", help_text="That of the decision's task."
    )
    kind = models.CharField(max_length=10, choices=ReasonKind.choices, blank=True)
    is_for_guidelines = models.BooleanField(
        default=False, help_text="Should be dealt with in the guidelines."
    )
    rule = models.CharField(max_length=400, help_text="The label, attribute, link or field that it is about.")
    words = models.CharField(max_length=400, help_text="The unit in words, with a quote of the text.")

    class Meta:
        ordering: ClassVar[list[str]] = ["rule", "id"]
        indexes = [
            models.Index(
                name="decision_reason_by_rule", fields=["project", "rule", "-is_for_guidelines", "-id"]
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="decision_reason_is_known", condition=Q(kind__in=["", *ReasonKind.values])
            ),
            models.CheckConstraint(
                name="decision_reason_says_something", condition=~Q(kind="") | Q(is_for_guidelines=True)
            ),
        ]

    def __str__(self) -> str:
        return f"reason of {self.decision}"

    @property
    def is_about_words(self) -> bool:
        """Whether it is about words of the text, and not about an answer for the article as a whole."""
        return not self.decision.unit.startswith("field:")


class GoldStatus(models.TextChoices):
    """How the gold of a task came about, in the words of its record."""

    AGREED = Origin.AGREED.value, Origin.AGREED.words
    ADJUDICATED = Origin.ADJUDICATED.value, Origin.ADJUDICATED.words
    SINGLE = Origin.SINGLE.value, Origin.SINGLE.words
    MERGED = Origin.MERGED.value, Origin.MERGED.words
    IMPORTED = Origin.IMPORTED.value, Origin.IMPORTED.words


class GoldQuerySet(models.QuerySet["Gold"]):
    """Gold, narrowed by what is still to be done with it."""

    def to_review(self) -> Self:
        return self.filter(needs_review=True)


class Gold(models.Model):
    """The adjudicated markup of a task's article, projected from its ledger; it can be rebuilt from there.

    The database refuses changes of it: a task that is reopened loses its gold and is given a new one at the end.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="gold")
    status = models.CharField(max_length=12, choices=GoldStatus.choices)
    markup = models.JSONField(help_text="Spans, relations and fields, with the provenance of each.")
    canonical = models.TextField(
        help_text="What a record says of it: members of canonical JSON, a line each.",
    )
    unmet = models.PositiveIntegerField(
        default=0, help_text="How many rules of the scheme it breaks, for a reason that stands in the ledger."
    )
    needs_review = models.BooleanField(default=False, help_text="Sampled for review, and not yet reviewed.")
    finished_at = models.DateTimeField(default=timezone.now)
    finished_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = GoldQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="gold_by_end", fields=["finished_at", "id"]),
            models.Index(name="gold_to_review", fields=["finished_at", "id"], condition=Q(needs_review=True)),
            models.Index(name="gold_against_rules", fields=["id"], condition=Q(unmet__gt=0)),
        ]
        constraints = [
            models.CheckConstraint(name="gold_status_is_known", condition=Q(status__in=GoldStatus.values)),
            models.CheckConstraint(name="gold_has_canonical", condition=~Q(canonical="")),
        ]

    def __str__(self) -> str:
        return f"gold of {self.task}"
