"""A metric seen as a function of sums over documents: what makes slices and resampling cheap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.sums.cells import Cells
from annotations.agreement.sums.statistics import Statistics

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
    also_used : bool array, shape (document,), optional
        Documents that were not compared and count all the same, as they do for prevalence.
    """

    cells: Cells
    used: BoolArray
    score: Score
    reason: Reason
    explain: Explain = field(default=lambda _: {})
    also_used: BoolArray | None = None

    @property
    def drawn(self) -> BoolArray:
        """The documents that resampling draws from."""
        return self.used if self.also_used is None else self.used | self.also_used


def find_compared(statistics: Statistics, scope: Scope) -> BoolArray:
    """The documents that two annotators (or both of the pair) completed, shape (document,)."""
    return statistics.derive(("compared", scope.pair), lambda: count_judged(statistics, scope) > 1)


def count_judged(statistics: Statistics, scope: Scope) -> IntArray:
    """How many annotators, or of the pair, completed each document, shape (document,)."""
    table = statistics.tables["judgements"]
    document, annotator = table.keys["document"], table.keys["annotator"]
    if scope.pair is not None:
        place = {name: index for index, name in enumerate(statistics.axes["annotator"])}
        wanted = [place[name] for name in scope.pair]
        document = document[np.isin(annotator, wanted)]
    return np.bincount(document, minlength=statistics.n_documents)


def keys_of_pair(statistics: Statistics, pair: tuple[str, str] | None) -> dict[str, int]:
    """The keys of what a table holds about one pair of annotators, or none to find all pairs."""
    if pair is None:
        return {}
    place = {name: index for index, name in enumerate(statistics.axes["annotator"])}
    first, second = sorted(place[name] for name in pair)
    return {"annotator_1": first, "annotator_2": second}


def keys_of_scope(statistics: Statistics, pair: tuple[str, str] | None) -> dict[str, int]:
    """The same in a table that holds all annotators together beside the pairs."""
    return keys_of_pair(statistics, pair) or {"annotator_1": 0, "annotator_2": 0}


def safe_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, with NaN where the denominator is zero and no warning."""
    result = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) > 0)
    return result
