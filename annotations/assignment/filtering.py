"""The articles that are meant by a choice, each thing that is asked found by an index."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotations.corpus.choice import ArticleChoice, Grouping, Progress
from annotations.corpus.searching import find_with
from annotations.corpus.words import read_phrases
from annotations.models import (
    LIVE_STATUSES,
    Article,
    ArticleSet,
    ArticleValue,
    DuplicateMember,
    Project,
    Round,
    Task,
    TaskStatus,
    Verdict,
)
from annotations.models.corpus import ArticleQuerySet

Articles = TypeVar("Articles", bound=QuerySet[Any])
STATUS_OF = {
    Progress.PLANNED: TaskStatus.OPEN,
    Progress.DONE: TaskStatus.ANNOTATED,
    Progress.GOLD: TaskStatus.ADJUDICATED,
}
LANGUAGE, DATE = "language", "date"
"""Columns of metadata that are asked about by a name of their own."""


def filter_articles(project: Project, choice: ArticleChoice) -> ArticleQuerySet:
    """The articles of a project that fit a choice, published or not; whoever shows them adds `published()`."""
    return narrow(Article.staged.filter(project=project), choice, projects=[project.pk])


def narrow(articles: Articles, choice: ArticleChoice, *, projects: Collection[int]) -> Articles:
    """Leave of some articles, which are of some projects, those that fit a choice."""
    if choice.articles:
        articles = articles.filter(pk__in=choice.articles)
    if choice.title:
        articles = articles.filter(fits_title(choice.title))
    if choice.words:
        phrases = read_phrases(choice.words)
        articles = articles.filter(pk__in=find_with(phrases)) if phrases else articles.none()
    for column, asked in list_asked_values(choice):
        articles = articles.filter(pk__in=_with_value(projects, column, **asked))
    # Asked as a sum, for which there is no index: what that of lengths finds would have to be sorted, at times nearly all articles.
    for lookup, length in (("gte", choice.min_length), ("lte", choice.max_length)):
        if length is not None:
            articles = articles.alias(as_long=F("length") + 0).filter(**{f"as_long__{lookup}": length})
    if choice.progress:
        articles = _narrow_by_progress(articles, projects, Progress(choice.progress))
    if choice.copies:
        articles = _narrow_by_copies(articles, projects, Grouping(choice.copies))
    return articles


def fits_title(title: str) -> Q:
    """Whether an article has some letters in its title, or this id."""
    return Q(title__icontains=title) | Q(external_id=title)


def list_asked_values(choice: ArticleChoice) -> list[tuple[str, dict[str, str]]]:
    """The columns of metadata that are asked about, with what is asked of their values."""
    asked = [(column, {"value": value}) for column, value in choice.metadata]
    if choice.language:
        asked.append((LANGUAGE, {"value": choice.language}))
    dated = {"value__gte": choice.since} if choice.since else {}
    if choice.until:
        dated["value__lte"] = f"{choice.until}~"
    return [*asked, (DATE, dated)] if dated else asked


def _with_value(projects: Collection[int], column: str, **asked: str) -> QuerySet[ArticleValue, int]:
    return ArticleValue.objects.filter(project__in=projects, column=column, **asked).values_list(
        "article", flat=True
    )


def _narrow_by_progress(articles: Articles, projects: Collection[int], progress: Progress) -> Articles:
    if progress == Progress.EXCLUDED:
        return articles.filter(excluded_at__isnull=False)
    if progress == Progress.UNPLANNED:
        live = Task.objects.filter(article=OuterRef("pk"), status__in=LIVE_STATUSES).order_by()
        return articles.filter(~Exists(live), excluded_at=None)
    rounds = Round.objects.filter(project__in=projects).order_by()
    tasks = Task.objects.filter(round__in=rounds.values("pk"), status=STATUS_OF[progress]).order_by()
    return articles.filter(pk__in=tasks.values("article"))


def _narrow_by_copies(articles: Articles, projects: Collection[int], grouping: Grouping) -> Articles:
    members = find_grouped(projects)
    if grouping == Grouping.GROUPED:
        return articles.filter(pk__in=members.values("article"))
    if grouping == Grouping.ALONE:
        return articles.exclude(pk__in=members.values("article"))
    chosen = Q(cluster__kept=F("article")) | Q(cluster__kept=None) & ~Exists(find_earlier_member())
    return articles.exclude(pk__in=members.exclude(chosen).values("article"))


def find_grouped(projects: Collection[int]) -> QuerySet[DuplicateMember]:
    """The articles of some projects that have copies, those that are different after all left out."""
    members = DuplicateMember.objects.filter(cluster__project__in=projects).order_by()
    return members.exclude(cluster__verdict=Verdict.DISTINCT)


def find_earlier_member() -> QuerySet[DuplicateMember]:
    """The articles of a cluster before the member at hand, to ask in a query of members whether there are some."""
    earlier = DuplicateMember.objects.filter(cluster=OuterRef("cluster"), article__lt=OuterRef("article"))
    return earlier.order_by()


def read_set(article_set: ArticleSet) -> ArticleChoice:
    """The choice that a named set stands for."""
    return ArticleChoice.from_json(article_set.choice)
