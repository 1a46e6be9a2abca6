"""Which document may become an article, whatever file it came from."""

import json
import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from annotations.formats.documents import Block, Document
from annotations.formats.errors import RefusedError, Remedy
from annotations.formats.ports import TextOptions
from annotations.limits import (
    MAX_BLOCKS,
    MAX_COLUMNS,
    MAX_EXTERNAL_ID_LENGTH,
    MAX_METADATA_DEPTH,
    MAX_METADATA_LENGTH,
    MAX_METADATA_VALUES,
    MAX_TEXT_LENGTH,
    MAX_TEXT_LINES,
    MAX_TITLE_LENGTH,
    MAX_UNASKED_TEXT_LENGTH,
)

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category that are drawn as nothing."""
LINE_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def check_article(document: Document) -> None:
    """Refuse what no database, browser or exchange format carries through unharmed."""
    if document.text is None or not document.text.strip():
        raise RefusedError("the text is empty: leave it out, or fill it in")
    if not any(map(_is_visible, document.text)):
        raise RefusedError("the text has no character that can be seen: leave it out, or fill it in")
    if len(document.text) > MAX_TEXT_LENGTH:
        raise RefusedError(
            f"the text has {len(document.text):,} characters, more than the {MAX_TEXT_LENGTH:,} that can be annotated "
            "at once: split it",
        )
    lines = _count_lines(document.text) if len(document.text) > MAX_TEXT_LINES else 1
    if lines > MAX_TEXT_LINES:
        raise RefusedError(
            f"the text has {lines:,} lines, more than the {MAX_TEXT_LINES:,} that one article may have: split it",
        )
    if len(document.title) > MAX_TITLE_LENGTH:
        raise RefusedError(
            f"the title has {len(document.title):,} characters, more than {MAX_TITLE_LENGTH}: shorten it, or leave it "
            "out and the text's first line becomes the title",
        )
    if len(document.id) > MAX_EXTERNAL_ID_LENGTH:
        raise RefusedError(
            f"the id has {len(document.id):,} characters, more than {MAX_EXTERNAL_ID_LENGTH}: shorten it"
        )
    for name, value in (
        ("text", document.text),
        ("title", document.title),
        ("id", document.id),
        ("metadata", document.metadata),
    ):
        _check_value(value, name)
    _check_metadata(document.metadata)
    _check_blocks(document.blocks, document.text)


def ask_about_length(document: Document, options: TextOptions) -> None:
    """Refuse a very long text until somebody says that it is meant: most often it is a whole corpus in one file."""
    length = len(document.text or "")
    if length > MAX_UNASKED_TEXT_LENGTH and not options.takes_long_texts:
        raise RefusedError(
            f"the text has {length:,} characters, more than the {MAX_UNASKED_TEXT_LENGTH:,} of a long article: if it holds "
            "several, give each a file or a row of its own; if it is one, say that long texts are meant",
            remedy=Remedy.LONG_TEXTS,
        )


def _count_lines(text: str) -> int:
    return 1 + sum(1 for _ in LINE_BREAK.finditer(text))


def _is_visible(letter: str) -> bool:
    return (
        letter not in BLANK
        and unicodedata.category(letter)[0] not in "ZC"
        and unicodedata.category(letter) != "Mn"
    )


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    """Call it only when it is known not to be nested too deeply."""
    values = _count_values(metadata)
    if values > MAX_METADATA_VALUES:
        raise RefusedError(
            f"the metadata has {values:,} values, more than {MAX_METADATA_VALUES:,}: leave out what nobody asks for",
        )
    length = len(json.dumps(metadata, ensure_ascii=False))
    if length > MAX_METADATA_LENGTH:
        raise RefusedError(
            f"the metadata has {length:,} characters, more than {MAX_METADATA_LENGTH:,}: leave out what nobody asks for",
        )


def _count_values(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_count_values, value.values()))
    if isinstance(value, list):
        return sum(map(_count_values, value))
    return 1


def _check_blocks(blocks: Sequence[Block], text: str) -> None:
    """Blocks stand in order, beside each other and within the text."""
    if len(blocks) > MAX_BLOCKS:
        raise RefusedError(
            f"the text has {len(blocks):,} paragraphs, more than the {MAX_BLOCKS:,} that one article may have: "
            "split it",
        )
    end = 0
    for block in blocks:
        if not end <= block.start < block.end <= len(text):
            raise RefusedError(
                f"the block [{block.start}, {block.end}) is empty, lies outside the text of {len(text):,} characters or "
                "before the end of another: give blocks in order and beside each other"
            )
        end = block.end


def check_keys(keys: Collection[str]) -> None:
    """Refuse a row or an object of a file that has more names beside each other than an article may."""
    if len(keys) > MAX_COLUMNS:
        raise RefusedError(
            f"there are {len(keys):,} names beside each other, more than {MAX_COLUMNS:,}: leave out what nobody asks for"
        )


def _check_value(value: Any, name: str, depth: int = 0) -> None:
    if depth > MAX_METADATA_DEPTH:
        raise RefusedError(f"the {name} is nested more than {MAX_METADATA_DEPTH} levels deep: flatten it")
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
