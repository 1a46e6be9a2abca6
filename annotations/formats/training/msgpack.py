"""MessagePack as spaCy's files have it: the values that JSON has, and bytes; never more of them than there are bytes."""

import struct
from collections.abc import Mapping
from typing import Any

from annotations.formats.errors import RefusedError
from annotations.limits import MAX_MESSAGE_VALUES

MAX_DEPTH = 50
COPIED = 1 << 16
"""So many bytes are copied where they are read."""
CUT_OFF = "the message is cut off or damaged"
FIXED = {0xC0: None, 0xC2: False, 0xC3: True}
NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
LENGTHS = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
"""How many bytes say the length of bytes and of texts."""
OF_TEXTS = frozenset({0xD9, 0xDA, 0xDB})
SEQUENCES = {0xDC: (">H", False), 0xDD: (">I", False), 0xDE: (">H", True), 0xDF: (">I", True)}
"""How many bytes say the number of entries, and whether each is a pair."""
LISTS, TEXTS, OTHERS, NEGATIVE = 0x90, 0xA0, 0xC0, 0xE0
"""Where the signs begin of short lists, of short texts, of what says its kind, and of small numbers below nothing."""
SMALL, MIN_SMALL = 0x80, -0x20
"""Numbers below the one and from the other on are their own sign."""
SHORT_TEXT, SHORT_LIST, SHORT_MAP = 32, 16, 16
BYTE, WORD, LONG = 0xFF, 0xFFFF, 0xFFFFFFFF


def read_message(raw: bytes) -> Any:
    r"""The one value of a message; a map whose keys are bytes keeps them.

    >>> read_message(b"\x81\xa1a\x92\x01\xc3")
    {'a': [1, True]}
    """
    reader = _MessageReader(raw)
    try:
        value = reader.read(0)
    except (
        struct.error,
        IndexError,
        UnicodeDecodeError,
        TypeError,
    ) as error:  # TypeError: a key that is a list
        raise RefusedError(CUT_OFF) from error
    return value


class _MessageReader:
    """Reads value after value; long bytes are parts of the message and no copies of these."""

    def __init__(self, raw: bytes) -> None:
        self.raw = memoryview(raw)
        self.place = 0
        self.number = 0

    def _take(self, length: int) -> Any:
        if length > len(self.raw) - self.place:
            raise RefusedError(CUT_OFF)
        taken = self.raw[self.place : self.place + length]
        self.place += length
        return taken if length > COPIED else bytes(taken)

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def read(self, depth: int) -> Any:
        self.number += 1
        if self.number > MAX_MESSAGE_VALUES:
            raise RefusedError(f"the message holds more than {MAX_MESSAGE_VALUES:,} values; give it in parts")
        if depth > MAX_DEPTH:
            raise RefusedError(f"the message nests deeper than {MAX_DEPTH}")
        sign = self._take(1)[0]
        if sign < SMALL:
            return sign
        if sign >= NEGATIVE:
            return sign - 0x100
        if sign in FIXED:
            return FIXED[sign]
        if sign in NUMBERS:
            return self._number(NUMBERS[sign])
        if TEXTS <= sign < OTHERS:
            return bytes(self._take(sign & 0x1F)).decode()
        if sign in LENGTHS:
            taken = self._take(self._number(LENGTHS[sign]))
            return bytes(taken).decode() if sign in OF_TEXTS else taken
        return self._read_sequence(sign, depth)

    def _read_sequence(self, sign: int, depth: int) -> Any:
        if sign < TEXTS:
            number, is_map = sign & 0x0F, sign < LISTS
        elif sign in SEQUENCES:
            form, is_map = SEQUENCES[sign]
            number = self._number(form)
        else:
            raise RefusedError(f"the message holds a value of the kind {sign:#x}, which spaCy does not write")
        if number > len(self.raw) - self.place:
            raise RefusedError(CUT_OFF)
        if is_map:
            return {self.read(depth + 1): self.read(depth + 1) for _ in range(number)}
        return [self.read(depth + 1) for _ in range(number)]


def write_message(value: Any) -> bytes:
    r"""A value as a message.

    >>> read_message(write_message({"a": [1, -3, 0.5, None, b"b", "c" * 300]})) == {"a": [1, -3, 0.5, None, b"b", "c" * 300]}
    True
    """
    parts: list[bytes] = []
    _write(value, parts)
    return b"".join(parts)


def _write(value: Any, parts: list[bytes]) -> None:
    if isinstance(value, str):
        raw = value.encode()
        parts += write_head_of_text(len(raw)), raw
    elif isinstance(value, bytes):
        parts += write_head_of_bytes(len(value)), value
    elif isinstance(value, Mapping):
        parts.append(write_head_of_map(len(value)))
        for key, one in value.items():
            _write(key, parts)
            _write(one, parts)
    elif value is None or isinstance(value, bool):
        parts.append({None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value])
    elif isinstance(value, int):
        parts.append(write_number(value))
    elif isinstance(value, float):
        parts.append(struct.pack(">Bd", 0xCB, value))
    else:
        parts.append(write_head_of_list(len(value)))
        for one in value:
            _write(one, parts)


def write_number(value: int) -> bytes:
    """A whole number in as few bytes as there are for it."""
    if MIN_SMALL <= value < SMALL:
        return struct.pack(">b", value)
    if value < 0:
        return struct.pack(">Bq", 0xD3, value)
    for sign, form, most in ((0xCC, "B", BYTE), (0xCD, "H", WORD), (0xCE, "I", LONG)):
        if value <= most:
            return struct.pack(f">B{form}", sign, value)
    return struct.pack(">BQ", 0xCF, value)


def write_head_of_text(length: int) -> bytes:
    """What stands before a text of so many bytes."""
    return bytes([0xA0 | length]) if length < SHORT_TEXT else _write_length((0xD9, 0xDA, 0xDB), length)


def write_head_of_bytes(length: int) -> bytes:
    """Write what MessagePack puts before a run of bytes of a given length."""
    return _write_length((0xC4, 0xC5, 0xC6), length)


def write_head_of_list(length: int) -> bytes:
    """Write what MessagePack puts before a list of a given length."""
    return bytes([0x90 | length]) if length < SHORT_LIST else _write_length((0, 0xDC, 0xDD), length)


def write_head_of_map(length: int) -> bytes:
    """What stands before a map of so many pairs."""
    return bytes([0x80 | length]) if length < SHORT_MAP else _write_length((0, 0xDE, 0xDF), length)


def _write_length(signs: tuple[int, int, int], length: int) -> bytes:
    byte, short, long = signs
    if byte and length <= BYTE:
        return struct.pack(">BB", byte, length)
    if length <= WORD:
        return struct.pack(">BH", short, length)
    return struct.pack(">BI", long, length)
