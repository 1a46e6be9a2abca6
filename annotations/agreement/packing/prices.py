"""Dual prices of rows, which bound what any set packing gains, and packings so simple that they cost no solver.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.packing.sets import Sets

ROUNDS = 5
COLUMNS_A_ROW = 5


def find_least(values: FloatArray, count: int) -> IntArray:
    """Find the places of the least values, in order of place."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.sort(np.argpartition(values, count)[:count])


def lower_prices(sets: Sets) -> FloatArray:
    r"""Prices of the rows, at least 0, with :math:`g_S \le \sum_{u \in S} p_u` for each set.

    A row starts with the best gain a member of its sets, and then gives away, round by round, what no set needs.
    """
    price = begin_prices(sets)
    for _ in range(ROUNDS):
        price = settle_prices(sets, price)
    return price


def begin_prices(sets: Sets) -> FloatArray:
    """Prices that bound the gain of every set: of each row the best gain a member of its sets."""
    return np.maximum(_best_shares(sets, sets.gain), 0.0)


def settle_prices(sets: Sets, price: FloatArray) -> FloatArray:
    """Bring dual prices nearer to the least that cover every set: lower where all sets of a row cost more than they gain, higher where one costs less.

    What a set costs above its gain, the sum of the prices of its rows less its gain, is shared equally by its rows. A
    row's price falls by the smallest of its shares, down to 0 at most; where one of its sets costs less than it gains,
    it rises by the largest share of that. Afterwards every set costs at least what it gains. Takes and gives one price
    a row, of shape (rows,), in the unit of the gains.
    """
    return np.maximum(price + _best_shares(sets, sets.gain - sets.sum_rows(price)), 0.0)


def raise_prices(sets: Sets, price: FloatArray) -> FloatArray:
    """Raise prices only where a set gains more than its rows cost."""
    lacking = np.flatnonzero(sets.sum_rows(price) < sets.gain)
    part = sets.take(lacking)
    return np.asarray(price + np.maximum(_best_shares(part, part.gain - part.sum_rows(price)), 0.0))


def _best_shares(sets: Sets, values: FloatArray) -> FloatArray:
    """For each row, the largest value a member of the sets that hold it; without any, minus infinity."""
    sizes = sets.sizes
    best = np.full(sets.n_rows, -np.inf)
    np.maximum.at(best, sets.members, np.repeat(values / sizes, sizes))
    return best


def pack_simply(sets: Sets) -> tuple[IntArray, FloatArray]:
    """Disjoint sets, and prices that bound the gain of any; where the bound is reached, the choice is the best.

    Returns
    -------
    chosen : int array
    price : float array, shape (row,)
    """
    excess = sets.sum_rows(_best_shares(sets, sets.gain)) - sets.gain
    promising = find_least(excess, COLUMNS_A_ROW * sets.n_rows)
    part = sets.take(promising)
    price = lower_prices(part)
    price = settle_prices(sets, price)  # a set that was left out may gain more
    return promising[pack_greedily(part, part.sum_rows(price) - part.gain)], price


def pack_greedily(sets: Sets, excess: FloatArray) -> IntArray:
    """Choose disjoint sets, those of least excess first."""
    left = np.argsort(excess, kind="stable")
    chosen: list[IntArray] = []
    free = np.ones(sets.n_rows, dtype=bool)
    while len(left):
        part = sets.take(left)
        rank = np.arange(len(left))
        best = np.full(sets.n_rows, len(left))
        np.minimum.at(best, part.members, np.repeat(rank, part.sizes))
        first = np.minimum.reduceat(best[part.members], part.begins[:-1]) == rank
        chosen.append(left[first])
        free[part.members[np.repeat(first, part.sizes)]] = False
        left = left[np.logical_and.reduceat(free[part.members], part.begins[:-1])]
    return np.concatenate([np.zeros(0, dtype=np.int64), *chosen])
