"""A definition that is wrong is refused with the place and the reason."""

import hashlib

import pytest

from annotations.schemes.definition import load_scheme, load_shipped, read_definition
from annotations.schemes.scheme import Condition
from annotations.schemes.table import InvalidSchemeError

SMALL = """
name = "small"
version = 1
title = "Small"

[[labels]]
name = "Claim"
key = "1"
color = "#0072B2"

[[labels.attributes]]
name = "kind"
values = [{ name = "fact" }, { name = "value" }]
required = true

[[labels]]
name = "Source"
key = "2"
color = "#CC79A7"

[[relations]]
name = "held_by"
from = ["Claim"]
to = ["Source"]
required_when = [{ kind = ["fact"] }]

[[fields]]
name = "genre"
kind = "choice"
values = [{ name = "news" }]
"""


def test_a_definition_becomes_a_scheme() -> None:
    scheme = load_scheme(SMALL)
    assert scheme.identifier == "small-v1"
    assert [label.name for label in scheme.labels] == ["Claim", "Source"]
    assert scheme.relations[0].required_when == (Condition((("kind", ("fact",)),)),)
    assert scheme.sha256 == hashlib.sha256(SMALL.encode()).hexdigest()


def test_a_change_of_one_letter_is_another_scheme() -> None:
    assert load_scheme(SMALL).sha256 != load_scheme(SMALL.replace('"Small"', '"small"')).sha256


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "Small"', "", "scheme: 'title' is missing"),
        ("version = 1", "version = 0", "scheme 'small-v0': 'version' counts from 1"),
        ("version = 1", 'version = "1"', "scheme: 'version' must be a whole number, not '1'"),
        ("version = 1", "version = true", "scheme: 'version' must be a whole number, not True"),
        ('title = "Small"', 'title = "Small"\ncolour = 1', "scheme: unknown key 'colour'"),
        (
            'color = "#0072B2"',
            'color = "blue"',
            "label 'Claim': 'color' must be a colour like #0072B2, not 'blue'",
        ),
        ('key = "2"', 'key = "1"', "key '1' occurs twice"),
        ('key = "2"', 'key = "u"', "'u' cannot be a key"),
        ('name = "Source"', 'name = "Claim"', "label 'Claim' occurs twice"),
        ('to = ["Source"]', 'to = ["Sauce"]', "relation 'held_by': there is no label 'Sauce'"),
        ('to = ["Source"]', "to = []", "relation 'held_by': 'to' must be a list of texts, not []"),
        ('{ kind = ["fact"] }', '{ kind = ["fat"] }', "no label that it leads from can fulfil 'kind is fat'"),
        (
            '{ kind = ["fact"] }',
            '{ sort = ["fact"] }',
            "no label that it leads from can fulfil 'sort is fact'",
        ),
        ('{ kind = ["fact"] }', "{}", "a condition must name an attribute"),
        ('{ name = "value" }', '{ name = "fact" }', "attribute 'kind': value 'fact' occurs twice"),
        ("required = true", 'default = "lie"', "attribute 'kind': the default 'lie' is none of its values"),
        ("required = true", 'keys = "q"', "'keys' needs one key for each answer, 2 in all"),
        ("required = true", 'values_from = "x"', "'values_from' must be 'topics'"),
        (
            "required = true",
            'applies_when = [{ holder = ["x"] }]',
            "label 'Claim': its attributes cannot fulfil 'holder is x'",
        ),
        ('values = [{ name = "news" }]', "", "field 'genre': a choice needs values"),
        ('kind = "choice"', 'kind = "choice"\nmeans_no_spans = true', "only a flag can mean"),
        ('name = "genre"', 'name = "text"', "a field cannot have this name"),
        ('key = "2"', 'key = "2"\noutside = ["Cue"]', "label 'Source': there is no label 'Cue'"),
        ('name = "small"', "name = ", "the definition is not TOML"),
    ],
)
def test_a_wrong_definition_is_refused_with_place_and_reason(before: str, after: str, message: str) -> None:
    assert before in SMALL
    with pytest.raises(InvalidSchemeError) as refusal:
        load_scheme(SMALL.replace(before, after, 1))
    assert message in str(refusal.value)


def test_a_scheme_needs_a_label() -> None:
    with pytest.raises(InvalidSchemeError, match="it has no labels"):
        load_scheme('name = "x"\nversion = 1\ntitle = "X"')


def test_an_example_must_contain_what_it_marks() -> None:
    definition = read_definition("argument-v1").replace('marked = ["tense"]', 'marked = ["tension"]')
    with pytest.raises(InvalidSchemeError, match="'tension' is marked but not in the quote"):
        load_scheme(definition)


def test_a_key_of_one_attribute_is_not_given_to_another() -> None:
    definition = read_definition("argument-v1").replace('keys = "asd"', 'keys = "asq"')
    with pytest.raises(InvalidSchemeError, match="key 'q' occurs twice"):
        load_scheme(definition)


def test_a_key_may_answer_questions_of_several_labels_but_is_neither_a_label_nor_a_field() -> None:
    shared = read_definition("argument-v1").replace('keys = "ZXC"', 'keys = "zxc"')
    assert load_scheme(shared).label("Stance") is not None
    for taken in ("1xc", "0xc", "Txc"):
        with pytest.raises(InvalidSchemeError, match=f"key '{taken[0]}' occurs twice"):
            load_scheme(read_definition("argument-v1").replace('keys = "ZXC"', f'keys = "{taken}"'))


def test_an_unknown_shipped_scheme_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidSchemeError, match="there are argument-v1, argument-lite-v1"):
        load_shipped("../../secrets")


def test_an_open_attribute_takes_own_words_and_a_closed_one_does_not() -> None:
    scheme = load_shipped("argument-v1")
    stance = scheme.label("Stance")
    assert stance
    target, polarity = stance.attribute("target"), stance.attribute("polarity")
    assert target
    assert polarity
    assert target.accepts("the talks in Berlin")
    assert target.accepts("ceding-territory")
    assert not target.accepts("  ")
    assert not polarity.accepts("the talks in Berlin")


def test_a_condition_holds_only_where_all_its_attributes_have_one_of_their_values() -> None:
    condition = Condition((("kind", ("argued",)), ("maintained", ("linked", "none-in-document"))))
    assert condition.holds({"kind": "argued", "maintained": "linked"})
    assert not condition.holds({"kind": "argued"})
    assert not condition.holds({"kind": "negotiated", "maintained": "linked"})


def test_a_table_of_distances_says_how_far_apart_labels_are() -> None:
    assert load_scheme(SMALL).distances == ()
    both = SMALL + "[distances.Source]\nClaim = 0.25\n[distances.Claim]\nSource = 0.25\n"
    assert load_scheme(both).distances == (("Claim", "Source", 0.25),)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("distances = 1", "'distances' must be a table of tables"),
        ("[distances]\nClaim = 1", "distances of 'Claim': it must be a table"),
        ('[distances.Claim]\nSource = "near"', "distances of 'Claim': 'Source' must be a number"),
        ("[distances.Claim]\nSource = 1.5", "the distance of 'Source' must be a number from 0 to 1, not 1.5"),
        ("[distances.Claim]\nSource = nan", "distances of 'Claim': 'Source' must be a number"),
        ("[distances.Claim]\nClaim = 0", "a label is 0 from itself"),
        ("[distances.Claim]\nDoubt = 0.5", "there is no label 'Doubt'"),
        ("[distances.Claim]\nSource = 0.5\n[distances.Source]\nClaim = 0.25", "is 0.25, and 0.5 elsewhere"),
    ],
)
def test_what_is_no_table_of_distances_is_refused(table: str, message: str) -> None:
    # a key of the top level must stand before the first table
    definition = f"{table}\n{SMALL}" if table.startswith("distances") else SMALL + table
    with pytest.raises(InvalidSchemeError, match=message):
        load_scheme(definition)
