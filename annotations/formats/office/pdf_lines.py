"""The order in which the lines of a printed page are read: columns from left to right, and what spans them between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SAME_LINE = 0.4
"""Letters whose feet differ by less than this part of their size stand on one line."""
GAP = 1.6
"""A wider gap between two letters of a line, in sizes of letters, parts it."""
WIDER = 2.5
MIN_GAPS = 2
MIN_LINES_OF_COLUMN = 3
MAX_CROSSING = 0.3
"""How many lines may cross the gap between two columns, as headlines do, for each line that a page has from top to foot."""
MIN_BESIDE = 0.3
"""The part of the height of a column along which another stands."""
EDGE = 0.12
"""The part of a page's width at its edges in which no column ends."""
MAX_GUTTERS = 200
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on a page, with its box and its number in the page's layer of text."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    place: int
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Letters that stand beside each other, from left to right."""

    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)

    @property
    def left(self) -> float:
        return min(letter.left for letter in self.letters)

    @property
    def right(self) -> float:
        return max(letter.right for letter in self.letters)

    @property
    def bottom(self) -> float:
        return median(letter.bottom for letter in self.letters)

    @property
    def size(self) -> float:
        return median(letter.size for letter in self.letters)

    @property
    def is_bold(self) -> bool:
        return 2 * sum(letter.is_bold for letter in self.letters) > len(self.letters)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with its edges, so that they are measured once."""

    line: PrintedLine
    left: float
    right: float
    bottom: float
    size: float


def make_lines(letters: Sequence[Letter]) -> Iterator[PrintedLine]:
    """Letters in the order of the file as lines; a wide gap parts a line, since a column may end there."""
    waiting: list[Letter] = []
    last: Letter | None = None
    for letter in letters:
        is_blank = letter.text.isspace()
        if last and not is_blank and _is_elsewhere(last, letter):
            yield from _finish(waiting)
            waiting = []
        waiting.append(letter)
        if not is_blank:
            last = letter
    yield from _finish(waiting)


def _is_elsewhere(last: Letter, letter: Letter) -> bool:
    size = max(last.size, letter.size, 1.0)
    return abs(letter.bottom - last.bottom) > SAME_LINE * size or letter.right < last.left - size


def _finish(letters: list[Letter]) -> Iterator[PrintedLine]:
    """What was gathered as one line, or parted at gaps that are wide, and much wider than others in it."""
    seen = [place for place, letter in enumerate(letters) if not letter.text.isspace()]
    gaps = [
        (letters[after].left - letters[before].right, before, after)
        for before, after in pairwise(seen)
        if after > before + 1
    ]
    others = median(gap for gap, _, _ in gaps) if len(gaps) > MIN_GAPS else 0.0
    first = 0
    for gap, before, after in gaps:
        size = max(letters[before].size, letters[after].size, 1.0)
        if gap > max(GAP * size, WIDER * others):
            yield PrintedLine(tuple(letters[first : before + 1]))
            first = after
    rest = letters[first : seen[-1] + 1] if seen else []
    while rest and rest[0].text.isspace():
        rest = rest[1:]
    if rest:
        yield PrintedLine(tuple(rest))


def order_lines(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """The lines of a page as stretches of columns, in the order in which they are read."""
    placed = [_Placed(line, line.left, line.right, line.bottom, line.size) for line in lines]
    return [_join(column) for column in _order(placed, 0)]


def _order(lines: Sequence[_Placed], depth: int) -> Iterator[list[_Placed]]:
    gutter = _find_gutter(lines) if depth < MAX_DEPTH else None
    if gutter is None:
        if lines:
            yield sorted(lines, key=lambda line: (-line.bottom, line.left))
        return
    spanning = sorted(
        (line for line in lines if line.left < gutter < line.right), key=lambda line: -line.bottom
    )
    rest = sorted(
        (line for line in lines if not line.left < gutter < line.right), key=lambda line: -line.bottom
    )
    heads: list[_Placed] = []
    for line in [*spanning, None]:
        above = [other for other in rest if line is None or other.bottom > line.bottom]
        rest = rest[len(above) :]
        if above:
            if heads:
                yield heads
                heads = []
            yield from _order([other for other in above if other.right <= gutter], depth + 1)
            yield from _order([other for other in above if other.right > gutter], depth + 1)
        if line:
            heads.append(line)
    if heads:
        yield heads


def _find_gutter(lines: Sequence[_Placed]) -> float | None:
    """Where a gap between two columns is, if the lines stand in columns."""
    if len(lines) < 2 * MIN_LINES_OF_COLUMN:
        return None
    first, last = min(line.left for line in lines), max(line.right for line in lines)
    width = last - first
    places = sorted({round(line.left) - 1 for line in lines})[:MAX_GUTTERS]
    feet = {round(line.bottom / 2) for line in lines}
    best: tuple[int, float] | None = None
    for place in places:
        if not first + EDGE * width < place < last - EDGE * width:
            continue
        crossing = sum(line.left < place < line.right for line in lines)
        if (best is None or crossing < best[0]) and _divides(lines, place, crossing / len(feet)):
            best = crossing, place
    return None if best is None else best[1]


def _divides(lines: Sequence[_Placed], place: float, crossing: float) -> bool:
    before = [line for line in lines if line.right <= place]
    after = [line for line in lines if line.left >= place]
    if min(len(before), len(after)) < MIN_LINES_OF_COLUMN or crossing > MAX_CROSSING:
        return False
    low = max(min(line.bottom for line in before), min(line.bottom for line in after))
    high = min(max(line.bottom for line in before), max(line.bottom for line in after))
    heights = [
        max(line.bottom for line in side) - min(line.bottom for line in side) for side in (before, after)
    ]
    return high - low > MIN_BESIDE * max(min(heights), 1.0)


def _join(column: Sequence[_Placed]) -> list[PrintedLine]:
    """Put together the parts of one line that stand beside each other in a column."""
    lines: list[PrintedLine] = []
    waiting: list[_Placed] = []
    for line in column:
        if waiting and abs(waiting[0].bottom - line.bottom) > SAME_LINE * max(line.size, 1.0):
            lines.append(_put_together(waiting))
            waiting = []
        waiting.append(line)
    if waiting:
        lines.append(_put_together(waiting))
    return lines


def _put_together(parts: Sequence[_Placed]) -> PrintedLine:
    ordered = sorted(parts, key=lambda part: part.left)
    letters: list[Letter] = list(ordered[0].line.letters)
    for before, after in pairwise(ordered):
        end = before.line.letters[-1]
        letters.append(Letter(" ", end.right, end.bottom, after.left, end.top, end.size, end.place + 1))
        letters += after.line.letters
    return PrintedLine(tuple(letters))
