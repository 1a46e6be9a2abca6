"""The words beside the figures: there for every metric, and true of what the metric computes and of this project's value."""

from typing import Any

import pytest

from annotations.agreement import Corpus, MetricReport, Report, evaluate, read_plain
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.registry import METRICS, find_metric
from annotations.reliability.interpretation import read_here
from annotations.web.agreement.notes import describe_basis
from tests.unit.agreement.corpora import one_document, random_plain, span

SPAN_METRICS = [metric.name for metric in METRICS if "spans" in metric.kinds]


def report_of(corpus: Corpus, *metrics: str, **options: Any) -> Report:
    return evaluate(corpus, metrics=metrics, **{"samples": 0, **options})


def made_up(
    name: str, value: float, interval: tuple[float, float] | None = None, **details: Any
) -> MetricReport:
    return MetricReport(value, interval, 5, None, name=name, details=details)


def report_with(*metrics: MetricReport, compared: int = 5) -> Report:
    return Report({metric.name: metric for metric in metrics}, {"n_documents_compared": compared})


@pytest.mark.parametrize("metric", SPAN_METRICS)
def test_every_metric_of_spans_says_what_it_asks_what_it_means_and_what_is_usual(metric: str) -> None:
    words = find_metric(metric).words
    assert words.question
    assert words.reading.endswith(".")
    assert words.usual.endswith(".")


@pytest.mark.parametrize("metric", [name for name in SPAN_METRICS if "kappa" not in name])
def test_the_usual_kappa_of_editorials_is_called_a_kappa_under_other_metrics_too(metric: str) -> None:
    usual = find_metric(metric).words.usual
    assert ("0.56" in usual) == ("Fleiss' kappa of the types" in usual)


def test_partial_f1_is_described_as_blind_to_labels_and_it_is() -> None:
    corpus = one_document(20, a=[span(0, 4, "A")], b=[span(2, 8, "B")])
    assert report_of(corpus, "f1_partial")["f1_partial"].value == 0.5
    assert "whatever the labels" in find_metric("f1_partial").words.reading


def test_the_strict_figure_is_read_as_spans_and_says_how_many_were_only_cut_differently() -> None:
    corpus = one_document(
        90,
        a=[span(0, 4), span(10, 20), span(30, 40), span(50, 60)],
        b=[span(0, 4), span(12, 20), span(30, 40, "B"), span(70, 80)],
    )
    report = report_of(corpus, "f1_strict", "f1_type")
    assert read_here("f1_strict", report) == [
        "Here: of 100 spans that two people marked, 25 have the same borders and label as one of the other's.",
        "Another 25 have the label and only some of the text in common: there they cut differently.",
    ]
    assert "50 have some text and the label in common" in read_here("f1_type", report)[0]


def test_a_figure_beyond_chance_is_read_against_chance() -> None:
    above = report_with(made_up("alpha_nominal", 0.56, (0.4, 0.7)))
    assert read_here("alpha_nominal", above) == ["Here they differ 44 % as much as chance would make them."]
    unsure = report_with(made_up("alpha_nominal", 0.1, (-0.05, 0.3)))
    assert "do not tell it from chance" in read_here("alpha_nominal", unsure)[1]
    below = report_with(made_up("gamma", -0.2))
    assert read_here("gamma", below) == ["Here they differ more than chance would make them."]
    assert read_here("f1_partial", report_with(made_up("f1_partial", 0.1, (0.0, 0.3)))) == []


@pytest.mark.parametrize(
    ("where", "which", "said"),
    [
        ((0.1, 0.3), (0.5, 0.9), "more on where something is than on what"),
        ((0.6, 0.8), (0.1, 0.5), "more on what something is than on where"),
        ((0.1, 0.6), (0.5, 0.9), "do not tell whether"),
    ],
)
def test_where_and_which_are_held_against_each_other_only_as_far_as_the_intervals_go(
    where: tuple[float, float], which: tuple[float, float], said: str
) -> None:
    report = report_with(made_up("u_alpha_binary", 0.5, where), made_up("cu_alpha", 0.5, which))
    assert said in read_here("cu_alpha", report)[-1]
    assert len(read_here("cu_alpha", report_with(made_up("cu_alpha", 0.5, which)))) == 1


def test_which_label_says_on_how_much_of_the_text_it_rests() -> None:
    corpus = one_document(
        100,
        a=[span(0, 10, "A"), span(20, 30, "B"), span(40, 60, "A")],
        b=[span(0, 10, "A"), span(20, 30, "A")],
    )
    # 20 characters that both marked, of 40 and 20 that each did: 2 * 20 / 60.
    (sentence,) = describe_basis("cu_alpha", report_of(corpus, "cu_alpha"))
    assert "the other marked 67 % too" in sentence


def test_gamma_says_how_its_chance_was_drawn_and_that_its_pairings_are_proven() -> None:
    corpus = read_plain(random_plain(1, documents=3))
    options = GammaOptions(sampler="shuffle", seed=7)
    report = report_of(corpus, "gamma", gamma=options)
    low, high = report["gamma"].details["monte_carlo_interval"]
    made, proven = describe_basis("gamma", report)
    number = options.samples
    assert f"of {3 * number} random annotations, {number} an article (shuffle sampler, seed 7)" in made
    assert f"between {low:.3f} and {high:.3f}" in made
    assert "is proven" in proven


def test_gamma_of_more_than_seven_annotators_says_that_its_pairings_are_not_proven() -> None:
    people = {f"a{number}": [span(10 * number % 30, 10 * number % 30 + 15)] for number in range(8)}
    sentences = describe_basis("gamma", report_of(one_document(60, **people), "gamma"))
    assert "Not every pairing" in sentences[-1]


def test_a_figure_of_fewer_articles_than_were_compared_says_so() -> None:
    assert describe_basis("gamma_cat", report_with(made_up("gamma_cat", 0.5), compared=6)) == [
        "1 of the articles holds nothing that it could compare."
    ]


def test_where_there_is_no_value_there_is_nothing_to_read() -> None:
    report = report_of(one_document(60, a=[], b=[]), "f1_strict", "alpha_nominal")
    for name in report.metrics:
        assert read_here(name, report) == describe_basis(name, report) == []
