"""CSV, with a header line: a row is an article. Comma, semicolon or tab, whichever makes a header with `text`."""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError, Remedy, shorten
from annotations.formats.files.decoding import Encoding, find_encoding_of_lines, split_lines
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.tabular.columns import MAX_NAMED, TEXT, name_columns, read_record, show_examples
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_ROW_BYTES, MAX_TEXT_LENGTH

LINE_END = re.compile(r"\r\n|\r|\n")
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


def read_csv(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read an article a row, and refuse each row that cannot become one."""
    try:
        found = find_encoding_of_lines(stream, options.encoding)
        delimiter = _find_delimiter(stream, found, options)
        lines = _Lines(stream, found)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = _read_header(rows, lines, options)
    except RefusedError as error:
        yield Refusal.of(f"{place}:1", error)
        return
    while True:
        lines.start_row()
        try:
            cells = next(rows, None)
            if cells is None:
                return
            if lines.fault:
                raise lines.fault
            if not any(cells):
                continue
            _check_cells(cells, lines, delimiter)
            record = read_record(_to_record(columns, cells), options)
            warnings = (found.warning, record.pop("warning"), _find_swallowed_row(cells, delimiter))
            row = Document(
                place=f"{place}:{lines.first}",
                original=lines.raw,
                encoding=found.name,
                source_format="csv",
                warning="; ".join(filter(None, warnings)),
                **record,
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
            yield Refusal.of(f"{place}:{lines.first}", error)
        else:
            yield row


def _find_delimiter(stream: BinaryIO, encoding: Encoding, options: TextOptions) -> str:
    text_column = options.text_column
    start = stream.tell()
    lines = split_lines(stream, encoding, at_lone_cr=True)
    raw, header = next(lines, (b"", ""))
    _, second = next(lines, (b"", ""))
    stream.seek(start)
    if isinstance(header, RefusedError):
        raise header
    if not raw:
        raise RefusedError("the file is empty")
    headers = {delimiter: next(csv.reader([header], delimiter=delimiter), []) for delimiter in DELIMITERS}
    for delimiter, names in headers.items():
        if text_column in names:
            return delimiter
    for delimiter, names in headers.items():
        if TEXT in {name.strip().lower() for name in names}:
            return delimiter
    likeliest = max(headers, key=lambda delimiter: len(headers[delimiter]))
    names = headers[likeliest]
    if text_column is not None:
        name_columns(names, options)
    cells = _read_cells(second, likeliest)
    raise RefusedError(
        "the first line names no column 'text': start with a header line such as id,title,text, or say which column holds "
        "the text",
        remedy=Remedy.TEXT_COLUMN,
        choices=tuple(names)[:MAX_NAMED],
        samples=show_examples((cells + [""] * len(names))[: len(names)][:MAX_NAMED]),
    )


def _read_cells(line: str | RefusedError, delimiter: str) -> list[str]:
    """The cells of a line by itself, as examples; none where it cannot be read so."""
    try:
        return [] if isinstance(line, RefusedError) else next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _read_header(rows: Iterator[list[str]], lines: _Lines, options: TextOptions) -> list[str]:
    """The names of the columns; those that spreadsheets leave behind, without a name, stay empty."""
    try:
        names = next(rows)
        named = name_columns([name for name in names if name.strip()], options)
    except (csv.Error, RowTooLongError) as error:
        raise RefusedError(f"the header is no CSV ({error or 'it is too long'})") from error
    lines.start_row()
    following = iter(named)
    return [next(following) if name.strip() else "" for name in names]


def _check_cells(cells: list[str], lines: _Lines, delimiter: str) -> None:
    """Refuse a cell of a table with tabs that holds both a line's end and a tab: it has swallowed the rows after it."""
    if delimiter == "\t" and any(delimiter in cell and LINE_END.search(cell) for cell in cells):
        raise RefusedError(
            f"a cell in quotes runs on to line {lines.number} and holds tabs, so it holds whole rows: close its quotes, or "
            "double the quotes in it",
        )


def _find_swallowed_row(cells: list[str], delimiter: str) -> str:
    """What to say of a cell in which a line begins as the row itself does, with a number like its own, and has its cells."""
    first = cells[0] if cells else ""
    if not first.isdecimal():
        return ""
    for cell in cells[1:]:
        for line in LINE_END.split(cell)[1:]:
            start, _, rest = line.partition(delimiter)
            if start.isdecimal() and rest.count(delimiter) >= len(cells) - 2:
                return (
                    f"a cell in quotes holds a line that looks like a row of its own ({line[:40]!r}): look whether its "
                    "quotes are closed"
                )
    return ""


def _to_record(columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise RefusedError(
            f"the row has {len(cells)} cells, but the header names {len(columns)} columns: put a text with a "
            "delimiter or a line break in it into quotes",
        )
    if stray := next(
        (cell for name, cell in zip(columns, cells, strict=True) if not name and cell.strip()), ""
    ):
        raise RefusedError(
            f"a column without a name holds {shorten(stray)}: give it a name in the first line"
        )
    return {name: cell for name, cell in zip(columns, cells, strict=True) if name}


CSV = Format(
    name="csv",
    title="CSV with a header, a row an article",
    short="CSV",
    holds="texts with titles, ids and metadata",
    media_type="text/csv; charset=utf-8",
    extension="csv",
    suffixes=(".csv", ".tsv"),
    read_texts=read_csv,
    is_of_rows=True,
)
