"""The tables that the workbench writes for spreadsheets, read back: four CSV files joined by document, annotator and key."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from annotations.formats.documents import Document, Judgement, Marking
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle, BundledFile
from annotations.formats.ports import ReadingOptions
from annotations.formats.tabular.cells import unescape_cell
from annotations.limits import MAX_COLUMNS, MAX_ROWS, MAX_TEXT_LENGTH

GOLD = "gold"
NAMES = ("documents.csv", "annotations.csv", "spans.csv", "relations.csv")
BYTE_ORDER_MARK = "\ufeff"
OF_DOCUMENTS = ("document", "text")
OF_ANNOTATIONS = ("document", "annotator")
OF_SPANS = ("document", "annotator", "key", "label", "start", "end")
OF_RELATIONS = ("document", "annotator", "kind", "source", "target")
Row = Mapping[str, str]


def holds_tables(bundle: Bundle) -> bool:
    """Whether a folder or an archive holds these four tables."""
    return set(NAMES) <= {PurePosixPath(name).name for name in bundle.files}


def read_tables(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked in it, or with its gold."""
    files = {PurePosixPath(name).name: file for name, file in bundle.files.items()}
    markings = _read_markings(files)
    for number, row in _read_rows(files[NAMES[0]], OF_DOCUMENTS):
        name, text = row["document"], row["text"]
        with placed(f"{files[NAMES[0]].where}, row {number}"):
            if not name or len(text) > MAX_TEXT_LENGTH:
                raise RefusedError(
                    f"a document needs a name, and a text of at most {MAX_TEXT_LENGTH:,} characters"
                )
            judged = markings.pop(name, {})
            judgements = {annotator: judgement for annotator, (_, judgement) in judged.items()}
            statuses = [status for status, _ in judged.values()]
            gold = judgements.pop(GOLD).markup if GOLD in judgements else None
            yield Document(
                id=name,
                text=text,
                title=row.get("title", ""),
                source_format="tables",
                judgements=judgements,
                gold=gold,
                status=statuses[0] if gold is not None else "",
                external_id=row.get("external_id", ""),
                text_sha256=row.get("text_sha256", ""),
            )
    if markings:
        raise RefusedError(
            f"{bundle.where}: there is no document {shorten(next(iter(markings)))} in {NAMES[0]}"
        )


def _read_markings(files: Mapping[str, BundledFile]) -> dict[str, dict[str, tuple[str, Judgement]]]:
    """By document and annotator: the status and what was marked."""
    markings: dict[tuple[str, str], Marking] = {}
    about: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    for number, row in _read_rows(files[NAMES[1]], OF_ANNOTATIONS):
        who = row["document"], row["annotator"]
        with placed(f"{files[NAMES[1]].where}, row {number}"):
            if who in markings:
                raise RefusedError(f"document {who[0]!r}: annotator {who[1]!r} occurs twice")
            markings[who] = Marking(*who)
            about[who] = row.get("status", ""), _pick(row, "field.")
    for number, row in _read_rows(files[NAMES[2]], OF_SPANS):
        with placed(f"{files[NAMES[2]].where}, row {number}"):
            start, end = _read_number(row["start"]), _read_number(row["end"])
            _find(markings, row).add_span(
                start,
                end,
                row["label"],
                attributes=_pick(row, "attribute."),
                said=row.get("quote"),
                key=row["key"],
            )
    for number, row in _read_rows(files[NAMES[3]], OF_RELATIONS):
        with placed(f"{files[NAMES[3]].where}, row {number}"):
            marking = _find(markings, row)
            keys = {row[end]: row[end] for end in ("source", "target") if marking.has_span(row[end])}
            marking.add_relation(row["source"], row["target"], row["kind"], keys=keys)
    found: dict[str, dict[str, tuple[str, Judgement]]] = defaultdict(dict)
    for (document, annotator), marking in markings.items():
        status, fields = about[document, annotator]
        found[document][annotator] = status, marking.finish(fields=fields)
    return found


def _find(markings: Mapping[tuple[str, str], Marking], row: Row) -> Marking:
    who = row["document"], row["annotator"]
    if who not in markings:
        raise RefusedError(f"there is no annotation of {who[0]!r} by {who[1]!r} in {NAMES[1]}")
    return markings[who]


def _pick(row: Row, prefix: str) -> dict[str, str]:
    """The cells that are filled of the columns with a prefix, by the rest of their names."""
    return {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix) and value
    }


def _read_number(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(MAX_TEXT_LENGTH))):
        raise RefusedError(f"start and end must be whole numbers of characters, not {shorten(cell)}")
    return int(cell)


def _read_rows(file: BundledFile, needed: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    """The rows of a table after their numbers, with the names of its columns."""
    with file.reading() as stream, placed(file.where):
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            rows = csv.reader(lines, strict=True)
            header = [unescape_cell(cell) for cell in next(rows, [])]
            if missing := [name for name in needed if name not in header]:
                raise RefusedError(
                    f"there is no column {missing[0]!r}; give the tables as they were exported"
                )
            if len(header) > MAX_COLUMNS:
                raise RefusedError(f"there are more than {MAX_COLUMNS:,} columns")
            for number, row in enumerate(rows, start=1):
                if number > MAX_ROWS:
                    raise RefusedError(f"there are more than {MAX_ROWS:,} rows; give the tables in parts")
                if len(row) != len(header):
                    raise RefusedError(
                        f"row {number} has {len(row)} cells, but there are {len(header)} columns"
                    )
                yield number, dict(zip(header, map(unescape_cell, row), strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise RefusedError(f"it is no CSV in UTF-8 that can be read: {error}") from error
