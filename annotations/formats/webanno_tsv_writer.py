"""Writing WebAnno TSV 3.3: a ZIP laid out as INCEpTION exports a project, a file for each annotator of a document.

A line of the text with the breaks behind it is a sentence, and tokens are those of `annotations.formats.tokens`. Spans are in the layer
`webanno.custom.Span`, relations in `webanno.custom.Relation`, as in UIMA CAS. A span that ends inside a token has a row of
its own for its part of it. Every span has a number, by which its tokens and its relations know it.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from annotations.formats.archives import ArchiveWriter
from annotations.formats.cas_writer import RELATION, SPAN, FeatureNames, name_file
from annotations.formats.documents import Document
from annotations.formats.losses import FIELDS, MOVED, WITHOUT_TOKEN
from annotations.formats.offsets import Utf16Places
from annotations.formats.ports import Loss, Losses
from annotations.formats.tokens import find_tokens
from annotations.markup import Markup

HEAD = "#FORMAT=WebAnno TSV 3.3\n"
LINE_BREAK = re.compile(r"[\r\n]")
RESERVED = re.compile(r"[\\\[\]|_;*]|->")
IN_TEXT = str.maketrans(
    {chr(code): f"\\{chr(code)}" for code in range(32)}
    | {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\b": "\\b"}
)
NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
NOTHING, NO_VALUE, LABEL = "_", "*", "value"
BEFORE_FIRST = Loss(
    "line break before the first word", "line breaks before the first word", "written as a blank"
)


def escape_value(value: str) -> str:
    r"""A value without what TSV has another use for.

    >>> print(escape_value("a_b|c\t->"))
    a\_b\|c\t\->
    """
    escaped = RESERVED.sub(lambda found: f"\\{found[0]}", value)
    return "".join(NAMED.get(sign, sign) for sign in escaped)


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
    sentences: list[tuple[int, int]]
    """The first token of each, and the one after the last."""
    names: list[str]
    """Of each token, by sentence and place in it."""
    lost: int
    """Characters of white space before the first token that are no blanks."""

    @classmethod
    def of_text(cls, text: str) -> "_Grid":
        tokens = find_tokens(text)
        starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
        sentences: list[tuple[int, int]] = []
        names: list[str] = []
        first = 0
        for place in range(len(tokens)):
            is_last = place + 1 == len(tokens)
            names.append(f"{len(sentences) + 1}-{place - first + 1}")
            if is_last or LINE_BREAK.search(text, ends[place], starts[place + 1]):
                sentences.append((first, place + 1))
                first = place + 1
        lost = len(text[: starts[0] if starts else len(text)].replace(" ", ""))
        return cls(text, Utf16Places.of_text(text), starts, ends, sentences, names, lost)

    def write(self, markup: Markup, losses: Losses) -> Iterator[str]:
        """The whole file of one markup."""
        rows = _Rows(self, markup, losses)
        yield HEAD
        if rows.features:
            yield f"#T_SP={SPAN}|{'|'.join(rows.features)}\n"
        if rows.links:
            yield f"#T_RL={RELATION}|{LABEL}|BT_{SPAN}\n"
        yield "\n"
        for first, after in self.sentences:
            end = self.starts[after] if after < len(self.starts) else len(self.text)
            yield "\n"
            for line in self.text[self.starts[first] : end].split("\n"):
                yield f"#Text={line.translate(IN_TEXT)}\n"
            for token in range(first, after):
                for unit, start, end in rows.list_units(token):
                    begin, stop = self.places.find_unit(start), self.places.find_unit(end)
                    form = self.text[start:end].translate(IN_TEXT)
                    yield f"{unit}\t{begin}-{stop}\t{form}\t{''.join(rows.list_cells(unit))}\n"


@dataclass(slots=True)
class _Rows:
    """What stands behind each unit of a text: a token, or the part of one that a span ends in."""

    grid: _Grid
    markup: Markup
    losses: Losses
    features: list[str] = field(default_factory=list)
    units: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Parts of tokens."""
    marks: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    """By unit: the values of each span there."""
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By unit: the type and the end of each relation that leads there, with a tab between."""

    def __post_init__(self) -> None:
        names = FeatureNames()
        ordered = sorted(self.markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key))
        given = {
            span.key: {names.name(name, self.losses): value for name, value in span.attributes}
            for span in ordered
        }
        self.features = sorted({LABEL, *names.names.values()}) if ordered else []
        firsts: dict[str, tuple[str, int]] = {}
        for number, span in enumerate(ordered, start=1):
            values = {**given[span.key], LABEL: span.label}
            cells = [
                f"{escape_value(values[name]) if values.get(name) else NO_VALUE}[{number}]"
                for name in self.features
            ]
            units = list(self._find_units(span.start, span.end))
            if not units:
                self.losses.add(WITHOUT_TOKEN)
                continue
            firsts[span.key] = units[0], number
            for unit in units:
                self.marks[unit].append(cells)
        for link in sorted(self.markup.relations):
            if link.source in firsts and link.target in firsts:
                (unit, source), (place, target) = firsts[link.source], firsts[link.target]
                self.links[place].append(f"{escape_value(link.kind)}\t{unit}[{source}_{target}]")

    def _find_units(self, start: int, end: int) -> Iterator[str]:
        """The tokens that a span covers, and its parts of the tokens that it divides; its ends are moved to what it touches."""
        grid = self.grid
        first, after = bisect_right(grid.ends, start), bisect_left(grid.starts, end)
        if first < after:
            self.losses.add(MOVED, grid.starts[first] > start or grid.ends[after - 1] < end)
        for token in range(first, after):
            part = max(start, grid.starts[token]), min(end, grid.ends[token])
            if part == (grid.starts[token], grid.ends[token]):
                yield grid.names[token]
                continue
            if part not in self.units[token]:
                self.units[token].append(part)
            yield f"{grid.names[token]}.{self.units[token].index(part) + 1}"

    def list_units(self, token: int) -> Iterator[tuple[str, int, int]]:
        """A token and its parts that spans end in, each with its place."""
        yield self.grid.names[token], self.grid.starts[token], self.grid.ends[token]
        for number, (start, end) in enumerate(self.units.get(token, ()), start=1):
            yield f"{self.grid.names[token]}.{number}", start, end

    def list_cells(self, unit: str) -> Iterator[str]:
        """The cells behind a unit, each with a tab behind it."""
        marks = self.marks.get(unit, ())
        for place in range(len(self.features)):
            yield f"{'|'.join(cells[place] for cells in marks) or NOTHING}\t"
        if self.links:
            pairs = [link.split("\t") for link in self.links.get(unit, ())]
            for place in range(2):
                yield f"{'|'.join(pair[place] for pair in pairs) or NOTHING}\t"
