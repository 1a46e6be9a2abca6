"""Which sets of units can be clusters of a best alignment at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from annotations.agreement.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.errors import AgreementError
from annotations.agreement.sets import list_ranges

LARGEST_SET = 12  # beyond it, not every bipartition is tried
CANDIDATES_AT_MOST = 6_000_000
EXTENSIONS_AT_ONCE = 30_000  # few enough for the cache of a processor
SLACK = 0.5  # against rounding, in characters


class TooManyCandidatesError(AgreementError):
    """The alignment would weigh more sets of units than memory holds."""


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    r"""How unlike two units are; the unit of measure is the cost of leaving a unit alone.

    .. math:: d(u, v) = \alpha \left( \frac{|s_u - s_v| + |e_u - e_v|}{(e_u - s_u) + (e_v - s_v)} \right)^2
        + \beta [l_u \neq l_v]

    Attributes
    ----------
    alpha, beta : float
        Weight of the position and of the label.

    References
    ----------
    Mathet, Y., Widlöcher, A., Métivier, J.-P. (2015). The unified and holistic method gamma for inter-annotator
    agreement measure and alignment. Computational Linguistics 41(3).
    """

    alpha: float = 1.0
    beta: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units of many problems (a document, or a random sample of it), laid one after the other.

    Attributes
    ----------
    problem, annotator : int arrays, shape (unit,)
        Sorted by problem, then annotator.
    start, end : float arrays, shape (unit,)
    label : int array, shape (unit,)
    n_annotators : int array, shape (problem,)
        Annotators of each problem, also those without units.
    """

    problem: IntArray
    annotator: IntArray
    start: FloatArray
    end: FloatArray
    label: IntArray
    n_annotators: IntArray

    def __len__(self) -> int:
        return len(self.problem)

    @property
    def n_problems(self) -> int:
        return len(self.n_annotators)

    def take(self, rows: IntArray | BoolArray) -> "Units":
        """Some of the units, under the same problems."""
        return Units(
            self.problem[rows],
            self.annotator[rows],
            self.start[rows],
            self.end[rows],
            self.label[rows],
            self.n_annotators,
        )

    def positional(self, one: IntArray, other: IntArray) -> FloatArray:
        """The squared relative displacement of pairs of units."""
        # |x| + |y| is the larger of |x + y| and |x - y|
        middle, length = self.start + self.end, self.end - self.start
        long, other_long = length[one], length[other]
        apart = np.maximum(np.abs(middle[one] - middle[other]), np.abs(long - other_long))
        return np.asarray(np.square(apart / (long + other_long)))

    def dissimilarity(self, one: IntArray, other: IntArray, measure: Dissimilarity) -> FloatArray:
        """The dissimilarity of pairs of units."""
        apart = self.label[one] != self.label[other]
        return np.asarray(measure.alpha * self.positional(one, other) + measure.beta * apart)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Sets of two and more units that might be clusters.

    Attributes
    ----------
    members : tuple of int arrays, shape (candidate, size), one a size from 2 on
    gain : tuple of float arrays, shape (candidate,)
        What each set saves against leaving its units alone; positive.
    """

    members: tuple[IntArray, ...]
    gain: tuple[FloatArray, ...]

    def __len__(self) -> int:
        return sum(len(gain) for gain in self.gain)


def find_candidates(units: Units, measure: Dissimilarity, n_annotators: int) -> Candidates:
    r"""Enumerate the sets of units that a best alignment can contain.

    With :math:`C = n (n - 1) / 2`, a cluster :math:`S` costs :math:`1 + \sum_{u < v \in S} (d(u, v) - 1) / C`. If its
    units fall into two parts with :math:`\sum (d - 1) > C` across, then the two parts cost less than the whole, and no
    best alignment holds it. A set that can still grow by :math:`r` units survives when
    :math:`\sum (d - 1) \le C + r \min(|A|, |B|)` for each of its bipartitions, since each pair across costs at least 0.

    Parameters
    ----------
    units : Units
        Of problems that all have `n_annotators` annotators.
    measure : Dissimilarity
    n_annotators : int

    Returns
    -------
    Candidates

    Raises
    ------
    TooManyCandidatesError
    """
    n_pairs = n_annotators * (n_annotators - 1) / 2
    first, second, cost = _find_pairs(units, measure, n_annotators)
    after = _count_until(units, first, second, n_annotators)
    sets, costs = np.stack([first, second]), cost[None] - 1
    members: list[IntArray] = []
    gains: list[FloatArray] = []
    for size in range(2, n_annotators + 1):
        if size > 2:  # noqa: PLR2004
            sets, costs = _extend(units, measure, n_annotators, (sets, costs), (second, after, cost))
        useful = np.flatnonzero(_is_useful(costs, size, n_pairs))
        members.append(sets.take(useful, axis=1).T)
        gains.append((size - 1) - costs.take(useful, axis=1).sum(axis=0) / n_pairs)
        _refuse_too_many(sum(map(len, gains)), n_annotators)
    return Candidates(tuple(members), tuple(gains))


def _find_pairs(
    units: Units, measure: Dissimilarity, n_annotators: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """All pairs of units of different annotators that can be in one cluster, sorted, with their dissimilarity.

    Two units differ little enough in position only if the intervals overlap that reach from their middles as many times
    their lengths as the bound allows; each pair of overlapping intervals is found from the one that begins first.
    """
    radius = n_annotators * (n_annotators - 1) / 2 + n_annotators - 1
    middle, half = units.problem.astype(np.float64), np.full(len(units), SLACK)
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
    for part in _cut(count, EXTENSIONS_AT_ONCE):
        earlier = np.arange(part.start, part.stop)
        left, right = np.repeat(earlier, count[part]), list_ranges(earlier + 1, count[part])
        one, other = order[left], order[right]
        apart = np.flatnonzero(units.annotator[one] != units.annotator[other])
        one, other = one[apart], other[apart]
        cost = units.dissimilarity(one, other, measure)
        kept = np.flatnonzero(cost <= radius)
        one, other = one[kept], other[kept]
        found.append((np.minimum(one, other), np.maximum(one, other), cost[kept]))
        _refuse_too_many(sum(len(cost) for _, _, cost in found), n_annotators)
    first, second, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(first * len(units) + second)
    return first[order], second[order], cost[order]


def _extend(
    units: Units,
    measure: Dissimilarity,
    n_annotators: int,
    level: tuple[IntArray, FloatArray],
    neighbours: tuple[IntArray, IntArray, FloatArray],
) -> tuple[IntArray, FloatArray]:
    """Add one unit of a later annotator to each set, and drop what no growth can make useful."""
    sets, costs = level
    second, after, cost = neighbours
    n_pairs = n_annotators * (n_annotators - 1) / 2
    size = len(sets) + 1
    tail = after[sets[0], units.annotator[sets[-1]] + 1]
    count = after[sets[0], -1] - tail
    grown: list[tuple[IntArray, FloatArray]] = []
    for part in _cut(count, EXTENSIONS_AT_ONCE):
        parent = np.repeat(np.arange(part.start, part.stop), count[part])
        place = list_ranges(tail[part], count[part])
        added = second[place]
        rows = [cost[place] - 1]
        total, most = rows[0], n_pairs + n_annotators - 1 - units.annotator[added]
        for missing, member in zip(range(size - 3, -1, -1), sets[1:], strict=True):
            rows.append(units.dissimilarity(member[parent], added, measure) - 1)
            total = total + rows[-1]
            # the new unit by itself is one part; a pair costs at least -1
            near = np.flatnonzero(total <= most + missing)
            parent, added, total, most = parent[near], added[near], total[near], most[near]
            rows = [row[near] for row in rows]
        both = np.concatenate([costs.take(parent, axis=1), rows])
        useful = np.flatnonzero(
            _is_useful(both, size, n_pairs, room=n_annotators - 1 - units.annotator[added])
        )
        members = np.concatenate([sets.take(parent[useful], axis=1), added[None, useful]])
        grown.append((members, both.take(useful, axis=1)))
        _refuse_too_many(sum(columns.shape[1] for columns, _ in grown), n_annotators)
    return (
        np.concatenate([columns for columns, _ in grown], axis=1),
        np.concatenate([columns for _, columns in grown], axis=1),
    )


def _count_until(units: Units, first: IntArray, second: IntArray, n_annotators: int) -> IntArray:
    """Where, among the sorted pairs, those of a unit with annotators from a certain one on begin.

    Returns
    -------
    int array, shape (unit, annotator + 1)
    """
    counts = np.bincount(
        first * n_annotators + units.annotator[second], minlength=len(units) * n_annotators
    ).reshape(-1, n_annotators)
    ends = np.cumsum(counts).reshape(-1, n_annotators)
    return np.concatenate([ends[:, :1] - counts[:, :1], ends], axis=1)


def _is_useful(costs: FloatArray, size: int, limit: float, room: IntArray | None = None) -> BoolArray:
    """Whether no bipartition of a set costs more across than `limit` (plus what growth can still make good)."""
    crossing, smaller = bipartitions(size)
    if room is None:
        return np.asarray((crossing.T @ costs).max(axis=0) <= limit)
    across = np.column_stack([crossing.T, -smaller]) @ np.concatenate([costs, room[None]])
    return np.asarray(across.max(axis=0) <= limit)


def _cut(count: IntArray, most: int) -> Iterator[slice]:
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


def _refuse_too_many(found: int, n_annotators: int) -> None:
    if found > CANDIDATES_AT_MOST:
        raise TooManyCandidatesError(
            f"more than {CANDIDATES_AT_MOST} sets of units of {n_annotators} annotators could be clusters; "
            "compare fewer annotators at a time",
        )


@lru_cache
def bipartitions(size: int) -> tuple[FloatArray, FloatArray]:
    """The ways to cut a set in two: which pairs they cut, shape (pair, cut), and the size of the smaller part.

    Pairs are numbered as sets grow: (0, 1), (0, 2), (1, 2), (0, 3), ...

    >>> bipartitions(3)[0].astype(int).tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """
    pairs = [(low, high) for high in range(size) for low in range(high)]
    parts = (
        [
            part
            for count in range(1, size)
            for part in combinations(range(size), count)
            if count * 2 < size or 0 in part
        ]
        if size <= LARGEST_SET
        else [(member,) for member in range(size)]
    )
    parts = [part for part in parts if len(part) * 2 <= size]
    crossing = np.array(
        [[(low in part) != (high in part) for part in parts] for low, high in pairs], dtype=np.float64
    )
    return crossing, np.array([len(part) for part in parts], dtype=np.float64)
