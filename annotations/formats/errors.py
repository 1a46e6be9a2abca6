"""What a reader of files refuses, each with a sentence that says what is wrong and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from reprlib import Repr
from typing import Any

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 80


class RefusedError(ValueError):
    """A file, or a part of one, cannot be what it claims to be; the message can be shown as it is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or row that was not accepted, why, and what to do about it."""

    place: str
    message: str


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Say before each refusal where in the file it is.

    >>> with placed("line 7"):
    ...     raise RefusedError("there is no text")
    Traceback (most recent call last):
    annotations.formats.errors.RefusedError: line 7: there is no text
    """
    try:
        yield
    except RefusedError as error:
        raise RefusedError(f"{place}: {error}" if place else str(error)) from error


def shorten(value: Any) -> str:
    """What a file gave, as a message shows it: whole texts and long lists say less than their beginnings.

    >>> shorten(["a"] * 1000)
    "['a', 'a', 'a', 'a', 'a', 'a', ...]"
    """
    return _SHORT.repr(value)
