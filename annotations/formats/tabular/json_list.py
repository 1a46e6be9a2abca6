"""A list in one JSON file: an object an article, as many programs save a table."""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.files.decoding import decode
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.tabular.objects import read_object
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_LIST_BYTES

BLANK = re.compile(r"[ \t\r\n]*")
NEITHER = "this is neither a list of objects with a 'text' each, nor a line an object (which belongs into a .jsonl file)"


def read_list(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read the objects of one list; what is no object with a text is refused by its number, counted from 1."""
    raw = stream.read(MAX_LIST_BYTES + 1)
    if len(raw) > MAX_LIST_BYTES:
        message = f"the file has more than {MAX_LIST_BYTES:,} bytes: save it as JSON Lines, a line an object"
        yield Refusal(place, message)
        return
    try:
        text, encoding = decode(raw, options.encoding or (None if _has_mark(raw) else "utf-8"))
        for number, part in enumerate(_split(text), start=1):
            yield _read_entry(
                part, f"{place}:{number}", "utf-8" if encoding.name == "utf-8-sig" else encoding.name, options
            )
    except RefusedError as error:
        yield Refusal.of(place, error)


def _has_mark(raw: bytes) -> bool:
    """Whether the file says its encoding itself; JSON that does not is UTF-8, and never guessed."""
    return raw[:1] in {b"\xef", b"\xff", b"\xfe"}


def _split(text: str) -> Iterator[str]:
    """The text of each entry of a list, in order; what follows a broken one cannot be told apart and is not read."""
    place = _skip(text, 0)
    if text[place : place + 1] != "[":
        raise RefusedError(NEITHER)
    decoder = json.JSONDecoder()
    place = _skip(text, place + 1)
    while text[place : place + 1] != "]":
        try:
            _, end = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError, ValueError) as error:
            line = text.count("\n", 0, getattr(error, "pos", place)) + 1
            reason = getattr(error, "msg", "it is nested too deeply, or holds a number that is too long")
            raise RefusedError(f"the list cannot be read on from line {line}: {reason}") from error
        yield text[place:end]
        place = _skip(text, end)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != "]":
            line = text.count("\n", 0, place) + 1
            raise RefusedError(f"the list does not go on or end as a list does at line {line}")
    if text[place + 1 :].strip():
        raise RefusedError("something stands after the list: give one list a file")


def _skip(text: str, place: int) -> int:
    blank = BLANK.match(text, place)
    return blank.end() if blank else place


def _read_entry(part: str, place: str, encoding: str, options: TextOptions) -> Document | Refusal:
    try:
        document = Document(
            place=place,
            original=part.encode(encoding),
            encoding=encoding,
            source_format=JSON_LIST.name,
            **read_object(part, options, what="an entry"),
        )
        check_article(document)
    except RefusedError as error:
        return Refusal.of(place, error)
    return document


JSON_LIST = Format(
    name="json",
    title="JSON, a list with an object an article",
    short="JSON",
    holds="texts with titles, ids and metadata",
    media_type="application/json",
    extension="json",
    suffixes=(".json",),
    read_texts=read_list,
    begins=b"[",
    is_of_rows=True,
    is_read_whole=True,
)
