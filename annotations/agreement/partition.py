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

    def span(self, first: int, last: int) -> tuple[slice, slice]:
        """The rows and the sets of neighbouring blocks."""
        return slice(*self.row_borders[[first, last]].tolist()), slice(
            *self.set_borders[[first, last]].tolist()
        )

    def cut(self, sets: Sets, first: int, last: int) -> Sets:
        """The sets of neighbouring blocks by themselves."""
        rows, columns = self.span(first, last)
        begins = sets.begins[columns.start : columns.stop + 1]
        members = sets.members[begins[0] : begins[-1]]
        return Sets(begins - begins[0], members - rows.start, sets.gain[columns], rows.stop - rows.start)


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
    whose relaxation is not integral is mended, at a loss within the tolerance of its problem, or else at the least loss.

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
    gap: FloatArray = np.zeros(units.n_problems)
    if not len(everything):
        return Partition(everything, gap)
    if len(candidates.members) == 1:  # two annotators: a matching, solved exactly without a bound to prove
        pairs = candidates.members[0]
        return Partition(
            everything.take(np.flatnonzero(match_edges(pairs[:, 0], pairs[:, 1], everything.gain))), gap
        )
    order = np.lexsort((units.start + units.end, units.problem))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    preferred = everything.gain + TIE_BREAK * (everything.sizes - 1)
    sets = Sets(everything.begins, place[everything.members], preferred, len(units))
    of_row, of_set = _find_blocks(sets)
    chosen, price = pack_simply(sets)
    gained = np.bincount(of_set[chosen], weights=sets.gain[chosen], minlength=of_row[-1] + 1)
    unproven = np.bincount(of_row, weights=price) > gained + PROVEN
    keep = np.zeros(len(sets), dtype=bool)
    keep[chosen] = ~unproven[of_set[chosen]]
    if unproven.any():
        n_units = np.bincount(units.problem, minlength=units.n_problems)
        allowed: FloatArray = tolerance * n_units / units.n_annotators * USUAL_DISORDER
        budget = allowed.copy()
        columns, rows = np.flatnonzero(unproven[of_set]), np.flatnonzero(unproven[of_row])
        columns = columns[np.argsort(of_set[columns], kind="stable")]
        number = np.cumsum(unproven[of_row]) - 1
        part = sets.take(columns)
        keep[columns] = _solve(
            Sets(part.begins, number[part.members], part.gain, len(rows)),
            Blocks(*(_find_borders(of_any) for of_any in (of_row[rows], of_set[columns]))),
            price[rows],
            units.problem[order[rows]],
            budget,
        )
        gap = allowed - budget
    return Partition(everything.take(np.flatnonzero(keep)), gap)


def _find_blocks(sets: Sets) -> tuple[IntArray, IntArray]:
    """Cut the rows wherever no set crosses; the block of each row and of each set."""
    low = np.minimum.reduceat(sets.members, sets.begins[:-1])
    high = np.maximum.reduceat(sets.members, sets.begins[:-1])
    n_rows = sets.n_rows
    crossing = np.cumsum(np.bincount(low, minlength=n_rows) - np.bincount(high, minlength=n_rows))
    of_row = np.concatenate([[0], np.cumsum(crossing[:-1] == 0)])
    return of_row, of_row[low]


def _find_borders(numbers: IntArray) -> IntArray:
    """Where each new number begins in a sorted array, and its end."""
    return np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]])


def _solve(sets: Sets, blocks: Blocks, price: FloatArray, problem: IntArray, budget: FloatArray) -> BoolArray:
    """Choose the sets of all blocks; what they lose is taken from the budget of their problem."""
    from annotations.agreement.programming import relax_packing

    share = np.zeros(len(sets))
    first = 0
    while first < len(blocks):
        room = blocks.row_borders[first] + ROWS_AT_ONCE
        last = max(first + 1, int(np.searchsorted(blocks.row_borders, room, side="right")) - 1)
        rows, columns = blocks.span(first, last)
        share[columns], price[rows] = relax_packing(blocks.cut(sets, first, last), price[rows])
        first = last
    bound = np.add.reduceat(price, blocks.row_borders[:-1])
    apart = bound - np.add.reduceat(share * sets.gain, blocks.set_borders[:-1])
    # nothing, unless the solver failed; then the problem does not count as certified
    np.subtract.at(
        budget, problem[blocks.row_borders[:-1]], np.where(np.abs(apart) > WHOLE, np.abs(apart), 0)
    )
    keep = share > 1 - WHOLE
    excess = sets.sum_rows(price) - sets.gain
    fractional = np.flatnonzero((share > WHOLE) & ~keep)
    for broken in np.unique(np.searchsorted(blocks.set_borders, fractional, side="right") - 1).tolist():
        rows, columns = blocks.span(broken, broken + 1)
        part, of_problem = blocks.cut(sets, broken, broken + 1), problem[rows.start]
        mended = round_relaxation(part, share[columns], excess[columns], price[rows], budget[of_problem])
        chosen, lost = mended or (_branch(part, excess[columns], float(price[rows].sum())), 0.0)
        keep[columns] = False
        keep[columns.start + chosen] = True
        budget[of_problem] -= lost
    return keep


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
