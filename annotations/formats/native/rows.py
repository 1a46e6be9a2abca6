"""Rows, as a table has them: a span each, a value each, or an item each."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import Document, JudgedItems, Marking, read_name, require_object
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.ports import Format, ReadingOptions
from annotations.formats.scalars import is_missing, is_whole, make_whole, simplify

PLACE = ("start", "end", "label")
SPAN_COLUMNS = ("document", "annotator", *PLACE)
ITEM_COLUMNS = ("item", "annotator", "value")
DOCUMENT_COLUMNS = ("text", "length")
WHAT_TO_GIVE = (
    "give a row a span, with the columns document, annotator, start, end, label and text or length; or a row a value, with "
    "the columns item, annotator and value; or a row an item, with a column an annotator. If they are called otherwise, tell read_frame or read_rows "
    "columns={'document': 'your name of it'}"
)
Row = Mapping[str, Any]


def read_table(
    names: Sequence[Any],
    rows: Sequence[Row],
    *,
    columns: Mapping[str, str] | None = None,
    attributes: Collection[str] = (),
    lengths: Mapping[Any, int] | None = None,
    texts: Mapping[Any, str] | None = None,
) -> Iterator[Document] | JudgedItems:
    """Read rows with columns of these names; `columns` maps our names of some to theirs.

    A row with a document and an annotator but no place and label says that the annotator judged the document empty; one
    without an annotator only makes the document known. None and NaN are missing, and 3.0 is 3.
    """
    called = dict(columns or {})
    known = {*SPAN_COLUMNS, *ITEM_COLUMNS, *DOCUMENT_COLUMNS}
    for ours, theirs in called.items():
        if ours not in known:
            raise RefusedError(
                f"columns={{{ours!r}: ...}} names no column that is read; those are {', '.join(sorted(known))}"
            )
        _check_column(theirs, names)
    if isinstance(attributes, str):
        attributes = [attributes]
    for name in attributes:
        _check_column(name, names)
    renamed = {theirs: ours for ours, theirs in called.items()}
    if renamed:
        rows = [{renamed.get(name, name): value for name, value in row.items()} for row in rows]
    found = {renamed.get(name, name) for name in names}
    if found >= set(SPAN_COLUMNS):
        return _read_spans(rows, attributes, _Extents(lengths or {}, texts or {}))
    if found >= {"annotator", "value"} and found & {"item", "document"}:
        return _read_values(rows, "item" if "item" in found else "document")
    if found & (known - {"item"}) or not found - {"item"}:
        raise RefusedError(f"the columns are {', '.join(map(str, names)) or 'none'}; {WHAT_TO_GIVE}")
    return _read_wide(rows)


def _check_column(name: str, names: Collection[Any]) -> None:
    if name not in names:
        raise RefusedError(f"there is no column {name!r}; there are {', '.join(map(str, names))}")


class _Extents:
    """The text or the length of each document, as the rows or the mappings give it."""

    def __init__(self, lengths: Mapping[Any, int], texts: Mapping[Any, str]) -> None:
        self.given = {
            "length": {str(name): make_whole(value) for name, value in lengths.items()},
            "text": {str(name): value for name, value in texts.items()},
        }
        self.found: dict[str, dict[str, Any]] = {}

    def note(self, document: str, row: Row, where: str) -> None:
        """Take what a row says of its document, which must be what the other rows say."""
        known = self.found.setdefault(document, {})
        for name in DOCUMENT_COLUMNS:
            value = make_whole(row.get(name))
            if value is None:
                value = self.given[name].get(document)
            if value is not None and known.setdefault(name, value) != value:
                raise RefusedError(
                    f"{where}: document {document!r} has another {name} than in an earlier row"
                )

    def find(self, document: str) -> tuple[str | None, int | None]:
        """The text and the length of a document."""
        known = self.found[document]
        if not known:
            raise RefusedError(
                f"document {document!r} has neither a text nor a length; add a column 'text' or 'length', or say "
                "lengths={document: length} or texts={document: text}"
            )
        text, length = known.get("text"), known.get("length")
        if text is not None and not isinstance(text, str):
            raise RefusedError(f"document {document!r}: the text must be a text, not {shorten(text)}")
        if length is not None and not is_whole(length):
            raise RefusedError(f"document {document!r} needs a text, or as its length a whole number")
        return text, length


def _read_spans(rows: Sequence[Row], attributes: Collection[str], extents: _Extents) -> Iterator[Document]:
    names = [_name_document(row, number) for number, row in _count(rows)]
    for (number, row), document in zip(_count(rows), names, strict=True):
        extents.note(document, row, f"row number {number}")
    read = {*SPAN_COLUMNS, *DOCUMENT_COLUMNS, *attributes}
    markings: dict[str, dict[str, Marking]] = {document: {} for document in extents.found}
    left_out: dict[str, Counter[str]] = defaultdict(Counter)
    for (number, row), document in zip(_count(rows), names, strict=True):
        has_place = not all(is_missing(row.get(name)) for name in PLACE)
        if is_missing(row.get("annotator")):
            if has_place:
                raise RefusedError(f"row number {number}: a span has no annotator; say who marked it")
            continue
        annotator = read_name(make_whole(row["annotator"]), f"row number {number}: the annotator")
        if annotator not in markings[document]:
            markings[document][annotator] = Marking(document, annotator)
        if has_place:
            place = (make_whole(row.get("start")), make_whole(row.get("end")))
            given = {name: simplify(row.get(name)) for name in attributes}
            where, marking = f"row number {number}", markings[document][annotator]
            with placed(where):
                marking.add_span(*place, simplify(row.get("label")), attributes=given, place=where)
        for name in row:
            if name not in read and not is_missing(row[name]):
                left_out[document][f"values of the column {name!r}, which is no attribute"] += 1
    for document, marked in markings.items():
        text, length = extents.find(document)
        yield Document(
            id=document,
            text=text,
            length=length,
            source_format="rows",
            judgements={annotator: marking.finish() for annotator, marking in marked.items()},
            left_out=left_out[document],
        )


def _name_document(row: Row, number: int) -> str:
    return read_name(make_whole(row.get("document")), f"row number {number}: the document")


def _read_values(rows: Sequence[Row], subject: str) -> JudgedItems:
    """Rows of one value each, gathered by item."""
    judged: dict[str, dict[str, Any]] = {}
    for number, row in _count(rows):
        item = read_name(make_whole(row.get(subject)), f"row number {number}: the {subject}")
        annotator = read_name(make_whole(row.get("annotator")), f"row number {number}: the annotator")
        values = judged.setdefault(item, {})
        if annotator in values:
            raise RefusedError(
                f"row number {number}: annotator {annotator!r} judged {subject} {item!r} in an earlier row"
            )
        values[annotator] = row.get("value")
    return JudgedItems(list(judged.values()), names=list(judged))


def _read_wide(rows: Sequence[Row]) -> JudgedItems:
    """Rows of one item each; the names of the items are a column or their numbers."""
    names = None
    if any("item" in row for row in rows):
        names = [
            read_name(make_whole(row.get("item")), f"row number {number}: the item")
            for number, row in _count(rows)
        ]
        rows = [{name: value for name, value in row.items() if name != "item"} for row in rows]
    for number, row in _count(rows):
        for annotator, value in row.items():
            if isinstance(value, list | tuple | dict):
                raise RefusedError(
                    f"row number {number}: the value of {annotator!r} is {shorten(value)}; {WHAT_TO_GIVE}"
                )
    return JudgedItems([{str(annotator): value for annotator, value in row.items()} for row in rows], names)


def _count(rows: Sequence[Row]) -> Iterable[tuple[int, Row]]:
    return enumerate(rows, start=1)


def _read_content(content: Content) -> Iterator[Document] | JudgedItems:
    rows = [require_object(value, place) for place, value in content.entries]
    return read_table(list(dict.fromkeys(name for row in rows for name in row)), rows)


def read_documents(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read rows of spans; those of one document need not stand together, so all are read before the first is given."""
    found = _read_content(content)
    if isinstance(found, JudgedItems):
        raise RefusedError(f"these rows hold values of items, and no spans; {WHAT_TO_GIVE}")
    return found


def read_items(content: Content) -> JudgedItems | None:
    """Read rows of values, if that is what the first row is."""
    if content.keys >= set(SPAN_COLUMNS) or "start" in content.keys:
        return None
    found = _read_content(content)
    return found if isinstance(found, JudgedItems) else None


ROWS = Format(
    name="rows",
    title="rows with 'document', 'annotator', 'start', 'end' and 'label', or with 'item', 'annotator' and 'value'",
    short="Rows",
    holds="or values of items",
    axes=Axes(relations=Extent.NO, fields=Extent.NO),
    media_type="application/json",
    extension="json",
    recognises=lambda content: "annotator" in content.keys and bool(content.keys & {"start", "value"}),
    read_documents=read_documents,
    read_items=read_items,
    reads_ahead=True,
)
