"""The labeling config that makes Label Studio's editor ask what a scheme wants to know."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from annotations.schemes.keys import list_shared, share_keys
from annotations.schemes.scheme import Attribute, DocumentField, Label, Question, Scheme
from annotations.schemes.values import Value

TEXT = "text"
LABELS = "label"

QUESTION = "workbench-question"
ONE_OF = "workbench-question workbench-one-of"

# The reading column scrolls by itself; labels stay above it, attributes and fields beside it.
STYLE = """
.workbench { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 20rem; gap: 0 1.25rem;
  height: calc(100vh - var(--workbench-chrome, 11rem)); min-height: 24rem; }
.workbench-labels { grid-area: 1 / 1; padding: 0 0 0.25rem 2.5rem; }
.workbench-text { grid-area: 2 / 1; overflow-y: auto; min-height: 0; padding: 0.75rem 0.5rem 0 2.5rem; }
.workbench-side { grid-area: 1 / 2 / span 2; overflow-y: auto; min-height: 0; padding-bottom: 1rem; }
.workbench-attributes { border-bottom: 1px solid rgba(128, 128, 128, 0.35); margin-bottom: 0.75rem; }
.workbench-question { margin: 0 0 0.5rem; }
.workbench-question h4, .workbench-question h5 { margin: 0 0 0.125rem !important; font-size: 0.875rem; line-height: 1.3; }
.workbench-question .lsf-choices { margin: 0; gap: 0 0.25rem; }
.workbench-question .lsf-choice__item { margin: 0; }
.workbench-question .ant-checkbox-wrapper { display: inline-flex; min-height: 0; line-height: 1.5; align-items: center; }
.workbench-question .ant-checkbox { top: 0; }
.workbench-question .ant-checkbox-wrapper > span { padding-top: 0; padding-bottom: 0; }
.workbench-one-of .ant-checkbox-inner { border-radius: 50%; }
.workbench-text .lsf-richtext__container { font: 400 1.1875rem/1.6 var(--serif, serif); max-width: 68ch; }
"""


def attribute_control(label: Label, attribute: Attribute) -> str:
    """The name of the control that asks for an attribute; it is the `from_name` of its results."""
    return f"{label.name}.{attribute.name}"


def name_control(question: str, suffix: str) -> str:
    """The name of one of the controls that ask a question; the main one has the question's own."""
    return f"{question}.{suffix}" if suffix else question


def render(scheme: Scheme) -> str:
    """Write the labeling config of a scheme as XML."""
    root = ET.Element("View", className="workbench")
    ET.SubElement(root, "Style").text = STYLE
    _add_labels(root, scheme.labels)
    reading = _view(root, "workbench-text")
    ET.SubElement(reading, "Text", name=TEXT, value=f"${TEXT}", valueType="text", saveTextResult="yes")
    side = _view(root, "workbench-side")
    keys = share_keys(scheme)
    shared = list_shared(keys)
    for label in scheme.labels:
        own = {
            attribute.name: ["" if key in shared else key for key in keys[label.name, attribute.name]]
            for attribute in label.attributes
        }
        _add_attributes(side, label, own)
    questions = _view(side, "workbench-document")
    for field in scheme.fields:
        _add_field(questions, field)
    if scheme.relations:
        relations = ET.SubElement(root, "Relations", choice="single")
        for relation in scheme.relations:
            ET.SubElement(relations, "Relation", value=relation.title)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _view(parent: ET.Element, css_class: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, "View", {"className": css_class, **attributes})


def _add_labels(parent: ET.Element, labels: Iterable[Label]) -> None:
    box = _view(parent, "workbench-labels")
    control = ET.SubElement(box, "Labels", name=LABELS, toName=TEXT, showInline="true", opacity="0.3")
    for label in labels:
        options = {"value": label.name, "background": label.color, "hint": label.description}
        ET.SubElement(control, "Label", options | ({"hotkey": label.key} if label.key else {}))


def _add_attributes(parent: ET.Element, label: Label, keys: Mapping[str, list[str]]) -> None:
    """The questions of a label; a key that several labels share is left to the page's own script.

    The editor calls every control that has the key, also those that are not shown.
    """
    if not label.attributes:
        return
    box = _view(parent, "workbench-attributes", visibleWhen="region-selected", whenLabelValue=label.name)
    for attribute in label.attributes:
        name = attribute_control(label, attribute)
        shared = {"perRegion": "true", "whenLabelValue": label.name}
        _add_question(
            box,
            name,
            attribute,
            shared,
            title=_ask(attribute),
            shown_when=_show_when(label, attribute),
            keys=keys[attribute.name],
        )


def _ask(attribute: Attribute) -> str:
    default = attribute.kind.show(attribute.default) if attribute.default else ""
    return f"{attribute.title} ({default} unless chosen)" if default else attribute.title


def _show_when(label: Label, attribute: Attribute) -> dict[str, str]:
    """Where an attribute is asked for; conditions that combine several others are more than the editor can say.

    It hides by what is chosen among boxes, and not by a number, a rating or words.
    """
    conditions = attribute.applies_when
    if len(conditions) != 1 or len(conditions[0].allowed) != 1:
        return {}
    name, values = conditions[0].allowed[0]
    asked = label.attribute(name)
    if asked is None or not set(values) <= _list_boxes(asked):
        return {}
    return {
        "visibleWhen": "choice-selected",
        "whenTagName": f"{label.name}.{name}",
        "whenChoiceValue": ",".join(values),
    }


def _list_boxes(attribute: Attribute) -> set[str]:
    main, *_ = attribute.kind.list_controls(title="", description="", is_of_span=True)
    return {value.name for value in main.values}


def _add_field(parent: ET.Element, field: DocumentField) -> None:
    _add_question(parent, field.name, field, {}, title=field.title, selected=field.default)


def _add_question(
    parent: ET.Element,
    name: str,
    question: Question,
    shared: Mapping[str, str],
    *,
    title: str,
    shown_when: Mapping[str, str] | None = None,
    selected: str = "",
    keys: Iterable[str] | None = None,
) -> None:
    """The controls of a question under its heading; `shared` are options of each of them.

    What is required is not said to the editor: it would tell of one question at a time, and never of links.
    """
    main, *others = question.kind.list_controls(
        title=question.title, description=question.description, is_of_span=isinstance(question, Attribute)
    )
    shown_when = shown_when or {}
    asks = f"asks-{name.replace('.', '-')}"
    wanted = " workbench-required" if question.required and not question.default else ""
    box = _view(parent, f"{ONE_OF if main.is_one_of else QUESTION} {asks}{wanted}", **shown_when)
    if main.has_heading:
        _add_heading(box, title)
    common = {"name": name, "toName": TEXT}
    control = ET.SubElement(box, main.tag, {**common, **shared, **main.options, **shown_when})
    _add_choices(control, main.values, _hotkeys(question.keys if keys is None else keys), selected=selected)
    if main.legend:
        _add_heading(_view(box, "workbench-legend"), main.legend)
    for other in others:
        follows = {
            "visibleWhen": "choice-selected",
            "whenTagName": name,
            "whenChoiceValue": other.shown_for,
        }
        below = ET.SubElement(box, "View", follows)
        asked = {"name": name_control(name, other.suffix), "toName": TEXT, **shared, **other.options}
        ET.SubElement(below, other.tag, asked)


def _add_heading(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "Header", value=text, size="5")


def _add_choices(
    control: ET.Element,
    values: Iterable[Value],
    keys: list[str],
    *,
    selected: str = "",
) -> None:
    for number, value in enumerate(values):
        choice = ET.SubElement(control, "Choice", value=value.title, alias=value.name)
        if value.description:
            choice.set("hint", value.description)
        if number < len(keys) and keys[number]:
            choice.set("hotkey", keys[number])
        if value.name == selected:
            choice.set("selected", "true")


def _hotkeys(keys: Iterable[str]) -> list[str]:
    return [f"shift+{key.lower()}" if key.isupper() else key for key in keys]
