"""Lines of printed pages as paragraphs, headings and list items; words that a line's end parted are whole again."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from annotations.formats.office.pdf_lines import Letter, PrintedLine
from annotations.formats.texts.composing import SourcePiece

BULLET = re.compile(r"(?:[•‣◦▪●○·*–-]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
STOPS = (".", "!", "?", "…", ":", "”", '"', "»", "。", "\uff01", "\uff1f")
HYPHENS = "-\u2010\u00ad\u0002\ufffe"
LETTERS_OF_SEVERAL = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
OF_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
KEEP_HYPHENS = frozenset({"all", "co", "cross", "ex", "half", "non", "pro", "self", "so", "vice", "well"})
"""First parts of words that are hardly ever written together with what follows."""
MORE_LEADING = 1.35
"""A step from line to line that is so much larger than most begins a paragraph."""
OTHER_SIZE = 1.08
HEADING_SIZE = 1.12
INDENT = 0.8
SHORT = 0.85
MAX_HEADING_LENGTH = 200
MAX_HEADING_LINES = 3
MARGIN = 0.09
"""The part of a page's height at its top and at its foot in which running titles and numbers stand."""
MIN_REPEATED = 3
NUMBER = re.compile(
    r"[\divxlc|–—\s.-]{1,12}|(?:page|seite|p\.)\s*\d+(?:\s*(?:of|von|/)\s*\d+)?", re.IGNORECASE
)


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, with their kind."""

    lines: list[PrintedLine] = field(default_factory=list)
    kind: str = "paragraph"

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return median(line.size for line in self.lines)


def drop_margins(pages: Sequence[tuple[float, Sequence[PrintedLine]]]) -> list[list[PrintedLine]]:
    """The lines of pages, each after its height, without running titles and numbers of pages."""
    seen: Counter[str] = Counter()
    for height, lines in pages:
        seen.update({_squeeze(line.text) for line in lines if _is_in_margin(line, height)})
    return [
        [
            line
            for line in lines
            if not (
                _is_in_margin(line, height)
                and (
                    (len(pages) > 1 and NUMBER.fullmatch(line.text.strip()))
                    or (
                        seen[_squeeze(line.text)] >= MIN_REPEATED
                        and 2 * seen[_squeeze(line.text)] >= len(pages)
                    )
                )
            )
        ]
        for height, lines in pages
    ]


def _is_in_margin(line: PrintedLine, height: float) -> bool:
    return line.bottom < MARGIN * height or line.bottom > (1 - MARGIN) * height


def _squeeze(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))


def make_paragraphs(columns: Iterable[Sequence[PrintedLine]]) -> list[Paragraph]:
    """The paragraphs of stretches of columns, in the order in which these are read."""
    columns = [column for column in columns if column]
    body = _find_body_size(columns)
    made: list[Paragraph] = []
    for column in columns:
        parts = list(_divide(column))
        if made and parts and _goes_on(made[-1], column, parts[0]):
            made[-1].lines += parts.pop(0).lines
        made += parts
    for paragraph in made:
        paragraph.kind = _find_kind(paragraph, body)
    _name_title(made)
    return made


def _find_body_size(columns: Sequence[Sequence[PrintedLine]]) -> float:
    sizes: Counter[float] = Counter()
    for column in columns:
        for line in column:
            sizes[round(line.size, 1)] += len(line.letters)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _divide(column: Sequence[PrintedLine]) -> Iterator[Paragraph]:
    left, right = min(line.left for line in column), max(line.right for line in column)
    steps = [before.bottom - after.bottom for before, after in pairwise(column)]
    usual = median(step for step in steps if step > 0) if any(step > 0 for step in steps) else 0.0
    paragraph = Paragraph([column[0]])
    for before, after in pairwise(column):
        if _begins(before, after, left, right, usual):
            yield paragraph
            paragraph = Paragraph()
        paragraph.lines.append(after)
    yield paragraph


def _begins(before: PrintedLine, after: PrintedLine, left: float, right: float, usual: float) -> bool:
    size = max(before.size, 1.0)
    is_short = before.right - left < SHORT * (right - left)
    step = before.bottom - after.bottom
    return (
        max(before.size, after.size) > OTHER_SIZE * max(min(before.size, after.size), 0.1)
        or before.is_bold != after.is_bold
        or step > max(MORE_LEADING * usual, 1.2 * size)
        or (after.left - left > INDENT * size and before.left - left < INDENT * size / 2)
        or bool(BULLET.match(after.text))
        or (is_short and before.text.rstrip().endswith(STOPS))
    )


def _goes_on(last: Paragraph, column: Sequence[PrintedLine], first: Paragraph) -> bool:
    """Whether the first lines of a column are the rest of the paragraph at the end of the one before."""
    before, after = last.lines[-1], first.lines[0]
    size = max(before.size, after.size)
    left = min(line.left for line in column)
    return (
        size <= OTHER_SIZE * max(min(before.size, after.size), 0.1)
        and before.is_bold == after.is_bold
        and not before.text.rstrip().endswith(STOPS)
        and not BULLET.match(after.text)
        and after.left - left < INDENT * size
        and (before.text.rstrip()[-1:] in HYPHENS or after.text[:1].islower())
    )


def _find_kind(paragraph: Paragraph, body: float) -> str:
    text = paragraph.text
    if BULLET.match(text):
        return "list_item"
    is_short = len(text) <= MAX_HEADING_LENGTH and len(paragraph.lines) <= MAX_HEADING_LINES
    if not is_short or text.rstrip().endswith((".", ",", ";")):
        return "paragraph"
    is_bold = all(line.is_bold for line in paragraph.lines)
    return "heading" if paragraph.size >= HEADING_SIZE * body or is_bold else "paragraph"


def _name_title(paragraphs: Sequence[Paragraph]) -> None:
    """The largest heading before the text is the title."""
    heads = []
    for paragraph in paragraphs[:5]:
        if paragraph.kind == "heading":
            heads.append(paragraph)
        elif len(paragraph.text) > MAX_HEADING_LENGTH:
            break
    if heads:
        max(heads, key=lambda head: head.size).kind = "title"


def list_compounds(pages: Iterable[Iterable[PrintedLine]]) -> frozenset[str]:
    """The words that are written with a hyphen within a line somewhere, so that a line's end at theirs is no division."""
    return frozenset(
        match[0].lower() for lines in pages for line in lines for match in WORD.finditer(line.text)
    )


def join_lines(lines: Sequence[PrintedLine], compounds: frozenset[str]) -> Iterator[SourcePiece]:
    """The letters of a paragraph with a blank for each line's end, and none of the hyphens that divide words there."""
    for place, line in enumerate(lines):
        letters = line.letters
        after = lines[place + 1] if place + 1 < len(lines) else None
        if after and _is_divided(line, after, compounds):
            yield from _spell(letters[:-1])
            continue
        yield from _spell(letters)
        if after and not _needs_no_blank(letters, after.letters):
            end = letters[-1].place + 1
            yield SourcePiece(" ", end, end + 1)


def _is_divided(line: PrintedLine, after: PrintedLine, compounds: frozenset[str]) -> bool:
    text = line.text
    if not text[-2:-1].isalpha() or text[-1] not in HYPHENS or not after.text[:1].islower():
        return False
    word = re.search(r"[^\W\d_]+$", text[:-1])
    rest = re.match(r"[^\W\d_]+", after.text)
    if word is None or rest is None:
        return False
    return word[0].lower() not in KEEP_HYPHENS and f"{word[0]}-{rest[0]}".lower() not in compounds


def _needs_no_blank(before: Sequence[Letter], after: Sequence[Letter]) -> bool:
    if before[-1].text in HYPHENS and len(before) > 1 and before[-2].text.isalpha():
        return True
    return bool(OF_NO_SPACES.match(before[-1].text) and OF_NO_SPACES.match(after[0].text))


def _spell(letters: Iterable[Letter]) -> Iterator[SourcePiece]:
    for letter in letters:
        text = LETTERS_OF_SEVERAL.get(letter.text, letter.text)
        if text in HYPHENS and text != "\u2010":
            text = "-"
        yield SourcePiece(text, letter.place, letter.place + 1)
