"""A scheme says what the ends of spans are moved to, and annotators are told what was moved."""

import pytest

from annotations.formats.canonical import write_members
from annotations.formats.record import describe_markup, read_drawn
from annotations.markup import Markup
from annotations.schemes.check import check_markup
from annotations.schemes.definition import load_scheme, load_shipped
from annotations.schemes.problems import MENDABLE, Code
from annotations.schemes.scheme import Scheme
from annotations.schemes.snapped import snap_spans, tell_moved
from annotations.schemes.table import InvalidSchemeError
from annotations.snapping import Snap
from annotations.spans import Span

TEXT = "Friedrich would forgo it. Kyiv agreed."


def scheme(line: str = "") -> Scheme:
    return load_scheme(
        f'name = "things"\nversion = 1\ntitle = "Things"\n{line}\n[[labels]]\nname = "Thing"\nkey = "1"\ncolor = "#0072B2"\n'
    )


@pytest.mark.parametrize(
    ("line", "snap"),
    [
        ("", Snap.WORD),
        ('snap = "word"', Snap.WORD),
        ('snap = "character"', Snap.CHARACTER),
        ('snap = "sentence"', Snap.SENTENCE),
    ],
)
def test_a_scheme_names_what_spans_are_moved_to_and_words_are_the_default(line: str, snap: Snap) -> None:
    assert scheme(line).snap is snap
    assert load_shipped("argument-v1").snap is Snap.WORD


def test_another_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        InvalidSchemeError, match="'snap' must be one of 'character', 'word', 'sentence', not 'line'"
    ):
        scheme('snap = "line"')


@pytest.mark.parametrize(
    ("line", "place", "told"),
    [
        ("", (0, 9), []),
        ("", (2, 6), ["Thing “iedr” is now “Friedrich”."]),
        ("", (9, 22), ["Thing “would forgo” is now without the white space at its ends."]),
        ('snap = "character"', (2, 6), []),
        ('snap = "sentence"', (26, 30), ["Thing “Kyiv” is now “Kyiv agreed.”."]),
    ],
)
def test_what_was_moved_is_told_in_the_words_of_the_article(
    line: str, place: tuple[int, int], told: list[str]
) -> None:
    markup, moved = snap_spans(scheme(line), TEXT, Markup((Span(*place, "Thing", key="a"),)))
    assert list(tell_moved(moved, TEXT)) == told
    assert [span.key for span in markup.spans] == ["a"]


def test_a_record_says_of_a_span_that_was_moved_where_it_was_drawn_and_of_no_other() -> None:
    drawn = Markup((Span(2, 6, "Thing", key="a"), Span(26, 30, "Thing", key="b")))
    markup, moved = snap_spans(scheme(), TEXT, drawn)
    places = {each.span.key: (each.drawn_start, each.drawn_end) for each in moved}
    described = describe_markup(markup, TEXT, drawn=places)
    assert [span.get("drawn") for span in described["spans"]] == [{"start": 2, "end": 6}, None]
    assert read_drawn(write_members(described)) == {"a": (2, 6)}
    assert read_drawn(write_members(describe_markup(markup, TEXT))) == {}


def test_a_span_of_white_space_alone_is_for_the_annotator_to_delete() -> None:
    markup, moved = snap_spans(scheme(), TEXT, Markup((Span(9, 10, "Thing", key="a"),)))
    assert moved == ()
    [problem] = check_markup(scheme(), TEXT, markup)
    assert problem.code == Code.BLANK_SPAN
    assert problem.code in MENDABLE
    assert problem.message == "A Thing at character 9 marks nothing but white space. Delete it."
