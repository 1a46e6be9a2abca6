"""The measures of agreement over positions or items: percent, kappa, pi, Fleiss' kappa, Krippendorff's alpha."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import (
    NO_NUMBERS,
    correct_for_chance,
    distant_disagreements,
    expect_of_both,
    expect_of_each,
    nominal_disagreements,
    rank_values,
)
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.items import read_numbers
from annotations.agreement.data.ordering import number_codes
from annotations.agreement.data.stretches import members_of
from annotations.agreement.sums.cells import Cells, Columns, Part, pivot
from annotations.agreement.sums.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Measure,
    Scope,
    find_compared,
    keys_of_pair,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

Disagreements = Callable[[FloatArray], tuple[FloatArray, FloatArray]]

NO_ORDER = "labels of spans have no order; give items with ordered values"
ORDER_WANTED = "texts have no order of their own; give an order: the list of all values from low to high"


def build_alpha(statistics: Statistics, scope: Scope, *, level: str = "nominal") -> Measure:
    r"""Krippendorff's alpha over the coincidences of all annotators, of one pair, or of one label against the rest.

    .. math::
        \alpha = 1 - (n - 1) \frac{\sum_{c < k} o_{ck} \delta_{ck}}{\sum_{c < k} n_c n_k \delta_{ck}}

    with :math:`\delta_{ck} = 1` (nominal), :math:`(v_c - v_k)^2` (interval) or
    :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2` (ordinal) for :math:`c < k`.
    """
    problem = _find_problem(statistics, level)
    # one value against the rest has no order
    is_nominal = level == "nominal" or scope.label is not None or bool(problem)
    cells, n_values, parts, unit = (
        _equality_cells(statistics, scope) if is_nominal else _distance_cells(statistics, scope, level)
    )

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
    found = find_coincidences(statistics, scope)
    judged = np.bincount(statistics.tables["judgements"].keys["document"], minlength=statistics.n_documents)
    if scope.pair is not None:
        judged = np.full(statistics.n_documents, 2)
    # judgements are counted as they are; agreement weighs each position once
    once = found.columns.scale(1 / np.maximum(judged, 1))
    cells, n_values = _agreement_cells(statistics, scope, once)

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
    """Cohen's kappa or Scott's pi: of the pair, or the mean over all pairs where it is defined.

    Observed and expected agreement are told as means over the pairs too; of them alone it cannot be computed.
    """
    expect = expect_of_each if coefficient == "cohen_kappa" else expect_of_both
    table = pivot(statistics, "confusion")
    found = table.find(**keys_of_pair(statistics, scope.pair))
    keys = {name: codes[found] for name, codes in table.keys.items()}
    value_1, value_2, n_values = _label_values(statistics, scope, keys["value_1"], keys["value_2"])
    code = keys["annotator_1"] * len(statistics.axes["annotator"]) + keys["annotator_2"]
    pairs, pair = np.unique(code, return_inverse=True)
    n_pairs, width = max(1, len(pairs)), 2 * n_values + 1
    base, same = pair * width, value_1 == value_2
    terms = np.concatenate([found, found, found[same]])
    part = Part(
        table.quantities["weight"],
        terms,
        np.concatenate([base + value_1, base + n_values + value_2, base[same] + 2 * n_values]),
        np.ones(len(terms)),
    )
    cells = Cells([part], statistics.n_documents, n_pairs * width)

    def split(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of each pair: what the first gave each value, what the second did, and what they gave alike."""
        pairs_of = sums.reshape(*sums.shape[:-1], n_pairs, width)
        return pairs_of[..., :n_values], pairs_of[..., n_values : 2 * n_values], pairs_of[..., 2 * n_values]

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Observed and expected agreement of each pair."""
        first, second, alike = split(sums)
        return safe_ratio(alike, first.sum(axis=-1)), expect(first, second)

    def score(sums: FloatArray) -> FloatArray:
        return _mean_defined(correct_for_chance(*parts(sums)))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        values = correct_for_chance(observed, expected)
        compared = np.isfinite(observed)
        return {
            "n_pairs": int(compared.sum()),
            "n_undefined_pairs": int((compared & ~np.isfinite(values)).sum()),
            "observed_agreement": _number(_mean_defined(observed)),
            "expected_agreement": _number(_mean_defined(expected)),
        }

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def _agreement_cells(statistics: Statistics, scope: Scope, once: Columns | None = None) -> tuple[Cells, int]:
    """What nominal coefficients need of the coincidences: each value's sum, then what is alike and what is not.

    The latter may be taken from other columns.
    """
    found = find_coincidences(statistics, scope)
    value_1, value_2, n_values = _label_values(statistics, scope, found.value_1, found.value_2)
    parts = [
        _count_values(found, value_1, value_2),
        Part(once or found.columns, found.column, n_values + (value_1 != value_2), found.scale),
    ]
    return Cells(parts, statistics.n_documents, n_values + 2), n_values


def _equality_cells(statistics: Statistics, scope: Scope) -> tuple[Cells, int, Disagreements, float]:
    """The same for alpha, as `_distance_cells` gives it."""
    cells, n_values = _agreement_cells(statistics, scope)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        return nominal_disagreements(sums[..., :n_values], sums[..., n_values + 1])

    return cells, n_values, parts, 1.0


def _distance_cells(
    statistics: Statistics, scope: Scope, level: str
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
    found = find_coincidences(statistics, scope)
    n_values = max(1, len(statistics.axes["value"]))
    apart = np.flatnonzero(found.value_1 != found.value_2)
    low, high = (choose(found.value_1[apart], found.value_2[apart]) for choose in (np.minimum, np.maximum))
    code, pair = number_codes(low * n_values + high)
    lower, upper = np.divmod(code, n_values)
    terms = Part(found.columns, found.column[apart], n_values + pair, found.scale[apart])
    cells = Cells(
        [_count_values(found, found.value_1, found.value_2), terms],
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


def _count_values(found: "Coincidences", value_1: IntArray, value_2: IntArray) -> Part:
    """How often each value occurs, a cell a value."""
    return Part(
        found.columns,
        np.concatenate([found.column, found.column]),
        np.concatenate([value_1, value_2]),
        np.concatenate([found.scale, found.scale]) / 2,
    )


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


def _find_problem(statistics: Statistics, level: str) -> str:
    """What stands in the way of a scale of this level."""
    if level == "nominal":
        return ""
    if statistics.kind != "items":
        return NO_ORDER
    numbers = read_numbers(statistics.axes["value"])
    if level == "ordinal":
        return "" if numbers is not None or "order" in statistics.options else ORDER_WANTED
    return NO_NUMBERS if numbers is None else ""


def _scale_numbers(statistics: Statistics) -> tuple[FloatArray, float]:
    """The values as numbers from 0 to 1, and their range."""
    numbers = np.array(read_numbers(statistics.axes["value"]) or [0.0])
    unit = float(np.ptp(numbers)) or 1.0
    return (numbers - numbers.min()) / unit, unit


def _mean_defined(values: FloatArray) -> FloatArray:
    """The mean over pairs, shape (..., pair), of those that are defined."""
    defined = np.isfinite(values)
    return safe_ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64))


def _number(value: FloatArray) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, slots=True, eq=False)
class Coincidences:
    """Columns of pairs of values: `scale` times one of them is the sum of the two equal coincidence cells."""

    columns: Columns
    column: IntArray
    value_1: IntArray
    value_2: IntArray
    scale: FloatArray


def find_coincidences(statistics: Statistics, scope: Scope) -> Coincidences:
    """Of all annotators or of a pair."""
    table = pivot(statistics, "coincidence" if scope.pair is None else "confusion")
    column = table.find(**keys_of_pair(statistics, scope.pair))
    value_1, value_2 = table.keys["value_1"][column], table.keys["value_2"][column]
    scale = 1.0 + (value_1 != value_2) if scope.pair is None else np.full(len(column), 2.0)
    return Coincidences(table.quantities["weight"], column, value_1, value_2, scale)
