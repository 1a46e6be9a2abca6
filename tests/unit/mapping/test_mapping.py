"""From what a file says to the words of a scheme: mapping, proposing, translating, and naming what does not fit."""

import pytest

from annotations.formats.documents import Judgement, Marking
from annotations.mapping.definition import (
    AnnotatorMapping,
    InvalidMappingError,
    LabelMapping,
    MarkupMapping,
    QuestionMapping,
    RelationMapping,
    load_mapping,
    write_mapping,
)
from annotations.mapping.proposal import map_exactly, propose_mapping
from annotations.mapping.review import find_undecided
from annotations.mapping.translation import Translation, Translator
from annotations.markup import Relation
from tests.unit.mapping.documents import SCHEME, TEXT, judge, survey

STATE = QuestionMapping(found="Type", becomes="kind", values=(("STATE", "state"), ("?", "")))
MAPPING = MarkupMapping(
    labels=(
        LabelMapping(found="PER", becomes="Actor", attributes=(STATE,)),
        LabelMapping(found="VERB", becomes="Act"),
        LabelMapping(found="MISC", is_left_out=True),
    ),
    relations=(RelationMapping(found="agent", becomes="does", is_reversed=True),),
    fields=(QuestionMapping(found="sentiment", becomes="tone"),),
    annotators=(
        AnnotatorMapping(found="a0", name="Ann"),
        AnnotatorMapping(found="a1", becomes="bob@example.org"),
    ),
)


def translate(judgement: Judgement, mapping: MarkupMapping = MAPPING, text: str = TEXT) -> Translation:
    return Translator(mapping, SCHEME).translate(text, judgement)


def find_unmet(made: Translation) -> list[str]:
    return [problem.code for problem in Translator(MAPPING, SCHEME).find_unmet(TEXT, made)]


def test_a_mapping_is_read_as_it_was_written() -> None:
    odd = MarkupMapping(
        labels=(
            LabelMapping(found='a "b"\n\\', becomes="Actor", gives=(("kind", "state"),), attributes=(STATE,)),
        ),
        relations=(RelationMapping(found="a=b", becomes="does", is_reversed=True),),
        annotators=(
            AnnotatorMapping(found="gpt", name="GPT", is_model=True),
            AnnotatorMapping(found="x", is_left_out=True),
        ),
        offsets="utf16",
    )
    assert load_mapping(write_mapping(odd)) == odd
    assert load_mapping(write_mapping(MAPPING)) == MAPPING


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("[[labels]]\nbecomes = 'x'", "mapping, label 1: 'found' is missing"),
        ("[[labels]]\nfound = 'x'\nbecome = 'y'", "unknown key 'become'"),
        ("[[labels]]\nfound = 'x'\n[[labels]]\nfound = 'x'", "label 'x' occurs twice"),
        ("[[labels]]\nfound = 'x'\nbecomes = 'y'\nleave_out = true", "take one of them away"),
        ("[[annotators]]\nfound = 'x'\nname = 'y'\nmember = 'z@example.org'", "take one of them away"),
        ("offsets = 'bytes'", "'offsets' must be one of code_point, utf16, not 'bytes'"),
        ("[[labels]\n", "the mapping is not TOML"),
        (
            "[[labels]]\nfound = 'x'\n[[labels.attributes]]\nfound = 'y'\nvalues = { a = 1 }",
            "must be a text, not 1",
        ),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_place(definition: str, message: str) -> None:
    with pytest.raises(InvalidMappingError, match=message):
        load_mapping(definition)


def test_everything_that_was_found_becomes_what_the_mapping_says() -> None:
    made = translate(
        judge(
            ("PER", "Kyiv", {"Type": "STATE"}),
            ("VERB", "agreed", {}),
            relations=((1, 0, "agent"),),
            fields={"sentiment": 4},
        )
    )
    assert [(span.label, span.quote(TEXT), dict(span.attributes)) for span in made.markup.spans] == [
        ("Actor", "Kyiv", {"kind": "state"}),
        ("Act", "agreed", {}),
    ]
    assert made.markup.relations == (Relation("0", "1", "does"),)
    assert made.markup.fields == (("tone", "4"),)
    assert (made.misfits, dict(made.left_out)) == ((), {})
    assert find_unmet(made) == []


def test_a_label_can_stand_for_an_answer() -> None:
    mapping = MarkupMapping(labels=(LabelMapping(found="GPE", becomes="Actor", gives=(("kind", "state"),)),))
    (span,) = translate(judge(("GPE", "Kyiv", {})), mapping).markup.spans
    assert dict(span.attributes) == {"kind": "state"}


def test_what_is_to_be_left_out_is_counted_and_nothing_else_goes_with_it() -> None:
    made = translate(
        judge(("MISC", "quickly", {}), ("PER", "Kyiv", {"Type": "?"}), relations=((1, 0, "agent"),))
    )
    assert [(span.label, span.attributes) for span in made.markup.spans] == [("Actor", ())]
    assert made.left_out == {
        "spans of 'MISC'": 1,
        "answers '?' to 'Type'": 1,
        "relations 'agent' of spans that are left out": 1,
    }
    assert made.misfits == ()


def test_what_does_not_fit_is_named_with_its_words_and_the_rest_is_kept() -> None:
    made = translate(
        judge(
            ("PER", "Kyiv", {"Type": "GOD"}), ("ORG", "Moscow", {}), fields={"sentiment": 9, "topic": "war"}
        )
    )
    assert [span.label for span in made.markup.spans] == ["Actor"]
    assert made.markup.fields == ()
    assert [(problem.code, problem.message) for problem in made.misfits] == [
        ("unknown_value", "“kind” of Actor “Kyiv” is 'GOD', which is none of the choices."),
        ("unknown_label", "'ORG' has no place in stances-v1."),
        ("unknown_value", "“tone” is '9', which is no whole number from 1 to 5."),
        ("unknown_field", "The field 'topic' has no place in stances-v1."),
    ]


def test_words_that_disagree_with_their_offsets_are_never_guessed_at() -> None:
    made = translate(judge(("PER", "Kyiv", {}), said="Moscow"))
    assert made.markup.spans == ()
    (misfit,) = made.misfits
    assert misfit.code == "quote_differs"
    assert "says 'Moscow', but the text has 'Kyiv' there" in misfit.message


def test_what_has_no_place_in_the_text_is_named_with_where_it_stands() -> None:
    marking = Marking("1", "ann")
    marking.add_unplaced("the node has no place", "node '7'", {"text": "Bern"})
    (misfit,) = translate(marking.finish()).misfits
    assert (misfit.code, misfit.message) == ("invalid_span", "node '7': the node has no place")
    assert misfit.payload == {"text": "Bern"}


def test_offsets_in_utf16_units_are_read_where_the_mapping_says_so() -> None:
    shifted = judge(("VERB", "quickly", {}), text=TEXT.replace("🤝", "xx"))
    assert [problem.code for problem in translate(shifted).misfits] == ["quote_differs"]
    made = translate(shifted, MarkupMapping(labels=MAPPING.labels, offsets="utf16"))
    assert [span.quote(TEXT) for span in made.markup.spans] == ["quickly"]
    assert survey(shifted).are_offsets_utf16


def test_a_relation_that_the_scheme_forbids_is_named_and_its_spans_are_kept() -> None:
    made = translate(judge(("PER", "Kyiv", {}), ("VERB", "agreed", {}), relations=((0, 1, "agent"),)))
    assert len(made.markup.spans) == 2
    assert made.markup.relations == ()
    assert [problem.code for problem in made.misfits] == ["wrong_ends"]


def test_rules_that_spans_break_are_told_apart_and_the_spans_are_kept() -> None:
    made = translate(judge(("PER", "Kyiv", {}), ("PER", "Kyiv agreed", {})))
    assert len(made.markup.spans) == 2
    assert find_unmet(made) == ["same_label_overlap"]
    assert made.misfits == ()


def test_ends_of_spans_are_moved_as_for_everybody_and_where_they_were_is_kept() -> None:
    made = translate(judge(("VERB", "gree", {})))
    (span,) = made.markup.spans
    (moved,) = made.moved
    assert (span.quote(TEXT), TEXT[moved.drawn_start : moved.drawn_end]) == ("agreed", "gree")


def test_a_question_that_the_file_asks_is_answered_as_the_scheme_says_and_one_that_it_never_asks_stays_open() -> (
    None
):
    asked = QuestionMapping(found="named", becomes="is_named")
    mapping = MarkupMapping(labels=(LabelMapping(found="PER", becomes="Actor", attributes=(asked,)),))
    first, second = translate(
        judge(("PER", "Kyiv", {"named": True}), ("PER", "Moscow", {})), mapping
    ).markup.spans
    assert (dict(first.attributes), dict(second.attributes)) == ({"is_named": "yes"}, {"is_named": "no"})
    (never_asked,) = translate(judge(("PER", "Kyiv", {}))).markup.spans
    assert never_asked.attributes == ()


def test_without_a_word_only_what_is_called_the_same_is_mapped() -> None:
    found = survey(judge(("Actor", "Kyiv", {"Actor.kind": "state"}), ("act", "agreed", {})))
    mapping = map_exactly(found, SCHEME)
    assert [(label.found, label.becomes) for label in mapping.labels] == [("Actor", "Actor"), ("act", "")]
    assert [attribute.becomes for attribute in mapping.labels[0].attributes] == ["kind"]
    (undecided,) = find_undecided(found, mapping, SCHEME)
    assert str(undecided) == (
        "the label 'act' (once, first document 'd1': “agreed”): say what it becomes, or that it is left out; "
        "the scheme has Actor, Act"
    )


def test_a_proposal_also_names_what_is_only_like_it_and_says_so() -> None:
    found = survey(
        judge(("ACTOR", "Kyiv", {"Kind": "STATE"}), ("Other", "agreed", {}), fields={"Tone": 3}), judge()
    )
    mapping, remarks = propose_mapping(found, SCHEME, members=["A1"])
    written = write_mapping(mapping, remarks)
    actor, other = mapping.labels
    assert (actor.becomes, other.becomes) == ("Actor", "")
    assert actor.attributes == (QuestionMapping(found="Kind", becomes="kind", values=(("STATE", "state"),)),)
    assert [field.becomes for field in mapping.fields] == ["tone"]
    assert [(one.becomes, one.name) for one in mapping.annotators] == [("", "a0"), ("a1", "")]
    assert "# 1 span, first document 'd1': “Kyiv” (only like it: check)" in written
    assert load_mapping(written) == mapping


def test_a_mapping_to_what_the_scheme_lacks_is_undecided_too() -> None:
    found = survey(judge(("PER", "Kyiv", {"Type": "x"})))
    wrong = MarkupMapping(
        labels=(
            LabelMapping(
                found="PER",
                becomes="Actor",
                gives=(("kind", "god"),),
                attributes=(QuestionMapping(found="Type", becomes="type"),),
            ),
        )
    )
    assert [one.what for one in find_undecided(found, wrong, SCHEME)] == [
        "the attribute 'Type' of 'PER'",
        "what 'PER' gives, kind = 'god',",
        "the annotator 'a0'",
    ]
