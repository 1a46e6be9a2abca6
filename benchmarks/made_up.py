"""Documents that the benchmarks make up: annotators who mark the same places, with slips."""

import json
from pathlib import Path
from typing import Any

import numpy as np

LABELS = ("claim", "stance", "concession", "source")


def read_places(annotators: int, units: int, seed: int) -> list[list[tuple[int, int, str]]]:
    """Annotators who mark the same places with moved borders, some other labels, some missing."""
    generator = np.random.default_rng(seed)
    length = np.maximum(3, generator.normal(20, 6, units))
    start = np.cumsum(generator.exponential(15, units) + 1 + np.concatenate([[0], length[:-1]]))
    label = generator.integers(0, len(LABELS), units)
    readings = []
    for _ in range(annotators):
        begin = np.maximum(0, np.round(start + generator.normal(0, 4, units)))
        end = np.maximum(begin + 1, np.round(start + length + generator.normal(0, 4, units)))
        seen = np.where(generator.random(units) < 0.1, generator.integers(0, len(LABELS), units), label)
        kept = np.flatnonzero(generator.random(units) < 0.95)
        readings.append([(int(begin[row]), int(end[row]), LABELS[seen[row]]) for row in kept])
    return readings


def write_document(path: Path, annotators: int, units: int, seed: int = 0) -> Path:
    readings = read_places(annotators, units, seed)
    spans = {
        f"annotator {number}": [{"start": start, "end": end, "label": label} for start, end, label in own]
        for number, own in enumerate(readings)
    }
    length = max(end for own in readings for _, end, _ in own) + 1
    path.write_text(
        json.dumps({"documents": [{"id": "d", "length": length, "annotators": spans}]}), encoding="utf-8"
    )
    return path


def write_odd_documents(path: Path, documents: int, seed: int = 0) -> Path:
    """Two to four annotators a document, whose few spans nest, cross, touch and repeat places, as chance has it."""
    generator = np.random.default_rng(seed)
    entries = []
    for number in range(documents):
        readings = {}
        for annotator in range(int(generator.integers(2, 5))):
            begin = generator.integers(0, 40, int(generator.integers(1, 9)))
            end = begin + generator.integers(1, 20, len(begin))
            label = generator.integers(0, len(LABELS), len(begin))
            own = sorted(set(zip(begin.tolist(), end.tolist(), label.tolist(), strict=True)))
            readings[f"annotator {annotator}"] = [
                {"start": start, "end": stop, "label": LABELS[code]} for start, stop, code in own
            ]
        entries.append({"id": f"d{number:04d}", "length": 60, "annotators": readings})
    path.write_text(json.dumps({"documents": entries}), encoding="utf-8")
    return path


def make_corpus(documents: int, annotators: int, spans: int, length: int, seed: int = 0) -> dict[str, Any]:
    """Arrays of many documents of one length, whose annotators read the same places."""
    generator = np.random.default_rng(seed)
    columns: dict[str, list[np.ndarray]] = {
        name: [] for name in ("document", "annotator", "start", "end", "label")
    }
    for document in range(documents):
        borders = np.sort(generator.choice(length - 1, size=2 * spans, replace=False))
        label = generator.integers(0, len(LABELS), spans)
        for annotator in range(annotators):
            moved = np.clip(borders + generator.integers(-2, 3, 2 * spans), 0, length)
            start, end = moved[::2], np.maximum(moved[1::2], moved[::2] + 1)
            end[:-1] = np.minimum(end[:-1], start[1:])
            kept = np.flatnonzero((start < end) & (end <= length) & (generator.random(spans) < 0.9))
            seen = np.where(generator.random(spans) < 0.1, generator.integers(0, len(LABELS), spans), label)
            values = (
                np.full(len(kept), document),
                np.full(len(kept), annotator),
                start[kept],
                end[kept],
                seen[kept],
            )
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
    return {
        "documents": [f"d{number:06d}" for number in range(documents)],
        "lengths": np.full(documents, length),
        "annotators": [f"annotator {number}" for number in range(annotators)],
        "labels": list(LABELS),
        **{name: np.concatenate(parts).astype(np.int64) for name, parts in columns.items()},
    }


def make_crowd(
    documents: int, annotators: int, *, each: int, spans: int, length: int, seed: int = 0
) -> dict[str, Any]:
    """Arrays of documents that a few of very many annotators read each, as a crowd does: some read many, most few.

    Of two annotators hardly any have a document in common. A document has two annotators to twice as many as `each` less two.
    """
    generator = np.random.default_rng(seed)
    size = generator.integers(2, 2 * each - 1, documents)
    share = 1 / np.arange(1, annotators + 1) ** 0.7
    crowd = np.full((documents, 2 * each - 2), -1)
    for document in range(documents):
        crowd[document, : size[document]] = generator.choice(
            annotators, size=size[document], replace=False, p=share / share.sum()
        )
    arrays = make_corpus(documents, crowd.shape[1], spans, length, seed)
    annotator = crowd[arrays["document"], arrays["annotator"]]
    kept = annotator >= 0
    completed = np.zeros((documents, annotators), dtype=bool)
    row, member = np.nonzero(crowd >= 0)
    completed[row, crowd[row, member]] = True
    columns = {name: arrays[name][kept] for name in ("document", "start", "end", "label")}
    return {
        **arrays,
        **columns,
        "annotator": annotator[kept],
        "annotators": [f"annotator {number:05d}" for number in range(annotators)],
        "completed": completed,
    }
