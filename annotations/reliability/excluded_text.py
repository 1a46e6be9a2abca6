"""Leaving blocks such as boilerplate out of a text: offsets as if those stretches were not there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def squeeze(offsets: IntArray, stretches: Sequence[tuple[int, int]]) -> IntArray:
    """Where each offset comes to lie once the stretches are taken out; they are in order and do not overlap.

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
