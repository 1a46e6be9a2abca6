"""The measures of agreement over positions or items: percent, kappa, pi, Fleiss' kappa, Krippendorff's alpha."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import (
    TINY,
    average_disagreements,
    correct_for_chance,
    distant_disagreements,
    expect_of_both,
    expect_of_each,
    nominal_disagreements,
    rank_values,
)
from annotations.agreement.coding.distances import Distance, Nominal
from annotations.agreement.coding.scales import choose_distance, find_problem
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
    count_judged,
    find_between,
    find_compared,
    keys_of_pair,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

Disagreements = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def build_alpha(statistics: Statistics, scope: Scope, *, level: str = "nominal") -> Measure:
    r"""Krippendorff's alpha over the coincidences of all annotators, of one pair, or of one label against the rest.

    .. math::
        \alpha = 1 - (n - 1) \frac{\sum_{c < k} o_{ck} \delta_{ck}}{\sum_{c < k} n_c n_k \delta_{ck}}

    with :math:`\delta_{ck} = 1` (nominal), :math:`(v_c - v_k)^2` (interval), :math:`((v_c - v_k) / (v_c + v_k))^2` (ratio),
    :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2` (ordinal), or by a table (custom), for :math:`c < k`.
    """
    problem = find_problem(statistics, level)
    # one value against the rest has no order
    is_nominal = level == "nominal" or scope.label is not None or bool(problem)
    if is_nominal:
        cells, n_values, parts, unit = _equality_cells(statistics, scope)
    elif level in {"ratio", "custom"}:
        cells, n_values, parts, unit = _fixed_cells(
            statistics, scope, choose_distance(statistics, scope, level)
        )
    else:
        cells, n_values, parts, unit = _distance_cells(statistics, scope, level)

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
    cells, n_values = agreement_cells(statistics, scope)

    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., n_values + 1], sums[..., n_values])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        total, apart = sums[n_values:].tolist()
        return {"agreeing": total - apart, "pairable_values": total}

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
    # judgements are counted as they are; agreement weighs each position once
    cells, n_values = agreement_cells(statistics, scope, is_once=True)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal, total, apart = sums[..., :n_values], sums[..., n_values], sums[..., n_values + 1]
        made = marginal.sum(axis=-1)
        return safe_ratio(apart, total), expect_of_both(made**2 - (marginal**2).sum(axis=-1), made)

    def score(sums: FloatArray) -> FloatArray:
        return correct_for_chance(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected = parts(sums)
        return {"observed_agreement": _number(1 - observed), "expected_agreement": _number(1 - expected)}

    def reason(sums: FloatArray) -> str:
        return NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


def build_pairwise(
    statistics: Statistics, scope: Scope, *, coefficient: str, level: str = "nominal"
) -> Measure:
    r"""Cohen's kappa, plain or weighted, or Scott's pi: of the pair, or of all pairs pooled.

    .. math:: \kappa = 1 - \frac{D_o}{D_e}, \quad D_o = \frac{\sum_{a < b} n_{ab} D_o^{ab}}{\sum_{a < b} n_{ab}}

    :math:`D_o^{ab}` is the mean distance of the values that two annotators gave, with a distance of 1 between any two different
    ones (nominal), of :math:`|x_c - x_k|` (linear), :math:`(x_c - x_k)^2` (quadratic) or by a table (custom), and
    :math:`n_{ab}` the number of positions that they share, so observed disagreement is summed over pairs, each
    weighed by what it shares. Expected disagreement (see `annotations.agreement.coding.chance`) counts each judgement as often
    as it is compared. The mean of the pairs' own coefficients (Light 1971) is told as `mean_of_pairs`. It has no interval:
    pairs that share few documents take their chance from these few, which biases it, and in resamples once more.

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological Bulletin 76.
    """
    problem = find_problem(statistics, level)
    distance = choose_distance(statistics, scope, level)
    cells, made = statistics.derive(
        ("judgements", scope, level), lambda: _judgement_cells(statistics, scope, distance)
    )
    values = np.unique(made.value)
    within = distance.lay_out(made.value, number_codes(made.annotator)[1])
    among = distance.lay_out(values, np.zeros(len(values), dtype=np.int64))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Observed and expected disagreement."""
        own = sums[..., : len(made.annotator)]
        given = made.add_up(own, made.value)
        total, spread = given.sum(axis=-1), among(given)[..., 0]
        observed = safe_ratio(2 * sums[..., -1], total)
        if coefficient == "scott_pi":
            return observed, expect_of_both(spread, total)
        of_annotators = made.add_up(own, made.annotator)
        return observed, expect_of_each(spread, within(own).sum(axis=-1), of_annotators)

    def score(sums: FloatArray) -> FloatArray:
        if problem:
            return np.full(sums.shape[:-1], np.nan)
        return correct_for_chance(*parts(sums))

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        if problem:
            return {}
        observed, expected = parts(sums)
        each = _score_pairs(statistics, scope, coefficient, distance)
        defined = each[np.isfinite(each)]
        return {
            "n_pairs": len(each),
            "n_undefined_pairs": len(each) - len(defined),
            "mean_of_pairs": float(defined.mean()) if len(defined) else None,
            "observed_agreement": _number(1 - observed),
            "expected_agreement": _number(1 - expected),
        }

    def reason(sums: FloatArray) -> str:
        return problem or (NOTHING_TO_COMPARE if sums.sum() == 0 else NO_VARIATION)

    return Measure(cells, find_compared(statistics, scope), score, reason, explain)


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


def _judgement_cells(statistics: Statistics, scope: Scope, distance: Distance) -> tuple[Cells, _Judgements]:
    """How often each annotator gave each value in all comparisons, and in the last cell how far apart two were, in sum."""
    fold, n_values = fold_values(statistics, scope)
    columns, codes = [], []
    for annotator, value in (("annotator_1", "value_1"), ("annotator_2", "value_2")):
        table, found = find_between(statistics, "confusion", scope.pair, (annotator, value))
        columns.append((table.quantities["weight"], found))
        codes.append(table.keys[annotator][found] * n_values + fold[table.keys[value][found]])
    distinct, cell = number_codes(np.concatenate(codes))
    parts = [
        Part(*one, own, np.ones(len(own)))
        for one, own in zip(columns, np.split(cell, [len(codes[0])]), strict=True)
    ]
    table, found = find_between(statistics, "confusion", scope.pair, ("value_1", "value_2"))
    apart = distance.between(fold[table.keys["value_1"][found]], fold[table.keys["value_2"][found]])
    differ = np.flatnonzero(apart)
    last = np.full(len(differ), len(distinct))
    parts.append(Part(table.quantities["weight"], found[differ], last, apart[differ]))
    made = _Judgements(*np.divmod(distinct, max(1, n_values)))
    return Cells(parts, statistics.n_documents, len(distinct) + 1), made


def _score_pairs(statistics: Statistics, scope: Scope, coefficient: str, distance: Distance) -> FloatArray:
    """The coefficient of each pair that was compared, shape (pair,); NaN where it is undefined."""
    table = statistics.tables["confusion"]
    weight, keys = table.quantities["weight"], table.keys
    fold, n_values = fold_values(statistics, scope)
    value_1, value_2 = fold[keys["value_1"]], fold[keys["value_2"]]
    pairs, pair = number_codes(keys["annotator_1"] * len(statistics.axes["annotator"]) + keys["annotator_2"])
    distinct, place = number_codes(np.concatenate([pair * n_values + value_1, pair * n_values + value_2]))
    first, second = (_add_up(weight, half, len(distinct)) for half in np.split(place, 2))
    of_pair, value = np.divmod(distinct, max(1, n_values))
    spread = distance.lay_out(value, of_pair)
    shared = _add_up(weight, pair, len(pairs))
    among_all, within_each = spread(first + second), spread(first) + spread(second)
    made = np.stack([shared, shared], axis=-1)
    expected = (
        expect_of_each(among_all, within_each, made)
        if coefficient == "cohen_kappa"
        else expect_of_both(among_all, 2 * shared)
    )
    apart = weight * distance.between(value_1, value_2)
    observed = safe_ratio(_add_up(apart, pair, len(pairs)), shared)
    return correct_for_chance(observed, expected)[shared > 0]


def _add_up(numbers: FloatArray, keys: IntArray, n_keys: int) -> FloatArray:
    return np.bincount(keys, weights=numbers, minlength=n_keys).astype(np.float64, copy=False)


def agreement_cells(
    statistics: Statistics, scope: Scope, *, distance: Distance | None = None, is_once: bool = False
) -> tuple[Cells, int]:
    """What coefficients need of the coincidences: each value's sum, then that of all pairs, and how far apart these are in sum.

    For the latter two, a position weighs as much as it has judgements, or once.
    """
    found = find_coincidences(statistics, scope)
    fold, n_values = fold_values(statistics, scope)
    value_1, value_2 = fold[found.value_1], fold[found.value_2]
    columns, scale = (found.columns, found.scale) if not is_once else _weigh_once(statistics, scope, found)
    apart = (distance or Nominal()).between(value_1, value_2)
    parts = [
        _count_values(found, value_1, value_2),
        Part(columns, found.column, np.full(len(value_1), n_values), scale),
        Part(columns, found.column, np.full(len(value_1), n_values + 1), scale * apart),
    ]
    return Cells(parts, statistics.n_documents, n_values + 2), n_values


def _weigh_once(statistics: Statistics, scope: Scope, found: "Coincidences") -> tuple[Columns, FloatArray]:
    """The coincidences and their scale, so that those of each position add up to 1."""
    if scope.pair is not None:
        return found.columns, found.scale / 2

    def share_out() -> Columns:
        return found.columns.scale(1 / np.maximum(count_judged(statistics, scope), 1))

    return statistics.derive("coincidences, each position once", share_out), found.scale


def _equality_cells(statistics: Statistics, scope: Scope) -> tuple[Cells, int, Disagreements, float]:
    """The cells of alpha where values are alike or not, in the form that `_distance_cells` gives."""
    cells, n_values = agreement_cells(statistics, scope)

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        return nominal_disagreements(sums[..., :n_values], sums[..., n_values + 1])

    return cells, n_values, parts, 1.0


def _fixed_cells(
    statistics: Statistics, scope: Scope, distance: Distance
) -> tuple[Cells, int, Disagreements, float]:
    """The cells of alpha where the distances of values do not depend on how often each occurs."""
    cells, n_values = agreement_cells(statistics, scope, distance=distance)
    among = distance.lay_out(np.arange(n_values), np.zeros(n_values, dtype=np.int64))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginal = sums[..., :n_values]
        total, spread = marginal.sum(axis=-1), among(marginal)[..., 0]
        expected = np.where(spread > TINY * total**2, spread, 0.0)
        return average_disagreements(total, sums[..., n_values + 1], expected)

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


def fold_values(statistics: Statistics, scope: Scope) -> tuple[IntArray, int]:
    """The number of each value within a scope, and how many numbers there are: two in the scope of a label, which a value has or has not."""
    names = statistics.axes["value"]
    if scope.label is None:
        return np.arange(len(names)), len(names)
    if statistics.kind == "items":
        return np.array([name == scope.label for name in names], dtype=np.int64), 2
    return np.array([scope.label in members_of(name) for name in names], dtype=np.int64), 2


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
    """Look up the coincidences of all annotators, or those of one pair."""
    table = pivot(statistics, "coincidence" if scope.pair is None else "confusion")
    column = table.find(**keys_of_pair(statistics, scope.pair))
    value_1, value_2 = table.keys["value_1"][column], table.keys["value_2"][column]
    scale = 1.0 + (value_1 != value_2) if scope.pair is None else np.full(len(column), 2.0)
    return Coincidences(table.quantities["weight"], column, value_1, value_2, scale)
