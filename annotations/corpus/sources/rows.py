"""What a reader of any file format yields: rows that may become articles, and places that cannot."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

LONGEST_TEXT = 5_000_000
LONGEST_TITLE = 500
LONGEST_EXTERNAL_ID = 200
DEEPEST_METADATA = 50


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


def _check_value(value: Any, name: str, depth: int = 0) -> None:
    if depth > DEEPEST_METADATA:
        raise RefusedError(f"the {name} is nested more than {DEEPEST_METADATA} levels deep: flatten it")
    match value:
        case str():
            _check_characters(value, name)
        case float() if not math.isfinite(value):
            raise RefusedError(f"the {name} has a number that is not finite: write null or a text instead")
        case Mapping():
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
