"""Which of the articles that could be planned are taken first, where a round takes only so many: one class an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from annotations.assignment.policies import draw


@dataclass(frozen=True, slots=True)
class PlannableArticle:
    """What an order may know of an article that could be planned."""

    id: int
    length: int = 0
    priority: float | None = None
    """The number in the column that says what is urgent; None where it has none."""
    group: int | None = None
    """The group of copies that it is in."""
    disagreement: float = 0.0
    """How many decisions an adjudicator had to take about it, or about articles like it."""


class TakingOrder(Protocol):
    """An order in which articles are taken; the seed decides wherever it says nothing."""

    @property
    def name(self) -> str:
        """What it is called in requests and commands."""
        ...

    @property
    def title(self) -> str:
        """What it is called on pages."""
        ...

    def rank(self, article: PlannableArticle) -> float:
        """The lower, the earlier."""
        ...


class RandomOrder:
    """Takes articles at random, so that they stand for the rest."""

    name = "random"
    title = "at random, so that they stand for the rest"

    def rank(self, article: PlannableArticle) -> float:  # noqa: ARG002 - all are alike
        return 0


class PriorityOrder:
    """Takes the articles with the largest number in a column of their metadata first, and those without one last."""

    name = "priority"
    title = "by a column of numbers, the largest first"

    def rank(self, article: PlannableArticle) -> float:
        return float("inf") if article.priority is None else -article.priority


class LongestOrder:
    """Takes long articles first."""

    name = "longest"
    title = "the longest first"

    def rank(self, article: PlannableArticle) -> float:
        return -article.length


class DisagreementOrder:
    """Takes articles first about which, or about whose like, adjudicators had to decide most."""

    name = "disagreement"
    title = "first where annotators disagreed most, in it or in articles of its source"

    def rank(self, article: PlannableArticle) -> float:
        return -article.disagreement


ORDERS: tuple[TakingOrder, ...] = (RandomOrder(), PriorityOrder(), LongestOrder(), DisagreementOrder())
ORDER_NAMES = tuple(order.name for order in ORDERS)


def find_order(name: str) -> TakingOrder:
    """The order of a name."""
    return next(order for order in ORDERS if order.name == name)


def take(
    articles: Sequence[PlannableArticle],
    number: int,
    *,
    order: TakingOrder,
    seed: int,
    one_a_group: bool = False,
) -> list[int]:
    """The articles that are taken, in ascending order; one of each group of copies before a second of any.

    >>> articles = [PlannableArticle(1, 50), PlannableArticle(2, 70), PlannableArticle(3, 60)]
    >>> take(articles, 2, order=LongestOrder(), seed=1)
    [2, 3]
    """
    ranked = sorted(articles, key=lambda one: (order.rank(one), draw(seed, "article", one.id), one.id))
    if one_a_group:
        seen: dict[int, int] = {}
        places = []
        for article in ranked:
            place = seen.get(article.group, 0) if article.group is not None else 0
            places.append(place)
            if article.group is not None:
                seen[article.group] = place + 1
        ranked = [
            article for _, article in sorted(zip(places, ranked, strict=True), key=lambda pair: pair[0])
        ]
    return sorted(article.id for article in ranked[:number])
