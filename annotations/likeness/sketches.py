"""Small samples of texts by which the few that may be alike are found among many, without reading the texts again.

The shingles of a text with the smallest hashes are its sketch (MinHash with one hash function). All texts are sampled by
that one rule, so what two sketches share tells what the texts share: how much of the smaller lies in the larger, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotations.likeness.shingles import Hashes

Numbers = NDArray[np.int64]
ONE_IN = 16
"""How many shingles of a text there are for one that is sampled."""
MIN_KEYS = 24
MAX_KEYS = 512
MAX_HOLDERS = 8
"""Texts that a key leads to, those of the smallest numbers; what more texts have is a common phrase, or a text copied often."""
COMMON_HOLDERS = 3
"""Texts that a key leads to which more than eight have."""
MIN_ESTIMATE = 0.12
"""The share of the smaller text from which two texts are worth reading; the samples are small, so it is well below `MIN_SHARE`."""
TEXTS_AT_ONCE = 5_000
MIN_COMMON_ESTIMATE = 0.3
"""The share of the smaller text from which they are worth reading where many others have what they share."""
MIN_SHARED = 2
MAX_NUMBER = 2**48
"""Of a text, so that its number and a place among those that are looked up at once fit into one integer."""


def take_sketch(shingles: Hashes) -> Hashes:
    """The smallest shingles of a text as its sample: about one in 16, but at least 24 and at most 512; they come in ascending order."""
    below = int(np.searchsorted(shingles, np.uint64(2**64 // ONE_IN)))
    return shingles[: min(max(below, MIN_KEYS), MAX_KEYS)]


class CopyCandidate(NamedTuple):
    """Two texts that may be copies, by their numbers in ascending order; whether many others share what they seem to share."""

    one: int
    other: int
    is_common: bool


@dataclass(frozen=True, slots=True)
class SketchIndex:
    """The keys of many sketches in ascending order, each with the number of its text; and each sketch by that number."""

    keys: Hashes
    owners: Numbers
    sketches: dict[int, Hashes]

    @classmethod
    def build(cls, sketches: Iterable[tuple[int, Hashes]]) -> "SketchIndex":
        """Put the sketches of texts, which have numbers, in order."""
        kept = dict(sketches)
        if not kept:
            return cls(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64), {})
        keys = np.concatenate(list(kept.values()))
        owners = np.repeat(np.fromiter(kept, np.int64), [len(sketch) for sketch in kept.values()])
        order = np.lexsort((owners, keys))
        return cls(keys[order], owners[order], kept)

    def find_candidates(self, numbers: Iterable[int]) -> Iterator[CopyCandidate]:
        """Texts that may be copies of those with the numbers, each two of them once."""
        wanted = sorted(set(numbers) & self.sketches.keys())
        done: set[tuple[int, int]] = set()
        for start in range(0, len(wanted), TEXTS_AT_ONCE):
            for candidate in sorted(self._find(wanted[start : start + TEXTS_AT_ONCE])):
                if candidate[:2] not in done:
                    done.add(candidate[:2])
                    yield candidate

    def estimate_share(self, one: int, other: int) -> float:
        """How much of the smaller of two texts is in the other, between 0 and 1, as far as their samples tell."""
        shared = len(np.intersect1d(self.sketches[one], self.sketches[other], assume_unique=True))
        comparable = self._count_comparable(one, other)
        return min(shared / comparable, 1.0) if comparable else 0.0

    def _find(self, numbers: list[int]) -> Iterator[CopyCandidate]:
        sketches = [self.sketches[number] for number in numbers]
        keys = np.concatenate(sketches)
        asking = np.repeat(np.arange(len(numbers)), [len(sketch) for sketch in sketches])
        first = np.searchsorted(self.keys, keys)
        is_common = np.searchsorted(self.keys, keys, "right") - first > MAX_HOLDERS
        places = first[:, None] + np.arange(MAX_HOLDERS)
        is_held = (places < len(self.keys)) & (
            ~is_common[:, None] | (np.arange(MAX_HOLDERS) < COMMON_HOLDERS)
        )
        places = np.minimum(places, len(self.keys) - 1)
        holders = self.owners[places]
        is_held &= (self.keys[places] == keys[:, None]) & (holders != np.array(numbers)[asking][:, None])
        key, _ = np.nonzero(is_held)
        codes, inverse, counts = np.unique(
            asking[key] * MAX_NUMBER + holders[is_held], return_inverse=True, return_counts=True
        )
        common = np.bincount(inverse, weights=is_common[key], minlength=len(codes))
        for code, shared, also in zip(codes.tolist(), counts.tolist(), common.tolist(), strict=True):
            one, other = numbers[code // MAX_NUMBER], code % MAX_NUMBER
            if shared < MIN_SHARED and len(self.sketches[one]) >= MIN_KEYS:
                continue
            comparable = self._count_comparable(one, other)
            is_common_ground = shared - also < MIN_ESTIMATE * comparable
            if shared >= (MIN_COMMON_ESTIMATE if is_common_ground else MIN_ESTIMATE) * comparable:
                yield CopyCandidate(min(one, other), max(one, other), is_common_ground)

    def _count_comparable(self, one: int, other: int) -> int:
        """How many keys of the smaller of two texts the other could have too: those that both samples reach to."""
        keys, others = self.sketches[one], self.sketches[other]
        reach = min(keys[-1], others[-1])
        return int(min(np.searchsorted(keys, reach, "right"), np.searchsorted(others, reach, "right")))
