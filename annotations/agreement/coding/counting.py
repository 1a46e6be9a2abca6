"""Coincidences and confusions of the values that positions got, by one sweep over the borders of the stretches."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from annotations.agreement.coding.sweeping import cut_documents, lay_borders, sweep_readings
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.ordering import order_by, sum_by_key
from annotations.agreement.data.stretches import Stretches, find_stretches
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.tables import Table

NO_KEYS: IntArray = np.zeros(0, dtype=np.int64)
CELLS_A_PAIR = 12  # of the coincidences are added up in the time that the confusions of two annotators take


def count_coincidences(corpus: Corpus, stretches: Stretches) -> Table:
    r"""Krippendorff's coincidence matrix of each document, over its positions.

    .. math:: o_{ck} = \sum_u \frac{n_{uc} (n_{uk} - [c = k])}{m_u - 1}

    where :math:`n_{uc}` annotators gave position :math:`u` the value :math:`c` and :math:`m_u` completed the document.
    Positions between two neighbouring borders are alike, so the sum runs over the borders only.

    Parameters
    ----------
    corpus : Corpus
    stretches : Stretches

    Returns
    -------
    Table
        Keys `document`, `value_1` <= `value_2`; quantity `weight` (off the diagonal: one of the two equal cells).
    """
    n_values, n_annotators = len(stretches.values), len(corpus.annotators)
    n_cells, n_pairs = n_values * (n_values + 1) // 2, n_annotators * (n_annotators - 1) // 2
    if n_cells > CELLS_A_PAIR * n_pairs:
        return add_up_confusions(corpus.completed.sum(axis=1), count_confusions(corpus, stretches), n_values)
    upper = np.stack(np.triu_indices(n_values))
    columns: list[tuple[IntArray, IntArray, FloatArray]] = [(NO_KEYS, NO_KEYS, np.zeros(0))]
    for first, last, rows in cut_documents(corpus, stretches, n_values, rows_a_document=n_cells):
        dense = _coincidences_of(corpus, stretches, first=first, last=last, rows=rows).T
        document, cell = np.nonzero(dense != 0)
        columns.append((document + first, cell, dense[document, cell]))
    document, cell, weight = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return Table(
        {"document": document, "value_1": upper[0, cell], "value_2": upper[1, cell]}, {"weight": weight}
    )


def add_up_confusions(judged: IntArray, confusions: Table, n_values: int) -> Table:
    r"""Coincidences of each document from the confusions of all pairs of annotators and the number who judged it, as `count_coincidences` gives them.

    .. math:: o_{ck} = \sum_{a < b} \frac{n^{ab}_{ck} + n^{ab}_{kc}}{m - 1}

    Parameters
    ----------
    judged : int array, shape (document,)
        How many annotators completed each document, :math:`m`.
    confusions : Table
        As from `count_confusions`.
    n_values : int

    Returns
    -------
    Table
        As from `count_coincidences`.
    """
    one, other = confusions.keys["value_1"], confusions.keys["value_2"]
    low, high = np.minimum(one, other), np.maximum(one, other)
    document, weight = confusions.keys["document"], confusions.quantities["weight"]
    keys, sums = sum_by_key(
        (document * n_values + low) * n_values + high,
        np.where(low == high, 2 * weight, weight),
        len(judged) * n_values**2,
    )
    document, cell = np.divmod(keys, max(1, n_values**2))
    value_1, value_2 = np.divmod(cell, max(1, n_values))
    return Table(
        {"document": document, "value_1": value_1, "value_2": value_2},
        {"weight": sums / (judged[document] - 1)},
    )


def _coincidences_of(
    corpus: Corpus, stretches: Stretches, *, first: int, last: int, rows: slice
) -> FloatArray:
    """The upper triangles of the documents `first` to `last`, shape (cell, document)."""
    n_values = len(stretches.values)
    position, size, begins = lay_borders(corpus, stretches, first=first, last=last, rows=rows)
    value = stretches.value[rows]
    n_borders = len(size)
    opens, closes = position[: len(value)], position[len(value) :]
    flat = np.concatenate([value * n_borders + opens, value * n_borders + closes])
    signs = np.ones(2 * len(value))
    signs[len(value) :] = -1
    counts = np.bincount(flat, weights=signs, minlength=n_values * n_borders).astype(np.float64, copy=False)
    counts = counts.reshape(n_values, n_borders)
    np.cumsum(counts[1:], axis=1, out=counts[1:])
    judged = corpus.completed[first:last].sum(axis=1).astype(np.float64)
    runs = np.diff(np.append(begins, n_borders))
    np.subtract(np.repeat(judged, runs), counts[1:].sum(axis=0), out=counts[0])
    weighted = counts * size
    inner = np.empty((n_values * (n_values + 1) // 2, last - first))
    product = np.empty(n_borders)
    cell = 0
    for c in range(n_values):
        for k in range(c, n_values):
            np.multiply(weighted[c], counts[k], out=product)
            if c == k:
                product -= weighted[c]
            inner[cell] = np.add.reduceat(product, begins)
            cell += 1
    pairable = judged > 1
    return np.where(pairable, inner / np.where(pairable, judged - 1, 1), 0.0)


def count_confusions(corpus: Corpus, stretches: Stretches) -> Table:
    """How many positions of each document two annotators gave which two values.

    Parameters
    ----------
    corpus : Corpus
    stretches : Stretches

    Returns
    -------
    Table
        Keys `document`, `annotator_1` < `annotator_2`, `value_1`, `value_2`; quantity `weight`.
    """
    n_values, n_annotators = len(stretches.values), len(corpus.annotators)
    rows_of: list[tuple[IntArray, ...]] = []
    weights: list[FloatArray] = []
    for first, last, values, size, begins in sweep_readings(corpus, stretches):
        document = np.repeat(np.arange(last - first), np.diff(np.append(begins, len(size))))
        base = document * n_values * n_values
        for a, b in combinations(range(n_annotators), 2):
            both = corpus.completed[first:last, a] & corpus.completed[first:last, b]
            if not both.any():
                continue
            keys, sums = sum_by_key(
                base + values[a] * n_values + values[b], size, (last - first) * n_values**2
            )
            where, cell = np.divmod(keys, n_values**2)
            kept = both[where]
            value_1, value_2 = np.divmod(cell[kept], n_values)
            pair = np.full(len(value_1), a), np.full(len(value_1), b)
            rows_of.append((where[kept] + first, *pair, value_1, value_2))
            weights.append(sums[kept])
    return make_confusion_table(rows_of, weights)


def count_values(corpus: Corpus, stretches: Stretches) -> Table:
    """How many positions of each document each annotator gave each value.

    Parameters
    ----------
    corpus : Corpus
    stretches : Stretches

    Returns
    -------
    Table
        Keys `document`, `annotator`, `value`; quantity `weight`.
    """
    n_values, n_annotators = len(stretches.values), max(1, len(corpus.annotators))
    reading = stretches.document * n_annotators + stretches.annotator
    size = (stretches.end - stretches.start).astype(np.float64)
    marked = np.bincount(reading, weights=size, minlength=corpus.completed.size)
    document, annotator = np.nonzero(corpus.completed)
    done = document * n_annotators + annotator
    keys, sums = sum_by_key(
        np.concatenate([reading * n_values + stretches.value, done * n_values]),
        np.concatenate([size, corpus.lengths[document] - marked[done]]),
        len(corpus.documents) * n_annotators * n_values,
    )
    return make_value_table(keys, sums, n_annotators, n_values)


def make_value_table(keys: IntArray, weight: FloatArray, n_annotators: int, n_values: int) -> Table:
    """Make the table of `count_values` from keys that join document, annotator and value, in their order."""
    reading, value = np.divmod(keys, n_values)
    document, annotator = np.divmod(reading, n_annotators)
    return Table({"document": document, "annotator": annotator, "value": value}, {"weight": weight})


def make_confusion_table(rows_of: Sequence[tuple[IntArray, ...]], weights: Sequence[FloatArray]) -> Table:
    """Join parts into the table of `count_confusions`: each part has a column for each of the five keys, and a weight for each row."""
    names = ("document", "annotator_1", "annotator_2", "value_1", "value_2")
    columns = (
        [np.concatenate(column) for column in zip(*rows_of, strict=True)]
        if rows_of
        else [np.zeros(0, dtype=np.int64) for _ in names]
    )
    order = order_by(*columns)
    weight = np.concatenate(weights) if weights else np.zeros(0)
    return Table(
        {name: column[order] for name, column in zip(names, columns, strict=True)},
        {"weight": weight[order]},
    )


def lay_stretches(batch: Batch) -> Stretches:
    """The stretches of one value of a batch, from which all tables over positions are counted."""
    return find_stretches(batch.counted)


def tabulate_confusions(batch: Batch) -> CountedTables:
    """Count into the table `confusion` how many positions of a text two annotators gave which two values."""
    stretches = batch.derive(lay_stretches)
    return CountedTables(
        {"confusion": count_confusions(batch.counted, stretches)}, {"value": stretches.values}
    )


def tabulate_coincidences(batch: Batch) -> CountedTables:
    """Count into the table `coincidence` Krippendorff's coincidences of positions; where the confusions are wanted too, of them."""
    stretches = batch.derive(lay_stretches)
    if "confusion" in batch.needed:
        confusions = batch.derive(tabulate_confusions).tables["confusion"]
        judged = batch.counted.completed.sum(axis=1)
        table = add_up_confusions(judged, confusions, len(stretches.values))
    else:
        table = count_coincidences(batch.counted, stretches)
    return CountedTables({"coincidence": table}, {"value": stretches.values})


def tabulate_values(batch: Batch) -> CountedTables:
    """Count into the table `values` how many positions of a text each annotator gave each value."""
    stretches = batch.derive(lay_stretches)
    return CountedTables({"values": count_values(batch.counted, stretches)}, {"value": stretches.values})
