"""The articles that a round takes: those that no round of its kind has, that fit what was asked, in the order that was chosen."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from annotations.assignment.errors import NoArticlesLeftError
from annotations.assignment.filtering import filter_articles
from annotations.assignment.ordering import ORDER_NAMES, PlannableArticle, find_order, take
from annotations.corpus.choice import ArticleChoice, ChoiceError
from annotations.corpus.clusters import find_copies, find_groups, take_one_of_each_group
from annotations.models import Article, ArticleValue, Decision, Gold, Project, RoundKind, Task, TaskStatus

SOURCE = "source"
ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Taking:
    """How a manager says which articles a round takes."""

    choice: ArticleChoice = field(default_factory=ArticleChoice)
    order: str = "random"
    column: str = ""
    """The column of metadata whose numbers say what is urgent, for the order by priority."""
    one_a_group: bool = False
    """Take one of each group of copies before a second of any."""

    def to_json(self) -> dict[str, Any]:
        """What is said, as a job keeps it."""
        return {
            "choice": self.choice.to_json(),
            "order": self.order,
            "column": self.column,
            "one_a_group": self.one_a_group,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Taking":
        return cls(**{**written, "choice": ArticleChoice.from_json(written["choice"])})

    def check(self) -> None:
        """Refuse an order that there is not, and one by priority without a column."""
        if self.order not in ORDER_NAMES:
            raise ChoiceError(f"There is no order “{self.order}”; there are {', '.join(ORDER_NAMES)}.")
        if self.order == "priority" and not self.column:
            raise ChoiceError("Name the column of the metadata whose numbers say what is urgent.")


def find_unplanned(project: Project, kind: RoundKind) -> QuerySet[Article]:
    """The articles that count, are marked as a copy of none, and are in no round of a kind but as a task that was closed."""
    return _leave_out_planned(project.articles.all(), project, kind)


def _leave_out_planned(articles: QuerySet[Article], project: Project, kind: RoundKind) -> QuerySet[Article]:
    planned = Task.objects.filter(round__project=project, round__kind=kind)
    live = planned.exclude(status=TaskStatus.CANCELLED).filter(article=OuterRef("pk"))
    copies = find_copies(project).values("article")
    return articles.filter(~Exists(live), excluded_at=None).exclude(pk__in=copies)


def list_to_take(project: Project, kind: RoundKind, taking: Taking) -> list[int]:
    """The articles that a round of a kind could take, in ascending order; a retest takes one of each group of copies."""
    articles = filter_articles(project, taking.choice).published()
    numbers = list(_leave_out_planned(articles, project, kind).order_by("id").values_list("id", flat=True))
    if not numbers and not taking.choice.is_all:
        raise NoArticlesLeftError(
            f"No article that a {kind} round could take is one of these: {taking.choice.describe()}. "
            "Ask for less, or import articles."
        )
    return take_one_of_each_group(numbers) if kind == RoundKind.RETEST else numbers


def are_unplanned(project: Project, kind: RoundKind, numbers: Sequence[int]) -> bool:
    """Whether all of some articles are there, count, and are in no round of a kind, as they were when they were chosen."""
    return _leave_out_planned(project.articles.filter(pk__in=numbers), project, kind).count() == len(numbers)


def count_to_take(project: Project, kind: RoundKind, taking: Taking) -> int:
    """How many articles a round of a kind could take."""
    try:
        return len(list_to_take(project, kind, taking))
    except NoArticlesLeftError:
        return 0


def take_some(
    project: Project, numbers: Sequence[int], limit: int, *, taking: Taking, seed: int
) -> list[int]:
    """At most so many of some articles, those that the order says, in ascending order."""
    order = find_order(taking.order)
    lengths = _read_lengths(numbers) if order.name == "longest" else {}
    priorities = _read_priorities(project, taking.column) if order.name == "priority" else {}
    disagreement = measure_disagreement(project, numbers) if order.name == "disagreement" else {}
    groups = find_groups(numbers) if taking.one_a_group else {}
    articles = [
        PlannableArticle(
            number,
            length=lengths.get(number, 0),
            priority=priorities.get(number),
            group=groups.get(number),
            disagreement=disagreement.get(number, 0.0),
        )
        for number in numbers
    ]
    return take(articles, limit, order=order, seed=seed, one_a_group=taking.one_a_group)


def _read_lengths(numbers: Sequence[int]) -> dict[int, int]:
    lengths: dict[int, int] = {}
    rest = iter(numbers)
    while some := list(islice(rest, ASKED_AT_ONCE)):
        lengths.update(Article.staged.filter(pk__in=some).order_by().values_list("pk", "length"))
    return lengths


def _read_priorities(project: Project, column: str) -> dict[int, float]:
    """The largest number that an article has in a column; what is no number says nothing."""
    priorities: dict[int, float] = {}
    rows = ArticleValue.objects.filter(project=project, column=column).order_by()
    for number, value in rows.values_list("article_id", "value"):
        try:
            priority = float(value)
        except ValueError:
            continue
        if priority == priority:  # noqa: PLR0124 - not a number is no number
            priorities[number] = max(priority, priorities.get(number, priority))
    return priorities


def measure_disagreement(project: Project, numbers: Sequence[int]) -> dict[int, float]:
    """How many decisions adjudicators took about each of some articles, or on average about those of its source, or about all."""
    golds = _count(Gold.objects.filter(task__round__project=project))
    decisions = _count(Decision.objects.filter(task__round__project=project))
    own = {number: decisions.get(number, 0) / tasks for number, tasks in golds.items()}
    if not own:
        return {}
    everywhere = sum(own.values()) / len(own)
    sources = dict(
        ArticleValue.objects.filter(project=project, column=SOURCE)
        .order_by()
        .values_list("article_id", "value")
    )
    by_source: dict[str, list[float]] = defaultdict(list)
    for number, figure in own.items():
        if number in sources:
            by_source[sources[number]].append(figure)
    means = {source: sum(figures) / len(figures) for source, figures in by_source.items()}
    return {
        number: own[number] if number in own else means.get(sources.get(number, ""), everywhere)
        for number in numbers
    }


def _count(rows: "QuerySet[Gold] | QuerySet[Decision]") -> dict[int, int]:
    return dict(rows.order_by().values_list("task__article").annotate(number=Count("pk")))
