"""CoNLL-2003: a token a line with one tag, BIO or BILOU, as most programs that recognise names are trained on.

The columns are `FORM -X- -X- TAG`, and `-DOCSTART- -X- -X- O` begins a document; tokens are those of
`annotations.formats.places.tokens`. An empty line ends a block. A token has one tag, so of spans that share one only that which
begins first is written, and of those that begin together the longest; CoNLL-U Plus has a column a label.

The text cannot be made again from the file, and offsets are not in it. A document that several annotators marked stands
in it once for each, in the order of their names, which are not in it either.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from annotations.formats.axes import Axes, Axis, Extent
from annotations.formats.documents import Document
from annotations.formats.losses import (
    ATTRIBUTES,
    FIELDS,
    MOVED,
    NAMES,
    RELATIONS,
    SPLIT,
    WITHOUT_TOKEN,
    drop_attributes,
    drop_names,
)
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Format, Loss, Losses
from annotations.formats.training.conll import cut_sequences
from annotations.formats.training.conll2003_reader import opens_conll2003, read_file_of_tags
from annotations.markup import Markup

START = "-DOCSTART- -X- -X- O\n\n"
OUTSIDE = "O"
SHARING = Loss(
    "span that shares a token with another",
    "spans that share a token with another",
    "dropped",
    (Axis.OVERLAP, Axis.NESTING),
)

Prefixes = Callable[[int], str]
"""The letters of the tags of a span of so many tokens."""


def spell_bio(length: int) -> str:
    """Spell the tags of a span of so many tokens in BIO: B for the first, I for the others.

    >>> spell_bio(3)
    'BII'
    """
    return "B" + "I" * (length - 1)


def spell_bilou(length: int) -> str:
    """Spell the tags of a span of so many tokens in BILOU, in which the last token and a single one have letters of their own.

    >>> spell_bilou(3), spell_bilou(1)
    ('BIL', 'U')
    """
    return "U" if length == 1 else "B" + "I" * (length - 2) + "L"


def write_conll2003(
    documents: Iterable[Document], *, losses: Losses, spell: Prefixes = spell_bio
) -> Iterator[bytes]:
    """Write documents as tokens with one tag each; a document stands once for each annotator."""
    for document in documents:
        cut = _Cut.of(document)
        drop_names(document, losses)
        for _, markup in document.markups:
            losses.add(RELATIONS, len(markup.relations))
            losses.add(FIELDS, len(markup.fields))
            drop_attributes(markup, losses)
            tags = _tag(markup, cut, spell, losses)
            rows, lines = cut.rows.copy(), [START]
            for token, tag in tags.items():
                rows[token] = f"{cut.forms[token]}{tag}\n"
            for first, last in cut.sequences:
                lines += *rows[first:last], "\n"
            yield "".join(lines).encode()


@dataclass(frozen=True, slots=True)
class _Cut:
    """The tokens of a document: their places, their lines without a tag, and the first and last of each sequence."""

    starts: list[int]
    ends: list[int]
    forms: list[str]
    rows: list[str]
    """The lines of tokens that have no tag."""
    sequences: list[tuple[int, int]]

    @classmethod
    def of(cls, document: Document) -> "_Cut":
        text = document.text or ""
        tokens = find_tokens(text)
        starts = [start for start, _ in tokens]
        forms = [f"{text[start:end]} -X- -X- " for start, end in tokens]
        return cls(
            starts,
            [end for _, end in tokens],
            forms,
            [f"{form}{OUTSIDE}\n" for form in forms],
            [(first, last) for first, last, _ in cut_sequences(document, starts)],
        )


def _tag(markup: Markup, cut: _Cut, spell: Prefixes, losses: Losses) -> dict[int, str]:
    tags: dict[int, str] = {}
    free = 0
    for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        first, last = bisect_right(cut.ends, span.start), bisect_left(cut.starts, span.end)
        if first == last:
            losses.add(WITHOUT_TOKEN, span=span)
            continue
        if first < free:
            losses.add(SHARING, span=span)
            continue
        free = last
        is_moved = (cut.starts[first], cut.ends[last - 1]) != (span.start, span.end)
        losses.add(MOVED, is_moved, span=span)
        parts = [
            (max(first, begin), min(last, end))
            for begin, end in cut.sequences
            if begin < last and first < end
        ]
        losses.add(SPLIT, len(parts) > 1, span=span)
        for begin, end in parts:
            letters = spell(end - begin)
            tags.update((begin + place, f"{letter}-{span.label}") for place, letter in enumerate(letters))
    return tags


def _make_format(name: str, tags: str, spell: Prefixes, *, suits: str, read_by: str = "") -> Format:
    return Format(
        name=f"conll2003-{name}",
        title=f"CoNLL-2003, a token a line with one {tags} tag",
        short=f"CoNLL-2003 {tags}",
        holds="as one tag a token, no texts; each of what it cannot hold is counted",
        axes=Axes(
            overlap=Extent.NO,
            nesting=Extent.NO,
            attributes=Extent.NO,
            relations=Extent.NO,
            fields=Extent.NO,
            annotators=Extent.NO,
        ),
        suits=suits,
        media_type="text/plain; charset=utf-8",
        extension=f"{name}.conll",
        write=partial(write_conll2003, spell=spell),
        cannot_hold=(RELATIONS, ATTRIBUTES, FIELDS, NAMES, WITHOUT_TOKEN, SHARING, MOVED, SPLIT),
        opens=(lambda _: False) if read_by else opens_conll2003,
        read_bundle=None if read_by else read_file_of_tags,
        read_by=read_by,
    )


CONLL2003_BIO = _make_format(
    "bio",
    "BIO",
    spell_bio,
    suits="training taggers of names, most of which read this: a word a line, with B where a span begins and I where it goes on",
)
"""Its reader takes every spelling of tags."""
CONLL2003_BILOU = _make_format(
    "bilou",
    "BILOU",
    spell_bilou,
    suits="training taggers that also want L at the last word of a span, and U at a span of one word",
    read_by=CONLL2003_BIO.name,
)
