"""Form, TOML and labeling config say the same of a scheme, whatever parts it was put together of."""

from dataclasses import replace
from typing import Any

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.annotation_tools.labeling_config import read_labeling_config
from annotations.labelstudio.label_config import render
from annotations.schemes.beginning import begin_definition
from annotations.schemes.complaints import find_complaints
from annotations.schemes.definition import load_scheme, read_content
from annotations.schemes.parts import WITHIN, Path, add_part, duplicate_part, find_part, move_part
from annotations.schemes.writing import write_definition
from annotations.web.schemes.question_form import make_form
from annotations.web.schemes.rows import list_rows

KINDS = ("choice", "several", "text", "number", "flag", "rating")
NAMES = st.sampled_from(["Claim", "主张", "Größe", "טענה", "Very_long_name-2"])


def list_paths(content: dict[str, Any], around: Path = ()) -> list[Path]:
    """The paths of all parts that have a form, the scheme itself first."""
    found = [around]
    owner = find_part(content, around)
    for name in WITHIN.get(str(around[-2]) if around else "", ()):
        for number in range(len(owner.get(name, []))):
            found += list_paths(content, (*around, name, number))
    return found


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, Any]:
    """A draft as somebody puts it together with the buttons of the editor, from an empty one, with nothing wrong in it."""
    content = read_content(begin_definition("Drawn"))
    for _ in range(draw(st.integers(0, 8))):
        path = draw(st.sampled_from([each for each in list_paths(content) if "rules" not in each]))
        around = str(path[-2]) if path else ""
        lists = [name for name in WITHIN.get(around, ()) if name != "rules"]
        match draw(st.sampled_from(["add", "copy", "move", "kind"])):
            case "add" if lists:
                add_part(content, path, draw(st.sampled_from(lists)))
            case "copy" if path:
                duplicate_part(content, path)
            case "move" if path:
                move_part(content, path, draw(st.sampled_from([-1, 1])))
            case "kind" if around in ("attributes", "fields"):
                set_kind(find_part(content, path), draw(st.sampled_from(KINDS)))
    return content


def set_kind(part: dict[str, Any], kind: str) -> None:
    part["kind"] = kind
    part.pop("keys", None)
    if kind not in ("choice", "several"):
        part.pop("values", None)
    elif "values" not in part:
        part["values"] = [{"name": "a", "title": "A"}, {"name": "b", "title": "B"}]
    part.pop("maximum", None)
    if kind == "rating":
        part["maximum"] = 5


def fill(content: dict[str, Any], path: Path) -> QueryDict:
    """What the form of a part sends when nobody changed anything."""
    form, part = make_form(content, path), find_part(content, path)
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list):
            data.setlist(name, value)
        elif value not in (None, "", False):
            data[name] = str(value)
    key = "topics" if not path else "values"
    if not path or "values" in part:
        for row in list_rows(part, key):
            place = f"{key}-{row.number}"
            for what, value in (
                ("title", row.title),
                ("name", row.name),
                ("was", row.name),
                ("description", row.description),
            ):
                data[f"{place}-{what}"] = value
    return data


def send_all(content: dict[str, Any]) -> None:
    for path in list_paths(content):
        make_form(content, path, fill(content, path)).write()


@given(schemes())
@settings(max_examples=60)
def test_a_form_that_is_sent_as_it_was_changes_nothing_and_toml_holds_all_of_it(
    content: dict[str, Any],
) -> None:
    assert find_complaints(content) == []
    written = write_definition(content)
    assert read_content(written) == content
    send_all(content)  # the name of a copied link follows its title at the first sending
    scheme = load_scheme(write_definition(content))
    send_all(content)
    assert replace(load_scheme(write_definition(content)), sha256=scheme.sha256) == scheme


@given(schemes())
@settings(max_examples=40)
def test_the_labeling_config_of_a_scheme_is_read_as_that_scheme(content: dict[str, Any]) -> None:
    scheme = load_scheme(write_definition(content))
    again = load_scheme(
        write_definition(
            read_labeling_config(render(scheme)).content
            | {
                "name": scheme.name,
                "version": scheme.version,
                "title": scheme.title,
            }
        )
    )
    assert [(label.name, label.color) for label in again.labels] == [
        (label.name, label.color) for label in scheme.labels
    ]
    assert [[one.kind.name for one in label.attributes] for label in again.labels] == [
        [one.kind.name for one in label.attributes] for label in scheme.labels
    ]
    assert [link.title for link in again.relations] == [link.title for link in scheme.relations]
    assert [field.kind.name for field in again.fields] == [field.kind.name for field in scheme.fields]
