"""Assignment problems of nodes with several choices each: spans of two annotators that overlap crosswise.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from collections.abc import Sequence
from itertools import groupby, permutations
from operator import itemgetter

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.ordering import find_heads, number_codes, order_by

TIE = 1e-12  # sums of the same weights in another order differ by less
PERMUTED = 4  # the widest knot whose permutations are tried
MAX_WAYS = 200  # that are kept in mind from one row to the next
ROWS_AT_ONCE = 1000  # of crowded knots

_Chain = tuple[int, "_Chain"] | None
"""An edge that is taken, and those before it."""


def assign_knots(left: IntArray, right: IntArray, weight: FloatArray) -> BoolArray:
    """The matching of largest total weight, which is positive everywhere; each knot is solved by itself.

    For small knots all permutations are tried. Wider ones are swept from row to row: what spans overlap with is mostly near,
    so few sets of columns are taken that later rows could want. Where they are not few, a sparse assignment solver decides.
    So a matching never depends on what happens in another document.
    """
    nodes, node = number_codes(np.concatenate([left, right]))
    one, other = np.split(node, 2)
    knot = _find_knots(one, other, len(nodes))
    is_left = np.zeros(len(nodes), dtype=bool)
    is_left[one] = True
    side = 2 * knot + is_left
    place, width = _count_within(side), np.bincount(side, minlength=2 * len(nodes)).reshape(-1, 2).max(axis=1)
    of_edge, row, column = knot[one], place[one], place[other]
    width = width[of_edge]
    chosen = np.zeros(len(weight), dtype=bool)
    for size in range(1, PERMUTED + 1):
        picked = np.flatnonzero(width == size)
        if len(picked):
            _, number = number_codes(of_edge[picked])
            chosen[picked] = _try_all(number, row[picked], column[picked], weight[picked], size)
    rest = np.flatnonzero(width > PERMUTED)
    rest = rest[order_by(of_edge[rest], row[rest], column[rest])]
    crowded = [rest[:0]]
    for part in np.split(rest, np.flatnonzero(find_heads(of_edge[rest]))[1:]) if len(rest) else []:
        taken = _sweep(row[part].tolist(), column[part].tolist(), weight[part].tolist())
        if taken is None:
            crowded.append(part)
        else:
            chosen[part[taken]] = True
    rest = np.concatenate(crowded)
    # side by side, but not too many: each row of the solver costs a little for every other one
    together = np.cumsum(np.where(find_heads(of_edge[rest]), width[rest], 0)) // ROWS_AT_ONCE
    for part in np.split(rest, np.flatnonzero(find_heads(together))[1:]) if len(rest) else []:
        chosen[part] = _assign(of_edge[part], one[part], other[part], weight[part])
    return chosen


def _find_knots(one: IntArray, other: IntArray, n_nodes: int) -> IntArray:
    """Number each node by the least node that it hangs together with."""
    knot: IntArray = np.arange(n_nodes)
    while True:
        before = knot.copy()
        low = np.minimum(knot[one], knot[other])
        np.minimum.at(knot, before[one], low)
        np.minimum.at(knot, before[other], low)
        knot = knot[knot]
        if np.array_equal(knot, before):
            return knot


def _count_within(group: IntArray) -> IntArray:
    """The number of each element among those of its group, in order."""
    order = order_by(group)
    heads = np.flatnonzero(find_heads(group[order]))
    place = np.empty_like(group)
    place[order] = np.arange(len(group)) - np.repeat(heads, np.diff(np.append(heads, len(group))))
    return place


def _try_all(knot: IntArray, row: IntArray, column: IntArray, weight: FloatArray, width: int) -> BoolArray:
    """Many small assignment problems at once: the first of the best permutations of each."""
    matrices = np.zeros((int(knot.max()) + 1, width, width))
    matrices[knot, row, column] = weight
    orders = np.array(list(permutations(range(width))))
    totals = matrices[:, np.arange(width), orders].sum(axis=-1)
    best = np.argmax(totals >= totals.max(axis=1, keepdims=True) - TIE, axis=1)
    return np.asarray(orders[best[knot], row] == column)


def _sweep(rows: Sequence[int], columns: Sequence[int], weights: Sequence[float]) -> list[int] | None:
    """The edges of the best matching of one knot, given row by row; None where too much has to be kept in mind.

    Of equally good ways to the same taken columns the first is kept, which gives early rows early columns.
    """
    last = {column: row for row, column in zip(rows, columns, strict=True)}
    edges = zip(rows, range(len(rows)), columns, weights, strict=True)
    ways: dict[int, tuple[float, _Chain]] = {0: (0.0, None)}  # by the columns that are taken and still wanted
    for row, choices in groupby(edges, key=itemgetter(0)):
        offers = [(1 << column, edge, weight) for _, edge, column, weight in choices]
        wanted = ~sum(bit for bit, edge, _ in offers if last[columns[edge]] == row)
        further: dict[int, tuple[float, _Chain]] = {}
        for taken, (worth, chain) in ways.items():
            for bit, edge, weight in offers:
                if not taken & bit:
                    _keep_better(further, (taken | bit) & wanted, worth + weight, (edge, chain))
            _keep_better(further, taken & wanted, worth, chain)
        if len(further) > MAX_WAYS:
            return None
        ways = further
    _, best = ways[0]
    found = []
    while best is not None:
        edge, best = best
        found.append(edge)
    return found


def _keep_better(ways: dict[int, tuple[float, "_Chain"]], taken: int, worth: float, chain: "_Chain") -> None:
    if taken not in ways or worth > ways[taken][0] + TIE:
        ways[taken] = (worth, chain)


def _assign(knot: IntArray, left: IntArray, right: IntArray, weight: FloatArray) -> BoolArray:
    """Wide knots, sorted. A row may also stay alone, at a column of its own, so that there is a full matching."""
    from scipy.sparse import csr_array  # late: it takes longer to import than most corpora take to match
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows, row = np.unique(left, return_inverse=True)
    columns, column = np.unique(right, return_inverse=True)
    n_rows, alone = len(rows), np.arange(len(rows))
    heads = np.flatnonzero(find_heads(knot))
    dearest = np.repeat(np.maximum.reduceat(weight, heads) + 1, np.diff(np.append(heads, len(knot))))
    of_row = np.empty(n_rows)
    of_row[row] = dearest
    costs = np.concatenate([dearest - weight, of_row])
    ends = np.concatenate([row, alone]), np.concatenate([column, len(columns) + alone])
    graph = csr_array((costs, ends), shape=(n_rows, len(columns) + n_rows))
    partner = np.full(n_rows, -1)
    matched, partners = min_weight_full_bipartite_matching(graph)
    partner[matched] = partners
    return np.asarray(partner[row] == column)
