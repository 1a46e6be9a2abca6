"""One-to-one matching of the spans of two annotators: which spans are about the same thing."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.corpus import BoolArray, Corpus, FloatArray, IntArray

TIE = 1e-9


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
    sequence = np.lexsort((second, first))
    return Overlaps(first[sequence], second[sequence], shared[sequence].astype(np.float64))


def match_spans(corpus: Corpus, overlaps: Overlaps, weight: FloatArray) -> BoolArray:
    r"""Choose the one-to-one matching of largest total weight, for each pair of annotators in each document.

    .. math:: \max \sum_e w_e x_e \quad \text{so that each span has at most one partner with each other annotator}

    Exact. A span with one choice only is folded into its partner: the partner is worth that weight anyway, so its other
    choices are worth that much less. Trees dissolve in this way; cycles remain, and are a linear assignment, whose
    simplex solution is integral.

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
    """The matching of largest total weight in a bipartite graph; see `match_spans`.

    Parameters
    ----------
    left, right : int arrays, shape (edge,)
        Two disjoint sets of names.
    weight : array, shape (edge,)

    Returns
    -------
    bool array, shape (edge,)
    """
    chosen = np.zeros(len(weight), dtype=bool)
    if not len(weight):
        return chosen
    _, node = np.unique(np.concatenate([left, right]), return_inverse=True)
    left, right = np.split(node, 2)
    n_nodes = int(node.max()) + 1
    value = weight.astype(np.float64, copy=True)
    edges = np.arange(len(weight))
    settled: list[IntArray] = []
    folded: list[tuple[IntArray, IntArray]] = []
    while True:
        edges = edges[value[edges] > 0]
        a, b = left[edges], right[edges]
        degree = np.bincount(a, minlength=n_nodes) + np.bincount(b, minlength=n_nodes)
        single_a, single_b = degree[a] == 1, degree[b] == 1
        leaf = single_a | single_b
        if not leaf.any():
            break
        alone = single_a & single_b
        settled.append(edges[alone])
        leaves = edges[leaf & ~alone]
        centre = np.where(single_a, b, a)[leaf & ~alone]
        order = np.lexsort((leaves, -value[leaves], centre))
        best = order[_heads(centre[order])]
        folded.append((leaves[best], centre[best]))
        worth = np.zeros(n_nodes)
        worth[centre[best]] = value[leaves[best]]
        edges = edges[~leaf]
        value[edges] -= worth[left[edges]] + worth[right[edges]]
    if len(edges):
        chosen[edges[_assign(left[edges], right[edges], value[edges])]] = True
    taken = np.zeros(n_nodes, dtype=bool)
    taken[left[chosen]] = True
    taken[right[chosen]] = True
    for sure, (leaves, centre) in zip(reversed(settled), reversed(folded), strict=True):
        used = np.concatenate([sure, leaves[~taken[centre]]])
        chosen[used] = True
        taken[left[used]] = True
        taken[right[used]] = True
    return chosen


def _heads(keys: IntArray) -> BoolArray:
    """Where, in sorted keys, each new key begins."""
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    return fresh


def _assign(left: IntArray, right: IntArray, weight: FloatArray) -> BoolArray:
    """Solve the assignment exactly as a linear program (its vertices are integral)."""
    from annotations.agreement.programming import maximize_packing

    n_edges = len(weight)
    _, first, row = np.unique(np.concatenate([left, right]), return_index=True, return_inverse=True)
    # neighbours get near numbers, so that the program falls into small pieces
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first % n_edges, kind="stable")] = np.arange(len(first))
    return maximize_packing(rank[row].reshape(2, n_edges).T, weight)
