"""The best alignments of many problems: disjoint sets of units of least total cost, with proof."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.candidates import Candidates, Units
from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.matching import match_edges
from annotations.agreement.prices import pack_simply
from annotations.agreement.rounding import FIRST_WINDOW, WHOLE, round_relaxation
from annotations.agreement.sets import Sets

ROWS_AT_ONCE = 400
TIE_BREAK = 1e-7
PROVEN = 1e-9
USUAL_DISORDER = 0.8  # a low guess of the cost of a random problem, a unit and annotator


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The chosen sets of all problems together.

    Attributes
    ----------
    sets : Sets
        Over all units; only the chosen sets, each of two and more units. Every other unit is alone.
    gap : float array, shape (problem,)
        How much less the true optimum could cost at most; 0 where the optimum is certified.
    """

    sets: Sets
    gap: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Stretches of rows that no set crosses, with their sets one stretch after the other.

    Attributes
    ----------
    row_borders, set_borders : int arrays, shape (block + 1,)
        Where the rows and the sets of each block begin.
    """

    row_borders: IntArray
    set_borders: IntArray

    def __len__(self) -> int:
        return len(self.row_borders) - 1

    def cut(self, sets: Sets, first: int, last: int) -> Sets:
        """The sets of neighbouring blocks by themselves."""
        low, high = self.set_borders[first], self.set_borders[last]
        top, bottom = self.row_borders[first], self.row_borders[last]
        begins = sets.begins[low : high + 1]
        return Sets(
            begins - begins[0],
            sets.members[begins[0] : begins[-1]] - top,
            sets.gain[low:high],
            int(bottom - top),
        )

    def keep(self, sets: Sets, kept: BoolArray) -> "tuple[Sets, Blocks]":
        """Some of the blocks with their sets, the rows numbered anew."""
        rows = np.repeat(kept, np.diff(self.row_borders))
        part = sets.take(np.flatnonzero(np.repeat(kept, np.diff(self.set_borders))))
        number = np.cumsum(rows) - 1
        borders = (
            np.concatenate([[0], np.cumsum(np.diff(all_borders)[kept])])
            for all_borders in (self.row_borders, self.set_borders)
        )
        return Sets(part.begins, number[part.members], part.gain, int(rows.sum())), Blocks(*borders)

    def of_rows(self) -> IntArray:
        """The block of each row."""
        return np.repeat(np.arange(len(self)), np.diff(self.row_borders))

    def of_sets(self) -> IntArray:
        """The block of each set."""
        return np.repeat(np.arange(len(self)), np.diff(self.set_borders))


def join_candidates(candidates: Candidates, n_units: int) -> Sets:
    """All candidates as sets over the units."""
    sizes = np.concatenate(
        [
            np.full(len(gain), rows.shape[1])
            for rows, gain in zip(candidates.members, candidates.gain, strict=True)
        ]
    )
    begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    members = np.concatenate([rows.ravel() for rows in candidates.members])
    return Sets(begins, members, np.concatenate(candidates.gain), n_units)


def partition_units(units: Units, candidates: Candidates, *, tolerance: FloatArray) -> Partition:
    """Choose disjoint candidates of largest total gain in every problem.

    Units in reading order fall into blocks that no candidate crosses. Where a greedy choice gains as much as simple
    prices allow, it is proven best. The other blocks are solved by linear programming, small ones many at a time; one
    whose relaxation is not integral is rounded if the loss stays within the tolerance of its problem, and else solved as
    an integer program over the sets whose reduced cost the gap does not rule out.

    Parameters
    ----------
    units : Units
    candidates : Candidates
    tolerance : array, shape (problem,)
        The share of its cost that a problem may be away from its optimum; 0 asks for the certified optimum.

    Returns
    -------
    Partition
    """
    everything = join_candidates(candidates, len(units))
    gap = np.zeros(units.n_problems)
    if not len(everything):
        return Partition(everything, gap)
    if len(candidates.members) == 1:  # two annotators: a matching, solved exactly without a bound to prove
        pairs = candidates.members[0]
        return Partition(
            everything.take(np.flatnonzero(match_edges(pairs[:, 0], pairs[:, 1], everything.gain))), gap
        )
    order = np.lexsort((units.start + units.end, units.problem))
    columns, sets, blocks = _sort_blocks(everything, order)
    share, price = _relax(sets, blocks)
    keep = share > 1 - WHOLE
    excess = sets.sum_rows(price) - sets.gain
    n_units = np.bincount(units.problem, minlength=units.n_problems)
    budget = tolerance * n_units / units.n_annotators * USUAL_DISORDER
    problem = units.problem[order]
    for broken in np.unique(blocks.of_sets()[(share > WHOLE) & ~keep]).tolist():
        inside = slice(*blocks.set_borders[broken : broken + 2])
        rows = slice(*blocks.row_borders[broken : broken + 2])
        part = blocks.cut(sets, broken, broken + 1)
        of_problem = problem[rows.start]
        mended = round_relaxation(part, share[inside], excess[inside], price[rows], budget[of_problem])
        chosen, lost = mended or (_branch(part, excess[inside], float(price[rows].sum())), 0.0)
        keep[inside] = False
        keep[inside.start + chosen] = True
        budget[of_problem] -= lost
        gap[of_problem] += lost
    return Partition(everything.take(np.sort(columns[keep])), gap)


def _sort_blocks(sets: Sets, order: IntArray) -> tuple[IntArray, Sets, Blocks]:
    """Number the rows in an order, cut it wherever no set crosses, and sort the sets by block.

    Returns
    -------
    columns : int array, shape (set,)
        The sets, sorted by block.
    sorted : Sets
        The same, over the ordered rows; larger ones gain a trifle more, so that ties are broken.
    blocks : Blocks
    """
    n_rows = sets.n_rows
    rank = np.empty(n_rows, dtype=np.int64)
    rank[order] = np.arange(n_rows)
    members = rank[sets.members]
    low = np.minimum.reduceat(members, sets.begins[:-1])
    high = np.maximum.reduceat(members, sets.begins[:-1])
    crossing = np.cumsum(np.bincount(low, minlength=n_rows) - np.bincount(high, minlength=n_rows))
    ends = np.flatnonzero(crossing == 0) + 1
    of_set = np.searchsorted(ends, low, side="right")
    columns = np.argsort(of_set, kind="stable")
    ordered = Sets(sets.begins, members, sets.gain + TIE_BREAK * (sets.sizes - 1), n_rows).take(columns)
    set_borders = np.searchsorted(of_set[columns], np.arange(len(ends) + 1))
    return columns, ordered, Blocks(np.concatenate([[0], ends]), set_borders)


def _relax(sets: Sets, blocks: Blocks) -> tuple[FloatArray, FloatArray]:
    """The shares of the sets and the prices of the rows in an optimal solution of the linear relaxation."""
    from annotations.agreement.programming import relax_packing

    chosen, price = pack_simply(sets)
    share = np.zeros(len(sets))
    share[chosen] = 1
    of_rows, of_sets = blocks.of_rows(), blocks.of_sets()
    gained = np.bincount(of_sets[chosen], weights=sets.gain[chosen], minlength=len(blocks))
    unproven = np.bincount(of_rows, weights=price) > gained + PROVEN
    columns, rows = np.flatnonzero(unproven[of_sets]), np.flatnonzero(unproven[of_rows])
    rest, blocks = blocks.keep(sets, unproven)
    first = 0
    while first < len(blocks):
        room = blocks.row_borders[first] + ROWS_AT_ONCE
        last = max(first + 1, int(np.searchsorted(blocks.row_borders, room, side="right")) - 1)
        inside = slice(*blocks.set_borders[[first, last]])
        places = rows[slice(*blocks.row_borders[[first, last]])]
        part = blocks.cut(rest, first, last)
        share[columns[inside]], price[places] = relax_packing(part, price[places])
        first = last
    return share, price


def _branch(sets: Sets, excess: FloatArray, bound: float) -> IntArray:
    """The certified optimum of a block.

    A solution that holds a set of reduced cost above the gap between the bound and a known solution is worse than that
    solution; so the integer program over the others has the same optimum.
    """
    from annotations.agreement.programming import pack_exactly

    window = FIRST_WINDOW
    while True:
        columns = np.flatnonzero(excess <= window + WHOLE)
        solution = columns[pack_exactly(sets.take(columns))]
        gap = bound - float(sets.gain[solution].sum())
        if gap <= window + WHOLE:
            return solution
        window = gap
