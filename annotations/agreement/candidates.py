"""Which sets of units can be clusters of a best alignment at all."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from annotations.agreement.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.pairs import EXTENSIONS_AT_ONCE, Pairs, cut_stretches, find_pairs, refuse_too_many
from annotations.agreement.sets import list_ranges
from annotations.agreement.units import Dissimilarity, Units

LARGEST_SET = 12  # beyond it, not every bipartition is tried


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
    pairs = find_pairs(units, measure, n_annotators)
    sets, costs = np.stack([pairs.first, pairs.second]), pairs.cost[None]
    members: list[IntArray] = []
    gains: list[FloatArray] = []
    for size in range(2, n_annotators + 1):
        if size > 2:  # noqa: PLR2004
            sets, costs = _extend(pairs, n_annotators, sets, costs)
        useful = np.flatnonzero(_is_useful(costs, size, n_pairs))
        members.append(sets.take(useful, axis=1).T)
        gains.append((size - 1) - costs.take(useful, axis=1).sum(axis=0) / n_pairs)
        refuse_too_many(sum(map(len, gains)), n_annotators)
    return Candidates(tuple(members), tuple(gains))


def _extend(
    pairs: Pairs, n_annotators: int, sets: IntArray, costs: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Add one unit of a later annotator to each set, and drop what no growth can make useful."""
    n_pairs = n_annotators * (n_annotators - 1) / 2
    size = len(sets) + 1
    annotator = pairs.units.annotator
    tail = pairs.begins[sets[0], annotator[sets[-1]] + 1]
    count = pairs.begins[sets[0], -1] - tail
    grown: list[tuple[IntArray, FloatArray]] = []
    for part in cut_stretches(count, EXTENSIONS_AT_ONCE):
        parent = np.repeat(np.arange(part.start, part.stop), count[part])
        place = list_ranges(tail[part], count[part])
        added, rows = pairs.second.take(place), [pairs.cost.take(place)]
        room = n_annotators - 1 - annotator.take(added)
        total, most = rows[0], n_pairs + room
        for missing, member in zip(range(size - 3, -1, -1), sets[1:], strict=True):
            rows.append(pairs.read_costs(member.take(parent), added))
            total = total + rows[-1]
            # the new unit by itself is one part; a pair costs at least -1
            near = np.flatnonzero(total <= most + missing)
            parent, added, room = parent.take(near), added.take(near), room.take(near)
            rows, total, most = [row.take(near) for row in rows], total.take(near), most.take(near)
        both = np.concatenate([costs.take(parent, axis=1), rows])
        useful = np.flatnonzero(_is_useful(both, size, n_pairs, room=room))
        members = np.concatenate([sets.take(parent[useful], axis=1), added[None, useful]])
        grown.append((members, both.take(useful, axis=1)))
        refuse_too_many(sum(columns.shape[1] for columns, _ in grown), n_annotators)
    return (
        np.concatenate([columns for columns, _ in grown], axis=1),
        np.concatenate([columns for _, columns in grown], axis=1),
    )


def _is_useful(costs: FloatArray, size: int, limit: float, room: IntArray | None = None) -> BoolArray:
    """Whether no bipartition of a set costs more across than `limit` (plus what growth can still make good)."""
    crossing, smaller = bipartitions(size)
    if room is None:
        return np.asarray((crossing.T @ costs).max(axis=0) <= limit)
    across = np.column_stack([crossing.T, -smaller]) @ np.concatenate([costs, room[None]])
    return np.asarray(across.max(axis=0) <= limit)


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
