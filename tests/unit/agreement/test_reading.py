"""Every form of input comes to the same corpus."""

import json
from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    Corpus,
    InvalidCorpusError,
    evaluate,
    read_jsonl,
    read_label_studio,
    read_plain,
)
from annotations.agreement.positions import count_in
from annotations.agreement.values import find_stretches
from tests.unit.agreement.corpora import span

TEXT = "Kyiv agreed. But Moscow did not."


def region(name: str, start: int, end: int, label: str, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": name, "type": "labels", "from_name": "label", "to_name": "text", "value": value, **more}


def relation(source: str, target: str, direction: str, labels: list[str]) -> dict[str, Any]:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": labels}


def choice(name: str, start: int, end: int, value: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": "choices",
        "from_name": "type",
        "value": {"start": start, "end": end, "choices": [value]},
    }


def export() -> list[dict[str, Any]]:
    result = [region("r1", 0, 11, "Claim"), choice("r1", 0, 11, "fact"), region("r2", 17, 31, "Claim")]
    return [
        {
            "id": 5,
            "data": {"text": TEXT},
            "annotations": [
                {"id": 1, "completed_by": 7, "result": [*result, relation("r1", "r2", "left", ["attacks"])]},
                {"id": 2, "completed_by": {"id": 8, "email": "b@example.org"}, "result": []},
                {"id": 3, "completed_by": 9, "was_cancelled": True, "result": []},
            ],
        },
    ]


def test_label_studio_export() -> None:
    corpus = read_label_studio(export())
    assert corpus.annotators == ("7", "b@example.org")
    assert corpus.completed.all()
    assert list(zip(corpus.start.tolist(), corpus.end.tolist(), strict=True)) == [(0, 11), (17, 31)]
    codes, values = corpus.attributes["type"]
    assert [values[code] if code >= 0 else None for code in codes.tolist()] == ["fact", None]
    assert (corpus.links.source.tolist(), corpus.links.target.tolist()) == ([1], [0])
    assert corpus.left_out == {"skipped annotations": 1}


def test_label_studio_counts_what_a_corpus_cannot_hold() -> None:
    tasks = export()
    tasks[0]["annotations"][1]["result"] = [
        region("r1", 0, 11, "Claim"),
        region("r2", 17, 31, "Claim"),
        relation("r1", "r2", "bi", ["attacks"]),
        relation("r1", "r2", "right", []),
        relation("r1", "gone", "right", ["attacks"]),
        {"id": "x", "type": "choices", "from_name": "genre", "value": {"choices": ["news"]}},
    ]
    tasks[0]["annotations"].append({"id": 4, "completed_by": 7, "updated_at": "2030-01-01", "result": []})
    corpus = read_label_studio(tasks)
    assert corpus.left_out == {
        "document fields": 1,
        "relations in both directions": 1,
        "relations to a missing region": 1,
        "relations without a type": 1,
        "skipped annotations": 1,
        "superseded annotations": 1,
    }
    assert evaluate(corpus, metrics=["f1_strict"]).to_json()["left_out"] == corpus.left_out


def test_jsonl_equals_plain_json() -> None:
    spans = [span(0, 4, "Claim", type="fact"), span(5, 9, "Stance")]
    links = [{"from": 0, "to": 1, "type": "grants"}]
    lines = [
        json.dumps({"document": "d", "annotator": "a", "text": TEXT, "spans": spans, "relations": links}),
        json.dumps({"document": "d", "annotator": "b", "length": len(TEXT), "spans": []}),
    ]
    entry = {"id": "d", "text": TEXT, "annotators": {"a": spans, "b": []}, "relations": {"a": links}}
    assert evaluate(read_jsonl(lines)).to_json() == evaluate(read_plain({"documents": [entry]})).to_json()


def test_arrays_are_checked_with_document_and_span() -> None:
    arrays: dict[str, Any] = {
        "documents": ["d"],
        "lengths": [9],
        "annotators": ["a", "b"],
        "labels": ["A"],
        "document": [0],
        "annotator": [0],
        "start": [2],
        "end": [12],
        "label": [0],
    }
    with pytest.raises(InvalidCorpusError, match=r"'d'.*'a'.*\[2, 12\).*past the text"):
        Corpus.from_arrays(**arrays)
    with pytest.raises(InvalidCorpusError, match="did not complete"):
        Corpus.from_arrays(**{**arrays, "end": [4]}, completed=[[False, True]])
    with pytest.raises(InvalidCorpusError, match="whole numbers"):
        Corpus.from_arrays(**{**arrays, "end": np.array([np.nan])})
    with pytest.raises(InvalidCorpusError, match="listed twice"):
        Corpus.from_arrays(**{**arrays, "end": [4], "annotators": ["a", "a"]})


def test_words_and_tokens_cover_what_a_span_touches() -> None:
    reading = [span(2, 8, "A"), span(12, 13, "A")]  # "iv agr", and a space
    corpus = read_plain({"documents": [{"id": "d", "text": TEXT, "annotators": {"a": reading, "b": []}}]})
    words, tokens = count_in(corpus, "word"), count_in(corpus, "token")
    assert (words.lengths.tolist(), tokens.lengths.tolist()) == ([6], [8])
    assert (words.start.tolist(), words.end.tolist()) == ([0], [2])
    assert words.left_out == {"spans without any word": 1}
    share = evaluate(corpus, metrics=["percent_agreement"], unit="word", samples=0)["percent_agreement"].value
    assert share == pytest.approx(4 / 6)


def test_a_position_with_two_labels_has_their_set_as_value() -> None:
    spans = [span(0, 9, "A"), span(3, 6, "B"), span(2, 4, "A")]
    corpus = read_plain({"documents": [{"id": "d", "length": 9, "annotators": {"a": spans}}]})
    found = find_stretches(corpus)
    pieces = list(
        zip(
            found.start.tolist(),
            found.end.tolist(),
            (found.values[code] for code in found.value),
            strict=True,
        )
    )
    assert pieces == [(0, 3, "A"), (3, 6, "A\x1fB"), (6, 9, "A")]
