"""A result is read within stated bounds, whatever its entries say."""

from typing import Any

import pytest

from annotations.collection.errors import UnstorableResultError
from annotations.collection.results import digest_result
from annotations.labelstudio.payloads import read_result
from annotations.limits import MAX_ENTRIES, MAX_PROBLEMS, MAX_RESULT_DEPTH, MAX_SPAN_KEY_LENGTH, MAX_SPANS
from annotations.schemes.definition import load_shipped
from annotations.schemes.problems import Code
from tests.bounds import within

SCHEME = load_shipped("argument-v1")
TEXT = "word " * 1_000_000


def write_span(key: str, start: int, end: int, **value: Any) -> dict[str, Any]:
    return {
        "id": key,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "labels": ["Claim"], **value},
    }


def write_relation(source: str, target: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": source, "to_id": target, "labels": ["supports"]}


def test_spans_as_long_as_the_text_are_read_without_copying_it_for_each() -> None:
    result = [write_span(str(number), 0, len(TEXT), text="word") for number in range(MAX_PROBLEMS)]
    with within(megabytes=50, seconds=5):
        reading = read_result(result, TEXT, SCHEME)
    assert {problem.code for problem in reading.problems} == {Code.QUOTE_DIFFERS}
    assert max(len(problem.message) for problem in reading.problems) < 250


@pytest.mark.parametrize(
    ("result", "named"),
    [
        ([write_span(str(n), n, n + 1) for n in range(MAX_SPANS + 1)], "2,001 spans, more than the 2,000"),
        (
            [write_span("", 0, 1)] * (MAX_PROBLEMS + 1),
            "1,001 parts that cannot be read, more than the 1,000",
        ),
        (
            [write_span("a", 0, 1), write_span("b", 2, 3)] + [write_relation("a", "b")] * 2_001,
            "2,001 links, more than the 2,000",
        ),
    ],
)
def test_more_than_one_annotation_may_have_is_refused_with_the_limit(
    result: list[dict[str, Any]], named: str
) -> None:
    with pytest.raises(UnstorableResultError, match=named):
        read_result(result, TEXT, SCHEME)


def test_as_much_as_one_annotation_may_have_is_read() -> None:
    spans = [write_span(str(number), number, number + 1) for number in range(MAX_SPANS)]
    relations = [write_relation(str(number), str(number + 1)) for number in range(MAX_SPANS - 1)]
    reading = read_result([*spans, *relations], TEXT, SCHEME)
    assert (len(reading.markup.spans), len(reading.markup.relations)) == (2_000, 1_999)


def test_an_id_that_the_database_cannot_hold_is_a_problem_and_no_span() -> None:
    reading = read_result(
        [write_span("k" * MAX_SPAN_KEY_LENGTH, 0, 4), write_span("k" * (MAX_SPAN_KEY_LENGTH + 1), 5, 9)],
        TEXT,
        SCHEME,
    )
    assert len(reading.markup.spans) == 1
    assert [problem.code for problem in reading.problems] == [Code.MALFORMED]


def nest(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("result", "named"),
    [
        ([{}] * (MAX_ENTRIES + 1), "20,001 parts, more than the 20,000"),
        (nest(MAX_RESULT_DEPTH + 1), "more than 20 levels deep"),
        (nest(100_000), "more than 20 levels deep"),
        ([{"id": "x" * 6_000_000}], "6,000,011 bytes, more than the 5,242,880"),
    ],
)
def test_a_result_past_a_limit_is_refused_before_it_is_read(result: list[Any], named: str) -> None:
    with within(megabytes=50, seconds=5), pytest.raises(UnstorableResultError, match=named):
        digest_result(result)


def test_a_result_at_the_limit_of_depth_is_taken() -> None:
    assert digest_result(nest(MAX_RESULT_DEPTH))
