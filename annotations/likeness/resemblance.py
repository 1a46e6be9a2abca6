"""When two texts are copies of each other, and the clusters that pairs of copies make."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from annotations.likeness.shingles import Hashes

MIN_SHARE = 0.35
"""Of the smaller text that is in the other, from which one is a copy; five reports of one event in five wordings have 0.06."""
MIN_RESEMBLANCE = 0.2
"""Of two texts that are copies as wholes; with less they have a passage in common, such as a quote or a footer."""
MOST_OF_IT = 0.6
"""Of a text that counts as a copy for lying in a longer one, or for what it shares with many."""
MIN_PASSAGE = 30
"""Shingles of a text that counts as a copy for lying in a longer one; a shorter one has to be like the whole."""
MUCH_LONGER = 1.5


class CopyKind(StrEnum):
    """In which way one text is a copy of another."""

    SAME_WORDS = "same_words"
    EDITED = "edited"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How many distinct shingles two texts have, and how many of them in common."""

    shared: int
    one: int
    other: int

    @property
    def share(self) -> float:
        """How much of the smaller text is in the other, between 0 and 1 (Broder's containment)."""
        smaller = min(self.one, self.other)
        return self.shared / smaller if smaller else 0.0

    @property
    def resemblance(self) -> float:
        """How much of what is in either text is in both, between 0 and 1 (the index of Jaccard)."""
        together = self.one + self.other - self.shared
        return self.shared / together if together else 0.0

    def find_kind(self, *, is_common: bool = False) -> CopyKind | None:
        """In which way the texts are copies, or None where they are two texts; what many others share counts for less."""
        smaller, longer = sorted((self.one, self.other))
        is_like = (
            self.share >= (MOST_OF_IT if is_common else MIN_SHARE) and self.resemblance >= MIN_RESEMBLANCE
        )
        is_part = self.share >= MOST_OF_IT and smaller >= MIN_PASSAGE and not is_common
        if not (is_like or is_part):
            return None
        if self.one == self.other == self.shared:
            return CopyKind.SAME_WORDS
        is_much_longer = longer >= MUCH_LONGER * smaller
        return CopyKind.PART if is_part and is_much_longer else CopyKind.EDITED


def measure(one: Hashes, other: Hashes) -> Resemblance:
    """How alike two texts are by their shingles, which are distinct and in ascending order."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return Resemblance(shared, len(one), len(other))


def join_pairs(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The clusters that pairs make, where a copy of a copy is in the cluster of both; in ascending order.

    >>> join_pairs([(5, 9), (1, 2), (9, 7)])
    [[1, 2], [5, 7, 9]]
    """
    above: dict[int, int] = {}

    def find(number: int) -> int:
        while above.setdefault(number, number) != number:
            above[number] = number = above[above[number]]
        return number

    for one, other in pairs:
        first, last = sorted((find(one), find(other)))
        above[last] = first
    clusters: dict[int, list[int]] = {}
    for number in sorted(above):
        clusters.setdefault(find(number), []).append(number)
    return list(clusters.values())
