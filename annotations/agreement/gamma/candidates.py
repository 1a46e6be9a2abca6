"""Which sets of units can be clusters of a best alignment at all.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.gamma.pairs import (
    EXTENSIONS_AT_ONCE,
    Pairs,
    cut_stretches,
    find_pairs,
    refuse_too_many,
)
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.packing.sets import list_ranges

MAX_BIPARTITIONED = 12  # beyond it, not every bipartition is tried


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Sets of two and more units that might be clusters.

    Attributes
    ----------
    members : tuple of int arrays, shape (candidate, size), one a size from 2 on
    gain : tuple of float arrays, shape (candidate,)
        What each set saves against leaving its units alone; positive.
    price : float array, shape (unit,)
        Prices of the units that bound what any set gains.
    """

    members: tuple[IntArray, ...]
    gain: tuple[FloatArray, ...]
    price: FloatArray

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
    useful = pairs.cost <= n_pairs
    for size in range(2, n_annotators + 1):
        if size > 2:  # noqa: PLR2004
            sets, costs, useful = _extend(pairs, n_annotators, sets, costs)
        found = np.flatnonzero(useful)
        members.append(sets.take(found, axis=1).T)
        gains.append((size - 1) - costs.take(found, axis=1).sum(axis=0) / n_pairs)
        refuse_too_many(sum(map(len, gains)), n_annotators)
    return Candidates(tuple(members), tuple(gains), _bound_gains(pairs, n_annotators))


def _bound_gains(pairs: Pairs, n_annotators: int) -> FloatArray:
    r"""Prices of the units that bound what any set gains.

    A set of :math:`k` gains :math:`\sum_{u \in S} \left( \frac{k - 1}{k} - \frac{1}{2 C} \sum_{v \in S} (d(u, v) - 1)
    \right)`, and what a unit has in it is largest with the nearest units of the :math:`k - 1` nearest annotators.
    """
    annotator = pairs.units.annotator
    nearest = np.full((len(pairs.units), n_annotators), np.inf)
    np.minimum.at(nearest.ravel(), pairs.first * n_annotators + annotator.take(pairs.second), pairs.cost)
    np.minimum.at(nearest.ravel(), pairs.second * n_annotators + annotator.take(pairs.first), pairs.cost)
    nearest.sort(axis=1)
    size = np.arange(2, n_annotators + 1)
    spent = np.cumsum(nearest[:, :-1], axis=1) / (n_annotators * (n_annotators - 1))
    return np.asarray(np.maximum(((size - 1) / size - spent).max(axis=1), 0.0))


def _extend(
    pairs: Pairs, n_annotators: int, sets: IntArray, costs: FloatArray
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Add one unit of a later annotator to each set, and prune sets that no superset can bring below the bound; which are useful as they are."""
    n_pairs = n_annotators * (n_annotators - 1) / 2
    size = len(sets) + 1
    annotator = pairs.units.annotator
    tail = pairs.begins[sets[0], annotator[sets[-1]] + 1]
    count = pairs.begins[sets[0], -1] - tail
    crossing, of_smaller = bipartitions(size)
    grown: list[tuple[IntArray, FloatArray, BoolArray]] = []
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
        across = crossing.T @ both
        worst = [(smaller, across[cuts].max(axis=0)) for smaller, cuts in of_smaller]
        kept = np.flatnonzero(
            np.logical_and.reduce([most <= n_pairs + smaller * room for smaller, most in worst])
        )
        members = np.concatenate([sets.take(parent[kept], axis=1), added[None, kept]])
        useful = np.logical_and.reduce([most.take(kept) <= n_pairs for _, most in worst])
        grown.append((members, both.take(kept, axis=1), useful))
        refuse_too_many(sum(columns.shape[1] for columns, _, _ in grown), n_annotators)
    return (
        np.concatenate([columns for columns, _, _ in grown], axis=1),
        np.concatenate([columns for _, columns, _ in grown], axis=1),
        np.concatenate([useful for _, _, useful in grown]),
    )


@lru_cache
def bipartitions(size: int) -> tuple[FloatArray, list[tuple[int, slice]]]:
    """All ways to cut a set in two, in the order of the smaller part's size; of a large set only those that part one member from the rest.

    Returns
    -------
    crossing : float array, shape (pair, cut)
        1 where a cut separates a pair of members; the pairs are in the order (0, 1), (0, 2), (1, 2), (0, 3), ...
    of_smaller : list of int and slice
        Each size that the smaller part can have, with the columns of `crossing` that are its cuts.

    >>> bipartitions(3)[0].astype(int).tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """
    pairs = [(low, high) for high in range(size) for low in range(high)]
    parts = (
        [
            part
            for count in range(1, size // 2 + 1)
            for part in combinations(range(size), count)
            if count * 2 < size or 0 in part
        ]
        if size <= MAX_BIPARTITIONED
        else [(member,) for member in range(size)]
    )
    crossing = np.array(
        [[(low in part) != (high in part) for part in parts] for low, high in pairs], dtype=np.float64
    )
    counts = [len(part) for part in parts]
    return crossing, [
        (count, slice(counts.index(count), counts.index(count) + counts.count(count)))
        for count in sorted(set(counts))
    ]
