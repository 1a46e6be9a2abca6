"""JSON Lines: a line is an article."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from annotations.corpus.sources.decoding import find_encoding_of_lines, split_lines
from annotations.corpus.sources.records import name_columns, read_record
from annotations.corpus.sources.rows import Refusal, RefusedError, Row, Source, check_row
from annotations.limits import DEEPEST_METADATA
from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict

LINE_RULES = Rules(deepest=DEEPEST_METADATA + 2, takes_any_character=True)
"""A row stands around its metadata; which part has an odd character, `check_row` says."""


def read_jsonl(stream: BinaryIO, place: str, encoding: str | None) -> Iterator[Row | Refusal]:
    try:
        found = find_encoding_of_lines(stream, encoding, may_guess=False)
    except RefusedError as error:
        yield Refusal(place, str(error))
        return
    for number, (raw, line) in enumerate(split_lines(stream, found, at_lone_cr=False), start=1):
        line_place = f"{place}:{number}"
        try:
            if isinstance(line, RefusedError):
                raise line
            if not line.strip():
                continue
            row = Row(
                place=line_place,
                original=raw.removesuffix(b"\n") if found.name.startswith("utf-8") else raw,
                encoding=found.name,
                source_format=JSONL.name,
                **read_record(_parse(line)),
            )
            check_row(row)
        except RefusedError as error:
            yield Refusal(line_place, str(error))
        else:
            yield row


def _parse(line: str) -> dict[str, Any]:
    try:
        value = read_strict(line, LINE_RULES)
    except StrictJsonError as error:
        hint = ": a line must hold one whole object" if error.fault is Fault.SYNTAX else ""
        raise RefusedError(f"{error}{hint}") from error
    if not isinstance(value, dict):
        raise RefusedError('a line must hold an object, such as {"text": "..."}')
    return dict(zip(name_columns(value), value.values(), strict=True))


JSONL = Source(
    name="jsonl", title="JSON Lines, a line an article", suffixes=(".jsonl", ".ndjson"), read=read_jsonl
)
