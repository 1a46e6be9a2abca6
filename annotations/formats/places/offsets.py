"""Offsets that count UTF-16 units, as JavaScript does, turned into code points of a text."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from annotations.formats.scalars import is_whole

COUNTED = ("code_point", "utf16")
LAST_OF_BASIC_PLANE = "\uffff"


@dataclass(frozen=True, slots=True)
class Utf16Places:
    """The places of a text's characters that are two UTF-16 units long, in these units and in order.

    >>> places = Utf16Places.of_text("a\N{GLOBE WITH MERIDIANS}b")
    >>> [places.find_code_point(offset) for offset in range(6)]
    [0, 1, None, 2, 3, None]
    """

    long: tuple[int, ...]
    length: int
    begins: tuple[int, ...]
    """The same places in code points."""

    @classmethod
    def of_text(cls, text: str) -> "Utf16Places":
        if text.isascii():
            return cls((), len(text), ())
        begins = tuple(index for index, sign in enumerate(text) if sign > LAST_OF_BASIC_PLANE)
        units = tuple(index + before for before, index in enumerate(begins))
        return cls(units, len(text) + len(begins), begins)

    def find_code_point(self, offset: int) -> int | None:
        """A place in code points, or None inside a character and outside the text."""
        before = bisect_left(self.long, offset)
        inside = before and self.long[before - 1] == offset - 1
        return None if inside or not 0 <= offset <= self.length else offset - before

    def find_unit(self, place: int) -> int:
        """A place in code points as UTF-16 units count it.

        >>> places = Utf16Places.of_text("a\N{GLOBE WITH MERIDIANS}b")
        >>> [places.find_unit(place) for place in range(4)]
        [0, 1, 3, 4]
        """
        return place + bisect_left(self.begins, place)


def reads_as(text: str, start: Any, end: Any, said: str) -> bool:
    r"""Whether a text holds between two offsets what a region says, but for white space.

    Label Studio writes a line break as the two signs backslash and n.

    >>> reads_as("Kyiv\nagreed.", 0, 11, "Kyiv\\nagreed")
    True
    """
    if not (is_whole(start) and is_whole(end) and 0 <= start <= end <= len(text)):
        return False
    found = text[start:end]
    return found == said or found.split() == said.replace("\\n", "\n").split()
