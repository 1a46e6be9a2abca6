"""Sets of rows, as the columns of a packing problem.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray

MAX_RUNS = 8

Array = TypeVar("Array", IntArray, FloatArray)


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def sizes(self) -> IntArray:
        """How many rows each set holds, int array of shape (set,)."""
        return np.diff(self.begins)

    @cached_property
    def _runs(self) -> list[int] | None:
        """Where sets of another size begin, and the end; nothing if there are too many such places to be worth it."""
        changes = np.flatnonzero(self.sizes[1:] != self.sizes[:-1]) + 1
        return [0, *changes.tolist(), len(self)] if len(changes) < min(MAX_RUNS, len(self)) else None

    def take(self, columns: IntArray) -> "Sets":
        """Sets at some places, over the same rows."""
        sizes = self.sizes.take(columns)
        runs = self._runs if np.all(columns[1:] > columns[:-1]) else None
        if runs is None:
            members = self.members[list_ranges(self.begins[columns], sizes)]
        else:
            borders = np.searchsorted(columns, runs)
            members = np.concatenate(
                [
                    self._read_run(self.members, first, last).take(columns[begin:end] - first, axis=0).ravel()
                    for first, last, begin, end in zip(
                        runs[:-1], runs[1:], borders[:-1], borders[1:], strict=True
                    )
                ]
            )
        begins = np.concatenate([[0], np.cumsum(sizes)])
        return Sets(begins, members, self.gain.take(columns), self.n_rows)

    def sum_rows(self, values: FloatArray) -> FloatArray:
        """Sum of a value over the rows of each set."""
        if not len(self):
            return np.zeros(0)
        of_member, runs = values.take(self.members), self._runs
        if runs is None:
            return np.add.reduceat(of_member, self.begins[:-1])
        return np.concatenate(
            [
                sum(self._read_run(of_member, first, last).T, np.zeros(last - first))
                for first, last in pairwise(runs)
            ]
        )

    def _read_run(self, of_member: Array, first: int, last: int) -> Array:
        """What the members of sets of one size have, shape (set, size)."""
        return of_member[self.begins[first] : self.begins[last]].reshape(last - first, -1)


def list_ranges(begin: IntArray, count: IntArray) -> IntArray:
    """Ranges of some length, one after the other.

    >>> list_ranges(np.array([5, 9, 0]), np.array([2, 0, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(count) - count
    return np.asarray(np.arange(count.sum()) + np.repeat(begin - before, count))


def cut_runs(cost: IntArray, limit: int) -> Iterator[slice]:
    """Runs of things that cost no more than the limit, or are one; their costs are given summed up.

    >>> [(run.start, run.stop) for run in cut_runs(np.cumsum([2, 2, 9, 1]), 4)]
    [(0, 2), (2, 3), (3, 4)]
    """
    first = spent = 0
    while first < len(cost):
        last = max(first + 1, int(np.searchsorted(cost, spent + limit, side="right")))
        yield slice(first, last)
        first, spent = last, int(cost[last - 1])
