"""How a reader of marked-up files puts a text together: block by block, each with the place of its letters in the source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from annotations.formats.documents import Block
from annotations.formats.places.source_maps import Run, SourceMap

BETWEEN_BLOCKS = "\n\n"
BETWEEN_LINES = "\n"
KINDS_LINE_BY_LINE = frozenset({"list_item"})
"""Kinds of which one after another stands on the next line, with no empty one between."""
WHITE = re.compile(r"[ \t\r\n\f]+")
"""What a browser makes one blank of; a no-break space is none of these."""


@dataclass(frozen=True, slots=True)
class SourcePiece:
    """A piece of a text, and the stretch of the source that spells it: the two differ where the source escapes or wraps letters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Composed:
    """A text that was put together of blocks."""

    text: str
    blocks: tuple[Block, ...]
    source_map: SourceMap | None


class Composer:
    r"""Gathers blocks into one text, with an empty line between them.

    >>> composer = Composer()
    >>> composer.add("heading", [SourcePiece("Kyiv", 4, 8)])
    >>> composer.add("paragraph", [SourcePiece("It agreed.", 20, 30)])
    >>> made = composer.finish()
    >>> made.text, made.blocks[1], made.source_map.find(6, 8)
    ('Kyiv\n\nIt agreed.', Block(start=6, end=16, kind='paragraph'), [(20, 22)])
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._runs: list[Run] = []

    def add(self, kind: str, pieces: Iterable[SourcePiece]) -> None:
        """Add a block of these pieces; white space at its ends should be left out of them."""
        pieces = [piece for piece in pieces if piece.text]
        if not pieces:
            return
        if self._blocks:
            is_next_line = kind in KINDS_LINE_BY_LINE and self._blocks[-1].kind == kind
            self._append(BETWEEN_LINES if is_next_line else BETWEEN_BLOCKS)
        start = self._length
        for piece in pieces:
            self._add_run(piece)
            self._append(piece.text)
        self._blocks.append(Block(start, self._length, kind))

    def finish(self) -> Composed:
        """The text that came of it."""
        return Composed("".join(self._parts), tuple(self._blocks), SourceMap(tuple(self._runs)))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _add_run(self, piece: SourcePiece) -> None:
        if piece.start == piece.end:
            return
        run = Run(self._length, self._length + len(piece.text), piece.start, piece.end)
        last = self._runs[-1] if self._runs else None
        if (
            last
            and last.is_letter_by_letter
            and run.is_letter_by_letter
            and (last.end, last.source_end) == (run.start, run.source_start)
        ):
            run = Run(last.start, run.end, last.source_start, run.source_end)
            self._runs.pop()
        self._runs.append(run)


def collapse(pieces: Iterable[SourcePiece]) -> list[SourcePiece]:
    r"""The pieces with each run of white space as one blank, and none at either end, as a browser shows them.

    >>> [piece.text for piece in collapse([SourcePiece("  Kyiv\n ", 0, 8), SourcePiece(" agreed ", 8, 16)])]
    ['Kyiv', ' ', 'agreed']
    """
    made: list[SourcePiece] = []
    blank: SourcePiece | None = None
    for piece in pieces:
        is_plain = len(piece.text) == piece.end - piece.start
        for part in _split(piece) if is_plain else [piece]:
            if WHITE.fullmatch(part.text):
                blank = blank or part
            elif made or not part.text.isspace():
                if blank and made:
                    made.append(SourcePiece(" ", blank.start, blank.start + 1))
                blank = None
                made.append(part)
    while made and made[-1].text.isspace():
        made.pop()
    return made


def _split(piece: SourcePiece) -> Iterable[SourcePiece]:
    """The words of a piece and the white space between them; what is on one line with single blanks stays together."""
    place = 0
    for match in WHITE.finditer(piece.text):
        if match[0] == " " and match.start() > 0 and match.end() < len(piece.text):
            continue
        if match.start() > place:
            yield _cut(piece, place, match.start())
        yield _cut(piece, match.start(), match.end())
        place = match.end()
    if place < len(piece.text):
        yield _cut(piece, place, len(piece.text))


def _cut(piece: SourcePiece, start: int, end: int) -> SourcePiece:
    return SourcePiece(piece.text[start:end], piece.start + start, piece.start + end)
