"""Sorting, numbering and adding up rows under integer keys: several keys are packed into one number, which sorts much faster."""

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray

MAX_KEY = 2**62
MAX_LISTED = 8_000_000  # codes of which a list is kept rather than sorted


def order_by(*keys: IntArray) -> IntArray:
    """The order of rows by keys that are not negative, the first counting most; rows with equal keys stay as they are.

    >>> order_by(np.array([1, 0, 1, 0]), np.array([5, 7, 4, 7])).tolist()
    [1, 3, 2, 0]
    """
    n_rows = len(keys[0])
    bits = n_rows.bit_length()
    sizes = [int(key.max(initial=0)) + 1 for key in keys]
    room = MAX_KEY >> bits
    for size in sizes:
        room //= size
    if not room:
        lexical: IntArray = np.lexsort(tuple(reversed(keys)))
        return lexical
    code = keys[0].astype(np.int64, copy=False)
    for key, size in zip(keys[1:], sizes[1:], strict=True):
        code = code * size + key
    order: IntArray = np.sort((code << bits) | np.arange(n_rows)) & ((1 << bits) - 1)
    return order


def number_codes(codes: IntArray) -> tuple[IntArray, IntArray]:
    """The distinct codes, which are not negative, ascending; and which of them each one is.

    >>> [column.tolist() for column in number_codes(np.array([7, 3, 7]))]
    [[3, 7], [1, 0, 1]]
    """
    n_codes = int(codes.max(initial=-1)) + 1
    if n_codes <= min(MAX_LISTED, 16 * len(codes)):
        is_present = np.zeros(n_codes, dtype=bool)
        is_present[codes] = True
        return np.flatnonzero(is_present), (np.cumsum(is_present) - 1)[codes]
    order = order_by(codes)
    ascending = codes[order]
    fresh = find_heads(ascending)
    number = np.empty(len(codes), dtype=np.int64)
    number[order] = np.cumsum(fresh) - 1
    return ascending[fresh], number


def find_heads(*ascending: IntArray) -> BoolArray:
    """Where, in sorted rows of one key or several, each new key begins.

    >>> find_heads(np.array([1, 1, 1]), np.array([4, 4, 5])).tolist()
    [True, False, True]
    """
    fresh = np.zeros(len(ascending[0]), dtype=bool)
    fresh[:1] = True
    for key in ascending:
        fresh[1:] |= key[1:] != key[:-1]
    return fresh


def sum_by_key(keys: IntArray, weights: FloatArray, n_keys: int) -> tuple[IntArray, FloatArray]:
    """Sum weights under equal keys; only sums that are not zero are given, by ascending key.

    >>> [column.tolist() for column in sum_by_key(np.array([7, 3, 7, 2]), np.array([1.0, 5.0, 2.0, 0.0]), 9)]
    [[3, 7], [5.0, 3.0]]
    """
    if n_keys <= 4 * len(keys):
        sums: FloatArray = np.bincount(keys, weights=weights, minlength=n_keys).astype(np.float64, copy=False)
        present = np.flatnonzero(sums != 0)  # much faster than without the comparison
        return present, sums[present]
    order = order_by(keys)
    ascending = keys[order]
    heads = np.flatnonzero(find_heads(ascending))
    sums = np.add.reduceat(weights[order], heads) if len(heads) else np.zeros(0)
    kept = sums != 0
    return ascending[heads[kept]], sums[kept]
