"""Reading a scheme from its definition in TOML, and saying clearly what is wrong with a definition."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from annotations.limits import (
    MAX_ATTRIBUTES,
    MAX_CHOICES,
    MAX_DEFINITION_DEPTH,
    MAX_DEFINITION_LENGTH,
    MAX_FIELDS,
    MAX_NAME_LENGTH,
    MAX_NUMBER,
    MAX_RELATION_TYPES,
    MAX_VERSION,
)
from annotations.schemes.choice_kinds import ChoiceKind
from annotations.schemes.kinds import read_kind
from annotations.schemes.names import (
    LABEL_NAME_IN_WORDS,
    SMALL_NAME_IN_WORDS,
    is_label_name,
    is_small_name,
)
from annotations.schemes.scheme import (
    Attribute,
    Condition,
    DocumentField,
    Example,
    GuidelineRule,
    Label,
    Question,
    RelationType,
    Scheme,
)
from annotations.schemes.table import InvalidSchemeError, TomlTable
from annotations.schemes.values import Value, ValueKind, read_values
from annotations.snapping import Snap

SCHEME_NAME = re.compile(r"[a-z][a-z0-9_-]*")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
KEY = re.compile(r"[a-z0-9]")
KEYS_OF_THE_EDITOR = "uU"
MAX_PLACE_LENGTH = 300
NO_XML_CHARACTER = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, and so no labeling config: Label Studio refuses the whole of it."""
NAMES_OF_THE_EDITOR = ("label", "text")
SHIPPED = ("argument-v1", "argument-lite-v1")


def read_definition(identifier: str) -> str:
    """The TOML text of a scheme that comes with the workbench."""
    if identifier not in SHIPPED:
        raise InvalidSchemeError(f"there is no scheme {identifier!r}; there are {', '.join(SHIPPED)}")
    path = resources.files("annotations.schemes") / "definitions" / f"{identifier}.toml"
    return path.read_bytes().decode()


def load_shipped(identifier: str) -> Scheme:
    """The scheme of this identifier that comes with the workbench."""
    return load_scheme(read_definition(identifier))


@lru_cache(maxsize=64)
def load_scheme(definition: str) -> Scheme:
    """Read a definition and check that it does not contradict itself; once, because pages ask for it several times."""
    table = TomlTable(_parse(definition), "scheme")
    topics = read_values(table, "topics")
    scheme = Scheme(
        name=table.name("name", SCHEME_NAME.fullmatch, "lower-case letters, digits and hyphens"),
        version=table.number("version"),
        title=table.title(),
        guidelines=table.text("guidelines", ""),
        snap=_read_snap(table),
        topics=topics,
        labels=tuple(_read_label(label, topics) for label in table.tables("labels", "label")),
        relations=tuple(
            _read_relation(relation) for relation in table.tables("relations", "relation", MAX_RELATION_TYPES)
        ),
        fields=tuple(
            field for group in table.tables("fields", "field") for field in _read_fields(group, topics)
        ),
        distances=tuple(_read_distances(table)),
        sha256=hashlib.sha256(definition.encode()).hexdigest(),
    )
    table.finish()
    _check(scheme)
    return scheme


def _parse(definition: str) -> dict[str, Any]:
    """The content of a definition, of which nothing is larger or nested deeper than what comes after can take."""
    if len(definition) > MAX_DEFINITION_LENGTH:
        raise InvalidSchemeError(
            f"the definition has {len(definition):,} characters, more than the {MAX_DEFINITION_LENGTH:,} that one may "
            "have: shorten its guidelines",
        )
    if found := NO_XML_CHARACTER.search(definition):
        raise InvalidSchemeError(f"the definition has the character U+{ord(found[0]):04X}: remove it")
    try:
        content = tomllib.loads(definition)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSchemeError(f"the definition is not TOML: {error}") from error
    except RecursionError as error:
        raise InvalidSchemeError(
            f"the definition is nested more than {MAX_DEFINITION_DEPTH} levels deep"
        ) from error
    except ValueError as error:  # Python refuses to read thousands of digits
        raise InvalidSchemeError("the definition has a number of too many digits") from error
    _check_content(content)
    return content


def _check_content(content: dict[str, Any]) -> None:
    """Without recursion, because the nesting is among what is checked."""
    waiting: list[tuple[Any, str, int]] = [(content, "scheme", 0)]
    while waiting:
        value, place, depth = waiting.pop()
        if depth > MAX_DEFINITION_DEPTH:
            raise InvalidSchemeError(
                f"{place[:MAX_PLACE_LENGTH]}: it is nested more than {MAX_DEFINITION_DEPTH} levels deep"
            )
        if isinstance(value, dict):
            waiting += [
                (inner, f"{place}, {key[:MAX_NAME_LENGTH]}", depth + 1) for key, inner in value.items()
            ]
        elif isinstance(value, list):
            waiting += [
                (inner, f"{place} {number}", depth + 1) for number, inner in enumerate(value, start=1)
            ]
        elif isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise InvalidSchemeError(
                f"{place[:MAX_PLACE_LENGTH]}: a number lies between {-MAX_NUMBER:,} and {MAX_NUMBER:,}"
            )
        elif isinstance(value, str) and (found := NO_XML_CHARACTER.search(value)):
            raise InvalidSchemeError(
                f"{place[:MAX_PLACE_LENGTH]}: it has the character U+{ord(found[0]):04X}, which no editor can show: "
                "remove it",
            )


def _read_snap(table: TomlTable) -> Snap:
    said = table.text("snap", Snap.WORD)
    if said not in list(Snap):
        raise table.complain(f"'snap' must be one of {', '.join(map(repr, map(str, Snap)))}, not {said!r}")
    return Snap(said)


def _read_distances(table: TomlTable) -> Iterable[tuple[str, str, float]]:
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


def _read_label(table: TomlTable, topics: tuple[Value, ...]) -> Label:
    label = Label(
        name=table.name("name", is_label_name, LABEL_NAME_IN_WORDS),
        key=table.name("key", KEY.fullmatch, "one lower-case letter or digit"),
        color=table.name("color", COLOR.fullmatch, "a colour like #0072B2"),
        description=table.text("description", ""),
        attributes=tuple(
            _read_attribute(entry, topics)
            for entry in table.tables("attributes", "attribute", MAX_ATTRIBUTES)
        ),
        rules=_read_rules(table),
        outside=table.names("outside"),
    )
    table.finish()
    return label


def _read_attribute(table: TomlTable, topics: tuple[Value, ...]) -> Attribute:
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


def _read_relation(table: TomlTable) -> RelationType:
    name = table.name("name", is_small_name, SMALL_NAME_IN_WORDS)
    relation = RelationType(
        name=name,
        title=table.title(name),
        sources=table.names("from", required=True),
        targets=table.names("to", required=True),
        required_when=_read_conditions(table, "required_when"),
        forbidden_when=_read_conditions(table, "forbidden_when"),
        description=table.text("description", ""),
        rules=_read_rules(table),
    )
    table.finish()
    return relation


def _read_fields(table: TomlTable, topics: tuple[Value, ...]) -> Iterable[DocumentField]:
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


def _read_rules(table: TomlTable) -> tuple[GuidelineRule, ...]:
    rules = []
    for entry in table.tables("rules", "rule"):
        rules.append(
            GuidelineRule(
                title=entry.text("title"),
                text=entry.text("text"),
                fits=_read_example(entry.table("fits")),
                misfits=_read_example(entry.table("misfits")),
            ),
        )
        entry.finish()
    return tuple(rules)


def _read_example(table: TomlTable) -> Example:
    example = Example(
        quote=table.exact_text("quote"),
        marked=table.names("marked", required=True),
        why=table.text("why"),
        source=table.text("source", ""),
    )
    table.finish()
    for words in example.marked:
        if words not in example.quote:
            raise table.complain(f"{words!r} is marked but not in the quote")
    return example


def _check(scheme: Scheme) -> None:
    """What the parts say about each other must hold: names are unique, and what is referred to exists."""
    place = TomlTable({}, f"scheme {scheme.identifier!r}")
    if not 1 <= scheme.version <= MAX_VERSION:
        raise place.complain(f"'version' counts from 1 to {MAX_VERSION:,}")
    if not scheme.labels:
        raise place.complain("it has no labels")
    place.check_unique((label.name for label in scheme.labels), "label")
    _check_keys(place, scheme)
    place.check_unique((relation.name for relation in scheme.relations), "relation")
    place.check_unique((relation.title for relation in scheme.relations), "relation title")
    place.check_unique((field.name for field in scheme.fields), "field")
    _check_questions(place, scheme)
    known = {label.name for label in scheme.labels}
    for label in scheme.labels:
        where = TomlTable({}, f"{place.place}, label {label.name!r}")
        where.check_unique((attribute.name for attribute in label.attributes), "attribute")
        _check_known(where, label.outside, known)
        for attribute in label.attributes:
            _check_conditions(where, label, attribute.applies_when)
    for one, other, _ in scheme.distances:
        _check_known(TomlTable({}, f"{place.place}, distances"), (one, other), known)
    for relation in scheme.relations:
        where = TomlTable({}, f"{place.place}, relation {relation.name!r}")
        _check_known(where, (*relation.sources, *relation.targets), known)
        for condition in (*relation.required_when, *relation.forbidden_when):
            owners = [label for label in scheme.labels if label.name in relation.sources]
            if not any(_is_known_to(label, condition) for label in owners):
                raise where.complain(f"no label that it leads from can fulfil {str(condition)!r}")


def _check_questions(where: TomlTable, scheme: Scheme) -> None:
    """Label Studio refuses two controls of one name, and an editor shows only so many."""
    if len(scheme.fields) > MAX_FIELDS:
        raise where.complain(f"it has {len(scheme.fields):,} fields, more than {MAX_FIELDS:,}")
    asked = [(field.name, field.kind) for field in scheme.fields]
    asked += [
        (f"{label.name}.{attribute.name}", attribute.kind)
        for label in scheme.labels
        for attribute in label.attributes
    ]
    choices = sum(len(kind.options) for _, kind in asked)
    if choices > MAX_CHOICES:
        raise where.complain(f"its questions offer {choices:,} values together, more than {MAX_CHOICES:,}")
    controls = [
        f"{name}.{control.suffix}" if control.suffix else name
        for name, kind in asked
        for control in kind.list_controls(title="", description="", is_of_span=True)
    ]
    where.check_unique(controls, "question")


def _check_keys(where: TomlTable, scheme: Scheme) -> None:
    """A key chooses one label, answers one field, or answers one question of the selected span."""
    fixed = [label.key for label in scheme.labels]
    fixed += [key for field in scheme.fields for key in field.keys]
    where.check_unique(fixed, "key")
    keys = set(fixed)
    for label in scheme.labels:
        own = [key for attribute in label.attributes for key in attribute.keys]
        where.check_unique([*fixed, *own], "key")
        keys |= set(own)
    for key in sorted(keys):
        if not re.fullmatch(r"[A-Za-z0-9]", key) or key in KEYS_OF_THE_EDITOR:
            raise where.complain(f"{key!r} cannot be a key: take a letter or digit other than u")


def _check_conditions(where: TomlTable, label: Label, conditions: Iterable[Condition]) -> None:
    for condition in conditions:
        if not _is_known_to(label, condition):
            raise where.complain(f"its attributes cannot fulfil {str(condition)!r}")


def _is_known_to(label: Label, condition: Condition) -> bool:
    for name, values in condition.allowed:
        attribute = label.attribute(name)
        if attribute is None or not all(attribute.accepts(value) for value in values):
            return False
    return True


def _check_known(where: TomlTable, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise where.complain(f"there is no label {name!r}")
