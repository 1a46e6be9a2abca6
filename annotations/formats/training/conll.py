"""CoNLL-U Plus: a token a line, a BIO column a label, so that spans of different labels may overlap and nest.

The first line names the columns, `# global.columns = ID FORM START END` and then one a label. Tokens are those of
`annotations.formats.places.tokens` and never depend on what is marked, so they are made once for all annotations of an article.
START and END are its code points in the article's text, so every token can be found there. An empty line ends a
sequence: one a block of the article, and one a stretch between blocks. Lines that begin with `# ` are comments; a
line of a token begins with its number in the sequence.

What it cannot hold is counted: relations, attributes and document fields are dropped; a span with an end that
is no border of a token is fitted to the tokens that it touches; one that runs on into the next sequence begins again there;
one without a token, one of a label that the scheme has not, and one that meets another of its label are dropped.
Provenance and metadata are not written at all; they are in the JSONL.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import quote, unquote

from annotations.formats.axes import Axes, Axis, Extent
from annotations.formats.documents import Block, Document, Judgement, Marking
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle
from annotations.formats.files.content import number_lines
from annotations.formats.losses import (
    ATTRIBUTES,
    FIELDS,
    MOVED,
    RELATIONS,
    SPLIT,
    UNKNOWN_LABEL,
    WITHOUT_TOKEN,
    drop_attributes,
)
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Format, Loss, Losses, ReadingOptions
from annotations.limits import MAX_TEXT_LENGTH
from annotations.markup import Markup, Origin
from annotations.spans import Span

OVERLAPPING = Loss(
    "span that meets another of its label",
    "spans that meet another of their label",
    "dropped",
    (Axis.OVERLAP, Axis.NESTING),
)
OUTSIDE = "O"
COLUMNS = "# global.columns = "
FIRST_COLUMNS = ("ID", "FORM", "START", "END")
WHITE = re.compile(r"[\s%]")
"""What stands in the names of columns as in an address, since blanks part them."""
OF_CONLLU = frozenset({*FIRST_COLUMNS, "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"})
"""Columns that readers of CoNLL-U know by these names, in any case; a label of such a name would be taken for one."""
ROUND = re.compile(r"[0-9]{1,9}")
COMMENT = re.compile(r"# (newdoc id|title|text_sha256|status|round|annotators|sent_id|block) = (.*)")


def write_conll(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write documents as sequences of tokens, with a column of tags a label; a copy for each annotator."""
    labels: tuple[str, ...] | None = None
    for document in documents:
        sheet = _Sheet(document, losses)
        if sheet.labels != labels:
            labels = sheet.labels
            yield f"{COLUMNS}{' '.join((*FIRST_COLUMNS, *map(name_column, labels)))}\n".encode()
        for annotators, markup in document.markups:
            yield sheet.write(annotators, markup).encode()


def name_column(label: str) -> str:
    """The column of a label, as in an address where the label would part columns or be taken for another.

    >>> name_column("Claim"), name_column("Reported speech"), name_column("Head")
    ('Claim', 'Reported%20speech', '%48ead')
    """
    if label.upper() in OF_CONLLU:
        return f"%{ord(label[0]):02X}{label[1:]}"
    return WHITE.sub(lambda white: quote(white.group()), label)


class _Sheet:
    """The lines of a document on which nothing is marked, and where the tags of each token stand in them."""

    def __init__(self, document: Document, losses: Losses) -> None:
        self.labels = document.labels or ()
        self.columns = {label: place for place, label in enumerate(self.labels)}
        self.losses = losses
        self.head = (
            f"# newdoc id = {document.id}\n"
            f"# title = {' '.join(document.title.split())}\n"
            f"# text_sha256 = {document.text_sha256}\n"
            f"# status = {document.status}\n"
            f"# round = {document.round or ''}\n"
        )
        tokens = find_tokens(document.text or "")
        self.starts = [start for start, _ in tokens]
        self.ends = [end for _, end in tokens]
        text, untagged = document.text or "", f"\t{OUTSIDE}" * len(self.labels) + "\n"
        self.parts = [
            (first, last, f"# sent_id = {document.id}-{number}\n" + (f"# block = {kind}\n" if kind else ""))
            for number, (first, last, kind) in enumerate(cut_sequences(document, self.starts), start=1)
        ]
        """A sequence for each block and for each stretch between blocks, with what stands before it; one without tokens is left out."""
        self.sequences = [
            number for number, (first, last, _) in enumerate(self.parts) for _ in range(first, last)
        ]
        """The sequence of each token."""
        self.lines = [
            f"{number}\t{text[start:end]}\t{start}\t{end}"
            for first, last, _ in self.parts
            for number, (start, end) in enumerate(tokens[first:last], start=1)
        ]
        """Each token without its tags."""
        self.rows = [f"{line}{untagged}" for line in self.lines]
        """Each token with no tag."""

    def write(self, annotators: tuple[str, ...], markup: Markup) -> str:
        """The lines with the tags of one markup; what they cannot hold is counted on the way."""
        self.losses.add(RELATIONS, len(markup.relations))
        drop_attributes(markup, self.losses)
        self.losses.add(FIELDS, len(markup.fields))
        tags: dict[int, tuple[str, ...]] = {}
        free = dict.fromkeys(self.labels, 0)
        for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
            first, last = bisect_right(self.ends, span.start), bisect_left(self.starts, span.end)
            if span.label not in free:
                self.losses.add(UNKNOWN_LABEL, span=span)
            elif first == last:
                self.losses.add(WITHOUT_TOKEN, span=span)
            elif first < free[span.label]:
                self.losses.add(OVERLAPPING, span=span)
            else:
                free[span.label] = last
                self._tag(span, first, last, tags)
        rows = self.rows.copy()
        for token, cells in tags.items():
            rows[token] = "\t".join((self.lines[token], *cells)) + "\n"
        written = [f"{self.head}# annotators = {' '.join(annotators)}\n"]
        for first, last, head in self.parts:
            written += head, *rows[first:last], "\n"
        return "".join(written)

    def _tag(self, span: Span, first: int, last: int, tags: dict[int, tuple[str, ...]]) -> None:
        """Tag the tokens of a span, which touches at least one."""
        is_moved = (self.starts[first], self.ends[last - 1]) != (span.start, span.end)
        self.losses.add(MOVED, is_moved, span=span)
        self.losses.add(SPLIT, self.sequences[first] != self.sequences[last - 1], span=span)
        column, begin, inside = self.columns[span.label], f"B-{span.label}", f"I-{span.label}"
        outside = (OUTSIDE,) * len(self.labels)
        alone = (*outside[:column], inside, *outside[column + 1 :])
        before = None
        for token in range(first, last):
            sequence, cells = self.sequences[token], tags.get(token)
            if cells is None and sequence == before:
                tags[token] = alone
            else:
                tag, cells = inside if sequence == before else begin, cells or outside
                tags[token] = (*cells[:column], tag, *cells[column + 1 :])
            before = sequence


def cut_sequences(document: Document, starts: list[int]) -> Iterator[tuple[int, int, str]]:
    """The first token, the one after the last, and the kind of each block and of each stretch between blocks."""
    borders: list[tuple[int, str]] = [(0, "")]
    for block in sorted(document.blocks):
        borders += [(block.start, block.kind), (block.end, "")]
    for (begin, kind), (end, _) in pairwise([*borders, (len(document.text or ""), "")]):
        first, last = bisect_left(starts, begin), bisect_left(starts, end)
        if first < last:
            yield first, last, kind


def read_conll(lines: Iterable[tuple[int, str]]) -> Iterator[Document]:
    """Read numbered lines of CoNLL-U Plus as the workbench writes it; copies of a document that stand together are one.

    The text between tokens is not in the file, so every character of it is a blank.
    """
    waiting: list[Document] = []
    for sheet in _read_sheets(lines):
        with placed(f"line {sheet.line}"):
            document = sheet.finish()
        if waiting and (waiting[0].gold or document.gold or waiting[0].id != document.id):
            yield _join(waiting)
            waiting = []
        waiting.append(document)
    if waiting:
        yield _join(waiting)


def _join(copies: list[Document]) -> Document:
    """One document of what several annotators marked in it."""
    judgements: dict[str, Judgement] = {}
    for copy in copies:
        if copy.text != copies[0].text:
            raise RefusedError(f"{copy.place}: document {copy.id!r}: the text is not that of an earlier copy")
        for annotator, judgement in copy.judgements.items():
            if annotator in judgements:
                raise RefusedError(
                    f"{copy.place}: document {copy.id!r}: annotator {annotator!r} occurs twice"
                )
            judgements[annotator] = judgement
    return replace(copies[0], judgements=judgements)


def _read_sheets(lines: Iterable[tuple[int, str]]) -> Iterator["_Copy"]:
    labels: tuple[str, ...] = ()
    copy: _Copy | None = None
    for number, line in lines:
        with placed(f"line {number}"):
            if line.startswith(COLUMNS):
                names = line.removeprefix(COLUMNS).split()
                if tuple(names[:4]) != FIRST_COLUMNS:
                    raise RefusedError(
                        f"the first columns must be {' '.join(FIRST_COLUMNS)}, not {shorten(names[:4])}"
                    )
                labels = tuple(map(unquote, names[4:]))
            elif line.startswith("# newdoc"):
                if copy is not None:
                    yield copy
                copy = _Copy(number, labels)
                copy.read_comment(line)
            elif line.strip():
                if copy is None:
                    raise RefusedError("there is a line before the first '# newdoc id = '")
                copy.read_comment(line) if line.startswith("# ") else copy.read_token(line)
            elif copy is not None:
                copy.end_sequence()
    if copy is not None:
        yield copy


class _Copy:
    """What one annotator marked in a document, or its gold, while its lines are read."""

    def __init__(self, line: int, labels: tuple[str, ...]) -> None:
        self.line = line
        self.labels = labels
        self.about: dict[str, str] = {}
        self.tokens: list[tuple[int, str]] = []
        self.blocks: list[Block] = []
        self.begun: int | None = None
        self.open: dict[int, tuple[int, int, str]] = {}
        self.spans: list[tuple[int, int, str]] = []

    def read_comment(self, line: str) -> None:
        if match := COMMENT.fullmatch(line):
            self.about[match[1]] = match[2]

    def read_token(self, line: str) -> None:
        cells = line.split("\t")
        if len(cells) != len(FIRST_COLUMNS) + len(self.labels):
            raise RefusedError(
                f"there are {len(cells)} cells, but {len(FIRST_COLUMNS) + len(self.labels)} columns are named"
            )
        _, form, *places = cells[:4]
        if not all(place.isascii() and place.isdigit() for place in places):
            raise RefusedError(f"START and END must be whole numbers of characters, not {shorten(places)}")
        start, end = map(int, places)
        before = self.tokens[-1][0] + len(self.tokens[-1][1]) if self.tokens else 0
        if not form or end - start != len(form) or start < before or end > MAX_TEXT_LENGTH:
            raise RefusedError(f"the token {shorten(form)} does not stand at [{start}, {end})")
        self.tokens.append((start, form))
        self.begun = start if self.begun is None else self.begun
        for column, tag in enumerate(cells[4:]):
            self._read_tag(column, tag, start, end)

    def _read_tag(self, column: int, tag: str, start: int, end: int) -> None:
        letter, _, label = tag.partition("-")
        opened = self.open.get(column)
        if letter == "I" and opened and opened[2] == label:
            self.open[column] = opened[0], end, label
            return
        if opened:
            self.spans.append(self.open.pop(column))
        if letter == "B" and label:
            self.open[column] = start, end, label
        elif tag != OUTSIDE:
            raise RefusedError(
                f"the tag {shorten(tag)} is neither O nor B- or I- and the label of its column"
            )

    def end_sequence(self) -> None:
        self.spans += self.open.values()
        self.open.clear()
        if self.begun is not None and (kind := self.about.pop("block", "")):
            start, form = self.tokens[-1]
            self.blocks.append(Block(self.begun, start + len(form), kind))
        self.begun = None

    def finish(self) -> Document:
        self.end_sequence()
        name, annotators = self.about.get("newdoc id", ""), self.about.get("annotators", "").split()
        status, number = self.about.get("status", ""), self.about.get("round", "")
        if not name:
            raise RefusedError("a document has no id: write '# newdoc id = ' and one before it")
        is_gold = status != Origin.SUBMITTED
        if not is_gold and len(annotators) != 1:
            raise RefusedError(f"document {name!r} names {len(annotators)} annotators: a copy is by one")
        name = f"article {name}, round {number}" if number else name
        marking = Marking(name, "gold" if is_gold else annotators[0])
        for start, end, label in sorted(self.spans):
            marking.add_span(start, end, label)
        judgement = marking.finish()
        return Document(
            place=f"line {self.line}",
            id=name,
            text=self._write_text(),
            title=self.about.get("title", ""),
            blocks=tuple(self.blocks),
            source_format="conll",
            labels=self.labels,
            judgements={} if is_gold else {annotators[0]: judgement},
            gold=judgement.markup if is_gold else None,
            status=status,
            annotators=tuple(annotators) if is_gold else (),
            round=int(number) if ROUND.fullmatch(number) else None,
            text_sha256=self.about.get("text_sha256", ""),
        )

    def _write_text(self) -> str:
        parts: list[str] = []
        length = 0
        for start, form in self.tokens:
            parts += " " * (start - length), form
            length = start + len(form)
        return "".join(parts)


def _begins_with_columns(bundle: Bundle) -> bool:
    begin = COLUMNS.encode()
    return bundle.only is not None and bundle.only.read_begin(len(begin)) == begin


def _read_file(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    for file in bundle.files.values():
        yield from read_conll(number_lines(file))


CONLL = Format(
    name="conll",
    title="CoNLL-U Plus, a token a line, a BIO column a label",
    short="CoNLL",
    holds="as tags of tokens, with a column a label; each of what it cannot hold is counted",
    axes=Axes(
        overlap=Extent.PART, nesting=Extent.PART, attributes=Extent.NO, relations=Extent.NO, fields=Extent.NO
    ),
    suits="taggers that read a word a line; each label has a column of its own, so that spans may overlap",
    media_type="text/plain; charset=utf-8",
    extension="conllup",
    write=write_conll,
    cannot_hold=(RELATIONS, ATTRIBUTES, FIELDS, UNKNOWN_LABEL, WITHOUT_TOKEN, OVERLAPPING, MOVED, SPLIT),
    opens=_begins_with_columns,
    read_bundle=_read_file,
)
