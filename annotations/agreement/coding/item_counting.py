"""Coincidences and confusions of the values that items got: an item is a document of one position."""

import numpy as np

from annotations.agreement.coding.counting import make_confusion_table, make_value_table
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.items import Items
from annotations.agreement.data.naming import ABSENT
from annotations.agreement.data.ordering import order_by, sum_by_key
from annotations.agreement.sums.batches import CountedTables
from annotations.agreement.sums.tables import Table


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
    return make_confusion_table(rows_of, weights)


def count_item_values(items: Items) -> Table:
    """The value that each annotator gave each item, as from `count_values`."""
    n_values, n_annotators = max(1, len(items.values)), max(1, len(items.annotators))
    item, annotator = np.nonzero(items.codes != ABSENT)
    keys = (item * n_annotators + annotator) * n_values + items.codes[item, annotator]
    return make_value_table(keys, np.ones(len(keys)), n_annotators, n_values)


def tabulate_item_confusions(items: Items) -> CountedTables:
    """Count into the table `confusion` which two values two annotators gave an item."""
    return CountedTables({"confusion": count_item_confusions(items)})


def tabulate_item_coincidences(items: Items) -> CountedTables:
    """Count into the table `coincidence` the coincidence matrix of each item."""
    return CountedTables({"coincidence": count_item_coincidences(items)})


def tabulate_item_values(items: Items) -> CountedTables:
    """Count into the table `values` the value that each annotator gave an item."""
    return CountedTables({"values": count_item_values(items)})
