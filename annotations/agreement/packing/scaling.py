"""Dual prices near the best bound and a packing near the best, by Sinkhorn iterations at falling temperature.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.packing.prices import raise_prices
from annotations.agreement.packing.sets import Sets

FIRST_TEMPERATURE = 0.08
STAGES = 5  # each at half the temperature of the one before
SWEEPS = 8  # at each temperature
DROPPED = 1e-3  # a set of such a share takes no part any more
FARTHEST = 0.9  # a set that loses so much against the first prices takes no part at all
FIRST_SWEEPS = 3  # whose shares are rough, so that fewer sets are dropped
FIRST_DROPPED = 1e-4
WORTH_DROPPING = 0.8
SHARES_TAKEN = (
    0.9,
    0.8,
    0.7,
    0.6,
    0.5,
    0.4,
    0.3,
    0.2,
    0.1,
    0.1,
    0.1,
)  # shares of the sets that are taken, in turn
SWEEPS_AGAIN = 4
MIN_TOTAL = 1e-30  # what less than it counts as, so that no share grows out of hand


def scale_packing(sets: Sets, colour: IntArray, price: FloatArray) -> tuple[IntArray, FloatArray]:
    """Disjoint sets of nearly the largest gain, and prices that bound the gain of any, nearly as low as can be.

    Parameters
    ----------
    sets : Sets
    colour : int array, shape (row,)
        No set holds two rows of a colour.
    price : float array, shape (row,)
        Where to begin; they bound the gain of every set.

    Returns
    -------
    chosen : int array
    price : float array, shape (row,)
    """
    shares = _open_shares(sets, colour, price)
    shares.balance(FIRST_SWEEPS, FIRST_DROPPED)
    shares.balance(SWEEPS - FIRST_SWEEPS)
    for _ in range(STAGES - 1):
        shares.cool()
        shares.balance(SWEEPS)
    scaled = np.maximum(shares.read_prices(), 0.0)
    return shares.choose(), raise_prices(sets, scaled)


@dataclass(slots=True, eq=False)
class _Shares:
    r"""How much of each row goes to each of its sets, or to the row alone; all of a row should add up to 1.

    At temperature :math:`\mu` a set has the share :math:`\exp((g_S - \sum_{u \in S} p_u) / \mu)` and a row alone
    :math:`\exp(-p_u / \mu)`: to raise the price of a row is to divide its shares. So prices of least sum at temperature 0
    are found by products alone (Sinkhorn's scaling), all rows of a colour at once.
    """

    temperature: float
    rows: list[IntArray]  # of each colour
    columns: IntArray  # the sets that still count
    table: IntArray  # colour by set: the place of its row among those of the colour, or their number if there is none
    of_set: FloatArray
    alone: list[FloatArray]  # of each colour; the last one stands for no row and has a share of 1

    def balance(self, sweeps: int, dropped: float = DROPPED) -> None:
        """Make the shares of each row add up to 1, time and again; each time it upsets rows of other colours."""
        for _ in range(sweeps):
            if not len(self.columns):
                break
            for alone, place in zip(self.alone, self.table, strict=True):
                total = np.bincount(place, weights=self.of_set, minlength=len(alone))
                np.add(total, alone, out=total)
                np.maximum(total, MIN_TOTAL, out=total)
                factor = 1 / (total * np.sqrt(np.sqrt(total)))  # a little too much gets there sooner
                factor[-1] = 1
                np.multiply(alone, factor, out=alone)
                self.of_set *= factor.take(place)
            kept = np.flatnonzero(self.of_set > dropped)
            if len(kept) < WORTH_DROPPING * len(self.columns):
                self._keep(kept)

    def cool(self) -> None:
        """Halve the temperature."""
        self.temperature /= 2
        np.square(self.of_set, out=self.of_set)
        for alone in self.alone:
            np.square(alone, out=alone)

    def read_prices(self) -> FloatArray:
        price = np.empty(sum(map(len, self.rows)))
        for rows, alone in zip(self.rows, self.alone, strict=True):
            price[rows] = -self.temperature * np.log(np.maximum(alone[:-1], np.finfo(np.float64).tiny))
        return price

    def choose(self) -> IntArray:
        """Take the sets with the largest shares of all their rows, and balance the shares of the other rows again."""
        chosen = [np.zeros(0, dtype=np.int64)]
        for sure in SHARES_TAKEN:
            best = np.flatnonzero(self.of_set > sure)
            if len(best):
                rank = np.empty(len(best), dtype=np.int64)
                rank[np.argsort(-self.of_set[best], kind="stable")] = np.arange(len(best))
                first = np.ones(len(best), dtype=bool)
                for alone, place in zip(self.alone, self.table[:, best], strict=True):
                    leader = np.full(len(alone), len(best))
                    np.minimum.at(leader, place, rank)
                    first &= (leader[place] == rank) | (place == len(alone) - 1)
                taken = best[first]
                chosen.append(self.columns[taken])
                self._settle(taken)
                self.balance(SWEEPS_AGAIN)
        return np.concatenate(chosen)

    def _settle(self, taken: IntArray) -> None:
        """Go on without the rows of some sets, and without the other sets that hold any of them."""
        unsettled = np.ones(len(self.columns), dtype=bool)
        numbers = []
        for colour, place in enumerate(self.table):
            free = np.ones(len(self.alone[colour]), dtype=bool)
            free[place[taken]] = False
            free[-1] = True
            unsettled &= free[place]
            self.alone[colour] = self.alone[colour][free]
            numbers.append(np.cumsum(free) - 1)
        self._keep(np.flatnonzero(unsettled))
        for place, number in zip(self.table, numbers, strict=True):
            place[:] = number[place]

    def _keep(self, kept: IntArray) -> None:
        self.columns, self.of_set = self.columns[kept], self.of_set[kept]
        self.table = self.table.take(kept, axis=1)


def _open_shares(sets: Sets, colour: IntArray, price: FloatArray) -> _Shares:
    """The shares at the warmest; of all sets those with hardly any are most, so they are left out at once."""
    excess = sets.sum_rows(price) - sets.gain
    columns = np.flatnonzero(excess < FARTHEST)
    rows = [np.flatnonzero(colour == one) for one in range(int(colour.max()) + 1)]
    place = np.empty(sets.n_rows, dtype=np.int64)
    for own in rows:
        place[own] = np.arange(len(own))
    part = sets.take(columns)
    table = np.empty((len(rows), len(part)), dtype=np.int64)
    table[:] = np.array([len(own) for own in rows])[:, None]
    cell = (colour * len(part)).take(part.members) + np.repeat(np.arange(len(part)), part.sizes)
    table.ravel()[cell] = place.take(part.members)
    alone = [np.exp(-np.append(price[own], 0.0) / FIRST_TEMPERATURE) for own in rows]
    return _Shares(
        FIRST_TEMPERATURE, rows, columns, table, np.exp(-excess[columns] / FIRST_TEMPERATURE), alone
    )
