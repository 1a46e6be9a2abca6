"""How the page of a release shows the parts that it is divided into, and how near their texts are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from annotations.gold.leakage import count_near
from annotations.gold.splitting import list_split_names
from annotations.models import Article, Release

WIDTH = 240
SHOWN_LEAKS = 5


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of a release, with its articles and how long its bar is."""

    name: str
    articles: int
    percent: float
    width: float


@dataclass(frozen=True, slots=True)
class NearRow:
    """A row of the table of leakage: how many articles have their nearest article of another part at this distance."""

    words: str
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two articles of different parts that share much."""

    one: Article
    other: Article
    parts: tuple[str, str]
    percent: int


@dataclass(frozen=True, slots=True)
class PartsShown:
    """The parts of a release as its page shows them."""

    rows: list[PartRow]
    labels: list[tuple[str, list[float]]]
    """Of each label, what percentage of its spans each part has."""
    near: list[NearRow]
    n_near: int
    pairs: list[NearPair]
    plan: str
    carried: int
    moved: int
    """Articles that an earlier release had in a part of another name."""

    @property
    def names(self) -> list[str]:
        """The names of the parts, in order."""
        return [row.name for row in self.rows]


def show_parts(release: Release) -> PartsShown | None:
    """What the page says of the parts of a release; None where it is one piece."""
    splits = release.manifest.get("splits")
    if not splits:
        return None
    names = list_split_names(release)
    sides = {name: splits["sides"].get(name, {"articles": 0, "spans_by_label": {}}) for name in names}
    most = max((side["articles"] for side in sides.values()), default=0) or 1
    whole = sum(side["articles"] for side in sides.values()) or 1
    nearest = splits["leakage"]["nearest"]
    highest = max(nearest) or 1
    return PartsShown(
        rows=[
            PartRow(name, side["articles"], 100 * side["articles"] / whole, WIDTH * side["articles"] / most)
            for name, side in sides.items()
        ],
        labels=_list_labels(sides),
        near=[
            NearRow(
                "under 10 %" if place == 0 else f"{10 * place}–{10 * place + 10} %",
                number,
                WIDTH * number / highest,
            )
            for place, number in enumerate(nearest)
        ],
        n_near=count_near(splits["leakage"]),
        pairs=_find_pairs(release, splits["leakage"]["leaks"][:SHOWN_LEAKS]),
        plan=_describe(splits["plan"]),
        carried=splits["carried"],
        moved=splits.get("moved", 0),
    )


def _list_labels(sides: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[float]]]:
    totals: dict[str, int] = {}
    for side in sides.values():
        for label, count in side["spans_by_label"].items():
            totals[label] = totals.get(label, 0) + count
    return [
        (label, [100 * side["spans_by_label"].get(label, 0) / total for side in sides.values()])
        for label, total in sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))
        if total
    ]


def _find_pairs(release: Release, leaks: Collection[Mapping[str, Any]]) -> list[NearPair]:
    numbers = {leak[end] for leak in leaks for end in ("one", "other")}
    articles = Article.objects.only("pk", "title", "project_id").in_bulk(numbers)
    parts = dict(release.items.filter(article__in=numbers).values_list("article_id", "split"))
    return [
        NearPair(
            articles[leak["one"]],
            articles[leak["other"]],
            (parts[leak["one"]], parts[leak["other"]]),
            round(100 * leak["share"]),
        )
        for leak in leaks
        if leak["one"] in articles and leak["other"] in articles
    ]


def _describe(plan: Mapping[str, Any]) -> str:
    """A plan in a sentence."""
    weights = "/".join(str(part["weight"]) for part in plan["parts"])
    words = [f"Shares {weights}", f"seed {plan['seed']}"]
    if plan["keeps_copies"]:
        words.append("copies and versions of an article together")
    if plan["group_by"]:
        words.append(f"articles of one {plan['group_by']} together")
    if plan["time"]:
        words.append(f"in order of {plan['time']}")
    elif plan["is_stratified"]:
        words.append("labels spread alike")
    return ", ".join(words) + "."
