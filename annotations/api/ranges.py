"""Which part of a file a request asks for, by RFC 9110, section 14."""

import re

ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,20})\s*-\s*(\d{0,20})\s*")


class UnsatisfiableRangeError(ValueError):
    """The part that is asked for begins after the end of the file."""


def read_range(header: str, length: int) -> tuple[int, int] | None:
    """The part from one byte to before another, or None for the whole file, as where several parts are asked for.

    >>> read_range("bytes=2-4", 10), read_range("bytes=7-", 10), read_range("bytes=-3", 10), read_range("lines=1-2", 10)
    ((2, 5), (7, 10), (7, 10), None)
    """
    match = ONE_RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, length - int(last)), length
    else:
        start, end = int(first), min(length, int(last) + 1) if last else length
        if last and int(last) < start:
            return None
    if start >= length or start >= end:
        raise UnsatisfiableRangeError(f"the file has {length:,} bytes, so there is no part {header!r} of it")
    return start, end
