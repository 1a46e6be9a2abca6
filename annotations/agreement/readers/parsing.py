"""JSON as it was written: an object that gives one key twice has lost a part before anybody could count it."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.format import Parsed


def parse_json(content: str) -> Any:
    """Parse a JSON document in which every object gives each key once.

    Raises
    ------
    json.JSONDecodeError
        This is no JSON; who calls knows which line it is on.
    InvalidCorpusError
        An object gives a key twice, or a number has thousands of digits.

    Examples
    --------
    >>> parse_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    try:
        return json.loads(content, object_pairs_hook=_read_object)
    except (json.JSONDecodeError, InvalidCorpusError):
        raise
    except ValueError as error:  # what the interpreter says of an integer that it will not convert
        raise InvalidCorpusError("a number of thousands of digits cannot be read; correct it") from error


def parse_lines(lines: Iterable[str], where: str = "the data") -> Parsed:
    """Parse JSON Lines; empty lines are none.

    Raises
    ------
    InvalidCorpusError
        A line is no JSON; the message has its number.
    """
    values: list[Any] = []
    numbers: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values.append(parse_json(line))
        except json.JSONDecodeError as error:
            raise InvalidCorpusError(f"line {number}: this is not JSON: {error.msg}") from error
        except InvalidCorpusError as error:
            raise InvalidCorpusError(f"line {number}: {error}") from error
        numbers.append(number)
    return Parsed(values, numbers, where)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise InvalidCorpusError(
            f"the key {shorten(twice)} occurs twice in one object, and only one of the two could count; give each "
            "key once"
        )
    return read
