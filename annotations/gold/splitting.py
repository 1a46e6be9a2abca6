"""Dividing a release: what the tables know of its articles, where earlier releases put them, and how much the parts share."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.corpus.catalogue import UNSIGNED, catalogue, list_values
from annotations.corpus.clusters import find_groups
from annotations.formats.record import name_origin
from annotations.gold.leakage import measure_leakage
from annotations.gold.splits import (
    InvalidSplitError,
    SplitArticle,
    SplitPlan,
    are_folds,
    count_sides,
    split_articles,
)
from annotations.likeness.sketches import SketchIndex
from annotations.models import Article, ArticleSketch, Project, Release, ReleaseItem

ASKED_AT_ONCE = 2_000
SOURCE = "source"
"""The column that every article has: one without it in its metadata is of the file or the site that it came from."""


class UnknownSplitError(ValueError):
    """A release has no part of that name."""


@dataclass(frozen=True, slots=True)
class Divided:
    """A release that was divided: the part of each article, and what its manifest says of that."""

    sides: Mapping[int, str]
    described: Mapping[str, Any]


def describe_for_splits(record: Mapping[str, Any], plan: SplitPlan) -> SplitArticle:
    """What dividing needs to know of the record of an article; copies are added later."""
    values = list_values(record["metadata"])
    alike = [value for column, value in values if column == plan.group_by]
    if not alike and plan.group_by == SOURCE and record["source"]:
        alike = [name_origin(record["source"])]
    groups = tuple(f"{plan.group_by}={value}" for value in alike)
    dates = [value for column, value in values if plan.time and column == plan.time]
    labels = Counter(span["label"] for span in record["spans"])
    return SplitArticle(record["id"], groups, labels, dates[0] if dates else "")


def divide_release(project: Project, articles: Sequence[SplitArticle], plan: SplitPlan) -> Divided:
    """Divide the articles of a release that is about to be frozen; those of earlier releases stay where they are."""
    if plan.group_by and not any(article.groups for article in articles):
        raise InvalidSplitError(
            f"no article has a value in “{plan.group_by}”: take a column that the articles’ metadata have"
        )
    numbers = [article.id for article in articles]
    known = _add_copies(articles) if plan.keeps_copies else list(articles)
    kept = read_kept_sides(project, plan)
    sides = split_articles(known, plan, kept=kept)
    leakage = measure_leakage(_read_sketches(project, numbers), sides)
    described = describe_splits(plan, known, sides)
    carried = sum(number in kept for number in numbers)
    moved = count_moved(project, sides)
    told = {"carried": carried, **({"moved": moved} if moved else {}), "leakage": leakage.to_json()}
    return Divided(sides, {**described, **told})


def describe_splits(
    plan: SplitPlan, articles: Iterable[SplitArticle], sides: Mapping[int, str]
) -> dict[str, Any]:
    """The plan, what is on each side, and a checksum over a line for each article: its id and its part."""
    lines = "".join(f"{number} {side}\n" for number, side in sides.items())
    return {
        "plan": plan.to_json(),
        "sides": count_sides(articles, sides),
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def read_kept_sides(project: Project, plan: SplitPlan) -> dict[int, str]:
    """The part of every article that an earlier release put into one of a name that the plan has, too; the earliest counts.

    A fold is one of so many, so that those of another number are other parts.
    """
    kept: dict[int, str] = {}
    for number, plan_before in project.releases.order_by("-number").values_list(
        "pk", "manifest__splits__plan__parts"
    ):
        before = tuple(part["name"] for part in plan_before or ())
        common = set(before).intersection(plan.names)
        if common and (before == plan.names or not are_folds(before) or not are_folds(plan.names)):
            items = ReleaseItem.objects.filter(release=number, split__in=common).order_by("ordinal")
            kept.update(items.values_list("article_id", "split").iterator(ASKED_AT_ONCE))
    return kept


def count_moved(project: Project, sides: Mapping[int, str]) -> int:
    """How many of these articles were in a part of another name in an earlier release."""
    earlier = ReleaseItem.objects.filter(release__project=project).exclude(split="").order_by()
    before = earlier.exclude(release__number=Release.UNDER_WAY).values_list("article", "split").distinct()
    return len(
        {article for article, split in before.iterator(ASKED_AT_ONCE) if sides.get(article, split) != split}
    )


def choose_splits(release: Release, wanted: str) -> str:
    """The parts of a release that somebody asks for, as a file of them is called: in order, each once, with commas."""
    if not wanted:
        return ""
    names = list_split_names(release)
    asked = {name.strip() for name in wanted.split(",")}
    if unknown := sorted(asked - set(names)):
        there = f"its parts are {', '.join(names)}" if names else "it was frozen without parts"
        raise UnknownSplitError(f"release {release.number} has no part “{unknown[0][:50]}”: {there}")
    return ",".join(name for name in names if name in asked)


def list_split_names(release: Release) -> list[str]:
    """The parts of a release, in order; none where it was not divided."""
    splits = release.manifest.get("splits")
    return [part["name"] for part in splits["plan"]["parts"]] if splits else []


def list_filled(release: Release) -> list[str]:
    """The parts of a release that have an article, in order; in releases made before, a part of few articles may have none."""
    sides = (release.manifest.get("splits") or {}).get("sides", {})
    return [name for name in list_split_names(release) if name in sides]


def list_sides(release: Release) -> dict[str, list[int]]:
    """The articles of each part of a release, in order."""
    sides: dict[str, list[int]] = {name: [] for name in list_split_names(release)}
    items = release.items.exclude(split="").order_by("ordinal").values_list("split", "article_id")
    for name, article in items.iterator(ASKED_AT_ONCE):
        sides[name].append(article)
    return sides


def _add_copies(articles: Sequence[SplitArticle]) -> list[SplitArticle]:
    """The articles with the groups of their copies and of their earlier versions."""
    numbers = [article.id for article in articles]
    copies = find_groups(numbers)
    versions = dict(_read_versions(numbers))
    return [
        SplitArticle(
            one.id,
            (
                *one.groups,
                *([f"copies {copies[one.id]}"] if one.id in copies else []),
                f"versions of {one.id}",
                *([f"versions of {versions[one.id]}"] if one.id in versions else []),
            ),
            one.labels,
            one.date,
        )
        for one in articles
    ]


def _read_versions(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    later = Article.objects.filter(version_of__isnull=False).order_by()
    for some in _pages(numbers):
        yield from later.filter(pk__in=some).values_list("pk", "version_of_id")


def _read_sketches(project: Project, numbers: Sequence[int]) -> SketchIndex:
    catalogue(project.articles.all())
    return SketchIndex.build(
        (number, np.frombuffer(bytes(keys), dtype=UNSIGNED))
        for some in _pages(numbers)
        for number, keys in ArticleSketch.objects.filter(article__in=some)
        .order_by("pk")
        .values_list("pk", "keys")
    )


def _pages(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        yield numbers[start : start + ASKED_AT_ONCE]
