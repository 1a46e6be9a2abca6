"""Relations and attributes, compared on the spans that two annotators have in common."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotations.agreement.chance import disagreements
from annotations.agreement.corpus import ABSENT, BoolArray, Corpus, FloatArray, IntArray
from annotations.agreement.matching import Overlaps, find_overlaps, match_spans
from annotations.agreement.measures import (
    NO_VARIATION,
    NOTHING_TO_COMPARE,
    Cells,
    Explain,
    Measure,
    Reason,
    Scope,
    find_compared,
    rows_of_pair,
    safe_ratio,
)
from annotations.agreement.statistics import Statistics, Table

NO_LINKS = "no relations: the annotators compared drew none"
NO_COMMON_SPANS = "no aligned spans: no two annotators marked overlapping spans that relations could join"
NO_ATTRIBUTES = "no attributes: no two aligned spans of one label have values of one attribute"
UNLINKED = ""
JOINT = "\x1f"
LINK_QUANTITIES = ("links_1", "links_2", "placed_1", "placed_2", "matched")


def pair_spans(corpus: Corpus, overlaps: Overlaps | None = None) -> Overlaps:
    r"""Which spans of two annotators are the same unit: the one-to-one matching of largest total weight.

    .. math:: w(u, v) = [l_u = l_v] + \frac{|u \cap v|}{|u \cup v|} \quad \text{for overlapping } u, v
    """
    found = find_overlaps(corpus) if overlaps is None else overlaps
    length = (corpus.end - corpus.start).astype(np.float64)
    union = length[found.first] + length[found.second] - found.shared
    weight = found.shared / union + (corpus.label[found.first] == corpus.label[found.second])
    return found.take(match_spans(corpus, found, weight))


def count_links(corpus: Corpus, pairs: Overlaps) -> tuple[dict[str, Table], dict[str, tuple[str, ...]]]:
    """Relations that two annotators both drew between the same units, and the coincidences of their types.

    Every ordered pair of aligned units of a document is a place where each annotator drew a relation of some type, or
    none.

    Returns
    -------
    tables : mapping of 'links' and 'link_values' to Table
        `links`: keys `document`, `annotator_1`, `annotator_2`, `relation` (0: all types); quantities `links_1`,
        `links_2` (drawn), `placed_1`, `placed_2` (both ends aligned), `matched`.
        `link_values`: keys `document`, `annotator_1`, `annotator_2`, `linkage_1`, `linkage_2`; quantity `weight`.
    axes : mapping of 'relation' and 'linkage' to names
    """
    tally, drawn = _tally_links(corpus, _number_units(corpus, pairs) if len(corpus.links) else {})
    keys = np.array(sorted(tally), dtype=np.int64).reshape(-1, 4)
    values = np.array([tally[key] for key in sorted(tally)]).reshape(-1, len(LINK_QUANTITIES))
    names = ("document", "annotator_1", "annotator_2", "relation")
    tables = {
        "links": Table(
            {name: keys[:, column] for column, name in enumerate(names)},
            {name: values[:, column] for column, name in enumerate(LINK_QUANTITIES)},
        ),
    }
    tables["link_values"], linkages = _count_places(corpus, pairs, drawn)
    return tables, {"relation": ("", *corpus.links.kinds), "linkage": linkages}


Places = dict[tuple[int, int], tuple[set[int], set[int]]]


def _tally_links(
    corpus: Corpus,
    unit_of: Mapping[tuple[int, int], int],
) -> tuple[dict[tuple[int, int, int, int], FloatArray], dict[tuple[int, int, int], Places]]:
    """The rows of the table of links, and who drew what between which aligned units."""
    tally: dict[tuple[int, int, int, int], FloatArray] = {}
    drawn: dict[tuple[int, int, int], Places] = {}
    links = corpus.links
    for source, target, kind in zip(
        links.source.tolist(), links.target.tolist(), links.kind.tolist(), strict=True
    ):
        document, annotator = int(corpus.document[source]), int(corpus.annotator[source])
        for other in np.flatnonzero(corpus.completed[document]).tolist():
            if other == annotator:
                continue
            side = int(annotator > other)
            scope = (document, min(annotator, other), max(annotator, other))
            first, second = unit_of.get((source, other)), unit_of.get((target, other))
            placed = first is not None and second is not None
            for code in (0, kind + 1):
                row = tally.setdefault((*scope, code), np.zeros(len(LINK_QUANTITIES)))
                row[side] += 1
                row[2 + side] += placed
            if first is not None and second is not None:
                both = drawn.setdefault(scope, {}).setdefault((first, second), (set(), set()))
                both[side].add(kind)
    for scope, places in drawn.items():
        for kind in (kind for mine, theirs in places.values() for kind in mine & theirs):
            tally[*scope, 0][4] += 1
            tally[*scope, kind + 1][4] += 1
    return tally, drawn


def _number_units(corpus: Corpus, pairs: Overlaps) -> dict[tuple[int, int], int]:
    """The number of the aligned unit that a span forms with its partner of another annotator."""
    numbers: dict[tuple[int, int], int] = {}
    for number, (one, other) in enumerate(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)):
        numbers[one, int(corpus.annotator[other])] = number
        numbers[other, int(corpus.annotator[one])] = number
    return numbers


def _count_places(
    corpus: Corpus,
    pairs: Overlaps,
    drawn: Mapping[tuple[int, int, int], Mapping[tuple[int, int], tuple[set[int], set[int]]]],
) -> tuple[Table, tuple[str, ...]]:
    kinds = corpus.links.kinds

    def name(codes: set[int]) -> str:
        return JOINT.join(kinds[code] for code in sorted(codes))

    found = {name(codes) for places in drawn.values() for both in places.values() for codes in both}
    linkages = (UNLINKED, *sorted(found - {UNLINKED}))
    place = {value: index for index, value in enumerate(linkages)}
    n_annotators = max(1, len(corpus.annotators))
    scope = (corpus.document[pairs.first] * n_annotators + corpus.annotator[pairs.first]) * n_annotators
    scopes, n_units = np.unique(scope + corpus.annotator[pairs.second], return_counts=True)
    rows: dict[tuple[int, int, int, int, int], float] = {}
    for code, units in zip(scopes.tolist(), n_units.tolist(), strict=True):
        rest, second = divmod(code, n_annotators)
        document, first = divmod(rest, n_annotators)
        linked = drawn.get((document, first, second), {})
        for mine, theirs in linked.values():
            key = (document, first, second, place[name(mine)], place[name(theirs)])
            rows[key] = rows.get(key, 0.0) + 1
        left = units * (units - 1) - sum(source != target for source, target in linked)
        if left > 0:
            rows[document, first, second, 0, 0] = rows.get((document, first, second, 0, 0), 0.0) + left
    keys = np.array(sorted(rows), dtype=np.int64).reshape(-1, 5)
    names = ("document", "annotator_1", "annotator_2", "linkage_1", "linkage_2")
    weights = np.array([rows[key] for key in sorted(rows)], dtype=np.float64)
    return Table({name: keys[:, column] for column, name in enumerate(names)}, {"weight": weights}), linkages


def count_attributes(corpus: Corpus, pairs: Overlaps) -> tuple[Table, dict[str, tuple[str, ...]]]:
    """Which values of each attribute two annotators gave aligned spans of one label.

    Returns
    -------
    table : Table
        Keys `document`, `annotator_1`, `annotator_2`, `attribute`, `choice_1`, `choice_2`; quantity `weight`. Choice 0 is
        no value.
    axes : mapping of 'attribute' and 'choice' to names
    """
    same = corpus.label[pairs.first] == corpus.label[pairs.second]
    one, other = pairs.first[same], pairs.second[same]
    attributes = tuple(sorted(corpus.attributes))
    choices = ("", *sorted({value for _, values in corpus.attributes.values() for value in values} - {""}))
    place = {value: index for index, value in enumerate(choices)}
    parts: list[IntArray] = []
    for number, attribute in enumerate(attributes):
        codes, values = corpus.attributes[attribute]
        lookup = np.array([*(place[value] for value in values), 0], dtype=np.int64)
        mine, theirs = lookup[codes[one]], lookup[codes[other]]
        kept = (codes[one] != ABSENT) | (codes[other] != ABSENT)
        columns = (
            corpus.document[one],
            corpus.annotator[one],
            corpus.annotator[other],
            np.full(len(one), number),
            mine,
            theirs,
        )
        parts.append(np.stack(columns, axis=1)[kept])
    rows = np.concatenate(parts) if parts else np.zeros((0, 6), dtype=np.int64)
    keys, count = np.unique(rows, axis=0, return_counts=True)
    names = ("document", "annotator_1", "annotator_2", "attribute", "choice_1", "choice_2")
    table = Table(
        {name: keys[:, column] for column, name in enumerate(names)}, {"weight": count.astype(np.float64)}
    )
    return table, {"attribute": ("", *attributes), "choice": choices}


def build_relation_f1(statistics: Statistics, scope: Scope) -> Measure:
    r"""F1 of relations with tolerant ends.

    .. math:: F_1 = \frac{2 M}{N_1 + N_2}

    A relation is matched when the other annotator drew one of the same type, in the same direction, between the units
    aligned with its ends (see `pair_spans`): borders and labels of the ends may differ.
    """
    table = rows_of_pair(statistics, statistics.tables["links"], scope.pair)
    code = statistics.axes["relation"].index(scope.label or "")
    table = table.take(np.flatnonzero(table.keys["relation"] == code))
    columns = np.stack([table.quantities[name] for name in LINK_QUANTITIES], axis=1)
    cells = Cells.from_columns(table.keys["document"], columns, statistics.n_documents)
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
    table = rows_of_pair(statistics, statistics.tables["link_values"], scope.pair)
    names = statistics.axes["linkage"]
    fold: IntArray = np.arange(len(names))
    if scope.label is not None:
        fold = np.array([scope.label in name.split(JOINT) for name in names], dtype=np.int64)
    links = rows_of_pair(statistics, statistics.tables["links"], scope.pair)
    code = statistics.axes["relation"].index(scope.label or "")
    links = links.take(np.flatnonzero(links.keys["relation"] == code))
    drawn = float(sum(links.quantities[name].sum() for name in ("links_1", "links_2")))
    placed = float(sum(links.quantities[name].sum() for name in ("placed_1", "placed_2")))
    cells, n_values = _coincidences(
        statistics, table, (fold[table.keys["linkage_1"]], fold[table.keys["linkage_2"]]), 1
    )
    compared = find_compared(statistics, scope)

    def reason(sums: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        if not drawn:
            return NO_LINKS
        return NO_VARIATION if sums.sum() else NO_COMMON_SPANS

    def extra(_: FloatArray) -> Mapping[str, Any]:
        return {"coverage": placed / drawn if drawn else None}

    return _pooled_alpha(cells, compared, n_values, reason, extra)


def build_attribute_alpha(statistics: Statistics, scope: Scope) -> Measure:
    r"""Nominal alpha of attribute values on aligned spans of one label; attributes pooled.

    .. math:: \alpha = 1 - \frac{\sum_a n_a D_{o, a}}{\sum_a n_a D_{e, a}}

    Only pairs of spans where both annotators gave a value are compared; `coverage` is their share of those where at
    least one did.
    """
    table = rows_of_pair(statistics, statistics.tables["attributes"], scope.pair)
    if scope.label is not None:
        code = statistics.axes["attribute"].index(scope.label) - 1
        table = table.take(np.flatnonzero(table.keys["attribute"] == code))
    present = (table.keys["choice_1"] > 0) & (table.keys["choice_2"] > 0)
    given = float(table.quantities["weight"].sum())
    table = table.take(np.flatnonzero(present))
    attributes, group = np.unique(table.keys["attribute"], return_inverse=True)
    choices = (table.keys["choice_1"], table.keys["choice_2"])
    cells, n_values = _coincidences(statistics, table, choices, max(1, len(attributes)), group)
    compared = find_compared(statistics, scope)

    def reason(sums: FloatArray) -> str:
        if not compared.any():
            return NOTHING_TO_COMPARE
        return NO_VARIATION if sums.sum() else NO_ATTRIBUTES

    def extra(sums: FloatArray) -> Mapping[str, Any]:
        return {"coverage": float(sums.sum()) / 2 / given if given else None}

    return _pooled_alpha(cells, compared, n_values, reason, extra)


def _coincidences(
    statistics: Statistics,
    table: Table,
    values: tuple[IntArray, IntArray],
    n_groups: int,
    group: IntArray | None = None,
) -> tuple[Cells, int]:
    """Symmetric coincidence cells, shape (document, group x value x value), of the values that occur."""
    used, codes = np.unique(np.concatenate([[0], *values]), return_inverse=True)
    one, other = np.split(codes[1:], 2)
    n_values = len(used)
    base = (np.zeros(len(table), dtype=np.int64) if group is None else group) * n_values * n_values
    weight, document = table.quantities["weight"], table.keys["document"]
    cell = np.concatenate([base + one * n_values + other, base + other * n_values + one])
    cells = Cells(
        np.concatenate([document, document]),
        cell,
        np.concatenate([weight, weight]),
        statistics.n_documents,
        n_groups * n_values * n_values,
    )
    return cells, n_values


def _pooled_alpha(
    cells: Cells, compared: BoolArray, n_values: int, reason: Reason, extra: Explain
) -> Measure:
    """One minus the ratio of summed disagreements, each weighed by its number of values."""

    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        matrices = sums.reshape(*sums.shape[:-1], -1, n_values, n_values)
        observed, expected = disagreements(matrices)
        weight = matrices.sum(axis=(-2, -1))
        return (weight * observed).sum(axis=-1), (weight * expected).sum(axis=-1), weight.sum(axis=-1)

    def score(sums: FloatArray) -> FloatArray:
        observed, expected, _ = parts(sums)
        return 1 - safe_ratio(observed, expected)

    def explain(sums: FloatArray) -> Mapping[str, Any]:
        observed, expected, weight = parts(sums)
        details: dict[str, Any] = {"pairable_values": float(weight), **extra(sums)}
        if weight:
            details["observed_disagreement"] = float(observed / weight)
            details["expected_disagreement"] = float(expected / weight)
        return details

    return Measure(cells, compared, score, reason, explain)
