"""Half-open intervals of a text, counted in Unicode code points."""

from dataclasses import dataclass, field


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
