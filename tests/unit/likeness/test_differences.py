"""Two texts side by side, with what differs marked."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.likeness.differences import SideBySide, compare_texts
from annotations.limits import MAX_COMPARED_WORDS


def list_changed(comparison: SideBySide) -> tuple[list[str], list[str]]:
    left, right = (
        [piece.text.strip() for piece in side if piece.is_changed]
        for side in (comparison.left, comparison.right)
    )
    return left, right


def test_words_that_differ_are_marked_on_either_side() -> None:
    found = compare_texts("The talks in Berlin ended.", "The long talks in Rome ended.")
    assert list_changed(found) == (["Berlin"], ["long", "Rome"])


def test_what_was_added_is_marked_where_it_stands() -> None:
    found = compare_texts("One. Two.", "By our correspondent. One. Two.")
    assert list_changed(found) == ([], ["By our correspondent."])


def test_case_white_space_and_the_form_of_quotes_are_no_differences() -> None:
    assert list_changed(compare_texts("“Yes”,\n\nhe said.", '"YES", he  said.')) == ([], [])


def test_characters_of_a_script_without_spaces_are_compared_one_by_one() -> None:
    assert list_changed(compare_texts("大統領は日曜日に述べた。", "大統領は月曜日に述べた。")) == (
        ["日"],
        ["月"],
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_the_texts(left: str, right: str) -> None:
    found = compare_texts(left, right)
    for text, pieces in ((left, found.left), (right, found.right)):
        assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())


def test_the_middle_of_what_both_have_can_be_left_out() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    found = compare_texts(f"Old. {words}", f"New. {words}").fold(around=5)
    assert [(part.text.strip(), part.is_changed, part.left_out) for part in found.left] == [
        ("Old", True, 0),
        (". w0 w1 w2 w3", False, 91),
        ("w95 w96 w97 w98 w99", False, 0),
    ]
    assert found.left[1:] == found.right[1:]
    short = compare_texts("Old. A few words more.", "New. A few words more.")
    assert short.fold(around=5) == short


def test_of_long_texts_the_beginnings_are_compared() -> None:
    text = "word " * (MAX_COMPARED_WORDS + 1)
    found = compare_texts(text, "word")
    assert found.is_cut
    assert not compare_texts(text[5:], "word").is_cut
    assert len("".join(piece.text for piece in found.left).split()) == MAX_COMPARED_WORDS


@pytest.mark.parametrize("unit", ["a ", "a b ", "a b c a ", "あ", ". ", "x" * 200])
def test_nothing_takes_longer_than_a_page_may(unit: str) -> None:
    text = unit * MAX_COMPARED_WORDS
    began = time.process_time()
    compare_texts(text, "lead " + text[::-1])
    assert time.process_time() - began < 2
