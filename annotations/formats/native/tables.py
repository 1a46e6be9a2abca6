"""Tables for spreadsheets and statistics programs: a ZIP of CSV files, UTF-8 with a byte order mark.

`documents.csv` has the texts. `annotations.csv` has a row for each annotator of a document, or one for its gold, with a
column `field.NAME` a document field; `spans.csv` a row a span, with its words and a column `attribute.NAME` an attribute;
`relations.csv` a row a relation, with the labels and words of its ends. They are joined by `document`, `annotator`
(`gold` for gold) and the `key` of a span. A cell that a spreadsheet would calculate has an apostrophe before it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, Self

from annotations.formats.axes import Axes
from annotations.formats.documents import Document
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.losses import ESCAPED
from annotations.formats.native.tables_reader import BYTE_ORDER_MARK, GOLD, holds_tables, read_tables
from annotations.formats.ports import Format, Losses
from annotations.formats.tabular.cells import ESCAPED_STARTS, escape_cell

MAX_IN_MEMORY = 1 << 20
BYTES_AT_ONCE = 1 << 16
OF_DOCUMENTS = ("document", "round", "external_id", "title", "text_sha256", "text")
OF_ANNOTATIONS = ("document", "annotator", "status", "made_of")
OF_SPANS = ("document", "annotator", "key", "label", "start", "end", "quote")
OF_RELATIONS = (
    *("document", "annotator", "kind", "source", "target"),
    *("source_label", "source_quote", "target_label", "target_quote"),
)


def write_tables(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write documents as tables; the rows of all but the first wait on the disk until the last document is read."""
    archive = ArchiveWriter()
    with (
        _Table(OF_ANNOTATIONS, "field.", losses) as annotations,
        _Table(OF_SPANS, "attribute.", losses) as spans,
        _Table(OF_RELATIONS, "", losses) as relations,
    ):

        def list_documents() -> Iterator[bytes]:
            yield BYTE_ORDER_MARK.encode() + _write_rows([OF_DOCUMENTS])
            for document in documents:
                _add_markups(document, annotations, spans, relations)
                about = (document.name, document.round, document.external_id, document.title)
                row = (*about, document.text_sha256, document.text)
                yield _write_rows([_escape(row, losses)])

        yield from archive.add("documents.csv", list_documents())
        yield from archive.add("annotations.csv", annotations.write())
        yield from archive.add("spans.csv", spans.write())
        yield from archive.add("relations.csv", relations.write())
    yield from archive.finish()


def _escape(cells: Sequence[Any], losses: Losses) -> Sequence[Any]:
    """Cells of which no spreadsheet takes any for a formula."""
    if not any(cell[:1] in ESCAPED_STARTS for cell in cells if isinstance(cell, str)):
        return cells
    escaped = [escape_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    losses.add(ESCAPED, sum(one != other for one, other in zip(cells, escaped, strict=True)))
    return escaped


def _add_markups(document: Document, annotations: "_Table", spans: "_Table", relations: "_Table") -> None:
    text = document.text or ""
    for annotators, markup in document.markups:
        annotator = GOLD if document.gold is not None else annotators[0]
        made_of = " ".join(annotators)
        annotations.add((document.name, annotator, document.status, made_of), dict(markup.fields))
        said = {}
        for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
            said[span.key] = span.label, text[span.start : span.end]
            place = span.key, span.label, span.start, span.end, text[span.start : span.end]
            spans.add((document.name, annotator, *place), dict(span.attributes))
        for link in sorted(markup.relations):
            ends = link.kind, link.source, link.target, *said[link.source], *said[link.target]
            relations.add((document.name, annotator, *ends), {})


class _Table:
    """Rows that wait for the last of them, since only then all columns are known."""

    def __init__(self, columns: Sequence[str], prefix: str, losses: Losses) -> None:
        self._columns = columns
        self._prefix = prefix
        self._losses = losses
        self._others: set[str] = set()
        self._rows = SpooledTemporaryFile(  # noqa: SIM115 - it is closed with the table
            MAX_IN_MEMORY, "w+", encoding="utf-8", newline="\n"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def add(self, cells: Sequence[Any], others: Mapping[str, str]) -> None:
        self._others.update(others)
        escaped = _escape([*cells, *others.values()], self._losses)
        answers = dict(zip(others, escaped[len(cells) :], strict=True))
        self._rows.write(json.dumps([escaped[: len(cells)], answers]) + "\n")

    def write(self) -> Iterator[bytes]:
        names = sorted(self._others)
        header = (*self._columns, *(escape_cell(self._prefix + name) for name in names))
        yield BYTE_ORDER_MARK.encode() + _write_rows([header])
        nothing = dict.fromkeys(names, "")
        self._rows.seek(0)
        while lines := self._rows.readlines(BYTES_AT_ONCE):
            yield _write_rows(
                [*cells, *(nothing | others).values()] for cells, others in map(json.loads, lines)
            )


def _write_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


TABLES = Format(
    name="tables",
    title="Tables for spreadsheets: a ZIP of CSV files of documents, annotations, spans and relations",
    short="Tables",
    holds="with texts; not how gold came about",
    axes=Axes(),
    suits="spreadsheets, R and SPSS: a CSV file each of articles, spans and links",
    media_type="application/zip",
    extension="tables.zip",
    opens=holds_tables,
    read_bundle=read_tables,
    write=write_tables,
    cannot_hold=(ESCAPED,),
)
