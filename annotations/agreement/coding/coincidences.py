"""How often any two annotators gave two values to the same position or item, as the cells that measures add up."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.coding.distances import Distance, Nominal
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.stretches import members_of
from annotations.agreement.sums.cells import Cells, Columns, Part, pivot
from annotations.agreement.sums.measures import (
    Slice,
    count_judged,
    keys_of_pair,
)
from annotations.agreement.sums.statistics import Statistics


@dataclass(frozen=True, slots=True, eq=False)
class Coincidences:
    """Columns of pairs of values, each with the sum of its two coincidence cells, which are equal.

    Attributes
    ----------
    columns : Columns
        Of shape (document, column).
    column : int array, shape (pair of values,)
        Which of the columns counts the pair.
    value_1, value_2 : int array, shape (pair of values,)
        The numbers of the two values on the axis `value`.
    scale : float array, shape (pair of values,)
        What the column is multiplied by, so that it is the sum of the two cells.
    """

    columns: Columns
    column: IntArray
    value_1: IntArray
    value_2: IntArray
    scale: FloatArray


def find_coincidences(statistics: Statistics, slice_: Slice) -> Coincidences:
    """Look up the coincidences of all annotators, or those of one pair where the slice names one.

    Parameters
    ----------
    statistics : Statistics
        With the table `coincidence`, or `confusion` for a pair.
    slice_ : Slice

    Returns
    -------
    Coincidences
    """
    table = pivot(statistics, "coincidence" if slice_.pair is None else "confusion")
    column = table.find(**keys_of_pair(statistics, slice_.pair))
    value_1, value_2 = table.keys["value_1"][column], table.keys["value_2"][column]
    scale = 1.0 + (value_1 != value_2) if slice_.pair is None else np.full(len(column), 2.0)
    return Coincidences(table.quantities["weight"], column, value_1, value_2, scale)


def fold_values(statistics: Statistics, slice_: Slice) -> tuple[IntArray, int]:
    """Number the values within a slice: each by itself, or, in the slice of a label, 1 for those that have it and 0 for the others.

    Returns
    -------
    fold : int array, shape (value,)
    n_values : int
        How many different numbers there can be.
    """
    names = statistics.axes["value"]
    if slice_.label is None:
        return np.arange(len(names)), len(names)
    if statistics.kind == "items":
        return np.array([name == slice_.label for name in names], dtype=np.int64), 2
    return np.array([slice_.label in members_of(name) for name in names], dtype=np.int64), 2


def agreement_cells(
    statistics: Statistics, slice_: Slice, *, distance: Distance | None = None, is_once: bool = False
) -> tuple[Cells, int]:
    """What coefficients need of the coincidences: each value's sum, then that of all pairs, and how far apart these are in sum.

    Parameters
    ----------
    statistics : Statistics
    slice_ : Slice
    distance : Distance, optional
        How far apart two values are; 1 for any two different ones if not given.
    is_once : bool
        Whether, in the last two sums, a position weighs once, and not as much as it has judgements.

    Returns
    -------
    cells : Cells
        Of shape (document, n_values + 2).
    n_values : int
        How many values there are, two in the slice of a label.
    """
    found = find_coincidences(statistics, slice_)
    fold, n_values = fold_values(statistics, slice_)
    value_1, value_2 = fold[found.value_1], fold[found.value_2]
    columns, scale = (found.columns, found.scale) if not is_once else _weigh_once(statistics, slice_, found)
    apart = (distance or Nominal()).between(value_1, value_2)
    parts = [
        count_values(found, value_1, value_2),
        Part(columns, found.column, np.full(len(value_1), n_values), scale),
        Part(columns, found.column, np.full(len(value_1), n_values + 1), scale * apart),
    ]
    return Cells(parts, statistics.n_documents, n_values + 2), n_values


def _weigh_once(statistics: Statistics, slice_: Slice, found: Coincidences) -> tuple[Columns, FloatArray]:
    """The coincidences and their scale, so that those of each position add up to 1."""
    if slice_.pair is not None:
        return found.columns, found.scale / 2

    def share_out() -> Columns:
        return found.columns.scale(1 / np.maximum(count_judged(statistics, slice_), 1))

    return statistics.derive("coincidences, each position once", share_out), found.scale


def count_values(found: Coincidences, value_1: IntArray, value_2: IntArray) -> Part:
    """How often each value occurs, a cell a value; `value_1` and `value_2` are those of the coincidences, perhaps folded."""
    return Part(
        found.columns,
        np.concatenate([found.column, found.column]),
        np.concatenate([value_1, value_2]),
        np.concatenate([found.scale, found.scale]) / 2,
    )
