"""Document-cluster bootstrap: documents are drawn again with replacement, their statistics only weighed."""

from collections.abc import Iterator, Sequence

import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.measures import Cells, Measure

ENTRIES_AT_ONCE = 20_000_000
SPARSE_FROM = 1_000_000  # below so many cells it is not worth while to tell the empty ones apart
FULL = 1 / 8
SAMPLES_AT_ONCE = 128  # as many rows of weights as a processor has at hand


def draw_weights(used: BoolArray, *, samples: int, seed: int) -> FloatArray:
    """How often each document is drawn in each resample: multinomial counts.

    Parameters
    ----------
    used : bool, shape (document,)
        Only these documents are drawn.
    samples, seed : int

    Returns
    -------
    array, shape (sample, document)

    Examples
    --------
    >>> draw_weights(np.array([True, True, False]), samples=2, seed=1).sum(axis=1).tolist()
    [2.0, 2.0]
    """
    drawn = np.flatnonzero(used)
    weights = np.zeros((samples, len(used)))
    if len(drawn):
        choice = np.random.default_rng(seed).integers(0, len(drawn), size=(samples, len(drawn)))
        for row, chosen in zip(weights, choice, strict=True):
            row[drawn] = np.bincount(chosen, minlength=len(drawn))
    return weights


def resample(measures: Sequence[Measure], *, samples: int, seed: int) -> list[FloatArray]:
    """The bootstrap distribution of each measure: arrays of shape (sample,), NaN where a resample is undefined.

    Measures over the same documents share their resamples, so their differences can be compared.
    """
    results: list[list[FloatArray]] = [[] for _ in measures]
    groups: dict[bytes, list[int]] = {}
    for index, measure in enumerate(measures):
        groups.setdefault(np.packbits(measure.used).tobytes(), []).append(index)
    for members in groups.values():
        used = measures[members[0]].used
        weights = draw_weights(used, samples=samples, seed=seed)
        weights = weights if used.all() else weights[:, used]
        for index, sums in _weigh([(index, measures[index].cells) for index in members], used, weights):
            results[index].append(measures[index].score(sums))
    return [np.concatenate([np.zeros(0), *parts]) for parts in results]


def percentile_interval(values: FloatArray, confidence: float) -> tuple[float, float] | None:
    """The central interval of the resamples that are defined; None when fewer than half are.

    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    defined = values[np.isfinite(values)]
    if len(defined) * 2 < len(values) or len(defined) == 0:
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _weigh(
    matrices: Sequence[tuple[int, Cells]], used: BoolArray, weights: FloatArray
) -> Iterator[tuple[int, FloatArray]]:
    """Multiply the weights (sample, used document) with each matrix, some samples at a time in their order.

    Matrices with many empty cells go one by one, equal ones once; the others side by side, equal columns once.
    """
    number = np.cumsum(used) - 1
    sparse = [(index, cells) for index, cells in matrices if _is_sparse(cells)]
    batch: list[tuple[int, Cells]] = []
    for index, cells in matrices:
        if _is_sparse(cells):
            continue
        if sum(each.n_dense for _, each in batch) + cells.n_dense > ENTRIES_AT_ONCE:
            yield from _weigh_side_by_side(batch, used, number, weights)
            batch = []
        batch.append((index, cells))
    yield from _weigh_side_by_side(batch, used, number, weights)
    while sparse:
        cells = sparse[0][1]
        alike = [index for index, other in sparse if _are_equal(cells, other)]
        sparse = [(index, other) for index, other in sparse if index not in alike]
        for sums in _weigh_sparsely(cells, used, number, weights):
            for index in alike:
                yield index, sums


def _is_sparse(cells: Cells) -> bool:
    return cells.n_dense > SPARSE_FROM and len(cells.weight) < FULL * cells.n_dense


def _are_equal(one: Cells, other: Cells) -> bool:
    return one is other or (
        (one.n_documents, one.n_cells) == (other.n_documents, other.n_cells)
        and np.array_equal(one.weight, other.weight)
        and np.array_equal(one.cell, other.cell)
        and np.array_equal(one.document, other.document)
    )


def _weigh_side_by_side(
    batch: Sequence[tuple[int, Cells]], used: BoolArray, number: IntArray, weights: FloatArray
) -> Iterator[tuple[int, FloatArray]]:
    distinct: dict[bytes, int] = {}
    columns: list[FloatArray] = []
    places: list[list[int]] = []
    for _, cells in batch:
        kept = used[cells.document]
        flat = cells.cell[kept] * weights.shape[1] + number[cells.document[kept]]
        size = cells.n_cells * weights.shape[1]
        table = np.bincount(flat, weights=cells.weight[kept], minlength=size).astype(np.float64, copy=False)
        rows = table.reshape(cells.n_cells, weights.shape[1])
        places.append([distinct.setdefault(row.tobytes(), len(distinct)) for row in rows])
        columns.extend(rows[place] for place in _find_fresh(places[-1], len(columns)))
    if not batch:
        return
    product = weights @ np.array(columns).reshape(len(columns), weights.shape[1]).T
    for (index, cells), own in zip(batch, places, strict=True):
        step = max(1, ENTRIES_AT_ONCE // max(1, cells.n_cells))
        for first in range(0, len(weights), step):
            yield index, product[first : first + step, own]


def _find_fresh(numbers: Sequence[int], known: int) -> list[int]:
    """Where each number that is not known yet comes first."""
    first: dict[int, int] = {}
    for place, number in enumerate(numbers):
        if number >= known:
            first.setdefault(number, place)
    return list(first.values())


def _weigh_sparsely(
    cells: Cells, used: BoolArray, number: IntArray, weights: FloatArray
) -> Iterator[FloatArray]:
    from scipy.sparse import csr_array  # late: small corpora can do without its long import

    kept = used[cells.document]
    taken, column = np.unique(cells.cell[kept], return_inverse=True)
    entries = cells.weight[kept], (column, number[cells.document[kept]])
    matrix = csr_array(entries, shape=(len(taken), weights.shape[1]))
    step = max(1, min(SAMPLES_AT_ONCE, ENTRIES_AT_ONCE // max(1, cells.n_cells)))
    for first in range(0, len(weights), step):
        part = np.ascontiguousarray(weights[first : first + step].T)
        sums = np.zeros((part.shape[1], cells.n_cells))
        sums[:, taken] = np.asarray(matrix @ part).T
        yield sums
