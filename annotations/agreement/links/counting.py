"""Relations and attributes, counted on the spans that two annotators have in common."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.naming import ABSENT
from annotations.agreement.data.ordering import number_codes, order_by
from annotations.agreement.spans.matching import Overlaps, find_overlaps, lay_overlaps, match_spans
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.tables import Table, tabulate

UNLINKED = ""
JOINT = "\x1f"
LINK_QUANTITIES = ("links_1", "links_2", "placed_1", "placed_2", "matched")


def pair_spans(corpus: Corpus, overlaps: Overlaps | None = None) -> Overlaps:
    r"""Pair up the spans of two annotators that are the same unit: the one-to-one matching of largest total weight.

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
    drawn = _find_drawn(corpus, pairs)
    n_kinds = len(corpus.links.kinds) + 1
    keys: list[IntArray] = []
    columns: list[IntArray] = []
    for own_code in (np.zeros(len(drawn.kind), dtype=np.int64), drawn.kind + 1):
        key = drawn.slice_ * n_kinds + own_code
        keys.extend((key, key[drawn.is_placed]))
        columns.extend((drawn.side, 2 + drawn.side[drawn.is_placed]))
    places = _find_places(drawn, len(pairs.first))
    kind, slice_ = _find_matched(places, _scope_units(corpus, pairs))
    for own_code in (np.zeros(len(kind), dtype=np.int64), kind + 1):
        keys.append(slice_ * n_kinds + own_code)
        columns.append(np.full(len(kind), LINK_QUANTITIES.index("matched")))
    code, sums = tabulate(np.concatenate(keys), np.concatenate(columns), None, len(LINK_QUANTITIES))
    slice_, relation = np.divmod(code, n_kinds)
    tables = {
        "links": Table(
            {**_split_scope(corpus, slice_), "relation": relation},
            {name: sums[:, column].copy() for column, name in enumerate(LINK_QUANTITIES)},
        ),
    }
    tables["link_values"], linkages = _count_places(corpus, pairs, places)
    return tables, {"relation": ("", *corpus.links.kinds), "linkage": linkages}


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Each relation once for every other annotator who could have drawn it.

    `slice_` codes document and pair of annotators, `side` says which of the two drew it, `source` and `target` are the
    aligned units at its ends, -1 where there is none.
    """

    slice_: IntArray
    side: IntArray
    kind: IntArray
    source: IntArray
    target: IntArray

    @property
    def is_placed(self) -> BoolArray:
        return np.asarray((self.source >= 0) & (self.target >= 0))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """What was drawn between two aligned units, each type of each side once; sorted by units, type and side."""

    source: IntArray
    target: IntArray
    kind: IntArray
    side: IntArray


def _find_drawn(corpus: Corpus, pairs: Overlaps) -> _Drawn:
    links = corpus.links
    could = corpus.completed[corpus.document[links.source]]
    could[np.arange(len(links)), corpus.annotator[links.source]] = False
    link, other = np.nonzero(could)
    source, target = links.source[link], links.target[link]
    own = corpus.annotator[source]
    find = _UnitFinder(corpus, pairs)
    return _Drawn(
        _code_scope(corpus, corpus.document[source], np.minimum(own, other), np.maximum(own, other)),
        (own > other).astype(np.int64),
        links.kind[link],
        find(source, other),
        find(target, other),
    )


class _UnitFinder:
    """The number of the aligned unit that a span forms with its partner of another annotator, or -1."""

    def __init__(self, corpus: Corpus, pairs: Overlaps) -> None:
        self.n_annotators = max(1, len(corpus.annotators))
        own, other = corpus.annotator[pairs.first], corpus.annotator[pairs.second]
        keys = np.concatenate([self._key(pairs.first, other), self._key(pairs.second, own)])
        order = order_by(keys)
        self.keys = keys[order]
        self.units = order % max(1, len(pairs.first))

    def __call__(self, span: IntArray, annotator: IntArray) -> IntArray:
        wanted = self._key(span, annotator)
        if not len(self.keys):
            return np.full(len(wanted), ABSENT)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.units[place], ABSENT)

    def _key(self, span: IntArray, annotator: IntArray) -> IntArray:
        return span * self.n_annotators + annotator


def _code_scope(corpus: Corpus, document: IntArray, first: IntArray, second: IntArray) -> IntArray:
    n_annotators = max(1, len(corpus.annotators))
    return (document * n_annotators + first) * n_annotators + second


def _split_scope(corpus: Corpus, slice_: IntArray) -> dict[str, IntArray]:
    rest, second = np.divmod(slice_, max(1, len(corpus.annotators)))
    document, first = np.divmod(rest, max(1, len(corpus.annotators)))
    return {"document": document, "annotator_1": first, "annotator_2": second}


def _scope_units(corpus: Corpus, pairs: Overlaps) -> IntArray:
    return _code_scope(
        corpus, corpus.document[pairs.first], corpus.annotator[pairs.first], corpus.annotator[pairs.second]
    )


def _find_places(drawn: _Drawn, n_units: int) -> _Places:
    placed = drawn.is_placed
    n_kinds = int(drawn.kind.max(initial=0)) + 1
    code = (drawn.source[placed] * max(1, n_units) + drawn.target[placed]) * n_kinds + drawn.kind[placed]
    rest, side = np.divmod(np.unique(code * 2 + drawn.side[placed]), 2)
    units, kind = np.divmod(rest, n_kinds)
    source, target = np.divmod(units, max(1, n_units))
    return _Places(source, target, kind, side)


def _find_matched(places: _Places, scope_of: IntArray) -> tuple[IntArray, IntArray]:
    """What both sides drew alike: its types and scopes."""
    same = np.ones(max(0, len(places.side) - 1), dtype=bool)
    for column in (places.source, places.target, places.kind):
        same &= column[1:] == column[:-1]
    rows = np.flatnonzero(same)
    return places.kind[rows], scope_of[places.source[rows]]


def _count_places(corpus: Corpus, pairs: Overlaps, places: _Places) -> tuple[Table, tuple[str, ...]]:
    """The pairs of values of all ordered pairs of aligned units; most have no relation on either side."""
    units, number = _number_pairs(places)
    linkages, value = _name_linkages(corpus, places, number, len(units))
    scope_of = _scope_units(corpus, pairs)
    scopes, n_units = np.unique(scope_of, return_counts=True)
    at = np.searchsorted(scopes, scope_of[units[:, 0]])
    apart = (units[:, 0] != units[:, 1]).astype(np.float64)
    unlinked = n_units * (n_units - 1.0) - np.bincount(at, weights=apart, minlength=len(scopes))
    empty = np.flatnonzero(unlinked > 0)
    n_linkages = len(linkages)
    keys = np.concatenate([(at * n_linkages + value[0]) * n_linkages + value[1], empty * n_linkages**2])
    weights = np.concatenate([np.ones(len(at)), unlinked[empty]])
    code, sums = tabulate(keys, np.zeros(len(keys), dtype=np.int64), weights, 1)
    slice_, cell = np.divmod(code, n_linkages**2)
    one, other = np.divmod(cell, n_linkages)
    return Table(
        {**_split_scope(corpus, scopes[slice_]), "linkage_1": one, "linkage_2": other}, {"weight": sums[:, 0]}
    ), linkages


def _number_pairs(places: _Places) -> tuple[IntArray, IntArray]:
    """The distinct pairs of units, shape (pair, 2), and which of them each row is about."""
    fresh = np.ones(len(places.source), dtype=bool)
    fresh[1:] = (places.source[1:] != places.source[:-1]) | (places.target[1:] != places.target[:-1])
    return np.stack([places.source[fresh], places.target[fresh]], axis=1), np.cumsum(fresh) - 1


def _name_linkages(
    corpus: Corpus, places: _Places, number: IntArray, n_pairs: int
) -> tuple[tuple[str, ...], tuple[IntArray, IntArray]]:
    """Names of the sets of types that somebody drew between two units, and which each side has where."""
    kinds = corpus.links.kinds
    group = 2 * number + places.side
    count = np.bincount(group, minlength=2 * n_pairs)
    held = np.full(2 * n_pairs, ABSENT)  # the set of each side of each pair: a type, or a number beyond them
    held[group] = places.kind
    several: dict[tuple[int, ...], int] = {}
    rows = np.flatnonzero(count[group] > 1)
    members: dict[int, list[int]] = {}
    for own, kind in zip(group[rows].tolist(), places.kind[rows].tolist(), strict=True):
        members.setdefault(own, []).append(kind)
    for own, codes in members.items():
        held[own] = len(kinds) + several.setdefault(tuple(sorted(codes)), len(several))
    names = [*kinds, *(JOINT.join(kinds[code] for code in codes) for codes in several)]
    found = {names[code] for code in np.unique(held[held >= 0]).tolist()}
    linkages = (UNLINKED, *sorted(found))
    place = {name: index for index, name in enumerate(linkages)}
    lookup = np.array([*(place.get(name, 0) for name in names), 0], dtype=np.int64)
    value = lookup[held].reshape(n_pairs, 2)
    return linkages, (value[:, 0], value[:, 1])


def count_attributes(corpus: Corpus, pairs: Overlaps) -> tuple[Table, dict[str, tuple[str, ...]]]:
    """Count which two values of each attribute two annotators gave to aligned spans of one label.

    Returns
    -------
    table : Table
        Keys `document`, `annotator_1`, `annotator_2`, `attribute` (n + 1: attribute n), `choice_1`, `choice_2`;
        quantity `weight`. Choice 0 is no value.
    axes : mapping of 'attribute' and 'choice' to names
    """
    same = corpus.label[pairs.first] == corpus.label[pairs.second]
    one, other = pairs.first[same], pairs.second[same]
    attributes = tuple(sorted(corpus.attributes))
    choices = ("", *sorted({value for _, values in corpus.attributes.values() for value in values} - {""}))
    place = {value: index for index, value in enumerate(choices)}
    slice_ = _scope_units(corpus, pairs)[same] * max(1, len(attributes))
    keys: list[IntArray] = []
    answers: list[IntArray] = []
    for number, attribute in enumerate(attributes):
        codes, values = corpus.attributes[attribute]
        lookup = np.array([*(place[value] for value in values), 0], dtype=np.int64)
        kept = np.flatnonzero((codes[one] != ABSENT) | (codes[other] != ABSENT))
        keys.append(slice_[kept] + number)
        answers.append(lookup[codes[one[kept]]] * len(choices) + lookup[codes[other[kept]]])
    nothing = np.zeros(0, dtype=np.int64)
    both, answer = number_codes(np.concatenate([nothing, *answers]))
    key, count = np.unique(np.concatenate([nothing, *keys]) * max(1, len(both)) + answer, return_counts=True)
    rest, answer = np.divmod(key, max(1, len(both)))
    code, attribute_code = np.divmod(rest, max(1, len(attributes)))
    choice_1, choice_2 = np.divmod(both[answer], len(choices))
    table = Table(
        {
            **_split_scope(corpus, code),
            "attribute": attribute_code + 1,
            "choice_1": choice_1,
            "choice_2": choice_2,
        },
        {"weight": count.astype(np.float64)},
    )
    return table, {"attribute": ("", *attributes), "choice": choices}


def lay_pairs(batch: Batch) -> Overlaps:
    """The pairs of spans of a batch that are compared by their relations and attributes."""
    return pair_spans(batch.corpus, batch.derive(lay_overlaps))


def tabulate_links(batch: Batch) -> CountedTables:
    """Count into the tables `links` and `link_values` the relations that two annotators both drew, and the coincidences of their types."""
    return CountedTables(*count_links(batch.corpus, batch.derive(lay_pairs)))


def tabulate_attributes(batch: Batch) -> CountedTables:
    """Count into the table `attributes` which two values two annotators gave an attribute of aligned spans."""
    table, axes = count_attributes(batch.corpus, batch.derive(lay_pairs))
    return CountedTables({"attributes": table}, axes)
