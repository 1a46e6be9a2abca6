"""What a file of JSON holds, one value or a value a line, read only as far as somebody asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import BundledFile
from annotations.limits import MAX_ANNOTATION_FILE_BYTES, MAX_ROW_BYTES
from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict

RULES = Rules(takes_constants=True, takes_any_character=True)
"""Files of annotations may say NaN for a missing value, and what they hold is shown and never stored."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Content:
    """One JSON value, or the values of lines, which are read one by one and only once.

    `value` is the whole value, or the first of those of the lines, which shows what all are.
    """

    value: Any
    where: str = "the data"
    lines: Iterator[tuple[int, Any]] | None = field(default=None, repr=False)
    """Each line's number and value."""

    @classmethod
    def of_lines(cls, lines: Iterable[str], where: str = "the data") -> "Content":
        """JSON Lines; empty lines are none, and one line is one value as well."""
        return cls.of_values(parse_lines(lines), where)

    @classmethod
    def of_values(cls, values: Iterator[tuple[int, Any]], where: str) -> "Content":
        """The values of lines with their numbers."""
        first = next(values, None)
        return cls(first and first[1], where, chain([first] if first else [], values))

    @property
    def is_list(self) -> bool:
        """Whether there may be several entries."""
        return self.lines is not None or isinstance(self.value, list | tuple)

    @property
    def keys(self) -> set[Any]:
        """The keys of the first entry, which show what all are."""
        is_of_list = self.lines is None and self.is_list
        first = next(iter(self.value), None) if is_of_list else self.value
        return set(first) if isinstance(first, Mapping) else set()

    @property
    def entries(self) -> Iterator[tuple[str, Any]]:
        """Each entry after its place."""
        if self.lines is not None:
            return ((f"line {number}", value) for number, value in self.lines)
        if not self.is_list:
            return iter([("line 1", self.value)])  # a single line is JSON too
        return ((f"entry number {number}", value) for number, value in enumerate(self.value, start=1))


def parse_lines(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line of JSON Lines."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, read_strict(line, RULES)
        except StrictJsonError as error:
            what = f"this is not JSON: {error.detail}" if error.fault is Fault.SYNTAX else error
            raise RefusedError(f"line {number}: {what}") from error


def read_content(file: BundledFile, *, known: str) -> Content:
    """What a file holds: lines where the first is an object and others follow, or else one value.

    `known` says which files are read, for the message about one that is no JSON.
    """
    if _holds_lines(file):
        return Content.of_lines(read_lines(file), file.where)
    with file.reading() as stream:
        raw = stream.read()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(file, error.start) from error
    try:
        return Content(read_strict(content, RULES), file.where)
    except StrictJsonError as error:
        if error.fault is Fault.DEPTH:
            raise RefusedError(f"{file.where} nests too deeply to be annotations") from error
        if error.fault is not Fault.SYNTAX:
            raise RefusedError(f"{file.where}: {error}") from error
        hint = "" if content.lstrip().startswith(("{", "[")) else f"; what is read is {known}"
        raise RefusedError(f"{file.where} is not JSON: line {error.line}, {error.detail}{hint}") from error


def number_lines(file: BundledFile) -> Iterator[tuple[int, str]]:
    """The lines of a file of UTF-8 without their ends, each after its number."""
    for number, line in enumerate(read_lines(file, most=MAX_ROW_BYTES), start=1):
        yield number, line.removesuffix("\n").removesuffix("\r")


def _holds_lines(file: BundledFile) -> bool:
    """Whether the first line that is not empty is a whole object, and another line follows."""
    with file.reading() as stream:
        filled = (line for line in stream if line.strip().removeprefix(BYTE_ORDER_MARK))
        first = next(filled, b"").removeprefix(BYTE_ORDER_MARK)
        if not first.lstrip().startswith(b"{") or next(filled, None) is None:
            return False
        try:
            read_strict(first.decode(), RULES)
        except UnicodeDecodeError:
            return True
        except StrictJsonError as error:
            return error.fault is not Fault.SYNTAX
        return True


def read_lines(file: BundledFile, *, most: int = MAX_ANNOTATION_FILE_BYTES) -> Iterator[str]:
    """The lines of a file of UTF-8, each decoded alone, so that a damaged one is known by its place."""
    place = 0
    with file.reading() as stream:
        for number, line in enumerate(iter(partial(stream.readline, most + 1), b"")):
            if len(line) > most:
                raise RefusedError(f"line {number + 1} has more than {most:,} bytes; is this the right file?")
            is_marked = number == 0 and line.startswith(BYTE_ORDER_MARK)
            start = len(BYTE_ORDER_MARK) if is_marked else 0
            try:
                yield line[start:].decode()
            except UnicodeDecodeError as error:
                raise _not_utf8(file, place + start + error.start) from error
            place += len(line)


def _not_utf8(file: BundledFile, place: int) -> RefusedError:
    return RefusedError(f"{file.where} is not UTF-8 (byte {place}); convert it first")
