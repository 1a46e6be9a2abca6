"""What files of a token a line with one tag say, as CoNLL-2003 and most programs that recognise names have them.

The token is the first column and its tag the last. Tags are BIO, IOB, BILOU or BIOES; whichever they are, a span begins
where one cannot go on. The text is not in the file: a blank stands between tokens, and a line's end after a sequence.
"""

import re
from collections.abc import Iterable, Iterator

from annotations.formats.documents import UNKNOWN, Document, Marking
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle
from annotations.formats.files.content import BYTE_ORDER_MARK, number_lines
from annotations.formats.ports import ReadingOptions
from annotations.limits import MAX_TEXT_LENGTH, MAX_TOKEN_LINE_LENGTH

DOCUMENT = "-DOCSTART-"
OUTSIDE = "O"
TAG = re.compile(r"O|([BIMLEUS])-(\S+)")
GOING_ON = "IMLE"
"""The letters of tokens with which a span goes on, if it has begun."""
ENDING = "LEUS"
"""The letters of a span's last token."""
MIN_COLUMNS = 2
LOOKED_AT = 4_096
"""Bytes by which a file is known."""
COPIES = (
    "documents of the same text as the one before, which annotators may have marked whose names CoNLL-2003 cannot hold; "
    "CoNLL-U Plus has them"
)


def opens_conll2003(bundle: Bundle) -> bool:
    """Whether every line at the beginning of a file ends with a tag."""
    if bundle.only is None:
        return False
    begin = bundle.only.read_begin(LOOKED_AT).removeprefix(BYTE_ORDER_MARK)
    lines = begin.decode("utf-8", "replace").split("\n")
    if len(begin) == LOOKED_AT:
        lines.pop()
    filled = [cells for line in lines if (cells := _split(line))]
    return bool(filled) and all(len(cells) >= MIN_COLUMNS and TAG.fullmatch(cells[-1]) for cells in filled)


def read_file_of_tags(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document of a file, with what the one annotator marked whose file it is."""
    for file in bundle.files.values():
        with placed(file.where):
            yield from read_conll2003(number_lines(file))


def read_conll2003(lines: Iterable[tuple[int, str]]) -> Iterator[Document]:
    r"""Read numbered lines; a document begins with `-DOCSTART-`, and without any the file is one.

    >>> text = ["Kyiv B-Place", "agreed O", "", "Yes U-Stance"]
    >>> [document] = read_conll2003(enumerate(text, start=1))
    >>> document.text, [span.label for span in document.judgements["unknown"].markup.spans]
    ('Kyiv agreed\nYes', ['Place', 'Stance'])
    """
    before: str | None = None
    for number, words in enumerate(_read_documents(lines), start=1):
        document = words.finish(str(number), is_copy=words.text == before)
        before = document.text
        yield document


def _read_documents(lines: Iterable[tuple[int, str]]) -> Iterator["_TaggedWords"]:
    words: _TaggedWords | None = None
    for number, line in lines:
        with placed(f"line {number}"):
            if len(line) > MAX_TOKEN_LINE_LENGTH:
                raise RefusedError(
                    f"the line has more than {MAX_TOKEN_LINE_LENGTH:,} characters; it is no token"
                )
            cells = _split(line)
            if cells and cells[0] == DOCUMENT:
                if words is not None:
                    yield words
                words = _TaggedWords(number)
            elif cells:
                words = words or _TaggedWords(number)
                words.read_token(cells, number)
            elif words is not None:
                words.end_sequence()
    if words is not None:
        yield words


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()


class _TaggedWords:
    """The tokens of one document while its lines are read, and the spans that their tags make."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.parts: list[str] = []
        self.length = 0
        self.between = ""
        """What stands before the next token."""
        self.label = ""
        """Of the span that may go on."""
        self.spans: list[tuple[int, int, str, int]] = []

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def read_token(self, cells: list[str], number: int) -> None:
        """Take in a token with its tag."""
        found = TAG.fullmatch(cells[-1]) if len(cells) >= MIN_COLUMNS else None
        if found is None or not cells[0]:
            raise RefusedError(
                f"{shorten(' '.join(cells))} is no token with a tag in its last column: O, or one of B-, I-, L-, U-, E-, S- "
                "and a label"
            )
        form = cells[0]
        start = self.length + len(self.between)
        end = start + len(form)
        if end > MAX_TEXT_LENGTH:
            raise RefusedError(
                f"the document has more than {MAX_TEXT_LENGTH:,} characters; begin others with {DOCUMENT}"
            )
        self.parts += self.between, form
        self.length, self.between = end, " "
        letter, label = found[1] or "", found[2] or ""
        if letter and letter in GOING_ON and label == self.label:
            first, _, _, line = self.spans.pop()
            self.spans.append((first, end, label, line))
        elif letter:
            self.spans.append((start, end, label, number))
        self.label = "" if letter in ENDING else label

    def end_sequence(self) -> None:
        """End a sequence, over which no span goes on."""
        self.label = ""
        if self.parts:
            self.between = "\n"

    def finish(self, name: str, *, is_copy: bool) -> Document:
        """The document with what was marked in it."""
        marking = Marking(name, UNKNOWN)
        for start, end, label, line in self.spans:
            marking.add_span(start, end, label, place=f"line {line}")
        return Document(
            place=f"line {self.line}",
            id=name,
            text=self.text,
            source_format="conll2003",
            judgements={UNKNOWN: marking.finish()},
            left_out={COPIES: int(is_copy)},
        )
