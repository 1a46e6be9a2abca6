"""The matrices behind the measures: columns over the documents that all share, and the cells that each adds up from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.ordering import number_codes
from annotations.agreement.packing.sets import list_ranges
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.tables import Table

ROWS_AT_ONCE = 5_000_000


@dataclass(frozen=True, eq=False)
class Columns:
    """A matrix of shape (document, column), held column by column by its entries.

    Attributes
    ----------
    begins : int array, shape (column + 1,)
        The entries of column `k` are those from `begins[k]` to `begins[k + 1]`.
    document : int array, shape (entry,)
    weight : float array, shape (entry,)
    """

    begins: IntArray
    document: IntArray
    weight: FloatArray

    def __len__(self) -> int:
        return len(self.begins) - 1

    @cached_property
    def totals(self) -> FloatArray:
        """Sum of each column, shape (column,)."""
        column = np.repeat(np.arange(len(self)), self.sizes)
        return np.bincount(column, weights=self.weight, minlength=len(self)).astype(np.float64, copy=False)

    @property
    def sizes(self) -> IntArray:
        """How many entries each column has, int array of shape (column,)."""
        return np.diff(self.begins)

    def list_entries(self, column: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """The entries of some columns, one column after the other: which of them, the document, the weight; each of shape (entry,)."""
        sizes = self.sizes[column]
        rows = list_ranges(self.begins[column], sizes)
        return np.repeat(np.arange(len(column)), sizes), self.document[rows], self.weight[rows]

    def take(self, column: IntArray) -> "Columns":
        """Columns at some places, over the same documents."""
        _, document, weight = self.list_entries(column)
        return Columns(np.concatenate([[0], np.cumsum(self.sizes[column])]), document, weight)

    def scale(self, factor: FloatArray | BoolArray) -> "Columns":
        """Multiply the rows of each document by a factor, shape (document,)."""
        return Columns(self.begins, self.document, self.weight * factor[self.document])


@dataclass(frozen=True, slots=True, eq=False)
class Pivot:
    """A table with a column for each combination of its other keys, one matrix a quantity.

    Attributes
    ----------
    keys : mapping of key to int array, shape (column,)
    quantities : mapping of name to Columns
    """

    keys: Mapping[str, IntArray]
    quantities: Mapping[str, Columns]

    def find(self, **wanted: int) -> IntArray:
        """The columns under these keys; they are sorted by their keys, so the first keys are looked up and not searched."""
        low, high = 0, len(next(iter(self.keys.values())))
        rest = dict(wanted)
        for name, column in self.keys.items():
            if name not in rest:
                break
            span = np.searchsorted(column[low:high], [rest[name], rest.pop(name) + 1])
            low, high = (low + span).tolist()
        found = np.arange(low, high)
        for name, code in rest.items():
            found = found[self.keys[name][found] == code]
        return found

    def stack(self, names: Sequence[str], columns: IntArray) -> list["Part"]:
        """Parts that give each of these quantities, summed over some columns, a cell."""
        return [
            Part(self.quantities[name], columns, np.full(len(columns), cell), np.ones(len(columns)))
            for cell, name in enumerate(names)
        ]


def pivot(statistics: Statistics, name: str, keys: tuple[str, ...] | None = None) -> Pivot:
    """A table of the statistics, turned once for all measures; if keys are named, its rows are summed over all other keys."""

    def turn() -> Pivot:
        table = statistics.tables[name]
        return _pivot(table if keys is None else _sum_over_others(table, keys))

    return statistics.derive(("pivot", name, keys), turn)


def _sum_over_others(table: Table, names: tuple[str, ...]) -> Table:
    kept = ("document", *names)
    sizes = [int(table.keys[name].max(initial=0)) + 1 for name in kept]
    code: IntArray = np.zeros(len(table), dtype=np.int64)
    for name, size in zip(kept, sizes, strict=True):
        code = code * size + table.keys[name]
    distinct, row = number_codes(code)
    keys: dict[str, IntArray] = {}
    rest = distinct
    for name, size in zip(reversed(kept), reversed(sizes), strict=True):
        rest, keys[name] = np.divmod(rest, size)
    return Table(
        {name: keys[name] for name in kept},
        {
            name: np.bincount(row, weights=values, minlength=len(distinct)).astype(np.float64, copy=False)
            for name, values in table.quantities.items()
        },
    )


def _pivot(table: Table) -> Pivot:
    names = [name for name in table.keys if name != "document"]
    sizes = [int(table.keys[name].max(initial=0)) + 1 for name in names]
    code: IntArray = np.zeros(len(table), dtype=np.int64)
    for name, size in zip(names, sizes, strict=True):
        code = code * size + table.keys[name]
    distinct, column = number_codes(code)
    # in few bits, which sort faster; stable, so that documents stay in order
    order = np.argsort(column.astype(np.min_scalar_type(len(distinct))), kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(distinct)))])
    keys: dict[str, IntArray] = {}
    rest = distinct
    for name, size in zip(reversed(names), reversed(sizes), strict=True):
        rest, keys[name] = np.divmod(rest, size)
    document = table.keys["document"][order]
    return Pivot(
        {name: keys[name] for name in names},
        {name: Columns(begins, document, values[order]) for name, values in table.quantities.items()},
    )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Terms of sums: `scale` times a column goes into a cell, arrays of shape (term,)."""

    columns: Columns
    column: IntArray
    cell: IntArray
    scale: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A matrix of shape (document, cell), whose cells are weighted sums of columns."""

    parts: Sequence[Part]
    n_documents: int
    n_cells: int

    @property
    def n_dense(self) -> int:
        """How many numbers the matrix has if it is written out."""
        return self.n_documents * self.n_cells

    def total(self) -> FloatArray:
        """Sum over all documents, shape (cell,)."""
        sums = np.zeros(self.n_cells)
        for part in self.parts:
            weights = part.scale * part.columns.totals[part.column]
            sums += np.bincount(part.cell, weights=weights, minlength=self.n_cells)
        return sums

    def entries(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Documents, cells and what is to be added there, three arrays of shape (entry,)."""
        found: list[tuple[IntArray, IntArray, FloatArray]] = []
        for part in self.parts:
            term, document, weight = part.columns.list_entries(part.column)
            found.append((document, part.cell[term], part.scale[term] * weight))
        documents, cells, weights = zip(*found, strict=True)
        return np.concatenate(documents), np.concatenate(cells), np.concatenate(weights)

    def split(self) -> Iterator[tuple[int, FloatArray]]:
        """The rows of the matrix some documents at a time: the number of the first, and sums of shape (document, cell)."""
        step = max(1, ROWS_AT_ONCE // max(1, self.n_cells))
        document, cell, weight = self.entries()
        order = np.argsort(document, kind="stable")
        document, cell, weight = document[order], cell[order], weight[order]
        for first in range(0, self.n_documents, step):
            last = min(first + step, self.n_documents)
            rows = slice(*np.searchsorted(document, [first, last]).tolist())
            flat = (document[rows] - first) * self.n_cells + cell[rows]
            added = np.bincount(flat, weights=weight[rows], minlength=(last - first) * self.n_cells)
            yield first, added.astype(np.float64, copy=False).reshape(last - first, self.n_cells)

    def dense(self) -> FloatArray:
        """The matrix itself, shape (document, cell)."""
        document, cell, weight = self.entries()
        flat = np.bincount(document * self.n_cells + cell, weights=weight, minlength=self.n_dense)
        return flat.astype(np.float64, copy=False).reshape(self.n_documents, self.n_cells)
