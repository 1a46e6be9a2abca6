"""Parquet files: a row is an article, columns by name as in CSV. Needs the extra `parquet`."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.scalars import is_missing
from annotations.formats.tabular.columns import name_columns, read_record
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_STREAMED_BYTES

ROWS_AT_ONCE = 64


def read_rows(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a row an article, some rows at a time."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        yield Refusal(
            place,
            "Parquet files need a library more: install annotation-workbench[parquet], or save it as CSV",
        )
        return
    try:
        file = ParquetFile(stream)
        columns = name_columns(file.schema_arrow.names, options)
    except RefusedError as error:
        yield Refusal.of(place, error)
        return
    except (ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        yield Refusal(place, f"this is no whole Parquet file ({reason}): get it again, or save it as CSV")
        return
    number = 0
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
        for row in batch.to_pylist():
            number += 1
            yield _read_row(dict(zip(columns, row.values(), strict=True)), f"{place}:{number}", options)


def _read_row(row: Mapping[str, Any], place: str, options: TextOptions) -> Document | Refusal:
    try:
        values = {name: _simplify(value) for name, value in row.items()}
        record = read_record(values, options)
        document = Document(
            place=place,
            original=json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            source_format=PARQUET_ROWS.name,
            **record,
        )
        check_article(document)
    except RefusedError as error:
        return Refusal.of(place, error)
    return document


def _simplify(value: Any) -> Any:
    """A value as JSON has it; bytes are the text that they spell in UTF-8."""
    if is_missing(value):
        return None
    match value:
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta() | Decimal():
            return str(value)
        case dict():
            return {str(name): _simplify(part) for name, part in value.items()}
        case list() | tuple():
            return [_simplify(part) for part in value]
        case str() | bool() | int() | float():
            return value
        case _:
            return str(value)


PARQUET_ROWS = Format(
    name="parquet-rows",
    title="Parquet files, a row an article",
    short="Parquet",
    holds="texts with titles, ids and metadata",
    media_type="application/vnd.apache.parquet",
    extension="parquet",
    suffixes=(".parquet",),
    read_texts=Isolated("annotations.formats.tabular.parquet_rows:read_rows", most=MAX_STREAMED_BYTES),
    is_extracted=True,
    is_of_rows=True,
)
