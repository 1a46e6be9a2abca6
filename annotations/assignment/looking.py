"""Looking through the articles of a project for those that fit a choice, a bounded number at a time, however large it is.

A project that one look goes through as a whole is asked at once. In a larger one, what leads is an index that has articles in
their order: of a word, of a value in the metadata, or of all articles. Of each article that it leads to, everything else is
asked by itself; so a look costs the same in a project of any size.
"""

from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotations.assignment.filtering import (
    STATUS_OF,
    filter_articles,
    find_earlier_member,
    find_grouped,
    fits_title,
    list_asked_values,
)
from annotations.corpus.choice import ArticleChoice, Grouping, Progress
from annotations.corpus.searching import find_end, find_with
from annotations.corpus.words import read_phrases
from annotations.models import (
    LIVE_STATUSES,
    Article,
    ArticleValue,
    DuplicateMember,
    Project,
    Task,
    TaskStatus,
)
from annotations.models.corpus import ArticleQuerySet

MAX_LOOKED_THROUGH = 20_000
"""Articles that one look is led to."""
MAX_FOUND = 1_000
"""Articles that one look finds; whoever looks for one among more asks more."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: ids in ascending order, and the article at which it stopped, where there are more to look through."""

    ids: list[int]
    end: int | None


def look_through(
    project: Project, choice: ArticleChoice, *, after: int = 0, most: int = MAX_LOOKED_THROUGH
) -> Look:
    """Find the articles of a project that everybody sees and that fit a choice, beginning after an article."""
    if choice.articles or project.article_tallies.total() <= most:
        fitting = filter_articles(project, choice)
        # Asked for those after none, SQLite would go through all articles and leave aside what was asked of them.
        return Look(_find_first(fitting.filter(pk__gt=after) if after else fitting), None)
    phrases = read_phrases(choice.words) if choice.words else []
    if choice.words and not phrases:
        return Look([], None)
    asked = list_asked_values(choice)
    equal = [one for one in asked if "value" in one[1]]
    articles = Article.staged.filter(project=project, pk__gt=after)
    if phrases:
        end = find_end(phrases, after=after, number=most)
        articles = articles.filter(pk__in=find_with(phrases, after=after, until=end))
    elif equal:
        asked.remove(equal[0])
        column, value = equal[0]
        leading = ArticleValue.objects.filter(project=project, column=column, article__gt=after, **value)
        end = leading.order_by("article").values_list("article_id", flat=True)[most - 1 : most].first()
        if end is not None:
            leading = leading.filter(article__lte=end)
        articles = articles.filter(pk__in=leading.values("article"))
    else:
        end = articles.order_by("pk").values_list("pk", flat=True)[most - 1 : most].first()
    if end is not None:
        articles = articles.filter(pk__lte=end)
    for column, value in asked:
        own = ArticleValue.objects.filter(article=OuterRef("pk"), column=column, **value)
        articles = articles.filter(Exists(own))
    fitting = _ask_each(articles, project, replace(choice, words="", metadata=(), language=""))
    if choice.copies:
        members = find_grouped([project.pk]).filter(article__gt=after)
        within = members if end is None else members.filter(article__lte=end)
        fitting = fitting.filter(_is_grouped(Grouping(choice.copies), within))
    return Look(_find_first(fitting), end)


def _find_first(articles: ArticleQuerySet) -> list[int]:
    return list(articles.published().order_by("pk").values_list("pk", flat=True)[:MAX_FOUND])


def _ask_each(articles: ArticleQuerySet, project: Project, choice: ArticleChoice) -> ArticleQuerySet:
    """Leave those of some articles that fit, by questions about one article at a time."""
    if choice.title:
        articles = articles.filter(fits_title(choice.title))
    if choice.min_length is not None:
        articles = articles.filter(length__gte=choice.min_length)
    if choice.max_length is not None:
        articles = articles.filter(length__lte=choice.max_length)
    if choice.progress:
        articles = articles.filter(_is_at(Progress(choice.progress), project))
    return articles


def _is_at(progress: Progress, project: Project) -> Q:
    if progress == Progress.EXCLUDED:
        return Q(excluded_at__isnull=False)
    own = Task.objects.filter(article=OuterRef("pk")).order_by()
    if progress == Progress.UNPLANNED:
        return Q(~Exists(_at(own, *LIVE_STATUSES)), excluded_at=None)
    return Q(Exists(_at(own.filter(round__project=project), STATUS_OF[progress])))


def _at(tasks: QuerySet[Task], *statuses: TaskStatus) -> QuerySet[Task]:
    """Asked for a status, SQLite would go through all tasks that have it; asked for no other one, through those of the article."""
    return tasks.exclude(status__in=[status for status in TaskStatus if status not in statuses])


def _is_grouped(grouping: Grouping, members: QuerySet[DuplicateMember]) -> Q:
    own = members.filter(article=OuterRef("pk"))
    if grouping == Grouping.GROUPED:
        return Q(Exists(own))
    if grouping == Grouping.ALONE:
        return Q(~Exists(own))
    comes_first = Q(cluster__kept=F("article")) | Q(cluster__kept=None) & ~Exists(find_earlier_member())
    return Q(~Exists(own.exclude(comes_first)))
