"""Everything that is wrong with a definition at work, each complaint at the part and the key that it is about."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from annotations.schemes.definition import check_content
from annotations.schemes.key_layout import list_tables
from annotations.schemes.lookalikes import load_new_scheme
from annotations.schemes.names import find_lookalikes
from annotations.schemes.parts import Path
from annotations.schemes.reading import (
    read_attribute,
    read_distances,
    read_fields,
    read_head,
    read_label,
    read_relation,
    read_rules,
)
from annotations.schemes.table import InvalidSchemeError, TomlTable
from annotations.schemes.values import Value, read_values
from annotations.schemes.writing import write_definition

INNER = ("labels", "relations", "fields", "topics", "distances")
QUOTED_FIRST = re.compile(r"'([a-z_]+)'")
CLASH = re.compile(r"(?:key )?'(.)' (?:occurs twice|cannot be a key)")
PLACE = re.compile(r"(label|relation) '([^']+)'")
KEYS_IN_WORDS = (
    ("key ", "key"),
    ("attribute", "attributes"),
    ("the default ", "default"),
    ("value", "values"),
    ("several choices need values", "values"),
    ("a choice needs values", "values"),
    ("a rating needs a maximum", "maximum"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one part of a definition; the key is empty where it is about the part as a whole."""

    path: Path
    key: str
    message: str


def find_complaints(content: dict[str, Any]) -> list[Complaint]:
    """Everything that is wrong with a definition, in the order of its parts.

    What parts say about each other is looked at only when each is right by itself.
    """
    try:
        check_content(content)
    except InvalidSchemeError as error:
        return [Complaint((), "", str(error))]
    found = [*_complain_of_parts(content), *_complain_of_names(content)]
    return found or list(_complain_of_whole(content))


def _complain_of_parts(content: Mapping[str, Any]) -> Iterator[Complaint]:
    head = {key: value for key, value in content.items() if key not in INNER}
    yield from _try((), lambda: read_head(TomlTable(head, "scheme")))
    topics: tuple[Value, ...] = ()
    try:
        topics = read_values(TomlTable({"topics": content.get("topics", [])}, "scheme"), "topics")
    except InvalidSchemeError as error:
        yield Complaint((), "topics", error.said)
    for number, label in enumerate(list_tables(content, "labels")):
        yield from _complain_of_label(("labels", number), label, topics)
    if not list_tables(content, "labels"):
        yield Complaint((), "labels", "it has no labels: add one")
    for number, relation in enumerate(list_tables(content, "relations")):
        place = ("relations", number)
        yield from _complain_of_rules(place, relation)
        bare = {key: value for key, value in relation.items() if key != "rules"}
        yield from _try(place, partial(read_relation, TomlTable(bare, "relation")))
    for number, field in enumerate(list_tables(content, "fields")):
        yield from _try(("fields", number), partial(read_fields, TomlTable(field, "field"), topics))
    distances = {"distances": content.get("distances", {})}
    yield from _try((), lambda: list(read_distances(TomlTable(distances, "scheme"))))


def _complain_of_label(
    place: Path, label: Mapping[str, Any], topics: tuple[Value, ...]
) -> Iterator[Complaint]:
    for number, attribute in enumerate(list_tables(label, "attributes")):
        yield from _try(
            (*place, "attributes", number),
            partial(read_attribute, TomlTable(attribute, "attribute"), topics),
        )
    yield from _complain_of_rules(place, label)
    bare = {key: value for key, value in label.items() if key not in ("attributes", "rules")}
    yield from _try(place, lambda: read_label(TomlTable(bare, "label"), topics))


def _complain_of_rules(place: Path, part: Mapping[str, Any]) -> Iterator[Complaint]:
    for number, rule in enumerate(list_tables(part, "rules")):
        yield from _try((*place, "rules", number), partial(read_rules, TomlTable({"rules": [rule]}, "part")))


def _try(path: Path, read: Callable[[], object]) -> Iterator[Complaint]:
    try:
        read()
    except InvalidSchemeError as error:
        yield Complaint(path, _find_key(error.said), error.said)


def _find_key(message: str) -> str:
    """The key of the part that a complaint is about, as far as its words tell."""
    if quoted := QUOTED_FIRST.match(message):
        return quoted[1]
    return next((key for words, key in KEYS_IN_WORDS if message.startswith(words)), "")


def _complain_of_names(content: Mapping[str, Any]) -> Iterator[Complaint]:
    """Names that stand twice or look alike, at the later of the two parts."""
    lists: list[tuple[Path, list[dict[str, Any]]]] = [
        ((kind,), list_tables(content, kind)) for kind in ("labels", "relations", "fields")
    ]
    lists += [
        (("labels", number, "attributes"), list_tables(label, "attributes"))
        for number, label in enumerate(list_tables(content, "labels"))
    ]
    for place, parts in lists:
        names: list[str] = []
        for number, part in enumerate(parts):
            name = str(part.get("name", ""))
            if name in names:
                yield Complaint((*place, number), "name", f"there is another {name!r}: give it another name")
            elif found := find_lookalikes([*names, name]):
                yield Complaint(
                    (*place, number), "name", f"{found[1]!r} looks like {found[0]!r}: give it another name"
                )
            else:
                names.append(name)


def _complain_of_whole(content: Mapping[str, Any]) -> Iterator[Complaint]:
    try:
        load_new_scheme(write_definition(content))
    except InvalidSchemeError as error:
        if clash := CLASH.fullmatch(error.said.split(":")[0]):
            yield Complaint(_find_key_owner(content, clash[1]), "key", error.said)
            return
        path: Path = ()
        for kind, name in PLACE.findall(str(error).removesuffix(error.said)):
            names = [str(part.get("name")) for part in list_tables(content, f"{kind}s")]
            path = (f"{kind}s", names.index(name)) if name in names else ()
        yield Complaint(path, _find_key(error.said), error.said)


def _find_key_owner(content: Mapping[str, Any], key: str) -> Path:
    """The last part that wants a key."""
    owners: list[Path] = []
    for number, label in enumerate(list_tables(content, "labels")):
        if label.get("key") == key:
            owners.append(("labels", number))
        owners += [
            ("labels", number, "attributes", inner)
            for inner, attribute in enumerate(list_tables(label, "attributes"))
            if key in str(attribute.get("keys", ""))
        ]
    owners += [
        ("fields", number)
        for number, field in enumerate(list_tables(content, "fields"))
        if key in str(field.get("keys", ""))
    ]
    return owners[-1] if owners else ()
