"""The stretches behind the confusions, against a table made character by character."""

import numpy as np
import pytest

from annotations.agreement import Corpus, read_plain
from annotations.agreement.coding.counting import count_confusions
from annotations.agreement.coding.places import find_places
from annotations.agreement.data.arrays import BoolArray
from annotations.agreement.data.stretches import find_stretches, members_of
from tests.unit.agreement.corpora import random_plain


def having(values: tuple[str, ...], label: str) -> BoolArray:
    return np.array([label in members_of(value) if label else not value for value in values])


def read_by_character(corpus: Corpus, label: str) -> BoolArray:
    """Whether an annotator gave each character the label, or none; shape (document, annotator, character)."""
    shape = len(corpus.documents), len(corpus.annotators), int(corpus.lengths.max())
    given = np.zeros(shape, dtype=bool)
    for index in range(corpus.n_spans):
        if not label or corpus.labels[corpus.label[index]] == label:
            where = slice(corpus.start[index], corpus.end[index])
            given[corpus.document[index], corpus.annotator[index], where] = True
    return given if label else ~given & (np.arange(shape[2]) < corpus.lengths[:, None, None])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", ""), ("A", "A")])
def test_the_places_are_the_characters_at_which_the_two_have_these_labels(
    seed: int, first: str, second: str
) -> None:
    corpus = read_plain(random_plain(seed, documents=5, missing=0.3))
    stretches = find_stretches(corpus)
    ours, theirs = (having(stretches.values, label) for label in (first, second))
    found = find_places(
        corpus,
        stretches,
        meets=lambda one, other: ours[one] & theirs[other],
        is_symmetric=first == second,
    )
    one, other = read_by_character(corpus, first), read_by_character(corpus, second)
    seen = {
        (document, a, b, character)
        for document, a, b, start, end in zip(
            found.document.tolist(),
            found.annotator_1.tolist(),
            found.annotator_2.tolist(),
            found.start.tolist(),
            found.end.tolist(),
            strict=True,
        )
        for character in range(start, end)
    }
    people = range(len(corpus.annotators))
    assert seen == {
        (document, a, b, character)
        for document in range(len(corpus.documents))
        for a in people
        for b in people
        if (a < b or (a != b and first != second)) and corpus.completed[document, [a, b]].all()
        for character in np.flatnonzero(one[document, a] & other[document, b]).tolist()
    }
    assert seen
    assert len(seen) == (found.end - found.start).sum()


def test_the_places_add_up_to_the_confusions() -> None:
    corpus = read_plain(random_plain(3, documents=20, annotators=4, missing=0.2))
    stretches = find_stretches(corpus)
    table = count_confusions(corpus, stretches)
    ours, theirs = (having(stretches.values, label) for label in ("A", ""))
    value_1, value_2 = table.keys["value_1"], table.keys["value_2"]
    counted = (ours[value_1] & theirs[value_2]) | (theirs[value_1] & ours[value_2])
    found = find_places(corpus, stretches, meets=lambda one, other: ours[one] & theirs[other])
    assert (found.end - found.start).sum() == table.quantities["weight"][counted].sum() > 0


def test_a_place_ends_with_its_document_and_does_not_end_where_other_labels_change() -> None:
    whole = [{"start": 0, "end": 10, "label": "A"}]
    plain = {
        "documents": [
            {"id": name, "length": 10, "annotators": {"a": [*whole, inner], "b": []}}
            for name, inner in (
                ("d1", {"start": 2, "end": 5, "label": "B"}),
                ("d2", {"start": 5, "end": 7, "label": "B"}),
            )
        ]
    }
    corpus = read_plain(plain)
    stretches = find_stretches(corpus)
    ours, theirs = (having(stretches.values, label) for label in ("A", ""))
    found = find_places(corpus, stretches, meets=lambda one, other: ours[one] & theirs[other])
    assert found.document.tolist() == [0, 1]
    assert (found.start.tolist(), found.end.tolist()) == ([0, 0], [10, 10])
