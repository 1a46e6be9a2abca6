"""The coefficients of pairs of annotators, pooled: Cohen's kappa, plain or weighted, and Scott's pi."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import (
    correct_for_chance,
    expect_of_both,
    expect_of_each,
    number_or_none,
)
from annotations.agreement.coding.coincidences import fold_values
from annotations.agreement.coding.distances import Distance
from annotations.agreement.coding.scales import choose_distance, find_problem, say_why_undefined
from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.ordering import find_heads, number_codes
from annotations.agreement.sums.cells import Cells, Part
from annotations.agreement.sums.measures import (
    Measure,
    Slice,
    find_between,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics


def build_pairwise(
    statistics: Statistics, slice_: Slice, *, coefficient: str, level: str = "nominal"
) -> Measure:
    r"""Cohen's kappa, plain or weighted, or Scott's pi: of the pair, or of all pairs pooled.

    .. math:: \kappa = 1 - \frac{D_o}{D_e}, \quad D_o = \frac{\sum_{a < b} n_{ab} D_o^{ab}}{\sum_{a < b} n_{ab}}

    :math:`D_o^{ab}` is the mean distance of the values that two annotators gave, with a distance of 1 between any two different
    ones (nominal), of :math:`|x_c - x_k|` (linear), :math:`(x_c - x_k)^2` (quadratic) or by a table (custom), and
    :math:`n_{ab}` the number of positions that they share, so observed disagreement is summed over pairs, each
    weighed by what it shares. Expected disagreement (see `annotations.agreement.coding.chance`) counts each judgement as often
    as it is compared. The mean of the pairs' own coefficients (Light 1971) is told as `mean_of_pairs`. It has no interval:
    pairs that share few documents take their chance from these few, which biases it, and in resamples once more. At most 1.

    Parameters
    ----------
    statistics : Statistics
        With the table `confusion`.
    slice_ : Slice
    coefficient : 'cohen_kappa' or 'scott_pi'
    level : 'nominal', 'linear', 'quadratic' or 'custom'

    References
    ----------
    Light, R. J. (1971). Measures of response agreement for qualitative data. Psychological Bulletin 76.
    """
    problem = find_problem(statistics, level)
    distance = choose_distance(statistics, slice_, level)
    cells, made = statistics.derive(
        ("judgements", slice_, level), lambda: _judgement_cells(statistics, slice_, distance)
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
        each = _score_pairs(statistics, slice_, coefficient, distance)
        defined = each[np.isfinite(each)]
        return {
            "n_pairs": len(each),
            "n_undefined_pairs": len(each) - len(defined),
            "mean_of_pairs": float(defined.mean()) if len(defined) else None,
            "observed_agreement": number_or_none(1 - observed),
            "expected_agreement": number_or_none(1 - expected),
        }

    return Measure(cells, find_compared(statistics, slice_), score, say_why_undefined(problem), explain)


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


def _judgement_cells(statistics: Statistics, slice_: Slice, distance: Distance) -> tuple[Cells, _Judgements]:
    """How often each annotator gave each value in all comparisons, and in the last cell how far apart two were, in sum."""
    fold, n_values = fold_values(statistics, slice_)
    columns, codes = [], []
    for annotator, value in (("annotator_1", "value_1"), ("annotator_2", "value_2")):
        table, found = find_between(statistics, "confusion", slice_.pair, (annotator, value))
        columns.append((table.quantities["weight"], found))
        codes.append(table.keys[annotator][found] * n_values + fold[table.keys[value][found]])
    distinct, cell = number_codes(np.concatenate(codes))
    parts = [
        Part(*one, own, np.ones(len(own)))
        for one, own in zip(columns, np.split(cell, [len(codes[0])]), strict=True)
    ]
    table, found = find_between(statistics, "confusion", slice_.pair, ("value_1", "value_2"))
    apart = distance.between(fold[table.keys["value_1"][found]], fold[table.keys["value_2"][found]])
    differ = np.flatnonzero(apart)
    last = np.full(len(differ), len(distinct))
    parts.append(Part(table.quantities["weight"], found[differ], last, apart[differ]))
    made = _Judgements(*np.divmod(distinct, max(1, n_values)))
    return Cells(parts, statistics.n_documents, len(distinct) + 1), made


def _score_pairs(statistics: Statistics, slice_: Slice, coefficient: str, distance: Distance) -> FloatArray:
    """The coefficient of each pair that was compared, shape (pair,); NaN where it is undefined."""
    table = statistics.tables["confusion"]
    weight, keys = table.quantities["weight"], table.keys
    fold, n_values = fold_values(statistics, slice_)
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
