"""Several e-mail addresses in one text, as people copy them from a list or a message."""

import re
from dataclasses import dataclass

WITH_NAME = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")
BETWEEN = re.compile(r"[,;\s]+")
CELLS = re.compile(r"[,;\t]")
MAX_NAME_CELLS = 2
"""Such as a first and a last name; a line with more cells beside its address is none of a table of names."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it stood in the text, with the name that stood before it; whether it is one is not known yet."""

    email: str
    name: str = ""


def read_addresses(text: str) -> list[Address]:
    """Read addresses that stand a line each, or with commas, semicolons or spaces between them; each once.

    A name may stand before an address in angle brackets, or beside the only address of a line, as spreadsheets have it.

    >>> read_addresses("dee@example.org, Dee Lee")
    [Address(email='dee@example.org', name='Dee Lee')]
    >>> read_addresses("Ruiz, Ana <ana@example.org>; ben@example.org, cy@example.org")
    [Address(email='ana@example.org', name='Ruiz, Ana'), Address(email='ben@example.org', name=''), Address(email='cy@example.org', name='')]
    """
    found: dict[str, Address] = {}
    for line in text.splitlines():
        for one in _read_line(line):
            found.setdefault(one.email.casefold(), one)
    return list(found.values())


def _read_line(line: str) -> list[Address]:
    row = _read_row(line)
    if row:
        return [row]
    addresses, position = [], 0
    for named in WITH_NAME.finditer(line):
        before, name = _part(named["name"])
        addresses += [*_read_bare(before), Address(named["email"].strip(), name)]
        position = named.end()
    return addresses + _read_bare(line[position:])


def _read_row(line: str) -> Address | None:
    """The address of a line that is a row of a table: one cell is an address, the others are somebody's name.

    A lone word in small letters is rather an address that was cut off, so that it is not taken for a name.
    """
    cells = [cell.strip(" \"'") for cell in CELLS.split(line) if cell.strip()]
    emails = [cell for cell in cells if "@" in cell]
    names = [cell for cell in cells if "@" not in cell]
    if len(emails) != 1 or not 1 <= len(names) <= MAX_NAME_CELLS or re.search(r"[<>\s]", emails[0]):
        return None
    if all(name.islower() for name in names):
        return None
    return Address(emails[0], " ".join(names))


def _part(before: str) -> tuple[str, str]:
    """What stands before an address in brackets, parted into other addresses and the name: whatever comes after the last other one."""
    words = before.split()
    last = max((place for place, word in enumerate(words, start=1) if "@" in word), default=0)
    name = " ".join(words[last:]).strip(" \t,;\"'")
    return " ".join(words[:last]), name


def _read_bare(text: str) -> list[Address]:
    return [Address(part) for part in BETWEEN.split(text) if part]
