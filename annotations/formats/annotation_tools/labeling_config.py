"""A labeling config of Label Studio as the content of a scheme: labels, choices, ratings, numbers, texts and relations; what no scheme can hold is listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from annotations.formats.errors import RefusedError
from annotations.formats.files.strict_xml import read_whole
from annotations.limits import MAX_NAME_LENGTH, MAX_PARTS, MAX_SCHEME_TITLE_LENGTH
from annotations.schemes.colors import HEX, choose_color
from annotations.schemes.key_layout import lay_out_keys
from annotations.schemes.names import fold_name, make_label_name, make_small_name
from annotations.schemes.reading import NAMES_OF_THE_EDITOR

if TYPE_CHECKING:
    from lxml import etree

LABELS = ("Labels", "HyperTextLabels")
TEXTS = ("Text", "HyperText")
LAYOUT = ("View", "Style", "Header", "Collapse", "Panel", "Filter", "Label", "Choice", "Relation", *TEXTS)
OWN_WORDS = ".other"
SINGLE = ("single", "single-radio", "")
COLORS = {"red": "#D55E00", "blue": "#0072B2", "green": "#008C67", "purple": "#8A6FD1", "orange": "#A87700"}


@dataclass(slots=True)
class ConfigReading:
    """The content of a scheme that a labeling config amounts to, and what of the config it cannot hold, each in a sentence."""

    content: dict[str, Any] = field(default_factory=lambda: {"labels": [], "relations": [], "fields": []})
    left_out: list[str] = field(default_factory=list)


def read_labeling_config(xml: str) -> ConfigReading:
    """Read a labeling config; RefusedError where it is no XML, or has no labels for texts."""
    root = read_whole(BytesIO(xml.encode()), "the labeling config")
    reader = _ConfigReader()
    controls = list(root.iter())
    for element in controls:
        reader.read_labels(element)
    if not reader.labels:
        raise RefusedError(
            "the labeling config has no <Labels> for a text: a scheme here marks words, so it needs a label"
        )
    title = ""
    for element in controls:
        title = reader.read_control(element, title)
    content = reader.reading.content
    lay_out_keys(content)
    return ConfigReading({key: value for key, value in content.items() if value}, reader.reading.left_out)


class _ConfigReader:
    def __init__(self) -> None:
        self.reading = ConfigReading()
        self.labels: list[dict[str, Any]] = self.reading.content["labels"]
        self.called: dict[str, dict[str, Any]] = {}
        self.questions: dict[str, list[dict[str, Any]]] = {}

    def read_labels(self, element: "etree._Element") -> None:
        if element.tag not in LABELS:
            return
        for one in element.iter("Label"):
            shown = one.get("value", "").strip()
            if shown in self.called or not shown:
                continue
            name = _find_free(make_label_name(one.get("alias", "") or shown) or "Label", self.labels)
            color = COLORS.get(one.get("background", ""), one.get("background", ""))
            taken = [str(label["color"]) for label in self.labels]
            label = {"name": name, "color": color if HEX.fullmatch(color) else choose_color(taken)}
            if hint := one.get("hint", "").strip():
                label["description"] = hint
            elif shown != name:
                label["description"] = shown
            self.called[shown] = label
            self.labels.append(label)

    def read_control(self, element: "etree._Element", title: str) -> str:
        """Read one element; the heading before a control is its title."""
        tag, name = str(element.tag), element.get("name", "")
        if tag == "Header":
            return element.get("value", "").strip()
        if tag == "Relations":
            self._read_relations(element)
        elif tag in ("Choices", "Rating", "Number", "TextArea"):
            self._read_question(element, tag, title)
        elif tag not in LAYOUT and tag not in LABELS:
            called = f" “{name}”" if name else ""
            self.leave_out(f"<{tag}>{called}: a scheme here has nothing like it.")
        return title if tag in ("View", "Style", *TEXTS) else ""

    def leave_out(self, said: str) -> None:
        if len(self.reading.left_out) < MAX_PARTS:
            self.reading.left_out.append(said)

    def _read_relations(self, element: "etree._Element") -> None:
        names = [str(label["name"]) for label in self.labels]
        relations = self.reading.content["relations"]
        for one in element.iter("Relation"):
            if shown := one.get("value", "").strip():
                name = _find_free(make_small_name(shown) or "link", relations)
                relations.append({"name": name, "title": _cut(shown), "from": names, "to": names})

    def _read_question(self, element: "etree._Element", tag: str, title: str) -> None:
        name = element.get("name", "").strip()
        if tag == "TextArea" and name.endswith(OWN_WORDS) and name.removesuffix(OWN_WORDS) in self.questions:
            for question in self.questions[name.removesuffix(OWN_WORDS)]:
                question["open"] = True
                question["values"] = [value for value in question["values"] if value["name"] != "other"]
            return
        asked = self._describe(element, tag)
        if asked is None:
            self.leave_out(f"<{tag}> “{name}”: it has no choices.")
            return
        owners = self._find_owners(element)
        self.questions[name] = []
        for owner in owners:
            own_name = name
            if owner is not self.reading.content:
                own_name = name.removeprefix(f"{owner['name']}.")
            place = owner.setdefault("fields" if owner is self.reading.content else "attributes", [])
            small = make_small_name(own_name) or "question"
            small = f"{small}-asked" if small in NAMES_OF_THE_EDITOR else small
            question = {"name": _find_free(small, place), "title": _cut(title or own_name or small), **asked}
            if "values" in asked:
                question["values"] = [dict(value) for value in asked["values"]]
            if question["kind"] == "flag" and owner is not self.reading.content:
                question.pop("required", None)
            place.append(question)
            self.questions[name].append(question)
        for condition in ("whenTagName", "whenChoiceValue"):
            if element.get(condition) and element.get("visibleWhen") == "choice-selected":
                self.leave_out(f"<{tag}> “{name}”: when it is shown. Say it under “Asked only where”.")
                break

    def _find_owners(self, element: "etree._Element") -> list[dict[str, Any]]:
        """The labels that a control is asked for, or the document."""
        if element.get("perRegion", "").lower() != "true":
            return [self.reading.content]
        wanted = [each.strip() for each in element.get("whenLabelValue", "").split(",") if each.strip()]
        return [self.called[each] for each in wanted if each in self.called] or self.labels

    def _describe(self, element: "etree._Element", tag: str) -> dict[str, Any] | None:
        required = {"required": True} if element.get("required", "").lower() == "true" else {}
        if tag == "Rating":
            most = element.get("maxRating", "5")
            return {
                "kind": "rating",
                "maximum": int(most) if re.fullmatch(r"[0-9]{1,2}", most) else 5,
                **required,
            }
        if tag == "Number":
            limits = {"minimum": "min", "maximum": "max", "step": "step"}
            found = {key: _read_number(element.get(name, "")) for key, name in limits.items()}
            return {
                "kind": "number",
                **{key: value for key, value in found.items() if value is not None},
                **required,
            }
        if tag == "TextArea":
            return {"kind": "text", **required}
        values = list(self._read_values(element))
        if not values:
            return None
        is_single = element.get("choice", "") in SINGLE
        if len(values) == 1 and values[0]["name"] == "yes":
            return {"kind": "flag"}
        return {"kind": "choice" if is_single else "several", "values": values, **required}

    def _read_values(self, element: "etree._Element") -> Iterator[dict[str, Any]]:
        values: list[dict[str, Any]] = []
        for one in element.iter("Choice"):
            if one.getparent() is not element:
                self.leave_out(
                    f"<Choice> “{one.get('value', '')}”: choices within choices become choices beside them."
                )
            shown = one.get("value", "").strip()
            if not shown:
                continue
            value = {
                "name": _find_free(make_small_name(one.get("alias", "") or shown) or "value", values),
                "title": _cut(shown),
            }
            if hint := one.get("hint", "").strip():
                value["description"] = hint
            values.append(value)
        yield from values


def _cut(title: str) -> str:
    return title[:MAX_SCHEME_TITLE_LENGTH]


def _read_number(written: str) -> int | float | None:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", written):
        return None
    return float(written) if "." in written else int(written)


def _find_free(name: str, parts: list[dict[str, Any]]) -> str:
    taken = {fold_name(str(part["name"])) for part in parts}
    stem, number = name[: MAX_NAME_LENGTH - 10], 1
    while fold_name(found := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return found
