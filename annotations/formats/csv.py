"""CSV, with a header line: a row is an article. Comma, semicolon or tab, whichever makes a header with `text`."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from annotations.formats.articles import check_article
from annotations.formats.columns import TEXT, name_columns, read_record
from annotations.formats.decoding import Encoding, find_encoding_of_lines, split_lines
from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.ports import Format
from annotations.limits import MAX_ROW_BYTES, MAX_TEXT_LENGTH

DELIMITERS = (",", ";", "\t")

csv.field_size_limit(2 * MAX_TEXT_LENGTH)  # a text that is too long is refused by name, not by the parser


class RowTooLongError(Exception):
    """A quoted cell goes on for longer than a row may be, most likely because its closing quote is missing."""


class _Lines:
    """Feeds the parser line by line and keeps what it took, so that each row has its own bytes and place.

    A quoted cell may hold line ends; those are kept as they are.
    """

    def __init__(self, stream: BinaryIO, encoding: Encoding) -> None:
        self._lines = split_lines(stream, encoding, at_lone_cr=True)
        self.number = 0
        self.first = 1
        self._parts: list[bytes] = []
        self._bytes = 0
        self.fault: RefusedError | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw, line = next(self._lines)
        self.number += 1
        self._parts.append(raw)
        self._bytes += len(raw)
        if self._bytes > MAX_ROW_BYTES:
            raise RowTooLongError
        if isinstance(line, RefusedError):
            self.fault = line
            return raw.decode("latin-1")  # one character a byte: quotes and delimiters stay where they are
        return line

    def start_row(self) -> None:
        self.first = self.number + 1
        self._parts = []
        self._bytes = 0
        self.fault = None

    @property
    def raw(self) -> bytes:
        return b"".join(self._parts)


def read_csv(stream: BinaryIO, place: str, encoding: str | None) -> Iterator[Document | Refusal]:
    try:
        found = find_encoding_of_lines(stream, encoding)
        delimiter = _find_delimiter(stream, found)
        lines = _Lines(stream, found)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = _read_header(rows, lines)
    except RefusedError as error:
        yield Refusal(f"{place}:1", str(error))
        return
    while True:
        lines.start_row()
        try:
            cells = next(rows, None)
            if cells is None:
                return
            if not any(cells):
                continue
            if lines.fault:
                raise lines.fault
            row = Document(
                place=f"{place}:{lines.first}",
                original=lines.raw,
                encoding=found.name,
                source_format="csv",
                warning=found.warning,
                **read_record(_to_record(columns, cells)),
            )
            check_article(row)
        except RowTooLongError:
            yield Refusal(
                f"{place}:{lines.first}",
                f"the row has more than {MAX_ROW_BYTES:,} bytes, and nothing after it was read: "
                "close its quotes, or split it",
            )
            return
        except csv.Error as error:
            yield Refusal(
                f"{place}:{lines.first}",
                f"this is no CSV ({error}): put the cell in quotes and double those in it",
            )
        except RefusedError as error:
            yield Refusal(f"{place}:{lines.first}", str(error))
        else:
            yield row


def _find_delimiter(stream: BinaryIO, encoding: Encoding) -> str:
    start = stream.tell()
    raw, header = next(split_lines(stream, encoding, at_lone_cr=True), (b"", ""))
    stream.seek(start)
    if isinstance(header, RefusedError):
        raise header
    if not raw:
        raise RefusedError("the file is empty")
    for delimiter in DELIMITERS:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if TEXT in {cell.strip().lower() for cell in cells}:
            return delimiter
    raise RefusedError(
        "the first line names no column 'text': start with a header line such as id,title,text",
    )


def _read_header(rows: Iterator[list[str]], lines: _Lines) -> list[str]:
    try:
        columns = name_columns(next(rows))
    except (csv.Error, RowTooLongError) as error:
        raise RefusedError(f"the header is no CSV ({error or 'it is too long'})") from error
    lines.start_row()
    return columns


def _to_record(columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise RefusedError(
            f"the row has {len(cells)} cells, but the header names {len(columns)} columns: put a text with a "
            "delimiter or a line break in it into quotes",
        )
    return dict(zip(columns, cells, strict=True))


CSV = Format(
    name="csv",
    title="CSV with a header, a row an article",
    short="CSV",
    holds="texts with titles, ids and metadata",
    media_type="text/csv; charset=utf-8",
    extension="csv",
    suffixes=(".csv", ".tsv"),
    read_texts=read_csv,
)
