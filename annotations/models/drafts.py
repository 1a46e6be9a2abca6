"""The next version of a project's scheme while managers work at it, and the steps by which it came about."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from annotations.limits import MAX_SCHEME_TITLE_LENGTH
from annotations.models.accounts import User
from annotations.models.corpus import Article
from annotations.models.projects import Project, Scheme, read_scheme
from annotations.schemes.scheme import Scheme as SchemeDefinition

STUDIO_TITLE_LENGTH = 50
"""Letters of a title that the Studio takes."""


class SchemeDraft(models.Model):
    """A project's scheme at work; it may be wrong in any way, and nobody annotates by it before it is adopted."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="scheme_draft")
    base = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="+", help_text="The scheme that it began as."
    )
    source = models.TextField(help_text="The definition as TOML, right or wrong.")
    revision = models.PositiveIntegerField(
        default=0, help_text="Counts the changes, those that were undone too."
    )
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"draft of {self.base} in {self.project}"


class SchemeDraftStep(models.Model):
    """A draft as it was before one change, so that the change can be undone and two people's changes be compared."""

    draft = models.ForeignKey(SchemeDraft, on_delete=models.CASCADE, related_name="steps")
    revision = models.PositiveIntegerField(help_text="That of the draft before the change.")
    source = models.TextField(help_text="The definition before the change.")
    said = models.CharField(max_length=MAX_SCHEME_TITLE_LENGTH, help_text="What the change was.")
    page = models.CharField(max_length=20, blank=True, help_text="The open page that made it.")

    class Meta:
        ordering: ClassVar[list[str]] = ["revision"]
        constraints = [models.UniqueConstraint(name="scheme_draft_step_unique", fields=["draft", "revision"])]

    def __str__(self) -> str:
        return f"{self.draft} before: {self.said}"


class SchemePreview(models.Model):
    """A draft in the editor of whoever works at it: a throwaway project of the Studio with one text, of which nothing is kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scheme_previews")
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    source = models.TextField(
        help_text="The definition that is shown: the draft's latest with which nothing is wrong."
    )
    article = models.ForeignKey(
        Article,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="None: a text of ours.",
    )
    studio_title = models.CharField(
        max_length=STUDIO_TITLE_LENGTH,
        unique=True,
        help_text="By which the Studio's project is found and removed.",
    )
    studio_project_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    studio_task_id = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    opened_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"preview of the draft in {self.project} by {self.user}"

    @property
    def definition(self) -> SchemeDefinition:
        return read_scheme(self.source)
