"""What every kind of value promises, for attributes of spans and for fields of documents.

A new kind needs a sample here, and nothing else of this file.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.adjudication.merging import Unanimity
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import Action, AttributeUnit, Entry, FieldUnit, Outcome, State, Submitted
from annotations.adjudication.validation import InvalidDecisionError, check_decision
from annotations.agreement import Items, evaluate, read_jsonl
from annotations.agreement.registry import find_metric
from annotations.collection.ports import StudioReading
from annotations.formats.record import AnnotationReference, Record, SchemeReference
from annotations.labelstudio.label_config import render
from annotations.labelstudio.payloads import read_result, write_result
from annotations.limits import MAX_DECIMALS, MAX_DIGITS
from annotations.markup import Markup, sort_pairs
from annotations.schemes.check import check_markup
from annotations.schemes.definition import load_scheme
from annotations.schemes.kinds import KINDS
from annotations.schemes.problems import MENDABLE
from annotations.schemes.scheme import Attribute, Scheme
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.values import Level
from annotations.spans import Span
from tests.unit.formats.samples import article

TEXT = "Kyiv agreed."
FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"


@dataclass(frozen=True)
class Sample:
    """Parameters as a definition gives them, and what is and what is no value under them."""

    parameters: str
    values: tuple[str, ...]
    refused: tuple[str, ...]
    wrong: Mapping[str, str]
    """Other parameters, each with what is said against it."""
    results: tuple[Any, ...] = ()
    """Values of results in the kind's own form that are no answer, so that no annotator can mend them."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What an adjudicator may type, and the value that it is."""
    foreign: Mapping[str, str] = field(default_factory=dict)
    """What another program may write, and the value that it is; `;` stands between several answers."""
    compared: tuple[Any, ...] = ()
    """The values as agreement compares them."""


COLOURS = 'values = [{ name = "red", title = "Red" }, { name = "blue" }, { name = "green" }]'
SAMPLES = {
    "choice": Sample(
        COLOURS,
        ("red", "blue"),
        ("", "Red", "red,blue"),
        {
            "": "a choice needs values",
            'values = [{ name = "x" }, { name = "x" }]': "value 'x' occurs twice",
            f"{COLOURS}\nmaximum = 3": "'maximum' is for the kinds rating and number, not for choice",
            f'{COLOURS}\ndefault = "pink"': "the default 'pink' is none of its values",
            'values_from = "stars"': "'values_from' must be 'topics'",
            f'{COLOURS}\nkeys = "a"': "'keys' needs one key for each answer, 3 in all",
        },
        foreign={"Red": "red", "blue": "blue", "pink": "pink"},
        results=({"choices": ["pink"]}, {"choices": ["red", "blue"]}, {"choices": "red"}, {"choices": []}),
        compared=("red", "blue"),
    ),
    "several": Sample(
        COLOURS,
        ("red", "blue", "blue,red", "blue,green,red"),
        ("", "red,blue", "blue,blue", "pink", "blue,pink", ","),
        {
            "": "several choices need values",
            f"{COLOURS}\nopen = true": "'open' is for the kinds choice, not for several",
        },
        results=({"choices": ["pink"]}, {"choices": ["red", 1]}, {"choices": []}, {"choices": ["blue,red"]}),
        foreign={"Red;blue": "blue,red", "red,blue": "blue,red", "pink": "pink"},
        typed={"Red, blue": "blue,red", "green": "green", " red ,red": "red"},
        compared=("red", "blue", "blue,red", "blue,green,red"),
    ),
    "flag": Sample(
        "",
        ("yes",),
        ("", "true", "1"),
        {
            'default = "yes"': "a box that is not ticked says no already",
            COLOURS: "'values' is for the kinds choice and several, not for flag",
            'keys = "ab"': "'keys' needs one key for each answer, 1 in all",
        },
        foreign={"true": "yes", "false": "no", "maybe": "maybe"},
        results=({"choices": ["maybe"]}, {"choices": [True]}, {"choices": ["yes", "yes"]}),
        compared=("yes",),
    ),
    "rating": Sample(
        "maximum = 5",
        ("1", "5"),
        ("", "0", "6", "1.5", "05", "³", "x"),
        {
            "": "a rating needs a maximum above 1",
            "maximum = 1": "a rating needs a maximum above 1",
            "maximum = 101": "at most 100",
            'maximum = 5\nkeys = "a"': "'keys' needs nothing: it is answered without",
            'maximum = 5\ndefault = "9"': "the default '9' is no whole number from 1 to 5",
        },
        foreign={"4.0": "4", "x": "x"},
        results=({"rating": 6}, {"rating": True}, {"rating": "3"}, {"rating": 2.0}, {"rating": None}),
        compared=(1, 5),
    ),
    "number": Sample(
        "minimum = -1\nmaximum = 10\nstep = 0.5",
        ("-1", "0", "2.5", "10"),
        ("", "-2", "10.5", "2.25", "02", "2.50", "1e0", "-0", "+1", "nan", "1e999999999", "9" * 400),
        {
            "minimum = 2\nmaximum = 2": "'minimum' must be below 'maximum'",
            "step = -1": "'step' must be above 0",
            "minimum = true": "'minimum' must be a number, not True",
            "maximum = nan": "'maximum' must be a number, not nan",
            "step = 1e-13": "more than 15 digits, or more than 12 behind the point",
            'maximum = 3\ndefault = "4"': "the default '4' is not a whole number to 3",
        },
        foreign={"2.0": "2", "2.50": "2.5", "x": "x"},
        results=({"number": True}, {"number": "3"}, {"number": None}),
        typed={" 2.50 ": "2.5", "+3": "3", "1e1": "10", "-0": "0"},
        compared=(-1, 0, 2.5, 10),
    ),
    "text": Sample(
        "",
        ("the talks", "a\nb", "=", "a,b", "no"),
        ("", "  ", "a\x1fb", "a\x00"),
        {
            'default = "x"': "a text has no default",
            "step = 2": "'step' is for the kinds number, not for text",
        },
        results=({"text": [" "]}, {"text": []}, {"text": None}, {"text": ["a\x00b"]}),
        typed={" the vote\r\nof May ": "the vote\nof May"},
    ),
}
OPEN = Sample(
    f"{COLOURS}\nopen = true",
    ("red", "dark red", "a, b"),
    ("", " ", "a\x1fb"),
    {
        'open = true\nvalues = [{ name = "other" }]': "none of its values may be called 'other'",
        f'{COLOURS}\nopen = true\nkeys = "abc"': "'keys' needs one key for each answer, 4 in all",
    },
    results=({"choices": ["pink"]},),
    typed={" dark blue ": "dark blue"},
    compared=("red", "dark red", "a, b"),
)
CASES = [
    *(pytest.param(name, sample, id=name) for name, sample in SAMPLES.items()),
    pytest.param("choice", OPEN, id="open choice"),
]
every_kind = pytest.mark.parametrize(("kind", "sample"), CASES)
JUNK: tuple[Any, ...] = ({}, {"choices": {}}, {"rating": []}, {"number": {}}, {"taxonomy": [["a"]]})


def define(kind: str, parameters: str, *, attribute: str = "", field: str = "") -> Scheme:
    return load_scheme(f"""
name = "sample"
version = 1
title = "Sample"
[[topics]]
name = "peace"

[[labels]]
name = "Thing"
key = "9"
color = "#0072B2"
[[labels.attributes]]
name = "own"
kind = "{kind}"
{parameters}
{attribute}
[[labels]]
name = "Plain"
key = "8"
color = "#E69F00"

[[fields]]
name = "whole"
title = "Whole"
kind = "{kind}"
{"" if "keys =" in parameters else parameters}
{field}
""")


def attribute_of(scheme: Scheme) -> Attribute:
    return scheme.labels[0].attributes[0]


def mark(value: str | None, *, whole: str | None = None) -> Markup:
    attributes = {} if value is None else {"own": value}
    span = Span(0, 4, "Thing", sort_pairs(attributes), "a")
    return Markup((span,), fields=sort_pairs({} if whole is None else {"whole": whole}))


def answer(control: str, **value: Any) -> dict[str, Any]:
    return {"id": "a", "from_name": control, "to_name": "text", "type": "x", "value": value}


def read(scheme: Scheme, *entries: Mapping[str, Any]) -> StudioReading:
    span = answer("label", start=0, end=4, text="Kyiv", labels=["Thing"])
    return read_result([span, *entries], TEXT, scheme)


def run(scheme: Scheme, *markups: Markup, entries: Iterable[Entry] = ()) -> Outcome:
    readers = [Submitted(str(number), markup) for number, markup in enumerate(markups, start=1)]
    return adjudicate(readers, rule=Unanimity(), scheme=scheme, text=TEXT, entries=tuple(entries))


def decide(scheme: Scheme, outcome: Outcome, unit: str, value: str) -> Entry:
    key, payload = check_decision(
        outcome, scheme=scheme, text=TEXT, unit=unit, action=Action.VALUE, payload={"value": value}
    )
    return Entry(1, key, Action.VALUE, payload)


def attribute_unit(outcome: Outcome) -> AttributeUnit:
    [unit] = [unit for unit in outcome.units if isinstance(unit, AttributeUnit)]
    return unit


def field_unit(outcome: Outcome) -> FieldUnit | None:
    return next((unit for unit in outcome.units if isinstance(unit, FieldUnit)), None)


def test_every_kind_has_a_sample() -> None:
    assert SAMPLES.keys() == KINDS.keys()


# ------------------------------------------------------------------------------------------------------- definition


@every_kind
def test_a_definition_names_the_kind_of_attributes_and_fields_alike(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    assert attribute_of(scheme).kind == scheme.fields[0].kind
    assert type(scheme.fields[0].kind) is KINDS[kind]


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (name, parameters, message)
        for name, sample in [*SAMPLES.items(), ("choice", OPEN)]
        for parameters, message in sample.wrong.items()
    ],
)
def test_wrong_parameters_are_refused_with_the_place_and_the_reason(
    kind: str, parameters: str, message: str
) -> None:
    with pytest.raises(InvalidSchemeError) as refusal:
        define(kind, parameters)
    assert "label 'Thing', attribute 'own': " in str(refusal.value)
    assert message in str(refusal.value)


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidSchemeError) as refusal:
        define("guess", "")
    assert f"'kind' must be one of {', '.join(SAMPLES)}, not 'guess'" in str(refusal.value)


def test_an_attribute_without_a_kind_is_a_choice_as_definitions_have_always_said() -> None:
    definition = (
        'name = "s"\nversion = 1\ntitle = "S"\n[[labels]]\nname = "T"\nkey = "1"\ncolor = "#0072B2"\n'
    )
    scheme = load_scheme(f'{definition}[[labels.attributes]]\nname = "own"\n{COLOURS}')
    assert attribute_of(scheme).kind.name == "choice"


def test_parameters_that_say_nothing_are_for_every_kind() -> None:
    assert define("text", "values = []\nmaximum = 0").fields[0].accepts("words")


def test_a_box_of_a_span_cannot_be_required_since_leaving_it_is_an_answer() -> None:
    with pytest.raises(
        InvalidSchemeError, match="a flag that is left says 'no', so that it cannot be required"
    ):
        define("flag", "required = true")


# ------------------------------------------------------------------------------------------------- the labeling config


@every_kind
@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_label_studio_accepts_the_config_of_every_kind(kind: str, sample: Sample) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(render(define(kind, sample.parameters)))
    interface.validate()
    assert interface.get_control("whole")


@every_kind
def test_an_attribute_is_asked_for_each_span_and_a_field_once(kind: str, sample: Sample) -> None:
    root = ET.fromstring(render(define(kind, sample.parameters)))  # noqa: S314 - our own
    [own] = root.findall(".//*[@name='Thing.own']")
    [whole] = root.findall(".//*[@name='whole']")
    assert own.tag == whole.tag
    assert (own.get("perRegion"), own.get("whenLabelValue")) == ("true", "Thing")
    assert (whole.get("perRegion"), whole.get("required")) == (None, None)


# ------------------------------------------------------------------------------------------------------------ payloads


@every_kind
def test_what_is_written_for_the_editor_is_read_back_the_same(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    for value in sample.values:
        markup = mark(value, whole=value)
        result = json.loads(json.dumps(write_result(markup, TEXT, scheme)))
        reading = read_result(result, TEXT, scheme)
        assert reading.problems == ()
        assert reading.markup.to_json() == markup.to_json()
        assert check_markup(scheme, TEXT, reading.markup) == []


@every_kind
def test_what_other_programs_write_is_taken_where_there_is_but_one_way_to_read_it(
    kind: str, sample: Sample
) -> None:
    asked = define(kind, sample.parameters).fields[0].kind
    assert {written: asked.adapt(written, separator=";") for written in sample.foreign} == sample.foreign
    assert [asked.adapt(value, separator=";") for value in sample.values] == list(sample.values)


@every_kind
def test_a_foreign_answer_is_reported_whole_and_the_rest_is_kept(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    for value in (*sample.results, *JUNK):
        for control, named in (("Thing.own", "“own” of Thing “Kyiv” "), ("whole", "“Whole” ")):
            entry = answer(control, **value)
            reading = read(scheme, entry)
            [problem] = reading.problems
            assert problem.payload == entry
            assert problem.message.startswith(named)
            assert problem.code not in MENDABLE
            assert [span.key for span in reading.markup.spans] == ["a"]
            assert reading.markup.fields == ()
            assert dict(reading.markup.spans[0].attributes).get("own", "no") == "no"


@pytest.mark.parametrize("number", [11, -2, 0.3, 1e300, 0.1 + 0.2])
def test_a_number_that_was_mistyped_is_for_the_annotator_to_mend(number: float) -> None:
    scheme = define("number", SAMPLES["number"].parameters)
    reading = read(scheme, answer("Thing.own", number=number), answer("whole", number=number))
    problems = [*reading.problems, *check_markup(scheme, TEXT, reading.markup)]
    assert len(problems) == 2
    assert {problem.code in MENDABLE for problem in problems} == {number < 1e30}


@every_kind
def test_a_question_that_is_answered_twice_keeps_the_first_answer(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    once = write_result(mark(sample.values[0], whole=sample.values[0]), TEXT, scheme)
    reading = read_result([*once, *(entry for entry in once if entry["from_name"] != "label")], TEXT, scheme)
    assert {problem.code for problem in reading.problems} == {"repeated_answer"}
    assert reading.markup.to_json() == mark(sample.values[0], whole=sample.values[0]).to_json()


def test_a_box_that_is_not_ticked_says_no_of_a_span_and_nothing_of_a_document() -> None:
    scheme = define("flag", "")
    markup = read(scheme).markup
    assert dict(markup.spans[0].attributes) == {"own": "no"}
    assert markup.fields == ()
    assert write_result(markup, TEXT, scheme) == write_result(mark(None), TEXT, scheme)


def test_a_condition_holds_where_several_choices_name_it_among_others() -> None:
    attribute = '[[labels.attributes]]\nname = "why"\nkind = "text"\napplies_when = [{ own = ["red"] }]'
    scheme = define("several", COLOURS, attribute=attribute)
    why = scheme.labels[0].attributes[1]
    assert [why.applies({"own": value}) for value in ("red", "blue,red", "blue", "")] == [
        True,
        True,
        False,
        False,
    ]
    [control] = ET.fromstring(render(scheme)).findall(".//*[@name='Thing.why']")  # noqa: S314 - our own
    assert control.get("whenChoiceValue") == "red"


def test_the_editor_hides_nothing_by_a_number_since_it_cannot() -> None:
    attribute = '[[labels.attributes]]\nname = "why"\nkind = "text"\napplies_when = [{ own = ["3"] }]'
    scheme = define("number", "", attribute=attribute)
    [control] = ET.fromstring(render(scheme)).findall(".//*[@name='Thing.why']")  # noqa: S314 - our own
    assert control.get("visibleWhen") is None
    assert scheme.labels[0].attributes[1].applies({"own": "3"})


# -------------------------------------------------------------------------- one rule at submission and at adjudication


@every_kind
def test_submission_and_adjudication_refuse_a_value_with_one_sentence(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    outcome = run(scheme, mark(sample.values[0]), mark(sample.values[-1] if kind != "flag" else "no"))
    for value in filter(None, sample.refused):
        tidied = attribute_of(scheme).kind.tidy(value)
        [problem] = check_markup(scheme, TEXT, mark(value))
        assert problem.message.startswith("“own” of Thing “Kyiv” is ")
        if tidied == value:
            with pytest.raises(InvalidDecisionError) as refusal:
                decide(scheme, outcome, attribute_unit(outcome).key, value)
            assert str(refusal.value) == problem.message


@every_kind
def test_an_answer_that_is_owed_is_asked_for_at_submission_and_at_adjudication(
    kind: str, sample: Sample
) -> None:
    if kind == "flag":
        return
    scheme = define(kind, sample.parameters, attribute="required = true")
    [problem] = check_markup(scheme, TEXT, mark(None))
    assert problem.message == "“own” of Thing “Kyiv” is not answered yet."
    outcome = run(scheme, mark(sample.values[0]), mark(sample.values[-1]))
    with pytest.raises(InvalidDecisionError, match="“own” of Thing “Kyiv” needs a value"):
        decide(scheme, outcome, attribute_unit(outcome).key, "")


# --------------------------------------------------------------------------------------------------------- adjudication


@every_kind
def test_what_all_say_is_agreed(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    for value in sample.values:
        outcome = run(scheme, mark(value, whole=value), mark(value, whole=value))
        assert outcome.open == ()
        assert attribute_unit(outcome).state == State.AGREED
        assert dict(outcome.markup.spans[0].attributes) == {"own": value}
        asked = field_unit(outcome)
        if scheme.fields[0].kind.is_remark:
            assert asked is None
            assert [remark.value for remark in outcome.remarks] == [scheme.fields[0].kind.show(value)] * 2
        else:
            assert asked
            assert asked.state == State.AGREED
            assert dict(outcome.markup.fields) == {"whole": value}


@every_kind
def test_different_values_are_candidates_with_their_votes_beside_the_other_options(
    kind: str, sample: Sample
) -> None:
    scheme = define(kind, sample.parameters)
    one, other = (sample.values[0], sample.values[-1]) if kind != "flag" else ("yes", "no")
    outcome = run(scheme, mark(one), mark(other), mark(other))
    unit = attribute_unit(outcome)
    assert unit.state == State.OPEN
    voted = [(candidate.value, candidate.voters) for candidate in unit.candidates if candidate.voters]
    assert voted == [(other, ("2", "3")), (one, ("1",))]
    offered = [candidate.value for candidate in unit.candidates]
    assert len(set(offered)) == len(offered)
    assert {value.name for value in attribute_of(scheme).kind.options} <= set(offered)
    assert all(candidate.title for candidate in unit.candidates)
    entry = decide(scheme, outcome, unit.key, one)
    decided = run(scheme, mark(one), mark(other), mark(other), entries=[entry])
    assert decided.open == ()
    assert dict(decided.markup.spans[0].attributes) == {"own": one}
    assert check_markup(scheme, TEXT, decided.markup) == []


@every_kind
def test_what_is_typed_is_put_into_the_written_form(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    assert attribute_of(scheme).kind.takes_words == bool(sample.typed)
    for words, value in sample.typed.items():
        outcome = run(scheme, mark(sample.values[0]), mark(sample.values[1]))
        entry = decide(scheme, outcome, attribute_unit(outcome).key, words)
        assert entry.payload == {"value": value}
        assert attribute_of(scheme).accepts(value)


def test_numbers_stand_in_their_order_and_not_in_that_of_their_digits() -> None:
    outcome = run(define("number", ""), mark("10"), mark("9"), mark("-3"))
    assert [candidate.value for candidate in attribute_unit(outcome).candidates] == ["-3", "9", "10", ""]


@given(st.integers(-(10**18), 10**18), st.integers(-20, 20))
def test_a_number_is_refused_or_has_one_form_that_every_reader_gives_back(digits: int, exponent: int) -> None:
    scheme = define("number", "step = 1e-12")
    kind = attribute_of(scheme).kind
    written = kind.tidy(f"{digits}e{exponent}")
    assert kind.tidy(written) == written
    if not kind.find_problem(written):
        assert Decimal(written) == Decimal(digits).scaleb(exponent)
        result = json.loads(json.dumps(write_result(mark(written, whole=written), TEXT, scheme)))
        assert read_result(result, TEXT, scheme).markup.to_json() == mark(written, whole=written).to_json()
        assert kind.measure(written) == pytest.approx(float(written))
    else:
        figures = str(abs(digits))
        kept = figures.rstrip("0")
        ends = exponent + len(figures) - len(kept)
        assert len(kept) > MAX_DIGITS or ends < -MAX_DECIMALS or ends + len(kept) > MAX_DIGITS


# ------------------------------------------------------------------------------------------------------------ agreement


@every_kind
def test_values_are_compared_on_the_level_of_their_kind(kind: str, sample: Sample) -> None:
    made = define(kind, sample.parameters).fields[0].kind
    if made.level is None:
        assert not sample.compared
        return
    assert tuple(map(made.measure, sample.values)) == sample.compared
    assert find_metric(f"alpha_{made.level}")
    if made.level != Level.NOMINAL:
        assert all(isinstance(value, int | float) for value in sample.compared)
        assert made.measure("words of another scheme") is None
    rows = [{"a": value, "b": value} for value in (*sample.compared, made.measure(made.unset or "none"))]
    report = evaluate(Items.from_rows(rows), metrics=[f"alpha_{made.level}"], samples=0)
    assert report[f"alpha_{made.level}"].value == 1


# -------------------------------------------------------------------------------------------------- showing and export


@every_kind
def test_a_value_is_shown_in_words_and_no_value_too(kind: str, sample: Sample) -> None:
    made = define(kind, sample.parameters).fields[0].kind
    assert all(made.show(value) for value in (*sample.values, "", "what no scheme knows"))
    assert made.show("red") == ("Red" if "Red" in sample.parameters else "red")


@every_kind
def test_an_export_holds_every_value_and_is_read_back(kind: str, sample: Sample) -> None:
    scheme = define(kind, sample.parameters)
    for value in sample.values:
        record = export(scheme, mark(value, whole=value))
        read_back = Record.from_line(record.to_line())
        assert read_back.markup.to_json() == mark(value, whole=value).to_json()
        assert check_markup(scheme, TEXT, read_back.markup) == []
        codes, values = read_jsonl([record.to_line()]).attributes["Thing.own"]
        assert [values[code] for code in codes.tolist()] == [value]


def export(scheme: Scheme, markup: Markup) -> Record:

    labels = tuple(label.name for label in scheme.labels)
    return Record(
        article=article(1, "Talks", TEXT),
        scheme=SchemeReference(scheme.name, str(scheme.version), scheme.sha256, labels),
        markup=markup,
        status="submitted",
        round=1,
        annotations=(AnnotationReference("A", 1, "0" * 64),),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_formats_says_how_a_value_is_written(kind: str) -> None:
    assert f"| `{kind}` |" in FORMATS.read_text()
