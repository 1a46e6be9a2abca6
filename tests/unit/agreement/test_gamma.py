"""Gamma where chance or weights leave it little to go by."""

import json

import pytest

from annotations.agreement import GammaOptions, align, evaluate, read_plain
from tests.unit.agreement.corpora import Plain, span


def two_documents() -> Plain:
    """What one marked in the first, the other marked in the second."""
    marked = [span(0, 5)]
    return {
        "documents": [
            {"id": "d1", "length": 50, "annotators": {"a": marked, "b": []}},
            {"id": "d2", "length": 50, "annotators": {"a": [], "b": marked}},
        ]
    }


@pytest.mark.parametrize("alpha", [0.0, 1e-9, 1.0])
def test_units_of_two_documents_never_meet_whatever_the_position_weighs(alpha: float) -> None:
    corpus = read_plain(two_documents())
    assert [one.disorder for one in align(corpus, alpha=alpha)] == [2.0, 2.0]
    gamma = evaluate(corpus, metrics=["gamma"], gamma=GammaOptions(alpha=alpha))["gamma"]
    assert gamma.details["observed_disorder"] == 2.0


def test_two_labels_at_one_place_are_the_same_to_chance_under_any_names() -> None:
    one = [span(0, 10, "X"), span(20, 30, "X"), span(40, 55, "Y"), span(60, 64, "X")]
    other = [span(0, 10, "Y"), span(21, 30, "X"), span(40, 52, "Y"), span(70, 75, "X")]
    values = set()
    for first, second in (("ann", "bob"), ("zoe", "bob")):
        for names in ({}, {"X": "Z", "Y": "A"}):
            document = {"id": "d", "length": 100, "annotators": {first: one, second: other}}
            text = json.dumps({"documents": [document]})
            for old, new in names.items():
                text = text.replace(f'"{old}"', f'"{new}"')
            values.add(evaluate(read_plain(json.loads(text)), metrics=["gamma"])["gamma"].value)
    assert len(values) == 1


@pytest.mark.parametrize("metric", ["gamma_cat", "gamma_k"])
def test_a_document_whose_samples_align_nothing_has_no_chance_to_be_measured_by(metric: str) -> None:
    long = {
        "id": "long",
        "length": 10**6,
        "annotators": {"a": [span(0, 5), span(9, 14)], "b": [span(0, 5, "B"), span(9, 14)]},
    }
    short = {
        "id": "short",
        "length": 40,
        "annotators": {
            "a": [span(0, 9), span(10, 19), span(22, 31, "B")],
            "b": [span(0, 9), span(11, 20, "B"), span(22, 31, "B")],
        },
    }

    def measure(*documents: Plain) -> tuple[float | None, int, str | None]:
        options = GammaOptions(sampler="shuffle")
        corpus = read_plain({"documents": list(documents)})
        found = evaluate(corpus, metrics=[metric], samples=0, gamma=options)[metric]
        return found.value, found.n_documents, found.undefined

    value, n_documents, undefined = measure(long)
    assert (value, n_documents) == (None, 1)
    assert "random" in str(undefined)
    assert measure(long, short) == measure(short)
