"""Chance-corrected coefficients over positions or items: kappa, pi, Fleiss' kappa, Krippendorff's alpha."""

from collections.abc import Mapping
from typing import Any

import numpy as np

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

NO_NUMBERS = "the values are no numbers, and an interval alpha needs numbers"
NO_ORDER = "labels of spans have no order; give items with ordered values"
TINY = 1e-12


def alpha(
    coincidences: FloatArray, *, level: str = "nominal", numbers: FloatArray | None = None
) -> FloatArray:
    r"""Krippendorff's alpha of coincidence matrices.

    .. math::
        \alpha = 1 - (n - 1) \frac{\sum_{c < k} o_{ck} \delta_{ck}}{\sum_{c < k} n_c n_k \delta_{ck}}

    with :math:`\delta_{ck} = 1` (nominal), :math:`(v_c - v_k)^2` (interval) or
    :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2` (ordinal) for :math:`c < k`.

    Parameters
    ----------
    coincidences : shape (..., value, value), symmetric
    level : 'nominal', 'ordinal' or 'interval'
    numbers : shape (value,)
        The values, for the level 'interval'.

    Returns
    -------
    array, shape (...)
        At most 1; 0 is chance. NaN where there is nothing to compare or no variation.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> float(np.round(alpha(np.array([[8.0, 2.0], [2.0, 8.0]])), 3))
    0.62
    """
    observed, expected = disagreements(coincidences, level=level, numbers=numbers)
    return 1 - safe_ratio(observed, expected)


def disagreements(
    coincidences: FloatArray,
    *,
    level: str = "nominal",
    numbers: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of coincidence matrices, each of shape (...).

    See `alpha`. The expected one is 0 without variation; both are 0 where there is nothing to compare.
    """
    n_values = coincidences.shape[-1]
    marginal = coincidences.sum(axis=-1)
    total = marginal.sum(axis=-1)
    if level == "nominal":
        apart = total - np.trace(coincidences, axis1=-2, axis2=-1)
        expected = total**2 - (marginal**2).sum(axis=-1)
    else:
        if level == "interval":
            if numbers is None:
                raise ValueError(NO_NUMBERS)
            delta = (numbers[:, None] - numbers[None, :]) ** 2
        else:
            below = np.cumsum(marginal, axis=-1) - marginal / 2
            delta = (below[..., :, None] - below[..., None, :]) ** 2
        apart = (coincidences * delta).sum(axis=(-2, -1))
        expected = (marginal[..., :, None] * marginal[..., None, :] * delta).sum(axis=(-2, -1))
    if n_values == 0:
        return np.zeros(total.shape), np.zeros(total.shape)
    scale = np.maximum(total, 1)
    pairs = scale * np.maximum(total - 1, TINY)
    expected = np.where(expected > TINY * pairs, expected / pairs, 0.0)
    return np.where(total > 0, apart / scale, 0.0), np.where(total > 1, expected, 0.0)


def kappa(confusions: FloatArray) -> FloatArray:
    r"""Cohen's kappa of confusion matrices of two annotators.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}, \quad p_e = \sum_c p_{c \cdot} p_{\cdot c}

    Parameters
    ----------
    confusions : shape (..., value, value)

    Returns
    -------
    array, shape (...)
        At most 1; NaN where the matrix is empty or both used one and the same value throughout.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20.

    Examples
    --------
    >>> float(np.round(kappa(np.array([[20.0, 5.0], [10.0, 15.0]])), 3))
    0.4
    """
    total = confusions.sum(axis=(-2, -1))
    observed = safe_ratio(np.trace(confusions, axis1=-2, axis2=-1), total)
    expected = safe_ratio((confusions.sum(axis=-1) * confusions.sum(axis=-2)).sum(axis=-1), total**2)
    return _correct(observed, expected)


def scott_pi(confusions: FloatArray) -> FloatArray:
    r"""Scott's pi: as kappa, with :math:`p_e = \sum_c ((p_{c \cdot} + p_{\cdot c}) / 2)^2`.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public Opinion Quarterly 19.

    Examples
    --------
    >>> float(np.round(scott_pi(np.array([[20.0, 5.0], [10.0, 15.0]])), 3))
    0.394
    """
    total = confusions.sum(axis=(-2, -1))
    observed = safe_ratio(np.trace(confusions, axis1=-2, axis2=-1), total)
    both = (confusions.sum(axis=-1) + confusions.sum(axis=-2)) / 2
    return _correct(observed, safe_ratio((both**2).sum(axis=-1), total**2))


def _correct(observed: FloatArray, expected: FloatArray) -> FloatArray:
    room = 1 - expected
    return safe_ratio(observed - expected, np.where(room > TINY, room, 0.0))


def build_alpha(statistics: Statistics, scope: Scope, *, level: str = "nominal") -> Measure:
    """Alpha over the coincidences of all annotators, of one pair, or of one label against the rest."""
    cells, n_values = _coincidence_cells(statistics, scope)
    numbers, problem = _find_numbers(statistics, level)
    if scope.label is not None:
        level = "nominal"  # one value against the rest has no order

    def score(sums: FloatArray) -> FloatArray:
        if problem:
            return np.full(sums.shape[:-1], np.nan)
        return alpha(_unfold(sums, n_values), level=level, numbers=numbers)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        if problem:
            return {}
        matrix = _unfold(sums, n_values)
        observed, expected = disagreements(matrix, level=level, numbers=numbers)
        total = float(matrix.sum())
        return {
            "observed_disagreement": float(observed),
            "expected_disagreement": float(expected),
            "pairable_values": total,
        }

    def reason(sums: FloatArray) -> str:
        return problem or (NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION)

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def build_percent(statistics: Statistics, scope: Scope) -> Measure:
    """The share of pairable judgements that are equal: the observed agreement, not corrected for chance."""
    cells, n_values = _coincidence_cells(statistics, scope)

    def score(sums: FloatArray) -> FloatArray:
        matrix = _unfold(sums, n_values)
        return safe_ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum(axis=(-2, -1)))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        matrix = _unfold(sums, n_values)
        return {"agreeing": float(np.trace(matrix)), "pairable_values": float(matrix.sum())}

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
    cells, n_values = _coincidence_cells(statistics, scope)
    judged = np.bincount(statistics.tables["judgements"].keys["document"], minlength=statistics.n_documents)
    if scope.pair is not None:
        judged = np.full(statistics.n_documents, 2)
    # judgements are counted as they are; agreement and positions weigh each position once
    once = cells.weight / np.maximum(judged, 1)[cells.document]
    n_triangle = cells.n_cells
    combined = Cells(
        np.concatenate([cells.document, cells.document]),
        np.concatenate([cells.cell, cells.cell + n_triangle]),
        np.concatenate([cells.weight, once]),
        cells.n_documents,
        2 * n_triangle,
    )

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal = _unfold(sums[..., :n_triangle], n_values).sum(axis=-1)
        per_position = _unfold(sums[..., n_triangle:], n_values)
        observed = safe_ratio(np.trace(per_position, axis1=-2, axis2=-1), per_position.sum(axis=(-2, -1)))
        expected = safe_ratio((marginal**2).sum(axis=-1), marginal.sum(axis=-1) ** 2)
        return observed, expected

    def score(sums: FloatArray) -> FloatArray:
        return _correct(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        return {"observed_agreement": _number(observed), "expected_agreement": _number(expected)}

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(combined, find_compared(statistics, scope), score, reason, explain)


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
    cell = (pair * n_values + value_1) * n_values + value_2
    n_pairs = max(1, len(pairs))
    n_cells = n_pairs * n_values**2
    cells = Cells(table.keys["document"], cell, table.quantities["weight"], statistics.n_documents, n_cells)

    def each(sums: FloatArray) -> FloatArray:
        return function(sums.reshape(*sums.shape[:-1], n_pairs, n_values, n_values))

    def score(sums: FloatArray) -> FloatArray:
        values = each(sums)
        defined = np.isfinite(values)
        return safe_ratio(
            np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64)
        )

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        matrices = sums.reshape(n_pairs, n_values, n_values)
        values, totals = function(matrices), matrices.sum(axis=(-2, -1))
        details: dict[str, Any] = {
            "n_pairs": int((totals > 0).sum()),
            "n_undefined_pairs": int(((totals > 0) & ~np.isfinite(values)).sum()),
        }
        if len(matrices) == 1 and totals[0] > 0:
            agreement = float(np.trace(matrices[0]) / totals[0])
            details["observed_agreement"] = agreement
            if np.isfinite(values[0]) and values[0] != 1:
                details["expected_agreement"] = float((agreement - values[0]) / (1 - values[0]))
        return details

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def _coincidence_cells(statistics: Statistics, scope: Scope) -> tuple[Cells, int]:
    """The upper triangles of the coincidence matrices, shape (document, value x (value + 1) / 2)."""
    if scope.pair is None:
        table = statistics.tables["coincidence"]
        weight = table.quantities["weight"]
    else:
        table = rows_of_pair(statistics, statistics.tables["confusion"], scope.pair)
        weight = table.quantities["weight"]
    value_1, value_2, n_values = _label_values(
        statistics, scope, table.keys["value_1"], table.keys["value_2"]
    )
    low, high = np.minimum(value_1, value_2), np.maximum(value_1, value_2)
    if scope.pair is None:
        # an entry off the diagonal stands for two equal ones; folded onto the diagonal it counts twice
        folded = (table.keys["value_1"] != table.keys["value_2"]) & (low == high)
        weight = np.where(folded, 2 * weight, weight)
    else:
        weight = np.where(low == high, 2 * weight, weight)
    cell = low * n_values - low * (low - 1) // 2 + (high - low)
    n_cells = n_values * (n_values + 1) // 2
    return Cells(table.keys["document"], cell, weight, statistics.n_documents, n_cells), n_values


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
