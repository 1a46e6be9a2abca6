"""The best alignments of many problems: disjoint sets of units of least total cost, with proof."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.candidates import Candidates, Units
from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.matching import match_edges
from annotations.agreement.rounding import WHOLE, round_relaxation
from annotations.agreement.sets import Sets

ROWS_AT_ONCE = 250
TIE_BREAK = 1e-7
FIRST_WINDOW = 0.02
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

    Units in reading order fall into blocks that no candidate crosses. Blocks are solved by linear programming, small
    ones many at a time; a block whose relaxation is not integral is rounded if the loss stays within the tolerance of
    its problem, and else solved as an integer program over the sets whose reduced cost the gap does not rule out.

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
    unit_order, block, columns, borders = _find_blocks(units, everything)
    unit_borders = np.searchsorted(block[unit_order], np.arange(len(borders)))
    sizes = np.diff(unit_borders)
    chosen: list[IntArray] = []
    n_units = np.bincount(units.problem, minlength=units.n_problems)
    budget = tolerance * n_units / units.n_annotators * USUAL_DISORDER
    local = np.full(len(units), -1)
    first = 0
    while first < len(sizes):
        last = first + 1
        taken = sizes[first]
        while last < len(sizes) and taken + sizes[last] <= ROWS_AT_ONCE:
            taken += sizes[last]
            last += 1
        rows = unit_order[unit_borders[first] : unit_borders[last]]
        picked = columns[borders[first] : borders[last]]
        if len(picked):
            part = everything.take(picked)
            local[rows] = np.arange(len(rows))
            part = Sets(part.begins, local[part.members], part.gain, len(rows))
            keep = _solve(part, block[rows], units.problem[rows], budget, gap)
            chosen.append(picked[keep])
        first = last
    return Partition(everything.take(np.sort(np.concatenate(chosen))), gap)


def _find_blocks(units: Units, sets: Sets) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Cut the units in reading order wherever no set crosses.

    Returns
    -------
    order : int array, shape (unit,)
        The units in reading order, problem by problem.
    block : int array, shape (unit,)
    columns : int array, shape (set,)
        The sets, sorted by block.
    borders : int array, shape (block + 1,)
        Where in `columns` each block begins.
    """
    order = np.lexsort((units.start + units.end, units.problem))
    rank = np.empty(len(units), dtype=np.int64)
    rank[order] = np.arange(len(units))
    ranks = rank[sets.members]
    low = np.minimum.reduceat(ranks, sets.begins[:-1])
    high = np.maximum.reduceat(ranks, sets.begins[:-1])
    open_sets = np.cumsum(np.bincount(low, minlength=len(units)) - np.bincount(high, minlength=len(units)))
    cut = np.concatenate([[0], np.cumsum(open_sets[:-1] == 0)])
    block = np.empty(len(units), dtype=np.int64)
    block[order] = cut
    of_set = cut[low]
    columns = np.argsort(of_set, kind="stable")
    borders = np.searchsorted(of_set[columns], np.arange(int(cut[-1]) + 2))
    return order, block, columns, borders


def _solve(sets: Sets, block: IntArray, problem: IntArray, budget: FloatArray, gap: FloatArray) -> BoolArray:
    """Choose the sets of a few blocks; losses are taken from the budget of their problem and noted as its gap."""
    from annotations.agreement.programming import relax_packing

    preferred = Sets(sets.begins, sets.members, sets.gain + TIE_BREAK * (sets.sizes - 1), sets.n_rows)
    relaxed = relax_packing(preferred)
    keep = relaxed.share > 1 - WHOLE
    split = np.flatnonzero((relaxed.share > WHOLE) & ~keep)
    if not len(split):
        return keep
    block_of_set = block[sets.members[sets.begins[:-1]]]
    excess = preferred.sum_rows(relaxed.price) - preferred.gain
    for broken in np.unique(block_of_set[split]).tolist():
        inside = np.flatnonzero(block_of_set == broken)
        rows = np.flatnonzero(block == broken)
        of_problem = problem[rows[0]]
        rounded, lost = round_relaxation(
            preferred.take(inside), relaxed.share[inside], excess[inside], relaxed.price
        )
        if lost > budget[of_problem] + WHOLE:
            bound = float(relaxed.price[rows].sum())
            rounded, lost = _branch(preferred, inside, excess[inside], bound, lost), 0.0
        keep[inside] = False
        keep[inside[rounded]] = True
        if lost > WHOLE:
            budget[of_problem] -= lost
            gap[of_problem] += lost
    return keep


def _branch(sets: Sets, inside: IntArray, excess: FloatArray, bound: float, lost: float) -> IntArray:
    """The certified optimum of a block.

    A solution that holds a set of reduced cost above the gap between the bound and a known solution is worse than that
    solution; so the integer program over the others has the same optimum.
    """
    window = min(FIRST_WINDOW, lost)
    while True:
        columns = np.flatnonzero(excess <= window + WHOLE)
        part = sets.take(inside[columns])
        rows, members = np.unique(part.members, return_inverse=True)
        solution = columns[_pack_blocks(Sets(part.begins, members, part.gain, len(rows)))]
        gap = bound - float(sets.gain[inside[solution]].sum())
        if gap <= window + WHOLE:
            return solution
        window = gap


def _pack_blocks(sets: Sets) -> IntArray:
    """Solve the integer program, block by block where no set crosses; rows are in reading order."""
    from annotations.agreement.programming import pack_exactly, relax_packing

    high = np.maximum.reduceat(sets.members, sets.begins[:-1])
    low = np.minimum.reduceat(sets.members, sets.begins[:-1])
    crossing = np.cumsum(np.bincount(low, minlength=sets.n_rows) - np.bincount(high, minlength=sets.n_rows))
    block = np.concatenate([[0], np.cumsum(crossing[:-1] == 0)])[low]
    order = np.argsort(block, kind="stable")
    chosen = []
    for columns in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        part = sets.take(columns)
        rows, members = np.unique(part.members, return_inverse=True)
        part = Sets(part.begins, members, part.gain, len(rows))
        relaxed = relax_packing(part)
        whole = relaxed.share > 1 - WHOLE
        if not np.any((relaxed.share > WHOLE) & ~whole):
            chosen.append(columns[whole])
        else:
            chosen.append(columns[pack_exactly(part)])
    return np.concatenate(chosen)
