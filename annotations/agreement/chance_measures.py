"""The measures of agreement over positions or items: percent, kappa, pi, Fleiss' kappa, Krippendorff's alpha."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from annotations.agreement.chance import (
    NO_NUMBERS,
    correct_for_chance,
    disagreements,
    kappa,
    nominal_disagreements,
    scott_pi,
)
from annotations.agreement.corpus import FloatArray, IntArray
from annotations.agreement.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Cells,
    Measure,
    Scope,
    find_compared,
    rows_of_pair,
    safe_ratio,
)
from annotations.agreement.statistics import Statistics
from annotations.agreement.values import members_of

NO_ORDER = "labels of spans have no order; give items with ordered values"


def build_alpha(statistics: Statistics, scope: Scope, *, level: str = "nominal") -> Measure:
    """Alpha over the coincidences of all annotators, of one pair, or of one label against the rest."""
    numbers, problem = _find_numbers(statistics, level)
    if scope.label is not None or problem:
        level = "nominal"  # one value against the rest has no order
    if level == "nominal":
        cells, n_values = _agreement_cells(statistics, scope)
    else:
        cells, n_values = _coincidence_cells(statistics, scope)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        if level == "nominal":
            return nominal_disagreements(sums[..., :n_values], sums[..., n_values + 1])
        return disagreements(_unfold(sums, n_values), level=level, numbers=numbers)

    def score(sums: FloatArray) -> FloatArray:
        if problem:
            return np.full(sums.shape[:-1], np.nan)
        observed, expected = parts(sums)
        return 1 - safe_ratio(observed, expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        if problem:
            return {}
        observed, expected = parts(sums)
        total = sums[:n_values].sum() if level == "nominal" else _unfold(sums, n_values).sum()
        return {
            "observed_disagreement": float(observed),
            "expected_disagreement": float(expected),
            "pairable_values": float(total),
        }

    def reason(sums: FloatArray) -> str:
        return problem or (NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION)

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def build_percent(statistics: Statistics, scope: Scope) -> Measure:
    """The share of pairable judgements that are equal: the observed agreement, not corrected for chance."""
    cells, n_values = _agreement_cells(statistics, scope)

    def score(sums: FloatArray) -> FloatArray:
        alike = sums[..., n_values]
        return safe_ratio(alike, alike + sums[..., n_values + 1])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        return {"agreeing": float(sums[n_values]), "pairable_values": float(sums[n_values:].sum())}

    return Measure(cells, find_compared(statistics, scope), score, lambda _: NOTHING_TO_COMPARE, explain)


def build_fleiss(statistics: Statistics, scope: Scope) -> Measure:
    r"""Fleiss' kappa, generalised to a varying number of annotators.

    .. math:: \kappa = \frac{\bar P - \bar P_e}{1 - \bar P_e}, \quad \bar P_e = \sum_c p_c^2

    :math:`\bar P` is the mean over positions of the share of agreeing pairs, :math:`p_c` the share of all judgements
    (of positions judged at least twice) with value :math:`c`. With as many annotators everywhere it is the published one.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76.
    """
    cells, n_values = _agreement_cells(statistics, scope)
    judged = np.bincount(statistics.tables["judgements"].keys["document"], minlength=statistics.n_documents)
    if scope.pair is not None:
        judged = np.full(statistics.n_documents, 2)
    # judgements are counted as they are; agreement weighs each position once
    once = np.where(cells.cell < n_values, 1, np.maximum(judged, 1)[cells.document])
    cells = replace(cells, weight=cells.weight / once)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal, alike = sums[..., :n_values], sums[..., n_values]
        expected = safe_ratio((marginal**2).sum(axis=-1), marginal.sum(axis=-1) ** 2)
        return safe_ratio(alike, alike + sums[..., n_values + 1]), expected

    def score(sums: FloatArray) -> FloatArray:
        return correct_for_chance(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        return {"observed_agreement": _number(observed), "expected_agreement": _number(expected)}

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def build_pairwise(statistics: Statistics, scope: Scope, *, coefficient: str) -> Measure:
    """Cohen's kappa or Scott's pi: of the pair, or the mean over all pairs where it is defined."""
    function = kappa if coefficient == "cohen_kappa" else scott_pi
    table = rows_of_pair(statistics, statistics.tables["confusion"], scope.pair)
    value_1, value_2, n_values = _label_values(
        statistics, scope, table.keys["value_1"], table.keys["value_2"]
    )
    n_annotators = len(statistics.axes["annotator"])
    code = table.keys["annotator_1"] * n_annotators + table.keys["annotator_2"]
    pairs, pair = np.unique(code, return_inverse=True)
    n_pairs, width = max(1, len(pairs)), 2 * n_values + 1
    same = np.flatnonzero(value_1 == value_2)
    document, weight = table.keys["document"], table.quantities["weight"]
    cells = Cells(
        np.concatenate([document, document, document[same]]),
        np.concatenate(
            [
                pair * width + value_1,
                pair * width + n_values + value_2,
                pair[same] * width + 2 * n_values,
            ]
        ),
        np.concatenate([weight, weight, weight[same]]),
        statistics.n_documents,
        n_pairs * width,
    )

    def split(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of each pair: what the first gave each value, what the second did, and what they gave alike."""
        pairs_of = sums.reshape(*sums.shape[:-1], n_pairs, width)
        return pairs_of[..., :n_values], pairs_of[..., n_values : 2 * n_values], pairs_of[..., 2 * n_values]

    def each(sums: FloatArray) -> FloatArray:
        return function(*split(sums))

    def score(sums: FloatArray) -> FloatArray:
        values = each(sums)
        defined = np.isfinite(values)
        return safe_ratio(
            np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64)
        )

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        values, (first, _, alike) = each(sums), split(sums)
        totals = first.sum(axis=-1)
        details: dict[str, Any] = {
            "n_pairs": int((totals > 0).sum()),
            "n_undefined_pairs": int(((totals > 0) & ~np.isfinite(values)).sum()),
        }
        if n_pairs == 1 and totals[0] > 0:
            agreement = float(alike[0] / totals[0])
            details["observed_agreement"] = agreement
            if np.isfinite(values[0]) and values[0] != 1:
                details["expected_agreement"] = float((agreement - values[0]) / (1 - values[0]))
        return details

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def _agreement_cells(statistics: Statistics, scope: Scope) -> tuple[Cells, int]:
    """What nominal coefficients need of the coincidences: each value's sum, then what is alike and what is not."""
    document, value_1, value_2, weight = coincidence_rows(statistics, scope)
    value_1, value_2, n_values = _label_values(statistics, scope, value_1, value_2)
    cells = Cells(
        np.concatenate([document, document, document]),
        np.concatenate([value_1, value_2, n_values + (value_1 != value_2)]),
        np.concatenate([weight / 2, weight / 2, weight]),
        statistics.n_documents,
        n_values + 2,
    )
    return cells, n_values


def _coincidence_cells(statistics: Statistics, scope: Scope) -> tuple[Cells, int]:
    """The upper triangles of the coincidence matrices, shape (document, value x (value + 1) / 2)."""
    document, value_1, value_2, weight = coincidence_rows(statistics, scope)
    n_values = len(statistics.axes["value"])
    low, high = np.minimum(value_1, value_2), np.maximum(value_1, value_2)
    cell = low * n_values - low * (low - 1) // 2 + (high - low)
    n_cells = n_values * (n_values + 1) // 2
    weight = np.where(low == high, weight, weight / 2)
    return Cells(document, cell, weight, statistics.n_documents, n_cells), n_values


def _label_values(
    statistics: Statistics,
    scope: Scope,
    value_1: IntArray,
    value_2: IntArray,
) -> tuple[IntArray, IntArray, int]:
    """Fold the values to "has the label" and "has it not" when a label is asked for."""
    names = statistics.axes["value"]
    if scope.label is None:
        return value_1, value_2, len(names)
    if statistics.kind == "items":
        carries = np.array([name == scope.label for name in names], dtype=np.int64)
    else:
        carries = np.array([scope.label in members_of(name) for name in names], dtype=np.int64)
    return carries[value_1], carries[value_2], 2


def _unfold(triangles: FloatArray, n_values: int) -> FloatArray:
    """Upper triangles of shape (..., cell) to symmetric matrices of shape (..., value, value)."""
    rows, columns = np.triu_indices(n_values)
    matrices = np.zeros((*triangles.shape[:-1], n_values, n_values))
    matrices[..., rows, columns] = triangles
    matrices[..., columns, rows] = triangles
    return matrices


def _find_numbers(statistics: Statistics, level: str) -> tuple[FloatArray | None, str]:
    """The values as numbers for an interval scale, and what stands in the way of the level."""
    if level == "nominal":
        return None, ""
    if statistics.kind != "items":
        return None, NO_ORDER
    if level == "ordinal":
        return None, ""
    try:
        return np.array([float(name) for name in statistics.axes["value"]]), ""
    except ValueError:
        return None, NO_NUMBERS


def _number(value: FloatArray) -> float | None:
    return float(value) if np.isfinite(value) else None


def coincidence_rows(statistics: Statistics, scope: Scope) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Document, two values and the sum of the two equal coincidence cells, of all annotators or of a pair."""
    return statistics.derive(("coincidences", scope.pair), lambda: _coincidence_rows(statistics, scope))


def _coincidence_rows(
    statistics: Statistics, scope: Scope
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    if scope.pair is None:
        table = statistics.tables["coincidence"]
        twice = 1.0 + (table.keys["value_1"] != table.keys["value_2"])
    else:
        table = rows_of_pair(statistics, statistics.tables["confusion"], scope.pair)
        twice = np.full(len(table), 2.0)
    return (
        table.keys["document"],
        table.keys["value_1"],
        table.keys["value_2"],
        twice * table.quantities["weight"],
    )
