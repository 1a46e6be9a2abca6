"""Which encoding bytes are in that are not UTF-8: found where all that fits reads the same, and asked for where it does not.

Code pages of one byte a character differ in a few letters only, so that French is good Polish to any of them: "prêt" or
"pręt". How well each fits is asked of charset-normalizer, of the words that go beyond ASCII; those that fit about as well
as the best are readings, and readings that differ are shown to who knows the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
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
BEFORE = 1 << 10
"""How much of a line is looked at that stands before its first byte beyond ASCII."""
BATCH = 1 << 20
MAX_COMPARED = 1_000
"""How many words that are read differently are looked through for those that show it best."""
AROUND = 60
"""How many bytes before a word that is read differently are shown, and twice as many behind it."""
SHOWN_WORDS = 3
SHOWN_READINGS = 4
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe]")
ASCII_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
WORD = re.compile(rb"\S+")
HIGH = re.compile(rb"[\x80-\xff]")
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
        shown = readings[:SHOWN_READINGS]
        raise RefusedError(
            f"this is not UTF-8, and several encodings fit it: {_show_difference(raw, shown)}; "
            "name the encoding that reads it right",
            remedy=Remedy.ENCODING,
            choices=tuple(shown),
            samples=tuple(_show_around(raw, shown)),
        )
    return readings[0]


def _show_around(raw: bytes, encodings: list[str]) -> Iterator[str]:
    """What stands around the first word that is read differently, as each encoding reads it.

    >>> list(_show_around("Il est prêt à partir.".encode("cp1252"), ["cp1252", "cp1250"]))
    ['Il est prêt à partir.', 'Il est pręt ŕ partir.']
    """
    place = next(
        (
            word.start()
            for word in WORD.finditer(raw)
            if not word[0].isascii() and len({word[0].decode(name) for name in encodings}) > 1
        ),
        0,
    )
    start = max(0, place - AROUND)
    if start:
        blank = raw.find(b" ", start, place)
        start = blank + 1 if blank >= 0 else place
    part = raw[start : place + 2 * AROUND]
    if len(raw) > place + 2 * AROUND:
        part = part.rpartition(b" ")[0] or part
    for name in encodings:
        yield " ".join(part.decode(name, "replace").split())


def _list_readings(raw: bytes) -> list[str]:
    """The commonest encoding of each different text that the bytes can well be."""
    if b"\0" in raw:
        return _choose_wide(raw)
    if ASCII_CONTROL.search(raw):
        return []
    sample = _take_sample(raw)
    fits = _rank(sample)
    most = min(fits.values(), default=0.0) + EQUALLY_WELL + FEW_CHARACTERS / len(sample)
    return _tell_apart([name for name in CODE_PAGES if fits.get(name, 1.0) <= most], raw)


def _choose_wide(raw: bytes) -> list[str]:
    """Bytes of 0 come from blanks and line ends at least, which are only such in the right order of bytes."""
    counts = {}
    for name in WIDE:
        text = _read(raw, name)
        if text is not None:
            counts[name] = sum(letter.isascii() for letter in text[:MAX_SAMPLE])
    return sorted(counts, key=lambda name: -counts[name])[:1]


def _tell_apart(encodings: Iterable[str], raw: bytes) -> list[str]:
    """The first of the encodings for each different text; the bytes are never all decoded at a time."""
    digests = {name: sha256() for name in encodings}
    for batch in _list_batches(raw):
        for name in list(digests):
            text = _read(batch, name)
            if text is None:
                del digests[name]
            else:
                digests[name].update(text.encode())
    first: dict[bytes, str] = {}
    for name, digest in digests.items():
        first.setdefault(digest.digest(), name)
    return list(first.values())


def _read(raw: bytes, encoding: str) -> str | None:
    """The text that the bytes are in an encoding; None where they are none, or none that anybody wrote."""
    try:
        text = raw.decode(encoding)
    except UnicodeError:
        return None
    return None if CONTROL.search(text) else text


def _list_words(raw: bytes) -> Iterator[bytes]:
    """The words that go beyond ASCII, one after the other: no code page reads the others differently."""
    for word in WORD.finditer(raw):
        if not word[0].isascii():
            yield word[0]


def _list_batches(raw: bytes) -> Iterator[bytes]:
    """The words that go beyond ASCII, some at a time and each of these once, with blanks between them."""
    words: dict[bytes, None] = {}
    length = 0
    for word in _list_words(raw):
        if word not in words:
            words[word] = None
            length += len(word)
        if length > BATCH:
            yield b" ".join(words)
            words, length = {}, 0
    yield b" ".join(words)


def _take_sample(raw: bytes) -> bytes:
    """The first lines that go beyond ASCII, of a long one from where it does: the others are read alike by all."""
    sample = b""
    for line in LINE.finditer(raw):
        if first := HIGH.search(line[0]):
            start = max(0, first.start() - BEFORE)
            sample += line[0][start : start + MAX_SAMPLE]
        if len(sample) >= MAX_SAMPLE:
            break
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


def _show_difference(raw: bytes, encodings: list[str]) -> str:
    """The words that are read most differently, as each encoding reads them.

    >>> _show_difference("il est prêt".encode("cp1252"), ["cp1252", "cp1250"])
    '“prêt” in cp1252, “pręt” in cp1250'
    """
    rows = (tuple(word.decode(name) for name in encodings) for word in _list_words(raw))
    differing = (row for row in rows if len(set(row)) > 1)
    compared = dict.fromkeys(islice(differing, MAX_COMPARED))
    telling = sorted(compared, key=lambda row: -len(set(row)))[:SHOWN_WORDS]
    return ", ".join(map(_quote, zip(*telling, strict=True), encodings))


def _quote(words: Iterable[str], encoding: str) -> str:
    return f"“{' '.join(word.strip('.,;:!?()')[:40] for word in words)}” in {encoding}"
