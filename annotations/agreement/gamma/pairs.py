"""Which two units can be in one cluster of a best alignment at all.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.errors import AgreementError
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.packing.sets import list_ranges

MAX_CANDIDATES = 6_000_000
EXTENSIONS_AT_ONCE = 30_000  # few enough for the cache of a processor
SLACK = 0.5  # against rounding, in characters
CELLS_A_PAIR = 100  # more of them, and a cost is quicker computed than kept


class TooManyCandidatesError(AgreementError):
    """Raised where an exact alignment would weigh more sets of units than memory holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of units of different annotators that can be in one cluster.

    Attributes
    ----------
    units : Units
    measure : Dissimilarity
    first, second : int arrays, shape (pair,)
        Sorted; the annotator of the first comes before that of the second.
    cost : float array, shape (pair,)
        Their dissimilarity, less 1.
    begins : int array, shape (unit, annotator + 1)
        Where the pairs of a unit with annotators from a certain one on begin.
    table : float array
        Costs by place, or nothing where units reach so far that this would take too much room.
    line, place : int arrays, shape (unit,)
        The cost of units `u` and `v` with a common partner is at `line[u] + place[v]` of the table.
    """

    units: Units
    measure: Dissimilarity
    first: IntArray
    second: IntArray
    cost: FloatArray
    begins: IntArray
    table: FloatArray
    line: IntArray
    place: IntArray

    def __len__(self) -> int:
        return len(self.cost)

    def read_costs(self, one: IntArray, other: IntArray) -> FloatArray:
        """The costs of units with a common partner, of earlier and later annotators; infinite if they are no pair."""
        if len(self.table):
            return self.table.take(self.line.take(one) + self.place.take(other))
        return self.units.dissimilarity(one, other, self.measure) - 1


def find_pairs(units: Units, measure: Dissimilarity, n_annotators: int) -> Pairs:
    """All pairs of units of different annotators that can be in one cluster of a best alignment.

    The bound on their dissimilarity says how far apart in position two units may be, in multiples of their lengths. Around the
    middle of each unit lies an interval of such a multiple of its length: units whose intervals do not overlap are too far
    apart. Of two intervals that overlap, the one that begins first finds the other.

    Raises
    ------
    TooManyCandidatesError
        There are more pairs than memory holds.
    """
    radius = n_annotators * (n_annotators - 1) / 2 + n_annotators - 1
    middle, half = 4 * SLACK * units.problem, np.full(len(units), SLACK)
    if measure.alpha > 0 and len(units):
        place = units.start + units.end
        half += np.sqrt(radius / measure.alpha) * (units.end - units.start)
        # problems are laid so far apart that no interval reaches the next one
        middle = place - place.min() + units.problem * (place.max() - place.min() + 2 * half.max() + 1)
    low = middle - half
    order = np.argsort(low, kind="stable")
    low = low[order]
    count = np.searchsorted(low, (middle + half)[order], side="right") - np.arange(len(order)) - 1
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    for part in cut_stretches(count, EXTENSIONS_AT_ONCE):
        earlier = np.arange(part.start, part.stop)
        left, right = np.repeat(earlier, count[part]), list_ranges(earlier + 1, count[part])
        one, other = order[left], order[right]
        apart = np.flatnonzero(units.annotator[one] != units.annotator[other])
        one, other = one[apart], other[apart]
        cost = units.dissimilarity(one, other, measure)
        kept = np.flatnonzero(cost <= radius)
        one, other = one[kept], other[kept]
        found.append((np.minimum(one, other), np.maximum(one, other), cost[kept] - 1))
        refuse_too_many(sum(len(cost) for _, _, cost in found), n_annotators)
    first, second, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(first * len(units) + second)
    first, second, cost = first[order], second[order], cost[order]
    begins = _count_until(units, first, second, n_annotators)
    return Pairs(units, measure, first, second, cost, begins, *_lay_table(units, first, second, cost))


def _count_until(units: Units, first: IntArray, second: IntArray, n_annotators: int) -> IntArray:
    counts = np.bincount(
        first * n_annotators + units.annotator[second], minlength=len(units) * n_annotators
    ).reshape(-1, n_annotators)
    ends = np.cumsum(counts).reshape(-1, n_annotators)
    return np.concatenate([ends[:, :1] - counts[:, :1], ends], axis=1)


def _lay_table(
    units: Units, first: IntArray, second: IntArray, cost: FloatArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """A line for each unit, with a cell for each that is near enough in reading order."""
    place = np.empty(len(units), dtype=np.int64)
    place[units.order_by_place()] = np.arange(len(units))
    # units with a common partner are at most twice as far from each other as partners
    reach = 2 * int(np.abs(place[first] - place[second]).max(initial=0))
    line = place * (2 * reach) + reach
    n_cells = len(units) * (2 * reach + 1)
    if n_cells > CELLS_A_PAIR * len(cost):
        return np.zeros(0), line, place
    table = np.full(n_cells, np.inf)
    table[line[first] + place[second]] = cost
    return table, line, place


def cut_stretches(count: IntArray, most: int) -> Iterator[slice]:
    """Stretches of at least one entry whose counts add up to at most so many."""
    totals = np.cumsum(count)
    first = 0
    while first < len(count):
        spent = totals[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(totals, spent + most, side="right")))
        yield slice(first, last)
        first = last
    if not first:
        yield slice(0, 0)


def refuse_too_many(found: int, n_annotators: int) -> None:
    """Refuse to list more pairs or sets of units of so many annotators than memory holds.

    Raises
    ------
    TooManyCandidatesError
        There are more than `MAX_CANDIDATES`.
    """
    if found > MAX_CANDIDATES:
        raise TooManyCandidatesError(
            f"more than {MAX_CANDIDATES} sets of units of {n_annotators} annotators could be clusters; "
            "compare fewer annotators at a time",
        )
