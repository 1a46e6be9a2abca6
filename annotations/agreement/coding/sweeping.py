"""The borders of stretches swept in order, some documents at a time: between two neighbours all positions are alike."""

from collections.abc import Iterator

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.stretches import Stretches
from annotations.agreement.packing.sets import cut_runs

CELLS_AT_ONCE = 4_000_000


def sweep_readings(
    corpus: Corpus, stretches: Stretches
) -> Iterator[tuple[int, int, IntArray, FloatArray, IntArray]]:
    """What every annotator made of every run of equal positions, some documents at a time.

    Yields
    ------
    first, last : int
        The documents from `first` to before `last`.
    values : int array, shape (annotator, run)
        Index `stretches.values`; also of annotators who did not complete the document.
    size : float array, shape (run,)
        Number of positions; a run begins where the one before it ends.
    begins : int array, shape (document,)
        The run with which each document begins.
    """
    n_annotators = len(corpus.annotators)
    for first, last, rows in cut_documents(corpus, stretches, n_annotators):
        position, size, begins = lay_borders(corpus, stretches, first=first, last=last, rows=rows)
        n_borders, value, annotator = len(size), stretches.value[rows], stretches.annotator[rows]
        opens, closes = position[: len(value)], position[len(value) :]
        flat = np.concatenate([annotator * n_borders + opens, annotator * n_borders + closes])
        change = np.concatenate([value, -value]).astype(np.float64)
        read = np.bincount(flat, weights=change, minlength=n_annotators * n_borders).reshape(
            n_annotators, n_borders
        )
        yield first, last, np.cumsum(read, axis=1).astype(np.int64), size, begins


def cut_documents(
    corpus: Corpus, stretches: Stretches, rows_a_border: int, *, rows_a_document: int = 0
) -> list[tuple[int, int, slice]]:
    """Runs of documents that are swept together, so that memory stays bounded."""
    ends = np.searchsorted(stretches.document, np.arange(len(corpus.documents)), side="right")
    cost = np.cumsum((2 * np.diff(np.append(0, ends)) + 1) * max(1, rows_a_border) + rows_a_document)
    return [
        (run.start, run.stop, slice(int(ends[run.start - 1]) if run.start else 0, int(ends[run.stop - 1])))
        for run in cut_runs(cost, CELLS_AT_ONCE)
    ]


def lay_borders(
    corpus: Corpus,
    stretches: Stretches,
    *,
    first: int,
    last: int,
    rows: slice,
) -> tuple[IntArray, FloatArray, IntArray]:
    """Sort all borders of some documents laid end to end.

    Returns
    -------
    position : int array, shape (2 x stretch,)
        The place of each start, then of each end, among the sorted distinct borders.
    size : float array, shape (border,)
        Number of positions from each border to the next.
    begins : int array, shape (document,)
        The border at which each document begins.
    """
    lengths = np.maximum(
        corpus.lengths[first:last], 1
    )  # an empty document keeps a border of its own, of size 0
    offset = np.concatenate([[0], np.cumsum(lengths)])
    shift = offset[stretches.document[rows] - first]
    events = np.concatenate([stretches.start[rows] + shift, stretches.end[rows] + shift, offset])
    bits = len(events).bit_length()
    if int(offset[-1]).bit_length() + bits < 63:  # noqa: PLR2004  (place and number share one sortable integer)
        packed = np.sort((events << bits) | np.arange(len(events)))
        order, places = packed & ((1 << bits) - 1), packed >> bits
    else:
        order = np.argsort(events, kind="stable")
        places = events[order]
    fresh = np.empty(len(events), dtype=bool)
    fresh[0] = True
    np.not_equal(places[1:], places[:-1], out=fresh[1:])
    position = np.empty(len(events), dtype=np.int64)
    position[order] = np.cumsum(fresh) - 1
    distinct = places[fresh]
    begins = position[-(last - first + 1) : -1]
    size = np.diff(distinct).astype(np.float64)
    size[begins[corpus.lengths[first:last] == 0]] = 0.0
    closing = len(distinct) - 1  # the very last border opens nothing
    return np.minimum(position[: -(last - first + 1)], closing), np.append(size, 0.0), begins
