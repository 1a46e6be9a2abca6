"""What models and other tools proposed of articles: never gold, never anybody's annotation, and never edited."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.formats.canonical import read_members
from annotations.limits import MAX_PREDICTOR_NAME_LENGTH
from annotations.markup import Markup
from annotations.models.accounts import User
from annotations.models.assignment import Assignment, Round
from annotations.models.collection import Annotation
from annotations.models.corpus import Article, ArticleImport
from annotations.models.projects import Project, Scheme


class Predictor(models.Model):
    """A model or another tool by the name that a project knows it under; its predictions go by it, whatever way they came."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="predictors")
    name = models.CharField(
        max_length=MAX_PREDICTOR_NAME_LENGTH, help_text="Managers see it; annotators never do."
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="predictor_name_unique", fields=["project", "name"]),
            models.CheckConstraint(name="predictor_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class PredictionQuerySet(models.QuerySet["Prediction"]):
    """Predictions, narrowed to those that are there for good."""

    def published(self) -> Self:
        """Without those of an import that is not published (yet)."""
        unpublished = ArticleImport.objects.filter(published_at=None)
        return self.filter(Q(made_in=None) | ~Q(made_in__in=unpublished))


class Prediction(models.Model):
    """What a predictor marked in an article. The database refuses changes; another prediction of the same article is another row."""

    predictor = models.ForeignKey(Predictor, on_delete=models.PROTECT, related_name="predictions")
    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="predictions",
        db_index=False,  # prediction_of_article begins with it
    )
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="+", help_text="In whose labels it is said."
    )
    made_in = models.ForeignKey(
        ArticleImport,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predictions",
        help_text="The import that brought it; empty where it was made here.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    spans = models.PositiveIntegerField(help_text="How many it marks.")
    canonical = models.TextField(
        help_text="What a record says of the markup: members of canonical JSON, a line each."
    )
    sha256 = models.CharField(max_length=64, help_text="Of the markup as canonical JSON.")

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [models.Index(name="prediction_of_article", fields=["article", "predictor", "id"])]
        constraints = [
            models.UniqueConstraint(
                name="prediction_said_once", fields=["predictor", "article", "scheme", "sha256"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predictor} on {self.article}"

    def to_markup(self) -> Markup:
        """What it marks, as plain data."""
        return Markup.from_json(read_members(self.canonical))


class RoundSuggestions(models.Model):
    """Says whose predictions the annotators of a round are shown as suggestions; it is chosen when the round is planned, and annotators never learn whose they are."""

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, primary_key=True, related_name="suggestions"
    )
    predictor = models.ForeignKey(Predictor, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.predictor} in {self.round}"


class ShownSuggestions(models.Model):
    """The prediction that an annotator was shown as suggestions; a later one never takes its place. The database refuses changes."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, primary_key=True, related_name="shown_suggestions"
    )
    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"suggestions of {self.assignment}"


class SuggestionUse(models.Model):
    """What became of suggestions in one revision of an annotation; the database refuses changes."""

    annotation = models.OneToOneField(
        Annotation, on_delete=models.PROTECT, primary_key=True, related_name="suggestion_use"
    )
    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="+")
    unchanged = models.PositiveIntegerField(help_text="Spans that are as they were suggested.")
    changed = models.PositiveIntegerField(help_text="Spans that were taken over and then changed.")
    own = models.PositiveIntegerField(help_text="Spans that nobody suggested.")
    left = models.PositiveIntegerField(help_text="Suggestions that were not taken over.")

    def __str__(self) -> str:
        return f"suggestions in {self.annotation}"
