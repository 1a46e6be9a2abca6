import doctest

from annotations.web import filters
from annotations.web.filters import listed, mark, spaced


def test_the_examples_in_the_code_hold() -> None:
    outcome = doctest.testmod(filters)
    assert outcome.failed == 0
    assert outcome.attempted >= 3


def test_a_long_detail_of_an_event_is_cut() -> None:
    assert listed({"text": "x" * 200}) == f"text: {'x' * 80}…"


def test_an_empty_list_says_none() -> None:
    assert listed({"roles_before": []}) == "roles before: none"


def test_overlapping_marks_lose_no_character() -> None:
    pieces = mark("one two three", ("two three", "one two"))
    assert "".join(text for text, _ in pieces) == "one two three"


def test_words_that_are_not_there_mark_nothing() -> None:
    assert mark("one two", ("three",)) == [("one two", False)]


def test_names_become_words() -> None:
    assert spaced("finish_by_rule") == "finish by rule"
