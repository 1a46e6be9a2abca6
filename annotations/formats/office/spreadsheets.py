"""Spreadsheets of Excel: a sheet with a header line, a row an article, columns by name as in CSV."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError, Remedy, shorten
from annotations.formats.isolation import Isolated
from annotations.formats.office.office import check_office_file
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.tabular.columns import MAX_NAMED, TEXT, name_columns, read_record, show_examples
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_COLUMNS, MAX_STREAMED_BYTES


def read_spreadsheet(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a row an article from every sheet whose first line names the column with the text."""
    try:
        check_office_file(stream, kind="xl/", suffix=".xlsx", program="Excel")
        from openpyxl import load_workbook

        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except RefusedError as error:
        yield Refusal.of(place, error)
        return
    headers: list[_Header] = []
    has_texts = False
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
        header = [_to_text(value) for value in next(rows, ())]
        if not _names_text(header, options.text_column):
            headers.append(_Header(sheet.title, header, next(rows, ())))
            continue
        has_texts = True
        left_out = ", ".join(one.sheet for one in headers if any(one.names))
        yield from _read_sheet(header, rows, f"{place}:{sheet.title}", options, left_out)
    if not has_texts:
        yield _refuse_headers(place, headers, options.text_column)


@dataclass(frozen=True, slots=True)
class _Header:
    """The first line of a sheet that names no column of texts, and the line below it."""

    sheet: str
    names: list[str]
    below: Sequence[Any]


def _names_text(header: Sequence[str], text_column: str | None) -> bool:
    if text_column is not None:
        return text_column in header
    return TEXT in {name.strip().lower() for name in header}


def _read_sheet(
    header: Sequence[str], rows: Iterator[tuple[Any, ...]], place: str, options: TextOptions, left_out: str
) -> Iterator[Document | Refusal]:
    try:
        named = iter(name_columns([name for name in header if name.strip()], options))
        columns = [next(named) if name.strip() else "" for name in header]
    except RefusedError as error:
        yield Refusal.of(f"{place}:1", error)
        return
    warning = (
        f"the sheets before it have no column with texts and were not read: {left_out}" if left_out else ""
    )
    for number, row in enumerate(rows, start=2):
        cells = [_simplify(value) for value in row]
        if all(cell in {None, ""} for cell in cells):
            continue
        row_place = f"{place}:{number}"
        try:
            yield _read_row(columns, cells, row_place, options, warning)
        except RefusedError as error:
            yield Refusal.of(row_place, error)
        warning = ""


def _read_row(
    columns: Sequence[str], cells: Sequence[Any], place: str, options: TextOptions, warning: str
) -> Document:
    if stray := next((cell for cell in cells[len(columns) :] if cell not in {None, ""}), None):
        raise RefusedError(
            f"a column without a name holds {shorten(stray)}: give it a name in the first line"
        )
    values = {}
    for name, cell in zip(columns, cells, strict=False):
        if name:
            values[name] = "" if cell is None else cell
        elif cell not in {None, ""}:
            raise RefusedError(
                f"a column without a name holds {shorten(cell)}: give it a name in the first line"
            )
    if TEXT in values and not isinstance(values[TEXT], str):
        values[TEXT] = _to_text(values[TEXT])
    record = read_record(values, options)
    warnings = (warning, record.pop("warning"))
    document = Document(
        place=place,
        original=json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        source_format="xlsx",
        warning="; ".join(filter(None, warnings)),
        **record,
    )
    check_article(document)
    return document


def _refuse_headers(place: str, headers: Sequence[_Header], text_column: str | None) -> Refusal:
    found = [
        (name, cell)
        for header in headers
        for name, cell in zip_longest(header.names, header.below[: len(header.names)])
        if name.strip()
    ][:MAX_NAMED]
    if not found:
        return Refusal(place, "it holds nothing: fill in a sheet with a header line such as id, title, text")
    wanted = repr(text_column or TEXT)
    return Refusal(
        place,
        f"no sheet has a column {wanted} in its first line: start with a header line such as id, title, text, or say which "
        "column holds the text",
        Remedy.TEXT_COLUMN,
        tuple(name for name, _ in found),
        show_examples(_to_text(cell) for _, cell in found),
    )


def _simplify(value: Any) -> Any:
    """A cell as JSON has it: dates as texts, whole numbers without a fraction."""
    match value:
        case bool() | None | str() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _to_text(value: Any) -> str:
    plain = _simplify(value)
    return "" if plain is None else str(plain)


SPREADSHEET = Format(
    name="xlsx",
    title="Excel files with a header, a row an article",
    short="Excel",
    holds="texts with titles, ids and metadata",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extension="xlsx",
    suffixes=(".xlsx",),
    read_texts=Isolated("annotations.formats.office.spreadsheets:read_spreadsheet", most=MAX_STREAMED_BYTES),
    is_extracted=True,
    is_of_rows=True,
)
