"""Annotations as the rows of a data frame, or as a list of such rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.scalars import is_missing, make_whole, simplify
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import CorpusBuilder, read_name
from annotations.agreement.readers.format import Format, Gathered, Parsed, ReaderOptions, require_object

PLACE = ("start", "end", "label")
SPAN_COLUMNS = ("document", "annotator", *PLACE)
ITEM_COLUMNS = ("item", "annotator", "value")
DOCUMENT_COLUMNS = ("text", "length")
WHAT_TO_GIVE = (
    "give a row a span, with the columns document, annotator, start, end, label and text or length; or a row a value, with "
    "the columns item, annotator and value; or a row an item, with a column an annotator. If they are called otherwise, say "
    "columns={'document': 'your name of it'}"
)
Row = Mapping[str, Any]


@runtime_checkable
class Frame(Protocol):
    """What the data frames of pandas and polars have in common."""

    @property
    def columns(self) -> Any:
        """The names of the columns."""

    def __getitem__(self, name: Any) -> Any:
        """A column by its name."""


def read_frame(
    frame: Frame,
    *,
    columns: Mapping[str, str] | None = None,
    attributes: Collection[str] = (),
    lengths: Mapping[Any, int] | None = None,
    texts: Mapping[Any, str] | None = None,
) -> Corpus | Items:
    """Read a data frame of pandas or polars; `read_rows` says what its columns may be.

    Neither is imported: whatever has columns by name will do.

    Parameters
    ----------
    frame : data frame
    columns, attributes, lengths, texts : as for `read_rows`

    Returns
    -------
    Corpus or Items

    Raises
    ------
    InvalidCorpusError
    """
    names = list(frame.columns)
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidCorpusError(f"there are two columns {twice!r}; give each column one name")
    values = [list(frame[name]) for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    return _build(_gather(names, rows, columns=columns, attributes=attributes, lengths=lengths, texts=texts))


def read_rows(
    rows: Sequence[Row],
    *,
    columns: Mapping[str, str] | None = None,
    attributes: Collection[str] = (),
    lengths: Mapping[Any, int] | None = None,
    texts: Mapping[Any, str] | None = None,
) -> Corpus | Items:
    """Read a list of rows: a span each, a value each, or an item each.

    A row with a document and an annotator but no place and label says that the annotator judged the document empty; one
    without an annotator only makes the document known. None and NaN are missing, and 3.0 is 3.

    Parameters
    ----------
    rows : sequence of mappings from column to value
        Of spans: `document`, `annotator`, `start`, `end`, `label`, and `text` or `length` of the document. Of values:
        `item` (or `document`), `annotator`, `value`. Of items: a column an annotator, and `item` if they have names.
    columns : mapping, optional
        What the rows call these columns, where it is something else: `{"document": "doc_id"}`.
    attributes : names of columns, optional
        Which of the others are attributes of the spans; values of the rest are counted in `Corpus.left_out`.
    lengths, texts : mapping of document to its length or text, optional
        Where the rows do not have them.

    Returns
    -------
    Corpus or Items

    Raises
    ------
    InvalidCorpusError
        A column is missing, or a row cannot be what it claims; the message has its number.

    Examples
    --------
    >>> row = {"document": "d1", "annotator": "ann", "start": 0, "end": 4, "label": "Claim", "length": 12}
    >>> read_rows([row, {**row, "annotator": "bob", "start": None, "end": None, "label": None}])
    Corpus(1 document, 2 annotators, 1 label, 1 span)
    >>> read_rows([{"ann": 1, "bob": 2}, {"ann": 1, "bob": float("nan")}])
    Items(2 items, 2 annotators, 2 values)
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _build(_gather(names, rows, columns=columns, attributes=attributes, lengths=lengths, texts=texts))


def _build(gathered: Gathered) -> Corpus | Items:
    return gathered if isinstance(gathered, Items) else gathered.build()


def _gather(
    names: Sequence[Any],
    rows: Sequence[Row],
    *,
    columns: Mapping[str, str] | None = None,
    attributes: Collection[str] = (),
    lengths: Mapping[Any, int] | None = None,
    texts: Mapping[Any, str] | None = None,
    options: ReaderOptions | None = None,
) -> Gathered:
    called = dict(columns or {})
    known = {*SPAN_COLUMNS, *ITEM_COLUMNS, *DOCUMENT_COLUMNS}
    for ours, theirs in called.items():
        if ours not in known:
            raise InvalidCorpusError(
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
        builder = (options or ReaderOptions()).begin()
        _add_spans(builder, rows, attributes, _Documents(lengths or {}, texts or {}))
        return builder
    if found >= {"annotator", "value"} and found & {"item", "document"}:
        return _read_values(rows, "item" if "item" in found else "document")
    if found & (known - {"item"}) or not found - {"item"}:
        raise InvalidCorpusError(f"the columns are {', '.join(map(str, names)) or 'none'}; {WHAT_TO_GIVE}")
    return _read_wide(rows)


def _check_column(name: str, names: Collection[Any]) -> None:
    if name not in names:
        raise InvalidCorpusError(f"there is no column {name!r}; there are {', '.join(map(str, names))}")


class _Documents:
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
                raise InvalidCorpusError(
                    f"{where}: document {document!r} has another {name} than in an earlier row"
                )

    def add_to(self, builder: CorpusBuilder) -> None:
        for document, known in self.found.items():
            if not known:
                raise InvalidCorpusError(
                    f"document {document!r} has neither a text nor a length; add a column 'text' or 'length', or say "
                    "lengths={document: length} or texts={document: text}"
                )
            builder.add_document(document, **known)


def _add_spans(
    builder: CorpusBuilder, rows: Sequence[Row], attributes: Collection[str], documents: _Documents
) -> None:
    names = [_name_document(row, number) for number, row in _count(rows)]
    for (number, row), document in zip(_count(rows), names, strict=True):
        documents.note(document, row, f"row number {number}")
    documents.add_to(builder)
    read = {*SPAN_COLUMNS, *DOCUMENT_COLUMNS, *attributes}
    for (number, row), document in zip(_count(rows), names, strict=True):
        has_place = not all(is_missing(row.get(name)) for name in PLACE)
        if is_missing(row.get("annotator")):
            if has_place:
                raise InvalidCorpusError(f"row number {number}: a span has no annotator; say who marked it")
            continue
        annotator = read_name(make_whole(row["annotator"]), f"row number {number}: the annotator")
        if (document, annotator) not in builder.judgements:
            builder.add_judgement(document, annotator)
        if has_place:
            place = (make_whole(row.get("start")), make_whole(row.get("end")))
            given = {name: simplify(row.get(name)) for name in attributes}
            try:
                builder.add_span(document, annotator, *place, simplify(row.get("label")), attributes=given)
            except InvalidCorpusError as error:
                raise InvalidCorpusError(f"row number {number}: {error}") from error
        for name in row:
            if name not in read and not is_missing(row[name]):
                builder.leave_out(document, f"values of the column {name!r}, which is no attribute")


def _gather_rows(parsed: Parsed, options: ReaderOptions) -> Gathered:
    rows = [require_object(value, place) for place, value in parsed.entries]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _gather(names, rows, options=options)


def _name_document(row: Row, number: int) -> str:
    return read_name(make_whole(row.get("document")), f"row number {number}: the document")


def _read_values(rows: Sequence[Row], subject: str) -> Items:
    """Rows of one value each, gathered by item."""
    judged: dict[str, dict[str, Any]] = {}
    for number, row in _count(rows):
        item = read_name(make_whole(row.get(subject)), f"row number {number}: the {subject}")
        annotator = read_name(make_whole(row.get("annotator")), f"row number {number}: the annotator")
        values = judged.setdefault(item, {})
        if annotator in values:
            raise InvalidCorpusError(
                f"row number {number}: annotator {annotator!r} judged {subject} {item!r} in an earlier row"
            )
        values[annotator] = row.get("value")
    return Items.from_rows(list(judged.values()), names=list(judged))


def _read_wide(rows: Sequence[Row]) -> Items:
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
                raise InvalidCorpusError(
                    f"row number {number}: the value of {annotator!r} is {shorten(value)}; {WHAT_TO_GIVE}"
                )
    return Items.from_rows(
        [{str(annotator): value for annotator, value in row.items()} for row in rows], names=names
    )


def _count(rows: Sequence[Row]) -> Iterable[tuple[int, Row]]:
    return enumerate(rows, start=1)


ROWS = Format(
    "rows",
    "rows with 'document', 'annotator', 'start', 'end' and 'label', or with 'item', 'annotator' and 'value'",
    "spans with attributes, or values, of several annotators",
    lambda parsed: "annotator" in parsed.keys and bool(parsed.keys & {"start", "value"}),
    _gather_rows,
)
