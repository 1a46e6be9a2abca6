"""Annotations as the rows of a data frame, or as a list of such rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.builder import CorpusBuilder, as_invalid_corpus, make_items
from annotations.formats.documents import JudgedItems
from annotations.formats.native.rows import Row, read_table


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
    return _build(names, rows, columns=columns, attributes=attributes, lengths=lengths, texts=texts)


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
    return _build(names, rows, columns=columns, attributes=attributes, lengths=lengths, texts=texts)


def _build(
    names: Sequence[Any],
    rows: Sequence[Row],
    *,
    columns: Mapping[str, str] | None,
    attributes: Collection[str],
    lengths: Mapping[Any, int] | None,
    texts: Mapping[Any, str] | None,
) -> Corpus | Items:
    with as_invalid_corpus():
        found = read_table(names, rows, columns=columns, attributes=attributes, lengths=lengths, texts=texts)
        return make_items(found) if isinstance(found, JudgedItems) else CorpusBuilder.of(found).build()
