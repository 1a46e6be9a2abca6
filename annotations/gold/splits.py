"""Dividing the articles of a release into parts to train, tune and test on, the same way for the same seed.

Articles of one group stay together, labels are spread alike over the parts, and an article that an earlier release put into
a part stays there.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.likeness.resemblance import join_pairs
from annotations.limits import (
    MAX_COLUMN_LENGTH,
    MAX_SPLIT_NAME_LENGTH,
    MAX_SPLIT_PARTS,
    MAX_SPLIT_SEED,
    MAX_SPLIT_WEIGHT,
)
from annotations.plurals import count_things

NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{MAX_SPLIT_NAME_LENGTH - 1}}}")
WHOLE = "all"
"""What Hugging Face's `datasets` calls all parts together."""
DATE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
"""A year, a month, a day or a time, as ISO 8601 writes them."""
LENGTHS_OF_DATES = {len("2026"): "-01-01", len("2026-11"): "-01", len("2026-11-26"): ""}
"""What makes a day of a shorter date."""
MAX_SHOWN = 30
NAMES_BY_COUNT = {2: ("train", "test"), 3: ("train", "dev", "test")}
MIN_PARTS = 2


class InvalidSplitError(ValueError):
    """A plan of splits that cannot be, or that these articles cannot be divided by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """How articles are divided: into which parts of which weights, and what stays together."""

    parts: tuple[tuple[str, int], ...]
    """The name and the weight of each, in order; the first is what is trained on where they are no folds."""
    seed: int = 0
    keeps_copies: bool = True
    """Whether copies of an article, and its later versions, are one group."""
    group_by: str = ""
    """A column of metadata of which all articles of one value are a group, such as the author; `source` is what they came from, where no metadata say it."""
    time: str = ""
    """A column of metadata with dates (ISO 8601): the earliest articles go into the first part, the latest into the last."""
    is_stratified: bool = True
    """Whether the spans of each label are spread alike over the parts."""

    def __post_init__(self) -> None:
        if not MIN_PARTS <= len(self.parts) <= MAX_SPLIT_PARTS:
            raise InvalidSplitError(f"give {MIN_PARTS} to {MAX_SPLIT_PARTS} parts, not {len(self.parts)}")
        for name, weight in self.parts:
            if not NAME.fullmatch(name):
                raise InvalidSplitError(
                    f"a part cannot be called “{name[:50]}”: take small letters, digits and hyphens, "
                    f"at most {MAX_SPLIT_NAME_LENGTH}, a letter first"
                )
            if name == WHOLE:
                raise InvalidSplitError(
                    "a part cannot be called “all”: that is what loaders call all parts together"
                )
            if not 0 < weight <= MAX_SPLIT_WEIGHT:
                raise InvalidSplitError(
                    f"the share of {name} must be 1 to {MAX_SPLIT_WEIGHT:,}, not {weight}"
                )
        if len({name for name, _ in self.parts}) < len(self.parts):
            raise InvalidSplitError("two parts have one name: give each its own")
        if not 0 <= self.seed <= MAX_SPLIT_SEED:
            raise InvalidSplitError(f"the seed must be 0 to {MAX_SPLIT_SEED:,}, not {self.seed}")
        for column in (self.group_by, self.time):
            if len(column) > MAX_COLUMN_LENGTH:
                raise InvalidSplitError(f"a column has at most {MAX_COLUMN_LENGTH} characters")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts, in order."""
        return tuple(name for name, _ in self.parts)

    def to_json(self) -> dict[str, Any]:
        return {
            "parts": [{"name": name, "weight": weight} for name, weight in self.parts],
            "seed": self.seed,
            "keeps_copies": self.keeps_copies,
            "group_by": self.group_by,
            "time": self.time,
            "is_stratified": self.is_stratified,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SplitPlan":
        parts = tuple((part["name"], part["weight"]) for part in value["parts"])
        return cls(**{**value, "parts": parts})


def read_shares(written: str) -> tuple[tuple[str, int], ...]:
    """The parts that somebody wrote as shares, or as names with shares.

    >>> read_shares("80/10/10")
    (('train', 80), ('dev', 10), ('test', 10))
    >>> read_shares("train=9, held-out=1")
    (('train', 9), ('held-out', 1))
    """
    pieces = [piece.strip() for piece in re.split(r"[/,]", written)]
    if "=" not in written:
        names = NAMES_BY_COUNT.get(len(pieces))
        if names is None:
            raise InvalidSplitError(
                f"“{written[:50]}” has {len(pieces)} shares: write two (train/test), three (train/dev/test), "
                "or name them as in train=80,dev=10,test=10"
            )
        pieces = [f"{name}={piece}" for name, piece in zip(names, pieces, strict=True)]
    parts = []
    for piece in pieces:
        name, _, weight = (word.strip() for word in piece.partition("="))
        if not (weight.isascii() and weight.isdigit() and len(weight) <= len(str(MAX_SPLIT_WEIGHT))):
            raise InvalidSplitError(f"the share in “{piece[:50]}” is no whole number of at least 1")
        parts.append((name, int(weight)))
    return tuple(parts)


def make_folds(count: int) -> tuple[tuple[str, int], ...]:
    """Parts of one size, to train on all but one of them in turn.

    >>> make_folds(2)
    (('fold-1', 1), ('fold-2', 1))
    """
    if not MIN_PARTS <= count <= MAX_SPLIT_PARTS:
        raise InvalidSplitError(f"give {MIN_PARTS} to {MAX_SPLIT_PARTS} folds, not {count}")
    return tuple((f"fold-{number}", 1) for number in range(1, count + 1))


def are_folds(names: Sequence[str]) -> bool:
    """Whether parts of these names are folds."""
    return MIN_PARTS <= len(names) <= MAX_SPLIT_PARTS and names == tuple(
        name for name, _ in make_folds(len(names))
    )


def plan_splits(*, shares: str = "", folds: int = 0, **options: Any) -> SplitPlan:
    """A plan of what somebody asked for: shares as they wrote them, or a number of folds, and what else a plan says."""
    if bool(shares) == bool(folds):
        raise InvalidSplitError("give either shares, such as 80/10/10, or a number of folds")
    return SplitPlan(parts=make_folds(folds) if folds else read_shares(shares), **options)


def read_date(written: str) -> str:
    """A date, a month or a year as a text that is greater the later it is, times in UTC; empty where it is none.

    >>> read_date("2026-11"), read_date("2026-11-26"), read_date("2026-11-26T01:30+02:00"), read_date("2026-13-45x")
    ('2026-11', '2026-11-26', '2026-11-25T23:30:00', '')
    """
    if not DATE.fullmatch(written):
        return ""
    try:
        if (rest := LENGTHS_OF_DATES.get(len(written))) is not None:
            date.fromisoformat(f"{written}{rest}")
            return written
        moment = datetime.fromisoformat(written)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()
    except (OverflowError, ValueError):
        return ""


@dataclass(frozen=True, slots=True)
class SplitArticle:
    """What dividing needs to know of an article: its groups, its spans by label, and its date."""

    id: int
    groups: tuple[str, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    date: str = ""
    """As the metadata have it."""


def split_articles(
    articles: Sequence[SplitArticle], plan: SplitPlan, *, kept: Mapping[int, str] | None = None
) -> dict[int, str]:
    """The part of each article; `kept` names those that earlier releases put the articles into.

    Labels are spread by iterative stratification (Sechidis, Tsoumakas and Vlahavas, 2011), a group at a time: that with the
    largest share of a rare label first, each to the part that lacks most of what it has.
    """
    stays = {number: part for number, part in (kept or {}).items() if part in plan.names}
    groups = _gather(articles)
    if len(groups) < len(plan.parts):
        raise InvalidSplitError(
            f"the articles make {len(groups)} group{'s' if len(groups) != 1 else ''}, which cannot fill "
            f"{len(plan.parts)} parts: divide into fewer, or keep less together"
        )
    divide = _by_time if plan.time else _by_need
    sides: dict[int, str] = {}
    for members, part in divide(groups, plan, stays):
        for article in members:
            sides[article.id] = stays.get(article.id, part)
    if empty := [name for name in plan.names if name not in sides.values()]:
        raise InvalidSplitError(
            f"{empty[0]} would have no article, because earlier releases put them into other parts, where they stay: "
            "add articles, or give the parts other names to divide them anew"
        )
    return {article.id: sides[article.id] for article in articles}


Group = list[SplitArticle]
Numbers = NDArray[np.float64]


def _gather(articles: Iterable[SplitArticle]) -> list[Group]:
    """Articles that share a group, directly or by way of others, as one."""
    by_id = {article.id: article for article in articles}
    first: dict[str, int] = {}
    pairs = [(first.setdefault(name, one.id), one.id) for one in by_id.values() for name in one.groups]
    joined = join_pairs(pairs)
    together = {number for group in joined for number in group}
    alone = [[number] for number in by_id if number not in together]
    return [[by_id[number] for number in group] for group in sorted([*joined, *alone])]


def _find_kept(group: Group, plan: SplitPlan, stays: Mapping[int, str]) -> str | None:
    """The part that most of a group are in already; the first of them where several have as many."""
    counts = Counter(stays[article.id] for article in group if article.id in stays)
    return max(plan.names, key=lambda name: counts[name]) if counts else None


def _by_need(groups: list[Group], plan: SplitPlan, stays: Mapping[int, str]) -> list[tuple[Group, str]]:
    """Each group goes where the squared distance of what the parts have from what they should have grows least.

    The last groups go to parts that would have none.
    """
    columns = _number_labels(groups) if plan.is_stratified else {}
    has = np.array([_count(group, columns) for group in groups])
    totals = np.maximum(has.sum(axis=0), 1)
    weights = np.array([weight for _, weight in plan.parts], dtype=float)
    wanted = np.outer(weights / weights.sum(), totals)
    lacks = wanted.copy()
    places = {name: place for place, name in enumerate(plan.names)}
    for group in groups:
        for article in group:
            if article.id in stays:
                lacks[places[stays[article.id]]] -= _count([article], columns)
    largest: Numbers = (has / totals).max(axis=1)
    order = sorted(range(len(groups)), key=lambda row: (-largest[row], _shuffle(groups[row], plan.seed)))
    parts = [_find_kept(group, plan, stays) for group in groups]
    empty = set(plan.names) - {stays[one.id] for group in groups for one in group if one.id in stays}
    left = parts.count(None)
    divided = []
    for row in order:
        group, part = groups[row], parts[row]
        if part is None:
            gain = ((2 * lacks - has[row]) * has[row] / wanted / totals).sum(axis=1)
            may_have = [places[name] for name in plan.names if left > len(empty) or name in empty]
            part = plan.names[max(may_have, key=gain.tolist().__getitem__)]
            empty.discard(part)
            left -= 1
        lacks[places[part]] -= _count([article for article in group if article.id not in stays], columns)
        divided.append((group, part))
    return divided


def _number_labels(groups: Iterable[Group]) -> dict[str, int]:
    names = sorted({label for group in groups for article in group for label in article.labels})
    return {name: place for place, name in enumerate(names, start=1)}


def _count(group: Group, columns: Mapping[str, int]) -> Numbers:
    """How many articles a group has, and how many spans of each label."""
    counts = np.zeros(1 + len(columns))
    counts[0] = len(group)
    for article in group:
        for label, count in article.labels.items():
            if label in columns:
                counts[columns[label]] += count
    return counts


def _by_time(groups: list[Group], plan: SplitPlan, stays: Mapping[int, str]) -> list[tuple[Group, str]]:
    """A group is as late as its latest article; between articles of earlier releases it goes where the one before it is."""
    dates = {one.id: read_date(one.date) for group in groups for one in group}
    undated = [one for group in groups for one in group if not dates[one.id]]
    if undated:
        first = undated[0]
        shown = f"“{first.date[:MAX_SHOWN]}”, which is none" if first.date else "nothing"
        raise InvalidSplitError(
            f"{count_things(len(undated), 'article has', 'articles have')} no date in “{plan.time}”; the first is {first.id} with "
            f"{shown}. Write dates as 2026, 2026-11, 2026-11-26 or 2026-11-26T10:30Z, divide by another column, or not by time"
        )
    latest = {group[0].id: max(dates[one.id] for one in group) for group in groups}
    ordered = sorted(groups, key=lambda group: (latest[group[0].id], _shuffle(group, plan.seed)))
    known = sorted(
        (latest[group[0].id], part) for group in ordered if (part := _find_kept(group, plan, stays))
    )
    if known:
        return [
            (group, _find_kept(group, plan, stays) or _find_before(latest[group[0].id], known))
            for group in ordered
        ]
    limits = np.cumsum([weight for _, weight in plan.parts], dtype=float)
    limits *= sum(map(len, ordered)) / limits[-1]
    divided: list[tuple[Group, str]] = []
    before, place = 0, 0
    for number, group in enumerate(ordered):
        wanted = min(int(np.searchsorted(limits, before + len(group) / 2)), len(limits) - 1)
        still_to_fill = len(limits) - (len(ordered) - number)
        place = min(max(wanted, still_to_fill, place), place + 1) if divided else 0
        divided.append((group, plan.names[place]))
        before += len(group)
    return divided


def _find_before(latest: str, known: Sequence[tuple[str, str]]) -> str:
    earlier = [part for date, part in known if date <= latest]
    return earlier[-1] if earlier else known[0][1]


def _shuffle(group: Group, seed: int) -> bytes:
    """A number that says where in a random order a group stands, whatever other groups there are."""
    return hashlib.sha256(f"{seed} {group[0].id}".encode()).digest()


def count_sides(articles: Iterable[SplitArticle], sides: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """How many articles, and how many spans of each label, are in each part; `sides` gives the part of an article."""
    numbers: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        numbers[sides[article.id]] += 1
        labels[sides[article.id]].update(article.labels)
    return {
        name: {"articles": number, "spans_by_label": dict(labels[name])} for name, number in numbers.items()
    }
