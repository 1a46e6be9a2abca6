"""What `benchmarks.agreement` measures of our own library, each in a process of its own.

    .venv/bin/python -m benchmarks.agreement_tasks NAME [ARGUMENT ...]

prints CPU seconds and figures as JSON. `alpha` leaves its matrix for the rival.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any

import numpy as np

from benchmarks.made_up import make_corpus, make_crowd
from benchmarks.rivals import FOLDER


def task_alpha() -> dict[str, float]:
    from annotations.agreement import Corpus, evaluate, summarize

    arrays = make_corpus(2000, 5, 9, 500)
    corpus = Corpus.from_arrays(**arrays)
    matrix = np.zeros((5, 2000 * 500), dtype=np.int8)
    for document, annotator, start, end, label in zip(
        *(arrays[name].tolist() for name in ("document", "annotator", "start", "end", "label")),
        strict=True,
    ):
        matrix[annotator, document * 500 + start : document * 500 + end] = label + 1
    np.save(FOLDER / "alpha.npy", matrix)
    summarize(corpus.select(documents=corpus.documents[:3]), metrics=["alpha_nominal"])
    seconds = []
    for _ in range(5):
        begin = time.process_time()
        statistics = summarize(corpus, metrics=["alpha_nominal"])
        value = evaluate(statistics, metrics=["alpha_nominal"], samples=0)["alpha_nominal"].value or 0.0
        seconds.append(time.process_time() - begin)
    begin = time.process_time()
    evaluate(statistics, metrics=["alpha_nominal"], samples=1000)
    return {
        "seconds": min(seconds),
        "value": value,
        "bootstrap": time.process_time() - begin,
        "spans": corpus.n_spans,
    }


def task_gamma(path: str, *warm: str) -> dict[str, float]:
    from annotations.agreement import evaluate, read_file

    for other in warm:
        evaluate(read_file(other), metrics=["gamma"], samples=0)
    corpus = read_file(path)
    seconds: list[float] = []
    while len(seconds) < 3 or sum(seconds) < 1:
        begin = time.process_time()
        report = evaluate(corpus, metrics=["gamma"], samples=0)["gamma"]
        seconds.append(time.process_time() - begin)
    assert report.details["certified"]
    return {
        "seconds": median(seconds),
        "value": report.value or 0.0,
        "observed": report.details["observed_disorder"],
    }


def task_alignments(path: str) -> dict[str, Any]:
    from annotations.agreement import align, read_file

    corpus = read_file(path)
    align(corpus, documents=corpus.documents[:10])
    begin = time.process_time()
    aligned = align(corpus)
    seconds = time.process_time() - begin
    assert all(alignment.certified for alignment in aligned)
    return {"seconds": seconds, "disorders": [alignment.disorder for alignment in aligned]}


def task_short() -> dict[str, float]:
    from annotations.agreement import Corpus, align

    arrays = make_corpus(8000, 5, 2, 80)
    corpus = Corpus.from_arrays(**arrays)
    align(corpus, documents=corpus.documents[:10])
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        aligned = align(corpus)
        seconds.append(time.process_time() - begin)
    assert all(alignment.certified for alignment in aligned)
    return {"seconds": median(seconds), "value": float(len(aligned))}


def task_page() -> dict[str, float]:
    from annotations.agreement import NAMES, Corpus, Statistics, evaluate, summarize

    corpus = Corpus.from_arrays(**make_corpus(5000, 3, 8, 2000))
    names = [name for name in NAMES if not name.startswith("gamma")]
    begin = time.process_time()
    statistics = summarize(corpus, metrics=names, by=["label", "pair"])
    evaluate(statistics, metrics=names, by=["label", "pair"], samples=0)
    cold = time.process_time() - begin
    stored = statistics.to_bytes()
    begin = time.process_time()
    evaluate(Statistics.from_bytes(stored), metrics=names, samples=0)
    warm = time.process_time() - begin
    begin = time.process_time()
    evaluate(statistics, metrics=names, samples=500)
    return {"seconds": cold, "value": warm, "intervals": time.process_time() - begin}


def task_memory() -> dict[str, float]:
    import resource

    from annotations.agreement import Corpus, evaluate

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    corpus = Corpus.from_arrays(**make_corpus(25_000, 5, 9, 500))
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    evaluate(
        corpus,
        metrics=["alpha_nominal", "cohen_kappa", "f1_strict", "f1_partial", "u_alpha", "alpha_u"],
        samples=0,
    )
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "value": peak / 1e6,
        "before": before / 1e6,
        "made": made / 1e6,
        "spans": corpus.n_spans,
    }


def task_crowd() -> dict[str, float]:
    import resource

    from annotations.agreement import NAMES, Corpus, evaluate

    corpus = Corpus.from_arrays(**make_crowd(16_100, 3_579, each=5, spans=6, length=400))
    begin = time.process_time()
    evaluate(corpus, metrics=[name for name in NAMES if not name.startswith("gamma")])
    return {
        "seconds": time.process_time() - begin,
        "value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "spans": corpus.n_spans,
    }


def task_crowd_gamma(documents: str) -> dict[str, float]:
    """Gamma's metrics of the first documents of the crowd's, of everybody in it."""
    import resource

    from annotations.agreement import Corpus, evaluate

    corpus = Corpus.from_arrays(**make_crowd(int(documents), 3_579, each=5, spans=6, length=400))
    begin = time.process_time()
    evaluate(corpus, metrics=["gamma", "gamma_cat", "gamma_k"])
    return {
        "seconds": time.process_time() - begin,
        "value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "spans": corpus.n_spans,
    }


TASKS = {
    "crowd_gamma": task_crowd_gamma,
    "alpha": task_alpha,
    "gamma": task_gamma,
    "alignments": task_alignments,
    "short": task_short,
    "page": task_page,
    "memory": task_memory,
    "crowd": task_crowd,
}


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    print(json.dumps(TASKS[name](*arguments)))
