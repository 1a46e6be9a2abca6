"""What the editor of schemes shows around the part in hand: the parts of the draft, and what is wrong with each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotations.schemes.colors import HEX, tell_of_color
from annotations.schemes.complaints import Complaint
from annotations.schemes.key_layout import list_tables
from annotations.schemes.parts import WITHIN, Path, find_part, write_path

TITLES = {
    "labels": "Labels",
    "relations": "Links",
    "fields": "Questions about the article",
    "attributes": "Questions about each span",
    "rules": "Rules",
}
ADD = {
    "labels": "Add a label",
    "relations": "Add a link",
    "fields": "Add a question",
    "attributes": "Add a question",
    "rules": "Add a rule",
}
EMPTY = {
    "labels": "A scheme needs a label: what annotators mark.",
    "relations": "A link leads from one span to another, as from an opinion to whoever holds it.",
    "fields": "What annotators answer about an article as a whole.",
    "attributes": "What annotators answer about each span of this label.",
    "rules": "When to mark, where to begin and end, with an example that fits and one that does not.",
}
ONE = {
    "labels": "label",
    "relations": "link",
    "fields": "question",
    "attributes": "question",
    "rules": "rule",
}


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """One part in the outline, with how many complaints there are of it and of what is in it."""

    path: str
    title: str
    note: str
    color: str
    complaints: int
    is_current: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class OutlineList:
    """The parts of one kind within another part."""

    name: str
    title: str
    add: str
    empty: str
    around: str
    parts: list[OutlinePart] = field(default_factory=list)


def list_inner(
    content: dict[str, Any], around: Path, complaints: Iterable[Complaint], current: Path
) -> list[OutlineList]:
    """The lists that a definition or one of its parts holds, to be shown as an outline: of labels, of the attributes of a label, of the values of an attribute."""
    owner = find_part(content, around)
    found = []
    for name in WITHIN.get(str(around[-2]) if around else "", ()):
        parts = []
        for number, part in enumerate(list_tables(owner, name)):
            path = (*around, name, number)
            wrong = sum(each.path[: len(path)] == path for each in complaints)
            color = str(part.get("color", ""))
            parts.append(
                OutlinePart(
                    write_path(path),
                    name_part(part, name),
                    str(part.get("key", "")) if name == "labels" else "",
                    color if HEX.fullmatch(color) else "",
                    wrong,
                    current[: len(path)] == path,
                    str(part.get("group", "")) if name == "labels" else "",
                )
            )
        found.append(OutlineList(name, TITLES[name], ADD[name], EMPTY[name], write_path(around), parts))
    return found


def name_part(part: dict[str, Any], kind: str) -> str:
    """What a part is called in the editor."""
    return str(part.get("title") or part.get("name") or f"{ONE[kind]} without a name")


@dataclass(frozen=True, slots=True)
class WayPart:
    """A part on the way to the one in hand."""

    path: str
    title: str


def list_way(content: dict[str, Any], path: Path) -> list[WayPart]:
    """The parts that a part is in, the scheme first."""
    ends = range(2, len(path), 2)
    inner = (
        WayPart(write_path(path[:end]), name_part(find_part(content, path[:end]), str(path[end - 2])))
        for end in ends
    )
    return [WayPart("", "The scheme"), *inner]


def tell_of_part(content: dict[str, Any], path: Path) -> list[tuple[str, str]]:
    """What a person should know of a part though it is right, by the key that it is about."""
    if not path or path[-2] != "labels":
        return []
    part = find_part(content, path)
    others = [str(each.get("color", "")) for each in list_tables(content, "labels") if each is not part]
    return [("color", told) for told in tell_of_color(str(part.get("color", "")), others)]
