"""Reading the parts of a scheme from the tables of its definition: a label, an attribute, a relation, a field, a rule."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from annotations.limits import MAX_ATTRIBUTES
from annotations.schemes.choice_kinds import ChoiceKind
from annotations.schemes.kinds import read_kind
from annotations.schemes.names import LABEL_NAME_IN_WORDS, SMALL_NAME_IN_WORDS, is_label_name, is_small_name
from annotations.schemes.scheme import (
    Attribute,
    Condition,
    DocumentField,
    Example,
    GuidelineRule,
    Label,
    Question,
    RelationType,
)
from annotations.schemes.table import TomlTable
from annotations.schemes.values import Value, ValueKind
from annotations.snapping import Snap

SCHEME_NAME = re.compile(r"[a-z][a-z0-9_-]*")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
KEY = re.compile(r"[a-z0-9]")
PLACE = re.compile(r"[1-9][0-9]{0,17}:[0-9]{1,9}-[0-9]{1,9}(,[0-9]{1,9}-[0-9]{1,9})*", re.ASCII)
NAMES_OF_THE_EDITOR = ("label", "text")


def read_head(table: TomlTable) -> dict[str, Any]:
    """Read what a definition says of the scheme as a whole."""
    return {
        "name": table.name("name", SCHEME_NAME.fullmatch, "lower-case letters, digits and hyphens"),
        "version": table.number("version"),
        "title": table.title(),
        "guidelines": table.text("guidelines", ""),
        "snap": _read_snap(table),
    }


def _read_snap(table: TomlTable) -> Snap:
    said = table.text("snap", Snap.WORD)
    if said not in list(Snap):
        raise table.complain(f"'snap' must be one of {', '.join(map(repr, map(str, Snap)))}, not {said!r}")
    return Snap(said)


def read_distances(table: TomlTable) -> Iterable[tuple[str, str, float]]:
    """How far apart labels are, each two in one order: a table a label of other labels and numbers."""
    known: dict[tuple[str, str], float] = {}
    for one, row in table.rows("distances"):
        for other, distance in row.decimals():
            if not 0 <= distance <= 1:
                raise row.complain(f"the distance of {other!r} must be a number from 0 to 1, not {distance}")
            if one == other:
                raise row.complain("a label is 0 from itself: remove it")
            pair = (min(one, other), max(one, other))
            if known.setdefault(pair, distance) != distance:
                raise row.complain(f"the distance of {other!r} is {distance}, and {known[pair]} elsewhere")
    return ((one, other, distance) for (one, other), distance in sorted(known.items()))


def read_label(table: TomlTable, topics: tuple[Value, ...]) -> Label:
    """Read a label with its attributes and rules."""
    label = Label(
        name=table.name("name", is_label_name, LABEL_NAME_IN_WORDS),
        key=table.name("key", KEY.fullmatch, "one lower-case letter or digit") if table.has("key") else "",
        color=table.name("color", COLOR.fullmatch, "a colour like #0072B2"),
        description=table.text("description", ""),
        attributes=tuple(
            read_attribute(entry, topics) for entry in table.tables("attributes", "attribute", MAX_ATTRIBUTES)
        ),
        rules=read_rules(table),
        outside=table.names("outside"),
        group=table.short_text("group"),
    )
    table.finish()
    return label


def read_attribute(table: TomlTable, topics: tuple[Value, ...]) -> Attribute:
    """Read a question about each span of a label."""
    name = table.name("name", is_small_name, SMALL_NAME_IN_WORDS)
    kind = read_kind(table, topics, default=ChoiceKind.name)
    attribute = Attribute(
        **_read_question(table, name, kind), applies_when=_read_conditions(table, "applies_when")
    )
    table.finish()
    if attribute.required and attribute.unanswered:
        raise table.complain(f"a {kind.name} that is left says {kind.unset!r}, so that it cannot be required")
    _check_question(table, attribute)
    return attribute


def _read_question(table: TomlTable, name: str, kind: ValueKind) -> dict[str, Any]:
    """What attributes of spans and fields of documents have in common, as their arguments."""
    return {
        "name": name,
        "title": table.title(name),
        "kind": kind,
        "keys": table.text("keys", ""),
        "required": table.flag("required"),
        "default": table.text("default", ""),
        "description": table.text("description", ""),
    }


def _check_question(table: TomlTable, question: Question) -> None:
    wanted = question.kind.keys_wanted
    if question.keys and len(question.keys) != wanted:
        answers = f"one key for each answer, {wanted} in all" if wanted else "nothing: it is answered without"
        raise table.complain(f"'keys' needs {answers}")
    if question.default and (problem := question.kind.find_default_problem(question.default)):
        raise table.complain(f"the default {question.default!r} {problem}")


def read_relation(table: TomlTable) -> RelationType:
    """Read a type of link, whether or not the labels that it names are there."""
    name = table.name("name", is_small_name, SMALL_NAME_IN_WORDS)
    relation = RelationType(
        name=name,
        title=table.title(name),
        sources=table.names("from", required=True),
        targets=table.names("to", required=True),
        required_when=_read_conditions(table, "required_when"),
        forbidden_when=_read_conditions(table, "forbidden_when"),
        description=table.text("description", ""),
        rules=read_rules(table),
    )
    table.finish()
    return relation


def read_fields(table: TomlTable, topics: tuple[Value, ...]) -> Iterable[DocumentField]:
    """One field, or one a topic (`author_stance.ceding-territory`)."""
    name = table.name("name", is_small_name, SMALL_NAME_IN_WORDS)
    if name in NAMES_OF_THE_EDITOR:
        raise table.complain("a field cannot have this name: the editor uses it for the text and its labels")
    kind = read_kind(table, topics)
    field = DocumentField(**_read_question(table, name, kind), means_no_spans=table.flag("means_no_spans"))
    is_each_topic = table.flag("each_topic")
    table.finish()
    if field.keys and is_each_topic:
        raise table.complain("'keys' would be the same for each topic: a field for each topic has none")
    if field.means_no_spans and not kind.can_mean_no_spans:
        raise table.complain("only a flag can mean that there are no spans")
    _check_question(table, field)
    if not is_each_topic:
        return [field]
    return [
        replace(field, name=f"{name}.{topic.name}", title=f"{field.title}: {topic.title}") for topic in topics
    ]


def _read_conditions(table: TomlTable, key: str) -> tuple[Condition, ...]:
    return tuple(Condition(tuple(sorted(allowed.items()))) for allowed in table.conditions(key))


def read_rules(table: TomlTable) -> tuple[GuidelineRule, ...]:
    """Read the rules that guidelines give for a label or a link."""
    rules = []
    for entry in table.tables("rules", "rule"):
        title, text = entry.text("title"), entry.text("text")
        fits, misfits = (
            tuple(map(_read_example, entry.one_or_several(which))) for which in ("fits", "misfits")
        )
        if not (fits or misfits):
            raise entry.complain("it needs an example, one that fits or one that does not")
        rules.append(GuidelineRule(title, text, fits, misfits))
        entry.finish()
    return tuple(rules)


def _read_example(table: TomlTable) -> Example:
    example = Example(
        quote=table.exact_text("quote"),
        marked=table.names("marked", required=True),
        why=table.text("why"),
        source=table.text("source", ""),
        place=table.text("place", ""),
    )
    table.finish()
    if example.place and not PLACE.fullmatch(example.place):
        raise table.complain(
            f"'place' must be an article and where in it, like 12:340-352, not {example.place!r}"
        )
    for words in example.marked:
        if words not in example.quote:
            raise table.complain(f"{words!r} is marked but not in the quote")
    return example
