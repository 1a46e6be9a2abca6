"""CoNLL-U Plus: a token a line, a BIO column a label, so that spans of different labels may overlap and nest.

The first line names the columns, `# global.columns = ID FORM START END` and then one a label. Tokens are those of
`annotations.formats.tokens` and never depend on what is marked, so they are made once for all annotations of an article.
START and END are its code points in the article's text, so every token can be found there. An empty line ends a
sequence: one a block of the article, and one a stretch between blocks. Lines that begin with `# ` are comments; a
line of a token begins with its number in the sequence.

What it cannot hold is counted: relations, attributes and document fields are dropped; a span with an end that
is no border of a token is fitted to the tokens that it touches; one that runs on into the next sequence begins again there;
one without a token, one of a label that the scheme has not, and one that meets another of its label are dropped.
Provenance and metadata are not written at all; they are in the JSONL.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

from annotations.formats.documents import Document
from annotations.formats.losses import (
    FIELDS,
    MOVED,
    RELATIONS,
    SPLIT,
    UNKNOWN_LABEL,
    WITHOUT_TOKEN,
    drop_attributes,
)
from annotations.formats.ports import Format, Loss, Losses
from annotations.formats.tokens import find_tokens
from annotations.markup import Markup
from annotations.spans import Span

OVERLAPPING = Loss(
    "span that meets another of its label", "spans that meet another of their label", "dropped"
)
OUTSIDE = "O"


def write_conll(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write documents as sequences of tokens, with a column of tags a label; a copy for each annotator."""
    labels: tuple[str, ...] | None = None
    for document in documents:
        sheet = _Sheet(document, losses)
        if sheet.labels != labels:
            labels = sheet.labels
            yield f"# global.columns = {' '.join(('ID', 'FORM', 'START', 'END', *labels))}\n".encode()
        for annotators, markup in document.markups:
            yield sheet.write(annotators, markup).encode()


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
        )
        tokens = find_tokens(document.text or "")
        self.starts = [start for start, _ in tokens]
        self.ends = [end for _, end in tokens]
        self.untagged = f"\t{OUTSIDE}" * len(self.labels) + "\n"
        self.sequences: list[int] = []
        """The sequence of each token."""
        self.places: list[int] = []
        """Where the tags of each token stand in the body."""
        self.body = "".join(self._write_body(document))

    def _write_body(self, document: Document) -> Iterator[str]:
        """A sequence for each block and for each stretch between blocks; one without tokens is left out."""
        text = document.text or ""
        length = 0
        for sequence, (first, last, kind) in enumerate(cut_sequences(document, self.starts), start=1):
            head = f"# sent_id = {document.id}-{sequence}\n" + (f"# block = {kind}\n" if kind else "")
            yield head
            length += len(head)
            for number, place in enumerate(range(first, last), start=1):
                start, end = self.starts[place], self.ends[place]
                line = f"{number}\t{text[start:end]}\t{start}\t{end}"
                yield line
                yield self.untagged
                length += len(line)
                self.places.append(length)
                self.sequences.append(sequence)
                length += len(self.untagged)
            yield "\n"
            length += 1

    def write(self, annotators: tuple[str, ...], markup: Markup) -> str:
        """The lines with the tags of one markup; what they cannot hold is counted on the way."""
        self.losses.add(RELATIONS, len(markup.relations))
        drop_attributes(markup, self.losses)
        self.losses.add(FIELDS, len(markup.fields))
        tags: dict[int, list[str]] = {}
        free = dict.fromkeys(self.labels, 0)
        for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
            first, last = bisect_right(self.ends, span.start), bisect_left(self.starts, span.end)
            if span.label not in free:
                self.losses.add(UNKNOWN_LABEL)
            elif first == last:
                self.losses.add(WITHOUT_TOKEN)
            elif first < free[span.label]:
                self.losses.add(OVERLAPPING)
            else:
                free[span.label] = last
                self._tag(span, first, last, tags)
        parts, done = [f"{self.head}# annotators = {' '.join(annotators)}\n"], 0
        for token in sorted(tags):
            place = self.places[token]
            parts += self.body[done:place], "\t", "\t".join(tags[token]), "\n"
            done = place + len(self.untagged)
        parts.append(self.body[done:])
        return "".join(parts)

    def _tag(self, span: Span, first: int, last: int, tags: dict[int, list[str]]) -> None:
        """Tag the tokens of a span, which touches at least one."""
        self.losses.add(MOVED, (self.starts[first], self.ends[last - 1]) != (span.start, span.end))
        self.losses.add(SPLIT, self.sequences[first] != self.sequences[last - 1])
        column, begin, inside = self.columns[span.label], f"B-{span.label}", f"I-{span.label}"
        before = None
        for token in range(first, last):
            sequence = self.sequences[token]
            if token not in tags:
                tags[token] = [OUTSIDE] * len(self.labels)
            tags[token][column] = inside if sequence == before else begin
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


CONLL = Format(
    name="conll",
    title="CoNLL-U Plus, a token a line, a BIO column a label",
    short="CoNLL",
    holds="spans as tags of tokens; each of what it cannot hold is counted",
    media_type="text/plain; charset=utf-8",
    extension="conllup",
    write=write_conll,
)
