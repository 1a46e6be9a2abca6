"""What articles are found by besides their own rows: values of their metadata, and choices that somebody named."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotations.limits import MAX_COLUMN_LENGTH, MAX_SET_NAME_LENGTH, MAX_VALUE_LENGTH
from annotations.models.accounts import User
from annotations.models.corpus import Article
from annotations.models.projects import Project


class ArticleValue(models.Model):
    """A short value in the metadata of an article, by which it is found."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="values_in_metadata")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    column = models.CharField(max_length=MAX_COLUMN_LENGTH)
    value = models.CharField(max_length=MAX_VALUE_LENGTH)

    class Meta:
        indexes = [models.Index(name="article_value_found", fields=["project", "column", "value", "article"])]

    def __str__(self) -> str:
        return f"{self.column}: {self.value}"


class ArticleSet(models.Model):
    """Articles that somebody means again and again, by what is asked of them; whatever fits later belongs to it too."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="article_sets")
    name = models.CharField(max_length=MAX_SET_NAME_LENGTH)
    choice = models.JSONField(help_text="What is asked of the articles.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints = [
            models.UniqueConstraint(name="article_set_name_unique", fields=["project", "name"]),
            models.CheckConstraint(name="article_set_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
