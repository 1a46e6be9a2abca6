"""The best alignments of many problems: disjoint sets of units of least total cost, with proof.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.gamma.candidates import Candidates
from annotations.agreement.gamma.ties import rate_pairs
from annotations.agreement.gamma.units import Units
from annotations.agreement.packing.incumbent import PROVEN, Incumbent, find_blocks
from annotations.agreement.packing.prices import pack_simply
from annotations.agreement.packing.rounding import FIRST_WINDOW, WHOLE, round_relaxation
from annotations.agreement.packing.scaling import scale_packing
from annotations.agreement.packing.sets import Sets
from annotations.agreement.spans.matching import match_edges

ROWS_AT_ONCE = 400
TIE_BREAK = 1e-7
MIN_WINDOW = 0.3  # what a set may lose by itself to be thought of at first
WINDOW_A_ROW = 0.002  # or so much for each row of a long block
SPENDABLE_SHARE = 0.7  # of what a problem may lose, before its other blocks are solved


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
    """Parts of a packing problem that can be solved apart: stretches of rows (what is to be covered) that no set (what may cover them) crosses, with the sets of each.

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
    prices allow, it is proven best. The other blocks are scaled; what loses much, or more than the choice found there, is
    left out, which leaves smaller blocks, and those that lose little enough are done. The rest is solved by linear
    programming, small blocks many at a time; one whose relaxation is not integral is mended, at a loss within the
    tolerance of its problem, or else at the least loss. A block that might gain more with what was left out is done again
    with all that could matter.

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
    preferred = everything.gain + TIE_BREAK * _prefer(units, candidates, tolerance == 0)
    if len(candidates.members) == 1:  # two annotators: a matching, solved exactly without a bound to prove
        pairs = candidates.members[0]
        matched = match_edges(pairs[:, 0], pairs[:, 1], preferred)
        return Partition(everything.take(np.flatnonzero(matched)), gap)
    order = units.order_by_place()
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sets = Sets(everything.begins, place[everything.members], preferred, len(units))
    colour, problem = units.annotator[order], units.problem[order]
    keep = np.zeros(len(sets), dtype=bool)
    price = candidates.price[order] + TIE_BREAK
    if tolerance.any():
        incumbent = Incumbent.begin(sets, price, problem, problem[sets.members[sets.begins[:-1]]])
    else:
        incumbent = Incumbent.begin(sets, price, *find_blocks(sets)).choose(*pack_simply(sets))
        incumbent = _settle(incumbent, problem, gap, keep)
    if len(incumbent.sets):
        incumbent = incumbent.choose(*scale_packing(incumbent.sets, colour[incumbent.rows], incumbent.price))
        bound = np.bincount(problem[incumbent.rows], weights=incumbent.price, minlength=units.n_problems)
        allowed = tolerance * (np.bincount(units.problem, minlength=units.n_problems) - bound)
        budget = allowed.copy()
        near = np.maximum(MIN_WINDOW, WINDOW_A_ROW * np.bincount(incumbent.block_of_row))
        doubtful = _finish(incumbent, problem, budget, keep, near)
        if doubtful.any():
            incumbent = incumbent.take(doubtful)
            keep[incumbent.columns] = False
            _finish(incumbent, problem, budget, keep, np.inf)
        gap = allowed - budget
    return Partition(everything.take(np.flatnonzero(keep)), gap)


def _prefer(units: Units, candidates: Candidates, exact: BoolArray) -> FloatArray:
    """What decides between equally good alignments, shape (set,), at most the size of the set less 1.

    Fewer clusters; in exact problems then fewer differing labels, those farther apart, and then the places of the spans.
    """
    found = []
    for members in candidates.members:
        size = members.shape[1]
        worth = np.full(len(members), size - 1.0)
        rows = np.flatnonzero(exact[units.problem[members[:, 0]]])
        for one, other in combinations(members[rows].T, 2):
            differ = units.label[one] != units.label[other]
            against = differ / 2 / (1 + units.positional(one, other))
            against += rate_pairs(units.start, units.end, units.label, one, other) / 4
            worth[rows] -= against / comb(size, 2)
        found.append(worth)
    return np.concatenate(found)


def _finish(
    incumbent: Incumbent, problem: IntArray, budget: FloatArray, keep: BoolArray, window: FloatArray | float
) -> BoolArray:
    """Choose the sets of all blocks, those that lose more than a window left out; the blocks where one might be better."""
    narrowed = incumbent.rule_out(window)
    rest = _settle(narrowed, problem, budget, keep)
    if len(rest.sets):
        keep[rest.columns] = _solve(rest, problem[rest.rows], budget)
    gained = incumbent.sum_gains(np.flatnonzero(keep[incumbent.columns]))
    outside = np.bincount(incumbent.block_of_row, weights=incumbent.price) - window
    return np.asarray(outside > gained + PROVEN)


def _find_borders(numbers: IntArray) -> IntArray:
    """Where each new number begins in a sorted array, and its end."""
    return np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]])


def _settle(incumbent: Incumbent, problem: IntArray, budget: FloatArray, keep: BoolArray) -> Incumbent:
    """Keep the chosen sets of the blocks that are proven, or lose what their problem can afford; the other blocks."""
    loss = incumbent.count_losses()
    loss[loss <= PROVEN] = 0.0
    of_block = problem[incumbent.rows[_find_borders(incumbent.block_of_row)[:-1]]]
    order = np.lexsort((loss, of_block))
    total = np.concatenate([[0.0], np.cumsum(loss[order])])
    before = total[np.searchsorted(of_block[order], of_block[order])]
    dear = np.zeros(len(loss), dtype=bool)
    dear[order] = (loss[order] > 0) & (total[1:] - before > SPENDABLE_SHARE * budget[of_block[order]])
    np.subtract.at(budget, of_block[~dear], loss[~dear])
    keep[incumbent.columns[incumbent.chosen & ~dear[incumbent.block_of_set]]] = True
    return incumbent.take(dear)


def _solve(incumbent: Incumbent, problem: IntArray, budget: FloatArray) -> BoolArray:
    """Choose the sets of all blocks; what they lose is taken from the budget of their problem."""
    from annotations.agreement.packing.programming import relax_packing

    sets, price = incumbent.sets, incumbent.price.copy()
    blocks = Blocks(_find_borders(incumbent.block_of_row), _find_borders(incumbent.block_of_set))
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
    from annotations.agreement.packing.programming import pack_exactly

    window = FIRST_WINDOW
    while True:
        columns = np.flatnonzero(excess <= window + WHOLE)
        solution = columns[pack_exactly(sets.take(columns))]
        gap = bound - float(sets.gain[solution].sum())
        if gap <= window + WHOLE:
            return solution
        window = gap
