"""Two texts side by side: which words of each the other does not have in that place."""

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby, islice

from annotations.likeness.shingles import WITHOUT_SPACES
from annotations.limits import MAX_COMPARED_WORDS

_CHARACTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in WITHOUT_SPACES)
WORDS_AROUND = 20
"""Words of a stretch that both texts have which are shown beside what differs."""
PLAIN_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
WORD = re.compile(rf"(?:[{_CHARACTERS}]|[^\W{_CHARACTERS}]{{1,100}}|[^\w\s])\s{{0,100}}")
"""A word, a sign or a character that stands alone, with the white space behind it; what is endless is taken in parts."""


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """A stretch of a text that the other text has too, or that it does not have there; some of its words may be left out."""

    text: str
    is_changed: bool
    left_out: int = 0
    """Words after it that both texts have and that are not shown."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two texts in pieces; where they are too long, only their beginnings."""

    left: tuple[ComparedPart, ...]
    right: tuple[ComparedPart, ...]
    is_cut: bool

    def fold(self, around: int = WORDS_AROUND) -> "SideBySide":
        """Leave out the middle of long stretches that both texts have, so that what differs is seen at once."""
        return replace(self, left=_fold_alike(self.left, around), right=_fold_alike(self.right, around))


def compare_texts(left: str, right: str, *, most: int = MAX_COMPARED_WORDS) -> SideBySide:
    """Mark what differs between two texts, by words; case, white space and the form of quotes do not count as differences.

    >>> [part.text for part in compare_texts("Kyiv may agree.", "Kyiv will agree.").left if part.is_changed]
    ['may ']
    """
    lefts, rights = (
        list(islice((match[0] for match in WORD.finditer(text)), most + 1)) for text in (left, right)
    )
    is_cut = len(lefts) > most or len(rights) > most
    lefts, rights = lefts[:most], rights[:most]
    matcher = SequenceMatcher(None, [_plain(word) for word in lefts], [_plain(word) for word in rights])
    is_left, is_right = [True] * len(lefts), [True] * len(rights)
    for start, other, size in matcher.get_matching_blocks():
        is_left[start : start + size] = is_right[other : other + size] = [False] * size
    return SideBySide(_group(lefts, is_left), _group(rights, is_right), is_cut)


def _fold_alike(parts: tuple[ComparedPart, ...], around: int) -> tuple[ComparedPart, ...]:
    folded: list[ComparedPart] = []
    for part in parts:
        words = [match[0] for match in WORD.finditer(part.text)]
        left_out = len(words) - 2 * around
        if part.is_changed or left_out <= around:
            folded.append(part)
            continue
        folded.append(ComparedPart("".join(words[:around]), is_changed=False, left_out=left_out))
        folded.append(ComparedPart("".join(words[-around:]), is_changed=False))
    return tuple(folded)


def _plain(word: str) -> str:
    return word.strip().casefold().translate(PLAIN_QUOTES)


def _group(words: list[str], is_changed: list[bool]) -> tuple[ComparedPart, ...]:
    pairs = groupby(zip(words, is_changed, strict=True), key=lambda pair: pair[1])
    return tuple(ComparedPart("".join(word for word, _ in group), mark) for mark, group in pairs)
