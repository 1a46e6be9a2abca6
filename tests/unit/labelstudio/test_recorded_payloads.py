"""Annotations as Label Studio 1.23.2 stored them, made in its editor with mouse and keyboard."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.labelstudio.payloads import read_result, write_result
from annotations.markup import Markup, Relation
from annotations.schemes.check import check_markup
from annotations.schemes.definition import load_scheme, load_shipped
from annotations.schemes.problems import Code

SCHEME = load_shipped("argument-v1")
DATA = Path(__file__).parent / "data"
RECORDED = sorted(path.stem for path in DATA.glob("*.json"))


def load(name: str) -> tuple[list[dict[str, Any]], str]:
    record = json.loads((DATA / f"{name}.json").read_bytes())
    return record["annotation"]["result"], record["text"]


def quotes(markup: Markup, text: str) -> dict[str, str]:
    return {span.quote(text): span.label for span in markup.spans}


def links(markup: Markup, text: str) -> list[tuple[str, str, str]]:
    return [
        (markup.span(link.source).quote(text), link.kind, markup.span(link.target).quote(text))
        for link in markup.relations
    ]


@pytest.mark.parametrize("name", RECORDED)
def test_every_recorded_span_is_where_its_words_are(name: str) -> None:
    result, text = load(name)
    drawn = [entry["id"] for entry in result if entry.get("from_name") == "label"]
    assert {span.key for span in read_result(result, text, SCHEME).markup.spans} == set(drawn)


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_read_is_written_so_that_it_reads_the_same(name: str) -> None:
    result, text = load(name)
    markup = read_result(result, text, SCHEME).markup
    assert read_result(write_result(markup, text, SCHEME), text, SCHEME).markup.to_json() == markup.to_json()


def test_a_full_annotation_keeps_every_rule() -> None:
    result, text = load("full")
    reading = read_result(result, text, SCHEME)
    assert reading.problems == ()
    assert check_markup(SCHEME, text, reading.markup) == []


def test_links_are_read_in_their_direction_and_a_left_one_is_turned() -> None:
    result, text = load("full")
    assert sorted(links(read_result(result, text, SCHEME).markup, text)) == [
        ("Ukraine’s NATO ambitions threaten its national security", "held_by", "Russia"),
        ("diplomatic momentum", "outweighed_by", "key challenges remain unresolved"),
        ("insists", "held_by", "Kyiv"),
        ("insists", "toward", "these commitments must be legally binding, not political promises"),
        ("these commitments must be legally binding, not political promises", "held_by", "Kyiv"),
    ]


def test_choices_by_key_and_by_click_and_own_words_are_read() -> None:
    result, text = load("full")
    spans = {
        span.quote(text): dict(span.attributes) for span in read_result(result, text, SCHEME).markup.spans
    }
    assert spans["Ukraine’s NATO ambitions threaten its national security"] == {
        "type": "fact",
        "modality": "reported",
        "holder": "named",
        "checkworthy": "maybe",
    }
    assert spans["insists"]["target"] == "promises that bind"


def test_an_answer_that_the_editor_hid_again_is_not_sent() -> None:
    result, text = load("full")
    spans = {
        span.quote(text): dict(span.attributes) for span in read_result(result, text, SCHEME).markup.spans
    }
    assert spans["Ukraine’s willingness to reconsider NATO membership"] == {
        "kind": "negotiated",
        "force": "full",
        "holder": "author",
    }


def test_document_fields_are_read_with_a_note_that_was_only_typed() -> None:
    result, text = load("full")
    assert dict(read_result(result, text, SCHEME).markup.fields) == {
        "genre": "news",
        "author_stance.nato-bid-dropped": "none-inferable",
        "author_stance.binding-guarantees": "neutral",
        "author_stance.ceding-territory": "none-inferable",
        "confidence": "4",
        "note": "Two readings\nwere possible.",
    }


def test_spans_after_emoji_over_line_breaks_and_resized_by_their_handles_are_read() -> None:
    result, text = load("unicode_resized")
    reading = read_result(result, text, SCHEME)
    assert reading.problems == ()
    assert quotes(reading.markup, text) == {
        "Kyiv 🇺🇦 agreed 😀": "Source",
        "once.\r\nMoscow": "Claim",
        "spokesman 👨‍👩‍👧 said": "Concession",
        "although": "Cue",
        "naïve e\u0301tude — the end": "Stance",
    }


def test_a_link_without_a_type_and_one_in_both_directions_are_reported_and_the_rest_is_kept() -> None:
    result, text = load("untyped_bi")
    reading = read_result(result, text, SCHEME)
    assert [(problem.code, problem.message) for problem in reading.problems] == [
        (
            Code.UNTYPED_RELATION,
            "The link from Claim “the pact can hold” to Source “Some officials” has no type yet: choose one.",
        ),
        (
            Code.BOTH_DIRECTIONS,
            "The link from Claim “The pact could fail” to Claim “the pact can hold” points in both directions.",
        ),
    ]
    [kept] = reading.markup.relations
    assert isinstance(kept, Relation)
    assert links(reading.markup, text) == [("the pact can hold", "toward", "reject")]


def test_an_answer_of_every_kind_is_read_as_the_editor_sent_it() -> None:
    record = json.loads((DATA / "kinds" / "every_kind.json").read_bytes())
    scheme = load_scheme(record["definition"])
    reading = read_result(record["result"], record["text"], scheme)
    assert reading.problems == ()
    answers = {
        "choice": "red",
        "several": "green,red",
        "flag": "yes",
        "rating": "4",
        "number": "2.5",
        "text": "the first words",
    }
    [span] = reading.markup.spans
    assert dict(span.attributes) == {f"{kind}_here": value for kind, value in answers.items()}
    assert dict(reading.markup.fields) == {f"{kind}_all": value for kind, value in answers.items()}
    written = write_result(reading.markup, record["text"], scheme)
    assert read_result(written, record["text"], scheme).markup.to_json() == reading.markup.to_json()
