"""Where in a source each character of a text came from, beside both: which part of a page the words of a span are."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.errors import RefusedError
from annotations.formats.scalars import is_whole

PARTS_OF_RUN = 4


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text and the stretch of its source that spells it.

    Of one length in both, each character is one of the source; else all of it stands for all of that, as “&” does for
    “&amp;”.
    """

    start: int
    end: int
    source_start: int
    source_end: int

    @property
    def is_letter_by_letter(self) -> bool:
        """Whether each character of the text is one of the source."""
        return self.end - self.start == self.source_end - self.source_start

    def cut(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the source for a part of the text that touches this."""
        if not self.is_letter_by_letter:
            return self.source_start, self.source_end
        shift = self.source_start - self.start
        return max(start, self.start) + shift, min(end, self.end) + shift


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The runs of a text, in its order; what no run covers, such as an empty line between blocks, the source has not.

    >>> SourceMap((Run(0, 4, 10, 14), Run(4, 5, 14, 19))).find(2, 5)
    [(12, 19)]
    """

    runs: tuple[Run, ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(run.start for run in self.runs))

    def find(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of the source for a stretch of the text, in the text's order, joined where they touch."""
        found: list[tuple[int, int]] = []
        for run in self._touched(start, end):
            first, last = run.cut(start, end)
            if found and found[-1][1] == first:
                found[-1] = found[-1][0], last
            else:
                found.append((first, last))
        return found

    def _touched(self, start: int, end: int) -> Iterator[Run]:
        for place in range(max(bisect_right(self._starts, start) - 1, 0), len(self.runs)):
            run = self.runs[place]
            if run.start >= end:
                return
            if run.end > start:
                yield run

    def to_json(self) -> list[list[int]]:
        return [[run.start, run.end, run.source_start, run.source_end] for run in self.runs]

    @classmethod
    def from_json(cls, value: Any) -> "SourceMap":
        """Read what `to_json` wrote."""
        if not isinstance(value, list) or not all(map(_is_run, value)):
            raise RefusedError("a map to a source must be a list of four whole numbers each")
        return cls(tuple(Run(*part) for part in value))


def _is_run(value: Any) -> bool:
    return isinstance(value, Sequence) and len(value) == PARTS_OF_RUN and all(map(is_whole, value))
