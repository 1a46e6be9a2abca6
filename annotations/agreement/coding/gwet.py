"""Gwet's AC1 and AC2: coefficients whose chance does not grow where nearly everything has one value."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import TINY, correct_for_chance
from annotations.agreement.coding.coincidences import agreement_cells, fold_values
from annotations.agreement.coding.scales import choose_distance, find_problem
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.sums.cells import Cells, Columns, Part, pivot
from annotations.agreement.sums.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    count_judged,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics


def build_gwet(statistics: Statistics, slice_: Slice, *, level: str = "nominal") -> Measure:
    r"""Gwet's AC1, or with distances of values (linear, quadratic, custom) AC2, for any number of annotators.

    .. math::
        AC = \frac{p_a - p_e}{1 - p_e}, \quad p_e = \frac{\sum_{c, k} w_{ck}}{q (q - 1)} \sum_c \pi_c (1 - \pi_c), \quad
        w_{ck} = 1 - d_{ck}

    :math:`p_a` is the mean over positions that two annotators or more judged of the mean weight of their pairs of values;
    :math:`\pi_c` the mean over all positions, also those that one annotator alone judged, of the share of their judgements
    with value :math:`c`. :math:`q` values occur, or are in the order given, and :math:`d` is 1 between the farthest of them.
    At most 1, 0 where agreement is that of chance.

    Parameters
    ----------
    statistics : Statistics
        With the tables `coincidence` (`confusion` where the slice is a pair) and `values`.
    slice_ : Slice
    level : 'nominal', 'linear', 'quadratic' or 'custom'

    References
    ----------
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement. British
    Journal of Mathematical and Statistical Psychology 61. Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed.
    """
    problem = find_problem(statistics, level)
    distance = choose_distance(statistics, slice_, level)
    pairs, n_values = agreement_cells(statistics, slice_, distance=distance, is_once=True)
    prevalence = _count_prevalence(statistics, slice_)
    cells = Cells([*pairs.parts, prevalence], statistics.n_documents, 2 * n_values + 2)
    among = distance.lay_out(np.arange(n_values), np.zeros(n_values, dtype=np.int64))
    is_declared = slice_.label is None and "order" in statistics.options

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Observed and expected disagreement, and the number of values."""
        total, apart, given = sums[..., n_values], sums[..., n_values + 1], sums[..., n_values + 2 :]
        if slice_.pair is not None:
            given = given - sums[..., :n_values] / 2
        given = np.where(given > TINY, given, 0.0)
        occurs = np.ones(given.shape) if is_declared else (given > 0).astype(np.float64)
        q, reach = occurs.sum(axis=-1), distance.reach(occurs)
        share = safe_ratio(given, given.sum(axis=-1, keepdims=True))
        weight = q**2 - safe_ratio(among(occurs)[..., 0], reach)
        expected = safe_ratio(weight * (share * (1 - share)).sum(axis=-1), q * (q - 1))
        return safe_ratio(safe_ratio(apart, total), reach), 1 - expected, q

    def score(sums: FloatArray) -> FloatArray:
        if problem:
            return np.full(sums.shape[:-1], np.nan)
        observed, expected, _ = parts(sums)
        return correct_for_chance(observed, expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        if problem:
            return {}
        observed, expected, n_occurring = map(float, parts(sums))
        return {
            "observed_agreement": 1 - observed,
            "expected_agreement": 1 - expected,
            "n_values": int(n_occurring),
        }

    def reason(sums: FloatArray) -> str:
        return problem or (NO_VARIATION if sums[n_values] else NOTHING_TO_COMPARE)

    compared = find_compared(statistics, slice_)
    also_used = count_judged(statistics, slice_) == 1 if compared.any() else None
    return Measure(cells, compared, score, reason, explain, also_used)


def _count_prevalence(statistics: Statistics, slice_: Slice) -> Part:
    """For each value the sum over positions of the share of judgements that have it, in the cells behind the coincidences.

    Of a pair, what both judged is added up of either.
    """
    table = pivot(statistics, "values")
    annotator, value, weight = table.keys["annotator"], table.keys["value"], table.quantities["weight"]
    fold, n_values = fold_values(statistics, slice_)

    def share_out() -> Columns:
        return weight.scale(1 / np.maximum(count_judged(statistics, slice_), 1))

    if slice_.pair is None:
        weight = statistics.derive("values, each position once", share_out)
        chosen: IntArray = np.arange(len(value))
    else:
        both = [statistics.axes["annotator"].index(name) for name in slice_.pair]
        chosen = np.flatnonzero(np.isin(annotator, both))
    return Part(weight, chosen, n_values + 2 + fold[value[chosen]], np.ones(len(chosen)))
