"""A model's spans against a reference: outcomes, precision, recall, and the spans behind them."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import InvalidOptionError, evaluate, read_plain, score_spans
from annotations.agreement.command_line.command import run
from tests.unit.agreement.corpora import Plain, one_document, random_plain, span

SENSES = ("strict", "exact", "partial", "type")
GOLD = [span(0, 5), span(10, 15), span(20, 25), span(30, 35), span(40, 45)]
# alike, another label, other borders, other borders and label, and one where gold has none
MODEL = [span(0, 5), span(10, 15, "B"), span(20, 26), span(31, 35, "B"), span(60, 65)]


def test_outcomes_are_those_of_semeval_2013() -> None:
    # Segura-Bedmar, Martínez, Herrero-Zazo (2013), section 4: what each sense makes of the same spans
    found = score_spans(one_document(80, gold=GOLD, model=MODEL), reference="gold", candidate="model")
    counts = {sense: tuple(found[sense].counts.values()) for sense in SENSES}
    assert counts == {
        "strict": (1, 3, 0, 1, 1),
        "exact": (2, 2, 0, 1, 1),
        "partial": (2, 0, 2, 1, 1),
        "type": (2, 2, 0, 1, 1),
    }
    assert found["partial"].precision.value == pytest.approx((2 + 2 / 2) / 5)
    assert found["strict"].recall.value == pytest.approx(1 / 5)


def test_the_spans_behind_an_outcome_are_listed_from_either_side() -> None:
    found = score_spans(one_document(80, gold=GOLD, model=MODEL), reference="gold", candidate="model")["type"]
    (missed,) = found.list_pairs("missed")
    (spurious,) = found.list_pairs("spurious")
    assert (missed.reference, missed.candidate) == (("d", "gold", 40, 45, "A", None), None)
    assert (spurious.reference, spurious.candidate) == (None, ("d", "model", 60, 65, "A", None))
    assert [
        (pair.reference.label, pair.candidate.label)
        for pair in found.list_pairs("incorrect")
        if pair.reference and pair.candidate
    ] == [("A", "B"), ("A", "B")]
    with pytest.raises(InvalidOptionError, match="there is no outcome 'wrong'; choose from correct"):
        found.list_pairs("wrong")


spans = st.builds(
    lambda start, size, label: span(start, start + size, label),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from("AB"),
)


@given(st.lists(spans, max_size=5), st.lists(spans, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_span_has_one_outcome_and_f1_is_the_metric(gold: list[Plain], model: list[Plain]) -> None:
    corpus = one_document(40, zoe=gold, model=model)
    found = score_spans(corpus, reference="zoe", candidate="model")
    for sense, scores in found.items():
        metric = evaluate(corpus, metrics=[f"f1_{sense}"], samples=0)[f"f1_{sense}"]
        assert scores.f1.value == (None if metric.value is None else pytest.approx(metric.value))
        pairs = scores.list_pairs()
        for side, own in (("reference", gold), ("candidate", model)):
            listed = [getattr(pair, side) for pair in pairs if getattr(pair, side)]
            marked = sorted((one["start"], one["end"], one["label"]) for one in own)
            assert sorted((one.start, one.end, one.label) for one in listed) == marked
        matched, counts = metric.details["matched"], scores.counts
        assert counts["correct"] + counts["partial"] / 2 == matched
        if model:
            assert scores.precision.value == pytest.approx(matched / len(model))
        if gold:
            assert scores.recall.value == pytest.approx(matched / len(gold))


@pytest.mark.parametrize("sense", SENSES)
def test_figures_of_many_documents_have_intervals_and_a_label_can_be_taken_alone(sense: str) -> None:
    corpus = read_plain(random_plain(3, documents=12, annotators=4, missing=0.4))
    for label in (None, "B"):
        scores = score_spans(corpus, reference="r3", candidate="r0", label=label, samples=200)[sense]
        by_label = evaluate(corpus, metrics=[f"f1_{sense}"], by=["label"], samples=0)[f"f1_{sense}"].by_label
        for figure in (scores.precision, scores.recall, scores.f1):
            assert figure.value is not None
            assert figure.interval is not None
            assert figure.interval[0] <= figure.value <= figure.interval[1]
        both = corpus.select(annotators=["r0", "r3"])
        own = evaluate(both, metrics=[f"f1_{sense}"], by=["label"], samples=0)[f"f1_{sense}"]
        expected = own if label is None else own.by_label[label]
        assert scores.f1.value == pytest.approx(expected.value)
        assert scores.f1.n_documents == own.n_documents
        assert set(by_label) >= {"B"}


def test_where_nothing_was_marked_a_figure_says_so() -> None:
    found = score_spans(one_document(9, gold=[span(0, 4)], model=[]), reference="gold", candidate="model")[
        "strict"
    ]
    assert (found.precision.value, found.recall.value, found.f1.value) == (None, 0, 0)
    assert "marked nothing" in str(found.precision.undefined)
    alone = read_plain(
        {
            "documents": [
                {"id": "d", "length": 9, "annotators": {"gold": []}},
                {"id": "e", "length": 9, "annotators": {"model": []}},
            ]
        }
    )
    assert "nothing to compare" in str(
        score_spans(alone, reference="gold", candidate="model")["type"].f1.undefined
    )


@pytest.mark.parametrize(
    ("reference", "problem"), [("nobody", "no annotator 'nobody'"), ("model", "against itself")]
)
def test_a_reference_that_cannot_be_one_is_refused(reference: str, problem: str) -> None:
    with pytest.raises(InvalidOptionError, match=problem):
        score_spans(one_document(9, gold=[], model=[]), reference=reference, candidate="model")


def test_the_command_line_holds_everybody_against_a_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spans.json"
    annotators = {"gold": GOLD, "model": MODEL, "other": GOLD}
    path.write_text(json.dumps({"documents": [{"id": "d", "length": 80, "annotators": annotators}]}))
    arguments = [str(path), "--metric", "f1_strict", "--reference", "gold"]
    assert run([*arguments, "--json"]) == 0
    against = json.loads(capsys.readouterr().out)["against"]
    assert against["reference"] == "gold"
    assert set(against["annotators"]) == {"model", "other"}
    strict = against["annotators"]["model"]["strict"]
    assert strict["counts"] == {"correct": 1, "incorrect": 3, "partial": 0, "missed": 1, "spurious": 1}
    assert [one["reference"]["start"] for one in strict["spans"]["missed"]] == [40]
    assert run(arguments) == 0
    assert "model against gold" in capsys.readouterr().out
