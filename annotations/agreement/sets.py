"""Sets of rows, as the columns of a packing problem."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of rows, one a column of a packing problem.

    Attributes
    ----------
    begins : int array, shape (set + 1,)
    members : int array
        The rows of set `k` are `members[begins[k]:begins[k + 1]]`.
    gain : float array, shape (set,)
    n_rows : int
    """

    begins: IntArray
    members: IntArray
    gain: FloatArray
    n_rows: int

    def __len__(self) -> int:
        return len(self.gain)

    @property
    def sizes(self) -> IntArray:
        return np.diff(self.begins)

    def take(self, columns: IntArray) -> "Sets":
        """Some of the sets, over the same rows."""
        sizes = self.sizes[columns]
        return Sets(
            np.concatenate([[0], np.cumsum(sizes)]),
            self.members[list_ranges(self.begins[columns], sizes)],
            self.gain[columns],
            self.n_rows,
        )

    def sum_rows(self, values: FloatArray) -> FloatArray:
        """Sum of a value over the rows of each set."""
        if not len(self):
            return np.zeros(0)
        sizes, of_member = self.sizes, values[self.members]
        if np.any(sizes[1:] < sizes[:-1]):
            return np.add.reduceat(of_member, self.begins[:-1])
        borders = np.searchsorted(sizes, np.arange(sizes[0], sizes[-1] + 2)).tolist()
        # whole columns, for each size of sets: quicker than set by set
        return np.concatenate(
            [
                sum(
                    of_member[self.begins[first] : self.begins[last]].reshape(-1, size).T,
                    np.zeros(last - first),
                )
                for size, first, last in zip(
                    range(int(sizes[0]), int(sizes[-1]) + 1), borders[:-1], borders[1:], strict=True
                )
            ]
        )


def list_ranges(begin: IntArray, count: IntArray) -> IntArray:
    """Ranges of some length, one after the other.

    >>> list_ranges(np.array([5, 9, 0]), np.array([2, 0, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(count) - count
    return np.asarray(np.arange(count.sum()) + np.repeat(begin - before, count))
