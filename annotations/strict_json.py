"""JSON without what its readers disagree about and what no database stores, read in one place for all who take it in.

A key given twice has lost a value before anybody could count it, NaN is no JSON, a NUL and half of a surrogate pair break
what comes after. Whoever reads says which of these rules it does not need, and maps the one error to its own kind.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_NAME_LENGTH = 40
HOLDERS = (dict, list)
MAX_DEPTH = 50
ODD_CHARACTER = re.compile(r"[\x00\ud800-\udfff]|\\u(?:0000|[dD][89a-fA-F])")
CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<constant>-?Infinity|NaN)', re.DOTALL)


class Fault(StrEnum):
    """What is wrong with a text that claims to be JSON."""

    SIZE = "size"
    ENCODING = "encoding"
    SYNTAX = "syntax"
    KEY = "key"
    CONSTANT = "constant"
    NUMBER = "number"
    CHARACTER = "character"
    DEPTH = "depth"


class StrictJsonError(ValueError):
    """A text is no JSON that everybody reads alike; the message says why and what to do, and where if that is known.

    `detail` is the parser's own word for a fault of syntax, without its place.
    """

    def __init__(
        self,
        fault: Fault,
        message: str,
        *,
        detail: str = "",
        line: int | None = None,
        character: int | None = None,
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.detail = detail or message
        self.line = line
        self.character = character


@dataclass(frozen=True, slots=True)
class Rules:
    """The JSON that a reader takes: the strictest, unless it says what it can do with more."""

    longest: int | None = None
    """Bytes, or characters of a text that is decoded already."""
    deepest: int = MAX_DEPTH
    """Lists and objects within each other."""
    largest_whole: int | None = None
    """Whole numbers are smaller, and their negatives larger, than this."""
    takes_constants: bool = False
    """Whether NaN and infinities pass, which Python writes for missing values."""
    takes_any_character: bool = False
    """Whether NUL and halves of surrogate pairs pass, for texts that are shown and never stored."""


STRICT = Rules()


def read_strict(content: str | bytes, rules: Rules = STRICT) -> Any:
    """Parse one JSON value, or say what is wrong with it.

    >>> read_strict('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> read_strict('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    annotations.strict_json.StrictJsonError: the key 'a' occurs twice in one object: rename or remove one of them
    """
    if rules.longest is not None and len(content) > rules.longest:
        unit = "bytes" if isinstance(content, bytes) else "characters"
        raise StrictJsonError(
            Fault.SIZE, f"this has more than the {rules.longest:,} {unit} that are read at once"
        )
    text = _decode(content) if isinstance(content, bytes) else content
    value = _parse(text, rules)
    _check_depth(value, rules.deepest)
    if not rules.takes_any_character and ODD_CHARACTER.search(text):
        _check_characters(value)
    return value


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise StrictJsonError(
            Fault.ENCODING, f"byte {error.start} is not UTF-8: save it as UTF-8", character=error.start
        ) from error


def _parse(text: str, rules: Rules) -> Any:
    def refuse_constant(name: str) -> Any:
        found = next((match for match in CONSTANT.finditer(text) if match["constant"]), None)
        line, character = _locate(text, found.start()) if found else (None, None)
        raise StrictJsonError(
            Fault.CONSTANT, f"{name} is no JSON: write null or a text instead", line=line, character=character
        )

    def read_whole(digits: str) -> int:
        if len(digits.lstrip("-")) > len(str(rules.largest_whole)) or abs(value := int(digits)) >= (
            rules.largest_whole or 0
        ):
            raise StrictJsonError(
                Fault.NUMBER, f"the whole number {digits[:MAX_NAME_LENGTH]} is too large: write it as a text"
            )
        return value

    try:
        return json.loads(
            text,
            object_pairs_hook=_to_object,
            parse_constant=None if rules.takes_constants else refuse_constant,
            parse_float=None if rules.takes_constants else _read_float,
            parse_int=None if rules.largest_whole is None else read_whole,
        )
    except StrictJsonError:
        raise
    except json.JSONDecodeError as error:
        raise StrictJsonError(
            Fault.SYNTAX,
            f"this is no JSON ({error.msg} at line {error.lineno}, character {error.colno})",
            detail=error.msg,
            line=error.lineno,
            character=error.colno,
        ) from error
    except RecursionError as error:
        raise _too_deep(rules.deepest) from error
    except ValueError as error:  # what the interpreter says of a whole number that it will not convert
        raise StrictJsonError(
            Fault.NUMBER, "a number of thousands of digits cannot be read, it is too long: write it as a text"
        ) from error


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise StrictJsonError(
            Fault.KEY,
            f"the key {twice[:MAX_NAME_LENGTH]!r} occurs twice in one object: rename or remove one of them",
        )
    return value


def _read_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise StrictJsonError(
            Fault.NUMBER, f"the number {digits[:MAX_NAME_LENGTH]} is too large: write it as a text"
        )
    return value


def _locate(text: str, place: int) -> tuple[int, int]:
    """The line and the character of it, both counted from 1."""
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _too_deep(deepest: int) -> StrictJsonError:
    return StrictJsonError(Fault.DEPTH, f"this JSON is nested more than {deepest} levels deep: flatten it")


def _check_depth(value: Any, deepest: int) -> None:
    """Without recursion: the nesting is what is being checked."""
    level = [value] if type(value) in HOLDERS else []
    for _ in range(deepest):
        level = [part for holder in level for part in _list_parts(holder) if type(part) in HOLDERS]
        if not level:
            return
    raise _too_deep(deepest)


def _list_parts(holder: Any) -> Any:
    return holder.values() if isinstance(holder, dict) else holder


def _list_texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            yield from part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _check_characters(value: Any) -> None:
    for text in _list_texts(value):
        if "\0" in text:
            raise StrictJsonError(
                Fault.CHARACTER, f"a text has a NUL at character {text.index(chr(0))}: remove it"
            )
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise StrictJsonError(
                Fault.CHARACTER,
                f"a text has half of a surrogate pair at character {error.start}, which is no character: remove it, "
                "or write the whole pair",
            ) from error
