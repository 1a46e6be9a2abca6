"""The measures of unitizing: alpha_U, and the four coefficients of Krippendorff et al. (2016)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.coding.coincidences import find_coincidences
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.stretches import members_of
from annotations.agreement.spans.f1 import ALL_LABELS
from annotations.agreement.sums.cells import Cells, Columns, Part, pivot
from annotations.agreement.sums.measures import (
    NO_UNITS,
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    find_compared,
    keys_of_pair,
    keys_of_pair_or_all,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

NO_INTERSECTIONS = "no intersections: no two annotators marked the same place"
ONE_VALUE = "no variation: all intersecting units have one label"
SEGMENTS, UNITS, PAIRABLE = "segments", "units", "pairable"  # tables of squared lengths of units


def build_alpha_u(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Alpha_U: one minus observed by expected disagreement, summed over labels and documents.

    At most 1. See `annotations.agreement.unitizing.counting.count_unitizing` for the disagreements.
    """
    table = pivot(statistics, "alpha_u")
    wanted = keys_of_pair_or_all(statistics, slice_.pair)
    if slice_.label is not None:
        wanted["label"] = statistics.axes["label"].index(slice_.label)
    names = ("observed", "expected")
    cells = Cells(table.stack(names, table.find(**wanted)), statistics.n_documents, len(names))
    compared = find_compared(statistics, slice_)

    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., 0], sums[..., 1])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        size = float(statistics.tables["lengths"].quantities["length"][compared].sum())
        if not size:
            return {}
        return {
            "observed_disagreement": float(sums[0]) / size,
            "expected_disagreement": float(sums[1]) / size,
        }

    def reason(_: FloatArray) -> str:
        return NO_UNITS if compared.any() else NOTHING_TO_COMPARE

    return Measure(cells, compared, score, reason, explain)


def build_family(statistics: Statistics, slice_: Slice, *, member: str) -> Measure:
    r"""u-alpha, |u-alpha, cu-alpha or (k)u-alpha.

    From the lengths :math:`\ell_{ck}` of intersections of units valued :math:`c` and :math:`k` (gaps are valued
    :math:`\phi`), and :math:`s_c` the summed squared lengths of the units of value :math:`c` (:math:`s_\phi` is the plain
    length of the gaps):

    .. math::
        \varepsilon_{ck} = \frac{\ell_{c \cdot} \ell_{\cdot k} - [c = k] s_c}
            {\ell_{\cdot \cdot} - \sum_c s_c / \ell_{\cdot \cdot}}

    u-alpha compares all values, |u-alpha only gap and unit, cu-alpha only units with units (:math:`s_c` then sums the
    squares of their pairable lengths, see `annotations.agreement.unitizing.counting.count_segments`), (k)u-alpha one value with the others where units intersect. A label asked of u-alpha or
    |u-alpha is compared with everything else as gap; asked of cu-alpha it gives (k)u-alpha. Without a label,
    (k)u-alpha is cu-alpha. Where spans of several labels overlap, u-alpha and cu-alpha cut them at each other's borders,
    for each set of labels is a value; |u-alpha makes one unit of them, and units of one label are not cut by the others. All are at most 1.

    Parameters
    ----------
    statistics : Statistics
        With the table `coincidence` (`confusion` where the slice is a pair), and `segments` and `units`, or `pairable`.
    slice_ : Slice
    member : 'u_alpha', 'u_alpha_binary', 'cu_alpha' or 'ku_alpha'

    References
    ----------
    Krippendorff, K., Mathet, Y., Bouvry, S., Widlöcher, A. (2016). On the reliability of unitizing textual continua:
    further developments. Quality and Quantity 50. Krippendorff, K. (2019). Content Analysis, 4th edition, section 12.6.
    """
    fold = _fold(statistics, slice_, member)
    own = _find_length_table(slice_, member)
    cells, n_values = statistics.derive(
        ("family", slice_.pair, own, fold.tobytes()), lambda: _family_cells(statistics, slice_, fold, own)
    )
    is_pairable = own == PAIRABLE
    compared = find_compared(statistics, slice_)
    target = _target(statistics, slice_, member)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        alike, marginal, correction, apart, _ = _split(sums, n_values)
        if not is_pairable:
            correction = correction.copy()
            correction[..., 0] = marginal[..., 0]
        total = marginal.sum(axis=-1)
        if target is None:
            room = total - safe_ratio(correction.sum(axis=-1), total)
            expected = safe_ratio(total**2 - (marginal**2).sum(axis=-1), room)
            return apart, expected
        # (k)u-alpha: what should be k against what is
        own = marginal[..., target]
        observed = own - alike[..., target]
        pairs = own * total - correction[..., target]
        expected = safe_ratio((pairs - (own**2 - correction[..., target])) * own, pairs)
        return observed, expected

    def score(sums: FloatArray) -> FloatArray:
        observed, expected = parts(sums)
        return 1 - safe_ratio(observed, np.where(np.isfinite(expected), expected, 0.0))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        _, marginal, _, _, whole = _split(sums, n_values)
        details: dict[str, Any] = {
            "observed_disagreement": float(observed),
            "expected_disagreement": float(expected) if np.isfinite(expected) else None,
            "length": float(whole.sum()),
        }
        if is_pairable:
            held = float(whole[target] if target is not None else whole[1:].sum())
            met = float(marginal[target] if target is not None else marginal.sum())
            details["coverage"] = met / held if held else None
        return details

    def reason(sums: FloatArray) -> str:
        _, marginal, _, _, whole = _split(sums, n_values)
        if not whole.sum():
            return NOTHING_TO_COMPARE
        if is_pairable:
            return ONE_VALUE if marginal.sum() else NO_INTERSECTIONS
        return NO_VARIATION if whole[1:].sum() else NO_UNITS

    return Measure(cells, compared, score, reason, explain)


def _family_cells(statistics: Statistics, slice_: Slice, fold: IntArray, table: str) -> tuple[Cells, int]:
    """For each value: what is alike, how much is compared, its correction, and how much there is; see `_split`.

    The amounts of pairs of values would be many more cells, and no coefficient of the family needs them.
    """
    n_values = int(fold.max(initial=0)) + 1
    met, own = find_coincidences(statistics, slice_), _find_squared_lengths(statistics, slice_, fold, table)
    value_1, value_2 = fold[met.value_1], fold[met.value_2]
    kept = (value_1 > 0) & (value_2 > 0) if table == PAIRABLE else np.ones(len(value_1), dtype=bool)
    same = kept & (value_1 == value_2)
    differ = kept & (value_1 != value_2)
    terms = (
        (met.column[same], value_1[same], met.scale[same]),
        (met.column[kept], n_values + value_1[kept], met.scale[kept] / 2),
        (met.column[kept], n_values + value_2[kept], met.scale[kept] / 2),
        (met.column, 3 * n_values + value_1, met.scale / 2),
        (met.column, 3 * n_values + value_2, met.scale / 2),
        (met.column[differ], np.full(int(differ.sum()), 4 * n_values), met.scale[differ]),
    )
    column, cell, scale = (np.concatenate(part) for part in zip(*terms, strict=True))
    parts = [
        Part(met.columns, column, cell, scale),
        Part(own.columns, own.column, 2 * n_values + own.value, np.ones(len(own.column))),
    ]
    return Cells(parts, statistics.n_documents, 4 * n_values + 1), n_values


def _split(sums: FloatArray, n_values: int) -> tuple[FloatArray, ...]:
    """What is alike, what is compared and its correction, each of shape (..., value); what differs; what there is."""
    alike, marginal, correction, whole = (
        sums[..., part * n_values : (part + 1) * n_values] for part in range(4)
    )
    return alike, marginal, correction, sums[..., 4 * n_values], whole


def _fold(statistics: Statistics, slice_: Slice, member: str) -> IntArray:
    """The value each value counts as: 0 is the gap."""
    names = statistics.axes["value"]
    if _find_length_table(slice_, member) != UNITS:
        return np.arange(len(names))
    if slice_.label is not None:
        return np.array([slice_.label in members_of(name) for name in names], dtype=np.int64)
    return np.array([bool(name) for name in names], dtype=np.int64)


def _target(statistics: Statistics, slice_: Slice, member: str) -> int | None:
    if _find_length_table(slice_, member) == PAIRABLE and slice_.label is not None:
        return statistics.axes["value"].index(slice_.label)
    return None


def _find_length_table(slice_: Slice, member: str) -> str:
    """The table of squared lengths of units: where units are compared with gaps alone, no border of a label cuts another."""
    if member in {"cu_alpha", "ku_alpha"}:
        return PAIRABLE
    return SEGMENTS if member == "u_alpha" and slice_.label is None else UNITS


@dataclass(frozen=True, slots=True, eq=False)
class _SquaredLengths:
    """Columns of squared lengths of units, and the value that each is about."""

    columns: Columns
    column: IntArray
    value: IntArray


def _find_squared_lengths(
    statistics: Statistics, slice_: Slice, fold: IntArray, name: str
) -> _SquaredLengths:
    """Find the rows of the annotators and documents that are compared."""
    table = pivot(statistics, name)
    if name == PAIRABLE:
        found = table.find(**keys_of_pair_or_all(statistics, slice_.pair))
        value = fold[table.keys["value"][found]]
    else:
        wanted = (
            {"label": statistics.axes["label"].index(slice_.label or ALL_LABELS)} if name == UNITS else {}
        )
        found = table.find(**wanted)
        if slice_.pair is not None:
            pair = list(keys_of_pair(statistics, slice_.pair).values())
            found = found[np.isin(table.keys["annotator"][found], pair)]
        value = np.ones_like(found) if name == UNITS else fold[table.keys["value"][found]]
    squared = table.quantities["squared"]
    if slice_.pair is not None:  # only its own columns, of which every pair has few
        own = squared.take(found).scale(find_compared(statistics, slice_))
        return _SquaredLengths(own, np.arange(len(found)), value)
    columns = statistics.derive(("squared", name), lambda: _keep_compared(statistics, slice_, squared))
    return _SquaredLengths(columns, found, value)


def _keep_compared(statistics: Statistics, slice_: Slice, columns: Columns) -> Columns:
    compared = find_compared(statistics, slice_)
    return columns if compared.all() else columns.scale(compared)
