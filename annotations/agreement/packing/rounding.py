"""From a fractional relaxation to disjoint sets, with the loss known exactly.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from heapq import heappop, heappush

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.packing.sets import Sets

WHOLE = 1e-6
FIRST_WINDOW = 0.05
MAX_MOVES = 10_000


def round_relaxation(
    sets: Sets,
    share: FloatArray,
    excess: FloatArray,
    price: FloatArray,
    allowed: float,
) -> tuple[IntArray, float] | None:
    r"""Choose disjoint sets that lose little against the relaxation, or as little as can be.

    A packing loses exactly the excess :math:`\sum_{u \in S} p_u - g_S` of its sets and the prices of the rows that it
    leaves alone. Each connected group of fractional sets is mended by itself; if that loses more than allowed, all
    groups are mended together.

    Parameters
    ----------
    sets : Sets
    share, excess : arrays, shape (set,)
    price : array, shape (row,)
    allowed : float

    Returns
    -------
    chosen : int array
    gap : float
        How much less another packing could lose at most.
        None instead of both if there are too many choices to weigh.
    """
    fractional = np.flatnonzero((share > WHOLE) & (share <= 1 - WHOLE))
    groups = [_mask(rows) for rows in _group_rows(sets, fractional)]
    everything = sum(groups)
    repairs = _Repairs(sets, np.flatnonzero(share > 1 - WHOLE), excess, price)
    if len(groups) > 1:
        lost, picked, settled = 0.0, list[int](), 0
        for group in groups:
            mended = repairs.search(group, settled | (everything & ~group))
            if mended is None:
                break
            lost, picked, settled = lost + mended[0], picked + mended[1], settled | mended[2]
        else:
            if lost <= allowed:
                return repairs.keep(picked, settled), lost
    mended = repairs.search(everything, 0)
    return None if mended is None else (repairs.keep(mended[1], mended[2]), 0.0)


class _Repairs:
    """Ways to mend a packing whose sets leave some rows undecided."""

    def __init__(self, sets: Sets, whole: IntArray, excess: FloatArray, price: FloatArray) -> None:
        self.sets, self.excess, self.price, self.whole = sets, excess, price, whole
        self.home = np.full(sets.n_rows, -1)
        packed = sets.take(whole)
        self.home[packed.members] = np.repeat(whole, packed.sizes)
        self.window = 0.0
        self._widen(FIRST_WINDOW)

    def keep(self, picked: list[int], settled: int) -> IntArray:
        """The picked sets, and those of the packing that they leave whole."""
        broken = self.home[[row for row in range(self.sets.n_rows) if settled >> row & 1]]
        kept = np.zeros(len(self.sets), dtype=bool)
        kept[self.whole] = True
        kept[broken[broken >= 0]] = False
        kept[picked] = True
        return np.flatnonzero(kept)

    def search(self, pending: int, frozen: int) -> tuple[float, list[int], int] | None:
        """Put the pending rows into sets, or leave them alone, at the least loss.

        A set may take rows from sets of the packing, whose other rows are then pending in turn. What is decided so far
        bounds the loss from below; so the first choice without pending rows, in the order of losses, is the best. What
        loses more than a window at once is not looked at; the window is widened until the best choice lies within.

        Returns
        -------
        loss : float
        picked : list of int
        settled : int
            The rows that were decided about.
            None instead if there are too many choices.
        """
        while True:
            heap: list[tuple[float, int, int, int, tuple[int, ...]]] = [(0.0, 0, pending, 0, ())]
            pushed = 0
            while heap:
                lost, _, waiting, settled, picked = heappop(heap)
                if not waiting:
                    return lost, list(picked), settled
                if pushed > MAX_MOVES:
                    return None
                row = (waiting & -waiting).bit_length() - 1
                for more, column, mask in self._find_moves(row):
                    if lost + more > self.window:
                        break
                    if mask & (settled | frozen):
                        continue
                    pushed += 1
                    after = settled | mask
                    waits = (waiting | self._open(column)) & ~after
                    chosen = picked if column < 0 else (*picked, column)
                    heappush(heap, (lost + more, -pushed, waits, after, chosen))
            self._widen(4 * self.window)

    def _widen(self, window: float) -> None:
        self.window = window
        self.moves: dict[int, list[tuple[float, int, int]]] = {}
        columns = np.flatnonzero(self.excess <= window)
        part = self.sets.take(columns)
        order = np.argsort(part.members, kind="stable")
        self.held_by = np.repeat(columns, part.sizes)[order]
        self.borders = np.searchsorted(part.members[order], np.arange(self.sets.n_rows + 1))

    def _find_moves(self, row: int) -> list[tuple[float, int, int]]:
        """What can be done about a row: what it loses, a set (or none: leave it alone), and the rows that it settles."""
        if row not in self.moves:
            columns = self.held_by[self.borders[row] : self.borders[row + 1]].tolist()
            self.moves[row] = sorted(
                [
                    (float(self.price[row]), -1, 1 << row),
                    *(
                        (max(float(self.excess[column]), 0.0), column, _mask(self._read(column)))
                        for column in columns
                    ),
                ]
            )
        return self.moves[row]

    def _open(self, column: int) -> int:
        """The rows of the sets of the packing that a set breaks, or none if a row is left alone."""
        broken = {int(self.home[row]) for row in self._read(column)} if column >= 0 else set()
        return _mask([row for other in broken if other >= 0 for row in self._read(other)])

    def _read(self, column: int) -> list[int]:
        rows: list[int] = self.sets.members[self.sets.begins[column] : self.sets.begins[column + 1]].tolist()
        return rows


def _group_rows(sets: Sets, columns: IntArray) -> list[list[int]]:
    """The rows of each connected group of sets."""
    root: dict[int, int] = {}

    def find(row: int) -> int:
        while root.setdefault(row, row) != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for column in columns.tolist():
        first, *others = sets.members[sets.begins[column] : sets.begins[column + 1]].tolist()
        for other in others:
            one, two = sorted((find(first), find(other)))
            root[two] = one
    groups: dict[int, list[int]] = {}
    for row in sorted(root):
        groups.setdefault(find(row), []).append(row)
    return list(groups.values())


def _mask(rows: list[int]) -> int:
    """A set of rows as the bits of a number."""
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask
