"""What may be worded better in a running round, and what takes a later version of the scheme."""

import pytest

from annotations.schemes.definition import load_scheme, read_definition
from annotations.schemes.wording import NotOnlyWordingError, WordingChange, find_wording_changes

SOURCE = read_definition("argument-v1")
CHANGES = [
    (
        "When in doubt, choose the shorter span.",
        "When in doubt, choose the longer span.",
        "the guidelines",
    ),
    ("something is or was the case", "something is so", "label Claim, attribute type, value fact"),
    (
        "The smallest clause that asserts something one could reasonably dispute or verify.",
        "A clause that asserts something.",
        "label Claim",
    ),
]


def change(before: str, after: str) -> tuple[WordingChange, ...]:
    assert before in SOURCE
    return find_wording_changes(load_scheme(SOURCE), load_scheme(SOURCE.replace(before, after, 1)))


@pytest.mark.parametrize(("before", "after", "place"), CHANGES)
def test_a_passage_that_is_worded_otherwise_is_found_with_its_place(
    before: str, after: str, place: str
) -> None:
    assert change(before, after) == (WordingChange(place, before, after),)


def test_only_the_sentences_that_differ_are_shown() -> None:
    [found] = change(
        "Articles and\nnegations belong to it.", "Articles, negations and particles belong to it."
    )
    assert found.before == "Articles and negations belong to it."
    assert found.after == "Articles, negations and particles belong to it."


def test_where_lines_break_and_what_a_comment_says_is_no_change() -> None:
    assert change("Articles and\nnegations", "Articles\nand negations") == ()
    assert change('name = "argument"\n', 'name = "argument"\n# a comment\n') == ()


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("version = 1", "version = 2", "version"),
        ('title = "Claims, stances and concessions"', 'title = "Claims"', "title"),
        ('title = "Type"', 'title = "Sort"', "label Claim, attribute type, title"),
        ('color = "#0072B2"', 'color = "#0072B3"', "label Claim, color"),
        ("required = true", "required = false", "label Claim, attribute type, required"),
        ('name = "fact", title = "fact"', 'name = "fact", title = "a fact"', "value fact, title"),
    ],
)
def test_what_is_more_than_wording_is_refused_with_its_place(before: str, after: str, place: str) -> None:
    with pytest.raises(NotOnlyWordingError, match=f"{place} differs, which is more than wording"):
        change(before, after)


def test_a_rule_may_be_worded_better_and_added() -> None:
    rule = load_scheme(SOURCE).labels[0].rules[0]
    [found] = change(f'title = "{rule.title}"', 'title = "Another heading"')
    assert (found.place, found.before, found.after) == ("label Claim, rule 1", rule.title, "Another heading")


def test_a_label_that_is_gone_or_new_is_more_than_wording() -> None:
    shorter = SOURCE[: SOURCE.index("[[relations]]")] if "[[relations]]" in SOURCE else SOURCE
    with pytest.raises(NotOnlyWordingError):
        find_wording_changes(load_scheme(SOURCE), load_scheme(shorter))
