"""Sets of rows, as the columns of a packing problem."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.corpus import FloatArray, IntArray


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
        begins = np.concatenate([[0], np.cumsum(sizes)])
        step = np.arange(begins[-1]) - np.repeat(begins[:-1], sizes)
        return Sets(
            begins,
            self.members[np.repeat(self.begins[columns], sizes) + step],
            self.gain[columns],
            self.n_rows,
        )

    def sum_rows(self, values: FloatArray) -> FloatArray:
        """Sum of a value over the rows of each set."""
        return np.add.reduceat(values[self.members], self.begins[:-1]) if len(self) else np.zeros(0)
