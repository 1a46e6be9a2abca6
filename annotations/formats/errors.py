"""What a reader of files refuses, each with a sentence that says what is wrong and what to do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from reprlib import Repr
from typing import Any

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 80


class Remedy(StrEnum):
    """What who hands a file over can say to have it read; a page, a command and the API each say how."""

    ENCODING = "encoding"
    FORMAT = "format"
    TEXT_COLUMN = "text column"
    LONG_TEXTS = "long texts"


class RefusedError(ValueError):
    """A file, or a part of one, cannot be what it claims to be; the message can be shown as it is.

    `remedy` is what can be said to have it read all the same, `choices` are values that it could have, and `samples` what the
    file says by each of them.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: Remedy | None = None,
        choices: tuple[str, ...] = (),
        samples: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.choices = choices
        self.samples = samples


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or row that was not accepted, why, and what to do about it."""

    place: str
    message: str
    remedy: Remedy | None = None
    choices: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    """What the file says by each of the choices, where that shows the difference."""

    @classmethod
    def of(cls, place: str, error: RefusedError) -> "Refusal":
        """A refusal of what stands at a place, as the error tells it."""
        return cls(place, str(error), error.remedy, error.choices, error.samples)

    def explain(self, ways: Mapping[Remedy, str]) -> str:
        """The message, and how to say what would help where the reader of the message is.

        >>> Refusal("a.txt", "name its encoding", Remedy.ENCODING).explain({Remedy.ENCODING: "--encoding NAME"})
        'name its encoding (--encoding NAME)'
        """
        way = ways.get(self.remedy) if self.remedy else None
        return f"{self.message} ({way})" if way else self.message


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about what was read that a person should know, and that keeps nothing out."""

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
        message = f"{place}: {error}" if place else str(error)
        raise RefusedError(
            message, remedy=error.remedy, choices=error.choices, samples=error.samples
        ) from error


def shorten(value: Any) -> str:
    """What a file gave, as a message shows it: whole texts and long lists say less than their beginnings.

    >>> shorten(["a"] * 1000)
    "['a', 'a', 'a', 'a', 'a', 'a', ...]"
    """
    return _SHORT.repr(value)
