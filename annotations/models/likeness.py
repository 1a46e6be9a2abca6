"""Articles that are copies of each other: the samples by which they are found, and what a manager decided about them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.likeness.resemblance import CopyKind
from annotations.models.accounts import User
from annotations.models.corpus import Article
from annotations.models.projects import Project


class ArticleSketch(models.Model):
    """A small sample of an article by which its copies are found, so that no text is read for it again."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="sketch")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    keys = models.BinaryField(help_text="Hashes of shingles, each in 8 bytes, the smallest first.")
    is_compared = models.BooleanField(
        default=False, help_text="Its copies among the articles that were there were looked for."
    )

    class Meta:
        indexes = [
            models.Index(name="sketch_to_compare", fields=["project"], condition=Q(is_compared=False)),
        ]

    def __str__(self) -> str:
        return f"sketch of article {self.pk}"


class Verdict(models.TextChoices):
    """What a manager decided about articles that are copies of each other."""

    OPEN = "open", "not decided"
    ONE = "one", "one is kept"
    GROUP = "group", "kept as a group"
    COPIES = "copies", "marked as copies"
    DISTINCT = "distinct", "different articles"


CHOOSES_ONE = (Verdict.ONE, Verdict.COPIES)
"""The verdicts that name one article before the others."""


class DuplicateCluster(models.Model):
    """Articles of a project that are copies of each other, directly or by way of others."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="duplicate_clusters")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.OPEN)
    kept = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The article that is kept, or that the others are copies of.",
    )
    found_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [models.Index(name="duplicates_by_verdict", fields=["project", "verdict", "id"])]
        constraints = [
            models.CheckConstraint(
                name="duplicates_verdict_is_known", condition=Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(
                name="duplicates_open_until_decided",
                condition=Q(verdict=Verdict.OPEN, decided_at=None)
                | (~Q(verdict=Verdict.OPEN) & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="duplicates_keep_one_where_one_is_chosen",
                condition=Q(kept=None) | Q(verdict__in=CHOOSES_ONE),
            ),
        ]

    def __str__(self) -> str:
        return f"duplicates {self.pk}"


class DuplicateMember(models.Model):
    """An article of a cluster of copies, and the one of them that is nearest to it."""

    cluster = models.ForeignKey(DuplicateCluster, on_delete=models.CASCADE, related_name="members")
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="duplicate")
    nearest = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The other article of which it has most.",
    )
    share = models.FloatField(help_text="How much of the smaller of the two is in the other.")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in CopyKind])
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["cluster_id", "article_id"]
        constraints = [
            models.CheckConstraint(
                name="duplicate_share_is_a_share", condition=Q(share__gte=0) & Q(share__lte=1)
            ),
            models.CheckConstraint(
                name="duplicate_kind_is_known", condition=Q(kind__in=[kind.value for kind in CopyKind])
            ),
        ]

    def __str__(self) -> str:
        return f"article {self.article_id} in {self.cluster}"
