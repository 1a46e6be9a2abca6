"""Which encoding bytes are in that are not UTF-8: found where all that fits reads the same, and asked for where it does not.

Code pages of one byte a character differ in a few letters only, so that French is good Polish to any of them: "prêt" or
"pręt". How well each fits is asked of charset-normalizer, of the words that go beyond ASCII; those that fit about as well
as the best are readings, and readings that differ are shown to who knows the text.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations, islice, pairwise

from annotations.formats.errors import RefusedError, Remedy

CODE_PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("iso8859_2", "iso8859_5", "iso8859_7", "iso8859_9", "iso8859_15", "koi8_r", "koi8_u"),
    *("cp437", "cp850", "cp852", "cp866", "mac_roman", "mac_cyrillic"),
    *("cp932", "euc_jp", "gb18030", "big5hkscs", "cp950", "euc_kr"),
)
"""The encodings that texts are found in, the commoner first; any other can be named."""
WIDE = ("utf_16_le", "utf_16_be")
EQUALLY_WELL = 0.06
"""How much worse than the best a reading may fit and still be one, in charset-normalizer's share of odd characters."""
FEW_CHARACTERS = 2.0
"""How many odd characters more make no difference, which counts in a short text."""
SPOILT = 0.6
MAX_SAMPLE = 1 << 16
SHOWN_WORDS = 3
SHOWN_READINGS = 4
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe]")
OPENING = frozenset("\u201a„¿¡ˇ\u00b8¨¯\u00b4")
"""What no letter stands before."""
SIGNS = frozenset("†‡‰¶§¹²³¼½¾\u2039\u203a")
"""Beside symbols, what no writing puts between two letters: "n†got", "by³a"."""
MIXED = (
    *combinations(("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI"), 2),
    ("LATIN", "HALFWIDTH"),
    *(("HANGUL", other) for other in ("HIRAGANA", "KATAKANA", "HALFWIDTH", "CJK")),
)
"""Writing systems that do not stand in one word, by the first word of their letters' names in Unicode."""


def guess_encoding(raw: bytes) -> str:
    """The codec of bytes that are no UTF-8, where every one that fits them reads the same words.

    Raises
    ------
    RefusedError
        Where none fits, or several do and read different letters; the message shows the words in which they differ.
    """
    readings = _list_readings(raw)
    if not readings:
        raise RefusedError(
            "this is not UTF-8, nor any other encoding that could be recognised: save it as UTF-8, or name its encoding",
            remedy=Remedy.ENCODING,
        )
    if len(readings) > 1:
        raise RefusedError(
            f"this is not UTF-8, and several encodings fit it: {_show_difference(readings)}; "
            "name the encoding that reads it right",
            remedy=Remedy.ENCODING,
            choices=tuple(readings.values())[:SHOWN_READINGS],
        )
    return next(iter(readings.values()))


def _list_readings(raw: bytes) -> dict[str, str]:
    """Each different text that the bytes can well be, with the commonest encoding that reads it so."""
    if b"\0" in raw:
        readings = _decode_by(WIDE, raw)
        return dict(sorted(readings.items(), key=lambda reading: -_count_ascii(reading[0]))[:1])
    sample = _take_sample(raw)
    fits = _rank(sample)
    most = min(fits.values(), default=0.0) + EQUALLY_WELL + FEW_CHARACTERS / len(sample)
    return _decode_by([name for name in CODE_PAGES if fits.get(name, 1.0) <= most], raw)


def _take_sample(raw: bytes) -> bytes:
    """The first lines that go beyond ASCII: the others are read alike by all."""
    lines = (line[:MAX_SAMPLE] for line in raw.splitlines(keepends=True) if not line.isascii())
    sample = b""
    while len(sample) < MAX_SAMPLE and (line := next(lines, b"")):
        sample += line
    return sample


def _rank(sample: bytes) -> dict[str, float]:
    """How much looks wrong when each encoding reads the sample, without those that cannot be."""
    import charset_normalizer

    found = charset_normalizer.from_bytes(
        sample,
        steps=1 + len(sample) // 4096,
        chunk_size=4096,
        threshold=SPOILT,
        cp_isolation=list(CODE_PAGES),
        preemptive_behaviour=False,
        enable_fallback=False,
    )
    return {
        name: match.chaos
        for match in found
        for name in (match.encoding, *(same.encoding for same in match.submatch))
        if _looks_written(sample, name)
    }


def _looks_written(sample: bytes, encoding: str) -> bool:
    """Whether hardly a word mixes alphabets, has a sign between its letters or a capital after a small one."""
    words = [word for word in sample.decode(encoding, "replace").split() if not word.isascii()]
    return 20 * sum(map(_is_odd, words)) <= len(words)


def _is_odd(word: str) -> bool:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    if any(one in names and other in names for one, other in MIXED):
        return True
    return any(
        before.isalpha() and (middle in OPENING or (after.isalpha() and _is_sign(middle)))
        for before, middle, after in zip(word, word[1:], f"{word[2:]} ", strict=False)
    ) or any(before.islower() and after.isupper() for before, after in pairwise(word))


def _is_sign(letter: str) -> bool:
    return letter in SIGNS or unicodedata.category(letter).startswith("S")


def _decode_by(encodings: Iterable[str], raw: bytes) -> dict[str, str]:
    readings: dict[str, str] = {}
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        if not CONTROL.search(text):
            readings.setdefault(text, encoding)
    return readings


def _count_ascii(text: str) -> int:
    """Bytes of 0 come from blanks and line ends at least, which are only such in the right order of bytes."""
    return sum(letter.isascii() for letter in text[:MAX_SAMPLE])


def _show_difference(readings: dict[str, str]) -> str:
    """The words that are read most differently, as each encoding reads them.

    >>> _show_difference({"il est prêt": "cp1252", "il est pręt": "cp1250"})
    '“prêt” in cp1252, “pręt” in cp1250'
    """
    columns = [text.split() for text in islice(readings, SHOWN_READINGS)]
    rows = dict.fromkeys(row for row in zip(*columns, strict=False) if len(set(row)) > 1)
    telling = sorted(rows, key=lambda row: -len(set(row)))[:SHOWN_WORDS]
    return ", ".join(map(_quote, zip(*telling, strict=True), readings.values()))


def _quote(words: Iterable[str], encoding: str) -> str:
    return f"“{' '.join(word.strip('.,;:!?()')[:40] for word in words)}” in {encoding}"
