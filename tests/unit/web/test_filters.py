"""How pages write numbers, lists and events."""

import doctest

from annotations.web import filters
from annotations.web.filters import listed, spaced


def test_the_examples_in_the_code_hold() -> None:
    outcome = doctest.testmod(filters)
    assert outcome.failed == 0
    assert outcome.attempted >= 3


def test_a_long_detail_of_an_event_is_cut() -> None:
    assert listed({"text": "x" * 200}) == f"text: {'x' * 80}…"


def test_an_empty_list_says_none() -> None:
    assert listed({"roles_before": []}) == "roles before: none"


def test_numbers_by_name_are_written_without_brackets() -> None:
    assert listed({"unmet": {"missing_link": 2, "overlap": 1}}) == "unmet: missing link 2, overlap 1"
    assert listed({"unmet": {}}) == "unmet: none"


def test_names_become_words() -> None:
    assert spaced("finish_by_rule") == "finish by rule"
