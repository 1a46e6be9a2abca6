"""How much of the text of one part of a release lies in another, by the samples of the articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotations.likeness.sketches import SketchIndex

BINS = 10
MAX_LEAKS = 20
"""Pairs of articles that are named."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Two articles of different parts, and how much of the smaller is in the other as far as the samples tell."""

    one: int
    other: int
    share: float

    def to_json(self) -> dict[str, Any]:
        return {"one": self.one, "other": self.other, "share": round(self.share, 2)}


@dataclass(frozen=True, slots=True)
class Leakage:
    """How near the nearest article of another part is, for every article of a release."""

    nearest: tuple[int, ...]
    """Articles by the tenth that the share lies in; in the first are those that share next to nothing."""
    leaks: tuple[Leak, ...]
    """The nearest pairs, the nearest first."""

    def to_json(self) -> dict[str, Any]:
        return {"nearest": list(self.nearest), "leaks": [leak.to_json() for leak in self.leaks]}


def count_near(leakage: Mapping[str, Any]) -> int:
    """How many articles share half or more of their text with one of another part, by what a manifest holds.

    >>> count_near(Leakage((90, 4, 0, 0, 0, 2, 0, 0, 0, 1), ()).to_json())
    3
    """
    return sum(leakage["nearest"][BINS // 2 :])


def measure_leakage(index: SketchIndex, sides: Mapping[int, str]) -> Leakage:
    """Look for the nearest article of another part, of every article; only those that the samples bring together are compared."""
    nearest = dict.fromkeys(sides, 0.0)
    leaks = []
    for one, other, _ in index.find_candidates(sides):
        if one not in sides or other not in sides or sides[one] == sides[other]:
            continue
        share = index.estimate_share(one, other)
        leaks.append(Leak(one, other, share))
        for number in (one, other):
            nearest[number] = max(nearest[number], share)
    counts = [0] * BINS
    for share in nearest.values():
        counts[min(int(share * BINS), BINS - 1)] += 1
    leaks.sort(key=lambda leak: (-leak.share, leak.one, leak.other))
    return Leakage(tuple(counts), tuple(leaks[:MAX_LEAKS]))
