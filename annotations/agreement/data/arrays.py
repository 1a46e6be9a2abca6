"""The types of the columns, and where their memory goes."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

KEPT = 30_000_000  # bytes; the allocator learns nothing from a block above 32 MiB


def keep_memory() -> None:
    """Have the allocator keep what arrays free for those to come, instead of asking the system for it again each time.

    glibc gives memory back beyond twice the largest block that it saw freed (mallopt(3), `M_MMAP_THRESHOLD`). This one is
    never touched, so it costs no memory. Where allocators do otherwise, nothing changes.
    """
    np.empty(KEPT, dtype=np.uint8)
