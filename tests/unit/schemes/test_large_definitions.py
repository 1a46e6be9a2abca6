"""A definition of any size and any characters is taken or refused with a sentence; what is taken, Label Studio takes."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.labelstudio.label_config import render
from annotations.limits import MAX_DEFINITION_LENGTH, MAX_NAME_LENGTH, MAX_SCHEME_TITLE_LENGTH, MAX_VERSION
from annotations.mapping.definition import InvalidMappingError, load_mapping
from annotations.schemes.definition import load_scheme
from annotations.schemes.table import InvalidSchemeError
from tests.bounds import within


def write(text: str) -> str:
    """A text of TOML in which everything but letters and digits is escaped."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text) + '"'


def define(*, more: str = "", version: str = "1", **texts: str) -> str:
    written = {
        name: write(texts.get(name, default))
        for name, default in {
            "name": "small",
            "title": "Small",
            "label": "Claim",
            "description": "What is claimed.",
            "attribute": "type",
            "question": "Type",
            "value": "fact",
            "value_title": "Fact",
            "hint": "It can be checked.",
            "relation": "supports",
            "relation_title": "supports",
            "field": "note",
            "field_title": "Note",
            "placeholder": "In your words.",
        }.items()
    }
    return """
name = {name}
version = {version}
title = {title}
[[topics]]
name = "talks"
[[labels]]
name = {label}
key = "c"
color = "#0072B2"
description = {description}
[[labels.attributes]]
name = {attribute}
title = {question}
open = true
required = true
values = [{{name = {value}, title = {value_title}, description = {hint}}}]
[[relations]]
name = {relation}
title = {relation_title}
from = [{label}]
to = [{label}]
[[fields]]
name = {field}
title = {field_title}
kind = "text"
description = {placeholder}
{more}
""".format(version=version, more=more, **written)


TEXTS = (
    "title", "description", "question", "value_title", "hint", "relation_title", "field_title", "placeholder",
)  # fmt: skip
NAMES = ("name", "label", "attribute", "value", "relation", "field")


def refuse(definition: str) -> str:
    with within(megabytes=150, seconds=10), pytest.raises(InvalidSchemeError) as refused:
        load_scheme(definition)
    message = str(refused.value)
    assert len(message) < 700
    return message


def nest(opening: str, closing: str) -> str:
    return f"x = {opening * 3_000}1{closing * 3_000}\n"


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        (nest("[", "]") + define(), "nested more than 10 levels deep"),
        (nest("{a = ", "}") + define(), "nested more than 10 levels deep"),
        (".".join("a" * 3_000) + " = 1\n" + define(), "nested more than 10 levels deep"),
        (define(more=f"[{'.'.join('a' * 3_000)}]"), "nested more than 10 levels deep"),
        (define(version="9" * 5_000), "too many digits"),
        (define(version="0x" + "f" * 5_000), "a number lies between"),
        (define(version=str(MAX_VERSION + 1)), "counts from 1 to 1,000,000"),
        (define(version="0"), "counts from 1 to 1,000,000"),
        ("# " + "x" * MAX_DEFINITION_LENGTH + define(), "more than the 200,000"),
        ("# \ud800" + define(), "U+D800"),
        (define(more="[[relations]]\nname = 'a'\nfrom = ['Claim']\nto = ['Claim']\n" * 101), "more than 100"),
        (define(more="[[fields]]\nname = 'a'\nkind = 'text'\n" * 501), "more than 500"),
        (define(more="[[fields]]\nname = 'f'\nkind = 'x'\nvalues = [" + "{name = 'v'}," * 501 + "]"), "'x'"),
        (define(title="x" * 150_000), "150,000 characters in 'title', more than 200"),
    ],
)
def test_what_is_too_large_or_too_deep_is_refused_with_the_limit(definition: str, named: str) -> None:
    assert named in refuse(definition)


@pytest.mark.parametrize("key", ["a", '"a.b"', r'"\""', "'a'", "a-1 "])
@pytest.mark.parametrize("line", ["{} = 1", "[{}]", "x = {{ {} = 1 }}", "[[ {} ]]"])
def test_a_key_of_very_many_parts_is_refused_before_it_is_read(line: str, key: str) -> None:
    dotted = ".".join([key] * (MAX_DEFINITION_LENGTH // (len(key) + 1) - 10))
    with (
        within(megabytes=100, seconds=5),
        pytest.raises(InvalidSchemeError, match="line 1: a key of more than 50 parts"),
    ):
        load_scheme(line.format(dotted))
    with (
        within(megabytes=100, seconds=5),
        pytest.raises(InvalidMappingError, match="line 1: a key of more than 50 parts"),
    ):
        load_mapping(line.format(dotted))


@pytest.mark.parametrize(
    "text", ["." * 9_000, "Mr. A. said so. " * 900, "1.2.3 " * 900, "a" * 90_000, "a " * 9_000, '"' * 900]
)
def test_dots_in_texts_are_no_keys_and_are_looked_through_in_no_time(text: str) -> None:
    with within(megabytes=100, seconds=5):
        assert load_scheme(f"guidelines = {json.dumps(text)}\n{define()}").guidelines == text


def test_fields_for_each_topic_are_counted_one_by_one() -> None:
    topics = "".join(f"[[topics]]\nname = 't{number}'\n" for number in range(400))
    groups = "".join(
        f"[[fields]]\nname = 'f{number}'\nkind = 'text'\neach_topic = true\n" for number in range(400)
    )
    definition = define(more=groups).replace('[[topics]]\nname = "talks"\n', topics)
    assert "160,001 fields, more than 500" in refuse(definition)


def test_values_are_counted_over_all_questions() -> None:
    topics = "".join(f"[[topics]]\nname = 't{number}'\n" for number in range(400))
    attributes = "".join(
        f"[[labels.attributes]]\nname = 'a{number}'\nvalues_from = 'topics'\n" for number in range(40)
    )
    definition = define().replace('[[topics]]\nname = "talks"\n', topics)
    definition = definition.replace("[[relations]]", attributes + "[[relations]]")
    assert "16,001 values together, more than 5,000" in refuse(definition)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_has_a_hundred_characters_at_most(name: str) -> None:
    assert load_scheme(define(**{name: "n" * MAX_NAME_LENGTH}))
    assert "101 characters in 'name', more than 100" in refuse(define(**{name: "n" * (MAX_NAME_LENGTH + 1)}))


@pytest.mark.parametrize("text", ["title", "question", "value_title", "relation_title", "field_title"])
def test_a_title_has_two_hundred_characters_at_most(text: str) -> None:
    assert load_scheme(define(**{text: "n" * MAX_SCHEME_TITLE_LENGTH}))
    assert "more than 200" in refuse(define(**{text: "n" * (MAX_SCHEME_TITLE_LENGTH + 1)}))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("character", ["\0", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_label_studio_refuses_is_refused_with_its_number(text: str, character: str) -> None:
    """Each was refused by Label Studio 1.23.2 as "not well-formed (invalid token)" or "Null characters"."""
    message = refuse(define(**{text: f"a{character}b"}))
    assert f"U+{ord(character):04X}, which no editor can show" in message


@pytest.mark.parametrize(
    "more",
    [
        '[[fields]]\nname = "claim"\nkind = "text"\neach_topic = true\n',
        (
            '[[fields]]\nname = "more"\nkind = "choice"\nopen = true\n'
            '[[fields]]\nname = "more"\nkind = "text"\neach_topic = true\n'
        ),
    ],
)
def test_two_questions_whose_controls_have_one_name_are_refused(more: str) -> None:
    """Label Studio 1.23.2 says "Label config contains non-unique names"."""
    topic = "talks" if "claim" in more else "other"
    definition = define(label="claim", attribute="talks", more=more).replace(
        '"talks"\n[[labels]]', f'"{topic}"\n[[labels]]'
    )
    assert "occurs twice" in refuse(definition)


def validate(config: str) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    LabelInterface(config).validate()


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(TEXTS), st.text(max_size=30)))
def test_whatever_is_taken_is_a_config_that_label_studio_reads(texts: dict[str, Any]) -> None:
    with suppress(InvalidSchemeError):
        validate(render(load_scheme(define(**texts))))


def test_the_largest_that_is_taken_is_a_config_that_label_studio_reads() -> None:
    longest = dict.fromkeys(NAMES, "n" * MAX_NAME_LENGTH) | {
        "title": "T" * MAX_SCHEME_TITLE_LENGTH,
        "question": "$" + "{" * 100 + "<&'" + json.dumps('"\t\n\r\x7f\x85\u2028'),
        "description": "d" * 100_000,
    }
    validate(render(load_scheme(define(**longest))))
