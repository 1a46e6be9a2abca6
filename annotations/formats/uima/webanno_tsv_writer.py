"""Writing WebAnno TSV 3.3: a ZIP laid out as INCEpTION exports a project, a file for each annotator of a document.

A line of the text with the breaks behind it is a sentence, and tokens are those of `annotations.formats.places.tokens`. Spans are in the layer
`webanno.custom.Span`, relations in `webanno.custom.Relation`, as in UIMA CAS. A span that ends inside a token has a row of
its own for its part of it. Every span has a number, by which its tokens and its relations know it.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from annotations.formats.documents import Document
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.losses import FIELDS, MOVED, UNLINKED, WITHOUT_TOKEN
from annotations.formats.places.offsets import Utf16Places
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Loss, Losses
from annotations.formats.uima.cas_writer import RELATION, SPAN, FeatureNames, name_file
from annotations.markup import Markup
from annotations.spans import Span

HEAD = "#FORMAT=WebAnno TSV 3.3\n"
LINE_BREAK = re.compile(r"[\r\n]")
RESERVED = re.compile(r"[\\\[\]|_;*]|->")
IN_TEXT = str.maketrans(
    {chr(code): f"\\{chr(code)}" for code in range(32)}
    | {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\b": "\\b"}
)
ESCAPED_IN_TOKENS = re.compile(r"[\x00-\x09\x0b-\x1f\\]")
"""What of `IN_TEXT` may stand in a token."""
NAMED = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
NOTHING, NO_VALUE, LABEL = "_", "*", "value"
BEFORE_FIRST = Loss(
    "line break before the first word", "line breaks before the first word", "written as a blank"
)


def escape_value(value: str) -> str:
    r"""A value without what TSV has another use for.

    >>> print(escape_value("a_b|c\t->"))
    a\_b\|c\t\->
    """
    return RESERVED.sub(lambda found: f"\\{found[0]}", value).translate(NAMED)


def write_tsv(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a file for each annotator of a document."""
    archive = ArchiveWriter()
    for document in documents:
        sheet = _Grid.of_text(document.text or "")
        for annotators, markup in document.markups:
            losses.add(FIELDS, len(markup.fields))
            losses.add(BEFORE_FIRST, sheet.lost)
            written = "".join(sheet.write(markup, losses)).encode()
            yield from archive.add(f"{name_file(document, annotators)}.tsv", [written])
    yield from archive.finish()


@dataclass(slots=True)
class _Grid:
    """The tokens of a text in its lines, which never depend on what is marked."""

    text: str
    places: Utf16Places
    starts: list[int]
    ends: list[int]
    names: list[str]
    """Of each token, by sentence and place in it."""
    rows: list[str]
    """What stands before the cells of each token."""
    sentences: list[tuple[int, int, str]]
    """The first token of each, the one after the last, and the lines before them."""
    lost: int
    """Characters of white space before the first token that are no blanks."""
    is_plain: bool
    """Whether every token is written as it stands in the text, and places are the same in every unit."""

    @classmethod
    def of_text(cls, text: str) -> "_Grid":
        tokens = find_tokens(text)
        starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
        firsts = {bisect_left(starts, found.start()) for found in LINE_BREAK.finditer(text)}
        borders = sorted({0, len(tokens), *firsts})
        begins = [*starts, len(text)]
        sentences = [
            (first, after, _write_text(text[begins[first] : begins[after]]))
            for first, after in pairwise(borders)
        ]
        names = [
            f"{sentence}-{number}"
            for sentence, (first, after, _) in enumerate(sentences, start=1)
            for number in range(1, after - first + 1)
        ]
        lost = len(text[: starts[0] if starts else len(text)].replace(" ", ""))
        places = Utf16Places.of_text(text)
        is_plain = not places.long and not ESCAPED_IN_TOKENS.search(text)
        grid = cls(text, places, starts, ends, names, [], sentences, lost, is_plain)
        grid.rows = grid.begin_rows(names, tokens)
        return grid

    def begin_rows(self, names: Iterable[str], tokens: Iterable[tuple[int, int]]) -> list[str]:
        """The rows of these tokens, or of parts of them, up to their cells."""
        text, find = self.text, self.places.find_unit
        if not self.is_plain:
            return [
                f"{name}\t{find(start)}-{find(end)}\t{text[start:end].translate(IN_TEXT)}\t"
                for name, (start, end) in zip(names, tokens, strict=True)
            ]
        return [
            f"{name}\t{start}-{end}\t{text[start:end]}\t"
            for name, (start, end) in zip(names, tokens, strict=True)
        ]

    def write(self, markup: Markup, losses: Losses) -> Iterator[str]:
        """The whole file of one markup."""
        marks = _Marks(self, markup, losses)
        yield HEAD
        if marks.features:
            yield f"#T_SP={SPAN}|{'|'.join(marks.features)}\n"
        if marks.links:
            yield f"#T_RL={RELATION}|{LABEL}|BT_{SPAN}\n"
        yield "\n"
        unmarked = f"{NOTHING}\t" * marks.width + "\n"
        rows = [f"{row}{unmarked}" for row in self.rows]
        for token in marks.tokens:
            rows[token] = "".join(marks.write_rows(token))
        for first, after, text in self.sentences:
            yield text
            yield "".join(rows[first:after])


def _write_text(sentence: str) -> str:
    """The lines that spell a sentence, after an empty one."""
    return "\n" + "".join(f"#Text={line.translate(IN_TEXT)}\n" for line in sentence.split("\n"))


@dataclass(slots=True)
class _Marks:
    """What stands behind each unit of a text: a token, or the part of one that a span ends in."""

    grid: _Grid
    markup: Markup
    losses: Losses
    features: list[str] = field(default_factory=list)
    tokens: set[int] = field(default_factory=set)
    """Those that something stands behind."""
    parts: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Parts of tokens."""
    cells: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By unit: the cells of each span there, each with a tab behind it."""
    links: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By unit: the type and the ends of each relation that leads there."""

    def __post_init__(self) -> None:
        names = FeatureNames()
        ordered = sorted(self.markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key))
        given = [
            {names.name(name, self.losses): value for name, value in span.attributes} for span in ordered
        ]
        self.features = sorted({LABEL, *names.names.values()}) if ordered else []
        firsts: dict[str, tuple[str, int]] = {}
        for number, (span, values) in enumerate(zip(ordered, given, strict=True), start=1):
            units = self._find_units(span)
            if not units:
                self.losses.add(WITHOUT_TOKEN, span=span)
                continue
            firsts[span.key] = units[0], number
            values[LABEL] = span.label
            cells = "".join(
                f"{escape_value(values[name]) if values.get(name) else NO_VALUE}[{number}]\t"
                for name in self.features
            )
            for unit in units:
                self.cells[unit].append(cells)
        for link in sorted(self.markup.relations):
            if link.source in firsts and link.target in firsts:
                (unit, source), (place, target) = firsts[link.source], firsts[link.target]
                self.links[place].append((escape_value(link.kind), f"{unit}[{source}_{target}]"))
            else:
                self.losses.add(UNLINKED)

    @property
    def width(self) -> int:
        """How many cells stand behind each unit."""
        return len(self.features) + (2 if self.links else 0)

    def _find_units(self, span: Span) -> list[str]:
        """The tokens that a span covers, and its parts of the tokens that it divides; its ends are moved to what it touches."""
        grid, start, end = self.grid, span.start, span.end
        first, after = bisect_right(grid.ends, start), bisect_left(grid.starts, end)
        if first >= after:
            return []
        self.losses.add(MOVED, grid.starts[first] > start or grid.ends[after - 1] < end, span=span)
        self.tokens.update(range(first, after))
        units = grid.names[first:after]
        for token in sorted({first, after - 1}):
            part = max(start, grid.starts[token]), min(end, grid.ends[token])
            if part != (grid.starts[token], grid.ends[token]):
                if part not in self.parts[token]:
                    self.parts[token].append(part)
                units[token - first] += f".{self.parts[token].index(part) + 1}"
        return units

    def write_rows(self, token: int) -> Iterator[str]:
        """The rows of a token and of its parts that spans end in."""
        grid, name = self.grid, self.grid.names[token]
        yield f"{grid.rows[token]}{self._write_cells(name)}\n"
        if token in self.parts:
            names = [f"{name}.{number}" for number in range(1, len(self.parts[token]) + 1)]
            for unit, row in zip(names, grid.begin_rows(names, self.parts[token]), strict=True):
                yield f"{row}{self._write_cells(unit)}\n"

    def _write_cells(self, unit: str) -> str:
        """The cells behind a unit, each with a tab behind it."""
        cells = self.cells.get(unit, ())
        if len(cells) == 1:
            written = cells[0]
        else:
            columns = zip(*(one.split("\t")[:-1] for one in cells), strict=True)
            written = _join_cells(columns) if cells else f"{NOTHING}\t" * len(self.features)
        if not self.links:
            return written
        ends = self.links.get(unit)
        return written + (_join_cells(zip(*ends, strict=True)) if ends else f"{NOTHING}\t" * 2)


def _join_cells(columns: Iterable[Iterable[str]]) -> str:
    return "".join(f"{'|'.join(column)}\t" for column in columns)
