"""Reading a scheme from its definition in TOML, and saying clearly what is wrong with a definition."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

from annotations.limits import (
    MAX_CHOICES,
    MAX_DEFINITION_DEPTH,
    MAX_DEFINITION_LENGTH,
    MAX_FIELDS,
    MAX_NAME_LENGTH,
    MAX_NUMBER,
    MAX_RELATION_TYPES,
    MAX_VERSION,
)
from annotations.schemes.reading import read_distances, read_fields, read_head, read_label, read_relation
from annotations.schemes.scheme import Condition, Label, Scheme
from annotations.schemes.table import InvalidSchemeError, TomlTable, check_keys
from annotations.schemes.values import read_values

KEYS_OF_THE_EDITOR = "uU"
MAX_PLACE_LENGTH = 300
NO_XML_CHARACTER = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, and so no labeling config: Label Studio refuses the whole of it."""
SHIPPED = (
    "argument-v1",
    "argument-lite-v1",
    "claims-v1",
    "stance-v1",
    "concessions-v1",
    "persuasion-v1",
    "entities-v1",
    "quotations-v1",
    "hate-speech-v1",
    "aspects-v1",
    "document-classes-v1",
)


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
    table = TomlTable(read_content(definition), "scheme")
    topics = read_values(table, "topics")
    scheme = Scheme(
        **read_head(table),
        topics=topics,
        labels=tuple(read_label(label, topics) for label in table.tables("labels", "label")),
        relations=tuple(
            read_relation(relation) for relation in table.tables("relations", "relation", MAX_RELATION_TYPES)
        ),
        fields=tuple(
            field for group in table.tables("fields", "field") for field in read_fields(group, topics)
        ),
        distances=tuple(read_distances(table)),
        sha256=hashlib.sha256(definition.encode()).hexdigest(),
    )
    table.finish()
    _check(scheme)
    return scheme


def read_content(definition: str) -> dict[str, Any]:
    """The content of a definition, of which nothing is larger or nested deeper than what comes after can take."""
    if len(definition) > MAX_DEFINITION_LENGTH:
        raise InvalidSchemeError(
            f"the definition has {len(definition):,} characters, more than the {MAX_DEFINITION_LENGTH:,} that one may "
            "have: shorten its guidelines",
        )
    if found := NO_XML_CHARACTER.search(definition):
        raise InvalidSchemeError(f"the definition has the character U+{ord(found[0]):04X}: remove it")
    check_keys(definition)
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
    check_content(content)
    return content


def check_content(content: dict[str, Any]) -> None:
    """Refuse content that is nested too deep or has a number or a character that nothing after it can take.

    Without recursion, because the nesting is among what is checked.
    """
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
    fixed = [label.key for label in scheme.labels if label.key]
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
