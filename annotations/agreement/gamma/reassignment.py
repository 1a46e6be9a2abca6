"""A good alignment where the best one is out of reach: annotators placed again and again, each time optimally.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.packing.sets import Sets
from annotations.agreement.spans.matching import match_edges

ROUNDS = 3
NEAREST = 2


def reassign_units(units: Units, measure: Dissimilarity, n_annotators: int) -> Sets:
    r"""Align many annotators, or very crowded texts, without proof of the optimum.

    One annotator after the other is matched with the clusters of those before; then each is taken out and matched again,
    for two rounds. Each step is an optimal assignment, with the gain :math:`1 - \sum_{v \in S} (d(u, v) - 1) / C` of
    joining a cluster :math:`S`, among the clusters of the units nearest to :math:`u`.

    Parameters
    ----------
    units : Units
        Of problems with `n_annotators` annotators.
    measure : Dissimilarity
    n_annotators : int

    Returns
    -------
    Sets
        Disjoint sets of two and more units, with their gains.
    """
    n_pairs = n_annotators * (n_annotators - 1) / 2
    cluster = np.full(len(units), -1)
    fresh = 0
    near = [_find_near(units, annotator, n_annotators) for annotator in range(n_annotators)]
    for _ in range(ROUNDS):
        for annotator in range(n_annotators):
            own = np.flatnonzero(units.annotator == annotator)
            cluster[own] = -1
            unit, found = near[annotator]
            placed = cluster[found] >= 0
            pairs = np.unique(np.stack([unit[placed], cluster[found[placed]]], axis=1), axis=0)
            gain = _join_gain(units, measure, cluster, pairs, n_pairs)
            useful = gain > 0
            pairs, gain = pairs[useful], gain[useful]
            chosen = match_edges(pairs[:, 0], len(units) + pairs[:, 1], gain)
            cluster[pairs[chosen, 0]] = pairs[chosen, 1]
            alone = own[cluster[own] < 0]
            cluster[alone] = fresh + np.arange(len(alone))
            fresh += len(alone)
    return _read_sets(units, measure, cluster, n_pairs)


def _find_near(units: Units, annotator: int, n_annotators: int) -> tuple[IntArray, IntArray]:
    """For each unit of an annotator, the nearest units of every other one, by their middles."""
    middle = (units.start + units.end) / 2
    low = float(middle.min(initial=0.0))
    place = middle - low + units.problem * (float(middle.max(initial=0.0)) - low + 1)
    own = np.flatnonzero(units.annotator == annotator)
    ones: list[IntArray] = []
    others: list[IntArray] = []
    for other in range(n_annotators):
        theirs = np.flatnonzero(units.annotator == other)
        if other == annotator or not len(theirs):
            continue
        theirs = theirs[np.argsort(place[theirs], kind="stable")]
        at = np.searchsorted(place[theirs], place[own])
        for step in range(-NEAREST, NEAREST):
            index = at + step
            kept = np.flatnonzero((index >= 0) & (index < len(theirs)))
            candidates = theirs[index[kept]]
            same = units.problem[candidates] == units.problem[own[kept]]
            ones.append(own[kept][same])
            others.append(candidates[same])
    nothing = np.zeros(0, dtype=np.int64)
    return np.concatenate([nothing, *ones]), np.concatenate([nothing, *others])


def _join_gain(
    units: Units,
    measure: Dissimilarity,
    cluster: IntArray,
    pairs: IntArray,
    n_pairs: float,
) -> FloatArray:
    """What a unit saves by joining a cluster, for pairs (unit, cluster)."""
    order = np.argsort(cluster, kind="stable")
    begins = np.searchsorted(cluster[order], pairs[:, 1], side="left")
    count = np.searchsorted(cluster[order], pairs[:, 1], side="right") - begins
    owner = np.repeat(np.arange(len(pairs)), count)
    member = order[
        np.repeat(begins, count) + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    ]
    cost = units.dissimilarity(pairs[owner, 0], member, measure) - 1
    return np.asarray(1 - np.bincount(owner, weights=cost, minlength=len(pairs)) / n_pairs)


def _read_sets(units: Units, measure: Dissimilarity, cluster: IntArray, n_pairs: float) -> Sets:
    _, number, size = np.unique(cluster, return_inverse=True, return_counts=True)
    order = np.argsort(number, kind="stable")
    order = order[size[number[order]] > 1]
    groups, owner = np.unique(number[order], return_inverse=True)
    sizes = size[groups]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    later = begins[owner + 1] - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), later)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later)
    cost = units.dissimilarity(order[left], order[right], measure) - 1
    gain = sizes - 1 - np.bincount(owner[left], weights=cost, minlength=len(groups)) / n_pairs
    return Sets(begins, order, np.asarray(gain), len(units))
