"""Every rule with a markup that keeps it and one that breaks it."""

from dataclasses import replace

import pytest

from annotations.markup import Markup, Relation, sort_pairs
from annotations.schemes.check import check_markup, name_span
from annotations.schemes.definition import load_shipped
from annotations.schemes.problems import CONSEQUENCES, MENDABLE, Code, InGold, select_mendable
from annotations.spans import Span, find_occurrence

SCHEME = load_shipped("argument-v1")
TEXT = (
    "Despite diplomatic momentum, key challenges remain unresolved. "
    "Kyiv insists the guarantees must bind. Kyiv would drop its NATO bid."
)
FIELDS = sort_pairs(
    {
        "genre": "news",
        "author_stance.nato-bid-dropped": "none-inferable",
        "author_stance.binding-guarantees": "none-inferable",
        "author_stance.ceding-territory": "none-inferable",
        "confidence": "4",
    },
)


def span(key: str, label: str, quote: str, **attributes: str) -> Span:
    start, end = find_occurrence(TEXT, quote)
    return Span(
        start,
        end,
        label,
        sort_pairs({name.replace("_", "-"): value for name, value in attributes.items()}),
        key,
    )


def claim(key: str, quote: str, **attributes: str) -> Span:
    return span(
        key, "Claim", quote, **{"type": "fact", "modality": "asserted", "holder": "author", **attributes}
    )


CUE = span("cue", "Cue", "Despite")
GRANTED = span(
    "granted",
    "Concession",
    "diplomatic momentum",
    kind="argued",
    force="full",
    marker="explicit",
    maintained="linked",
    holder="author",
)
MAINTAINED = claim("maintained", "key challenges remain unresolved")
KYIV = span("kyiv", "Source", "Kyiv", kind="organisation")
INSISTS = span(
    "insists",
    "Stance",
    "insists",
    polarity="favor",
    strength="strong",
    target="binding-guarantees",
    holder="named",
)
BINDING = claim("binding", "the guarantees must bind", type="policy", holder="named")
DROPPED = span(
    "dropped",
    "Concession",
    "Kyiv would drop its NATO bid",
    kind="negotiated",
    force="full",
    holder="named",
)
MARKUP = Markup(
    spans=(CUE, GRANTED, MAINTAINED, KYIV, INSISTS, BINDING, DROPPED),
    relations=(
        Relation("granted", "maintained", "outweighed_by"),
        Relation("insists", "kyiv", "held_by"),
        Relation("insists", "binding", "toward"),
        Relation("binding", "kyiv", "held_by"),
        Relation("dropped", "kyiv", "held_by"),
    ),
    fields=FIELDS,
)


def problems(markup: Markup) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in check_markup(SCHEME, TEXT, markup)]


def codes(markup: Markup) -> list[str]:
    return [code for code, _ in problems(markup)]


def with_span(changed: Span) -> Markup:
    return replace(MARKUP, spans=tuple(changed if old.key == changed.key else old for old in MARKUP.spans))


def with_attributes(old: Span, **changes: str | None) -> Markup:
    values = {**dict(old.attributes), **changes}
    return with_span(replace(old, attributes=sort_pairs({k: v for k, v in values.items() if v is not None})))


def without_relation(source: str, kind: str) -> Markup:
    kept = tuple(r for r in MARKUP.relations if (r.source, r.kind) != (source, kind))
    assert len(kept) == len(MARKUP.relations) - 1
    return replace(MARKUP, relations=kept)


def with_relation(source: str, target: str, kind: str) -> Markup:
    return replace(MARKUP, relations=(*MARKUP.relations, Relation(source, target, kind)))


def with_field(name: str, value: str | None) -> Markup:
    values = {**dict(FIELDS), name: value}
    return replace(MARKUP, fields=sort_pairs({k: v for k, v in values.items() if v is not None}))


def test_a_markup_that_keeps_every_rule_has_no_problem() -> None:
    assert problems(MARKUP) == []


def test_a_span_past_the_text_is_found() -> None:
    markup = with_span(replace(CUE, start=len(TEXT), end=len(TEXT) + 3))
    assert codes(markup) == [Code.SPAN_OUTSIDE_TEXT]


def test_a_label_of_another_scheme_is_found() -> None:
    assert problems(with_span(replace(CUE, label="Marker"))) == [
        ("unknown_label", "Marker “Despite” has a label that argument-v1 lacks."),
    ]


def test_an_attribute_that_the_label_lacks_is_found() -> None:
    assert codes(with_attributes(CUE, strength="weak")) == [Code.UNKNOWN_ATTRIBUTE]


def test_a_value_that_the_attribute_lacks_is_found() -> None:
    assert problems(with_attributes(KYIV, kind="city")) == [
        ("unknown_value", "“Kind” of Source “Kyiv” is 'city', which is none of the choices."),
    ]


def test_own_words_are_a_value_of_an_open_attribute() -> None:
    assert codes(with_attributes(INSISTS, target="the talks in Berlin")) == []


def test_a_required_attribute_that_is_missing_is_named_with_the_words() -> None:
    assert problems(with_attributes(MAINTAINED, type=None)) == [
        ("missing_attribute", "“Type” of Claim “key challenges remain unresolved” is not answered yet."),
    ]


def test_an_optional_attribute_may_be_left_open() -> None:
    assert codes(with_attributes(MAINTAINED, checkworthy="yes")) == []


def test_an_attribute_is_required_only_where_it_applies() -> None:
    assert codes(with_attributes(GRANTED, marker=None)) == [Code.MISSING_ATTRIBUTE]


def test_an_attribute_where_it_does_not_apply_is_found() -> None:
    assert problems(with_attributes(DROPPED, marker="implicit")) == [
        (
            "inapplicable_attribute",
            "“Marker” of Concession “Kyiv would drop its NATO bid” makes sense only where “Kind” is “argued”: remove it.",
        ),
    ]


def test_two_spans_of_one_label_must_not_overlap() -> None:
    markup = replace(MARKUP, spans=(*MARKUP.spans, claim("again", "challenges remain")))
    assert problems(markup) == [
        (
            "same_label_overlap",
            (
                "Claim “key challenges remain unresolved” and Claim “challenges remain” overlap: "
                "two spans of the same label must not. Shorten or delete one."
            ),
        ),
    ]


def test_an_overlap_is_found_past_a_shorter_span_in_between() -> None:
    long = claim("long", "insists the guarantees must bind. Kyiv would drop", holder="author")
    assert codes(replace(MARKUP, spans=(*MARKUP.spans, long))) == [Code.SAME_LABEL_OVERLAP]


def test_spans_that_only_touch_do_not_overlap() -> None:
    markup = replace(MARKUP, spans=(*MARKUP.spans, claim("beside", ". Kyiv")))
    assert codes(markup) == []


def test_spans_of_different_labels_may_nest() -> None:
    nested = span("nested", "Source", "Kyiv would", kind="organisation")
    assert codes(replace(MARKUP, spans=(*MARKUP.spans, nested))) == []


@pytest.mark.parametrize("other", [GRANTED, MAINTAINED])
def test_a_cue_stands_outside_the_concession_and_the_claim(other: Span) -> None:
    inside = replace(CUE, key="inside", start=other.start, end=other.start + 3)
    assert codes(replace(MARKUP, spans=(*MARKUP.spans, inside))) == [Code.FORBIDDEN_OVERLAP]


def test_a_cue_may_lie_in_a_stance() -> None:
    inside = replace(CUE, key="inside", start=INSISTS.start, end=INSISTS.start + 2)
    assert codes(replace(MARKUP, spans=(*MARKUP.spans, inside))) == []


def test_a_relation_of_another_scheme_is_found() -> None:
    assert codes(with_relation("maintained", "binding", "rebuts")) == [Code.UNKNOWN_RELATION]


def test_a_relation_between_the_wrong_labels_is_named_with_what_would_fit() -> None:
    assert problems(with_relation("kyiv", "maintained", "supports")) == [
        (
            "wrong_ends",
            (
                "The link “supports” from Source “Kyiv” to Claim “key challenges remain unresolved” does not fit: "
                "it leads from Claim to Claim."
            ),
        ),
    ]


def test_a_relation_between_the_right_labels_is_accepted() -> None:
    assert codes(with_relation("maintained", "binding", "supports")) == []


def test_a_span_is_not_linked_to_itself() -> None:
    assert codes(with_relation("maintained", "maintained", "supports")) == [Code.RELATION_TO_ITSELF]


def test_a_relation_drawn_twice_is_found() -> None:
    assert codes(with_relation("binding", "kyiv", "held_by")) == [Code.REPEATED_RELATION]


@pytest.mark.parametrize("source", ["insists", "binding", "dropped"])
def test_a_named_holder_needs_a_link_to_its_source(source: str) -> None:
    assert codes(without_relation(source, "held_by")) == [Code.MISSING_RELATION]


def test_the_message_says_which_words_need_which_link_and_why() -> None:
    assert problems(without_relation("binding", "held_by")) == [
        (
            "missing_relation",
            "Claim “the guarantees must bind” needs a link “held by” to a Source, because its “Holder” is “named”.",
        ),
    ]


@pytest.mark.parametrize("holder", ["author", "unnamed"])
def test_another_holder_needs_no_link(holder: str) -> None:
    assert codes(with_attributes(MAINTAINED, holder=holder)) == []


def test_the_author_is_not_linked_to_a_source() -> None:
    assert codes(with_relation("maintained", "kyiv", "held_by")) == [Code.FORBIDDEN_RELATION]


def test_an_unnamed_holder_may_be_linked() -> None:
    markup = with_attributes(BINDING, holder="unnamed")
    assert codes(markup) == []


def test_an_argued_concession_needs_the_claim_that_outweighs_it() -> None:
    assert codes(without_relation("granted", "outweighed_by")) == [Code.MISSING_RELATION]


def test_unless_the_maintained_point_stands_nowhere_in_the_document() -> None:
    changed = with_attributes(GRANTED, maintained="none-in-document")
    left = replace(changed, relations=tuple(r for r in changed.relations if r.kind != "outweighed_by"))
    assert codes(left) == []
    assert codes(changed) == [Code.FORBIDDEN_RELATION]


def test_a_negotiated_concession_is_not_outweighed() -> None:
    assert codes(with_relation("dropped", "binding", "outweighed_by")) == [Code.FORBIDDEN_RELATION]


def test_a_required_field_that_is_missing_is_named() -> None:
    assert problems(with_field("genre", None)) == [("missing_field", "“Genre” is not answered yet.")]


def test_an_optional_field_may_be_left_open() -> None:
    assert codes(with_field("note", "A doubt.")) == []


@pytest.mark.parametrize(("name", "value"), [("genre", "poem"), ("confidence", "6"), ("note", " ")])
def test_an_impossible_answer_is_found(name: str, value: str) -> None:
    assert codes(with_field(name, value)) == [Code.UNKNOWN_VALUE]


def test_a_field_of_another_scheme_is_found() -> None:
    assert codes(with_field("mood", "good")) == [Code.UNKNOWN_FIELD]


def test_nothing_marked_must_be_said_so() -> None:
    assert codes(Markup(fields=FIELDS)) == [Code.NOTHING_MARKED]
    assert codes(Markup(fields=sort_pairs({**dict(FIELDS), "nothing_to_mark": "yes"}))) == []


def test_nothing_to_mark_is_not_said_where_something_is_marked() -> None:
    assert codes(with_field("nothing_to_mark", "yes")) == [Code.SOMETHING_MARKED]


def test_every_problem_either_is_mended_by_the_annotator_or_goes_to_quarantine() -> None:
    found = check_markup(SCHEME, TEXT, with_span(replace(CUE, label="Marker")))
    found += check_markup(SCHEME, TEXT, without_relation("binding", "held_by"))
    assert [problem.code for problem in select_mendable(found)] == [Code.MISSING_RELATION]
    assert [problem.code for problem in found if problem.code not in MENDABLE] == [Code.UNKNOWN_LABEL]


def test_a_slip_of_the_hand_is_mendable_and_a_foreign_name_is_not() -> None:
    assert {Code.UNTYPED_RELATION, Code.SAME_LABEL_OVERLAP, Code.MISSING_RELATION} <= MENDABLE
    assert not {Code.UNKNOWN_LABEL, Code.QUOTE_DIFFERS, Code.BOTH_DIRECTIONS, Code.SEVERAL_TYPES} & MENDABLE


def test_every_kind_of_problem_says_what_follows_in_a_submission_and_in_gold() -> None:
    assert set(CONSEQUENCES) == set(Code)


def test_gold_may_lack_only_what_annotators_are_asked_for() -> None:
    """Whatever gold may be finished with, or is left out of it, is refused when an annotator submits it."""
    lenient = {
        code
        for code, consequence in CONSEQUENCES.items()
        if consequence.in_gold in {InGold.NEEDS_REASON, InGold.IS_OPEN}
    }
    assert lenient == {Code.MISSING_RELATION, Code.MISSING_FIELD, Code.NOTHING_MARKED, Code.MISSING_ATTRIBUTE}
    assert lenient <= MENDABLE


def test_long_words_are_shortened_in_the_middle_and_line_breaks_become_spaces() -> None:
    text = "one\r\ntwo " + "x" * 40 + " and so on until the very end of it"
    assert name_span(Span(0, len(text), "Claim"), text) == (
        f"Claim “one two {'x' * 22} … so on until the very end of it”"
    )
