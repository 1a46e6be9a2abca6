"""Texts as sets of shingles: runs of words, or of characters where a script writes no spaces between words.

References
----------
Broder, A. Z. (1997). On the resemblance and containment of documents. In Proceedings of Compression and Complexity of
SEQUENCES 1997 (pp. 21-29).
"""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
WORDS_A_SHINGLE = 3
CHARACTERS_A_SHINGLE = 6
WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3100, 0x312F),  # Bopomofo
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""The scripts that are written without spaces between words, as ranges of code points."""
BETWEEN, IN_WORD, ALONE = 0, 1, 2
UNICODE_SIZE = 0x110000
MULTIPLIER = 0x9E3779B97F4A7C15
MAX_POSITION = 64
"""Characters of a word that are told apart by their place, a power of two; a longer run of letters starts over."""


def hash_shingles(text: str) -> Hashes:
    """The distinct shingles of a text as numbers, in ascending order; case, punctuation and white space do not matter.

    >>> one, other = hash_shingles("Kyiv  agreed, at last."), hash_shingles("KYIV agreed at last")
    >>> one.tolist() == other.tolist(), len(one)
    (True, 2)
    """
    words, is_alone = _hash_words(text)
    if not len(words):
        return words
    if len(words) >= WORDS_A_SHINGLE and not is_alone.any():
        powers = _raise_to(WORDS_A_SHINGLE)
        return np.unique(_mix(words[:-2] + words[1:-1] * powers[1] + words[2:] * powers[2]))
    lengths = np.where(is_alone, CHARACTERS_A_SHINGLE, WORDS_A_SHINGLE)
    longest = int(lengths.max())
    powers = _raise_to(longest)
    last = len(words) - 1
    sums = np.zeros(len(words), dtype=np.uint64)
    for place in range(longest):
        shifted = words[np.minimum(np.arange(len(words)) + place, last)]
        sums += np.where(lengths > place, shifted * powers[place], np.uint64(0))
    is_whole = np.arange(len(words)) + lengths <= len(words)
    is_whole[0] = True
    return np.unique(_mix(sums[is_whole]))


def _hash_words(text: str) -> tuple[Hashes, NDArray[np.bool_]]:
    """Each word of a text as a number, in order, and whether it is a character that stands alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    roles = _classify()[points]
    kept = np.flatnonzero(roles)
    if not len(kept):
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.bool_)
    points, is_alone = points[kept], roles[kept] == ALONE
    is_start = np.ones(len(kept), dtype=np.bool_)
    is_start[1:] = (kept[1:] - kept[:-1] > 1) | is_alone[1:] | is_alone[:-1]
    starts = np.flatnonzero(is_start)
    places = np.arange(len(kept)) - np.repeat(starts, np.diff(starts, append=len(kept)))
    values = _number_points()[points] * _raise_to(MAX_POSITION)[places & (MAX_POSITION - 1)]
    return _mix(np.add.reduceat(values, starts)), is_alone[starts]


@cache
def _classify() -> NDArray[np.uint8]:
    """What each code point is: between words, part of a word, or a word of its own."""
    roles = np.fromiter(
        (unicodedata.category(chr(point))[0] in "LMN" for point in range(UNICODE_SIZE)),
        dtype=np.uint8,
        count=UNICODE_SIZE,
    )
    for first, last in WITHOUT_SPACES:
        roles[first : last + 1] *= ALONE
    return roles


@cache
def _number_points() -> Hashes:
    """The number of each code point."""
    return _mix(np.arange(UNICODE_SIZE, dtype=np.uint64))


@cache
def _raise_to(number: int) -> Hashes:
    powers = np.full(number, MULTIPLIER, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _mix(values: Hashes) -> Hashes:
    """Numbers spread evenly over 64 bits, by the finalizer of SplitMix64."""
    values = values + np.uint64(MULTIPLIER)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
