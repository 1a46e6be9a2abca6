"""Boundary similarity: how alike two segmentations are, with near misses for half."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.ordering import order_by
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.cells import Cells
from annotations.agreement.sums.measures import (
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    find_between,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.tables import Table

REACH = 2  # Fournier's n_t: a boundary one position off counts as moved, not as missed
NO_BOUNDARIES = "no boundaries: neither annotator marked a border inside a text"
QUANTITIES = ("matches", "near", "missed")


def count_boundaries(corpus: Corpus) -> Table:
    """Boundaries that two annotators share, have one position apart, or that only one has.

    A boundary is the start or the end of any span, inside the text. Of several ways to pair boundaries one position
    apart, the leftmost is taken; they have the same number of pairs.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    Table
        Keys `document`, `annotator_1` < `annotator_2`, `label` (0: borders of all spans; n + 1: of label n);
        quantities `matches`, `near`, `missed`.
    """
    n_labels = len(corpus.labels) + 1
    keys: list[IntArray] = []
    numbers: list[FloatArray] = []
    for label in range(n_labels):
        of_label = np.ones(corpus.n_spans, dtype=bool) if label == 0 else corpus.label == label - 1
        borders = _find_borders(corpus, of_label)
        for one, other in combinations(range(len(corpus.annotators)), 2):
            both = corpus.completed[:, one] & corpus.completed[:, other]
            if not both.any():
                continue
            document, counts = _compare(borders[one], borders[other], both, corpus.lengths)
            fixed = np.array([one, other, label])
            keys.append(np.column_stack([document, np.broadcast_to(fixed, (len(document), 3))]))
            numbers.append(counts)
    joined = np.concatenate(keys) if keys else np.zeros((0, 4), dtype=np.int64)
    values = np.concatenate(numbers) if numbers else np.zeros((0, len(QUANTITIES)))
    order = order_by(*joined.T)
    names = ("document", "annotator_1", "annotator_2", "label")
    return Table(
        {name: joined[order, column] for column, name in enumerate(names)},
        {name: values[order, column] for column, name in enumerate(QUANTITIES)},
    )


def _find_borders(corpus: Corpus, rows: BoolArray) -> list[IntArray]:
    """For each annotator, the distinct borders inside the documents, on one line of all documents."""
    base = np.concatenate([[0], np.cumsum(corpus.lengths + REACH)])[:-1]
    found = []
    for annotator in range(len(corpus.annotators)):
        own = np.flatnonzero(rows & (corpus.annotator == annotator))
        document = np.concatenate([corpus.document[own], corpus.document[own]])
        place = np.concatenate([corpus.start[own], corpus.end[own]])
        inside = (place > 0) & (place < corpus.lengths[document])
        found.append(np.unique(base[document[inside]] + place[inside]))
    return found


def _compare(
    one: IntArray,
    other: IntArray,
    both: BoolArray,
    lengths: IntArray,
) -> tuple[IntArray, FloatArray]:
    """Count, in each document that both completed, shared, near and missed boundaries."""
    base = np.concatenate([[0], np.cumsum(lengths + REACH)])
    if not both.all():
        one = one[both[np.searchsorted(base, one, side="right") - 1]]
        other = other[both[np.searchsorted(base, other, side="right") - 1]]
    # of two sorted runs, merged, what occurs twice is shared
    order = np.argsort(np.concatenate([one, other]), kind="stable")
    merged = np.concatenate([one, other])[order]
    twice = np.zeros(len(merged) + 1, dtype=bool)
    twice[1:-1] = merged[1:] == merged[:-1]
    shared = merged[twice[1:]]
    alone = ~(twice[1:] | twice[:-1])
    single, mine = merged[alone], (order < len(one))[alone]
    # neighbours of different annotators form chains; a chain of k boundaries holds k // 2 near misses
    joins = np.zeros(len(single), dtype=bool)
    joins[1:] = (np.diff(single) < REACH) & (mine[1:] != mine[:-1])
    heads = np.flatnonzero(~joins)
    size = np.diff(np.append(heads, len(single)))
    document = np.searchsorted(base, single[heads], side="right") - 1
    at_shared = np.searchsorted(base, shared, side="right") - 1
    n_documents = len(lengths)
    counts = np.stack(
        [
            np.bincount(at_shared, minlength=n_documents).astype(np.float64),
            np.bincount(document, weights=size // 2, minlength=n_documents),
            np.bincount(document, weights=size % 2, minlength=n_documents),
        ],
        axis=1,
    )
    present = np.flatnonzero(counts.sum(axis=1) > 0)
    return present, counts[present].astype(np.float64, copy=False)


def build_boundary_similarity(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Boundary similarity, documents and pairs of annotators pooled.

    .. math:: B = 1 - \frac{|A| + |T| / 2}{|A| + |T| + |M|}

    with matched boundaries :math:`M`, near misses :math:`T` (one position apart) and missed ones :math:`A`. From 0 to 1.

    References
    ----------
    Fournier, C. (2013). Evaluating text segmentation using boundary edit distance. ACL 2013.
    """
    label = statistics.axes["label"].index(slice_.label or "")
    table, found = find_between(statistics, "boundaries", slice_.pair, ("label",), label=label)
    cells = Cells(table.stack(QUANTITIES, found), statistics.n_documents, len(QUANTITIES))
    compared = find_compared(statistics, slice_)

    def score(sums: FloatArray) -> FloatArray:
        return safe_ratio(sums[..., 0] + sums[..., 1] / REACH, sums.sum(axis=-1))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        return {name: float(sums[index]) for index, name in enumerate(QUANTITIES)}

    def reason(_: FloatArray) -> str:
        return NO_BOUNDARIES if compared.any() else NOTHING_TO_COMPARE

    return Measure(cells, compared, score, reason, explain)


def tabulate_boundaries(batch: Batch) -> CountedTables:
    """Count into the table `boundaries` those that two annotators share, have nearly in common, or that only one has."""
    return CountedTables({"boundaries": count_boundaries(batch.counted)})
