"""Where a span may begin and end: one rule in code points for the editor, for submission and for adjudication.

A place lies between two code points. The ends of a span are first moved inward from white space. What remains is moved
outward, to the border of a character as readers see it, then of a word, then of a sentence, as far as the scheme says.

A word is a run of letters, digits and underscores with what belongs to them: combining marks, format characters, the point of `3.5`.
Hyphens and apostrophes hold a word together whose parts may be marked alone: “Kyiv” of “Kyiv’s”, “accord” of “l’accord”,
“backed” of “US-backed”; but no span begins or ends with the hyphen itself, and “don’t” is not taken apart.
Where writing does not put spaces between words (Chinese, Japanese, Thai, ...) or joins particles to them (Korean), every
character is a border of its own.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from annotations.limits import MAX_BLANKS, MAX_SENTENCE_LENGTH, MAX_WORD_LENGTH


class Snap(StrEnum):
    """What the ends of a span are moved to."""

    CHARACTER = "character"
    WORD = "word"
    SENTENCE = "sentence"


BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\ufeff"
"""White space, and the two signs without a width that stand for none."""
JOINED_AFTER = frozenset("\u200d\u2060")
REGIONAL = range(0x1F1E6, 0x1F200)
SKIN_TONES = range(0x1F3FB, 0x1F400)
SPACING_VOWELS = frozenset("\u0e33\u0eb3")
NO_CONJUNCTS = frozenset("\u0e3a\u103a")
VIRAMA_CLASS = 9
UNSPACED = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul letters
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue, Khmer symbols
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # radicals of Han
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x318F),  # Kana, Bopomofo, Hangul letters
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA960, 0xA9FF),  # Hangul letters, Javanese, Myanmar
    (0xAA60, 0xAA7F),
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),  # Kana and Hangul of half width
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
"""Scripts, by their first and last code point, in which a word cannot be told by the spaces around it."""
HANGUL_LEAD = r"\u1100-\u115f\ua960-\ua97c"
HANGUL_VOWEL = r"\u1160-\u11a7\ud7b0-\ud7c6"
HANGUL_TRAIL = r"\u11a8-\u11ff\ud7cb-\ud7fb"
HANGUL_SYLLABLE = re.compile(
    rf"[{HANGUL_LEAD}][{HANGUL_LEAD}{HANGUL_VOWEL}\uac00-\ud7a3]"
    rf"|[{HANGUL_VOWEL}\uac00-\ud7a3][{HANGUL_VOWEL}{HANGUL_TRAIL}]"
    rf"|[{HANGUL_TRAIL}][{HANGUL_TRAIL}]"
)
"""Two Hangul letters of one syllable, as rules GB6 to GB8 of UAX 29 have it."""
HEBREW = range(0x5D0, 0x5EB)
APOSTROPHES = frozenset("'\u2019\uff07")
HYPHENS = frozenset("-\u2010\u2011\u058a\u05be")
INSIDE_NUMBERS = frozenset(".,'\u2019")
INSIDE_WORDS = frozenset("\u00b7\u05f3\u05f4")
QUOTES_INSIDE_HEBREW = frozenset("'\"\u2019\u201d")
STOPS = frozenset(".!?\u2026\u061f\u06d4\u0964\u0965\u1362\u104b\u17d4\u17d5")
STOPS_WITHOUT_SPACE = frozenset("\u3002\uff01\uff1f\uff0e")
CLOSERS = frozenset("\"'\u2019\u201d\u00bb\u203a)]}\u300d\u300f\uff09\u3011")
LINE_ENDS = frozenset("\n\r\u0085\u2028\u2029")
TITLES = frozenset(
    ("Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Sen", "Rep", "Gov", "Pres", "St", "Mme", "Hr", "Fr")
)
"""What a point is part of, so that the sentence goes on."""
MAX_CLOSERS = 5


def snap(text: str, start: int, end: int, to: Snap = Snap.WORD) -> tuple[int, int]:
    """Move the ends of a span off white space, and out of the middle of characters, words or sentences.

    A span of nothing but white space stays as it is. What is longer than a word or a sentence can be is taken for none.

    >>> text = "Friedrich would forgo it; Kyiv’s allies would not."
    >>> [text[slice(*snap(text, *place))] for place in ((2, 6), (9, 22), (26, 30), (26, 31))]
    ['Friedrich', 'would forgo', 'Kyiv', 'Kyiv’s']
    >>> text[slice(*snap(text, 10, 12, Snap.SENTENCE))]
    'Friedrich would forgo it; Kyiv’s allies would not.'
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"there is no span from {start} to {end} in a text of {len(text)} characters")
    start, end = _trim(text, start, end)
    if text[start] in BLANKS:
        return start, end
    is_open = start == 0 or text[start - 1] in BLANKS
    is_closed = end == len(text) or text[end] in BLANKS
    start = start if is_open else _move(text, start, -1, _cuts_character, MAX_WORD_LENGTH)
    end = end if is_closed else _move(text, end, 1, _cuts_character, MAX_WORD_LENGTH)
    if to is Snap.CHARACTER:
        return start, end
    start = start if is_open else _move(text, start, -1, _begins_inside_word, MAX_WORD_LENGTH)
    end = end if is_closed else _move(text, end, 1, _ends_inside_word, MAX_WORD_LENGTH)
    if to is Snap.WORD:
        return start, end
    start = _move(text, start, -1, _begins_inside_sentence, MAX_SENTENCE_LENGTH)
    end = _move(text, end, 1, _ends_inside_sentence, MAX_SENTENCE_LENGTH)
    return start, end


def list_places(
    text: str, to: Snap = Snap.WORD, *, first: int = 0, last: int | None = None
) -> tuple[list[int], list[int]]:
    """List where spans may begin and where they may end between two places of a text: the ends that `snap` leaves alone.

    >>> list_places("Kyiv’s plan", Snap.WORD)
    ([0, 5, 7], [4, 6, 11])
    """
    last = len(text) if last is None else min(last, len(text))
    starts = [place for place in range(first, last) if text[place] not in BLANKS]
    ends = [place for place in range(first + 1, last + 1) if text[place - 1] not in BLANKS]
    for level, begins, ends_inside in (
        (Snap.CHARACTER, _cuts_character, _cuts_character),
        (Snap.WORD, _begins_inside_word, _ends_inside_word),
        (Snap.SENTENCE, _begins_inside_sentence, _ends_inside_sentence),
    ):
        starts = [place for place in starts if not begins(text, place)]
        ends = [place for place in ends if not ends_inside(text, place)]
        if level is to:
            break
    return starts, ends


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing of these characters."""
    return not text.strip(BLANKS)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Move the ends inward to what is no white space; where that is too far away, they stay."""
    head = text[start : min(end, start + MAX_BLANKS)]
    tail = text[max(start, end - MAX_BLANKS) : end]
    left, right = head.lstrip(BLANKS), tail.rstrip(BLANKS)
    if not left or not right:
        return start, end
    return start + len(head) - len(left), end - len(tail) + len(right)


def _move(text: str, place: int, step: int, is_inside: Callable[[str, int], bool], most: int) -> int:
    """The next place in a direction that is not inside; the place itself where there is none so near."""
    for far in range(most + 1):
        if not is_inside(text, place + step * far):
            return place + step * far
    return place


# --- characters ------------------------------------------------------------------------------------------


def _extends(sign: str) -> bool:
    """Whether it belongs to what stands before it: marks, format characters, skin tones."""
    if sign <= "\u007f":
        return False
    if sign in SPACING_VOWELS or ord(sign) in SKIN_TONES:
        return True
    return unicodedata.category(sign) in {"Mn", "Mc", "Me", "Cf"} and sign not in BLANKS


def _cuts_character(text: str, place: int) -> bool:
    """Whether a place lies within what readers take for one character."""
    if not 0 < place < len(text) or text[place] in BLANKS or text[place - 1] in BLANKS:
        return False
    before, after = text[place - 1], text[place]
    if before <= "\u007f" and after <= "\u007f":
        return False
    if _extends(after) or before in JOINED_AFTER or _makes_conjunct(before, after):
        return True
    if ord(before) in REGIONAL and ord(after) in REGIONAL:
        return _count_regional(text, place) % 2 == 1
    return HANGUL_SYLLABLE.fullmatch(before + after) is not None


def _makes_conjunct(before: str, after: str) -> bool:
    return unicodedata.combining(before) == VIRAMA_CLASS and before not in NO_CONJUNCTS and _is_of_word(after)


def _count_regional(text: str, place: int) -> int:
    """How many of the signs that spell flags stand before a place; two are a flag."""
    first = place
    while first and place - first < MAX_WORD_LENGTH and ord(text[first - 1]) in REGIONAL:
        first -= 1
    return place - first


# --- words -----------------------------------------------------------------------------------------------


def _is_of_word(sign: str) -> bool:
    return bool(sign) and (sign.isalnum() or sign == "_" or unicodedata.category(sign)[0] in "LN")


def _is_unspaced(sign: str) -> bool:
    code = ord(sign)
    return code >= UNSPACED[0][0] and any(first <= code <= last for first, last in UNSPACED)


def _is_of_spaced_word(sign: str) -> bool:
    return _is_of_word(sign) and not _is_unspaced(sign)


def _find_base(text: str, place: int) -> int:
    """Where the character before a place begins, without its marks; -1 where there is none."""
    base = place - 1
    while base > 0 and place - base < MAX_WORD_LENGTH and _extends(text[base]):
        base -= 1
    return base


def _cuts_run(text: str, place: int) -> bool:
    """Whether a place lies between two signs of one part of a word."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if before <= "\u007f" and after <= "\u007f":  # most places are told by these two alone
        if _is_of_word(before) and _is_of_word(after):
            return True
        if before in BLANKS or after in BLANKS:
            return False
    if _cuts_character(text, place):
        return True
    base = _find_base(text, place)
    if _is_of_spaced_word(text[base]):
        return _is_of_spaced_word(after) or _holds_together(text, base, place, place + 1)
    earlier = _find_base(text, base)
    return earlier >= 0 and _is_of_spaced_word(after) and _holds_together(text, earlier, base, place)


def _holds_together(text: str, before: int, sign: int, after: int) -> bool:
    """Whether a sign between two letters or digits is as much part of the word as they are."""
    while after < len(text) and after - sign < MAX_WORD_LENGTH and _extends(text[after]):
        after += 1
    one, joint, other = text[before], text[sign], text[after : after + 1]
    if not (_is_of_spaced_word(one) and other and _is_of_spaced_word(other)):
        return False
    if joint in INSIDE_WORDS:
        return True
    if joint in INSIDE_NUMBERS and one.isdecimal() and other.isdecimal():
        return True
    if joint in QUOTES_INSIDE_HEBREW and ord(one) in HEBREW and ord(other) in HEBREW:
        return True
    is_last = not _is_of_word(text[after + 1 : after + 2])
    return joint in APOSTROPHES and one in "nN" and other in "tT" and is_last


def _is_joint(text: str, sign: int) -> bool:
    """Whether a hyphen or an apostrophe holds two parts of a word together."""
    if not 0 < sign < len(text) - 1 or text[sign] not in APOSTROPHES | HYPHENS:
        return False
    after = sign + 1
    while after < len(text) and after - sign < MAX_WORD_LENGTH and _extends(text[after]):
        after += 1
    base = _find_base(text, sign)
    return _is_of_spaced_word(text[base]) and after < len(text) and _is_of_spaced_word(text[after])


def _begins_inside_word(text: str, place: int) -> bool:
    """Whether a span that begins here begins in the middle of a word, or with the joint of two parts."""
    return _cuts_run(text, place) or _is_joint(text, place)


def _ends_inside_word(text: str, place: int) -> bool:
    """Whether a span that ends here ends in the middle of a word, or with the joint of two parts."""
    return _cuts_run(text, place) or (place < len(text) and _is_joint(text, _find_base(text, place)))


# --- sentences -------------------------------------------------------------------------------------------


def _begins_inside_sentence(text: str, place: int) -> bool:
    """Whether a span that begins here leaves out the beginning of a sentence."""
    if not place or text[place] in BLANKS:
        return place > 0
    before = place
    while before and place - before < MAX_BLANKS and text[before - 1] in BLANKS:
        before -= 1
    return before > 0 and not _parts_sentences(text, before, place)


def _ends_inside_sentence(text: str, place: int) -> bool:
    """Whether a span that ends here leaves out the end of a sentence."""
    if place == len(text) or text[place - 1] in BLANKS:
        return place < len(text)
    after = place
    while after < len(text) and after - place < MAX_BLANKS and text[after] in BLANKS:
        after += 1
    return after < len(text) and not _parts_sentences(text, place, after)


def _parts_sentences(text: str, end: int, start: int) -> bool:
    """Whether one sentence ends at a place and another begins at the next, with nothing but white space between them."""
    gap = text[end:start]
    continues = text[start].islower()
    if any(sign in LINE_ENDS for sign in gap):
        return not continues or sum(sign in LINE_ENDS for sign in gap.replace("\r\n", "\n")) > 1
    last = end - 1
    while last > 0 and end - last <= MAX_CLOSERS and text[last] in CLOSERS:
        last -= 1
    if text[last] in STOPS_WITHOUT_SPACE:
        return text[start] not in STOPS_WITHOUT_SPACE | CLOSERS
    if not gap or continues or text[last] not in STOPS:
        return False
    return text[last] != "." or not _is_abbreviation(text, last)


def _is_abbreviation(text: str, point: int) -> bool:
    first = point
    while first and point - first < MAX_WORD_LENGTH and text[first - 1].isalpha():
        first -= 1
    word = text[first:point]
    return word in TITLES or (len(word) == 1 and word.isupper())
