"""What arrays of spans must be, and how large: whatever else is given is refused with its place."""

from collections.abc import Mapping, Sequence

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.errors import InvalidCorpusError

MAX_JUDGEMENTS = 1_000_000_000  # documents by annotators, a byte each
MAX_OFFSET = 2**52  # beyond it, lengths are no longer exact in the float sums


def read_whole_numbers(values: Sequence[int] | IntArray, name: str) -> IntArray:
    """A column of whole numbers as an array of shape (row,), however they are typed; `name` is what a refusal calls it.

    Raises
    ------
    InvalidCorpusError
        The column is not one-dimensional, or one of its entries is no whole number; the message names it.
    """
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1:
        raise InvalidCorpusError(f"{name} must be one-dimensional")
    if not np.issubdtype(array.dtype, np.integer):
        as_float = np.asarray(values, dtype=np.float64) if array.dtype != object else None
        if as_float is None or not np.all(np.isfinite(as_float)) or np.any(as_float != np.floor(as_float)):
            where = (
                0
                if as_float is None
                else int(np.argmax(~np.isfinite(as_float) | (as_float != np.floor(as_float))))
            )
            raise InvalidCorpusError(f"{name}[{where}] is {values[where]!r}; give whole numbers")
    return array.astype(np.int64)


def check_spans(
    names: Mapping[str, tuple[str, ...]],
    lengths: IntArray,
    completed: BoolArray,
    columns: Mapping[str, IntArray],
) -> None:
    """Refuse spans that cannot lie where they say.

    Parameters
    ----------
    names : mapping of 'document', 'annotator' and 'label' to names
    lengths : int array, shape (document,)
    completed : bool array, shape (document, annotator)
    columns : mapping of column name to int array, shape (span,)

    Raises
    ------
    InvalidCorpusError
        A length or an index is out of range, or a span is empty, lies outside its text, or belongs to an annotator who did
        not complete the document; the message names the document and the span.
    """
    if np.any(lengths < 0) or np.any(lengths > MAX_OFFSET):
        index = int(np.argmax((lengths < 0) | (lengths > MAX_OFFSET)))
        raise InvalidCorpusError(f"document {names['document'][index]!r} has length {lengths[index]}")
    for kind, given in names.items():
        outside = (columns[kind] < 0) | (columns[kind] >= len(given))
        if outside.any():
            index = int(np.argmax(outside))
            raise InvalidCorpusError(
                f"span {index} names {kind} {columns[kind][index]}, but there are {len(given)}"
            )

    def describe(index: int) -> str:
        return (
            f"document {names['document'][columns['document'][index]]!r}, annotator "
            f"{names['annotator'][columns['annotator'][index]]!r}, span "
            f"[{columns['start'][index]}, {columns['end'][index]}) {names['label'][columns['label'][index]]!r}"
        )

    limit = lengths[columns["document"]]
    for bad, what in (
        (columns["start"] < 0, "starts before the text; offsets count from 0"),
        (columns["start"] >= columns["end"], "is empty or reversed; start must be smaller than end"),
        (
            columns["end"] > limit,
            "ends past the text of {limit} characters; correct the offsets or the length",
        ),
        (
            ~completed[columns["document"], columns["annotator"]],
            "belongs to an annotator who did not complete the document",
        ),
    ):
        if bad.any():
            index = int(np.argmax(bad))
            raise InvalidCorpusError(f"{describe(index)} {what.format(limit=limit[index])}")


def check_size(n_rows: int, n_annotators: int, what: str, *, most: int) -> None:
    """Refuse more documents (or items) by annotators than a matrix of who judged what may hold.

    Raises
    ------
    InvalidCorpusError
        There are more than `most` cells.
    """
    if n_rows * n_annotators > most:
        raise InvalidCorpusError(
            f"{n_rows:,} {what} by {n_annotators:,} annotators are more than {most:,}; compare some of the annotators, or "
            "parts of the data, at a time"
        )
