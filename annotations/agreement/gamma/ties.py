"""Which of equally good ways to pair spans is taken: by their labels and places, never by names or by other documents.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray

ODD = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
SHIFT, BITS = np.uint64(29), 53


def rate_pairs(
    start: IntArray | FloatArray,
    end: IntArray | FloatArray,
    label: IntArray,
    one: IntArray,
    other: IntArray,
) -> FloatArray:
    """A number for each pair of spans that looks random and comes from their places and labels.

    Parameters
    ----------
    start, end, label : shape (span,)
    one, other : int arrays, shape (pair,)
        Spans; which is the one and which the other does not matter.

    Returns
    -------
    array, shape (pair,), at least 0 and less than 1

    Examples
    --------
    >>> start, end, label = np.array([0, 3, 5]), np.array([2, 9, 9]), np.array([0, 1, 0])
    >>> there = rate_pairs(start, end, label, np.array([0, 1]), np.array([1, 2]))
    >>> bool(np.array_equal(there, rate_pairs(start, end, label, np.array([1, 2]), np.array([0, 1]))))
    True
    """
    first, last, name = (column.astype(np.int64).view(np.uint64) for column in (start, end, label))
    place = first * ODD[0] + last * ODD[1] + name * ODD[2]
    low, high = place.take(one), place.take(other)
    mixed = ((low + high) * ODD[2]) ^ ((low ^ high) * ODD[0])
    mixed = (mixed ^ (mixed >> SHIFT)) * ODD[1]
    return np.asarray((mixed >> np.uint64(64 - BITS)) / 2.0**BITS)
