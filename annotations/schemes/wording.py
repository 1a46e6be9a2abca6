"""What of a scheme is wording and what is not: guidelines may be worded better in a running round, as long as nothing else changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from annotations.schemes.scheme import Attribute, DocumentField, GuidelineRule, Label, RelationType, Scheme
from annotations.schemes.values import Value

WORDING = frozenset({"guidelines", "description"})
"""The parts of a scheme that say in words what its labels, questions and values mean."""
INTRODUCTION = "the guidelines"
CALLED = {
    Label: "label",
    Attribute: "attribute",
    DocumentField: "field",
    RelationType: "relation",
    Value: "value",
}
SENTENCE_ENDS = re.compile(r"(?<=[.!?:])\s+|\n+")


class NotOnlyWordingError(ValueError):
    """More than wording would change, so it takes a later version of the scheme."""


@dataclass(frozen=True, slots=True)
class WordingChange:
    """A passage of the guidelines as it was and as it is now; one of them is empty where a passage is new or gone."""

    place: str
    before: str
    after: str


@lru_cache(maxsize=64)
def find_wording_changes(before: Scheme, after: Scheme) -> tuple[WordingChange, ...]:
    """Find the passages that are worded otherwise, in the order of the guidelines.

    Raises
    ------
    NotOnlyWordingError
        Something else than wording differs; the message says where.
    """
    old_words, new_words = _split(before, is_wording=True), _split(after, is_wording=True)
    old_rest, new_rest = _split(before, is_wording=False), _split(after, is_wording=False)
    for place in (*new_rest, *old_rest):
        if old_rest.get(place) != new_rest.get(place):
            raise NotOnlyWordingError(
                f"{place} differs, which is more than wording: adopt a later version of the scheme for it"
            )
    places = dict.fromkeys((INTRODUCTION, *new_words, *old_words))
    return tuple(
        change
        for place in places
        for change in _compare(place, str(old_words.get(place, "")), str(new_words.get(place, "")))
    )


def _split(scheme: Scheme, *, is_wording: bool) -> dict[str, object]:
    """All that is wording, or all that is not, each part by its place in words."""
    return {place: value for place, value, is_words in _walk(scheme, "") if is_words == is_wording}


def _walk(value: Any, place: str) -> Iterator[tuple[str, object, bool]]:
    """Each part of a scheme with its place and whether it is wording; rules of the guidelines are, with their examples."""
    if isinstance(value, tuple) and value and isinstance(value[0], GuidelineRule):
        for number, rule in enumerate(value, start=1):
            yield _join(place, f"rule {number}"), _write_rule(rule), True
    elif isinstance(value, tuple):
        yield _join(place, "how many"), len(value), False
        for number, item in enumerate(value, start=1):
            yield from _walk(item, _join(place, _name(item, number)))
    elif is_dataclass(value):
        yield _join(place, "form"), type(value).__name__, False
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name == "rules" and not inner:
                continue
            if field.name in WORDING:
                yield place or INTRODUCTION, inner, True
            elif field.name != "sha256":
                is_named = is_dataclass(inner) or (
                    isinstance(inner, tuple) and inner and is_dataclass(inner[0])
                )
                part = field.name.replace("_", " ")
                yield from _walk(
                    inner, place if is_named and type(value) is not type(inner) else _join(place, part)
                )
    else:
        yield place, value, False


def _join(place: str, part: str) -> str:
    return f"{place}, {part}" if place else part


def _name(item: Any, number: int) -> str:
    called = CALLED.get(type(item))
    return f"{called} {item.name}" if called else str(number)


def _write_rule(rule: GuidelineRule) -> str:
    examples = "\n".join(
        f"{title}: {example.quote}\n{' / '.join(example.marked)}\n{example.why}"
        for title, group in (("Fits", rule.fits), ("Does not fit", rule.misfits))
        for example in group
    )
    return f"{rule.title}\n{rule.text}\n{examples}"


def _compare(place: str, before: str, after: str) -> Iterator[WordingChange]:
    """The sentences that differ, those that follow each other together."""
    old, new = (SENTENCE_ENDS.split(" ".join(text.split(" ")).strip()) for text in (before, after))
    matcher = SequenceMatcher(
        None, [_squeeze(one) for one in old], [_squeeze(one) for one in new], autojunk=False
    )
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        was, now = " ".join(old[old_start:old_end]).strip(), " ".join(new[new_start:new_end]).strip()
        if kind != "equal" and _squeeze(was) != _squeeze(now):
            yield WordingChange(place, was, now)


def _squeeze(text: str) -> str:
    """Where a line breaks is no wording."""
    return " ".join(text.split())
