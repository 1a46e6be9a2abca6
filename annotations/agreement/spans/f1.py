"""Agreement without chance: span F1 in four senses, Dice and intersection over union of characters."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.ordering import number_codes
from annotations.agreement.data.stretches import members_of
from annotations.agreement.spans.matching import Overlaps, find_overlaps, lay_overlaps, match_spans
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.cells import Cells, Part
from annotations.agreement.sums.measures import (
    NO_UNITS,
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    find_between,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.tables import Table, tabulate

SENSES = ("strict", "exact", "partial", "type")
ALL_LABELS = ""  # the first name of the label axis stands for the spans of all labels together


def count_matches(corpus: Corpus, overlaps: Overlaps | None = None) -> Table:
    """Matched spans of each pair of annotators in each document, in the four senses of SemEval-2013 task 9.1.

    Parameters
    ----------
    corpus : Corpus
    overlaps : Overlaps, optional

    Returns
    -------
    Table
        Keys `document`, `annotator_1` < `annotator_2`, `label` (0: all labels together; n + 1: label n);
        quantities `units_1`, `units_2`, `strict`, `exact`, `partial` and `type`, where `partial` counts identical
        borders as 1 and overlapping ones as one half.
    """
    found = find_overlaps(corpus) if overlaps is None else overlaps
    same_label = corpus.label[found.first] == corpus.label[found.second]
    same_place = (corpus.start[found.first] == corpus.start[found.second]) & (
        corpus.end[found.first] == corpus.end[found.second]
    )
    half = np.where(same_place, 1.0, 0.5)
    one = np.ones(len(half))
    tally = _Tally(corpus)
    labelled, placed = found.take(same_label), found.take(same_place)
    both = found.take(same_label & same_place)
    strict = match_spans(corpus, both, one[: len(both.first)])
    kind = match_spans(corpus, labelled, one[: len(labelled.first)])
    for with_label in (False, True):
        tally.add("strict", both.take(strict), 1.0, with_label=with_label)
        tally.add("type", labelled.take(kind), 1.0, with_label=with_label)
    exact = match_spans(corpus, placed, one[: len(placed.first)])
    tally.add("exact", placed.take(exact), 1.0, with_label=False)
    tally.add("exact", both.take(strict), 1.0, with_label=True)
    partial = match_spans(corpus, found, half)
    tally.add("partial", found.take(partial), half[partial], with_label=False)
    own = match_spans(corpus, labelled, half[same_label])
    tally.add("partial", labelled.take(own), half[same_label][own], with_label=True)
    return tally.table()


class _Tally:
    """Sums over (document, pair of annotators, label)."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.n_labels = len(corpus.labels) + 1
        self.pairs = list(combinations(range(len(corpus.annotators)), 2))
        self.keys: list[IntArray] = []
        self.columns: list[IntArray] = []
        self.weights: list[FloatArray] = []
        self.names = ("units_1", "units_2", *SENSES)
        self._count_units()

    def _count_units(self) -> None:
        corpus, n_annotators = self.corpus, len(self.corpus.annotators)
        for label in (np.zeros(corpus.n_spans, dtype=np.int64), corpus.label + 1):
            code = (corpus.document * n_annotators + corpus.annotator) * self.n_labels + label
            held, units = np.unique(code, return_counts=True)
            document, rest = np.divmod(held, n_annotators * self.n_labels)
            annotator, own_label = np.divmod(rest, self.n_labels)
            for other in range(n_annotators):
                rows = (annotator != other) & corpus.completed[document, other]
                low, high = np.minimum(annotator[rows], other), np.maximum(annotator[rows], other)
                key = self._key(document[rows], low, high, own_label[rows])
                self._append(key, (annotator[rows] == high).astype(np.int64), units[rows].astype(np.float64))

    def add(self, sense: str, matches: Overlaps, weight: FloatArray | float, *, with_label: bool) -> None:
        corpus = self.corpus
        label = (
            corpus.label[matches.first] + 1 if with_label else np.zeros(len(matches.first), dtype=np.int64)
        )
        low, high = corpus.annotator[matches.first], corpus.annotator[matches.second]
        key = self._key(corpus.document[matches.first], low, high, label)
        column = np.full(len(key), self.names.index(sense))
        self._append(key, column, np.broadcast_to(np.asarray(weight, dtype=np.float64), key.shape))

    def _key(self, document: IntArray, low: IntArray, high: IntArray, label: IntArray) -> IntArray:
        n_annotators = len(self.corpus.annotators)
        return ((document * n_annotators + low) * n_annotators + high) * self.n_labels + label

    def _append(self, key: IntArray, column: IntArray, weight: FloatArray) -> None:
        self.keys.append(key)
        self.columns.append(column)
        self.weights.append(weight)

    def table(self) -> Table:
        n_annotators = len(self.corpus.annotators)
        distinct, sums = tabulate(
            np.concatenate(self.keys),
            np.concatenate(self.columns),
            np.concatenate(self.weights),
            len(self.names),
        )
        rest, label = np.divmod(distinct, self.n_labels)
        rest, high = np.divmod(rest, max(1, n_annotators))
        document, low = np.divmod(rest, max(1, n_annotators))
        return Table(
            {"document": document, "annotator_1": low, "annotator_2": high, "label": label},
            {name: sums[:, index].copy() for index, name in enumerate(self.names)},
        )


def build_f1(statistics: Statistics, slice_: Slice, *, sense: str) -> Measure:
    r"""Span F1, all pairs of annotators pooled; symmetric, so it does not matter who is taken as the reference.

    .. math:: F_1 = \frac{2 M}{N_1 + N_2}

    :math:`M` is the number of matched spans, :math:`N_1, N_2` the number of spans of the two annotators. From 0 to 1.

    Parameters
    ----------
    statistics : Statistics
        With the table `matches`.
    slice_ : Slice
    sense : 'strict', 'exact', 'partial' or 'type'
        What a match is, as `count_matches` says.

    References
    ----------
    Segura-Bedmar, I., Martínez, P., Herrero-Zazo, M. (2013). SemEval-2013 task 9. SemEval 2013.
    """
    label = statistics.axes["label"].index(slice_.label or ALL_LABELS)
    names = (sense, "units_1", "units_2")
    table, found = find_between(statistics, "matches", slice_.pair, ("label",), label=label)
    cells = Cells(table.stack(names, found), statistics.n_documents, len(names))
    compared = find_compared(statistics, slice_)

    def score(sums: FloatArray) -> FloatArray:
        return safe_ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        return {
            "matched": float(sums[0]),
            "units_1": float(sums[1]),
            "units_2": float(sums[2]),
            "only_1": float(sums[1] - sums[0]),
            "only_2": float(sums[2] - sums[0]),
        }

    def reason(_: FloatArray) -> str:
        return NO_UNITS if compared.any() else NOTHING_TO_COMPARE

    return Measure(cells, compared, score, reason, explain)


def build_coverage(statistics: Statistics, slice_: Slice, *, kind: str) -> Measure:
    r"""Dice or intersection over union of labelled positions, all labels and pairs of annotators pooled.

    .. math:: \mathrm{Dice} = \frac{2 |A \cap B|}{|A| + |B|}, \quad \mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|}

    A position with two labels counts once for each. Both are from 0 to 1, and undefined where nobody labelled anything.

    Parameters
    ----------
    statistics : Statistics
        With the table `confusion`.
    slice_ : Slice
    kind : 'dice' or 'iou'
    """
    table, found = find_between(statistics, "confusion", slice_.pair, ("value_1", "value_2"))
    names = statistics.axes["value"]
    sets = [_labels_of(name, statistics.kind) for name in names]
    if slice_.label is not None:
        sets = [members & {slice_.label} for members in sets]
    sizes = np.array([len(members) for members in sets], dtype=np.float64)
    value_1, value_2 = table.keys["value_1"][found], table.keys["value_2"][found]
    met, which = number_codes(value_1 * len(sets) + value_2)
    shared = np.array(
        [len(sets[one] & sets[other]) for one, other in zip(*divmod(met, len(sets)), strict=True)],
        dtype=np.float64,
    )
    scales = (shared[which], sizes[value_1], sizes[value_2])
    parts = [
        Part(table.quantities["weight"], found, np.full(len(found), cell), scale)
        for cell, scale in enumerate(scales)
    ]
    cells = Cells(parts, statistics.n_documents, len(parts))
    compared = find_compared(statistics, slice_)

    def score(sums: FloatArray) -> FloatArray:
        common, both = sums[..., 0], sums[..., 1] + sums[..., 2]
        return safe_ratio(2 * common, both) if kind == "dice" else safe_ratio(common, both - common)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        return {"shared": float(sums[0]), "covered_1": float(sums[1]), "covered_2": float(sums[2])}

    def reason(_: FloatArray) -> str:
        return NO_UNITS if compared.any() else NOTHING_TO_COMPARE

    return Measure(cells, compared, score, reason, explain)


def _labels_of(value: str, kind: str) -> set[str]:
    return {value} if kind == "items" else set(members_of(value))


def tabulate_matches(batch: Batch) -> CountedTables:
    """Count into the table `matches` the matched spans of each pair of annotators."""
    return CountedTables({"matches": count_matches(batch.corpus, batch.derive(lay_overlaps))})
