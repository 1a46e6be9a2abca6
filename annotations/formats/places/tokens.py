"""Cutting a text into tokens, whatever is marked in it.

A token is a run of letters, digits and underscores, or one other character that is not white, each with what belongs to
it: combining marks and format characters, which join their neighbours. Scripts that put no spaces between words are cut
finer: a token for each Han, Hiragana and Katakana character, and for each cluster of Thai, Lao, Khmer and Myanmar, which
is a letter with its marks and what is stacked below it. An emoji of several characters, such as a family, a flag or a
digit in a box, is one token.

No token ends within what readers take for one character, so `annotations.snapping` never cuts one.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

LAST_OF_PLANE = "\uffff"
LAST_CODE = 0x10FFFF
LAST_MARK_OF_SCRIPTS = 0x20000
TAGS_AND_SELECTORS = range(0xE0001, 0xE01F0)
CLINGING = ("M", "Cf")
"""Categories of characters that belong to what stands before them."""
CLINGING_LETTERS = "\u0e33\u0eb3\uff9e\uff9f"
"""Two vowels of Thai and Lao and two marks of Katakana that do so too."""
SKIN_TONES = range(0x1F3FB, 0x1F400)
BLANKS = "\u200b\ufeff"
"""Format characters that stand for no character: a place where a line may break, and a mark of byte order."""
GLUE = "\u200d\u2060"
"""What joins the next character too."""
STACKERS = "\u0eba\u1039\u17d2"
"""Signs of Lao, Myanmar and Khmer below which the next letter is stacked."""
REGIONAL = "\U0001f1e6-\U0001f1ff"
KEYCAP = "\u20e3"
IDEOGRAPHS = (
    range(0x2E80, 0x2FD6),
    range(0x3005, 0x3008),
    range(0x3021, 0x302A),
    range(0x3031, 0x3036),
    range(0x3038, 0x303D),
    range(0x3041, 0x3097),
    range(0x309B, 0x3100),
    range(0x31F0, 0x3200),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0xFF66, 0xFF9E),
    range(0x1AFF0, 0x1AFFF),
    range(0x1B000, 0x1B170),
    range(0x20000, 0x3FFFE),
)
"""Han, Hiragana and Katakana."""
OF_CLUSTERS = (
    range(0x0E00, 0x0F00),
    range(0x1000, 0x10A0),
    range(0x1780, 0x1800),
    range(0xA9E0, 0xAA00),
    range(0xAA60, 0xAA80),
)
"""Thai and Lao, Myanmar, Khmer, and what was added to Myanmar."""


def find_tokens(text: str) -> list[tuple[int, int]]:
    """The places of the tokens of a text, in order.

    >>> text = "Kyiv's 🇺🇦 allies: 東京で。"
    >>> [text[start:end] for start, end in find_tokens(text)]
    ['Kyiv', "'", 's', '🇺🇦', 'allies', ':', '東', '京', 'で', '。']
    """
    return list(map(re.Match.span, _choose_pattern(text).finditer(text)))


def _choose_pattern(text: str) -> re.Pattern[str]:
    """The simplest pattern that finds the tokens of a text; most texts need nothing of the others."""
    if text.isascii() or not _special().search(text):
        return PLAIN
    return _pattern(has_keycaps=KEYCAP in text, is_long=max(text) > LAST_OF_PLANE)


PLAIN = re.compile(r"\w+|[^\w\s]")
"""The tokens of a text in which nothing clings to anything and words are parted by spaces."""


@cache
def _special() -> re.Pattern[str]:
    """The pattern of any character for which the plain pattern would cut a text wrongly."""
    fine = _write_ranges(_list_clinging() | _list_fine(), is_long=False)
    return re.compile(f"[{fine}{BLANKS}{chr(ord(LAST_OF_PLANE) + 1)}-{chr(LAST_CODE)}]")


@cache
def _pattern(*, has_keycaps: bool, is_long: bool) -> re.Pattern[str]:
    """The whole pattern; `is_long` where there are characters beyond the first plane, which cost each other one time."""
    clinging = _write_ranges(_list_clinging(), is_long=is_long)
    fine = _write_ranges(_list_fine(), is_long=is_long)
    letters = rf"[^\W{fine}{CLINGING_LETTERS}]"
    words = f"{letters}+"
    one = rf"[{REGIONAL}]{{2}}|[{fine}]|[^\w\s{clinging}{BLANKS}]"
    if has_keycaps:
        keycap = rf"[0-9]\ufe0f?{KEYCAP}"
        words = f"(?:(?!{keycap}){letters})+"
        one = f"{keycap}|{one}"
    run = f"{words}(?:[{clinging}]+(?:{words})?)*"
    unit = f"(?:(?:{one})[{clinging}]*|{run})"
    return re.compile(f"[{clinging}]*{unit}(?:(?<=[{GLUE}{STACKERS}]){unit})*|[{clinging}]+")


@cache
def _list_clinging() -> frozenset[int]:
    codes = [*range(0xAD, LAST_MARK_OF_SCRIPTS), *TAGS_AND_SELECTORS]
    found = (code for code in codes if unicodedata.category(chr(code)).startswith(CLINGING))
    others = (*map(ord, CLINGING_LETTERS), *SKIN_TONES)
    return frozenset((*found, *others)) - frozenset(map(ord, BLANKS))


@cache
def _list_fine() -> frozenset[int]:
    """The characters that are cut into single ones or into clusters."""
    clusters = (code for codes in OF_CLUSTERS for code in codes)
    letters = (code for code in clusters if unicodedata.category(chr(code)).startswith("L"))
    return frozenset((*letters, *(code for codes in IDEOGRAPHS for code in codes))) - _list_clinging()


def _write_ranges(codes: Iterable[int], *, is_long: bool) -> str:
    """Characters as the inside of a pattern's brackets, without those beyond the first plane unless it is long."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if code > ord(LAST_OF_PLANE) and not is_long:
            break
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
