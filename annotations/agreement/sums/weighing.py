"""The sums of many measures over weighed documents, for many weightings at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.sums.cells import Cells

ENTRIES_AT_ONCE = 20_000_000
FEW_ENTRIES = 1_000_000
"""Up to so many entries of cells are added up before they are weighed."""
FEW_FACTORS = 4_000_000
"""Up to so many factors are multiplied with all their zeros, which is quicker than to import a sparse product."""
FULL = 1 / 32
"""From this share of entries that are not zero on, a column is quicker to sum with its zeros than without."""


def prepare_sums(cells: Sequence[Cells]) -> Callable[[FloatArray], FloatArray]:
    """A function from weights, shape (sample, document), to the sums of all these cells side by side, shape (sample, cell).

    Few cells are added up from their columns first and then weighed; of many, the columns, which are fewer, are weighed first.
    """
    if sum(one.n_dense for one in cells) <= FEW_ENTRIES:
        matrix = np.concatenate([one.dense() for one in cells], axis=1)
        return lambda weights: weights @ matrix
    return _Unsummed.of(cells).weigh


@dataclass(frozen=True, slots=True, eq=False)
class _Unsummed:
    """Columns, each weighed once however many cells it goes into.

    Attributes
    ----------
    full : array, shape (full column, document)
    thin : sparse array, shape (other column, document), or None where there are none
    terms : array, sparse where there are many, shape (cell, full and other columns)
    """

    full: FloatArray
    thin: Any
    terms: Any

    @classmethod
    def of(cls, cells: Sequence[Cells]) -> "_Unsummed":
        n_documents = cells[0].n_documents
        parts = [part for one in cells for part in one.parts]
        shared = {id(part.columns): part.columns for part in parts}
        first = dict(zip(shared, np.cumsum([0, *map(len, shared.values())]).tolist(), strict=False))
        column = np.concatenate([first[id(part.columns)] + part.column for part in parts])
        scale = np.concatenate([part.scale for part in parts])
        n_cells = [one.n_cells for one in cells]
        cell = _join([np.concatenate([part.cell for part in one.parts]) for one in cells], n_cells)
        kept = np.flatnonzero(scale)

        sizes = np.concatenate([columns.sizes for columns in shared.values()])
        is_used = np.zeros(len(sizes), dtype=bool)
        is_used[column[kept]] = True
        n_used = int(is_used.sum())
        are_few = n_used * (n_documents + sum(n_cells)) <= min(FEW_FACTORS, ENTRIES_AT_ONCE)
        is_full = is_used & ((sizes > FULL * n_documents) | are_few)
        is_full &= np.cumsum(is_full) <= ENTRIES_AT_ONCE // n_documents
        is_thin = is_used & ~is_full
        place = np.where(is_full, np.cumsum(is_full), is_full.sum() + np.cumsum(is_thin)) - 1

        full = np.zeros((int(is_full.sum()), n_documents))
        entries: list[tuple[IntArray, FloatArray]] = []
        for key, columns in shared.items():
            own = slice(first[key], first[key] + len(columns))
            for number in np.flatnonzero(is_full[own]).tolist():
                rows = slice(columns.begins[number], columns.begins[number + 1])
                full[place[first[key] + number], columns.document[rows]] = columns.weight[rows]
            _, document, weight = columns.list_entries(np.flatnonzero(is_thin[own]))
            entries.append((document, weight))
        documents, weights = zip(*entries, strict=True)
        if are_few:
            dense = np.zeros((sum(n_cells), n_used))
            np.add.at(dense, (cell[kept], place[column[kept]]), scale[kept])
            return cls(full, None, dense)

        from scipy.sparse import csr_array  # late: small corpora can do without its long import

        ends = np.concatenate([[0], np.cumsum(sizes[is_thin])])
        thin = np.concatenate(weights), np.concatenate(documents), ends
        terms = scale[kept], (cell[kept], place[column[kept]])
        return cls(
            full,
            csr_array(thin, shape=(len(ends) - 1, n_documents)),
            csr_array(terms, shape=(sum(n_cells), n_used)),
        )

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Sum the columns under each sample of weights, a few samples at a time so that memory stays bounded."""
        step = max(1, ENTRIES_AT_ONCE // sum(self.terms.shape))
        parts = [self._weigh(weights[first : first + step]) for first in range(0, len(weights), step)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _weigh(self, weights: FloatArray) -> FloatArray:
        sums = self.full @ weights.T
        if self.thin is not None:
            sums = np.concatenate([sums, self.thin @ np.ascontiguousarray(weights.T)])
        return np.asarray((self.terms @ sums).T)


def _join(parts: Sequence[IntArray], sizes: Sequence[int]) -> IntArray:
    """Numbers of things that are laid end to end, so many of each part."""
    before = np.cumsum([0, *sizes]).tolist()
    return np.concatenate([shift + part for shift, part in zip(before, parts, strict=False)])
