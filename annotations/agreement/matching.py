"""One-to-one matching of the spans of two annotators: which spans are about the same thing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import numpy as np

from annotations.agreement.corpus import BoolArray, Corpus, FloatArray, IntArray
from annotations.agreement.ordering import find_heads, number_codes, order_by

TIE = 1e-12  # sums of the same weights in another order differ by less
MOST_FOLDS = 24  # what is left of longer chains is solved with the knots
PERMUTED = 4  # the widest knot whose permutations are tried
ROWS_AT_ONCE = 1000  # of wider knots
NAMES_AN_EDGE = 8  # sparser names are numbered anew


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """All pairs of spans of different annotators that share a character.

    Attributes
    ----------
    first, second : int arrays, shape (overlap,)
        Spans of the corpus; the annotator of `first` comes before that of `second`.
    shared : float array, shape (overlap,)
        Number of characters that both cover.
    """

    first: IntArray
    second: IntArray
    shared: FloatArray

    def take(self, rows: IntArray | BoolArray) -> "Overlaps":
        """Some of the overlaps."""
        return Overlaps(self.first[rows], self.second[rows], self.shared[rows])


def find_overlaps(corpus: Corpus) -> Overlaps:
    """Find all pairs of overlapping spans of different annotators, by one sort and a binary search.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> a, b = [{"start": 0, "end": 4, "label": "A"}], [{"start": 3, "end": 6, "label": "A"}]
    >>> document = {"id": "d", "length": 9, "annotators": {"a": a, "b": b}}
    >>> find_overlaps(read_plain({"documents": [document]})).shared.tolist()
    [1.0]
    """
    offset = np.concatenate([[0], np.cumsum(corpus.lengths)])[corpus.document]
    start, end = corpus.start + offset, corpus.end + offset
    order = np.argsort(start, kind="stable")
    sorted_start = start[order]
    # within the sorted spans, those that begin inside span i follow it directly
    last = np.searchsorted(sorted_start, end[order], side="left")
    count = last - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), count)
    right = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count) + left + 1
    one, other = order[left], order[right]
    apart = corpus.annotator[one] != corpus.annotator[other]
    one, other = one[apart], other[apart]
    swap = corpus.annotator[one] > corpus.annotator[other]
    first, second = np.where(swap, other, one), np.where(swap, one, other)
    shared = np.minimum(end[first], end[second]) - np.maximum(start[first], start[second])
    sequence = order_by(first, second)
    return Overlaps(first[sequence], second[sequence], shared[sequence].astype(np.float64))


def match_spans(corpus: Corpus, overlaps: Overlaps, weight: FloatArray) -> BoolArray:
    r"""Choose the one-to-one matching of largest total weight, for each pair of annotators in each document.

    .. math:: \max \sum_e w_e x_e \quad \text{so that each span has at most one partner with each other annotator}

    Exact; see `match_edges`, also for which of several equally good matchings is taken.

    Parameters
    ----------
    corpus : Corpus
    overlaps : Overlaps
    weight : array, shape (overlap,)
        Positive.

    Returns
    -------
    bool array, shape (overlap,)
    """
    n_annotators = len(corpus.annotators)
    # a span plays a part of its own towards every other annotator
    left = overlaps.first * n_annotators + corpus.annotator[overlaps.second]
    right = overlaps.second * n_annotators + corpus.annotator[overlaps.first]
    return match_edges(left, right, weight)


def match_edges(left: IntArray, right: IntArray, weight: FloatArray) -> BoolArray:
    """The matching of largest total weight in a bipartite graph.

    Exact. A node with one choice only is folded into its partner: the partner is worth that weight anyway, so its other
    choices are worth that much less. Trees dissolve in this way, all at once. What is left are knots of nodes with
    several choices each, and every knot is an assignment problem of its own: for small ones all permutations are tried,
    the others go to a sparse assignment solver. So a matching never depends on what happens in another document.

    Of equally good matchings, a node with one choice is left out only if its partner gains by another, of several such
    nodes of one partner the one whose edge comes first is taken, and a small knot takes the first of its best
    permutations: the lowest node has the lowest partner.

    Parameters
    ----------
    left, right : int arrays, shape (edge,)
        Two disjoint sets of names, at least 0; no two edges have both ends in common.
    weight : array, shape (edge,)

    Returns
    -------
    bool array, shape (edge,)

    Examples
    --------
    >>> match_edges(np.array([0, 0, 1]), np.array([2, 3, 3]), np.array([1.0, 1.5, 1.0])).tolist()
    [True, False, True]
    """
    return _fold(left, right, weight.astype(np.float64, copy=True), MOST_FOLDS)


def _fold(left: IntArray, right: IntArray, value: FloatArray, folds: int) -> BoolArray:
    """Fold leaves into their partners so many times, solve what is left, and unfold; changes the values."""
    chosen = np.zeros(len(value), dtype=bool)
    if not len(value):
        return chosen
    n_nodes = int(max(left.max(), right.max())) + 1
    if n_nodes > NAMES_AN_EDGE * len(value):
        _, node = number_codes(np.concatenate([left, right]))
        left, right = np.split(node, 2)
        n_nodes = int(node.max()) + 1
    edges = np.arange(len(value))
    settled: list[IntArray] = []
    folded: list[tuple[IntArray, IntArray]] = []
    solve: Callable[[IntArray, IntArray, FloatArray], BoolArray] = _untie
    while True:
        edges = edges[value[edges] > 0]
        a, b = left[edges], right[edges]
        degree = np.bincount(a, minlength=n_nodes) + np.bincount(b, minlength=n_nodes)
        single_a, single_b = degree[a] == 1, degree[b] == 1
        leaf = single_a | single_b
        if not leaf.any() or len(folded) == folds:
            break
        if folded and n_nodes > NAMES_AN_EDGE * len(edges):
            solve = partial(_fold, folds=folds - len(folded))  # with fewer names
            break
        alone = single_a & single_b
        settled.append(edges[alone])
        leaves = edges[leaf & ~alone]
        centre = np.where(single_a, b, a)[leaf & ~alone]
        order = np.lexsort((leaves, -value[leaves], centre))
        best = order[find_heads(centre[order])]
        folded.append((leaves[best], centre[best]))
        worth = np.zeros(n_nodes)
        worth[centre[best]] = value[leaves[best]]
        edges = edges[~leaf]
        value[edges] -= worth[left[edges]] + worth[right[edges]]
    if len(edges):
        chosen[edges[solve(left[edges], right[edges], value[edges])]] = True
    taken = np.zeros(n_nodes, dtype=bool)
    taken[left[chosen]] = True
    taken[right[chosen]] = True
    for sure, (leaves, centre) in zip(reversed(settled), reversed(folded), strict=True):
        used = np.concatenate([sure, leaves[~taken[centre]]])
        chosen[used] = True
        taken[left[used]] = True
        taken[right[used]] = True
    return chosen


def _untie(left: IntArray, right: IntArray, weight: FloatArray) -> BoolArray:
    """Solve each knot by itself."""
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
    rest = rest[order_by(of_edge[rest])]
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
