"""Request bodies: JSON that every database and reader carries unharmed, and no more than fits."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 50
LARGEST_NUMBER = 2**63


class StrictJSONParser(BaseParser):
    """Refuses what JSON readers disagree about, and what one of the databases cannot store."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - theirs
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - theirs
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig(f"A body may have {limit:,} bytes: send it in several requests.")
        value = _load(body)
        _check(value)
        return value


def _load(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_to_object,
            parse_constant=_refuse_constant,
            parse_float=_to_float,
            parse_int=_to_int,
        )
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"This is no JSON: {error.msg} at character {error.pos}.") from error
    except RecursionError as error:
        raise ParseError(f"The JSON is nested more than {DEEPEST} levels deep.") from error


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ParseError("An object of the body has the same key twice.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(f"{name} is no JSON.")


def _to_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ParseError("A number of the body is too large.")
    return value


def _to_int(digits: str) -> int:
    if len(digits) > len(str(LARGEST_NUMBER)) or abs(value := int(digits)) >= LARGEST_NUMBER:
        raise ParseError("A whole number of the body is too large.")
    return value


def _check(value: Any) -> None:
    """Without recursion: the nesting is what is being checked."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner: list[Any] = []
        for part in level:
            if isinstance(part, str):
                _check_characters(part)
            elif isinstance(part, dict):
                inner += part.keys()
                inner += part.values()
            elif isinstance(part, list):
                inner += part
        level = inner
        if not level:
            return
    raise ParseError(f"The JSON is nested more than {DEEPEST} levels deep.")


def _check_characters(text: str) -> None:
    if "\0" in text:
        raise ParseError("A text of the body has a NUL: remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError("A text of the body has half of a surrogate pair, which is no character.") from error
