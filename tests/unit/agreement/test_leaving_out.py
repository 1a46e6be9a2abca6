"""Statistics without an annotator are those of the others."""

import pytest

from annotations.agreement import NAMES, evaluate, read_plain, summarize
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.questions.leaving_out import can_leave_out, leave_out
from annotations.agreement.registry import span_metrics
from tests.unit.agreement.corpora import random_plain

METRICS = tuple(name for name in span_metrics() if can_leave_out(name))


@pytest.mark.parametrize("seed", range(3))
def test_every_metric_of_pairs_is_that_of_the_others_counted_afresh(seed: int) -> None:
    corpus = read_plain(random_plain(seed, documents=6, annotators=4, missing=0.3))
    statistics = summarize(corpus, metrics=METRICS)
    for gone in corpus.annotators:
        others = corpus.select(annotators=[name for name in corpus.annotators if name != gone])
        expected = evaluate(others, metrics=METRICS, samples=0)
        found = evaluate(leave_out(statistics, gone), metrics=METRICS, samples=0)
        for name in METRICS:
            assert found[name].value == pytest.approx(expected[name].value), name
            assert found[name].n_documents == expected[name].n_documents, name


def test_a_metric_of_all_annotators_together_is_refused() -> None:
    corpus = read_plain(random_plain(0))
    without = leave_out(summarize(corpus, metrics=["cu_alpha", "f1_strict"]), corpus.annotators[0])
    with pytest.raises(InvalidOptionError, match="made without cu_alpha"):
        evaluate(without, metrics=["cu_alpha"])


@pytest.mark.parametrize("metric", NAMES)
def test_it_is_known_which_metrics_can_do_without_a_new_count(metric: str) -> None:
    corpus = read_plain(random_plain(3))
    kept = leave_out(summarize(corpus, metrics=[metric], by=["pair"]), corpus.annotators[0])
    if can_leave_out(metric):
        assert evaluate(kept, metrics=[metric], samples=0)[metric]
    else:
        with pytest.raises(InvalidOptionError):
            evaluate(kept, metrics=[metric], samples=0)
