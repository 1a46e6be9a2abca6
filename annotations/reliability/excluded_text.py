"""Leaving blocks such as boilerplate out of a text: offsets as if those stretches were not there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def squeeze(offsets: IntArray, stretches: Sequence[tuple[int, int]]) -> IntArray:
    """The place of each offset once stretches of the text are taken out; the stretches are in order and do not overlap.

    >>> squeeze(np.array([0, 3, 5, 6, 9]), [(2, 5), (7, 8)]).tolist()
    [0, 2, 2, 3, 5]
    """
    if not stretches:
        return offsets
    starts, ends = np.array(stretches, dtype=np.int64).T
    lengths = np.concatenate([[0], np.cumsum(ends - starts)])
    entered = np.searchsorted(starts, offsets, side="left")
    still_ahead = np.where(entered > 0, np.maximum(ends[np.maximum(entered, 1) - 1] - offsets, 0), 0)
    squeezed: IntArray = offsets - (lengths[entered] - still_ahead)
    return squeezed


def restore(offset: int, stretches: Sequence[tuple[int, int]], *, is_end: bool) -> int:
    """The place of an offset before stretches were taken out; an end lies before what was taken out at its place, a start after it.

    >>> [restore(2, [(2, 5), (7, 8)], is_end=is_end) for is_end in (True, False)], restore(5, [(2, 5), (7, 8)], is_end=False)
    ([2, 5], 9)
    """
    for start, end in stretches:
        if offset > start or (offset == start and not is_end):
            offset += end - start
    return offset
