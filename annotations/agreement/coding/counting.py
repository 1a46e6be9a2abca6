"""Coincidences and confusions of values, by one sweep over the borders of the stretches."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.naming import ABSENT
from annotations.agreement.data.ordering import order_by, sum_by_key
from annotations.agreement.data.stretches import Stretches, find_stretches
from annotations.agreement.packing.sets import cut_runs
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.tables import Table

CELLS_AT_ONCE = 4_000_000
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
    for first, last, rows in _chunks(corpus, stretches, n_values, rows_a_document=n_cells):
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
    return _confusion_table(rows_of, weights)


def sweep_readings(
    corpus: Corpus, stretches: Stretches
) -> Iterator[tuple[int, int, IntArray, FloatArray, IntArray]]:
    """What every annotator made of every run of equal positions, some documents at a time.

    Yields
    ------
    first, last : int
        The documents from `first` to before `last`.
    values : int array, shape (annotator, run)
        Index `stretches.values`; also of annotators who did not complete the document.
    size : float array, shape (run,)
        Number of positions; a run begins where the one before it ends.
    begins : int array, shape (document,)
        The run with which each document begins.
    """
    n_annotators = len(corpus.annotators)
    for first, last, rows in _chunks(corpus, stretches, n_annotators):
        position, size, begins = lay_borders(corpus, stretches, first=first, last=last, rows=rows)
        n_borders, value, annotator = len(size), stretches.value[rows], stretches.annotator[rows]
        opens, closes = position[: len(value)], position[len(value) :]
        flat = np.concatenate([annotator * n_borders + opens, annotator * n_borders + closes])
        change = np.concatenate([value, -value]).astype(np.float64)
        read = np.bincount(flat, weights=change, minlength=n_annotators * n_borders).reshape(
            n_annotators, n_borders
        )
        yield first, last, np.cumsum(read, axis=1).astype(np.int64), size, begins


def count_item_coincidences(items: Items) -> Table:
    """The coincidence matrix of each item: every item is a document of one position.

    Parameters
    ----------
    items : Items

    Returns
    -------
    Table
        As from `count_coincidences`.
    """
    n_values = len(items.values)
    present = items.codes != ABSENT
    document, column = np.nonzero(present)
    keys, tally = sum_by_key(
        document * n_values + items.codes[document, column],
        np.ones(len(document)),
        len(items.items) * n_values,
    )
    item, value = np.divmod(keys, max(1, n_values))
    judged = present.sum(axis=1).astype(np.float64)
    starts = np.searchsorted(item, np.arange(len(items.items) + 1))
    width = int(np.diff(starts).max(initial=0))
    rows_of, weights = [], []
    for step in range(width):
        left = np.flatnonzero(np.arange(len(item)) + step < starts[item + 1])
        right = left + step
        product = tally[left] * (tally[right] - (step == 0))
        kept = (judged[item[left]] > 1) & (product > 0)
        left, right = left[kept], right[kept]
        rows_of.append((item[left], value[left], value[right]))
        weights.append(product[kept] / (judged[item[left]] - 1))
    document, value_1, value_2 = (
        (np.concatenate(columns) for columns in zip(*rows_of, strict=True))
        if rows_of
        else (np.zeros(0, dtype=np.int64) for _ in range(3))
    )
    weight = np.concatenate(weights) if weights else np.zeros(0)
    order = order_by(document, value_1, value_2)
    return Table(
        {"document": document[order], "value_1": value_1[order], "value_2": value_2[order]},
        {"weight": weight[order]},
    )


def count_item_confusions(items: Items) -> Table:
    """Count which two values each two annotators gave an item.

    Parameters
    ----------
    items : Items

    Returns
    -------
    Table
        As from `count_confusions`.
    """
    item, annotator = np.nonzero(items.codes != ABSENT)
    value = items.codes[item, annotator]
    rows_of: list[tuple[IntArray, ...]] = []
    weights: list[FloatArray] = []
    most = int(np.bincount(item, minlength=1).max())
    for step in range(1, most):  # the judgements of an item follow one another
        one = np.flatnonzero(item[:-step] == item[step:])
        other = one + step
        rows_of.append((item[one], annotator[one], annotator[other], value[one], value[other]))
        weights.append(np.ones(len(one)))
    return _confusion_table(rows_of, weights)


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
    return _values_table(keys, sums, n_annotators, n_values)


def count_item_values(items: Items) -> Table:
    """The value that each annotator gave each item, as from `count_values`."""
    n_values, n_annotators = max(1, len(items.values)), max(1, len(items.annotators))
    item, annotator = np.nonzero(items.codes != ABSENT)
    keys = (item * n_annotators + annotator) * n_values + items.codes[item, annotator]
    return _values_table(keys, np.ones(len(keys)), n_annotators, n_values)


def _values_table(keys: IntArray, weight: FloatArray, n_annotators: int, n_values: int) -> Table:
    reading, value = np.divmod(keys, n_values)
    document, annotator = np.divmod(reading, n_annotators)
    return Table({"document": document, "annotator": annotator, "value": value}, {"weight": weight})


def _confusion_table(rows_of: Sequence[tuple[IntArray, ...]], weights: Sequence[FloatArray]) -> Table:
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


def _chunks(
    corpus: Corpus, stretches: Stretches, rows_a_border: int, *, rows_a_document: int = 0
) -> list[tuple[int, int, slice]]:
    """Runs of documents that are swept together, so that memory stays bounded."""
    ends = np.searchsorted(stretches.document, np.arange(len(corpus.documents)), side="right")
    cost = np.cumsum((2 * np.diff(np.append(0, ends)) + 1) * max(1, rows_a_border) + rows_a_document)
    return [
        (run.start, run.stop, slice(int(ends[run.start - 1]) if run.start else 0, int(ends[run.stop - 1])))
        for run in cut_runs(cost, CELLS_AT_ONCE)
    ]


def lay_borders(
    corpus: Corpus,
    stretches: Stretches,
    *,
    first: int,
    last: int,
    rows: slice,
) -> tuple[IntArray, FloatArray, IntArray]:
    """Sort all borders of some documents laid end to end.

    Returns
    -------
    position : int array, shape (2 x stretch,)
        The place of each start, then of each end, among the sorted distinct borders.
    size : float array, shape (border,)
        Number of positions from each border to the next.
    begins : int array, shape (document,)
        The border at which each document begins.
    """
    lengths = np.maximum(
        corpus.lengths[first:last], 1
    )  # an empty document keeps a border of its own, of size 0
    offset = np.concatenate([[0], np.cumsum(lengths)])
    shift = offset[stretches.document[rows] - first]
    events = np.concatenate([stretches.start[rows] + shift, stretches.end[rows] + shift, offset])
    bits = len(events).bit_length()
    if int(offset[-1]).bit_length() + bits < 63:  # noqa: PLR2004  (place and number share one sortable integer)
        packed = np.sort((events << bits) | np.arange(len(events)))
        order, places = packed & ((1 << bits) - 1), packed >> bits
    else:
        order = np.argsort(events, kind="stable")
        places = events[order]
    fresh = np.empty(len(events), dtype=bool)
    fresh[0] = True
    np.not_equal(places[1:], places[:-1], out=fresh[1:])
    position = np.empty(len(events), dtype=np.int64)
    position[order] = np.cumsum(fresh) - 1
    distinct = places[fresh]
    begins = position[-(last - first + 1) : -1]
    size = np.diff(distinct).astype(np.float64)
    size[begins[corpus.lengths[first:last] == 0]] = 0.0
    closing = len(distinct) - 1  # the very last border opens nothing
    return np.minimum(position[: -(last - first + 1)], closing), np.append(size, 0.0), begins


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


def tabulate_item_confusions(items: Items) -> CountedTables:
    """Count into the table `confusion` which two values two annotators gave an item."""
    return CountedTables({"confusion": count_item_confusions(items)})


def tabulate_item_coincidences(items: Items) -> CountedTables:
    """Count into the table `coincidence` the coincidence matrix of each item."""
    return CountedTables({"coincidence": count_item_coincidences(items)})


def tabulate_item_values(items: Items) -> CountedTables:
    """Count into the table `values` the value that each annotator gave an item."""
    return CountedTables({"values": count_item_values(items)})
