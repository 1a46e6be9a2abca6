"""One-to-one matching of the spans of two annotators: which spans are about the same thing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.ordering import find_heads, number_codes, order_by
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.packing.sets import cut_runs, list_ranges
from annotations.agreement.spans.assignment import assign_knots
from annotations.agreement.sums.batches import Batch

MAX_FOLDS = 24  # what is left of longer chains is solved with the knots
MAX_OVERLAPS = 5_000_000  # of one document; they take 1.6 GB
PAIRS_AT_ONCE = 4_000_000
NO_SPANS: IntArray = np.zeros(0, dtype=np.int64)
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
        """Overlaps at some rows."""
        return Overlaps(self.first[rows], self.second[rows], self.shared[rows])


def find_overlaps(corpus: Corpus, *, alike: bool = False) -> Overlaps:
    """Find all pairs of overlapping spans of different annotators, or those under one label, by one sort and a binary search.

    Raises
    ------
    InvalidOptionError
        A document has more such pairs than memory holds.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> a, b = [{"start": 0, "end": 4, "label": "A"}], [{"start": 3, "end": 6, "label": "A"}]
    >>> document = {"id": "d", "length": 9, "annotators": {"a": a, "b": b}}
    >>> find_overlaps(read_plain({"documents": [document]})).shared.tolist()
    [1.0]
    """
    group = corpus.document * max(1, len(corpus.labels)) + corpus.label if alike else corpus.document
    start, end = _lay_end_to_end(corpus, group)
    order = np.argsort(start, kind="stable")
    # within the sorted spans, those that begin inside span i follow it directly
    count = _count_following(start[order], end[order])
    if count.sum() > MAX_OVERLAPS:
        _refuse_too_many(corpus, group)
    found = [(NO_SPANS, NO_SPANS)]
    for rows in cut_runs(np.cumsum(count), PAIRS_AT_ONCE):
        left = np.repeat(np.arange(rows.start, rows.stop), count[rows])
        one, other = order[left], order[list_ranges(np.arange(rows.start, rows.stop) + 1, count[rows])]
        apart = corpus.annotator[one] != corpus.annotator[other]
        found.append((one[apart], other[apart]))
    one, other = (np.concatenate(parts) for parts in zip(*found, strict=True))
    swap = corpus.annotator[one] > corpus.annotator[other]
    first, second = np.where(swap, other, one), np.where(swap, one, other)
    sequence = order_by(first, second)
    first, second = first[sequence], second[sequence]
    shared = np.minimum(end[first], end[second]) - np.maximum(start[first], start[second])
    return Overlaps(first, second, shared.astype(np.float64))


def count_overlaps(corpus: Corpus, group: IntArray | None = None) -> IntArray:
    """How many pairs of spans of different annotators overlap in each document, or in the same group, without listing them."""
    group = corpus.document if group is None else group
    pairs: list[IntArray] = []
    for within in (group, group * max(1, len(corpus.annotators)) + corpus.annotator):
        start, end = _lay_end_to_end(corpus, within)
        order = np.argsort(start, kind="stable")
        following = np.zeros(corpus.n_spans, dtype=np.int64)
        following[order] = _count_following(start[order], end[order])
        pairs.append(following)
    documents = np.zeros(len(corpus.documents), dtype=np.int64)
    np.add.at(documents, corpus.document, pairs[0] - pairs[1])
    return documents


def _lay_end_to_end(corpus: Corpus, group: IntArray) -> tuple[IntArray, IntArray]:
    """Starts and ends where each group of spans begins behind the one before it."""
    groups, number = number_codes(group)
    reach = np.zeros(len(groups), dtype=np.int64)
    np.maximum.at(reach, number, corpus.end)
    offset = (np.cumsum(reach) - reach)[number]
    return corpus.start + offset, corpus.end + offset


def _count_following(start: IntArray, end: IntArray) -> IntArray:
    """How many of the later spans, which are sorted, begin before the end of each."""
    last = np.searchsorted(start, end, side="left")
    return np.asarray(last - np.arange(len(start)) - 1, dtype=np.int64)


def _refuse_too_many(corpus: Corpus, group: IntArray) -> None:
    """Say which document has the most pairs of overlapping spans, if they are too many."""
    pairs = count_overlaps(corpus, group)
    worst = int(pairs.argmax())
    if pairs[worst] > MAX_OVERLAPS:
        raise InvalidOptionError(
            f"document {corpus.documents[worst]!r}: {pairs[worst]:,} pairs of spans of two annotators overlap, "
            f"and at most {MAX_OVERLAPS:,} can be compared; split or leave out the document, "
            "or ask for metrics over positions only, such as alpha_nominal"
        )


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
    several choices each; see `annotations.agreement.spans.assignment.assign_knots`.

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
    return _fold(left, right, weight.astype(np.float64, copy=True), MAX_FOLDS)


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
    solve: Callable[[IntArray, IntArray, FloatArray], BoolArray] = assign_knots
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


def lay_overlaps(batch: Batch) -> Overlaps:
    """Find the pairs of spans of two annotators in a batch of documents that share at least one character; found once for all tables that count matches."""
    return find_overlaps(batch.corpus)
