"""Models as annotators: in no figure of the humans, apart from them when asked, and tested against them."""

import json
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from annotations.agreement import (
    METRICS,
    GammaOptions,
    InvalidCorpusError,
    InvalidOptionError,
    Items,
    alternative_annotator_test,
    evaluate,
    read_plain,
    summarize,
)
from annotations.agreement.command_line.command import run
from tests.unit.agreement.corpora import TEXT, Plain, random_plain, region, span

FEW = GammaOptions(samples=6)
Rows = list[dict[str, Any]]


def judge(seed: int, items: int, **accuracy: float) -> Rows:
    """Items whose value each annotator sees rightly with a probability."""
    draw = random.Random(seed)  # noqa: S311  (no secret)
    rows = []
    for _ in range(items):
        true = draw.randrange(1, 6)
        rows.append(
            {
                name: true if draw.random() < share else draw.randrange(1, 6)
                for name, share in accuracy.items()
            }
        )
    return rows


def with_model(plain: Plain, model: str = "r2", extra: str = "D") -> Plain:
    """The same, where one of the annotators uses a label that nobody else does."""
    for entry in plain["documents"]:
        entry["annotators"][model].append(span(0, 2, extra))
    return plain


def without(plain: Plain, model: str) -> Plain:
    entries = [
        {
            **entry,
            "annotators": {name: spans for name, spans in entry["annotators"].items() if name != model},
            "relations": {name: links for name, links in entry["relations"].items() if name != model},
        }
        for entry in plain["documents"]
    ]
    return {"documents": entries}


# in no figure


def test_a_model_is_in_no_figure_and_no_chance() -> None:
    plain = with_model(random_plain(5, documents=5))
    slices = ["label", "pair", "document"]
    options: dict[str, Any] = {"by": slices, "samples": 20, "gamma": FEW}
    found = evaluate(plain, models="r2", **options).to_json()
    assert found["data"].pop("n_models") == 1
    assert found == evaluate(without(plain, "r2"), **options).to_json()
    assert "D" not in found["metrics"]["f1_strict"]["by_label"]


def test_a_value_that_only_a_model_gave_is_no_value_of_the_humans() -> None:
    rows = [*judge(1, 30, ann=0.8, bob=0.8), {"ann": 1, "bob": 2, "gpt": 9}]
    found = evaluate({"items": rows}, models=["gpt"], by="label", samples=0).to_json()
    humans = [{name: value for name, value in row.items() if name != "gpt"} for row in rows]
    assert found["data"].pop("n_models") == 1
    assert found == evaluate({"items": humans}, by="label", samples=0).to_json()
    ordered = Items.from_rows(rows, order=[1, 2, 3, 4, 5, 9])
    assert ordered.without(["gpt"]).values == (1, 2, 3, 4, 5, 9)


def test_a_model_must_be_an_annotator_and_statistics_hold_it_already() -> None:
    plain = random_plain(5)
    with pytest.raises(InvalidCorpusError, match="there is no annotator 'gpt'; there are r0, r1, r2"):
        evaluate(plain, models="gpt")
    with pytest.raises(InvalidOptionError, match="models cannot be taken out of statistics"):
        evaluate(summarize(plain, metrics="dice"), metrics="dice", models="r2")


# apart from them


def test_what_models_are_given_apart_changes_no_other_figure() -> None:
    plain = random_plain(6, documents=5, annotators=4)
    options: dict[str, Any] = {"models": ["r2", "r3"], "by": ["label", "pair"], "samples": 20, "gamma": FEW}
    apart, plainly = (
        evaluate(plain, include_models=include, **options).to_json() for include in (True, False)
    )
    for name, metric in apart["metrics"].items():
        by_model = metric.pop("by_model", {})
        assert set(by_model) == ({"r2", "r3"} if plainly["metrics"][name]["n_documents"] else set())
        assert all(
            list(part["by_pair"]) == [f"r0|{model}", f"r1|{model}"] for model, part in by_model.items()
        )
    assert apart == plainly


@pytest.mark.parametrize("kind", ["spans", "items"])
def test_a_model_and_one_human_have_the_figure_of_the_two(kind: str) -> None:
    data: Any = (
        random_plain(7, documents=5, annotators=2) if kind == "spans" else judge(2, 20, r0=0.7, r1=0.6)
    )
    names = [metric.name for metric in METRICS if kind in metric.kinds]
    slices = ["label", "document"] if kind == "spans" else ["document"]
    options: dict[str, Any] = {"metrics": names, "samples": 50, "seed": 4, "gamma": FEW, "by": slices}
    own = evaluate(data, models="r1", include_models=True, **options)
    both = evaluate(data, **options)
    for name in names:
        part, whole = own[name].by_model["r1"], both[name]
        assert part.undefined == whole.undefined, name
        assert part.value == (None if whole.value is None else pytest.approx(whole.value, abs=1e-9)), name
        assert part.by_pair["r0|r1"].value == part.value
        assert part.n_documents == whole.n_documents
        if whole.interval is not None and not name.startswith("gamma"):
            assert part.interval == pytest.approx(whole.interval, abs=1e-9), name
        assert part.ceiling.value is None
        for slice_ in ("by_label", "by_document"):
            ours, theirs = (
                {of: one.value for of, one in getattr(where, slice_).items()} for where in (part, whole)
            )
            assert ours == pytest.approx(theirs, abs=1e-9), (name, slice_)


def test_the_pairs_of_a_model_are_pooled_and_the_ceiling_is_of_the_documents_that_it_judged() -> None:
    plain = random_plain(8, documents=6, annotators=4)
    for entry in plain["documents"][4:]:
        del entry["annotators"]["r3"], entry["relations"]["r3"]
    options: dict[str, Any] = {"samples": 0, "by": ["label", "document"]}
    part = evaluate(plain, metrics="f1_strict", models="r3", include_models=True, **options)["f1_strict"]
    shown = part.by_model["r3"]

    def pool(pairs: Sequence[tuple[str, str]], documents: slice = slice(4), label: str = "") -> Fraction:
        matched = units = 0
        for entry in plain["documents"][documents]:
            for pair in pairs:
                one, other = (
                    {
                        (mark["start"], mark["end"], mark["label"])
                        for mark in entry["annotators"][name]
                        if not label or mark["label"] == label
                    }
                    for name in pair
                )
                matched += 2 * len(one & other)
                units += len(one) + len(other)
        return Fraction(matched, units)

    humans = ("r0", "r1", "r2")
    assert shown.value == pytest.approx(float(pool([(name, "r3") for name in humans])))
    assert shown.ceiling.value == pytest.approx(float(pool(list(combinations(humans, 2)))))
    assert shown.by_pair["r1|r3"].value == pytest.approx(float(pool([("r1", "r3")])))
    assert (shown.n_documents, shown.ceiling.n_documents, part.n_documents) == (4, 4, 6)
    with_humans, among = [(name, "r3") for name in humans], list(combinations(humans, 2))
    for number, entry in enumerate(plain["documents"][:4]):
        expected = float(pool(with_humans, slice(number, number + 1)))
        assert shown.by_document[entry["id"]].value == pytest.approx(expected)
    for label in ("A", "B"):
        assert shown.by_label[label].value == pytest.approx(float(pool(with_humans, label=label)))
        assert shown.ceiling_by_label[label].value == pytest.approx(float(pool(among, label=label)))


def test_the_intervals_of_a_model_hold_their_values_where_each_human_did_little() -> None:
    draw = random.Random(3)  # noqa: S311  (no secret)
    rows = []
    for row in judge(3, 90, true=1.0, gpt=0.8):
        people = draw.sample(range(60), 3)
        rows.append(
            {"gpt": row["gpt"]}
            | {f"a{one:02d}": row["true"] if draw.random() < 0.7 else draw.randrange(1, 6) for one in people}
        )
    report = evaluate({"items": rows}, models="gpt", include_models=True, samples=200)
    for metric in report.metrics.values():
        for part in (metric.by_model["gpt"], metric.by_model["gpt"].ceiling):
            assert part.value is not None, metric.name
            assert part.interval is not None
            assert part.interval[0] <= part.value <= part.interval[1], metric.name


def test_relations_and_attributes_of_pairs_are_those_of_their_spans() -> None:
    plain = random_plain(9, documents=5, annotators=3)
    report = evaluate(
        plain,
        metrics=["relation_f1", "attribute_alpha"],
        by="pair",
        samples=0,
        models="r2",
        include_models=True,
    )
    pairs = evaluate(plain, metrics=["relation_f1", "attribute_alpha"], by="pair", samples=0)
    for name, metric in report.metrics.items():
        for pair in ("r0|r2", "r1|r2"):
            assert metric.by_model["r2"].by_pair[pair].value == pytest.approx(pairs[name].by_pair[pair].value)


# the alternative annotator test


def benjamini_yekutieli(p_values: Sequence[float], rate: float) -> list[bool]:
    """Reject the hypotheses up to the last whose p-value is under its share of the rate."""
    number = len(p_values)
    harmonic = sum(1 / rank for rank in range(1, number + 1))
    ranked = sorted(p_values)
    under = [p for rank, p in enumerate(ranked, start=1) if p <= rank * rate / (number * harmonic)]
    return [bool(under) and p <= max(under) for p in p_values]


def compute_by_hand(
    rows: Rows, model: str, epsilon: float, *, rmse: bool = False
) -> tuple[float, float, float, float]:
    """Winning rate, advantage probability, the model's score and the humans', item by item."""
    humans = sorted({name for row in rows for name in row} - {"gpt", "bad"})
    p_values, advantages, scores, ceilings = [], [], [], []
    for human in humans:
        ours, theirs, own_scores, human_scores = [], [], [], []
        for row in rows:
            others = [row[name] for name in humans if name != human and name in row]
            if human not in row or model not in row or not others:
                continue
            if rmse:
                score = [
                    -np.sqrt(np.mean([(row[name] - other) ** 2 for other in others]))
                    for name in (model, human)
                ]
            else:
                score = [sum(row[name] == other for other in others) / len(others) for name in (model, human)]
            ours.append(score[0] >= score[1])
            theirs.append(score[1] >= score[0])
            own_scores.append(score[0])
            human_scores.append(score[1])
        difference = np.array(theirs, dtype=float) - np.array(ours, dtype=float)
        p_values.append(float(stats.ttest_1samp(difference, epsilon, alternative="less").pvalue))
        advantages.append(np.mean(ours))
        scores.append(np.mean(own_scores))
        ceilings.append(np.mean(human_scores))
    won = benjamini_yekutieli(p_values, 0.05)
    return float(np.mean(won)), float(np.mean(advantages)), float(np.mean(scores)), float(np.mean(ceilings))


@pytest.mark.parametrize("score", ["accuracy", "rmse"])
@pytest.mark.parametrize("seed", range(6))
def test_the_test_of_items_is_what_its_formulas_give(seed: int, score: str) -> None:
    accuracy = {"ann": 0.9, "bob": 0.7, "cem": 0.6, "dan": 0.8}
    rows = judge(seed, 90, **accuracy, gpt=0.95, bad=0.2)
    draw = random.Random(seed)  # noqa: S311  (no secret)
    rows = [
        {name: value for name, value in row.items() if name == "bad" or draw.random() < 0.8} for row in rows
    ]
    found = alternative_annotator_test({"items": rows}, models=["gpt", "bad"], score=score, epsilon=0.15)
    for model, test in found.items():
        expected = compute_by_hand(rows, model, 0.15, rmse=score == "rmse")
        given = (test.winning_rate, test.advantage_probability, test.model_score, test.human_ceiling)
        assert given == pytest.approx(expected)
        assert test.passes == (expected[0] >= 0.5)
    assert (found["gpt"].winning_rate or 0) > (found["bad"].winning_rate or 0)


def test_the_test_has_these_numbers_on_an_example_that_can_be_counted() -> None:
    # against bob and cem: ann scores 1, 1/2, 1/2, 0 and the model 1, 1, 0, 1/2: it is as good in items 1, 2 and 4
    rows = [
        {"ann": "x", "bob": "x", "cem": "x", "gpt": "x"},
        {"ann": "x", "bob": "x", "cem": "y", "gpt": "x"},
        {"ann": "x", "bob": "x", "cem": "y", "gpt": "z"},
        {"ann": "x", "bob": "y", "cem": "z", "gpt": "z"},
    ]
    (test,) = alternative_annotator_test({"items": rows}, models="gpt", least_documents=2).values()
    ann = test.by_human["ann"]
    assert (ann.n_documents, ann.human_score, ann.model_score) == (4, 0.5, 0.5)
    assert (ann.human_advantage, ann.model_advantage) == (0.75, 0.75)
    # d is 0, 0, 1, -1: mean 0, variance 2/3, t = -.2 / sqrt(2/3 / 4) = -.4899 with 3 degrees of freedom
    assert ann.p_value == pytest.approx(0.3289, abs=1e-4)
    assert ann.adjusted_p_value is not None
    assert (ann.wins, test.winning_rate, test.passes) == (False, 0.0, False)


def strict_f1(one: Sequence[Plain], other: Sequence[Plain]) -> float:
    first, second = (
        {(mark["start"], mark["end"], mark["label"]) for mark in marks} for marks in (one, other)
    )
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


def test_the_score_of_spans_is_the_mean_similarity_to_the_others_and_two_without_spans_are_alike() -> None:
    plain = random_plain(4, documents=40, annotators=4, spans=3)
    for number, entry in enumerate(plain["documents"]):
        for name in list(entry["annotators"])[: number % 5]:
            entry["annotators"][name], entry["relations"][name] = [], []
    (test,) = alternative_annotator_test(plain, models="r3").values()
    assert (test.score, test.n_documents) == ("f1_strict", 40)

    def score(readings: Mapping[str, Sequence[Plain]], name: str, others: Sequence[str]) -> float:
        return float(np.mean([strict_f1(readings[name], readings[other]) for other in others]))

    for human in ("r0", "r1", "r2"):
        others = [name for name in ("r0", "r1", "r2") if name != human]
        readings = [entry["annotators"] for entry in plain["documents"]]
        ours = np.array([score(one, "r3", others) for one in readings])
        theirs = np.array([score(one, human, others) for one in readings])
        row = test.by_human[human]
        assert (row.model_score, row.human_score) == pytest.approx((ours.mean(), theirs.mean()))
        assert row.model_advantage == pytest.approx((ours >= theirs - 1e-9).mean())
        assert row.human_advantage == pytest.approx((theirs >= ours - 1e-9).mean())


def test_gamma_of_a_document_may_be_the_score() -> None:
    plain = random_plain(2, documents=6, annotators=3, spans=3)
    options: dict[str, Any] = {"gamma": FEW, "score": "gamma", "least_documents": 2}
    (test,) = alternative_annotator_test(plain, models="r2", **options).values()
    values = {}
    for pair in combinations(("r0", "r1", "r2"), 2):
        corpus = read_plain(plain).select(annotators=pair)
        by_document = evaluate(corpus, metrics="gamma", by="document", samples=0, gamma=FEW)["gamma"]
        values[pair] = [part.value or 0.0 for part in by_document.by_document.values()]
        assert all(part.value is not None for part in by_document.by_document.values())
    row = test.by_human["r0"]
    assert row.human_score == pytest.approx(np.mean(values["r0", "r1"]))
    assert row.model_score == pytest.approx(np.mean(values["r1", "r2"]))


def test_a_model_that_always_gives_what_all_humans_give_passes_and_one_that_never_does_fails() -> None:
    rows = [{**row, "bad": 9} for row in judge(1, 40, ann=1.0, bob=1.0, cem=1.0, gpt=1.0)]
    found = alternative_annotator_test({"items": rows}, models=["bad", "gpt"])
    assert (found["gpt"].winning_rate, found["gpt"].passes) == (1, True)
    assert (found["bad"].winning_rate, found["bad"].advantage_probability, found["bad"].passes) == (
        0,
        0,
        False,
    )
    assert repr(found["gpt"]).startswith(
        "AlternativeTest(gpt: winning rate 1.00, advantage probability 1.000"
    )


def test_who_shares_too_few_documents_with_the_model_is_not_tested() -> None:
    rows = judge(2, 40, ann=0.8, bob=0.8, gpt=0.8)
    rows = [
        {**row, "cem": 1} if number < 5 else row for number, row in enumerate([*rows, {"ann": 1}, {"gpt": 2}])
    ]
    (test,) = alternative_annotator_test({"items": rows}, models="gpt").values()
    cem = test.by_human["cem"]
    assert (cem.wins, cem.n_documents, cem.undefined) == (
        None,
        5,
        "5 documents are shared with the model and another annotator; 30 are needed",
    )
    assert (test.n_documents, test.n_documents_left_out) == (40, 2)
    (few,) = alternative_annotator_test({"items": rows[:20]}, models="gpt").values()
    assert few.winning_rate is None
    assert few.undefined is not None
    assert few.undefined.startswith("no annotator shares 30 documents")


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"models": "gpt", "epsilon": 1}, "epsilon must be at least 0 and less than 1"),
        ({"models": "gpt", "epsilon": float("nan")}, "epsilon must be"),
        ({"models": "gpt", "false_discoveries": 0}, "must lie between 0 and 1"),
        ({"models": "gpt", "least_documents": 1}, "two documents or more"),
        ({"models": "gpt", "score": "f1_strict"}, "cannot score by 'f1_strict'; choose from accuracy, rmse"),
        ({"models": "gpt", "score": "rmse"}, "rmse needs values that are numbers"),
        ({"models": ["gpt", "bob"]}, "two human annotators or more, and beside bob, gpt there are 1"),
        ({"models": "llm"}, "there is no annotator 'llm'"),
    ],
)
def test_tests_that_mean_nothing_are_refused(options: dict[str, Any], refusal: str) -> None:
    rows = [{"ann": "x", "bob": "y", "gpt": "x"}] * 3
    with pytest.raises((InvalidOptionError, InvalidCorpusError), match=refusal):
        alternative_annotator_test({"items": rows}, **options)


# to look at


def test_frames_have_rows_of_models_and_of_the_humans_beside_them() -> None:
    rows = judge(5, 30, ann=0.8, bob=0.7, gpt=0.9)
    report = evaluate({"items": rows}, metrics="cohen_kappa", models="gpt", include_models=True, samples=20)
    frame = report.to_frame().set_index(["slice", "of"])
    shown = report["cohen_kappa"].by_model["gpt"]
    assert frame.loc[("model", "gpt"), "value"] == shown.value
    assert frame.loc[("humans beside model", "gpt"), "value"] == shown.ceiling.value
    assert repr(shown).startswith(f"ModelReport({shown.value:.3f} [")


def test_the_command_line_sets_models_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.json"
    path.write_text(json.dumps({"items": judge(6, 40, ann=0.8, bob=0.7, cem=0.8, gpt=0.9)}))
    arguments = [str(path), "--metric", "cohen_kappa", "--by", "pair", "--samples", "20", "--model", "gpt"]
    assert run([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["metrics"]["cohen_kappa"]["by_pair"]) == ["ann|bob", "ann|cem", "bob|cem"]
    assert "by_model" not in document["metrics"]["cohen_kappa"]
    assert "alternative_test" not in document
    asked = [*arguments, "--include-models", "--alternative-test", "--epsilon", "0.1"]
    assert run([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (expected,) = alternative_annotator_test(path, models="gpt", epsilon=0.1).values()
    assert document["alternative_test"] == {"gpt": expected.to_json()}
    assert set(document["metrics"]["cohen_kappa"]["by_model"]["gpt"]) >= {"value", "ceiling", "by_pair"}
    assert run(asked) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "gpt with the humans, and the humans among themselves" in printed
    assert f"winning rate {expected.winning_rate:.2f} with epsilon 0.1" in printed
    assert run([str(path), "--alternative-test"]) == 1
    assert "--alternative-test needs the name of a model: --model NAME" in capsys.readouterr().err


def test_predictions_in_an_export_are_a_model_by_their_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = [region("r", 0, 4, "Claim")]
    tasks = [
        {
            "id": number,
            "data": {"text": TEXT},
            "annotations": [{"id": place, "completed_by": place, "result": marked} for place in (1, 2)],
            "predictions": [{"model_version": "m1", "result": marked if number else []}],
        }
        for number in range(4)
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    arguments = [str(path), "--metric", "f1_strict", "--json", "--model", "m1", "--include-models"]
    assert run(arguments) == 0
    metric = json.loads(capsys.readouterr().out)["metrics"]["f1_strict"]
    assert (metric["value"], metric["by_model"]["m1"]["value"]) == (1, pytest.approx(6 / 7))
