"""A definition at work: parts are added, moved, copied, renamed and deleted, and everything that is wrong is said where it is."""

import re
import tomllib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.schemes.beginning import begin_definition
from annotations.schemes.colors import (
    DARK_GROUND,
    LIGHT_GROUND,
    PALETTE,
    SEEN_FROM,
    choose_color,
    measure_contrast,
    tell_of_color,
)
from annotations.schemes.complaints import Complaint, find_complaints
from annotations.schemes.definition import SHIPPED, load_scheme, read_content, read_definition
from annotations.schemes.key_layout import choose_keys, lay_out_keys
from annotations.schemes.lookalikes import load_new_scheme
from annotations.schemes.parts import (
    NoSuchPartError,
    TooManyPartsError,
    add_part,
    duplicate_part,
    find_part,
    move_part,
    read_path,
)
from annotations.schemes.references import (
    delete_part,
    list_dependents,
    rename_attribute,
    rename_label,
    rename_value,
)
from annotations.schemes.writing import write_definition

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\r\t\"'\\"), max_size=20)
values = st.recursive(
    texts | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def argument() -> dict[str, Any]:
    return read_content(read_definition("argument-v1"))


@given(st.dictionaries(texts, values, max_size=4))
def test_what_is_written_is_read_as_it_was(content: dict[str, Any]) -> None:

    assert tomllib.loads(write_definition(content)) == content


@pytest.mark.parametrize("identifier", SHIPPED)
def test_a_shipped_scheme_that_is_written_anew_is_the_same_but_for_its_checksum(identifier: str) -> None:
    source = read_definition(identifier)
    content = read_content(source)
    again = write_definition(content)
    assert read_content(again) == content
    assert load_scheme(again).labels == load_scheme(source).labels
    assert find_complaints(content) == []


def test_each_complaint_stands_at_the_part_and_the_key_that_it_is_about() -> None:
    content = argument()
    content["title"] = ""
    content["labels"][0]["color"] = "blue"
    content["labels"][0]["attributes"][1]["kind"] = "colour"
    content["labels"][1]["name"] = "CLAIM"
    content["labels"][2]["rules"][0]["fits"]["marked"] = ["not there"]
    content["relations"][0]["from"] = []
    content["fields"][0]["values"] = []
    found = {(each.path, each.key) for each in find_complaints(content)}
    assert found == {
        ((), "title"),
        (("labels", 0), "color"),
        (("labels", 0, "attributes", 1), "kind"),
        (("labels", 1), "name"),
        (("labels", 2, "rules", 0), ""),
        (("relations", 0), "from"),
        (("fields", 0), "values"),
    }


def test_what_parts_say_about_each_other_is_complained_of_at_one_of_them() -> None:
    content = argument()
    content["relations"][1]["to"] = ["Nobody"]
    [complaint] = find_complaints(content)
    assert complaint == Complaint(("relations", 1), "", "there is no label 'Nobody'")


@given(
    st.dictionaries(st.sampled_from(["name", "labels", "fields", "relations", "topics", "distances"]), values)
)
def test_whatever_a_definition_holds_is_complained_of_and_breaks_nothing(content: dict[str, Any]) -> None:
    assert find_complaints(content)


def test_every_part_can_be_added_and_a_new_label_and_question_are_right_at_once() -> None:
    content: dict[str, Any] = {"name": "new", "version": 1, "title": "New"}
    for _ in range(3):
        label = add_part(content, (), "labels")
    add_part(content, label, "attributes")
    add_part(content, (), "relations")
    add_part(content, (), "fields")
    assert find_complaints(content) == []
    scheme = load_new_scheme(write_definition(content))
    assert [(each.name, each.key) for each in scheme.labels] == [
        ("Label", "1"),
        ("Label-2", "2"),
        ("Label-3", "3"),
    ]
    assert len({each.color for each in scheme.labels}) == 3


def test_five_hundred_labels_are_taken_and_no_more_and_those_without_a_key_are_right() -> None:
    content: dict[str, Any] = {"name": "long", "version": 1, "title": "Long", "labels": []}
    for number in range(500):
        content["labels"].append({"name": f"L{number}", "color": "#0072B2"})
    lay_out_keys(content)
    assert load_new_scheme(write_definition(content)).labels[-1].key == ""
    assert content["labels"][8]["key"] == "9"
    with pytest.raises(TooManyPartsError, match="There are 500 labels already"):
        add_part(content, (), "labels")


@pytest.mark.parametrize("identifier", SHIPPED)
def test_keys_that_are_laid_out_never_clash(identifier: str) -> None:
    content = read_content(read_definition(identifier))
    lay_out_keys(content)
    assert find_complaints(content) == []
    scheme = load_scheme(write_definition(content))
    assert [label.key for label in scheme.labels] == [str(number + 1) for number in range(len(scheme.labels))]
    for label in scheme.labels:
        assert all(attribute.keys for attribute in label.attributes if attribute.kind.keys_wanted)


def test_a_question_has_keys_that_nothing_asked_beside_it_has() -> None:
    content = argument()
    label = content["labels"][0]
    question = {"name": "sure", "kind": "flag"}
    label["attributes"].append(question)
    key = choose_keys(content, question, label)
    used = "".join(str(each.get("keys", "")) for each in [*label["attributes"], *content["fields"]])
    assert len(key) == 1
    assert key not in used + "12345"


def test_a_label_that_is_renamed_is_renamed_wherever_it_is_named() -> None:
    content = argument()
    content["distances"] = {"Claim": {"Stance": 0.5}}
    content["labels"][0]["name"] = "Assertion"
    rename_label(content, "Claim", lambda _: "Assertion")
    assert find_complaints(content) == []
    assert "Claim" not in re.findall(r"\w+", str([content["relations"][0]["from"], content["distances"]]))


def test_an_attribute_and_a_value_that_are_renamed_are_asked_for_by_their_new_names() -> None:
    content = argument()
    label = next(each for each in content["labels"] if each["name"] == "Concession")
    for attribute in label["attributes"]:
        for value in attribute.get("values", []):
            if (attribute["name"], value["name"]) == ("kind", "argued"):
                value["name"] = "reasoned"
                rename_value(content, label, "kind", "argued", "reasoned")
    attribute = next(each for each in label["attributes"] if each["name"] == "kind")
    attribute["name"] = "sort"
    rename_attribute(content, label, "kind", "sort")
    assert find_complaints(content) == []
    relation = load_scheme(write_definition(content)).relation("outweighed_by")
    assert relation
    assert "sort is reasoned" in str(relation.required_when[0])


def test_what_depends_on_a_label_is_named_and_goes_or_lets_go_of_it() -> None:
    content = argument()
    place = next(n for n, each in enumerate(content["labels"]) if each["name"] == "Source")
    assert list_dependents(content, ("labels", place)) == [
        "The link “held by” goes with it, because nothing else is at that end."
    ]
    delete_part(content, ("labels", place))
    assert find_complaints(content) == []
    assert "held_by" not in [each["name"] for each in content["relations"]]


def test_what_depends_on_an_attribute_is_named_and_asks_no_more_for_it() -> None:
    content = argument()
    place = next(n for n, each in enumerate(content["labels"]) if each["name"] == "Concession")
    names = [each["name"] for each in content["labels"][place]["attributes"]]
    path = ("labels", place, "attributes", names.index("kind"))
    assert "The link “outweighed by” is needed by what it is answered with." in list_dependents(content, path)
    before = deepcopy(content)
    delete_part(content, path)
    assert find_complaints(content) == []
    assert content != before


def test_a_part_moves_within_its_list_and_a_copy_stands_behind_it() -> None:
    content = argument()
    assert move_part(content, ("labels", 0), 1) == ("labels", 1)
    assert move_part(content, ("labels", 0), -1) == ("labels", 0)
    assert [each["name"] for each in content["labels"][:2]] == ["Stance", "Claim"]
    assert duplicate_part(content, ("labels", 0)) == ("labels", 1)
    assert duplicate_part(content, ("relations", 0)) == ("relations", 1)
    assert duplicate_part(content, ("fields", 0)) == ("fields", 1)
    assert find_complaints(content) == []


@pytest.mark.parametrize(
    "written", ["labels", "labels.x", "name.0", "labels.0.labels.0", "labels.-1", "labels.99999999"]
)
def test_a_path_that_leads_nowhere_is_refused(written: str) -> None:
    with pytest.raises(NoSuchPartError):
        find_part(argument(), read_path(written))


def test_the_colours_of_new_labels_are_seen_on_light_and_dark_pages() -> None:
    assert len(set(PALETTE)) == len(PALETTE)
    for color in PALETTE:
        assert measure_contrast(color, LIGHT_GROUND) >= SEEN_FROM, color
        assert measure_contrast(color, DARK_GROUND) >= SEEN_FROM, color
        assert list(tell_of_color(color, [])) == []
    assert choose_color(PALETTE[:-1]) == PALETTE[-1]


def test_a_colour_that_is_hard_to_see_or_taken_is_told_of() -> None:
    assert (
        round(measure_contrast("#777777", "#ffffff"), 2) == 4.48
    )  # WCAG's own example of one that just fails text
    [told] = tell_of_color("#F0E442", [])
    assert told.startswith("It is hard to see on light pages")
    assert list(tell_of_color("#0072B2", ["#0072b2"])) == ["Another label has this colour."]


@pytest.mark.parametrize("title", ["Concessions in news", "主张", "", "123", "x" * 300])
def test_a_scheme_that_is_begun_is_right_whatever_its_project_is_called(title: str) -> None:
    scheme = load_new_scheme(begin_definition(title))
    assert [(label.name, label.key) for label in scheme.labels] == [("Label", "1")]
