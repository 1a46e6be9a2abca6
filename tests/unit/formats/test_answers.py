"""What doccano, Prodigy and Argilla ask about a whole text is a field of the document, and what is no judgement is counted."""

from typing import Any

import pytest

from annotations.formats.annotation_tools.argilla import read_argilla
from annotations.formats.annotation_tools.doccano import read_doccano
from annotations.formats.annotation_tools.prodigy import read_prodigy
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.content import Content
from annotations.formats.ports import ReadingOptions
from annotations.formats.registry import recognise

TEXT = "Kyiv agreed."


def read(*entries: dict[str, Any], models: frozenset[str] = frozenset()) -> list[Document]:
    content = Content(list(entries))
    chosen = recognise(content)
    assert chosen.read_documents in (read_argilla, read_doccano, read_prodigy)
    return list(chosen.read_documents(content, ReadingOptions(models)))


def list_fields(document: Document) -> dict[str, dict[str, str]]:
    return {annotator: dict(one.markup.fields) for annotator, one in document.judgements.items()}


def list_places(document: Document, annotator: str) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in document.judgements[annotator].markup.spans]


# doccano


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ({"text": TEXT, "label": ["good", "bad"]}, {"label": "bad\x1fgood"}),
        ({"text": TEXT, "label": "good"}, {"label": "good"}),
        ({"text": TEXT, "label": ["Kyjiw stimmte zu."]}, {"label": "Kyjiw stimmte zu."}),
        ({"text": TEXT, "labels": []}, {}),
        ({"text": TEXT, "cats": {"news": 1.0, "sport": 0.0}}, {"cats": "news"}),
    ],
)
def test_labels_and_words_for_a_whole_text_are_a_field(entry: dict[str, Any], fields: dict[str, str]) -> None:
    [document] = read(entry)
    assert list_fields(document) == {"unknown": fields}


def test_intents_stand_beside_spans_and_what_else_is_there_is_metadata() -> None:
    [document] = read(
        {"text": TEXT, "entities": [[0, 4, "City"]], "cats": ["news"], "source": "AP", "Comments": ["hm"]}
    )
    assert list_places(document, "unknown") == [(0, 4, "City")]
    assert list_fields(document) == {"unknown": {"cats": "news"}}
    assert document.metadata == {"source": "AP"}
    assert document.left_out == {"comments": 1}


# Prodigy


def answer(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "_annotator_id": "ann", "answer": "accept", **more}


def test_options_and_categories_and_words_are_fields() -> None:
    [document] = read(answer(accept=["a", "b"], user_input="so what"))
    assert list_fields(document) == {"ann": {"accept": "a\x1fb", "user_input": "so what"}}


def test_a_line_a_label_of_the_whole_text_is_one_field_of_those_that_were_accepted() -> None:
    [document] = read(answer(label="news"), answer(label="war"), answer(label="sport", answer="reject"))
    assert list_fields(document) == {"ann": {"label": "news\x1fwar"}}
    assert {reason: number for reason, number in document.left_out.items() if number} == {
        "rejected annotations": 1
    }


# Argilla


def record(responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "r1", "fields": {"text": TEXT}, "responses": responses, **more}


def say(user: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"user_id": user, "value": value, **more}


CITY = {"start": 0, "end": 4, "label": "City"}
ACT = {"start": 5, "end": 11, "label": "Act"}


def test_answers_of_each_user_are_spans_and_fields() -> None:
    responses = {
        "spans": [say("ann", [CITY]), say("bob", [])],
        "rating": [say("ann", 4)],
        "topics": [say("bob", ["b", "a"])],
    }
    [document] = read(record(responses, metadata={"source": "AP"}))
    assert document.text == TEXT
    assert (list_places(document, "ann"), list_places(document, "bob")) == ([(0, 4, "City")], [])
    assert list_fields(document) == {"ann": {"rating": "4"}, "bob": {"topics": "a\x1fb"}}
    assert document.metadata == {"source": "AP"}


def test_spans_of_several_questions_say_which_they_answer() -> None:
    [document] = read(record({"names": [say("ann", [CITY])], "verbs": [say("ann", [ACT])]}))
    assert [(span.label, dict(span.attributes)) for span in document.judgements["ann"].markup.spans] == [
        ("City", {"question": "names"}),
        ("Act", {"question": "verbs"}),
    ]


def test_a_dataset_before_version_2_has_a_column_a_question_and_spans_by_their_members() -> None:
    row = {
        "text": TEXT,
        "spans": [
            say(
                "ann", {"start": [0, 5], "end": [4, 11], "label": ["City", "Act"], "text": ["Kyiv", "agreed"]}
            )
        ],
        "spans-suggestion": None,
        "rating": [say("ann", 4, status="submitted"), say("bob", 2, status="discarded")],
        "rating-suggestion": 3,
        "external_id": "r7",
        "metadata": "{}",
    }
    [document] = read(row)
    assert (document.id, document.text) == ("r7", TEXT)
    assert list_places(document, "ann") == [(0, 4, "City"), (5, 11, "Act")]
    assert list_fields(document) == {"ann": {"rating": "4"}}
    assert document.left_out == {"answers that were not submitted": 1, "predictions": 1}


def test_drafts_are_counted_and_suggestions_are_those_of_the_models_that_are_named() -> None:
    suggestions = {"spans": {"value": [CITY], "agent": "m1", "score": 0.5}}
    entry = record({"spans": [say("ann", [CITY], status="draft")]}, suggestions=suggestions)
    [document] = read(entry)
    assert document.judgements == {}
    assert document.left_out == {"answers that were not submitted": 1, "predictions": 1}
    [document] = read(entry, models=frozenset({"m1"}))
    assert list_places(document, "m1") == [(0, 4, "City")]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (record({"spans": [say("ann", []), say("ann", [])]}), "user 'ann' answers 'spans' twice"),
        (record({"spans": [{"value": []}]}), "the 'user_id' of an answer must be a text"),
        (record({}, fields={"one": "a", "two": "b"}), "has 2 texts among its fields"),
        (
            record({"spans": [say("ann", [{**CITY, "end": 0}])]}),
            "start must be at least 0 and smaller than end",
        ),
    ],
)
def test_a_record_of_argilla_that_cannot_be_is_refused_with_its_place(
    entry: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError, match=f"entry number 1: .*{message}"):
        read(entry)
