"""Annotations made elsewhere: which import brought them, and who their annotators are here."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annotations.models.accounts import User
from annotations.models.assignment import Round
from annotations.models.corpus import ArticleImport
from annotations.models.projects import Project


class ImportedAs(models.TextChoices):
    """What annotations made elsewhere become in a project."""

    ANNOTATIONS = "annotations", "what annotators submitted"
    GOLD = "gold", "gold"
    PREDICTIONS = "predictions", "predictions of models"


class AnnotationImport(models.Model):
    """Annotations that came with an import, as a round of their own.

    Until the import is published a project that nobody sees holds the round, so that everything in it appears at once.
    """

    article_import = models.OneToOneField(
        ArticleImport, on_delete=models.PROTECT, related_name="annotation_import"
    )
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="annotation_import")
    holding = models.OneToOneField(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held_import",
        help_text="The project that holds the round until the import is published.",
    )
    model_ids = models.JSONField(
        default=list, blank=True, help_text="The annotators that the mapping says are models, by their ids."
    )
    imported_as = models.CharField(max_length=12, choices=ImportedAs.choices, default=ImportedAs.ANNOTATIONS)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.CheckConstraint(
                name="annotation_import_as_is_known", condition=Q(imported_as__in=ImportedAs.values)
            ),
        ]

    def __str__(self) -> str:
        return f"annotations of {self.article_import}"


class ForeignAnnotator(models.Model):
    """Who somebody is in a project whom files of annotations call by a name, so that the name is one person in every import."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="foreign_annotators")
    name = models.CharField(max_length=200, help_text="As the files call them.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_in = models.ForeignKey(
        AnnotationImport,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="made_annotators",
        help_text="The import for which the account was made; empty for somebody who was there before.",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(name="foreign_annotator_unique", fields=["project", "name"]),
            models.CheckConstraint(name="foreign_annotator_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.project}"
