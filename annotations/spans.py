"""Half-open intervals of a text, and the three ways in which programs count its characters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

LAST_OF_BASIC_PLANE = 0xFFFF


class InvalidSpanError(ValueError):
    """A span does not describe a stretch of its text."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The stretch `[start, end)` of a text, in Unicode code points, under a label.

    The key names the span within its annotation; relations refer to it.

    >>> Span(0, 6, "Claim").quote("Kyiv agreed.")
    'Kyiv a'
    """

    start: int
    end: int
    label: str
    attributes: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    key: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise InvalidSpanError(
                f"a span must satisfy 0 <= start < end, but start is {self.start} and end is {self.end}",
            )

    @property
    def length(self) -> int:
        return self.end - self.start

    def quote(self, text: str) -> str:
        if self.end > len(text):
            raise InvalidSpanError(f"the span ends at {self.end}, but the text has {len(text)} characters")
        return text[self.start : self.end]

    def overlap(self, other: "Span") -> int:
        """The number of characters that both spans cover; labels do not matter."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


def find_same_label_overlap(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """The first two spans of one label that share a character, or None."""
    by_label: dict[str, list[Span]] = {}
    for span in spans:
        by_label.setdefault(span.label, []).append(span)
    for group in by_label.values():
        for before, after in pairwise(sorted(group)):
            if before.overlap(after):
                return before, after
    return None


def code_point_to_utf16(text: str, offset: int) -> int:
    """Turn an offset in code points into one in UTF-16 units, as JavaScript counts.

    >>> code_point_to_utf16("a😀b", 2)
    3
    """
    return offset + sum(ord(character) > LAST_OF_BASIC_PLANE for character in text[:offset])


def utf16_to_code_point(text: str, offset: int) -> int:
    """Turn an offset in UTF-16 units into one in code points.

    An offset in the middle of a surrogate pair is refused: it names no place in the text.

    >>> utf16_to_code_point("a😀b", 3)
    2
    """
    for index, start in enumerate(accumulate((_utf16_units(character) for character in text), initial=0)):
        if start == offset:
            return index
    raise InvalidSpanError(f"UTF-16 offset {offset} is not between two characters of the text")


def _utf16_units(character: str) -> int:
    return 2 if ord(character) > LAST_OF_BASIC_PLANE else 1


def code_point_to_byte(text: str, offset: int) -> int:
    """Turn an offset in code points into one in UTF-8 bytes.

    >>> code_point_to_byte("é!", 1)
    2
    """
    return len(text[:offset].encode())


def find_occurrence(text: str, quote: str, occurrence: int = 1) -> tuple[int, int]:
    """The place of the n-th occurrence of a quote (counted from 1, overlapping ones included).

    >>> find_occurrence("to be or not to be", "to be", 2)
    (13, 18)
    """
    if not quote or occurrence < 1:
        raise InvalidSpanError("a quote must not be empty and its occurrences count from 1")
    start = -1
    for _ in range(occurrence):
        start = text.find(quote, start + 1)
        if start < 0:
            raise InvalidSpanError(f"the text has no occurrence {occurrence} of {quote!r}")
    return start, start + len(quote)
