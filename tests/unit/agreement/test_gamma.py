"""Gamma where chance or weights leave it little to go by."""

import json
import math
import random
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    Alignment,
    Corpus,
    GammaOptions,
    InvalidOptionError,
    Items,
    align,
    evaluate,
    read_plain,
    summarize,
)
from annotations.agreement.gamma.pool import Pool
from tests.unit.agreement.corpora import Plain, random_plain, span

Rows = list[dict[str, str]]


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
        options = GammaOptions(sampler="shuffle", chance="document")
        corpus = read_plain({"documents": list(documents)})
        found = evaluate(corpus, metrics=[metric], samples=0, gamma=options)[metric]
        return found.value, found.n_documents, found.undefined

    value, n_documents, undefined = measure(long)
    assert (value, n_documents) == (None, 1)
    assert "random" in str(undefined)
    assert measure(long, short) == measure(short)


def test_of_equally_good_alignments_labels_and_places_decide_and_names_do_not() -> None:
    def gamma_cat(*names: str) -> float:
        first, second, third = names
        readings = {
            first: [span(2, 6, "B"), span(2, 6, "A")],
            second: [span(0, 4, "B")],
            third: [span(6, 10, "B")],
        }
        corpus = read_plain({"documents": [{"id": "d", "length": 30, "annotators": readings}]})
        found = evaluate(corpus, metrics=["gamma_cat"], samples=0)["gamma_cat"]
        return float(found.details["observed_disagreement"])

    assert gamma_cat("a", "b", "c") == gamma_cat("z", "y", "x") == gamma_cat("m", "z", "a") == 0.0


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


def units_with_labels(rows: Rows, *, units_a_document: int) -> Corpus:
    """Units of equal borders and well apart, with the labels that these rows give them."""
    documents = []
    for first in range(0, len(rows), units_a_document):
        people: dict[str, list[Plain]] = {}
        for place, row in enumerate(rows[first : first + units_a_document]):
            for name, label in row.items():
                people.setdefault(name, []).append(span(30 * place, 30 * place + 5, label))
        documents.append({"id": f"d{first:03d}", "length": 30 * units_a_document, "annotators": people})
    return read_plain({"documents": documents})


def random_labels(seed: int, *, annotators: int, present: float = 0.8, rows: int = 12) -> Rows:
    """Rows of labels by some of the annotators, mostly alike; some by one annotator alone."""
    order = random.Random(seed)  # noqa: S311  (no secret)
    found = []
    for _ in range(rows):
        usual = order.choice("AABC")
        judged = [f"r{number}" for number in range(annotators) if order.random() < present] or ["r0"]
        found.append({name: usual if order.random() < 0.7 else order.choice("ABC") for name in judged})
    return found


@pytest.mark.parametrize("units_a_document", [1, 2, 12])
@pytest.mark.parametrize(("annotators", "present"), [(2, 1.0), (3, 0.8), (5, 0.6), (7, 0.3)])
def test_gamma_cat_of_equal_borders_is_nominal_alpha_of_the_labels_however_short_documents_are(
    annotators: int, present: float, units_a_document: int
) -> None:
    rows = random_labels(annotators, annotators=annotators, present=present)
    corpus = units_with_labels(rows, units_a_document=units_a_document)
    alpha = evaluate(Items.from_rows(rows), metrics=["alpha_nominal"], samples=0)["alpha_nominal"].value
    found = evaluate(corpus, metrics=["gamma_cat"], samples=0, gamma=GammaOptions(samples=1))["gamma_cat"]
    assert found.value == pytest.approx(alpha, abs=1e-9)


def test_one_different_label_of_forty_is_nearly_perfect_unless_each_document_is_its_own_chance() -> None:
    rows = [{"a": label, "b": label} for label in "AB" * 20]
    rows[0] = {"a": "A", "b": "B"}
    corpus = units_with_labels(rows, units_a_document=1)
    values, recorded = {}, {}
    for chance in ("corpus", "document"):
        options = GammaOptions(chance=chance)
        found = evaluate(corpus, metrics=["gamma_cat"], samples=0, gamma=options)["gamma_cat"]
        values[chance], recorded[chance] = found.value, found.to_json()["parameters"]["chance"]
        assert summarize(corpus, metrics=["gamma_cat"], gamma=options).options["chance"] == chance
    # 80 labels, 39 and 41 of a kind
    assert values["corpus"] == pytest.approx(1 - (1 / 40) / (2 * 39 * 41 / (80 * 79)))
    assert values["document"] is not None
    assert values["document"] < -0.5
    assert recorded == {"corpus": "corpus", "document": "document"}


def test_a_chance_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="choose from corpus, document"):
        GammaOptions(chance="language").check()


def list_aligned_pairs(corpus: Corpus, table: dict[str, dict[str, float]]) -> list[tuple[int, int, float]]:
    """The pairs of spans in one cluster, and what each weighs in the labels (Mathet 2017)."""
    pairs = []
    for alignment in align(corpus, distances=table):
        for cluster in alignment.clusters:
            for one, other in combinations(cluster.spans, 2):
                moved = abs(corpus.start[one] - corpus.start[other]) + abs(
                    corpus.end[one] - corpus.end[other]
                )
                size = corpus.end[one] - corpus.start[one] + corpus.end[other] - corpus.start[other]
                weight = max(0.0, float(1 - (moved / size) ** 2)) / (len(cluster.spans) - 1)
                if weight:
                    pairs.append((one, other, weight))
    return pairs


@pytest.mark.parametrize("table", [{}, {"A": {"B": 0.25}, "B": {"C": 0.5}}], ids=["nominal", "by a table"])
def test_chance_is_the_mean_over_all_ways_to_deal_the_labels_of_the_aligned_units(
    table: dict[str, dict[str, float]],
) -> None:
    documents = [
        {"a": [span(0, 10, "A"), span(20, 31, "B")], "b": [span(1, 9, "A"), span(20, 30, "A"), span(50, 52)]},
        {
            "a": [span(0, 9, "B")],
            "b": [],
            "c": [span(2, 10, "B")],
            "d": [span(2, 8, "C")],
            "e": [span(40, 50)],
        },
    ]
    corpus = read_plain(
        {
            "documents": [
                {"id": str(number), "length": 60, "annotators": own} for number, own in enumerate(documents)
            ]
        }
    )
    pairs = list_aligned_pairs(corpus, table)
    units = sorted({unit for one, other, _ in pairs for unit in (one, other)})
    labels = {unit: corpus.labels[corpus.label[unit]] for unit in units}
    deals = [dict(zip(units, dealt, strict=True)) for dealt in permutations(labels.values())]
    assert len(deals) == math.factorial(7)

    def distance_of(one: str, other: str) -> float:
        low, high = sorted((one, other))
        return 0.0 if low == high else table.get(low, {}).get(high, 1.0)

    def add_up(named: dict[int, str], label: str | None) -> tuple[float, float]:
        """What the pairs weigh by the distance of their labels, and all pairs with the label."""
        own = [pair for pair in pairs if label is None or label in {named[pair[0]], named[pair[1]]}]
        return (
            sum(weight * distance_of(named[one], named[other]) for one, other, weight in own),
            sum(weight for _, _, weight in own),
        )

    def expect(label: str | None) -> float:
        sums = [add_up(deal, label) for deal in deals]
        return math.fsum(apart for apart, _ in sums) / math.fsum(weight for _, weight in sums)

    report = evaluate(corpus, metrics=["gamma_cat", "gamma_k"], by=["label"], samples=0, distances=table)
    for label in (None, *sorted(set(labels.values()))):
        apart, weight = add_up(labels, label)
        expected = 1 - apart / weight / expect(label)
        for name in ("gamma_cat", "gamma_k") if label else ("gamma_cat",):
            found = report[name] if label is None else report[name].by_label[label]
            assert found.value == pytest.approx(expected), (name, label)
    weights = {label: add_up(labels, label) for label in set(labels.values())}
    pooled = sum(apart for apart, _ in weights.values()) / sum(
        weight * expect(label) for label, (_, weight) in weights.items()
    )
    assert report["gamma_k"].value == pytest.approx(1 - pooled)


# labels and lengths of the corpus


def test_of_one_document_the_corpus_is_the_document() -> None:
    plain = random_plain(3, documents=1, annotators=3, spans=6)
    found = [
        evaluate(plain, metrics="gamma", by="label", gamma=GammaOptions(drawn_from=source))["gamma"]
        for source in ("document", "corpus")
    ]
    own, pooled = ({**one.by_label, "all": one} for one in found)
    assert {name: one.value for name, one in own.items()} == pytest.approx(
        {name: one.value for name, one in pooled.items()}, abs=1e-9
    )
    assert [one.parameters["drawn_from"] for one in found] == ["document", "corpus"]


def label_documents(*pairs: str) -> Plain:
    """A document a pair of letters: both annotators mark the same stretch, each with a label."""
    return {
        "documents": [
            {
                "id": f"d{number}",
                "length": 30,
                "annotators": {"a": [span(10, 20, pair[0])], "b": [span(10, 20, pair[1])]},
            }
            for number, pair in enumerate(pairs)
        ]
    }


def test_by_labels_alone_chance_is_that_two_labels_of_the_corpus_differ() -> None:
    # 8 of 12 units are A: two labels differ with a probability of 4/9, and did in 2 of 6 documents
    plain = label_documents("AA", "AA", "AB", "BB", "AA", "BA")
    options: dict[str, Any] = {"alpha": 0.0, "samples": 2000}
    pooled = evaluate(plain, metrics="gamma", gamma=GammaOptions(drawn_from="corpus", **options))["gamma"]
    assert pooled.details["expected_disorder"] == pytest.approx(4 / 9, abs=0.02)
    assert pooled.value == pytest.approx(1 - (2 / 6) / (4 / 9), abs=0.04)
    # of the documents' own labels, only those of the two that differ can
    own = evaluate(plain, metrics="gamma", gamma=GammaOptions(**options))["gamma"]
    assert own.details["expected_disorder"] == pytest.approx(2 / 6 / 2, abs=0.02)


def test_documents_of_one_label_each_have_a_chance_from_the_corpus() -> None:
    plain = label_documents("AA", "BB")
    options: dict[str, Any] = {"alpha": 0.0}
    assert evaluate(plain, metrics="gamma", gamma=GammaOptions(**options))["gamma"].value is None
    pooled = evaluate(plain, metrics="gamma", gamma=GammaOptions(drawn_from="corpus", **options))["gamma"]
    assert pooled.value == 1


def test_a_pool_has_the_lengths_of_all_documents_that_two_completed() -> None:
    plain = label_documents("AA", "BB")
    plain["documents"][1]["annotators"]["b"] = [span(0, 30, "B")]
    plain["documents"].append({"id": "alone", "length": 30, "annotators": {"a": [span(0, 1, "C")]}})
    shape = Pool.of(read_plain(plain)).shape(["B", "A"])
    assert shape.mean == np.mean([10, 10, 10, 30])
    assert shape.spread == pytest.approx(np.std([10, 10, 10, 30]))
    assert shape.share.tolist() == [0.5, 0.5]


def test_corpus_chance_depends_on_no_names_and_no_order() -> None:
    plain = random_plain(5, documents=4, annotators=2, spans=4)
    options = GammaOptions(drawn_from="corpus", samples=8)
    before = evaluate(plain, metrics="gamma", gamma=options)["gamma"].value
    for number, entry in enumerate(plain["documents"]):
        entry["id"] = f"z{9 - number}"
    assert evaluate(plain, metrics="gamma", gamma=options)["gamma"].value == pytest.approx(before, abs=1e-12)


def test_what_was_drawn_from_different_pools_is_never_merged() -> None:
    options = GammaOptions(drawn_from="corpus")
    one, other = (summarize(label_documents(pair), metrics="gamma", gamma=options) for pair in ("AA", "BB"))
    with pytest.raises(InvalidOptionError, match="different options"):
        one.merge(replace(other, axes={**other.axes, "document": ("other",)}))


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"drawn_from": "luck"}, "cannot be drawn from 'luck'; choose from document, corpus"),
        ({"drawn_from": "corpus", "sampler": "shuffle"}, "draws no labels and lengths"),
    ],
)
def test_sources_that_mean_nothing_are_refused(options: dict[str, str], refusal: str) -> None:
    with pytest.raises(InvalidOptionError, match=refusal):
        evaluate(label_documents("AA"), metrics="gamma", gamma=GammaOptions(**options))  # type: ignore[arg-type]
