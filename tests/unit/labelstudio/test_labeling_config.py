"""A labeling config of Label Studio becomes a scheme; what it cannot hold is listed and never guessed at."""

import pytest

from annotations.formats.annotation_tools.labeling_config import read_labeling_config
from annotations.formats.errors import RefusedError
from annotations.labelstudio.label_config import render
from annotations.schemes.complaints import find_complaints
from annotations.schemes.definition import SHIPPED, load_shipped
from annotations.schemes.lookalikes import load_new_scheme
from annotations.schemes.writing import write_definition

FOREIGN = """
<View>
  <Labels name="label" toName="text">
    <Label value="Person Name" background="red"/><Label value="地点" background="#0072B2" hotkey="p"/>
  </Labels>
  <Text name="text" value="$text"/>
  <Header value="Is it fiction?"/>
  <Choices name="fiction" toName="text" choice="single" required="true"><Choice value="Yes"/><Choice value="No"/></Choices>
  <Choices name="role" toName="text" perRegion="true" whenLabelValue="Person Name" choice="multiple">
    <Choice value="Hero"/><Choice value="Villain" hint="acts badly"/>
  </Choices>
  <Rating name="sure" toName="text" maxRating="7"/>
  <Number name="age" toName="text" perRegion="true" min="0" max="150"/>
  <Relations><Relation value="is in"/></Relations>
  <Image name="image" value="$image"/>
  <Taxonomy name="kind" toName="text"/>
</View>
"""


def load(xml: str) -> tuple[object, list[str]]:
    reading = read_labeling_config(xml)
    content = {"name": "read", "version": 1, "title": "Read", **reading.content}
    assert find_complaints(content) == []
    return load_new_scheme(write_definition(content)), reading.left_out


def test_a_config_of_somebody_else_becomes_a_scheme_and_what_it_cannot_hold_is_listed() -> None:
    reading = read_labeling_config(FOREIGN)
    scheme = load_new_scheme(
        write_definition({"name": "read", "version": 1, "title": "Read", **reading.content})
    )
    assert [(label.name, label.color, label.key) for label in scheme.labels] == [
        ("Person_Name", "#D55E00", "1"),
        ("地点", "#0072B2", "2"),
    ]
    assert [(each.name, each.kind.name) for each in scheme.labels[0].attributes] == [
        ("role", "several"),
        ("age", "number"),
    ]
    assert [each.name for each in scheme.labels[1].attributes] == ["age"]
    assert [(each.name, each.title, each.kind.name, each.required) for each in scheme.fields] == [
        ("fiction", "Is it fiction?", "choice", True),
        ("sure", "sure", "rating", False),
    ]
    assert [(each.name, each.title) for each in scheme.relations] == [("is-in", "is in")]
    assert reading.left_out == [
        "<Image> “image”: a scheme here has nothing like it.",
        "<Taxonomy> “kind”: a scheme here has nothing like it.",
    ]


@pytest.mark.parametrize("identifier", SHIPPED)
def test_our_own_config_is_read_as_the_scheme_that_it_was_made_of(identifier: str) -> None:
    made = load_shipped(identifier)
    reading = read_labeling_config(render(made))
    scheme = load_new_scheme(
        write_definition({"name": "read", "version": 1, "title": "Read", **reading.content})
    )
    assert [(label.name, label.color) for label in scheme.labels] == [
        (label.name, label.color) for label in made.labels
    ]
    for label, origin in zip(scheme.labels, made.labels, strict=True):
        assert [
            (each.name, each.kind.name, [value.name for value in each.kind.options])
            for each in label.attributes
        ] == [
            (each.name, each.kind.name, [value.name for value in each.kind.options])
            for each in origin.attributes
        ]
    assert [each.title for each in scheme.relations] == [each.title for each in made.relations]
    assert [each.kind.name for each in scheme.fields] == [each.kind.name for each in made.fields]


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ("<View><Text name='text' value='$text'/></View>", "has no <Labels>"),
        ("<View>", "is no XML that can be read"),
        ("", "is no XML that can be read"),
        ('<!DOCTYPE View [<!ENTITY x "y">]><View>&x;</View>', "declares a document type"),
    ],
)
def test_what_is_no_labeling_config_of_texts_is_refused(xml: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read_labeling_config(xml)
