"""Which sets of units can be clusters of a best alignment at all."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.errors import AgreementError

LARGEST_SET = 12  # beyond it, not every bipartition is tried
CANDIDATES_AT_MOST = 6_000_000
EXTENSIONS_AT_ONCE = 2_000_000


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
        apart = np.abs(self.start[one] - self.start[other]) + np.abs(self.end[one] - self.end[other])
        ratio = apart / (self.end[one] - self.start[one] + self.end[other] - self.start[other])
        return np.asarray(np.square(ratio))

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
    begins = np.searchsorted(first, np.arange(len(units) + 1))
    sets, costs = np.stack([first, second], axis=1), cost[:, None] - 1
    members: list[IntArray] = []
    gains: list[FloatArray] = []
    found = 0
    for size in range(2, n_annotators + 1):
        if size > 2:  # noqa: PLR2004
            sets, costs = _extend(units, measure, n_annotators, (sets, costs), (second, begins, cost))
        useful = _is_useful(costs, size, n_pairs)
        members.append(sets[useful])
        gains.append((size - 1) - costs[useful].sum(axis=1) / n_pairs)
        found += int(useful.sum())
        if found > CANDIDATES_AT_MOST:
            raise TooManyCandidatesError(
                f"more than {CANDIDATES_AT_MOST} sets of units of {n_annotators} annotators could be clusters; "
                "compare fewer annotators at a time",
            )
    return Candidates(tuple(members), tuple(gains))


def _find_pairs(
    units: Units, measure: Dissimilarity, n_annotators: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """All pairs of units of different annotators that can be in one cluster, sorted, with their dissimilarity."""
    radius = n_annotators * (n_annotators - 1) / 2 + n_annotators - 1
    reach = np.sqrt(radius / measure.alpha) if measure.alpha > 0 else np.inf
    middle, length = units.start + units.end, units.end - units.start
    # problems are laid so far apart that no window reaches the next one
    if len(units) and np.isfinite(reach):
        spread = middle.max() - middle.min() + 2 * reach * length.max() + 1
        place = middle - middle.min() + units.problem * spread
    else:
        place = units.problem.astype(np.float64)
    size_class = np.frexp(length)[1]
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    groups = [
        (annotator, of_class, np.flatnonzero((units.annotator == annotator) & (size_class == of_class)))
        for annotator in range(n_annotators)
        for of_class in np.unique(size_class).tolist()
    ]
    for annotator, _, rows in groups:
        if not len(rows):
            continue
        for other, of_class, partners in groups:
            if other <= annotator or not len(partners):
                continue
            order = partners[np.argsort(place[partners], kind="stable")]
            window = np.zeros(len(rows)) + 0.5
            if np.isfinite(reach):
                window += reach * (length[rows] + np.ldexp(1.0, of_class))
            low = np.searchsorted(place[order], place[rows] - window, side="left")
            high = np.searchsorted(place[order], place[rows] + window, side="right")
            count = high - low
            one = np.repeat(rows, count)
            step = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
            two = order[np.repeat(low, count) + step]
            cost = units.dissimilarity(one, two, measure)
            kept = (cost <= radius) & (units.problem[one] == units.problem[two])
            found.append((one[kept], two[kept], cost[kept]))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    first, second, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((second, first))
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
    second, begins, cost = neighbours
    n_pairs = n_annotators * (n_annotators - 1) / 2
    radius = n_pairs + n_annotators - 1
    size = sets.shape[1] + 1
    # neighbours are sorted by unit, hence by annotator: those after the last member's annotator are a tail
    tail = _find_tail(units, sets[:, 0], sets[:, -1], second, begins)
    count = begins[sets[:, 0] + 1] - tail
    parts: list[tuple[IntArray, FloatArray]] = []
    totals = np.cumsum(count)
    cut = 0
    while cut < len(sets):
        spent = totals[cut - 1] if cut else 0
        stop = max(cut + 1, int(np.searchsorted(totals, spent + EXTENSIONS_AT_ONCE, side="right")))
        part_count = count[cut:stop]
        parent = np.repeat(np.arange(cut, stop), part_count)
        step = np.arange(len(parent)) - np.repeat(np.cumsum(part_count) - part_count, part_count)
        place = tail[parent] + step
        added = second[place]
        columns = [cost[place]]
        for position in range(1, size - 1):
            columns.append(units.dissimilarity(sets[parent, position], added, measure))
            near = np.flatnonzero(columns[-1] <= radius)
            if len(near) < len(parent):
                parent, added = parent[near], added[near]
                columns = [column[near] for column in columns]
        both = np.concatenate([costs[parent], np.stack(columns, axis=1) - 1], axis=1)
        grown = np.flatnonzero(
            _is_useful(both, size, n_pairs, room=n_annotators - 1 - units.annotator[added])
        )
        parts.append((np.column_stack([sets[parent[grown]], added[grown]]), both[grown]))
        cut = stop
        if sum(len(part) for part, _ in parts) > CANDIDATES_AT_MOST:
            raise TooManyCandidatesError(
                f"more than {CANDIDATES_AT_MOST} sets of units of {n_annotators} annotators could be clusters; "
                "compare fewer annotators at a time",
            )
    if not parts:
        return np.zeros((0, size), dtype=np.int64), np.zeros((0, size * (size - 1) // 2))
    return np.concatenate([part for part, _ in parts]), np.concatenate([part for _, part in parts])


def _find_tail(units: Units, unit: IntArray, last: IntArray, second: IntArray, begins: IntArray) -> IntArray:
    """Where, among the neighbours of a unit, those of annotators after that of `last` begin."""
    n_columns = int(units.annotator.max(initial=0)) + 2
    owner = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    counts = np.bincount(
        owner * n_columns + units.annotator[second] + 1, minlength=(len(begins) - 1) * n_columns
    )
    table = begins[:-1, None] + np.cumsum(counts.reshape(-1, n_columns), axis=1)
    return np.asarray(table[unit, units.annotator[last] + 1])


def _is_useful(costs: FloatArray, size: int, limit: float, room: IntArray | None = None) -> BoolArray:
    """Whether no bipartition of a set costs more across than `limit` (plus what growth can still make good)."""
    crossing, smaller = bipartitions(size)
    across = costs @ crossing
    if room is not None:
        across -= room[:, None] * smaller
    return np.asarray(across.max(axis=1) <= limit)


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
