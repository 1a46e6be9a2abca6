"""How sure a figure is: intervals, differences between rounds, documents needed, one annotator left out."""

import math
from itertools import combinations
from typing import Any

import pytest

from annotations.agreement import (
    METRICS,
    Corpus,
    GammaOptions,
    InvalidOptionError,
    Items,
    compare,
    estimate_documents_needed,
    evaluate,
    leave_one_annotator_out,
    read_plain,
    summarize,
)
from annotations.agreement.data.corpus import LOST_END
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.sums import bootstrap
from tests.unit.agreement.corpora import Plain, one_document, random_plain, span

SPAN_METRICS = tuple(
    metric.name
    for metric in METRICS
    if "spans" in metric.kinds and not metric.name.endswith(("ordinal", "interval", "custom"))
)


def with_rare_label(*, carriers: int, documents: int = 20) -> Corpus:
    """Two annotators agree on A everywhere; R, and a relation, are only in some documents, and there in part."""

    def judge(number: int, who: str) -> list[Plain]:
        own = [span(0, 10, kind="x"), span(20, 30, kind="x")]
        if number < carriers:
            own += [span(40, 50, "R"), *([span(60, 70, "R")] if who == "a" else [])]
        return own

    def relate(number: int, who: str) -> list[Plain]:
        if number >= carriers:
            return []
        return [
            {"from": 0, "to": 1, "type": "t"},
            *([{"from": 0, "to": 2, "type": "t"}] if who == "a" else []),
        ]

    return read_plain(
        {
            "documents": [
                {
                    "id": f"{number:02d}",
                    "length": 100,
                    "annotators": {who: judge(number, who) for who in "ab"},
                    "relations": {who: relate(number, who) for who in "ab"},
                }
                for number in range(documents)
            ]
        }
    )


@pytest.mark.parametrize("metric", SPAN_METRICS)
def test_an_interval_holds_its_value(metric: str) -> None:
    corpus = read_plain(random_plain(3, documents=12))
    found = evaluate(corpus, metrics=[metric], samples=400, gamma=GammaOptions(samples=5))[metric]
    assert found.value is not None
    assert found.interval is not None
    low, high = found.interval
    assert low <= found.value <= high
    assert low < high


@pytest.mark.parametrize("metric", ["f1_strict", "f1_type", "dice", "alpha_nominal", "cohen_kappa", "gamma"])
def test_what_one_document_carries_has_a_value_and_no_interval(metric: str) -> None:
    options: dict[str, Any] = {"metrics": [metric], "by": ["label"], "gamma": GammaOptions(samples=5)}
    alone = evaluate(with_rare_label(carriers=1), **options)[metric].by_label["R"]
    assert alone.value is not None
    assert alone.interval is None
    assert evaluate(with_rare_label(carriers=2), **options)[metric].by_label["R"].interval is not None


def test_relations_of_one_document_have_no_interval() -> None:
    assert evaluate(with_rare_label(carriers=1), metrics=["relation_f1"])["relation_f1"].interval is None


def test_a_single_random_sample_says_nothing_of_its_own_error() -> None:
    corpus = read_plain(random_plain(4))
    one, two = (
        evaluate(corpus, metrics=["gamma"], gamma=GammaOptions(samples=samples))["gamma"].details
        for samples in (1, 2)
    )
    assert "monte_carlo_interval" not in one
    low, high = two["monte_carlo_interval"]
    assert low < high
    assert [one["n_samples"], two["n_samples"]] == [4, 8]


def test_precision_draws_as_many_samples_as_it_takes_and_says_whether_they_were_enough() -> None:
    corpus = one_document(400, a=[span(10, 30), span(200, 240, "B")], b=[span(12, 33), span(300, 310)])

    def details(precision: float) -> Any:
        return evaluate(corpus, metrics=["gamma"], gamma=GammaOptions(precision=precision))["gamma"].details

    rough, fine, finest = details(0.2), details(0.05), details(0.001)
    assert rough["n_samples"] < fine["n_samples"] < finest["n_samples"] == 2000
    assert [rough["precise"], fine["precise"], finest["precise"]] == [True, True, False]
    low, high = fine["monte_carlo_interval"]
    expected = fine["expected_disorder"]
    assert (high - low) * expected / fine["observed_disorder"] == pytest.approx(0.1, rel=0.3)


def test_precision_needs_a_spread_to_go_by() -> None:
    with pytest.raises(InvalidOptionError, match="two samples"):
        GammaOptions(samples=1, precision=0.1).check()


def test_the_p_value_is_the_share_of_all_dealings_of_compared_documents_at_least_as_far_apart() -> None:
    first = [{"a": "x", "b": "x"}, {"a": "x", "b": "y"}, {"a": "y", "b": "x"}, {"a": "y", "b": "y"}]
    second = [{"a": "x", "b": "x"}, {"a": "y", "b": "y"}, {"a": "x", "b": "x"}, {"a": "y", "b": "y"}]
    rows = first + second

    def percent(chosen: tuple[int, ...]) -> float:
        return sum(rows[index]["a"] == rows[index]["b"] for index in chosen) / len(chosen)

    everybody = set(range(len(rows)))
    differences = [
        percent(tuple(everybody - set(chosen))) - percent(chosen) for chosen in combinations(range(8), 4)
    ]
    exact = sum(abs(one) >= 0.5 for one in differences) / len(differences)
    found = compare(
        summarize(Items.from_rows(first)),
        summarize(Items.from_rows([*({} for _ in first), *second])),
        metric="percent_agreement",
        permutations=20_000,
    )
    assert (found.first, found.second, found.difference, found.paired) == (0.5, 1.0, 0.5, False)
    assert found.p_value == pytest.approx(exact, abs=0.02)


def test_the_same_documents_are_compared_in_pairs() -> None:
    good = summarize(Items.from_rows([{"a": number % 3, "b": number % 3} for number in range(12)]))
    bad = summarize(Items.from_rows([{"a": number % 3, "b": number % 2} for number in range(12)]))
    same = compare(bad, bad, metric="percent_agreement")
    assert (same.paired, same.difference, same.p_value) == (True, 0.0, 1.0)
    other = compare(bad, good, metric="percent_agreement", permutations=20_000)
    assert other.paired
    # eight of the twelve differ, and only all swapped or none is as far apart: two of 256 ways
    assert other.p_value == pytest.approx(2 / 2**8, abs=0.002)


def test_an_undefined_side_has_no_p_value_but_a_reason() -> None:
    rows = summarize(Items.from_rows([{"a": 1, "b": 1}, {"a": 2, "b": 1}]))
    found = compare(rows, summarize(Items.from_rows([{"a": 1}, {"a": 2}])), metric="cohen_kappa")
    assert (found.p_value, found.difference) == (None, None)
    assert found.undefined


def test_as_many_documents_are_needed_as_there_are_for_the_width_there_is() -> None:
    statistics = summarize(read_plain(random_plain(5, documents=40)), metrics=["f1_partial"])
    low, high = evaluate(statistics, metrics=["f1_partial"])["f1_partial"].interval or (0, 0)
    same = estimate_documents_needed(statistics, metric="f1_partial", width=high - low)
    half = estimate_documents_needed(statistics, metric="f1_partial", width=(high - low) / 2)
    assert same.needed == pytest.approx(40, rel=0.15)
    assert half.needed == pytest.approx(160, rel=0.15)
    assert list(same.widths) == sorted(same.widths, reverse=True)


def test_how_many_resamples_are_drawn_at_once_changes_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    statistics = summarize(read_plain(random_plain(5, documents=12)), metrics=["f1_strict"])

    def ask() -> tuple[object, object]:
        report = evaluate(statistics, metrics=["f1_strict"], samples=101)
        return report.to_json(), estimate_documents_needed(
            statistics, metric="f1_strict", width=0.1, samples=101
        )

    together = ask()
    monkeypatch.setattr(bootstrap, "WEIGHTS_AT_ONCE", 36)
    assert ask() == together


def test_a_figure_that_one_document_carries_needs_it_cannot_tell_how_many() -> None:
    statistics = summarize(with_rare_label(carriers=1), metrics=["relation_f1"])
    curve = estimate_documents_needed(statistics, metric="relation_f1", width=0.1)
    assert (curve.needed, curve.documents) == (None, ())
    assert "too few documents" in str(curve.undefined)


def test_questions_about_what_was_not_counted_are_refused() -> None:
    statistics = summarize(with_rare_label(carriers=3), metrics=["f1_strict"])
    with pytest.raises(InvalidOptionError, match="made without dice; summarize again"):
        estimate_documents_needed(statistics, metric="dice", width=0.1)
    with pytest.raises(InvalidOptionError, match="made without dice; summarize again"):
        compare(statistics, statistics, metric="dice")


@pytest.mark.parametrize(
    ("option", "value"), [("width", math.nan), ("width", 0), ("confidence", 2), ("samples", 0)]
)
def test_a_curve_needs_a_width_a_share_and_samples(option: str, value: float) -> None:
    statistics = summarize(with_rare_label(carriers=3), metrics=["f1_strict"])
    options: dict[str, Any] = {"width": 0.1, option: value}
    with pytest.raises(InvalidOptionError, match=option):
        estimate_documents_needed(statistics, metric="f1_strict", **options)


def test_each_annotator_is_left_out_as_if_never_there() -> None:
    corpus = read_plain(random_plain(6, missing=0.3))
    without = leave_one_annotator_out(corpus, metrics=["f1_strict", "alpha_nominal"])
    assert set(without) == {"r0", "r1", "r2"}
    for name, found in without.items():
        others = corpus.select(annotators=[one for one in corpus.annotators if one != name])
        expected = evaluate(others, metrics=["f1_strict", "alpha_nominal"], samples=0)
        assert found.to_json() == expected.to_json()


def test_relations_that_lose_an_end_are_counted() -> None:
    corpus = with_rare_label(carriers=2)
    labels = corpus.select(labels=["A"])
    assert len(labels.links) == 4
    assert labels.left_out[LOST_END] == 2
    assert labels.select(documents=["00"]).left_out[LOST_END] == 1
    assert LOST_END not in corpus.select(annotators=["b"], documents=["00"]).left_out
    assert labels.select(labels=[]).left_out[LOST_END] == 6


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidCorpusError, match="there is no label 'Z'"):
        with_rare_label(carriers=1).select(labels=["Z"])
