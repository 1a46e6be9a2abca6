"""What differs between two versions of a scheme is said in words, and nothing of it is left unsaid."""

from copy import deepcopy
from typing import Any

import pytest

from annotations.schemes.changes import describe_changes
from annotations.schemes.definition import load_scheme, load_shipped, read_content, read_definition
from annotations.schemes.writing import write_definition

BEFORE = load_shipped("argument-v1")


def change(*steps: tuple[str, Any]) -> list[str]:
    """The words for a scheme in which what stands at some paths is something else."""
    content = deepcopy(read_content(read_definition("argument-v1")))
    for path, value in steps:
        *way, last = path.split(".")
        part: Any = content
        for step in way:
            part = part[int(step)] if step.isdecimal() else part[step]
        part[int(last) if last.isdecimal() else last] = value
    return describe_changes(BEFORE, load_scheme(write_definition(content)))


def test_a_scheme_does_not_differ_from_itself() -> None:
    assert change() == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("title", "Other", "The scheme is called “Other”, and no more"),
        ("snap", "sentence", "Ends of spans are moved to borders of “sentence”, and no more “word”."),
        ("labels.0.color", "#111111", "Claim has the colour “#111111”, and no more “#0072B2”."),
        ("labels.0.description", "x", "Claim is described otherwise."),
        ("labels.0.rules", [], "Claim: the rules of the guidelines are otherwise."),
        ("labels.0.attributes.0.required", False, "Claim, “Type” may be left."),
        ("labels.0.outside", ["Cue"], "Claim shares no word with “Cue”."),
        ("fields.0.title", "Sort", "“Sort” is shown as “Sort”, and no more “Genre”."),
        ("relations.0.description", "x", "Link “held by” is described otherwise."),
        ("guidelines", "x", "The guidelines are worded otherwise."),
    ],
)
def test_each_thing_that_differs_is_said(path: str, value: object, said: str) -> None:
    [sentence] = change((path, value))
    assert sentence.startswith(said)


def test_values_labels_and_questions_that_came_and_went_are_named() -> None:
    content = deepcopy(read_content(read_definition("argument-v1")))
    values = content["labels"][0]["attributes"][0]["values"]
    gone = values.pop()
    values.append({"name": "rumour"})
    content["labels"][0]["attributes"][0]["keys"] = "qwerty"
    content["labels"].append({"name": "Question", "color": "#111111"})
    content["fields"].pop()
    said = describe_changes(BEFORE, load_scheme(write_definition(content)))
    assert said == [
        "Label “Question” is new.",
        f"Claim, “Type”: value “{gone['title']}” is gone.",
        "Claim, “Type”: value “rumour” is new.",
        "Question about the article “Note” is gone.",
    ]


def test_another_order_of_labels_is_said() -> None:
    content = read_content(read_definition("argument-lite-v1"))
    content["labels"].reverse()
    before = load_shipped("argument-lite-v1")
    assert describe_changes(before, load_scheme(write_definition(content))) == [
        "Labels stand in another order."
    ]
