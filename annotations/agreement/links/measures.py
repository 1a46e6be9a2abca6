"""The measures of relations and attributes on the spans that two annotators have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import nominal_disagreements
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.links.counting import JOINT, LINK_QUANTITIES
from annotations.agreement.sums.cells import Cells, Part, Pivot, pivot
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

NO_LINKS = "no relations: the annotators compared drew none"
NO_COMMON_SPANS = "no aligned spans: no two annotators marked overlapping spans that relations could join"
NO_ATTRIBUTES = "no attributes: no two aligned spans of one label have values of one attribute"


def build_relation_f1(statistics: Statistics, scope: Scope) -> Measure:
    r"""F1 of relations with tolerant ends.

    .. math:: F_1 = \frac{2 M}{N_1 + N_2}

    A relation is matched when the other annotator drew one of the same type, in the same direction, between the units
    aligned with its ends (see `annotations.agreement.links.counting.pair_spans`): borders and labels of the ends may differ.
    """
    links = pivot(statistics, "links")
    cells = Cells(
        links.stack(LINK_QUANTITIES, _find_drawn(statistics, links, scope)),
        statistics.n_documents,
        len(LINK_QUANTITIES),
    )
    compared = find_compared(statistics, scope)

    def score(sums: FloatArray) -> FloatArray:
        return safe_ratio(2 * sums[..., 4], sums[..., 0] + sums[..., 1])

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        drawn = float(sums[0] + sums[1])
        return {
            "matched": float(sums[4]),
            "relations_1": float(sums[0]),
            "relations_2": float(sums[1]),
            "coverage": float(sums[2] + sums[3]) / drawn if drawn else None,
        }

    def reason(_: FloatArray) -> str:
        return NO_LINKS if compared.any() else NOTHING_TO_COMPARE

    return Measure(cells, compared, score, reason, explain)


def build_relation_alpha(statistics: Statistics, scope: Scope) -> Measure:
    """Nominal alpha of the relation type, or none, over all ordered pairs of aligned units; a type against the rest."""
    table = pivot(statistics, "link_values")
    names = statistics.axes["linkage"]
    fold: IntArray = np.arange(len(names))
    if scope.label is not None:
        fold = np.array([scope.label in name.split(JOINT) for name in names], dtype=np.int64)
    links = pivot(statistics, "links")
    found = table.find(**keys_of_pair(statistics, scope.pair))
    values = (fold[table.keys["linkage_1"][found]], fold[table.keys["linkage_2"][found]])
    cells, n_values = _coincidences(statistics, table, found, values)
    drawn = links.stack(LINK_QUANTITIES[:4], _find_drawn(statistics, links, scope))
    compared = find_compared(statistics, scope)

    def reason(paired: float, counts: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        if not counts[:2].sum():
            return NO_LINKS
        return NO_VARIATION if paired else NO_COMMON_SPANS

    def extra(_: float, counts: FloatArray) -> Mapping[str, Any]:
        n_drawn, n_placed = float(counts[:2].sum()), float(counts[2:].sum())
        return {"coverage": n_placed / n_drawn if n_drawn else None}

    return _pooled_alpha(cells, compared, n_values, counted=drawn, reason=reason, extra=extra)


def build_attribute_alpha(statistics: Statistics, scope: Scope) -> Measure:
    r"""Nominal alpha of attribute values on aligned spans of one label; attributes pooled.

    .. math:: \alpha = 1 - \frac{\sum_a n_a D_{o, a}}{\sum_a n_a D_{e, a}}

    Only pairs of spans where both annotators gave a value are compared; `coverage` is their share of those where at
    least one did.
    """
    table = pivot(statistics, "attributes")
    wanted = keys_of_pair(statistics, scope.pair)
    if scope.label is not None:
        wanted["attribute"] = statistics.axes["attribute"].index(scope.label)
    asked = table.find(**wanted)
    found = asked[(table.keys["choice_1"][asked] > 0) & (table.keys["choice_2"][asked] > 0)]
    _, group = np.unique(table.keys["attribute"][found], return_inverse=True)
    choices = (table.keys["choice_1"][found], table.keys["choice_2"][found])
    cells, n_values = _coincidences(statistics, table, found, choices, group=group)
    compared = find_compared(statistics, scope)

    def reason(paired: float, _: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        return NO_VARIATION if paired else NO_ATTRIBUTES

    def extra(paired: float, counts: FloatArray) -> Mapping[str, Any]:
        answered = float(counts[0])
        return {"coverage": paired / 2 / answered if answered else None}

    given = table.stack(("weight",), asked)
    return _pooled_alpha(cells, compared, n_values, counted=given, reason=reason, extra=extra)


def _find_drawn(statistics: Statistics, links: Pivot, scope: Scope) -> IntArray:
    """The columns about relations of the type, or of all types together."""
    code = statistics.axes["relation"].index(scope.label or "")
    return links.find(relation=code, **keys_of_pair(statistics, scope.pair))


def _coincidences(
    statistics: Statistics,
    table: Pivot,
    found: IntArray,
    values: tuple[IntArray, IntArray],
    *,
    group: IntArray | None = None,
) -> tuple[Cells, int]:
    """For each group, how often each value that occurs does, and how many values are paired with another one."""
    used, codes = np.unique(np.concatenate([[0], *values]), return_inverse=True)
    one, other = np.split(codes[1:], 2)
    width = len(used) + 1
    group = np.zeros(len(found), dtype=np.int64) if group is None else group
    base = group * width
    differ = one != other
    part = Part(
        table.quantities["weight"],
        np.concatenate([found, found, found[differ]]),
        np.concatenate([base + one, base + other, (base + len(used))[differ]]),
        np.concatenate([np.ones(2 * len(found)), np.full(int(differ.sum()), 2.0)]),
    )
    return Cells([part], statistics.n_documents, (int(group.max(initial=0)) + 1) * width), len(used)


def _pooled_alpha(
    cells: Cells,
    compared: BoolArray,
    n_values: int,
    *,
    counted: Sequence[Part],
    reason: Callable[[float, FloatArray], str],
    extra: Callable[[float, FloatArray], Mapping[str, Any]],
) -> Measure:
    """One minus the ratio of summed disagreements, each weighed by its number of values.

    `reason` and `extra` are given the number of paired values and the sums of what was `counted` beside them.
    """
    size = cells.n_cells
    beside = [replace(part, cell=part.cell + size) for part in counted]
    cells = Cells([*cells.parts, *beside], cells.n_documents, size + len(beside))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        groups = sums[..., :size].reshape(*sums.shape[:-1], -1, n_values + 1)
        marginal = groups[..., :n_values]
        observed, expected = nominal_disagreements(marginal, groups[..., n_values])
        weight = marginal.sum(axis=-1)
        return (weight * observed).sum(axis=-1), (weight * expected).sum(axis=-1), weight.sum(axis=-1)

    def score(sums: FloatArray) -> FloatArray:
        observed, expected, _ = parts(sums)
        return 1 - safe_ratio(observed, expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected, weight = parts(sums)
        details: dict[str, Any] = {
            "pairable_values": float(weight),
            **extra(float(weight), sums[size:]),
        }
        if weight:
            details["observed_disagreement"] = float(observed / weight)
            details["expected_disagreement"] = float(expected / weight)
        return details

    def explain_gap(sums: FloatArray) -> str:
        return reason(float(parts(sums)[2]), sums[size:])

    return Measure(cells, compared, score, explain_gap, explain)
