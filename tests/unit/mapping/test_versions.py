"""From one version of a scheme to another: what has its place, what a person must decide, and that nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.mapping.definition import InvalidMappingError, load_mapping, write_mapping
from annotations.mapping.translation import Translation, Translator
from annotations.mapping.versions import find_undecided_versions, judge, propose_versions
from annotations.markup import Markup, Relation
from annotations.schemes.definition import load_scheme
from annotations.spans import Span

SOURCE = """
name = "small"
version = 1
title = "Small"
snap = "character"
labels = [
    { name = "Claim", key = "1", color = "#0072B2", attributes = [
        { name = "type", title = "Type", values = [{ name = "fact", title = "fact" }, { name = "policy", title = "policy" }], keys = "qw" },
        { name = "marks", title = "Marks", kind = "several", values = [{ name = "a", title = "a" }, { name = "b", title = "b" }] },
    ] },
    { name = "Opinion", key = "2", color = "#D55E00" },
    { name = "Cue", key = "3", color = "#009E73" },
]
relations = [{ name = "about", title = "about", from = ["Claim", "Opinion"], to = ["Claim"] }]
fields = [{ name = "tone", title = "Tone", kind = "choice", values = [{ name = "calm", title = "calm" }, { name = "loud", title = "loud" }] }]
"""
BEFORE = load_scheme(SOURCE)
AFTER = load_scheme("""
name = "small"
version = 2
title = "Small"
snap = "character"
labels = [
    { name = "Assertion", key = "1", color = "#0072B2", attributes = [
        { name = "sort", title = "Sort", values = [{ name = "fact", title = "fact" }, { name = "opinion", title = "opinion" }], keys = "qw" },
        { name = "marks", title = "Marks", kind = "several", values = [{ name = "a", title = "a" }, { name = "c", title = "c" }] },
        { name = "sure", title = "Sure", required = true, values = [{ name = "yes", title = "yes" }, { name = "no", title = "no" }] },
    ] },
    { name = "Demand", key = "2", color = "#D55E00" },
]
relations = [{ name = "concerns", title = "concerns", from = ["Assertion", "Demand"], to = ["Assertion", "Demand"] }]
fields = [{ name = "tone", title = "Tone", kind = "choice", values = [{ name = "quiet", title = "quiet" }, { name = "loud", title = "loud" }] }]
""")
MAPPING = load_mapping("""
[[labels]]
found = "Claim"
becomes = "Assertion"
gives = { sure = "yes" }

    [[labels.splits]]
    when = { type = "policy" }
    becomes = "Demand"

    [[labels.attributes]]
    found = "type"
    becomes = "sort"

    [[labels.attributes]]
    found = "marks"
    becomes = "marks"
    values = { b = "c" }

[[labels]]
found = "Opinion"
becomes = "Assertion"
gives = { sort = "opinion", sure = "no" }
review = true

[[labels]]
found = "Cue"
leave_out = true

[[relations]]
found = "about"
becomes = "concerns"

[[fields]]
found = "tone"
becomes = "tone"
values = { calm = "quiet" }
""")
TEXT = "abcdefghijklmnopqrstuvwxyz" * 3


def say(markup: Markup) -> Translation:
    return Translator(MAPPING, AFTER).translate(TEXT, judge(markup, BEFORE))


def test_labels_are_renamed_merged_split_by_an_answer_and_dropped_with_what_hangs_on_them() -> None:
    spans = (
        Span(0, 3, "Claim", (("marks", "a,b"), ("type", "fact")), "fact"),
        Span(4, 8, "Claim", (("type", "policy"),), "policy"),
        Span(9, 12, "Opinion", (), "opinion"),
        Span(13, 15, "Cue", (), "cue"),
    )
    links = (Relation("opinion", "fact", "about"), Relation("policy", "fact", "about"))
    said = say(Markup(spans, links, (("tone", "calm"),)))
    assert {span.key: (span.label, dict(span.attributes)) for span in said.markup.spans} == {
        "fact": ("Assertion", {"marks": "a,c", "sort": "fact", "sure": "yes"}),
        "policy": ("Demand", {}),
        "opinion": ("Assertion", {"sort": "opinion", "sure": "no"}),
    }
    assert set(said.markup.relations) == {
        Relation("opinion", "fact", "concerns"),
        Relation("policy", "fact", "concerns"),
    }
    assert said.markup.fields == (("tone", "quiet"),)
    assert said.left_out == {"spans of 'Cue'": 1}


def test_what_has_no_place_is_named_and_a_sole_rename_is_proposed() -> None:
    mapping, remarks = propose_versions(BEFORE, AFTER)
    undecided = find_undecided_versions(BEFORE, AFTER, mapping)
    assert [line.split(":")[0] for line in undecided] == [
        "the label 'Claim'",
        "the label 'Opinion'",
        "the label 'Cue'",
    ]
    assert [one.becomes for one in mapping.relations] == ["concerns"]
    assert find_undecided_versions(BEFORE, AFTER, MAPPING) == []
    assert propose_versions(BEFORE, BEFORE)[0].labels[0].becomes == "Claim"
    assert not remarks


def test_the_questions_of_a_label_that_is_renamed_follow_it() -> None:
    renamed = load_scheme(SOURCE.replace('"Claim"', '"Assertion"'))
    mapping, remarks = propose_versions(BEFORE, renamed)
    assert find_undecided_versions(BEFORE, renamed, mapping) == []
    assert [one.becomes for one in mapping.labels] == ["Assertion", "Opinion", "Cue"]
    assert [one.becomes for one in mapping.labels[0].attributes] == ["type", "marks"]
    assert not remarks


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ('when = {}\nbecomes = "Demand"', "no 'when'"),
        ('when = { type = "policy" }', "either 'becomes' or 'leave_out'"),
        ('when = { type = "policy" }\nbecomes = "Demand"\nleave_out = true', "either"),
    ],
)
def test_a_split_says_when_and_what(split: str, said: str) -> None:
    with pytest.raises(InvalidMappingError, match=said):
        load_mapping(f'[[labels]]\nfound = "Claim"\nbecomes = "Assertion"\n[[labels.splits]]\n{split}\n')


def test_a_split_that_asks_for_what_is_not_there_is_undecided() -> None:
    odd = write_mapping(MAPPING).replace('{ "type" = "policy" }', '{ "mood" = "policy" }')
    odd = odd.replace('becomes = "Demand"', 'becomes = "Wish"')
    assert len(find_undecided_versions(BEFORE, AFTER, load_mapping(odd))) == 2


def test_a_mapping_with_splits_is_read_as_it_was_written() -> None:
    assert load_mapping(write_mapping(MAPPING)) == MAPPING


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.integers(1, 15),
            st.sampled_from(["Claim", "Opinion", "Cue"]),
            st.sampled_from(["", "fact", "policy"]),
        ),
        max_size=8,
    )
)
def test_every_span_is_there_or_left_out_and_saying_it_twice_says_the_same(
    drawn: list[tuple[int, int, str, str]],
) -> None:
    spans = tuple(
        Span(
            start, start + length, label, (("type", kind),) if kind and label == "Claim" else (), str(number)
        )
        for number, (start, length, label, kind) in enumerate(drawn)
        if TEXT[start : start + length].strip()
    )
    said = say(Markup(spans))
    assert len(said.markup.spans) + sum(said.left_out.values()) == len(spans)
    assert not said.misfits
    places = {span.key: (span.start, span.end) for span in spans}
    assert all(places[span.key] == (span.start, span.end) for span in said.markup.spans)
    stays, _ = propose_versions(AFTER, AFTER)
    again = Translator(stays, AFTER).translate(TEXT, judge(said.markup, AFTER))
    assert again.markup == said.markup
