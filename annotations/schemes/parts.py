"""The parts of a definition by their paths, such as `labels.0.attributes.1`, and what a person does with one: add, move, copy, delete.

Nothing here minds whether the definition is right: it is at work, and what is wrong with it is said by `complaints`.
"""

from copy import deepcopy
from typing import Any

from annotations.limits import MAX_ATTRIBUTES, MAX_NAME_LENGTH, MAX_PARTS, MAX_RELATION_TYPES
from annotations.schemes.colors import choose_color
from annotations.schemes.key_layout import choose_keys, choose_label_key, list_tables
from annotations.schemes.names import fold_name

Path = tuple[str | int, ...]
MOST = {
    "labels": MAX_PARTS,
    "attributes": MAX_ATTRIBUTES,
    "relations": MAX_RELATION_TYPES,
    "fields": MAX_PARTS,
    "rules": MAX_PARTS,
}
"""The lists that parts are in, and how many each may hold."""
WITHIN = {"": ("labels", "relations", "fields"), "labels": ("attributes", "rules"), "relations": ("rules",)}
"""Which lists the definition and its parts have."""


class NoSuchPartError(LookupError):
    """A path leads to no part of the definition, because it was deleted or never was."""


class TooManyPartsError(ValueError):
    """A list of the definition is full."""


def read_path(written: str) -> Path:
    """Read a path as addresses and forms have it; NoSuchPartError for what is none.

    >>> read_path("labels.0.attributes.1"), read_path("")
    (('labels', 0, 'attributes', 1), ())
    """
    path: list[str | int] = []
    around = ""
    steps = written.split(".") if written else []
    for name, number in zip(steps[::2], [*steps[1::2], ""], strict=False):
        is_number = number.isascii() and number.isdecimal() and len(number) <= len(str(MAX_PARTS))
        if name not in WITHIN.get(around, ()) or not is_number:
            raise NoSuchPartError(written)
        path += [name, int(number)]
        around = name
    return tuple(path)


def write_path(path: Path) -> str:
    """Write a path as addresses and forms have it."""
    return ".".join(map(str, path))


def find_part(content: dict[str, Any], path: Path) -> dict[str, Any]:
    """The table at a path: the definition itself, or one of its parts."""
    part: Any = content
    for step in path:
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError) as error:
            raise NoSuchPartError(write_path(path)) from error
    if not isinstance(part, dict):
        raise NoSuchPartError(write_path(path))
    return part


def add_part(content: dict[str, Any], around: Path, name: str) -> Path:
    """Add a part to the list of this name in another part, with a name that is free, and return its path."""
    if name not in WITHIN.get(str(around[-2]) if around else "", ()):
        raise NoSuchPartError(name)
    owner = find_part(content, around)
    parts = owner.get(name)
    if not isinstance(parts, list):
        parts = owner[name] = []
    _check_room(parts, name)
    parts.append(part := _begin(content, owner, name))
    _give_keys(content, part, owner, name)
    return (*around, name, len(parts) - 1)


def _check_room(parts: list[Any], name: str) -> None:
    if len(parts) >= MOST[name]:
        raise TooManyPartsError(
            f"There are {len(parts):,} {name} already, and no more fit: delete one first."
        )


def _begin(content: dict[str, Any], owner: dict[str, Any], name: str) -> dict[str, Any]:
    if name == "labels":
        label = {"name": find_free_name(owner, name, "Label"), "color": _choose_color(content)}
        key = choose_label_key(content)
        return {**label, **({"key": key} if key else {}), "description": ""}
    if name == "relations":
        labels = [str(label.get("name", "")) for label in list_tables(content, "labels")]
        found = find_free_name(owner, name, "link")
        return {"name": found, "title": found, "from": labels[:1], "to": labels[-1:]}
    if name == "rules":
        example = {"quote": "", "marked": [], "why": ""}
        return {"title": "", "text": "", "fits": example, "misfits": dict(example)}
    found = find_free_name(owner, name, "question")
    values = [{"name": "yes", "title": "yes"}, {"name": "no", "title": "no"}]
    return {"name": found, "title": "Question", "kind": "choice", "values": values}


def _give_keys(content: dict[str, Any], part: dict[str, Any], owner: dict[str, Any], kind: str) -> None:
    """Let a new question be answered by keys, as far as there are free ones."""
    if kind in ("attributes", "fields") and (
        keys := choose_keys(content, part, owner if kind == "attributes" else None)
    ):
        part["keys"] = keys


def _choose_color(content: dict[str, Any]) -> str:
    return choose_color([str(label.get("color", "")) for label in list_tables(content, "labels")])


def find_free_name(owner: dict[str, Any], name: str, wanted: str) -> str:
    """A name like this one that no other part of the list has, nor one that looks like it."""
    taken = {fold_name(str(part.get("name", ""))) for part in list_tables(owner, name)}
    number = 1
    while fold_name(found := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return found


def move_part(content: dict[str, Any], path: Path, by: int) -> Path:
    """Move a part up (-1) or down (1) in its list; at an end of the list it stays."""
    parts, number = _find_list(content, path)
    goal = min(max(number + by, 0), len(parts) - 1)
    parts.insert(goal, parts.pop(number))
    return (*path[:-1], goal)


def duplicate_part(content: dict[str, Any], path: Path) -> Path:
    """Put a copy of a part behind it, with a name, a colour and a key of its own."""
    parts, number = _find_list(content, path)
    kind = str(path[-2])
    _check_room(parts, kind)
    copied = deepcopy(find_part(content, path))
    owner = find_part(content, path[:-2])
    if "name" in copied:
        copied["name"] = find_free_name(owner, kind, str(copied["name"])[: MAX_NAME_LENGTH - 5])
    if kind == "labels":
        copied["color"] = _choose_color(content)
        copied.pop("key", None)
        if key := choose_label_key(content):
            copied["key"] = key
    elif "title" in copied and kind in ("relations", "fields"):
        copied["title"] = _find_free_title(owner, kind, f"{copied['title']} (copy)")
    copied.pop("keys", None)
    parts.insert(number + 1, copied)
    _give_keys(content, copied, owner, kind)
    return (*path[:-1], number + 1)


def _find_free_title(owner: dict[str, Any], name: str, wanted: str) -> str:
    taken = {str(part.get("title", "")) for part in list_tables(owner, name)}
    number = 1
    while (found := wanted if number == 1 else f"{wanted} {number}") in taken:
        number += 1
    return found


def drop_part(content: dict[str, Any], path: Path) -> None:
    """Take a part out of its list; what refers to it stays and is complained about."""
    parts, number = _find_list(content, path)
    del parts[number]


def _find_list(content: dict[str, Any], path: Path) -> tuple[list[Any], int]:
    find_part(content, path)
    if not path:
        raise NoSuchPartError("the definition itself is no part")
    parts = find_part(content, path[:-2])[str(path[-2])]
    return parts, int(path[-1])
