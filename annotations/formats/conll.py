"""CoNLL-U Plus: a token a line, a BIO column a label, so that spans of different labels may overlap and nest.

The first line names the columns, `# global.columns = ID FORM START END` and then one a label. A token is a run of
letters, digits, underscores and combining marks, or one other character that is not white; it never depends on what
is marked.
START and END are its code points in the article's text, so every token can be found there. An empty line ends a
sequence: one a block of the article, and one a stretch between blocks. Lines that begin with `# ` are comments; a
line of a token begins with its number in the sequence.

What it cannot hold is counted: relations, attributes and document fields are dropped; a span with an end that
is no border of a token is fitted to the tokens that it touches; one that runs on into the next sequence begins again there;
one without a token, one of a label that the scheme has not, and one that meets another of its label are dropped.
Provenance and metadata are not written at all; they are in the JSONL.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from annotations.formats.ports import Format, Loss, Losses
from annotations.formats.record import Record
from annotations.spans import Span

LAST_MARK_OF_SCRIPTS = 0x20000
VARIATION_SELECTORS = range(0xE0100, 0xE01F0)
RELATIONS = Loss("relation", "relations", "dropped")
ATTRIBUTES = Loss("attribute of a span", "attributes of spans", "dropped")
FIELDS = Loss("document field", "document fields", "dropped")
OVERLAPPING = Loss(
    "span that meets another of its label", "spans that meet another of their label", "dropped"
)
UNKNOWN = Loss(
    "span of a label that is not in the scheme", "spans of a label that is not in the scheme", "dropped"
)
WITHOUT_TOKEN = Loss("span without a token", "spans without a token", "dropped")
MOVED = Loss(
    "span with an end that is no border of a token",
    "spans with an end that is no border of a token",
    "fitted to whole tokens",
)
SPLIT = Loss("span across blocks", "spans across blocks", "split at the blocks' borders")


@dataclass(slots=True)
class Token:
    """A token, its place in the text, and its tag in each label's column."""

    start: int
    end: int
    form: str
    tags: dict[str, str] = field(default_factory=dict)


def write_conll(lines: Iterable[str], *, losses: Losses) -> Iterator[bytes]:
    """Write records as sequences of tokens, with a column of tags a label."""
    labels: tuple[str, ...] | None = None
    for record in map(Record.from_line, lines):
        if record.scheme.labels != labels:
            labels = record.scheme.labels
            yield f"# global.columns = {' '.join(('ID', 'FORM', 'START', 'END', *labels))}\n".encode()
        yield "".join(_write_record(record, losses)).encode()


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, whatever is marked in it.

    >>> [token.form for token in tokenize("Kyiv's allies (all of them) said no.")]
    ['Kyiv', "'", 's', 'allies', '(', 'all', 'of', 'them', ')', 'said', 'no', '.']
    """
    return [Token(match.start(), match.end(), match.group()) for match in _token_pattern().finditer(text)]


@cache
def _token_pattern() -> re.Pattern[str]:
    r"""`\w` knows no combining marks, and would cut words of many scripts into pieces."""
    codes = [*range(0x300, LAST_MARK_OF_SCRIPTS), *VARIATION_SELECTORS]
    marks = "".join(chr(code) for code in codes if unicodedata.category(chr(code)).startswith("M"))
    return re.compile(rf"[\w{marks}]+|[^\w\s]")


def _write_record(record: Record, losses: Losses) -> Iterator[str]:
    labels = record.scheme.labels
    sequences = _cut_sequences(record)
    _tag(record, sequences, losses)
    losses.add(RELATIONS, len(record.markup.relations))
    losses.add(ATTRIBUTES, sum(len(span.attributes) for span in record.markup.spans))
    losses.add(FIELDS, len(record.markup.fields))
    yield f"# newdoc id = {record.article.id}\n"
    yield f"# title = {' '.join(record.article.title.split())}\n"
    yield f"# text_sha256 = {record.article.text_sha256}\n"
    yield f"# status = {record.status}\n"
    yield f"# annotators = {' '.join(record.annotators)}\n"
    for number, (kind, tokens) in enumerate(sequences, start=1):
        yield f"# sent_id = {record.article.id}-{number}\n"
        if kind:
            yield f"# block = {kind}\n"
        for place, token in enumerate(tokens, start=1):
            tags = "".join(f"\t{token.tags.get(label, 'O')}" for label in labels)
            yield f"{place}\t{token.form}\t{token.start}\t{token.end}{tags}\n"
        yield "\n"


def _cut_sequences(record: Record) -> list[tuple[str, list[Token]]]:
    """The tokens of each block and of each stretch between blocks; one without tokens is left out."""
    borders: list[tuple[int, str]] = [(0, "")]
    for block in sorted(record.article.blocks):
        borders += [(block.start, block.kind), (block.end, "")]
    tokens = tokenize(record.article.text)
    starts = [start for start, _ in borders]
    sequences: dict[int, list[Token]] = {}
    for token in tokens:
        sequences.setdefault(bisect_right(starts, token.start) - 1, []).append(token)
    return [(borders[place][1], inside) for place, inside in sequences.items()]


def _tag(record: Record, sequences: list[tuple[str, list[Token]]], losses: Losses) -> None:
    placed = [(place, token) for place, (_, tokens) in enumerate(sequences) for token in tokens]
    starts = [token.start for _, token in placed]
    ends = [token.end for _, token in placed]
    for span in sorted(record.markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        touched = placed[bisect_right(ends, span.start) : bisect_left(starts, span.end)]
        if span.label not in record.scheme.labels:
            losses.add(UNKNOWN)
        elif not touched:
            losses.add(WITHOUT_TOKEN)
        elif any(span.label in token.tags for _, token in touched):
            losses.add(OVERLAPPING)
        else:
            _tag_span(span, touched, losses)


def _tag_span(span: Span, touched: list[tuple[int, Token]], losses: Losses) -> None:
    ends_with_tokens = (touched[0][1].start, touched[-1][1].end) == (span.start, span.end)
    losses.add(MOVED, not ends_with_tokens)
    losses.add(SPLIT, len({place for place, _ in touched}) > 1)
    before = None
    for place, token in touched:
        token.tags[span.label] = f"{'I' if place == before else 'B'}-{span.label}"
        before = place


CONLL = Format(
    name="conll",
    title="CoNLL-U Plus, a token a line, a BIO column a label",
    short="CoNLL",
    holds="spans as tags of tokens; each of what it cannot hold is counted",
    media_type="text/plain; charset=utf-8",
    extension="conllup",
    write=write_conll,
)
