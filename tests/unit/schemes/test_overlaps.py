"""Overlaps are found by a sweep: the same spans as by comparing every pair, without comparing every pair."""

from hypothesis import given
from hypothesis import strategies as st

from annotations.limits import MAX_ANSWER_LENGTH, MAX_SPANS
from annotations.markup import Markup, sort_pairs
from annotations.schemes.check import check_markup, name_span
from annotations.schemes.definition import load_shipped
from annotations.schemes.problems import Code
from annotations.spans import Span
from tests.bounds import within

SCHEME = load_shipped("argument-v1")
LABELS = [label.name for label in SCHEME.labels]
OVERLAPS = {Code.SAME_LABEL_OVERLAP, Code.FORBIDDEN_OVERLAP}
TEXT = "word " * 2_000


def must_keep_apart(one: Span, other: Span) -> bool:
    labels = {label.name: label.outside for label in SCHEME.labels}
    return (
        one.label == other.label or one.label in labels[other.label] or other.label in labels[one.label]
    ) and one.overlap(other) > 0


def find_overlaps(spans: list[Span]) -> list[tuple[str, str]]:
    problems = check_markup(SCHEME, TEXT, Markup(tuple(spans)))
    return [(p.payload[0]["key"], p.payload[1]["key"]) for p in problems if p.code in OVERLAPS]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.sampled_from(LABELS)), max_size=12))
def test_each_span_that_overlaps_an_earlier_one_is_named_with_one_that_it_overlaps(
    places: list[tuple[int, int, str]],
) -> None:
    spans = [
        Span(start, start + length, label, key=str(n)) for n, (start, length, label) in enumerate(places)
    ]
    by_key = {span.key: span for span in spans}
    found = find_overlaps(spans)
    assert all(must_keep_apart(by_key[one], by_key[other]) for one, other in found)
    ordered = sorted(spans)
    late = {
        after.key
        for n, after in enumerate(ordered)
        for before in ordered[:n]
        if must_keep_apart(before, after)
    }
    assert {other for _, other in found} == late


def test_as_many_spans_as_one_annotation_may_have_on_one_place_are_checked_in_little_memory() -> None:
    spans = [Span(number, 5_000 + number, "Claim", key=str(number)) for number in range(MAX_SPANS)]
    with within(megabytes=100, seconds=10):
        found = find_overlaps(spans)
    assert len(found) == MAX_SPANS - 1


def test_naming_a_span_reads_only_its_ends() -> None:
    text = "start " + "x " * 2_000_000 + "end"
    span = Span(0, len(text), "Claim")
    with within(megabytes=50, seconds=5):
        for _ in range(10_000):
            name = name_span(span, text)
    assert name == "Claim “start x x x x x x x x x x x x … x x x x x x x x x x x x x end”"


def test_an_answer_longer_than_the_limit_is_to_be_shortened() -> None:
    def check(words: str) -> list[str]:
        markup = Markup(fields=sort_pairs({"note": words, "nothing_to_mark": "yes"}))
        problems = check_markup(SCHEME, TEXT, markup)
        return [problem.message for problem in problems if problem.code == Code.ANSWER_TOO_LONG]

    assert check("x" * MAX_ANSWER_LENGTH) == []
    [message] = check("x" * (MAX_ANSWER_LENGTH + 1))
    assert message.endswith("has 5,001 characters, more than 5,000: shorten it.")
