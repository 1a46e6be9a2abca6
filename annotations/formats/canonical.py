r"""Canonical JSON: the same content always gives the same bytes.

Keys are sorted, there are no spaces and no NaN, the encoding is UTF-8, and a value is on one line for every reader: the three
separators that some programs take for line ends are escaped.

What never changes (an article, an annotation) is written so once, when it is stored: its members, a line each, as in
`"end":9\n"start":0`. An export puts the members of several such things into one object without reading any of them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
EMPTY: Mapping[type, str] = {dict: "{}", list: "[]"}
"""What most annotations have none of is written without asking the encoder."""
LINE_SEPARATORS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class NotCanonicalError(ValueError):
    """A value cannot be written as canonical JSON: a NaN, an infinity or half a surrogate pair."""


def write_canonical(value: Any) -> str:
    r"""Write a JSON value in its canonical form, in which equal values have equal bytes.

    >>> write_canonical({"b": 1, "a": "é\u2028"})
    '{"a":"é\\u2028","b":1}'
    """
    if not value and type(value) in EMPTY:
        return EMPTY[type(value)]
    try:
        written = ENCODER.encode(value)
        if written.isascii():
            return written
        written.encode()
    except ValueError as error:
        raise NotCanonicalError(f"this cannot be written as canonical JSON: {error}") from error
    return escape_separators(written)


def escape_separators(written: str) -> str:
    """JSON without the three characters that some programs take for line ends."""
    for separator, escaped in LINE_SEPARATORS.items():
        written = written.replace(separator, escaped)
    return written


def checksum(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON."""
    return checksum_text(write_canonical(value))


def checksum_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_members(value: Mapping[str, Any]) -> str:
    r"""The members of an object as canonical JSON, a line each.

    >>> write_members({"start": 0, "end": 9})
    '"end":9\n"start":0'
    """
    return "\n".join(f"{write_name(key)}:{write_canonical(value[key])}" for key in sorted(value))


@lru_cache(maxsize=256)
def write_name(name: str) -> str:
    """A text of which there are few, such as a key, as canonical JSON; they are written again and again."""
    return write_canonical(name)


def read_members(members: str) -> dict[str, Any]:
    r"""Read an object of JSON of which each line holds one member.

    >>> read_members('"end":9\n"start":0')
    {'end': 9, 'start': 0}
    """
    value: dict[str, Any] = json.loads(f"{{{members.replace(chr(10), ',')}}}")
    return value


def join_members(members: Iterable[str]) -> str:
    """One canonical object of members that are written already; they come in any order, each key once.

    A key ends with a quotation mark, which sorts before every character that keys here are made of, so lines in order are
    keys in order.

    >>> join_members(['"start":0', '"end":9'])
    '{"end":9,"start":0}'
    """
    return f"{{{','.join(sorted(members))}}}"
