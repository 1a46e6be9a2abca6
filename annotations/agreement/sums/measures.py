"""A metric seen as a function of sums over documents: what makes slices and resampling cheap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.sums.cells import Cells, Pivot, pivot
from annotations.agreement.sums.statistics import Statistics

Score = Callable[[FloatArray], FloatArray]
Explain = Callable[[FloatArray], Mapping[str, Any]]
Reason = Callable[[FloatArray], str]

NOTHING_TO_COMPARE = "nothing to compare: no document was completed by two annotators"
NO_VARIATION = "no variation: all judgements are the same, so chance agreement is 1"
NO_UNITS = "no spans: the annotators compared marked nothing"


@dataclass(frozen=True, slots=True)
class Slice:
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


def find_compared(statistics: Statistics, slice_: Slice) -> BoolArray:
    """The documents that two annotators (or both of the pair) completed, shape (document,)."""
    return statistics.derive(("compared", slice_.pair), lambda: count_judged(statistics, slice_) > 1)


def count_judged(statistics: Statistics, slice_: Slice) -> IntArray:
    """How many annotators, or of the pair, completed each document, shape (document,)."""
    if slice_.pair is None:
        document = statistics.tables["judgements"].keys["document"]
    else:
        document = np.concatenate([_find_documents(statistics, name) for name in slice_.pair])
    return np.bincount(document, minlength=statistics.n_documents)


def _find_documents(statistics: Statistics, annotator: str) -> IntArray:
    """The documents that an annotator completed."""
    table = pivot(statistics, "judgements")
    (column,) = table.find(annotator=place_of(statistics, "annotator")[annotator]).tolist() or [None]
    if column is None:
        return np.zeros(0, dtype=np.int64)
    judged = table.quantities["spans"]
    return judged.document[judged.begins[column] : judged.begins[column + 1]]


def place_of(statistics: Statistics, axis: str) -> dict[str, int]:
    """Map each name of an axis of the statistics to its place there; the mapping is made once and kept with them."""
    return statistics.derive(
        ("place", axis), lambda: {name: index for index, name in enumerate(statistics.axes[axis])}
    )


def find_pairs(statistics: Statistics) -> list[tuple[str, str]]:
    """The pairs of annotators who have a document in common, in order."""
    keys = statistics.tables["judgements"].keys
    document, annotator = keys["document"], keys["annotator"]
    n_annotators = len(statistics.axes["annotator"])
    met: IntArray = np.zeros(0, dtype=np.int64)
    for step in range(
        1, int(np.bincount(document, minlength=1).max())
    ):  # those of a document follow one another
        one = np.flatnonzero(document[:-step] == document[step:])
        met = np.union1d(met, annotator[one] * n_annotators + annotator[one + step])
    names = statistics.axes["annotator"]
    return [(names[one], names[other]) for one, other in zip(*np.divmod(met, n_annotators), strict=True)]


def keys_of_pair(statistics: Statistics, pair: tuple[str, str] | None) -> dict[str, int]:
    """The keys of what a table holds about one pair of annotators, or none to find all pairs."""
    if pair is None:
        return {}
    place = place_of(statistics, "annotator")
    first, second = sorted(place[name] for name in pair)
    return {"annotator_1": first, "annotator_2": second}


def find_between(
    statistics: Statistics, name: str, pair: tuple[str, str] | None, keys: tuple[str, ...], **wanted: int
) -> tuple[Pivot, IntArray]:
    """What a table of pairs holds about one pair, or about all summed over what is not among the keys; and which columns.

    Of all pairs there are many more columns than sums over them, and where many annotators share few documents most hold
    one document.
    """
    if pair is None:
        table = pivot(statistics, name, keys)
        return table, table.find(**wanted)
    table = pivot(statistics, name)
    return table, table.find(**keys_of_pair(statistics, pair), **wanted)


def keys_of_pair_or_all(statistics: Statistics, pair: tuple[str, str] | None) -> dict[str, int]:
    """The keys of one pair of annotators, or of all together, in a table that holds both."""
    return keys_of_pair(statistics, pair) or {"annotator_1": 0, "annotator_2": 0}


def safe_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, with NaN where the denominator is zero and no warning."""
    result = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) > 0)
    return result
