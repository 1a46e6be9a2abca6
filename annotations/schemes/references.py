"""What in a definition refers to a label, an attribute or a value: it is named before one is deleted, and follows when one is renamed."""

from collections.abc import Callable, Iterator
from typing import Any

from annotations.schemes.key_layout import list_tables
from annotations.schemes.parts import Path, drop_part, find_part

Change = Callable[[str], str | None]
"""What becomes of a name: another one, or none where it goes."""


def list_dependents(content: dict[str, Any], path: Path) -> list[str]:
    """What depends on the label or the attribute at a path, each in a few words for a person."""
    name = str(find_part(content, path).get("name", ""))
    if path[-2] == "labels":
        return list(_depend_on_label(content, name))
    if path[-2] == "attributes":
        label = find_part(content, path[:-2])
        return list(_depend_on_attribute(content, label, name))
    return []


def _depend_on_label(content: dict[str, Any], name: str) -> Iterator[str]:
    for relation in list_tables(content, "relations"):
        ends = [end for end in ("from", "to") if name in _list(relation, end)]
        if ends:
            is_last = any(_list(relation, end) == [name] for end in ends)
            what = (
                "goes with it, because nothing else is at that end"
                if is_last
                else f"leads {' and '.join(ends)} it"
            )
            yield f"The link “{relation.get('title') or relation.get('name')}” {what}."
    for label in list_tables(content, "labels"):
        if name in _list(label, "outside"):
            yield f"{label.get('name')} must stay beside it."
    if name in content.get("distances", {}) or any(
        name in row for row in content.get("distances", {}).values() if isinstance(row, dict)
    ):
        yield "It has distances to other labels, by which agreement weighs a confusion."


def _depend_on_attribute(content: dict[str, Any], label: dict[str, Any], name: str) -> Iterator[str]:
    for other in list_tables(label, "attributes"):
        if any(name in condition for condition in list_tables(other, "applies_when")):
            yield f"“{other.get('title') or other.get('name')}” is asked by what it is answered with."
    for relation, key in _list_rules(content, str(label.get("name", ""))):
        if any(name in condition for condition in list_tables(relation, key)):
            verb = "needed" if key == "required_when" else "refused"
            yield f"The link “{relation.get('title') or relation.get('name')}” is {verb} by what it is answered with."


def _list_rules(content: dict[str, Any], label: str) -> Iterator[tuple[dict[str, Any], str]]:
    for relation in list_tables(content, "relations"):
        if label in _list(relation, "from"):
            yield from ((relation, key) for key in ("required_when", "forbidden_when"))


def delete_part(content: dict[str, Any], path: Path) -> None:
    """Delete a part with every reference to it; a link that has nothing left at an end goes, too."""
    part, kind = find_part(content, path), path[-2]
    name = str(part.get("name", ""))
    label = find_part(content, path[:-2]) if kind == "attributes" else None
    drop_part(content, path)
    if kind == "labels":
        rename_label(content, name, lambda _: None)
    elif label is not None:
        _change_conditions(content, label, name, lambda _: None)


def rename_label(content: dict[str, Any], name: str, change: Change) -> None:
    """Let everything that names a label name what becomes of it."""
    new = change(name)
    for label in list_tables(content, "labels"):
        _replace(label, "outside", name, new)
        if not _list(label, "outside"):
            label.pop("outside", None)
    for relation in list_tables(content, "relations"):
        for end in ("from", "to"):
            _replace(relation, end, name, new)
    relations = content.get("relations")
    if new is None and isinstance(relations, list):
        relations[:] = [
            each
            for each in relations
            if not isinstance(each, dict) or (_list(each, "from") and _list(each, "to"))
        ]
    distances = content.get("distances")
    if isinstance(distances, dict):
        for row in [distances, *(row for row in distances.values() if isinstance(row, dict))]:
            if name in row:
                value = row.pop(name)
                if new is not None:
                    row[new] = value


def rename_attribute(content: dict[str, Any], label: dict[str, Any], name: str, new: str) -> None:
    """Let conditions that ask for an attribute ask for it by its new name."""
    _change_conditions(content, label, name, lambda _: new)


def rename_value(content: dict[str, Any], label: dict[str, Any], attribute: str, name: str, new: str) -> None:
    """Let conditions that ask for a value of an attribute ask for it by its new name."""
    for conditions in _list_conditions(content, label):
        for condition in conditions:
            if isinstance(condition, dict) and isinstance(condition.get(attribute), list):
                condition[attribute] = [new if value == name else value for value in condition[attribute]]


def _change_conditions(content: dict[str, Any], label: dict[str, Any], name: str, change: Change) -> None:
    new = change(name)
    for conditions in _list_conditions(content, label):
        kept = []
        for condition in conditions:
            if not isinstance(condition, dict) or name not in condition:
                kept.append(condition)
            elif new is not None:
                kept.append({new if key == name else key: values for key, values in condition.items()})
        conditions[:] = kept


def _list_conditions(content: dict[str, Any], label: dict[str, Any]) -> Iterator[list[Any]]:
    """The conditions on attributes of a label; a link's are among them where it leads from this label alone."""
    for attribute in list_tables(label, "attributes"):
        if isinstance(attribute.get("applies_when"), list):
            yield attribute["applies_when"]
    for relation in list_tables(content, "relations"):
        if _list(relation, "from") == [label.get("name")]:
            yield from (
                relation[key]
                for key in ("required_when", "forbidden_when")
                if isinstance(relation.get(key), list)
            )


def _replace(table: dict[str, Any], key: str, name: str, new: str | None) -> None:
    if isinstance(table.get(key), list):
        table[key] = [new if each == name else each for each in table[key] if each != name or new is not None]


def _list(table: dict[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []
