"""Conversations hold what was marked as quotes that find their places again, and tell the scheme in words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.formats.errors import RefusedError
from annotations.formats.files.content import Content
from annotations.formats.ports import Losses
from annotations.formats.training.instruct import INSTRUCT, count_occurrences, read_conversations
from annotations.schemes.briefing import describe_scheme
from annotations.schemes.definition import load_scheme
from annotations.spans import find_occurrence
from tests.factories import ROOT
from tests.unit.formats.samples import news_record

SCHEMES = sorted((ROOT / "annotations" / "schemes" / "definitions").glob("*.toml"))


@given(st.text("ab", min_size=1, max_size=12), st.data())
def test_words_and_their_occurrence_are_a_place(text: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, len(text)))
    counted: dict[str, tuple[int, int]] = {}
    for start in range(len(text) - length + 1):
        quote = text[start : start + length]
        assert find_occurrence(text, quote, count_occurrences(text, quote, start, counted))[0] == start


def test_the_guidelines_are_the_system_message_and_each_scheme_is_asked_for_once() -> None:
    asked: list[str] = []

    def describe(checksum: str) -> str:
        asked.append(checksum)
        return "Mark claims."

    lines = [news_record().to_line()] * 2
    written = b"".join(INSTRUCT.write_lines(lines, losses=Losses(), guidelines=describe)).decode()
    first, second = (json.loads(line) for line in written.splitlines())
    assert [message["role"] for message in first["messages"]] == ["system", "user", "assistant"]
    assert first["messages"][0]["content"].startswith("Mark claims.\n\nMark the text by the guidelines.")
    assert first["messages"][1]["content"] == news_record().article.text
    assert second == first
    assert asked == [news_record().scheme.sha256]


def test_without_guidelines_the_labels_are_told() -> None:
    written = b"".join(INSTRUCT.write_lines([news_record().to_line()], losses=Losses())).decode()
    assert json.loads(written)["messages"][0]["content"].startswith("Labels: Claim, Stance, Source.")


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_scheme_in_words_names_every_label_attribute_value_relation_and_field(path: Any) -> None:
    scheme = load_scheme(path.read_text())
    told = describe_scheme(scheme)
    for label in scheme.labels:
        assert f"## Label {label.name}\n" in told
        for rule in label.rules:
            assert rule.title in told
            assert rule.misfits[0].quote in told
        for attribute in label.attributes:
            assert f"- Attribute {attribute.name}: " in told
            assert all(value.name in told for value in attribute.kind.options)
    assert all(f"## Relation {relation.name}, from " in told for relation in scheme.relations)
    assert all(f"- {field.name}: " in told for field in scheme.fields)


def converse(answer: Any, **more: Any) -> Content:
    said = answer if isinstance(answer, str) else json.dumps(answer)
    messages = [{"role": "user", "content": "to be or not to be"}, {"role": "assistant", "content": said}]
    return Content([{"messages": messages, **more}])


def test_the_answer_of_a_model_is_read_by_its_quotes() -> None:
    spans = [
        {"id": "a", "label": "Claim", "quote": "to be", "occurrence": 2},
        {"label": "Cue", "quote": "or"},
    ]
    [document] = read_conversations(converse({"spans": spans}, annotator="model"))
    assert [(span.start, span.end, span.label) for span in document.judgements["model"].markup.spans] == [
        (13, 18, "Claim"),
        (6, 8, "Cue"),
    ]


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        ("I would mark", "the answer is no JSON"),
        ({"spans": [{"label": "A", "quote": "to see"}]}, "'to see': the text has no occurrence 1"),
        ({"spans": [{"label": "A", "quote": "to be", "occurrence": 3}]}, "no occurrence 3"),
        ({"spans": [{"label": "A", "quote": "", "occurrence": 1}]}, "a quote must not be empty"),
        ({"spans": [{"label": "A", "quote": "or", "occurrence": "1"}]}, "needs words and the number"),
        ({"marks": []}, "there is no 'spans'"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_its_place(answer: Any, match: str) -> None:
    with pytest.raises(RefusedError, match=f"entry number 1: .*{match}"):
        list(read_conversations(converse(answer)))
