"""Many annotators, many units, huge offsets: a figure or a reason within seconds."""

import math
import time
import tracemalloc

import numpy as np
import pytest

from annotations.agreement import (
    NAMES,
    Corpus,
    InvalidCorpusError,
    InvalidOptionError,
    Items,
    estimate_documents_needed,
    evaluate,
    read_plain,
    summarize,
)
from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.stretches import find_stretches
from annotations.agreement.evaluation import drop_many_pairs
from annotations.agreement.spans.matching import count_overlaps, find_overlaps
from annotations.agreement.unitizing.counting import merge_same_label
from tests.unit.agreement.corpora import random_plain

LABELS = ("A", "B", "C", "D", "E")
SECONDS = 20  # of CPU, on a slow machine; it is one or two on an idle one


def make_readings(annotators: int, units: int, length: int, *, reach: float) -> Corpus:
    """One document whose annotators read the same places with other borders and labels; `reach` 1 is to the next unit."""
    generator = np.random.default_rng(units)
    step = length // units
    columns: dict[str, list[IntArray]] = {
        name: [] for name in ("document", "annotator", "start", "end", "label")
    }
    for annotator in range(annotators):
        kept = np.flatnonzero(generator.random(units) < 0.9)
        start = kept * step + generator.integers(0, max(1, step // 5), len(kept))
        size = generator.integers(max(1, step // 4), max(2, int(step * reach)), len(kept))
        row = (
            np.zeros(len(kept), dtype=np.int64),
            np.full(len(kept), annotator),
            start,
            np.minimum(start + size, length),
            generator.integers(0, len(LABELS), len(kept)),
        )
        for name, column in zip(columns, row, strict=True):
            columns[name].append(column)
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Corpus.from_arrays(
        documents=["d"],
        lengths=[length],
        annotators=[f"annotator {number:02d}" for number in range(annotators)],
        labels=LABELS,
        document=joined["document"],
        annotator=joined["annotator"],
        start=joined["start"],
        end=joined["end"],
        label=joined["label"],
    )


@pytest.mark.parametrize(
    ("annotators", "units", "length", "reach"),
    [(30, 30, 2000, 0.75), (3, 20_000, 400_000, 0.75), (3, 20_000, 400_000, 2.25), (3, 200, 10**8, 2.25)],
    ids=["30 annotators", "20,000 units", "20,000 units that overlap", "offsets of 10^8"],
)
def test_a_large_document_has_a_figure_or_a_reason_within_seconds(
    annotators: int, units: int, length: int, reach: float
) -> None:
    corpus = make_readings(annotators, units, length, reach=reach)
    names = [name for name in NAMES if not name.startswith("gamma")]
    begin = time.process_time()
    report = evaluate(corpus, metrics=names, by=["label"], samples=200)
    assert time.process_time() - begin < SECONDS
    for metric in report.metrics.values():
        assert (metric.value is None) != (metric.undefined is None)
        assert metric.value is None or math.isfinite(metric.value)
    assert report["f1_strict"].value is not None


def test_more_judgements_than_memory_holds_are_refused_before_it_is_asked_for() -> None:
    names = [str(number) for number in range(40_000)]
    tracemalloc.start()
    with pytest.raises(InvalidCorpusError, match="40,000 documents by 40,000 annotators are more than"):
        Corpus.from_arrays(
            documents=names,
            lengths=[9] * len(names),
            annotators=names,
            labels=["A"],
            document=[],
            annotator=[],
            start=[],
            end=[],
            label=[],
        )
    with pytest.raises(InvalidCorpusError, match="40,000 items by 40,000 annotators are more than"):
        Items.from_rows([{name: 1} for name in names])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6


def test_resamples_of_many_documents_are_weighed_a_few_at_a_time() -> None:
    rows = [{"a": number % 3, "b": number % (3 if number % 7 else 2)} for number in range(20_000)]
    statistics = summarize(Items.from_rows(rows), metrics=["alpha_nominal"])
    tracemalloc.start()
    report = evaluate(statistics, metrics=["alpha_nominal"], samples=256)
    curve = estimate_documents_needed(statistics, metric="alpha_nominal", width=0.01, samples=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report["alpha_nominal"].interval is not None
    assert curve.needed is not None
    assert peak < 45e6


def make_crowd(annotators: int, documents: int, each: int) -> Corpus:
    """Documents that a few of many annotators read each, so that hardly any two have one in common."""
    generator = np.random.default_rng(annotators)
    who = np.stack([generator.choice(annotators, size=each, replace=False) for _ in range(documents)])
    completed = np.zeros((documents, annotators), dtype=bool)
    completed[np.arange(documents)[:, None], who] = True
    place = np.repeat(generator.integers(0, 80, documents), each)
    moved = place + generator.integers(-2, 3, len(place)) + 2
    return Corpus.from_arrays(
        documents=[f"d{number:05d}" for number in range(documents)],
        lengths=np.full(documents, 100),
        annotators=[f"annotator {number:05d}" for number in range(annotators)],
        labels=LABELS,
        document=np.repeat(np.arange(documents), each),
        annotator=who.ravel(),
        start=moved,
        end=moved + 9,
        label=generator.integers(0, len(LABELS), len(place)),
        completed=completed,
    )


def test_a_crowd_takes_time_and_memory_with_the_pairs_that_share_a_document() -> None:
    corpus = make_crowd(2000, 1800, 3)  # two million pairs, of which 5,400 share a document
    names = [name for name in NAMES if not name.startswith("gamma")]
    begin = time.process_time()
    tracemalloc.start()
    report = evaluate(corpus, metrics=names, by=["label"], samples=100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - begin < SECONDS
    assert peak < 200e6
    assert report["cohen_kappa"].details["n_pairs"] <= 5400
    assert report["boundary_similarity"].value is not None
    with pytest.raises(InvalidOptionError, match="pairs of annotators share a document, and at most 5,000"):
        evaluate(corpus, metrics=["dice"], by=["pair"], samples=0)
    counted = summarize(corpus, metrics=["dice"], by=["pair"])
    slices, n_dropped = drop_many_pairs(counted, {"pair": ["dice"], "document": ["dice"]})
    assert 5000 < n_dropped <= 5400
    assert evaluate(counted, metrics=["dice"], by=slices, samples=0)["dice"].by_pair == {}


def test_spans_at_the_largest_offsets_are_merged_and_cut_as_at_any_others() -> None:
    n_documents, end = 3000, 2**52
    rows = np.repeat(np.arange(n_documents), 2)
    places = np.tile([0, 5], n_documents)

    def make(shift: int) -> Corpus:
        return Corpus.from_arrays(
            documents=[f"{number:04d}" for number in range(n_documents)],
            lengths=np.full(n_documents, end),
            annotators=["a"],
            labels=["A"],
            document=rows,
            annotator=np.zeros_like(rows),
            start=places + shift,
            end=places + shift + 10,
            label=np.zeros_like(rows),
        )

    far, gone = merge_same_label(make(end - 20))
    near, expected = merge_same_label(make(0))
    assert (gone, expected) == (n_documents, n_documents)
    assert (far.start - near.start == end - 20).all()
    assert (far.end - near.end == end - 20).all()
    far_pieces, near_pieces = (find_stretches(make(shift)) for shift in (end - 20, 0))
    assert near_pieces.end.tolist() == [15] * n_documents
    assert (far_pieces.start - near_pieces.start == end - 20).all()
    assert (far_pieces.end - near_pieces.end == end - 20).all()


@pytest.mark.parametrize("annotators", [2, 5])
def test_nominal_alpha_alone_is_that_of_all_confusions_however_many_sets_of_labels_occur(
    annotators: int,
) -> None:
    corpus = make_readings(annotators, 600, 12_000, reach=3)
    together = evaluate(corpus, metrics=["alpha_nominal", "cohen_kappa"], samples=0)["alpha_nominal"]
    alone = evaluate(corpus, metrics=["alpha_nominal"], samples=0)["alpha_nominal"]
    assert alone.value == pytest.approx(together.value, abs=1e-12)


def test_alpha_and_coverage_of_a_thousand_labels_that_overlap_come_within_seconds() -> None:
    generator = np.random.default_rng(1)
    size, labels = 20_000, 1000
    start = np.sort(generator.integers(0, 200_000, size))
    corpus = Corpus.from_arrays(
        documents=[f"d{number:02d}" for number in range(10)],
        lengths=[200_100] * 10,
        annotators=["ann", "bob"],
        labels=[f"L{number:04d}" for number in range(labels)],
        document=generator.integers(0, 10, size),
        annotator=generator.integers(0, 2, size),
        start=start,
        end=start + generator.integers(20, 100, size),
        label=generator.integers(0, labels, size),
    )
    begin = time.process_time()
    alone = evaluate(corpus, metrics=["alpha_nominal"], samples=10)["alpha_nominal"]
    together = evaluate(corpus, metrics=["alpha_nominal", "dice"], samples=10)
    assert time.process_time() - begin < SECONDS
    assert alone.value == pytest.approx(together["alpha_nominal"].value, abs=1e-12)
    assert 0 < (together["dice"].value or 0) < 1


def make_nested(units: int) -> Corpus:
    """Two annotators whose spans lie within each other, so that all of the one overlap all of the other."""
    place = np.tile(np.arange(units), 2)
    return Corpus.from_arrays(
        documents=["nest"],
        lengths=[8 * units],
        annotators=["ann", "bob"],
        labels=["A"],
        document=np.zeros(2 * units, dtype=np.int64),
        annotator=np.repeat([0, 1], units),
        start=place,
        end=4 * units - place - np.repeat([0, 1], units),
        label=np.zeros(2 * units, dtype=np.int64),
    )


def test_a_document_with_more_overlaps_than_memory_holds_is_named_with_their_number() -> None:
    corpus = make_nested(10_000)
    with pytest.raises(InvalidOptionError, match=r"document 'nest': 100,000,000 pairs of spans .* overlap"):
        evaluate(corpus, metrics=["f1_strict"], samples=0)


def test_metrics_over_positions_need_no_overlaps_of_spans() -> None:
    report = evaluate(make_nested(10_000), metrics=["alpha_nominal", "alpha_u"], samples=0)
    assert report["alpha_nominal"].value == pytest.approx(1, abs=1e-3)
    assert report["alpha_u"].value == pytest.approx(1, abs=1e-3)


def test_overlaps_are_counted_as_they_are_listed() -> None:
    corpus = read_plain(random_plain(5, documents=4, annotators=3, length=50, spans=12, missing=0.2))
    listed = np.bincount(corpus.document[find_overlaps(corpus).first], minlength=len(corpus.documents))
    assert count_overlaps(corpus).tolist() == listed.tolist()
    alike = find_overlaps(corpus, alike=True)
    overlaps = find_overlaps(corpus)
    of_one_label = overlaps.take(corpus.label[overlaps.first] == corpus.label[overlaps.second])
    assert alike.first.tolist() == of_one_label.first.tolist()
    assert alike.second.tolist() == of_one_label.second.tolist()
    assert alike.shared.tolist() == of_one_label.shared.tolist()
