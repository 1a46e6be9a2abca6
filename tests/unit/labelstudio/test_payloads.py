"""What the editor sends is read without guessing: what cannot be read is reported whole, and the rest is kept."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.collection.ports import StudioReading
from annotations.labelstudio.payloads import escape_line_breaks, read_result, write_result
from annotations.markup import Markup, Relation, sort_pairs
from annotations.schemes.check import check_markup
from annotations.schemes.definition import load_shipped
from annotations.schemes.problems import MENDABLE, Code
from annotations.schemes.scheme import Label, Question
from annotations.spans import Span

SCHEME = load_shipped("argument-v1")
TEXT = "Kyiv 😀 agreed.\r\nMoscow did not."


def entry(key: str, control: str, **value: Any) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": "text", "type": "choices", "value": value}


def labelled(key: str, start: int, end: int, label: str, **more: Any) -> dict[str, Any]:
    return entry(key, "label", **{"start": start, "end": end, "labels": [label], **more})


def link(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right", **more}


def read(*entries: Any) -> StudioReading:
    return read_result(list(entries), TEXT, SCHEME)


def codes(reading: StudioReading) -> list[str]:
    return [problem.code for problem in reading.problems]


KYIV = labelled("a", 0, 4, "Source", text="Kyiv")
MOSCOW = labelled("b", 16, 22, "Source", text="Moscow")
AGREED = labelled("c", 7, 13, "Claim", text="agreed")
NOT = labelled("d", 23, 30, "Claim", text="did not")


def test_a_span_is_read_with_its_answers_under_its_id() -> None:
    reading = read(KYIV, entry("a", "Source.kind", start=0, end=4, text="Kyiv", choices=["organisation"]))
    assert reading.markup.spans == (Span(0, 4, "Source", key="a"),)
    assert reading.markup.spans[0].attributes == (("kind", "organisation"),)
    assert reading.markup.spans[0].key == "a"
    assert reading.problems == ()


def test_answers_may_come_before_their_span() -> None:
    reading = read(entry("a", "Source.kind", choices=["organisation"]), KYIV)
    assert reading.markup.spans[0].attributes == (("kind", "organisation"),)


def test_what_was_not_chosen_has_its_default() -> None:
    [span] = read(AGREED, entry("c", "Claim.type", choices=["fact"])).markup.spans
    assert dict(span.attributes) == {"type": "fact", "modality": "asserted", "holder": "author"}


def test_a_default_is_filled_in_only_where_the_attribute_applies() -> None:
    concession = labelled("c", 7, 13, "Concession")
    [argued] = read(concession, entry("c", "Concession.kind", choices=["argued"])).markup.spans
    [negotiated] = read(concession, entry("c", "Concession.kind", choices=["negotiated"])).markup.spans
    assert dict(argued.attributes) == {
        "kind": "argued",
        "force": "full",
        "marker": "explicit",
        "maintained": "linked",
        "holder": "author",
    }
    assert dict(negotiated.attributes) == {"kind": "negotiated", "force": "full", "holder": "author"}


def test_line_breaks_of_the_slice_are_compared_as_the_editor_writes_them() -> None:
    assert read(labelled("a", 7, 22, "Claim", text="agreed.\\n\\nMoscow")).problems == ()
    assert codes(read(labelled("a", 7, 22, "Claim", text="agreed.\r\nMoscow"))) == [Code.QUOTE_DIFFERS]


def test_a_span_without_its_words_is_accepted_by_its_offsets() -> None:
    assert read(labelled("a", 0, 4, "Source")).problems == ()


def test_a_span_whose_words_are_not_its_slice_is_reported_with_both() -> None:
    wrong = labelled("a", 1, 5, "Source", text="Kyiv")
    reading = read(wrong, MOSCOW)
    [problem] = reading.problems
    assert problem.code == Code.QUOTE_DIFFERS
    assert problem.message == "A Source from 1 to 5 shows 'Kyiv', but the text has 'yiv ' there."
    assert problem.payload == wrong
    assert [span.key for span in reading.markup.spans] == ["b"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (labelled("x", 30, 99, "Claim"), Code.SPAN_OUTSIDE_TEXT),
        (labelled("x", -1, 4, "Claim"), Code.INVALID_SPAN),
        (labelled("x", 4, 4, "Claim"), Code.INVALID_SPAN),
        (labelled("x", 5, 4, "Claim"), Code.INVALID_SPAN),
        (entry("x", "label", start="0", end="4", labels=["Claim"]), Code.INVALID_SPAN),
        (entry("x", "label", start=False, end=True, labels=["Claim"]), Code.INVALID_SPAN),
        (entry("x", "label", start=0.0, end=4.0, labels=["Claim"]), Code.INVALID_SPAN),
        (labelled("x", 0, 4, "Person"), Code.UNKNOWN_LABEL),
        (entry("x", "label", start=0, end=4, labels=["Claim", "Source"]), Code.SEVERAL_LABELS),
        (entry("x", "label", start=0, end=4, labels=[]), Code.SEVERAL_LABELS),
        (entry("x", "label", start=0, end=4), Code.MALFORMED),
        (labelled("", 0, 4, "Claim"), Code.MALFORMED),
        ({**labelled("x", 0, 4, "Claim"), "to_name": "html"}, Code.MALFORMED),
        (labelled("a", 0, 5, "Source"), Code.REPEATED_ANSWER),
        (entry("a", "sentiment", choices=["good"]), Code.UNKNOWN_CONTROL),
        (entry("a", "Person.kind", choices=["good"]), Code.UNKNOWN_CONTROL),
        (entry("a", "Claim.type", choices=["fact"]), Code.UNKNOWN_ATTRIBUTE),
        (entry("gone", "Claim.type", choices=["fact"]), Code.MISSING_SPAN),
        (entry("a", "Source.kind", choices=["city"]), Code.UNKNOWN_VALUE),
        (entry("a", "Source.kind", choices=["other"]), Code.UNKNOWN_VALUE),
        (entry("a", "Source.kind", choices=["person", "document"]), Code.MALFORMED),
        (entry("a", "Source.kind"), Code.MALFORMED),
        ({"id": "a", "from_name": "Source.kind"}, Code.MALFORMED),
        ({}, Code.MALFORMED),
        ("a text", Code.MALFORMED),
        (None, Code.MALFORMED),
        (entry("f", "genre", choices=["poem"]), Code.UNKNOWN_VALUE),
        (entry("f", "confidence", rating=9), Code.UNKNOWN_VALUE),
        (entry("f", "confidence", rating=True), Code.UNKNOWN_VALUE),
        (entry("f", "note", text=[" "]), Code.UNKNOWN_VALUE),
        (link("a", "gone", labels=["held by"]), Code.MISSING_SPAN),
        (link("a", "b", labels=["rebuts"]), Code.UNKNOWN_RELATION),
        (link("a", "b", labels=["attacks", "supports"]), Code.SEVERAL_TYPES),
        (link("a", "b", labels="attacks"), Code.MALFORMED),
        (link("a", "b", labels=["attacks"], direction="bi"), Code.BOTH_DIRECTIONS),
        (link("a", "b", labels=["attacks"], direction={}), Code.BOTH_DIRECTIONS),
    ],
)
def test_what_cannot_be_read_is_reported_whole_and_the_rest_is_kept(broken: Any, code: Code) -> None:
    reading = read(KYIV, broken, MOSCOW)
    [problem] = reading.problems
    assert problem.code == code
    assert problem.payload == broken
    assert code not in MENDABLE
    assert [span.key for span in reading.markup.spans] == ["a", "b"]


def test_the_links_of_a_span_that_was_not_accepted_are_reported_too() -> None:
    reading = read(KYIV, labelled("x", 5, 99, "Claim"), link("x", "a", labels=["held by"]))
    assert codes(reading) == [Code.SPAN_OUTSIDE_TEXT, Code.MISSING_SPAN]
    assert reading.markup.relations == ()


def test_a_link_to_the_right_leads_from_its_first_span_to_its_second() -> None:
    reading = read(AGREED, KYIV, link("c", "a", labels=["held by"]))
    assert reading.markup.relations == (Relation("c", "a", "held_by"),)


def test_a_link_to_the_left_leads_the_other_way() -> None:
    reading = read(AGREED, KYIV, link("a", "c", labels=["held by"], direction="left"))
    assert reading.markup.relations == (Relation("c", "a", "held_by"),)


def test_a_link_may_carry_the_name_instead_of_the_title() -> None:
    assert read(AGREED, KYIV, link("c", "a", labels=["held_by"])).markup.relations[0].kind == "held_by"


@pytest.mark.parametrize("more", [{}, {"labels": []}, {"labels": None}])
def test_a_link_without_a_type_is_for_the_annotator_to_mend_and_names_the_words(more: dict[str, Any]) -> None:
    [problem] = read(AGREED, KYIV, link("c", "a", **more)).problems
    assert problem.code == Code.UNTYPED_RELATION
    assert problem.code in MENDABLE
    assert problem.message == "The link from Claim “agreed” to Source “Kyiv” has no type yet: choose one."


def test_own_words_stand_in_the_place_of_something_else() -> None:
    stance = labelled("c", 7, 13, "Stance")
    chosen = entry("c", "Stance.target", choices=["other"])
    words = entry("c", "Stance.target.other", text=["the talks"])
    assert dict(read(stance, chosen, words).markup.spans[0].attributes)["target"] == "the talks"


def test_something_else_without_words_is_for_the_annotator_to_mend() -> None:
    reading = read(labelled("c", 7, 13, "Stance"), entry("c", "Stance.target", choices=["other"]))
    assert codes(reading) == [Code.MISSING_WORDS]
    assert reading.problems[0].code in MENDABLE
    assert "target" not in dict(reading.markup.spans[0].attributes)


def test_own_words_left_behind_by_another_choice_do_not_count() -> None:
    reading = read(
        labelled("c", 7, 13, "Stance"),
        entry("c", "Stance.target.other", text=["the talks"]),
        entry("c", "Stance.target", choices=["ceding-territory"]),
    )
    assert dict(reading.markup.spans[0].attributes)["target"] == "ceding-territory"


def test_document_fields_are_read_as_texts() -> None:
    reading = read(
        entry("1", "genre", choices=["news"]),
        entry("2", "confidence", rating=4),
        entry("3", "note", text=["One.", "Two."]),
        entry("4", "nothing_to_mark", choices=["yes"]),
        entry("5", "author_stance.ceding-territory", choices=["against"]),
    )
    assert dict(reading.markup.fields) == {
        "genre": "news",
        "confidence": "4",
        "note": "One.\nTwo.",
        "nothing_to_mark": "yes",
        "author_stance.ceding-territory": "against",
    }


@pytest.mark.parametrize("result", [None, {}, "x", 3])
def test_a_result_that_is_no_list_is_reported(result: Any) -> None:
    assert codes(read_result(result, TEXT, SCHEME)) == [Code.MALFORMED]


def test_an_empty_result_is_an_empty_markup() -> None:
    assert read() == StudioReading(Markup(), ())


def test_what_is_written_has_the_form_of_the_editors_own() -> None:
    markup = Markup(
        (Span(7, 22, "Stance", sort_pairs({"target": "the talks"}), "s"),),
        (),
        sort_pairs({"confidence": "3"}),
    )
    place = {"start": 7, "end": 22, "text": "agreed.\\n\\nMoscow"}
    shared = {"id": "s", "to_name": "text"}
    assert write_result(markup, TEXT, SCHEME) == [
        {**shared, "from_name": "label", "type": "labels", "value": {**place, "labels": ["Stance"]}},
        {**shared, "from_name": "Stance.target", "type": "choices", "value": {**place, "choices": ["other"]}},
        {
            **shared,
            "from_name": "Stance.target.other",
            "type": "textarea",
            "value": {**place, "text": ["the talks"]},
        },
        {
            "id": "field-confidence",
            "from_name": "confidence",
            "to_name": "text",
            "type": "rating",
            "value": {"rating": 3},
        },
    ]


def test_line_breaks_become_a_backslash_and_an_n_each() -> None:
    assert escape_line_breaks("a\r\nb\rc\nd") == "a\\n\\nb\\nc\\nd"


words = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)


def values_of(question: Question) -> st.SearchStrategy[str]:
    listed = [value.name for value in question.kind.options]
    typed = words if question.kind.takes_words else st.nothing()
    return (st.sampled_from(listed) if listed else st.nothing()) | typed


def answers_to(label: Label) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {attribute.name: values_of(attribute) for attribute in label.attributes},
    ).map(
        lambda chosen: {
            attribute.name: chosen[attribute.name]
            for attribute in label.attributes
            if attribute.applies(chosen)
        },
    )


@st.composite
def texts_with_markups(draw: st.DrawFn) -> tuple[str, Markup]:
    text = draw(st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n😀"), min_size=1, max_size=60))
    spans = []
    for number in range(draw(st.integers(0, 5))):
        label = draw(st.sampled_from(SCHEME.labels))
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        spans.append(Span(start, end, label.name, sort_pairs(draw(answers_to(label))), f"s{number}"))
    keys = st.sampled_from([span.key for span in spans]) if spans else st.nothing()
    kinds = st.sampled_from([relation.name for relation in SCHEME.relations])
    relations = draw(st.lists(st.builds(Relation, keys, keys, kinds), max_size=4)) if spans else []
    fields = {}
    for field in SCHEME.fields:
        if draw(st.booleans()):
            fields[field.name] = draw(values_of(field))
    in_order = sorted(spans, key=lambda span: (span.start, span.end, span.label, span.key))
    return text, Markup(tuple(in_order), tuple(sorted(relations)), sort_pairs(fields))


@given(texts_with_markups())
def test_what_is_written_is_read_back_the_same(case: tuple[str, Markup]) -> None:
    text, markup = case
    result = json.loads(json.dumps(write_result(markup, text, SCHEME)))
    reading = read_result(result, text, SCHEME)
    assert reading.problems == ()
    assert reading.markup.to_json() == markup.to_json()


scraps = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.sampled_from(["a", "label", "text", "Claim", "relation", "left"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "from_name",
                    "to_name",
                    "type",
                    "value",
                    "labels",
                    "start",
                    "end",
                    "text",
                    "choices",
                    "rating",
                    "from_id",
                    "to_id",
                    "direction",
                ],
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
near_entries = st.fixed_dictionaries(
    {
        "from_name": st.sampled_from(
            ["label", "Claim.type", "Stance.target", "Stance.target.other", "genre", "note"]
        )
        | scraps,
        "value": scraps,
    },
    optional={
        "id": scraps,
        "to_name": st.just("text") | scraps,
        "type": st.just("relation") | scraps,
        "from_id": scraps,
        "to_id": scraps,
        "labels": scraps,
        "direction": scraps,
    },
)


@given(st.lists(near_entries | scraps, max_size=4))
def test_whatever_arrives_is_read_or_reported_and_never_stops_the_reading(result: list[Any]) -> None:
    reading = read_result([KYIV, *result], TEXT, SCHEME)
    assert "a" in [span.key for span in reading.markup.spans]
    assert all(problem.message for problem in reading.problems)
    check_markup(SCHEME, TEXT, reading.markup)
