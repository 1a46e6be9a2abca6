"""The measures of all annotators together: percent agreement, Fleiss' kappa, Krippendorff's alpha."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import (
    TINY,
    average_disagreements,
    correct_for_chance,
    distant_disagreements,
    expect_of_both,
    nominal_disagreements,
    number_or_none,
    rank_values,
)
from annotations.agreement.coding.coincidences import (
    agreement_cells,
    count_values,
    find_coincidences,
)
from annotations.agreement.coding.distances import Distance
from annotations.agreement.coding.scales import choose_distance, find_problem, say_why_undefined
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.data.items import read_numbers
from annotations.agreement.data.ordering import number_codes
from annotations.agreement.sums.cells import Cells, Part
from annotations.agreement.sums.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

Disagreements = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def build_alpha(statistics: Statistics, slice_: Slice, *, level: str = "nominal") -> Measure:
    r"""Krippendorff's alpha over the coincidences of all annotators, of one pair, or of one label against the rest.

    .. math::
        \alpha = 1 - (n - 1) \frac{\sum_{c < k} o_{ck} \delta_{ck}}{\sum_{c < k} n_c n_k \delta_{ck}}

    with :math:`\delta_{ck} = 1` (nominal), :math:`(v_c - v_k)^2` (interval), :math:`((v_c - v_k) / (v_c + v_k))^2` (ratio),
    :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2` (ordinal), or by a table (custom), for :math:`c < k`.
    At most 1, 0 where agreement is that of chance, and undefined where all values are the same or the level does not fit them.

    Parameters
    ----------
    statistics : Statistics
        With the table `coincidence`, or `confusion` where the slice is a pair.
    slice_ : Slice
    level : 'nominal', 'ordinal', 'interval', 'ratio' or 'custom'

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    Krippendorff, K. (2019). Content Analysis, 4th edition, chapter 12.
    """
    problem = find_problem(statistics, level)
    # one value against the rest has no order
    is_nominal = level == "nominal" or slice_.label is not None or bool(problem)
    if is_nominal:
        cells, n_values, parts, unit = _equality_cells(statistics, slice_)
    elif level in {"ratio", "custom"}:
        cells, n_values, parts, unit = _fixed_cells(
            statistics, slice_, choose_distance(statistics, slice_, level)
        )
    else:
        cells, n_values, parts, unit = _distance_cells(statistics, slice_, level)

    def score(sums: FloatArray) -> FloatArray:
        if problem:
            return np.full(sums.shape[:-1], np.nan)
        observed, expected = parts(sums)
        return 1 - safe_ratio(observed, expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        if problem:
            return {}
        observed, expected = parts(sums)
        return {
            "observed_disagreement": float(observed) * unit**2,
            "expected_disagreement": float(expected) * unit**2,
            "pairable_values": float(sums[:n_values].sum()),
        }

    return Measure(cells, find_compared(statistics, slice_), score, say_why_undefined(problem), explain)


def build_percent(statistics: Statistics, slice_: Slice) -> Measure:
    r"""The share of pairable judgements that are equal: the observed agreement, not corrected for chance.

    .. math:: p_o = \frac{\sum_c o_{cc}}{\sum_{c, k} o_{ck}}

    over the coincidences :math:`o_{ck}` of `annotations.agreement.coding.counting.count_coincidences`. From 0 to 1.
    """
    cells, n_values = agreement_cells(statistics, slice_)

    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., n_values + 1], sums[..., n_values])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        total, apart = sums[n_values:].tolist()
        return {"agreeing": total - apart, "pairable_values": total}

    return Measure(cells, find_compared(statistics, slice_), score, lambda _: NOTHING_TO_COMPARE, explain)


def build_fleiss(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Fleiss' kappa, generalised to a varying number of annotators.

    .. math:: \kappa = \frac{\bar P - \bar P_e}{1 - \bar P_e}, \quad \bar P_e = \sum_c p_c^2

    :math:`\bar P` is the mean over positions of the share of agreeing pairs, :math:`p_c` the share of all judgements
    (of positions judged at least twice) with value :math:`c`. With as many annotators everywhere it is the published one.
    At most 1, 0 where agreement is that of chance.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76.
    """
    # judgements are counted as they are; agreement weighs each position once
    cells, n_values = agreement_cells(statistics, slice_, is_once=True)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal, total, apart = sums[..., :n_values], sums[..., n_values], sums[..., n_values + 1]
        made = marginal.sum(axis=-1)
        return safe_ratio(apart, total), expect_of_both(made**2 - (marginal**2).sum(axis=-1), made)

    def score(sums: FloatArray) -> FloatArray:
        return correct_for_chance(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        return {
            "observed_agreement": number_or_none(1 - observed),
            "expected_agreement": number_or_none(1 - expected),
        }

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, slice_), score, reason, explain)


def _equality_cells(statistics: Statistics, slice_: Slice) -> tuple[Cells, int, Disagreements, float]:
    """The cells of alpha where values are alike or not, in the form that `_distance_cells` gives."""
    cells, n_values = agreement_cells(statistics, slice_)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        return nominal_disagreements(sums[..., :n_values], sums[..., n_values + 1])

    return cells, n_values, parts, 1.0


def _fixed_cells(
    statistics: Statistics, slice_: Slice, distance: Distance
) -> tuple[Cells, int, Disagreements, float]:
    """The cells of alpha where the distances of values do not depend on how often each occurs."""
    cells, n_values = agreement_cells(statistics, slice_, distance=distance)
    among = distance.lay_out(np.arange(n_values), np.zeros(n_values, dtype=np.int64))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal = sums[..., :n_values]
        total, spread = marginal.sum(axis=-1), among(marginal)[..., 0]
        expected = np.where(spread > TINY * total**2, spread, 0.0)
        return average_disagreements(total, sums[..., n_values + 1], expected)

    return cells, n_values, parts, 1.0


def _distance_cells(
    statistics: Statistics, slice_: Slice, level: str
) -> tuple[Cells, int, Disagreements, float]:
    """What coefficients over distances need: each value's sum, then that of each two values that were given together.

    Most pairs of a long scale never are, so the cells are about as many as the values.

    Returns
    -------
    cells : Cells
    n_values : int
    parts : callable
        Sums of shape (..., cell) to observed and expected disagreement.
    unit : float
        The distance that is 1 to them, so that squares of tiny and of huge numbers stay numbers.
    """
    found = find_coincidences(statistics, slice_)
    n_values = max(1, len(statistics.axes["value"]))
    apart = np.flatnonzero(found.value_1 != found.value_2)
    low, high = (choose(found.value_1[apart], found.value_2[apart]) for choose in (np.minimum, np.maximum))
    code, pair = number_codes(low * n_values + high)
    lower, upper = np.divmod(code, n_values)
    terms = Part(found.columns, found.column[apart], n_values + pair, found.scale[apart])
    cells = Cells(
        [count_values(found, found.value_1, found.value_2), terms],
        statistics.n_documents,
        n_values + len(code),
    )
    numbers, unit = _scale_numbers(statistics) if level == "interval" else (None, 1.0)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal, together = sums[..., :n_values], sums[..., n_values:]
        places = rank_values(marginal) if numbers is None else numbers
        distances = places[..., upper] - places[..., lower]
        return distant_disagreements(marginal, (together * distances**2).sum(axis=-1), places)

    return cells, n_values, parts, unit


def _scale_numbers(statistics: Statistics) -> tuple[FloatArray, float]:
    """The values as numbers from 0 to 1, and their range."""
    numbers = np.array(read_numbers(statistics.axes["value"]) or [0.0])
    unit = float(np.ptp(numbers)) or 1.0
    return (numbers - numbers.min()) / unit, unit
