"""The measures of the gamma family, from the table of disorders."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray
from annotations.agreement.gamma.counting import LABEL_QUANTITIES, NORMAL_95, QUANTITIES
from annotations.agreement.sums.cells import Cells, pivot
from annotations.agreement.sums.measures import (
    NO_UNITS,
    Measure,
    Scope,
    find_compared,
    keys_of_scope,
    safe_ratio,
)
from annotations.agreement.sums.statistics import Statistics

NO_CHANCE = "no variation: random annotations of this shape agree as well"
ONE_LABEL = "no variation: the aligned spans have one label, or random ones would"
NOT_ALIGNED = "nothing aligned: no two annotators marked spans near each other, or no random annotations did"


def build_gamma(statistics: Statistics, scope: Scope) -> Measure:
    r"""Gamma, of documents pooled by their numbers of units.

    .. math:: \gamma = 1 - \frac{\sum_d \bar x_d \delta_d}{\sum_d \bar x_d \delta^e_d}

    At most 1; 0 where the best alignments are no better than those of random annotations.

    References
    ----------
    Mathet, Y., Widlöcher, A., Métivier, J.-P. (2015). Computational Linguistics 41(3).
    """
    cells = _find_cells(statistics, "gamma", QUANTITIES, scope)
    index = {name: column for column, name in enumerate(QUANTITIES)}
    options = statistics.options

    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., index["observed"]], sums[..., index["expected"]])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        units, observed, expected = (float(sums[index[name]]) for name in ("units", "observed", "expected"))
        if not units:
            return {}
        error = NORMAL_95 * float(np.sqrt(sums[index["variance"]]))
        details: dict[str, Any] = {
            "observed_disorder": observed / units,
            "expected_disorder": expected / units,
            "n_clusters": int(sums[index["clusters"]]),
            "certified": bool(sums[index["uncertified"]] == 0),
            "n_samples": int(sums[index["samples"]]),
        }
        if options["precision"] is not None:
            details["precise"] = bool(sums[index["imprecise"]] == 0)
        if options["gamma_samples"] > 1 and expected > error:
            details["monte_carlo_interval"] = [
                1 - observed / (expected - error),
                1 - observed / (expected + error),
            ]
        return details

    def reason(sums: FloatArray) -> str:
        return NO_CHANCE if sums[index["units"]] else NO_UNITS

    return Measure(cells, _find_used(statistics, scope, cells), score, reason, explain)


def build_gamma_cat(statistics: Statistics, scope: Scope) -> Measure:
    r"""Gamma-cat: do aligned units have the same label, beyond chance?

    The observed disagreement is the share of differing labels among the aligned pairs, each weighed by its nearness
    and by one less than the size of its cluster; the expected one is the mean over the random samples.

    References
    ----------
    Mathet, Y. (2017). The agreement measure gamma-cat: a complement to gamma focused on categorization of a
    continuum. Computational Linguistics 43(3).
    """
    if scope.label is not None:
        return build_gamma_k(statistics, scope)
    names = ("category_observed", "category_weight", "category_expected")
    return _categorial(statistics, scope, _find_cells(statistics, "gamma", names, scope))


def build_gamma_k(statistics: Statistics, scope: Scope) -> Measure:
    """Gamma-k: gamma-cat over the aligned pairs in which one unit has the label; without a label, all labels pooled."""
    return _categorial(statistics, scope, _find_cells(statistics, "gamma_label", LABEL_QUANTITIES, scope))


def _categorial(statistics: Statistics, scope: Scope, cells: Cells) -> Measure:
    def score(sums: FloatArray) -> FloatArray:
        return 1 - safe_ratio(sums[..., 0], sums[..., 2])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        weight = float(sums[1])
        if not weight:
            return {}
        return {
            "observed_disagreement": float(sums[0]) / weight,
            "expected_disagreement": float(sums[2]) / weight,
            "weight": weight,
        }

    def reason(sums: FloatArray) -> str:
        return ONE_LABEL if sums[1] else NOT_ALIGNED

    return Measure(cells, _find_used(statistics, scope, cells), score, reason, explain)


def _find_cells(statistics: Statistics, name: str, quantities: Sequence[str], scope: Scope) -> Cells:
    table = pivot(statistics, name)
    wanted = keys_of_scope(statistics, scope.pair)
    if scope.label is not None:
        wanted["label"] = statistics.axes["label"].index(scope.label)
    elif name == "gamma":
        wanted["label"] = 0
    return Cells(table.stack(quantities, table.find(**wanted)), statistics.n_documents, len(quantities))


def _find_used(statistics: Statistics, scope: Scope, cells: Cells) -> BoolArray:
    """Documents without units, or of the labels without aligned ones, say nothing and are not drawn in resamples."""
    document, _, weight = cells.entries()
    spoken = np.zeros(statistics.n_documents, dtype=bool)
    spoken[document[weight != 0]] = True
    compared = find_compared(statistics, scope)
    return compared & spoken if spoken.any() else compared
