"""What the editor's page is told beside the text."""

import pytest

from annotations.labelstudio.gateway.guidance import describe_scheme, find_address, has_title, list_missing
from annotations.limits import MAX_MESSAGES
from annotations.markup import Problem
from annotations.schemes.definition import load_shipped

SCHEME = load_shipped("argument-v1")


@pytest.mark.parametrize(
    ("payload", "spans", "field"),
    [
        ({"key": "a", "start": 0}, ["a"], ""),
        ([{"key": "a"}, {"key": "b"}], ["a", "b"], ""),
        ({"kind": "supports", "source": "a", "target": "b"}, ["a", "b"], ""),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, ["a", "b"], ""),
        ({"id": "a", "from_name": "Claim.type", "value": {}}, ["a"], ""),
        ({"field": "genre"}, [], "genre"),
        ("nonsense", [], ""),
        (None, [], ""),
    ],
)
def test_each_problem_leads_to_the_spans_or_the_field_that_it_is_about(
    payload: object, spans: list[str], field: str
) -> None:
    found = list_missing([Problem("code", "This is missing.", payload)])
    assert found["missing"] == [
        {"message": "This is missing.", "spans": spans, "field": field, "may_pass": False}
    ]
    assert found["more"] == 0


def test_what_is_said_twice_is_listed_once_and_more_than_a_page_is_counted() -> None:
    problems = [Problem("code", f"Problem {number}.") for number in range(MAX_MESSAGES + 3)]
    found = list_missing([*problems, problems[0]])
    assert len(found["missing"]) == MAX_MESSAGES
    assert found["more"] == 3


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("Kyiv drops\n its bid\n\nMore.", "Kyiv drops its bid", True),
        ("  \n\nKyiv drops its bid. More", "Kyiv drops its bid", True),
        ("More of it.", "Kyiv drops its bid", False),
        ("More of it, then Kyiv drops its bid", "Kyiv drops its bid", False),
    ],
)
def test_a_title_is_in_the_text_if_the_text_begins_with_it(text: str, title: str, expected: bool) -> None:  # noqa: FBT001
    assert has_title(text, title) is expected


@pytest.mark.parametrize(
    ("metadata", "source", "address"),
    [
        ({"url": "https://example.org/a"}, "news.csv:7", "https://example.org/a"),
        ({}, "http://example.org/b", "http://example.org/b"),
        ({"url": "javascript:alert(1)"}, "news.csv:7", ""),
        ({"url": ["https://example.org/a"]}, "", ""),
        ({"link": " https://example.org"}, "", ""),
    ],
)
def test_only_an_address_on_the_web_becomes_a_link(
    metadata: dict[str, object], source: str, address: str
) -> None:
    assert find_address(metadata, source) == address


def test_the_page_knows_keys_answers_links_and_what_spans_snap_to() -> None:
    described = describe_scheme(SCHEME)
    assert described["snap"] == "word"
    stance = next(label for label in described["labels"] if label["name"] == "Stance")
    holder = next(question for question in stance["questions"] if question["name"] == "holder")
    assert holder["control"] == "Stance.holder"
    assert [(answer["name"], answer["key"]) for answer in holder["answers"]] == [
        ("author", "z"),
        ("named", "x"),
        ("unnamed", "c"),
    ]
    assert {"title": "toward", "from": ("Stance",), "to": ("Claim",)} in described["links"]
