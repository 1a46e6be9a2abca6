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
from annotations.agreement.data.ordering import find_heads, number_codes
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
    r"""Cohen's kappa or Scott's pi: of the pair, or of all pairs pooled.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}, \quad p_o = \frac{\sum_{a < b} n_{ab} p_o^{ab}}{\sum_{a < b} n_{ab}}

    :math:`n_{ab}` is the number of positions that two annotators share, so observed agreement is summed over pairs, each
    weighed by what it shares. Expected agreement (see `annotations.agreement.coding.chance`) counts each judgement as often
    as it is compared. The mean of the pairs' own coefficients (Light 1971) is told as `mean_of_pairs`. It has no interval:
    pairs that share few documents take their chance from these few, which biases it, and in resamples once more.

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological Bulletin 76.
    """
    found = find_confusions(statistics, scope)
    cells, made = _judgement_cells(statistics, found)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        own = sums[..., : len(made.annotator)]
        given = made.add_up(own, made.value)
        observed = safe_ratio(2 * sums[..., -1], given.sum(axis=-1))
        if coefficient == "scott_pi":
            return observed, expect_of_both(given)
        return observed, expect_of_each(own, made.add_up(own, made.annotator), given)

    def score(sums: FloatArray) -> FloatArray:
        return correct_for_chance(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        values = _score_pairs(found, coefficient)
        defined = values[np.isfinite(values)]
        return {
            "n_pairs": len(values),
            "n_undefined_pairs": len(values) - len(defined),
            "mean_of_pairs": float(defined.mean()) if len(defined) else None,
            "observed_agreement": _number(observed),
            "expected_agreement": _number(expected),
        }

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


@dataclass(frozen=True, slots=True, eq=False)
class Confusions:
    """Columns of positions that two annotators gave two values, int arrays of shape (confusion,)."""

    columns: Columns
    column: IntArray
    annotator_1: IntArray
    annotator_2: IntArray
    value_1: IntArray
    value_2: IntArray
    n_values: int


def find_confusions(statistics: Statistics, scope: Scope) -> Confusions:
    """Of all pairs or of one; their values folded where a label is asked for."""
    table = pivot(statistics, "confusion")
    found = table.find(**keys_of_pair(statistics, scope.pair))
    keys = {name: codes[found] for name, codes in table.keys.items()}
    value_1, value_2, n_values = _label_values(statistics, scope, keys["value_1"], keys["value_2"])
    annotators = keys["annotator_1"], keys["annotator_2"]
    return Confusions(table.quantities["weight"], found, *annotators, value_1, value_2, n_values)


@dataclass(frozen=True, slots=True, eq=False)
class _Judgements:
    """Which annotator and value each cell counts, int arrays of shape (cell,); only those that occur have one."""

    annotator: IntArray
    value: IntArray

    def add_up(self, sums: FloatArray, key: IntArray) -> FloatArray:
        """Sums of the cells, shape (..., cell), by annotator or by value."""
        if not len(key):
            return np.zeros((*sums.shape[:-1], 1))
        order = np.argsort(key, kind="stable")
        heads = np.flatnonzero(find_heads(key[order]))
        return np.add.reduceat(sums[..., order], heads, axis=-1)


def _judgement_cells(statistics: Statistics, found: Confusions) -> tuple[Cells, _Judgements]:
    """How often each annotator gave each value in all comparisons, and in the last cell how often two gave the same."""
    codes = np.concatenate(
        [
            found.annotator_1 * found.n_values + found.value_1,
            found.annotator_2 * found.n_values + found.value_2,
        ]
    )
    distinct, cell = number_codes(codes)
    same = found.value_1 == found.value_2
    terms = np.concatenate([found.column, found.column, found.column[same]])
    cell = np.concatenate([cell, np.full(int(same.sum()), len(distinct))])
    part = Part(found.columns, terms, cell, np.ones(len(terms)))
    made = _Judgements(*np.divmod(distinct, max(1, found.n_values)))
    return Cells([part], statistics.n_documents, len(distinct) + 1), made


def _score_pairs(found: Confusions, coefficient: str) -> FloatArray:
    """The coefficient of each pair that was compared, shape (pair,); NaN where it is undefined."""
    weight = found.columns.totals[found.column]
    code = found.annotator_1 * (int(found.annotator_2.max(initial=0)) + 1) + found.annotator_2
    pairs, pair = number_codes(code)
    n_values = max(1, found.n_values)
    both = np.concatenate([pair * n_values + found.value_1, pair * n_values + found.value_2])
    distinct, place = number_codes(both)
    first, second = (_add_up(weight, half, len(distinct)) for half in np.split(place, 2))
    of_pair = distinct // n_values
    shared = _add_up(weight, pair, len(pairs))
    alike = first * second if coefficient == "cohen_kappa" else ((first + second) / 2) ** 2
    expected = safe_ratio(_add_up(alike, of_pair, len(pairs)), shared**2)
    equal = np.where(found.value_1 == found.value_2, weight, 0.0)
    observed = safe_ratio(_add_up(equal, pair, len(pairs)), shared)
    return correct_for_chance(observed, expected)[shared > 0]


def _add_up(numbers: FloatArray, keys: IntArray, n_keys: int) -> FloatArray:
    return np.bincount(keys, weights=numbers, minlength=n_keys).astype(np.float64, copy=False)


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
