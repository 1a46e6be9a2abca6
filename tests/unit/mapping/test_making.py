"""A scheme made of what was found: kinds, names, relations, and that everything found fits into it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.documents import Document, Marking
from annotations.mapping.found import FoundQuestion, Survey
from annotations.mapping.making import SchemeNotMadeError, find_kind, list_derived, make_scheme
from annotations.mapping.review import find_undecided
from annotations.mapping.translation import Translator
from annotations.snapping import Snap
from tests.unit.mapping.documents import TEXT, judge, survey


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["true", "false"], "flag"),
        (["true"], "flag"),
        (["yes", "no", "yes"], "flag"),
        (["1", "5", "3"], "rating"),
        (["0", "5"], "number"),
        (["11", "2"], "number"),
        (["0.5", "2"], "number"),
        (["1"], "number"),
        (["fact", "policy"], "choice"),
        (["a\x1fb", "a"], "several"),
        ([f"reason {number}" for number in range(20)], "text"),
        (["x" * 100], "text"),
        (["two\nlines"], "text"),
        (["1e9", "2"], "choice"),
    ],
)
def test_the_kind_of_a_question_follows_from_its_values(values: Sequence[str], kind: str) -> None:
    found = FoundQuestion()
    for value in values:
        found.add(value, "")
    assert find_kind(found) == kind


def test_a_scheme_is_made_of_labels_attributes_relations_and_fields() -> None:
    found = survey(
        judge(
            ("PER son", "Kyiv", {"Type": "State", "sure": True}),
            ("Verb", "agreed", {"weight": 0.5}),
            ("Verb", "did not", {"weight": 2}),
            relations=((0, 1, "Agent Of"),),
            fields={"Tone": 4, "text": "war"},
        ),
        looks_at_words=True,
    )
    made = make_scheme(found, name="made", title="Made")
    assert list(list_derived(made.scheme)) == [
        "label PER_son",
        "  Type: choice of 1",
        "  sure: flag",
        "label Verb",
        "  weight: number",
        "link Agent Of: from PER_son to Verb",
        "field Tone: rating",
        "field text: choice of 1",
    ]
    assert made.scheme.snap is Snap.WORD
    assert find_undecided(found, made.mapping, made.scheme) == []


def test_ends_within_words_keep_a_made_scheme_from_moving_them() -> None:
    found = survey(judge(("Part", "gree", {})), looks_at_words=True)
    assert make_scheme(found, name="made", title="Made").scheme.snap is Snap.CHARACTER


def test_files_without_spans_make_no_scheme() -> None:
    with pytest.raises(SchemeNotMadeError, match="no labels to make a scheme of"):
        make_scheme(survey(judge()), name="made", title="Made")


def test_more_labels_than_keys_are_refused_with_what_to_do() -> None:
    found = survey(judge(*((f"L{number}", "Kyiv", {}) for number in range(60))))
    with pytest.raises(SchemeNotMadeError, match="more than the 35 that keys of the keyboard choose between"):
        make_scheme(found, name="made", title="Made")


def test_labels_of_a_made_scheme_have_calm_colours_that_all_differ() -> None:
    found = survey(judge(*((f"L{number}", "Kyiv", {}) for number in range(35))))
    made = make_scheme(found, name="made", title="Made").scheme
    colors = [label.color for label in made.labels]
    assert colors[:3] == ["#0072B2", "#E69F00", "#009E73"]
    assert len(set(colors)) == 35


NAMES = st.text(min_size=1, max_size=12).filter(lambda name: "\x1f" not in name)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-20, 20),
    st.sampled_from(["fact", "Policy!", "1", "yes", "é", "a,b"]),
    st.lists(st.sampled_from(["a", "b", "C d"]), min_size=1, max_size=3),
)
PLACES = st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 6))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(PLACES, NAMES, st.dictionaries(NAMES, VALUES, max_size=3)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), NAMES), max_size=4),
    st.dictionaries(NAMES, VALUES, max_size=3),
)
def test_everything_that_can_be_stored_has_a_place_in_the_scheme_that_is_made_of_it(
    spans: list[tuple[tuple[int, int], str, dict[str, Any]]],
    links: list[tuple[int, int, str]],
    fields: dict[str, Any],
) -> None:
    marking = Marking("d1", "ann")
    for (start, length), label, attributes in spans:
        marking.add_span(start, min(len(TEXT), start + length), label, attributes=attributes)
    keys = {number: str(number) for number in range(len(spans))}
    for source, target, kind in links:
        if source < len(spans) and target < len(spans):
            marking.add_relation(source, target, kind, keys=keys)
    judgement = marking.finish(fields=fields)
    document = Document(id="d1", text=TEXT, judgements={"ann": judgement})
    seen = Survey(looks_at_words=True)
    seen.begin_part("news.json")
    seen.take(document)
    made = make_scheme(seen.finish(), name="made", title="Made")
    translation = Translator(made.mapping, made.scheme).translate(TEXT, judgement)
    assert {problem.code for problem in translation.misfits} <= {
        "blank_span",
        "missing_span",
        "relation_to_itself",
        "repeated_relation",
        "unfit_value",
    }
    kept = len(translation.markup.spans) + sum(one.code == "blank_span" for one in translation.misfits)
    assert kept == len(spans)
