"""Rows of additive quantities under integer keys: what statistics are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.ordering import number_codes


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of additive quantities under integer keys.

    Attributes
    ----------
    keys : mapping of column name to int array, shape (row,)
        `document` is always the first; the rows are sorted by their keys. A column `value_1` indexes the axis `value` of
        the statistics. Rows about all annotators together have 0 as both of their annotators.
    quantities : mapping of name to float array, shape (row,)
    """

    keys: Mapping[str, IntArray]
    quantities: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.keys["document"])

    def take(self, rows: IntArray | slice) -> "Table":
        """The rows of an index array or a slice."""
        return Table(
            {name: column[rows] for name, column in self.keys.items()},
            {name: column[rows] for name, column in self.quantities.items()},
        )

    def widen(self) -> "Table":
        """The table with columns of the types that are counted with, where they were packed."""
        return Table(
            {name: column.astype(np.int64, copy=False) for name, column in self.keys.items()},
            {name: column.astype(np.float64, copy=False) for name, column in self.quantities.items()},
        )


def pack(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers in the smallest type that holds them, little-endian; what is no whole number from 0 to 2^32 - 1 stays as it is."""
    if not len(column):
        return column.astype("<u1")
    low, high = column.min(), column.max()
    if (
        low >= 0
        and high <= MAX_WHOLE_NUMBER
        and (column.dtype.kind == "i" or np.all(column == np.floor(column)))
    ):
        return column.astype(np.min_scalar_type(int(high)).newbyteorder("<"))
    return column.astype(column.dtype.newbyteorder("<"))


MAX_WHOLE_NUMBER = 2**32 - 1  # that is packed as a whole number


def tabulate(
    key: IntArray, column: IntArray, weight: FloatArray | None, n_columns: int
) -> tuple[IntArray, FloatArray]:
    """Sum weights (or count) under equal keys and columns.

    Returns
    -------
    distinct : int array, shape (row,)
        The keys, ascending.
    sums : float array, shape (row, column)

    Examples
    --------
    >>> keys, sums = tabulate(np.array([7, 3, 7]), np.array([0, 1, 0]), None, 2)
    >>> keys.tolist(), sums.tolist()
    ([3, 7], [[0.0, 1.0], [2.0, 0.0]])
    """
    distinct, row = number_codes(key)
    flat = np.bincount(row * n_columns + column, weights=weight, minlength=len(distinct) * n_columns)
    return distinct, flat.astype(np.float64, copy=False).reshape(-1, n_columns)


def axis_of(column: str) -> str:
    """The axis that a key column indexes.

    >>> axis_of("value_2")
    'value'
    """
    return column.removesuffix("_1").removesuffix("_2")
