"""Frozen releases, and the files that were written of them."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from annotations.formats.levels import ContentLevel
from annotations.formats.ports import Lost
from annotations.limits import MAX_REASON_LENGTH, MAX_SIGNER_LENGTH, MAX_SPLIT_NAME_LENGTH, MAX_SPLIT_PARTS
from annotations.models.accounts import User
from annotations.models.corpus import Article
from annotations.models.projects import Project


class FrozenReleaseManager(models.Manager["Release"]):
    """Releases as everybody sees them: without those that are still being written."""

    def get_queryset(self) -> models.QuerySet["Release"]:
        return super().get_queryset().exclude(number=Release.UNDER_WAY)


class ReleaseUnderWayManager(models.Manager["Release"]):
    """Releases that are still being written, which nobody sees."""

    def get_queryset(self) -> models.QuerySet["Release"]:
        return super().get_queryset().filter(number=Release.UNDER_WAY)


class Release(models.Model):
    """A frozen gold dataset with a manifest of checksums. The database refuses changes.

    While it is under way it has the number 0, so that a project has one such release at most; it can be changed until it is numbered.
    """

    UNDER_WAY: ClassVar[int] = 0

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    manifest = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="Of the canonical manifest.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = FrozenReleaseManager()
    under_way = ReleaseUnderWayManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["project_id", "number"]
        constraints = [models.UniqueConstraint(name="release_number_unique", fields=["project", "number"])]

    def __str__(self) -> str:
        return self.title


class ReleaseDraft(models.Model):
    """What the next release of a project is to be, kept until it is frozen from it or discarded."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="release_draft")
    wanted = models.JSONField(help_text="What is asked of the release, as its job will be told.")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"draft of a release of {self.project}"


class ReleaseItem(models.Model):
    """One article of a release: its gold record as canonical JSON, byte for byte."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    ordinal = models.PositiveIntegerField()
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="release_items")
    record = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="Of the record in UTF-8.")
    split = models.CharField(
        max_length=MAX_SPLIT_NAME_LENGTH,
        blank=True,
        default="",
        help_text="The part of the release that the article is in, if it is divided.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["release_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(name="release_item_ordinal_unique", fields=["release", "ordinal"]),
            models.UniqueConstraint(name="release_item_article_once", fields=["release", "article"]),
        ]

    def __str__(self) -> str:
        return f"item {self.ordinal} of {self.release}"


class ReleaseFile(models.Model):
    """A release, or parts of it, in one format, kept in the storage. A cache: the file can be written again."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=40, help_text="The name of the format.")
    split = models.CharField(
        max_length=MAX_SPLIT_PARTS * (MAX_SPLIT_NAME_LENGTH + 1),
        blank=True,
        default="",
        help_text="The parts of the release that are in it, with commas; empty for the whole.",
    )
    level = models.CharField(
        max_length=11,
        choices=[(level.value, level.short) for level in ContentLevel],
        default=ContentLevel.GOLD.value,
        help_text="How much of what was annotated is in it.",
    )
    version = models.CharField(max_length=40, help_text="Of the workbench that wrote it.")
    name = models.CharField(max_length=200, help_text="By which the storage knows it.")
    sha256 = models.CharField(max_length=64)
    length = models.PositiveBigIntegerField(help_text="Bytes.")
    losses = models.JSONField(default=list, blank=True, help_text="What the format could not hold, in words.")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="release_file_unique", fields=["release", "format", "split", "level", "version"]
            ),
            models.CheckConstraint(
                name="release_file_level_is_known",
                condition=models.Q(level__in=[level.value for level in ContentLevel]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} as {self.format}"

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What the format could not hold."""
        return tuple(Lost.from_json(one) for one in self.losses)


class CardAnswer(models.Model):
    """What people say of the datasets of a project that no table knows; it stands on the cards of all its releases."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="card_answers")
    name = models.CharField(max_length=40, help_text="Of the question.")
    text = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints = [models.UniqueConstraint(name="card_answer_unique", fields=["project", "name"])]

    def __str__(self) -> str:
        return f"{self.name} of the datasets of {self.project}"


class ReleaseState(models.TextChoices):
    """The states of a release: it is frozen from the first, and may be published, or withdrawn, afterwards."""

    FROZEN = "frozen", "frozen"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"


class ReleaseNotice(models.Model):
    """A step of a release after it was frozen: published, or withdrawn for a reason. The database refuses changes."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=9, choices=ReleaseState.choices)
    reason = models.CharField(max_length=MAX_REASON_LENGTH, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="release_notice_once", fields=["release", "state"]),
            models.CheckConstraint(
                name="release_notice_is_of_a_step",
                condition=models.Q(state__in=[ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN]),
            ),
            models.CheckConstraint(
                name="release_withdrawn_for_a_reason",
                condition=~models.Q(state=ReleaseState.WITHDRAWN) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.state}"


class ReleaseSignature(models.Model):
    """A signature of the manifest of a release by an ssh key that stays with its owner. The database refuses changes."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="signatures")
    signer = models.CharField(
        max_length=MAX_SIGNER_LENGTH, help_text="As a file of allowed signers names them."
    )
    signature = models.TextField(help_text="Of the canonical manifest, by ssh-keygen -Y.")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [models.UniqueConstraint(name="release_signed_once", fields=["release", "signer"])]

    def __str__(self) -> str:
        return f"signature of {self.release} by {self.signer}"
