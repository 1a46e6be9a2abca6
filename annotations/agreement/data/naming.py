"""Names by numbers: their canonical order, and where some of them stand among all."""

from collections.abc import Sequence

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.errors import InvalidCorpusError

ABSENT = -1


def sort_names(names: Sequence[str]) -> IntArray:
    """The places of names in alphabetical order, int array of shape (name,): canonical order, so that no result depends on that of the input."""
    return np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)


def positions_of(names: tuple[str, ...], wanted: Sequence[str] | None, kind: str) -> IntArray:
    """The places of some names among all names of a kind, ascending; of all if none are named.

    Raises
    ------
    InvalidCorpusError
        A name is not there; the message lists those that are.
    """
    if wanted is None:
        return np.arange(len(names))
    place = {name: index for index, name in enumerate(names)}
    for name in wanted:
        if name not in place:
            raise InvalidCorpusError(f"there is no {kind} {name!r}; there are {', '.join(names[:20])}")
    return np.array(sorted(place[name] for name in set(wanted)), dtype=np.int64)


def invert(order: IntArray) -> IntArray:
    """The inverse of a permutation, shape (place,): where each old place comes to stand."""
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return inverse


def renumber(kept: IntArray, size: int) -> IntArray:
    """The new number of each of so many old places, shape (old place,), once only some are kept; -1 where one is not."""
    table = np.full(size, ABSENT, dtype=np.int64)
    table[kept] = np.arange(len(kept))
    return table
