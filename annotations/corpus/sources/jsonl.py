"""JSON Lines: a line is an article."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from annotations.corpus.sources.decoding import find_encoding_of_lines, split_lines
from annotations.corpus.sources.records import name_columns, read_record
from annotations.corpus.sources.rows import Refusal, RefusedError, Row, Source, check_row


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
        value = json.loads(
            line, object_pairs_hook=_to_object, parse_constant=_refuse_constant, parse_float=_read_float
        )
    except RefusedError:
        raise
    except json.JSONDecodeError as error:
        raise RefusedError(
            f"this is no JSON ({error.msg} at character {error.colno}): a line must hold one whole object",
        ) from error
    except RecursionError as error:
        raise RefusedError("this JSON is nested too deeply: flatten it") from error
    except ValueError as error:
        raise RefusedError("this JSON has a number that is too long: write it as a text") from error
    if not isinstance(value, dict):
        raise RefusedError('a line must hold an object, such as {"text": "..."}')
    return dict(zip(name_columns(value), value.values(), strict=True))


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise RefusedError(f"the object has {twice[:40]!r} twice: rename or remove one of them")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise RefusedError(f"{name} is no JSON: write null or a text instead")


def _read_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise RefusedError(f"the number {digits[:40]} is too large: write it as a text")
    return value


JSONL = Source(
    name="jsonl", title="JSON Lines, a line an article", suffixes=(".jsonl", ".ndjson"), read=read_jsonl
)
