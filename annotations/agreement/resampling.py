"""Document-cluster bootstrap: documents are drawn again with replacement, their statistics only weighed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray, IntArray
from annotations.agreement.measures import Cells, Measure

ENTRIES_AT_ONCE = 20_000_000
SPARSE_FROM = 1_000_000  # below so many cells it is not worth while to tell the empty ones apart
FULL = 1 / 8
SAMPLES_AT_ONCE = 128  # their weights stay at hand


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
    return np.concatenate([np.zeros((0, len(used))), *_draw(used, samples, seed)])


def _draw(used: BoolArray, samples: int, seed: int) -> Iterator[FloatArray]:
    """The weights, some samples at a time."""
    drawn = np.flatnonzero(used)
    generator = np.random.default_rng(seed)
    for first in range(0, samples, SAMPLES_AT_ONCE):
        weights = np.zeros((min(SAMPLES_AT_ONCE, samples - first), len(used)))
        if len(drawn):
            choice = generator.integers(0, len(drawn), size=(len(weights), len(drawn)))
            for row, chosen in zip(weights, choice, strict=True):
                row[drawn] = np.bincount(chosen, minlength=len(drawn))
        yield weights


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
        matrices = [measures[index].cells for index in members]
        products = _find_products(matrices)
        for weights in _draw(used, samples, seed):
            across = np.ascontiguousarray(weights.T)
            for product in products:
                sums = product.weigh(weights, across)
                for place, columns in product.columns:
                    measure = measures[members[place]]
                    results[members[place]].append(measure.score(sums[:, columns]))
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


@dataclass(frozen=True, slots=True, eq=False)
class _Product:
    """Columns over the documents, to be summed under many weights, and which of them each measure's cells are."""

    full: FloatArray
    sparse: Any
    columns: Sequence[tuple[int, IntArray]]

    def weigh(self, weights: FloatArray, across: FloatArray) -> FloatArray:
        """Sums of shape (sample, column) under the weights, given either way round."""
        full = weights @ self.full.T
        if self.sparse is None:
            return full
        return np.concatenate([full, np.asarray(self.sparse @ across).T], axis=1)


def _find_products(matrices: Sequence[Cells]) -> list[_Product]:
    """Matrices with many empty cells go one by one; the others side by side, where equal columns are summed once."""
    products = [
        _Product(np.zeros((0, cells.n_documents)), _to_sparse(cells), [(place, np.arange(cells.n_cells))])
        for place, cells in enumerate(matrices)
        if _is_sparse(cells)
    ]
    batch: list[tuple[int, Cells]] = []
    width = 0
    for place, cells in enumerate(matrices):
        if _is_sparse(cells):
            continue
        if batch and width + cells.n_dense > ENTRIES_AT_ONCE:
            products.append(_lay_side_by_side(batch))
            batch, width = [], 0
        batch.append((place, cells))
        width += cells.n_dense
    return [*products, _lay_side_by_side(batch)] if batch else products


def _is_sparse(cells: Cells) -> bool:
    return cells.n_dense > ENTRIES_AT_ONCE or (
        cells.n_dense > SPARSE_FROM and cells.n_cells > len(cells.weight) / max(1, cells.n_documents) / FULL
    )


def _lay_side_by_side(batch: Sequence[tuple[int, Cells]]) -> _Product:
    distinct: dict[bytes, int] = {}
    rows: list[FloatArray] = []
    places: list[tuple[int, IntArray]] = []
    for place, cells in batch:
        numbers = []
        for row in cells.dense_columns():
            number = distinct.setdefault(row.tobytes(), len(distinct))
            if number == len(rows):
                rows.append(row)
            numbers.append(number)
        places.append((place, np.array(numbers, dtype=np.int64)))
    table = np.array(rows).reshape(len(rows), batch[0][1].n_documents)
    if table.size < SPARSE_FROM:
        return _Product(table, None, places)
    held = np.count_nonzero(table != 0, axis=1)
    is_full = held > FULL * table.shape[1]
    order = np.argsort(~is_full, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    thin = table[~is_full]
    row, document = np.nonzero(thin != 0)
    sparse = _make_sparse((row, document), thin[row, document], (len(thin), table.shape[1]))
    return _Product(table[is_full], sparse, [(place, rank[numbers]) for place, numbers in places])


def _to_sparse(cells: Cells) -> Any:
    return _make_sparse((cells.cell, cells.document), cells.weight, (cells.n_cells, cells.n_documents))


def _make_sparse(places: tuple[IntArray, IntArray], weight: FloatArray, shape: tuple[int, int]) -> Any:
    from scipy.sparse import csr_array  # late: small corpora can do without its long import

    return csr_array((weight, places), shape=shape)
