"""What a reader of any file format yields: rows that may become articles, and places that cannot."""

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from annotations.limits import (
    DEEPEST_METADATA,
    LONGEST_EXTERNAL_ID,
    LONGEST_METADATA,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_COLUMNS,
    MOST_METADATA_VALUES,
    MOST_TEXT_LINES,
)

LINE_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


class RefusedError(ValueError):
    """A row cannot become an article; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text as it came: the bytes, the exact text they spell, and what the file says about it.

    In a file without rows `original.decode(encoding) == text`; in one with rows, `original` is the whole row.
    """

    place: str
    text: str
    original: bytes
    encoding: str
    source_format: str
    title: str = ""
    external_id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or row that was not accepted, why, and what to do about it."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file format: the suffixes by which it is known, and its reader.

    The reader gets the stream, the name under which its rows are reported, and an encoding to use instead of
    finding one.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, str, str | None], Iterator[Row | Refusal]]


def check_row(row: Row) -> None:
    """Refuse what no database, browser or exchange format carries through unharmed."""
    if not row.text.strip():
        raise RefusedError("the text is empty: leave the row out, or fill it in")
    if len(row.text) > LONGEST_TEXT:
        raise RefusedError(
            f"the text has {len(row.text):,} characters, more than the {LONGEST_TEXT:,} that can be annotated "
            "at once: split it",
        )
    lines = 1 + sum(1 for _ in LINE_BREAK.finditer(row.text))
    if lines > MOST_TEXT_LINES:
        raise RefusedError(
            f"the text has {lines:,} lines, more than the {MOST_TEXT_LINES:,} that one article may have: split it",
        )
    if len(row.title) > LONGEST_TITLE:
        raise RefusedError(
            f"the title has {len(row.title):,} characters, more than {LONGEST_TITLE}: shorten it, or leave it "
            "out and the text's first line becomes the title",
        )
    if len(row.external_id) > LONGEST_EXTERNAL_ID:
        raise RefusedError(
            f"the id has {len(row.external_id):,} characters, more than {LONGEST_EXTERNAL_ID}: shorten it"
        )
    for name, value in (
        ("text", row.text),
        ("title", row.title),
        ("id", row.external_id),
        ("metadata", row.metadata),
    ):
        _check_value(value, name)
    _check_metadata(row.metadata)


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    """Call it only when it is known not to be nested too deeply."""
    values = _count_values(metadata)
    if values > MOST_METADATA_VALUES:
        raise RefusedError(
            f"the metadata has {values:,} values, more than {MOST_METADATA_VALUES:,}: leave out what nobody asks for",
        )
    length = len(json.dumps(metadata, ensure_ascii=False))
    if length > LONGEST_METADATA:
        raise RefusedError(
            f"the metadata has {length:,} characters, more than {LONGEST_METADATA:,}: leave out what nobody asks for",
        )


def _count_values(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_count_values, value.values()))
    if isinstance(value, list):
        return sum(map(_count_values, value))
    return 1


def check_keys(keys: Collection[str]) -> None:
    if len(keys) > MOST_COLUMNS:
        raise RefusedError(
            f"there are {len(keys):,} names beside each other, more than {MOST_COLUMNS:,}: leave out what nobody asks for"
        )


def _check_value(value: Any, name: str, depth: int = 0) -> None:
    if depth > DEEPEST_METADATA:
        raise RefusedError(f"the {name} is nested more than {DEEPEST_METADATA} levels deep: flatten it")
    match value:
        case str():
            _check_characters(value, name)
        case float() if not math.isfinite(value):
            raise RefusedError(f"the {name} has a number that is not finite: write null or a text instead")
        case Mapping():
            check_keys(value)
            for key, inner in value.items():
                _check_characters(key, name)
                _check_value(inner, name, depth + 1)
        case list():
            for inner in value:
                _check_value(inner, name, depth + 1)


def _check_characters(value: str, name: str) -> None:
    if "\0" in value:
        raise RefusedError(
            f"the {name} has a NUL at character {value.index(chr(0))}: remove it; where every other character "
            "is one, the file is UTF-16, so name its encoding: utf-16-le or utf-16-be",
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RefusedError(
            f"the {name} has half of a surrogate pair at character {error.start}, which is no character: "
            "remove it, or write the whole pair",
        ) from error
