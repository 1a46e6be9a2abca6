"""Bytes to the exact text that they spell.

A byte order mark belongs to the encoding (`utf-8-sig`, `utf-16`), not to the text, so that the same words with and
without one are the same article; `raw.decode(encoding)` gives the text back, always.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from annotations.formats.errors import RefusedError, Remedy
from annotations.formats.files.guessing import guess_encoding
from annotations.limits import MAX_ROW_BYTES, MAX_WIDE_FILE_BYTES

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the first half of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_OF_FILES = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape"})
"""Names that Python knows of what spells names of hosts and parts of programs; punycode takes hours for a megabyte."""
SAMPLE = 1 << 18
STRAY_BYTES = re.compile(r"[\ud800-\udfff]+")
MOSTLY = 3
"""How many characters of UTF-8 there are for each place that is none, in a file that is UTF-8 and damaged."""
LINE = re.compile(r"[^\n]*\n|[^\n]+")
ANY_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of a codec, and whether it was guessed or taken in place of another, so that somebody can look at it."""

    name: str
    is_guess: bool = False
    instead_of: str = ""
    """Another that was named, and which these bytes are not in."""

    @property
    def warning(self) -> str:
        if self.instead_of:
            return f"read as UTF-8, which it is, and not as {self.instead_of}"
        guess = "which is a guess: look at it, and name its encoding where that is wrong"
        return f"read as {self.name}, {guess}" if self.is_guess else ""


def decode(raw: bytes, encoding: str | None = None) -> tuple[str, Encoding]:
    """The exact text of a whole file, and the encoding that was named, marked or recognised."""
    found = _check_named(encoding, raw) if encoding else _find_marked(raw)
    if found is None:
        found = Encoding("utf-8") if _is_utf8(raw) else _guess(raw)
    return decode_as(raw, found), found


def decode_as(raw: bytes, encoding: Encoding) -> str:
    """Decode bytes by the encoding that was found or named; a byte that it does not have is refused with its place."""
    try:
        return raw.decode(encoding.name)
    except UnicodeError as error:
        where = f"byte {error.start}" if isinstance(error, UnicodeDecodeError) else "this"
        raise RefusedError(
            f"{where} is not {encoding.name}: save it as UTF-8, or name its encoding",
            remedy=Remedy.ENCODING,
        ) from error


def find_encoding_of_lines(
    stream: BinaryIO, encoding: str | None = None, *, may_guess: bool = True
) -> Encoding:
    """The encoding of a file of rows, from one pass over it; the stream is put back to its start.

    Where some lines beyond ASCII are UTF-8 the file is, and only its broken rows are refused.
    """
    if encoding:
        return _named(encoding)
    start = stream.tell()
    sample = stream.read(SAMPLE)
    stream.seek(start)
    if marked := _find_marked(sample):
        return marked
    if not may_guess:
        return Encoding("utf-8")
    broken = b""
    for line in _read_lines(stream):
        if not line.isascii():
            if _is_utf8(line):
                broken = b""
                break
            if len(broken) < SAMPLE:
                broken += line[:SAMPLE]
    stream.seek(start)
    if not broken:
        return Encoding("utf-8")
    return _guess(sample if b"\0" in sample else broken)


def split_lines(
    stream: BinaryIO, encoding: Encoding, *, at_lone_cr: bool
) -> Iterator[tuple[bytes, str | RefusedError]]:
    """Each line with its end, as bytes and as text, or why it has none; never more than a line in memory.

    The byte order mark is left out. In UTF-16 and UTF-32 the text is split and encoded again, which loses nothing.
    """
    if encoding.name.startswith(("utf-16", "utf-32")):
        yield from _split_wide_lines(stream, encoding, at_lone_cr=at_lone_cr)
        return
    plain = encoding
    if encoding.name == "utf-8-sig":
        plain = Encoding("utf-8")
        start = stream.tell()
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            stream.seek(start)
    for line in _read_lines(stream):
        if len(line) > MAX_ROW_BYTES:
            yield b"", RefusedError(f"the line has more than {MAX_ROW_BYTES:,} bytes: split it")
            continue
        for part in line.splitlines(keepends=True) if at_lone_cr else (line,):
            try:
                yield part, decode_as(part, plain)
            except RefusedError as error:
                yield part, error


def _read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only as much as shows that it is."""
    while line := stream.readline(MAX_ROW_BYTES + 1):
        yield line
        while len(line) > MAX_ROW_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_ROW_BYTES + 1)


def _split_wide_lines(
    stream: BinaryIO, encoding: Encoding, *, at_lone_cr: bool
) -> Iterator[tuple[bytes, str | RefusedError]]:
    """A line's end is more than a byte here, so the file is read as a whole."""
    raw = stream.read(MAX_WIDE_FILE_BYTES + 1)
    if len(raw) > MAX_WIDE_FILE_BYTES:
        yield (
            b"",
            RefusedError(
                f"the file has more than {MAX_WIDE_FILE_BYTES:,} bytes in {encoding.name}: save it as UTF-8, "
                "which is read line by line, or split it"
            ),
        )
        return
    name = encoding.name
    if name in {"utf-16", "utf-32"}:
        is_big = raw.startswith((codecs.BOM_UTF32_BE, codecs.BOM_UTF16_BE))
        name = f"{name}-{'be' if is_big else 'le'}"
    try:
        text = decode_as(raw, encoding)
    except RefusedError as error:
        yield raw, error
        return
    for line in (ANY_LINE if at_lone_cr else LINE).findall(text):
        yield line.encode(name, "surrogatepass"), line


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _find_marked(raw: bytes) -> Encoding | None:
    return next((Encoding(name) for mark, name in BYTE_ORDER_MARKS if raw.startswith(mark)), None)


def _check_named(name: str, raw: bytes) -> Encoding:
    """The encoding that was named, unless bytes beyond ASCII are UTF-8: by accident they never are."""
    named = _named(name)
    if not named.name.startswith("utf") and not raw.isascii() and _is_utf8(raw):
        return Encoding("utf-8", instead_of=named.name)
    return named


def _named(name: str) -> Encoding:
    found = ""
    with suppress(LookupError, ValueError):  # a name that holds a NUL is a ValueError
        with suppress(UnicodeDecodeError):  # a wide encoding, to which a byte is no character
            b"a".decode(name)
        found = codecs.lookup(name).name
    if not found or found in NOT_OF_FILES:
        raise RefusedError(
            f"there is no text encoding {name!r}; try utf-8, utf-16, cp1252 or another one that Python knows",
            remedy=Remedy.ENCODING,
        )
    return Encoding(found)


def _guess(raw: bytes) -> Encoding:
    broken = _find_broken_utf8(raw)
    if broken is not None:
        raise RefusedError(
            f"byte {broken} is not UTF-8, though the rest is: the file is cut off or damaged there; get it again, or mend "
            "that place",
            remedy=Remedy.ENCODING,
        )
    return Encoding(guess_encoding(raw), is_guess=True)


def _find_broken_utf8(raw: bytes) -> int | None:
    """The first byte that is no UTF-8, where most of what goes beyond ASCII is.

    >>> _find_broken_utf8("Žižkov a Łó".encode()[:-1]), _find_broken_utf8("Caf\u00e9".encode("cp1252"))
    (13, None)
    """
    text = raw.decode("utf-8", "surrogateescape")
    good, runs = len(text) - len(text.encode("ascii", "ignore")), 0
    first = last = len(text)
    for run in STRAY_BYTES.finditer(text):
        runs += 1
        first, last = min(first, run.start()), run.end()
        good -= last - run.start()
        if runs > 1 and good < MOSTLY * runs:
            return None
    is_cut_off = runs == 1 and last == len(text)
    if good >= (runs if is_cut_off else MOSTLY * runs):
        return len(text[:first].encode())
    return None
