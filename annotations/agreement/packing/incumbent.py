"""The incumbent of a set packing problem held against dual prices: its gap, and which sets no better packing holds.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from dataclasses import dataclass, replace

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.packing.prices import settle_prices
from annotations.agreement.packing.sets import Sets

PROVEN = 1e-9
SETTLING_ROUNDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Incumbent:
    """The best packing known so far, and dual prices of the rows that bound what any packing gains.

    Attributes
    ----------
    sets : Sets
        Those in question.
    chosen : bool array, shape (set,)
    price : float array, shape (row,)
    rows, columns : int arrays, shape (row,), (set,)
        What the rows and sets were at first.
    block_of_row, block_of_set : int arrays, shape (row,), (set,)
        The rows fall into stretches that no set crosses.
    """

    sets: Sets
    chosen: BoolArray
    price: FloatArray
    rows: IntArray
    columns: IntArray
    block_of_row: IntArray
    block_of_set: IntArray

    @classmethod
    def begin(
        cls, sets: Sets, price: FloatArray, block_of_row: IntArray, block_of_set: IntArray
    ) -> "Incumbent":
        """An empty packing under prices that bound the gain of every set."""
        chosen = np.zeros(len(sets), dtype=bool)
        rows, columns = np.arange(sets.n_rows), np.arange(len(sets))
        return cls(sets, chosen, price, rows, columns, block_of_row, block_of_set)

    def choose(self, chosen: IntArray, price: FloatArray) -> "Incumbent":
        """Replace the packing and the prices, over the same sets."""
        mask = np.zeros(len(self.sets), dtype=bool)
        mask[chosen] = True
        return replace(self, chosen=mask, price=price)

    def count_losses(self) -> FloatArray:
        """How much more than the chosen sets others could gain at most; shape (block,)."""
        gained = self.sum_gains(np.flatnonzero(self.chosen))
        return np.asarray(np.bincount(self.block_of_row, weights=self.price) - gained, dtype=np.float64)

    def sum_gains(self, chosen: IntArray) -> FloatArray:
        """What some of the sets gain; shape (block,)."""
        n_blocks = int(self.block_of_row[-1]) + 1
        return np.bincount(
            self.block_of_set[chosen], weights=self.sets.gain[chosen], minlength=n_blocks
        ).astype(np.float64, copy=False)

    def rule_out(self, window: FloatArray | float = np.inf) -> "Incumbent":
        """Drop every set whose reduced cost exceeds the gap between bound and packing in its block: no better packing holds it.

        Those that lose more than a window are left out too. What holds such a set gains by so much less than the prices.
        """
        excess = self.sets.sum_rows(self.price) - self.sets.gain
        most = np.minimum(self.count_losses(), window) + PROVEN
        kept = np.flatnonzero((excess <= most[self.block_of_set]) | self.chosen)
        sets = self.sets.take(kept)
        price = self.price
        for _ in range(SETTLING_ROUNDS):
            price = settle_prices(sets, price)
        return Incumbent(sets, self.chosen[kept], price, self.rows, self.columns[kept], *find_blocks(sets))

    def take(self, blocks: BoolArray) -> "Incumbent":
        """The blocks of a mask by themselves, their sets one block after the other."""
        rows, columns = np.flatnonzero(blocks[self.block_of_row]), np.flatnonzero(blocks[self.block_of_set])
        columns = columns[np.argsort(self.block_of_set[columns], kind="stable")]
        row, block = np.cumsum(blocks[self.block_of_row]) - 1, np.cumsum(blocks) - 1
        part = self.sets.take(columns)
        return Incumbent(
            Sets(part.begins, row[part.members], part.gain, len(rows)),
            self.chosen[columns],
            self.price[rows],
            self.rows[rows],
            self.columns[columns],
            block[self.block_of_row[rows]],
            block[self.block_of_set[columns]],
        )


def find_blocks(sets: Sets) -> tuple[IntArray, IntArray]:
    """Cut the rows wherever no set crosses; the block of each row and of each set."""
    heads, n_rows = sets.begins[:-1], sets.n_rows
    low, high = np.minimum.reduceat(sets.members, heads), np.maximum.reduceat(sets.members, heads)
    crossing = np.cumsum(np.bincount(low, minlength=n_rows) - np.bincount(high, minlength=n_rows))
    of_row = np.concatenate([[0], np.cumsum(crossing[:-1] == 0)])
    return of_row, of_row[low]
