"""How far the articles of a project are, as the parts of one bar that each lead to their place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from annotations.progress.situation import Situation

BAR_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the bar: how many articles are there, and which page shows them.

    The part begins at `start` and is `width` wide, of a bar of a thousand.
    """

    name: str
    title: str
    number: int
    page: str
    start: int = 0
    width: int = 0

    @property
    def view(self) -> str:
        """The name of the page in the addresses."""
        return f"web:{self.page}"


def list_stages(now: Situation) -> list[Stage]:
    """All stages in the order in which an article goes through them, also those where none is."""
    released = now.adjudicated - min(now.unreleased, now.adjudicated)
    return _lay_out(
        [
            Stage("unplanned", "in no round yet", now.unplanned, "plan-round"),
            Stage("open", "being annotated", now.open, "rounds"),
            Stage("annotated", "to adjudicate", now.annotated, "adjudication"),
            Stage("gold", "gold, in no release", now.adjudicated - released, "releases"),
            Stage("released", "released", released, "releases"),
        ]
    )


def _lay_out(stages: Iterable[Stage]) -> list[Stage]:
    stages = list(stages)
    total = sum(stage.number for stage in stages)
    laid_out, before = [], 0
    for stage in stages:
        start, end = (
            round(BAR_WIDTH * number / total) if total else 0 for number in (before, before + stage.number)
        )
        laid_out.append(replace(stage, start=start, width=end - start))
        before += stage.number
    return laid_out


def say_planned(now: Situation) -> str:
    """How many of the articles are in a round, and how many are excluded, as a sentence.

    >>> say_planned(Situation(articles=14, unplanned=1))
    '14 articles, 13 planned'
    >>> say_planned(Situation(articles=14, unplanned=1, excluded=2))
    '14 articles, 11 planned, 2 excluded'
    >>> say_planned(Situation(articles=1))
    '1 article, planned'
    """
    articles = f"{now.articles:,} {'article' if now.articles == 1 else 'articles'}"
    planned = now.articles - now.unplanned - now.excluded
    if now.excluded:
        return f"{articles}, {planned:,} planned, {now.excluded:,} excluded"
    if now.unplanned:
        return f"{articles}, {f'{planned:,}' if planned else 'none'} planned"
    return f"{articles}, {'all ' if now.articles > 1 else ''}planned"
