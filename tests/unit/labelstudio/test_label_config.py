"""The labeling config says what the scheme says, in what Label Studio understands."""

from xml.etree import ElementTree as ET

import pytest

from annotations.labelstudio.label_config import render
from annotations.schemes.definition import SHIPPED, load_scheme, load_shipped, read_definition

SCHEME = load_shipped("argument-v1")


def find(path: str) -> list[ET.Element]:
    return ET.fromstring(render(SCHEME)).findall(path)  # noqa: S314 - our own


@pytest.mark.parametrize("identifier", SHIPPED)
@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_label_studio_accepts_the_config(identifier: str) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(render(load_shipped(identifier)))
    interface.validate()
    assert interface.get_control("label").labels_attrs.keys() == {
        label.name for label in load_shipped(identifier).labels
    }


def test_labels_have_the_keys_and_colours_of_the_scheme() -> None:
    assert [
        (label.get("value"), label.get("hotkey"), label.get("background")) for label in find(".//Label")
    ] == [(label.name, label.key, label.color) for label in SCHEME.labels]


def test_the_text_is_shown_as_text_and_its_slices_are_sent_along() -> None:
    [text] = find(".//Text")
    assert text.get("value") == "$text"
    assert text.get("valueType") == "text"
    assert text.get("saveTextResult") == "yes"


def test_an_attribute_is_asked_a_span_and_only_of_its_label() -> None:
    [choices] = find(".//Choices[@name='Claim.type']")
    assert choices.get("perRegion") == "true"
    assert choices.get("whenLabelValue") == "Claim"
    assert [choice.get("alias") for choice in choices] == [
        "fact",
        "value",
        "cause",
        "forecast",
        "policy",
        "pledge",
    ]
    assert [choice.get("hotkey") for choice in choices] == list("qwerty")


def test_a_capital_among_the_keys_is_the_letter_with_shift() -> None:
    [choices] = find(".//Choices[@name='Stance.polarity']")
    assert [choice.get("hotkey") for choice in choices] == ["shift+q", "shift+w", "shift+e", "shift+r"]


def test_no_key_is_bound_twice_since_the_editor_would_call_both() -> None:
    keys = [element.get("hotkey") for element in find(".//*[@hotkey]")]
    assert len(keys) == len(set(keys))


def test_a_default_is_told_and_not_preselected_since_the_editor_would_answer_for_the_document() -> None:
    headers = [header.get("value") for header in find(".//Header")]
    assert "Holder (author unless chosen)" in headers
    assert [choice.get("selected") for choice in find(".//Choices[@perRegion]/Choice[@selected]")] == []


def test_a_default_of_a_document_field_is_preselected() -> None:
    selected = find(".//Choice[@selected]")
    assert [choice.get("alias") for choice in selected] == ["none-inferable"] * len(SCHEME.topics)


def test_nothing_is_required_by_the_editor_which_would_tell_of_one_question_at_a_time() -> None:
    assert find(".//*[@required]") == []


def test_a_key_that_several_labels_share_is_left_to_the_page_since_the_editor_would_answer_for_all() -> None:
    bound = {element.get("hotkey") for element in find(".//Choices[@name='Claim.holder']/Choice")}
    assert bound == {None}
    assert [choice.get("hotkey") for choice in find(".//Choices[@name='Claim.modality']/Choice")] == [
        "a",
        "s",
        "d",
    ]


def test_every_question_can_be_found_by_a_list_of_what_is_missing() -> None:
    boxes = [view.get("className", "") for view in find(".//View")]
    for name in ("Claim-holder", "genre", "author_stance-ceding-territory"):
        assert [f"asks-{name}" in box.split() for box in boxes].count(True) == 1


def test_stars_say_what_the_first_and_the_last_mean_and_that_they_are_required() -> None:
    [box] = [each for each in find(".//View") if "asks-confidence" in each.get("className", "")]
    assert "workbench-required" in box.get("className", "").split()
    [legend] = box.findall("View[@className='workbench-legend']/Header")
    assert "1: guessing, 5: certain" in legend.get("value", "")


def test_what_applies_under_a_condition_is_shown_under_it_and_only_then_sent() -> None:
    [choices] = find(".//Choices[@name='Concession.marker']")
    assert choices.get("visibleWhen") == "choice-selected"
    assert choices.get("whenTagName") == "Concession.kind"
    assert choices.get("whenChoiceValue") == "argued"


def test_an_open_attribute_offers_something_else_and_a_line_to_write_on() -> None:
    [choices] = find(".//Choices[@name='Stance.target']")
    assert [choice.get("alias") for choice in choices] == [
        "nato-bid-dropped",
        "binding-guarantees",
        "ceding-territory",
        "other",
    ]
    [words] = find(".//TextArea[@name='Stance.target.other']")
    assert words.get("perRegion") == "true"


def test_document_fields_stay_in_the_document_and_are_never_hidden() -> None:
    for field in SCHEME.fields:
        [control] = find(f".//*[@name='{field.name}']")
        assert control.get("perRegion") is None
        assert control.get("visibleWhen") is None


def test_links_have_one_type_each() -> None:
    [relations] = find(".//Relations")
    assert relations.get("choice") == "single"
    assert [relation.get("value") for relation in relations] == [
        relation.title for relation in SCHEME.relations
    ]


def test_a_scheme_without_relations_offers_none() -> None:
    assert "<Relations" not in render(load_shipped("argument-lite-v1"))


def test_what_a_scheme_says_is_escaped() -> None:
    title = "\"<b>\" & 'co'"
    definition = read_definition("argument-v1").replace('title = "Genre"', f"title = '''{title}'''")
    root = ET.fromstring(render(load_scheme(definition)))  # noqa: S314 - our own
    assert title in [header.get("value") for header in root.iter("Header")]


def test_the_same_scheme_gives_the_same_config() -> None:
    assert render(SCHEME) == render(load_shipped("argument-v1"))
