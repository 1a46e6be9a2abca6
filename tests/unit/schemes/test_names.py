"""Names may be in any script, nothing in them has another use anywhere, and no two look alike."""

import csv
import io
import json
import re
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.labelstudio.label_config import render
from annotations.labelstudio.payloads import read_result, write_result
from annotations.markup import Markup, Relation
from annotations.schemes.definition import load_scheme
from annotations.schemes.lookalikes import load_new_scheme
from annotations.schemes.names import (
    find_lookalikes,
    fold_name,
    is_label_name,
    is_small_name,
    make_label_name,
    make_small_name,
)
from annotations.schemes.scheme import Scheme
from annotations.schemes.table import InvalidSchemeError
from annotations.spans import Span

LABELS = ("Claim", "主张", "دعوى", "טענה", "दावा", "Θέση", "Größe", "Утверждение", "ข้ออ้าง", "주장")
SMALL = ("kind", "种类", "نوع", "סוג", "प्रकार", "είδος", "größe", "вид", "ประเภท", "종류")


def define(label: str, other: str, attribute: str, value: str) -> str:
    return f"""
name = "any-script"
version = 1
title = "Any script"
labels = [
    {{ name = "{label}", key = "1", color = "#0072B2", attributes = [
        {{ name = "{attribute}", values = [{{ name = "{value}" }}, {{ name = "x-other" }}] }},
        {{ name = "x-more", kind = "several", applies_when = [{{ "{attribute}" = ["{value}"] }}], values = [{{ name = "{value}" }}, {{ name = "x-other" }}] }},
    ] }},
    {{ name = "{other}", key = "2", color = "#E69F00" }},
]
relations = [{{ name = "{attribute}", from = ["{label}"], to = ["{other}"] }}]
fields = [{{ name = "{attribute}", kind = "choice", values = [{{ name = "{value}" }}] }}]
"""


def test_names_in_any_script_are_taken() -> None:
    for label, other, small, value in zip(LABELS, LABELS[1:] + LABELS[:1], SMALL, SMALL[::-1], strict=True):
        assert load_new_scheme(define(label, other, small, value)).label(label) is not None


def annotate(scheme: Scheme, text: str) -> Markup:
    """A span of each label with every attribute, a link, and every field."""
    spans = []
    for number, label in enumerate(scheme.labels):
        values = {attribute.name: attribute.kind.options[0].name for attribute in label.attributes}
        spans.append(
            Span(number * 4, number * 4 + 3, label.name, tuple(sorted(values.items())), f"k{number}")
        )
    fields = tuple((field.name, field.kind.options[0].name) for field in scheme.fields)
    return Markup(tuple(spans), (Relation("k0", "k1", scheme.relations[0].name),), fields)


small_names = (
    st.from_regex(re.compile(r"\w[\w-]{0,12}"), fullmatch=True)
    .map(lambda name: unicodedata.normalize("NFC", name.lower()))
    .filter(is_small_name)
)


@given(st.lists(small_names, min_size=4, max_size=4, unique_by=fold_name))
def test_every_name_comes_back_from_the_editor_as_it_was(names: list[str]) -> None:
    label, other, attribute, value = names
    if {"label", "text", "x-more", "x-other"} & {fold_name(name) for name in names}:
        return
    scheme = load_new_scheme(define(label, other, attribute, value))
    config = ET.fromstring(render(scheme))  # noqa: S314 - our own
    assert [each.get("value") for each in config.findall(".//Label")] == [label, other]
    text = "one two three"
    markup = annotate(scheme, text)
    sent = json.loads(json.dumps(write_result(markup, text, scheme)))
    assert read_result(sent, text, scheme).markup == markup
    assert not read_result(sent, text, scheme).problems


@given(small_names)
def test_no_name_has_anything_that_a_format_has_another_use_for(name: str) -> None:
    assert not re.search(r"[\s,;:.|/\\=\"'<>&#{}()\[\]*+~%@!?]", name)
    assert ET.fromstring(f'<a b="{name}">{name}</a>').text == name  # noqa: S314 - our own
    assert next(csv.reader(io.StringIO(f"{name}\t{name}\r\n"), delimiter="\t")) == [name, name]


@given(st.text(max_size=150))
def test_a_name_that_is_made_of_what_somebody_typed_may_be_one(words: str) -> None:
    for made, is_name in ((make_label_name(words), is_label_name), (make_small_name(words), is_small_name)):
        assert not made or is_name(made)


@pytest.mark.parametrize("name", ["two words", "1st", "_x", "a.b", "a,b", "a<b", "a\u202eb", "", "a\u0301"])
def test_what_is_no_name_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(InvalidSchemeError, match="'name'"):
        load_scheme(define(name, "Other", "kind", "value"))


def test_a_name_in_another_normal_form_is_refused_with_the_form_to_write() -> None:
    with pytest.raises(InvalidSchemeError, match="write 'Größe' in the normal form NFC"):
        load_scheme(define(unicodedata.normalize("NFD", "Größe"), "Other", "kind", "value"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Claim", "claim"), ("STRASSE", "Straße"), ("Claim", "\N{FULLWIDTH LATIN CAPITAL LETTER C}laim")],
)
def test_names_that_differ_only_in_case_or_encoding_are_refused_in_a_new_scheme_alone(
    one: str, other: str
) -> None:
    assert find_lookalikes((one, other)) == (one, other)
    with pytest.raises(InvalidSchemeError, match="differ only in case or in how letters are encoded"):
        load_new_scheme(define(one, other, "kind", "value"))
    assert load_scheme(define(one, other, "kind", "value"))
