"""The measures of relations and attributes on the spans that two annotators have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.coding.chance import distant_disagreements, nominal_disagreements, rank_values
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.links.counting import JOINT, LINK_QUANTITIES
from annotations.agreement.sums.cells import Cells, Part, Pivot
from annotations.agreement.sums.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Measure,
    Slice,
    find_between,
    find_compared,
    safe_ratio,
)
from annotations.agreement.sums.statistics import INTERVAL, LEVELS, NOMINAL, ORDINAL, Statistics

NO_LINKS = "no relations: the annotators compared drew none"
NO_COMMON_SPANS = "no aligned spans: no two annotators marked overlapping spans that relations could join"
NO_ATTRIBUTES = "no attributes: no two aligned spans of one label have values of one attribute"


def build_relation_f1(statistics: Statistics, slice_: Slice) -> Measure:
    r"""F1 of relations with tolerant ends.

    .. math:: F_1 = \frac{2 M}{N_1 + N_2}

    A relation is matched when the other annotator drew one of the same type, in the same direction, between the units
    aligned with its ends (see `annotations.agreement.links.counting.pair_spans`): borders and labels of the ends may differ.
    :math:`M` is the number of matched relations, :math:`N_1, N_2` the number that each annotator drew. From 0 to 1.
    """
    links, drawn_by = _find_drawn(statistics, slice_)
    cells = Cells(
        links.stack(LINK_QUANTITIES, drawn_by),
        statistics.n_documents,
        len(LINK_QUANTITIES),
    )
    compared = find_compared(statistics, slice_)

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


def build_relation_alpha(statistics: Statistics, slice_: Slice) -> Measure:
    """Nominal alpha of the relation type, or none, over all ordered pairs of aligned units; in the slice of a type, of it against the rest.

    At most 1, 0 where agreement is that of chance. `annotations.agreement.coding.measures.build_alpha` has the formula.
    """
    names = statistics.axes["linkage"]
    fold: IntArray = np.arange(len(names))
    if slice_.label is not None:
        fold = np.array([slice_.label in name.split(JOINT) for name in names], dtype=np.int64)
    table, found = find_between(statistics, "link_values", slice_.pair, ("linkage_1", "linkage_2"))
    values = (fold[table.keys["linkage_1"][found]], fold[table.keys["linkage_2"][found]])
    coincidences = _Coincidences.count(statistics, table, found, values)
    links, drawn_by = _find_drawn(statistics, slice_)
    drawn = links.stack(LINK_QUANTITIES[:4], drawn_by)
    compared = find_compared(statistics, slice_)

    def reason(paired: float, counts: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        if not counts[:2].sum():
            return NO_LINKS
        return NO_VARIATION if paired else NO_COMMON_SPANS

    def extra(_: float, counts: FloatArray) -> Mapping[str, Any]:
        n_drawn, n_placed = float(counts[:2].sum()), float(counts[2:].sum())
        return {"coverage": n_placed / n_drawn if n_drawn else None}

    return _pooled_alpha(coincidences, compared, counted=drawn, reason=reason, extra=extra)


def build_attribute_alpha(statistics: Statistics, slice_: Slice) -> Measure:
    r"""Alpha of attribute values on aligned spans of one label, each attribute on its own level; attributes pooled.

    .. math:: \alpha = 1 - \frac{\sum_a n_a D_{o, a}}{\sum_a n_a D_{e, a}}

    The squared differences of an ordinal or interval attribute are shares of the greatest one among the values that
    occur, so that no attribute weighs by its unit; alone it has the alpha of its level, which knows no unit. Only pairs
    of spans where both annotators gave a value are compared; `coverage` is their share of those where at least one did. At most 1.

    Notes
    -----
    An attribute is nominal unless `Statistics.scale_attributes` was told another level.
    """
    names = statistics.axes["attribute"]
    wanted = {} if slice_.label is None else {"attribute": names.index(slice_.label)}
    keys = ("attribute", "choice_1", "choice_2")
    table, asked = find_between(statistics, "attributes", slice_.pair, keys, **wanted)
    found = asked[(table.keys["choice_1"][asked] > 0) & (table.keys["choice_2"][asked] > 0)]
    codes, group = np.unique(table.keys["attribute"][found], return_inverse=True)
    levels = statistics.options.get(LEVELS, {})
    coincidences = _Coincidences.count(
        statistics,
        table,
        found,
        (table.keys["choice_1"][found], table.keys["choice_2"][found]),
        group=group,
        levels=[levels.get(statistics.axes["attribute"][code], NOMINAL) for code in codes.tolist()],
    )
    compared = find_compared(statistics, slice_)

    def reason(paired: float, _: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        return NO_VARIATION if paired else NO_ATTRIBUTES

    def extra(paired: float, counts: FloatArray) -> Mapping[str, Any]:
        answered = float(counts[0])
        return {"coverage": paired / 2 / answered if answered else None}

    given = table.stack(("weight",), asked)
    return _pooled_alpha(coincidences, compared, counted=given, reason=reason, extra=extra)


def _find_drawn(statistics: Statistics, slice_: Slice) -> tuple[Pivot, IntArray]:
    """The columns about relations of the type, or of all types together."""
    code = statistics.axes["relation"].index(slice_.label or "")
    return find_between(statistics, "links", slice_.pair, ("relation",), relation=code)


@dataclass(frozen=True, slots=True, eq=False)
class _Coincidences:
    """How often each value of each group occurs and is paired with another one, as cells to be added up.

    Attributes
    ----------
    cells : Cells
        For each group its values and what lies off the diagonal; then one for each of `pairs`.
    levels : the level of each group
    places : float array, shape (value,)
        The numbers that values stand for, from 0 to 1 for each interval group; 0 where a value is none.
    order : int array, shape (value,)
        The values from low to high.
    pairs : int array, shape (pair, 3)
        Group, value and other value, of ordinal groups: their distance depends on what else occurs.
    """

    cells: Cells
    levels: Sequence[str]
    places: FloatArray
    order: IntArray
    pairs: IntArray

    @classmethod
    def count(
        cls,
        statistics: Statistics,
        table: Pivot,
        found: IntArray,
        values: tuple[IntArray, IntArray],
        *,
        group: IntArray | None = None,
        levels: Sequence[str] = (NOMINAL,),
    ) -> "_Coincidences":
        used, codes = np.unique(np.concatenate([[0], *values]), return_inverse=True)
        one, other = np.split(codes[1:], 2)
        width = len(used) + 1
        group = np.zeros(len(found), dtype=np.int64) if group is None else group
        levels = levels or (NOMINAL,)
        level = np.array(levels)[group]
        numbers = np.zeros(len(used))
        scaled = level != NOMINAL
        if scaled.any():
            counted = np.unique(np.concatenate([one[scaled], other[scaled]]))
            names = statistics.axes["choice"]
            numbers[counted] = [_read_number(names[code]) for code in used[counted].tolist()]
        places = np.zeros((len(levels), len(used)))
        for place in (number for number, name in enumerate(levels) if name == INTERVAL):
            own = numbers[np.concatenate([one[group == place], other[group == place]])]
            places[place] = (numbers - own.min()) / (np.ptp(own) or 1)
        ordinal = np.flatnonzero((level == ORDINAL) & (one != other))
        pairs, of_pair = np.unique(
            np.stack([group[ordinal], one[ordinal], other[ordinal]], axis=1), axis=0, return_inverse=True
        )
        n_cells = len(levels) * width
        distance = np.where(level == INTERVAL, (places[group, one] - places[group, other]) ** 2, 1.0)
        differ = np.flatnonzero((one != other) & (level != ORDINAL))
        base = group * width
        part = Part(
            table.quantities["weight"],
            np.concatenate([found, found, found[differ], found[ordinal]]),
            np.concatenate(
                [base + one, base + other, (base + len(used))[differ], n_cells + of_pair.reshape(-1)]
            ),
            np.concatenate([np.ones(2 * len(found)), 2 * distance[differ], np.full(len(ordinal), 2.0)]),
        )
        cells = Cells([part], statistics.n_documents, n_cells + len(pairs))
        return cls(cells, levels, places, np.argsort(numbers, kind="stable"), pairs)

    def disagree(self, sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Observed and expected disagreement of each group, and how many values it has, shape (..., group)."""
        n_groups, n_values = self.places.shape
        size = n_groups * (n_values + 1)
        groups = sums[..., :size].reshape(*sums.shape[:-1], n_groups, n_values + 1)
        marginal, apart = groups[..., :n_values], groups[..., n_values]
        observed, expected = nominal_disagreements(marginal, apart)
        for group, level in enumerate(self.levels):
            if level == NOMINAL:
                continue
            own, off = marginal[..., group, :], apart[..., group]
            places = np.broadcast_to(self.places[group], own.shape)
            if level == ORDINAL:
                places = self._rank(own)
                mine = np.flatnonzero(self.pairs[:, 0] == group)
                _, one, other = self.pairs[mine].T
                off = (sums[..., size + mine] * (places[..., one] - places[..., other]) ** 2).sum(axis=-1)
            observed[..., group], expected[..., group] = distant_disagreements(own, off, places)
        return observed, expected, marginal.sum(axis=-1)

    def _rank(self, marginal: FloatArray) -> FloatArray:
        """The middle ranks of the values, from 0 for the lowest that occurs to 1 for the highest."""
        ranks = np.empty_like(marginal)
        ranks[..., self.order] = rank_values(marginal[..., self.order])
        occurs = marginal > 0
        low = np.where(occurs, ranks, np.inf).min(axis=-1, keepdims=True)
        high = np.where(occurs, ranks, -np.inf).max(axis=-1, keepdims=True)
        is_spread = high > low
        return np.where(
            is_spread, (ranks - np.where(is_spread, low, 0)) / np.where(is_spread, high - low, 1), 0
        )


def _read_number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidOptionError(
            f"an attribute that is ordinal or interval has the value {value!r}, which is no number; call it nominal"
        ) from None


def _pooled_alpha(
    coincidences: _Coincidences,
    compared: BoolArray,
    *,
    counted: Sequence[Part],
    reason: Callable[[float, FloatArray], str],
    extra: Callable[[float, FloatArray], Mapping[str, Any]],
) -> Measure:
    """One minus the ratio of summed disagreements, each weighed by its number of values.

    `reason` and `extra` are given the number of paired values and the sums of what was `counted` beside them.
    """
    cells = coincidences.cells
    size = cells.n_cells
    beside = [replace(part, cell=part.cell + size) for part in counted]
    cells = Cells([*cells.parts, *beside], cells.n_documents, size + len(beside))

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        observed, expected, weight = coincidences.disagree(sums[..., :size])
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
