"""The labeling config that makes Label Studio's editor ask what a scheme wants to know."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from annotations.schemes.scheme import (
    FLAG_IS_SET,
    OWN_WORDS,
    Attribute,
    Condition,
    DocumentField,
    FieldKind,
    Label,
    Scheme,
    Value,
)

TEXT = "text"
LABELS = "label"
OWN_WORDS_TITLE = "something else"

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
.workbench-text .lsf-richtext__container { font: 400 1.1875rem/1.6 Charter, Georgia, Cambria, serif; max-width: 68ch; }
"""


def attribute_control(label: Label, attribute: Attribute) -> str:
    """The name of the control that asks for an attribute; it is the `from_name` of its results."""
    return f"{label.name}.{attribute.name}"


def own_words_control(label: Label, attribute: Attribute) -> str:
    return f"{attribute_control(label, attribute)}.{OWN_WORDS}"


def render(scheme: Scheme) -> str:
    """Write the labeling config of a scheme as XML."""
    root = ET.Element("View", className="workbench")
    ET.SubElement(root, "Style").text = STYLE
    _add_labels(root, scheme.labels)
    reading = _view(root, "workbench-text")
    ET.SubElement(reading, "Text", name=TEXT, value=f"${TEXT}", valueType="text", saveTextResult="yes")
    side = _view(root, "workbench-side")
    for label in scheme.labels:
        _add_attributes(side, label)
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
        ET.SubElement(
            control,
            "Label",
            value=label.name,
            hotkey=label.key,
            background=label.color,
            hint=label.description,
        )


def _add_attributes(parent: ET.Element, label: Label) -> None:
    if not label.attributes:
        return
    box = _view(parent, "workbench-attributes", visibleWhen="region-selected", whenLabelValue=label.name)
    for attribute in label.attributes:
        shown_when = _show_when(label, attribute.applies_when)
        question = _view(box, ONE_OF, **shown_when)
        _add_heading(question, _ask(attribute))
        values = attribute.values
        if attribute.is_open:
            values = (*values, Value(OWN_WORDS, OWN_WORDS_TITLE))
        asked = {
            "name": attribute_control(label, attribute),
            "toName": TEXT,
            "perRegion": "true",
            "whenLabelValue": label.name,
            "choice": "single",  # radio buttons of one name are one group to the browser, whatever they ask
            "layout": "inline",
        }
        control = ET.SubElement(question, "Choices", {**asked, **shown_when})
        if attribute.required and not attribute.default and not attribute.applies_when:
            control.set("required", "true")
            control.set(
                "requiredMessage", f"Choose the {attribute.title.lower()} of this {label.name} first."
            )
        _add_choices(control, values, _hotkeys(attribute.keys))
        if attribute.is_open:
            _add_own_words(question, label, attribute)


def _ask(attribute: Attribute) -> str:
    default = next((value.title for value in attribute.values if value.name == attribute.default), "")
    return f"{attribute.title} ({default} unless chosen)" if default else attribute.title


def _show_when(label: Label, conditions: tuple[Condition, ...]) -> dict[str, str]:
    """Where an attribute is asked for; conditions that combine several others are more than the editor can say."""
    if len(conditions) != 1 or len(conditions[0].allowed) != 1:
        return {}
    name, values = conditions[0].allowed[0]
    return {
        "visibleWhen": "choice-selected",
        "whenTagName": f"{label.name}.{name}",
        "whenChoiceValue": ",".join(values),
    }


def _add_own_words(parent: ET.Element, label: Label, attribute: Attribute) -> None:
    box = ET.SubElement(
        parent,
        "View",
        visibleWhen="choice-selected",
        whenTagName=attribute_control(label, attribute),
        whenChoiceValue=OWN_WORDS,
    )
    ET.SubElement(
        box,
        "TextArea",
        name=own_words_control(label, attribute),
        toName=TEXT,
        perRegion="true",
        whenLabelValue=label.name,
        maxSubmissions="1",
        editable="true",
        placeholder=f"{attribute.title} in a few words, then Enter",
    )


def _add_field(parent: ET.Element, field: DocumentField) -> None:
    question = _view(parent, ONE_OF if field.kind == FieldKind.CHOICE else QUESTION)
    if field.kind != FieldKind.FLAG:
        _add_heading(question, field.title)
    shared = {"name": field.name, "toName": TEXT}
    if field.required:
        shared |= {"required": "true", "requiredMessage": f"Answer “{field.title}” first."}
    match field.kind:
        case FieldKind.CHOICE:
            control = ET.SubElement(question, "Choices", shared, choice="single", layout="inline")
            _add_choices(control, field.values, _hotkeys(field.keys), selected=field.default)
        case FieldKind.FLAG:
            control = ET.SubElement(question, "Choices", shared, choice="single", layout="inline")
            _add_choices(control, [Value(FLAG_IS_SET, field.title, field.description)], _hotkeys(field.keys))
        case FieldKind.RATING:
            ET.SubElement(question, "Rating", shared, maxRating=str(field.maximum), size="small")
        case FieldKind.TEXT:
            ET.SubElement(
                question,
                "TextArea",
                shared,
                rows="2",
                maxSubmissions="1",
                showSubmitButton="false",
                editable="true",
                placeholder=field.description,
            )


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
        if number < len(keys):
            choice.set("hotkey", keys[number])
        if value.name == selected:
            choice.set("selected", "true")


def _hotkeys(keys: str) -> list[str]:
    return [f"shift+{key.lower()}" if key.isupper() else key for key in keys]
