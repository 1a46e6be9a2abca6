"""Soft labels: how the annotators of an article voted on each part of its gold."""

from typing import Any

import pytest

from annotations.gold.votes import count_votes
from annotations.markup import Markup
from annotations.spans import Span

TEXT = "Kyiv may soon agree."


def claim(start: int, end: int, key: str = "c", label: str = "Claim", **attributes: str) -> Span:
    return Span(start, end, label, tuple(sorted(attributes.items())), key)


def mark(*spans: Span, **fields: str) -> Markup:
    return Markup(spans, fields=tuple(sorted(fields.items())))


def count(gold: Markup, *annotations: Markup) -> dict[str, Any]:
    return count_votes(gold, dict(zip("ABC", annotations, strict=False)))


def test_each_character_is_counted_by_label_as_an_independent_count_gives_it() -> None:
    annotations = [mark(claim(0, 8)), mark(claim(4, 12), claim(10, 15, "d")), mark(claim(4, 6, label="Cue"))]
    stretches = count(mark(), *annotations)["characters"]
    for label in ("Claim", "Cue"):
        for place in range(len(TEXT)):
            expected = sum(
                any(one.label == label and one.start <= place < one.end for one in markup.spans)
                for markup in annotations
            )
            found = [one["votes"] for one in stretches[label] if one["start"] <= place < one["end"]]
            assert found == ([expected] if expected else [])


def test_a_span_says_how_many_gave_it_its_label_and_where_theirs_begin_and_end() -> None:
    [span] = count(mark(claim(0, 8)), mark(claim(0, 8)), mark(claim(0, 13)), mark())["spans"]
    assert (span["key"], span["votes"]) == ("c", 2)
    assert span["annotations"] == {"A": "Claim", "B": "Claim", "C": ""}
    assert span["soft_label"] == {"": pytest.approx(1 / 3, abs=1e-6), "Claim": pytest.approx(2 / 3, abs=1e-6)}
    assert (span["starts"], span["ends"]) == ({"0": 2}, {"8": 1, "13": 1})


def test_another_label_in_the_place_of_a_span_is_a_vote_for_that_label() -> None:
    [span] = count(mark(claim(0, 8)), mark(claim(0, 8)), mark(claim(1, 8, label="Concession")))["spans"]
    assert span["soft_label"] == {"Claim": 0.5, "Concession": 0.5}


def test_a_span_inside_another_is_no_vote_about_the_one_around_it() -> None:
    around, inside = claim(0, 12, "c"), claim(5, 9, "q", "Quote")
    both, one = mark(around, inside), mark(inside)
    first, second = count(both, both, one)["spans"]
    assert first["annotations"] == {"A": "Claim", "B": ""}
    assert second["annotations"] == {"A": "Quote", "B": "Quote"}


def test_of_several_spans_under_one_label_the_most_alike_is_the_vote() -> None:
    [span] = count(mark(claim(0, 8)), mark(claim(7, 14, "d"), claim(0, 6, "c")))["spans"]
    assert span["ends"] == {"6": 1}


def test_attributes_are_counted_among_those_who_marked_the_span_and_fields_among_all() -> None:
    gold = mark(claim(0, 8, certainty="high"), topic="war")
    found = count(
        gold, mark(claim(0, 8, certainty="high"), topic="war"), mark(claim(0, 8), topic="peace"), mark()
    )
    [span] = found["spans"]
    assert span["attributes"]["certainty"] == {
        "annotations": {"A": "high", "B": ""},
        "soft_label": {"": 0.5, "high": 0.5},
    }
    assert found["fields"]["topic"]["annotations"] == {"A": "war", "B": "peace", "C": ""}
    assert sum(found["fields"]["topic"]["soft_label"].values()) == pytest.approx(1, abs=1e-5)


def test_gold_without_annotations_has_no_votes() -> None:
    found = count(mark(claim(0, 8), topic="war"))
    assert (found["number_of_annotations"], found["characters"]) == (0, {})
    assert found["spans"][0]["soft_label"] == {}
