"""A metric seen as a function of sums over documents: what makes slices and resampling cheap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.statistics import Statistics, Table

Score = Callable[[FloatArray], FloatArray]
Explain = Callable[[FloatArray], Mapping[str, Any]]
Reason = Callable[[FloatArray], str]

NOTHING_TO_COMPARE = "nothing to compare: no document was completed by two annotators"
NO_VARIATION = "no variation: all judgements are the same, so chance agreement is 1"
NO_UNITS = "no spans: the annotators compared marked nothing"


@dataclass(frozen=True, slots=True)
class Scope:
    """The slice of the data that is measured: one label, one pair of annotators, or everything."""

    label: str | None = None
    pair: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A matrix of shape (document, cell), held by its entries that are not zero.

    Attributes
    ----------
    document, cell : int arrays, shape (entry,)
    weight : float array, shape (entry,)
    n_documents, n_cells : int
    """

    document: IntArray
    cell: IntArray
    weight: FloatArray
    n_documents: int
    n_cells: int

    @classmethod
    def from_columns(cls, document: IntArray, columns: FloatArray, n_documents: int) -> "Cells":
        """Cells 0, 1, ... from the columns of an array of shape (row, cell)."""
        n_rows, n_cells = columns.shape
        return cls(
            np.repeat(document, n_cells),
            np.tile(np.arange(n_cells), n_rows),
            columns.ravel(),
            n_documents,
            n_cells,
        )

    @property
    def n_dense(self) -> int:
        return self.n_documents * self.n_cells

    def total(self) -> FloatArray:
        """Sum over all documents, shape (cell,)."""
        return np.bincount(self.cell, weights=self.weight, minlength=self.n_cells).astype(
            np.float64, copy=False
        )

    def dense(self) -> FloatArray:
        """The matrix itself, shape (document, cell)."""
        flat = np.bincount(
            self.document * self.n_cells + self.cell, weights=self.weight, minlength=self.n_dense
        )
        return flat.astype(np.float64, copy=False).reshape(self.n_documents, self.n_cells)

    def dense_columns(self) -> FloatArray:
        """The matrix the other way round, shape (cell, document)."""
        flat = np.bincount(
            self.cell * self.n_documents + self.document, weights=self.weight, minlength=self.n_dense
        )
        return flat.astype(np.float64, copy=False).reshape(self.n_cells, self.n_documents)


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One number of a report, ready to be computed from any weighting of the documents.

    Attributes
    ----------
    cells : Cells
    used : bool array, shape (document,)
        The documents that were compared at all.
    score : callable
        Sums of shape (..., cell) to values of shape (...); NaN inside where undefined.
    reason : callable
        Sums of shape (cell,) to a sentence that says why the score is undefined there.
    explain : callable
        Sums of shape (cell,) to the details of the report.
    """

    cells: Cells
    used: BoolArray
    score: Score
    reason: Reason
    explain: Explain = field(default=lambda _: {})


def find_compared(statistics: Statistics, scope: Scope) -> BoolArray:
    """The documents that two annotators (or both of the pair) completed, shape (document,)."""
    return statistics.derive(("compared", scope.pair), lambda: _find_compared(statistics, scope))


def _find_compared(statistics: Statistics, scope: Scope) -> BoolArray:
    table = statistics.tables["judgements"]
    document, annotator = table.keys["document"], table.keys["annotator"]
    if scope.pair is not None:
        place = {name: index for index, name in enumerate(statistics.axes["annotator"])}
        wanted = [place[name] for name in scope.pair]
        document = document[np.isin(annotator, wanted)]
    return np.bincount(document, minlength=statistics.n_documents) > 1


def rows_of_pair(statistics: Statistics, table: Table, pair: tuple[str, str] | None) -> Table:
    """The rows of a table about one pair of annotators, or all rows."""
    if pair is None:
        return table
    place = {name: index for index, name in enumerate(statistics.axes["annotator"])}
    first, second = sorted(place[name] for name in pair)
    return table.take(
        np.flatnonzero((table.keys["annotator_1"] == first) & (table.keys["annotator_2"] == second))
    )


def safe_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, with NaN where the denominator is zero and no warning."""
    result = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) > 0)
    return result
