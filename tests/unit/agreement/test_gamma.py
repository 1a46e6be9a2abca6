"""Gamma where chance or weights leave it little to go by."""

import json

import pytest

from annotations.agreement import Alignment, GammaOptions, align, evaluate, read_plain
from tests.unit.agreement.corpora import Plain, random_plain, span


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


def test_of_equally_good_alignments_labels_and_places_decide_and_names_do_not() -> None:
    def gamma_cat(*names: str) -> float | None:
        first, second, third = names
        readings = {
            first: [span(2, 6, "B"), span(2, 6, "A")],
            second: [span(0, 4, "B")],
            third: [span(6, 10, "B")],
        }
        corpus = read_plain({"documents": [{"id": "d", "length": 30, "annotators": readings}]})
        return evaluate(corpus, metrics=["gamma_cat"], samples=0)["gamma_cat"].value

    assert gamma_cat("a", "b", "c") == gamma_cat("z", "y", "x") == gamma_cat("m", "z", "a") == 1.0


@pytest.mark.parametrize(("n_annotators", "seed"), [(2, 30), (3, 35), (3, 41), (4, 36)])
def test_an_alignment_does_not_depend_on_other_documents(n_annotators: int, seed: int) -> None:
    # narrow texts, where many alignments are equally good
    plain = random_plain(seed, documents=60, annotators=n_annotators, spans=7, length=21)
    corpus = read_plain(plain)

    def tell(alignment: Alignment) -> list[list[tuple[int, ...]]]:
        columns = (corpus.start, corpus.end, corpus.label)
        return sorted(
            sorted(tuple(int(column[row]) for column in columns) for row in cluster.spans)
            for cluster in alignment.clusters
        )

    alone = [align(corpus, documents=[name])[0] for name in corpus.documents]
    assert list(map(tell, align(corpus))) == list(map(tell, alone))
