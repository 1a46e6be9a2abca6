"""Names of people in the order in which a person would look for them."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.utils.text import get_text_list

Thing = TypeVar("Thing")
NUMBERS = re.compile(r"([0-9]+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)")
WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
NUMBER_WIDTH = 20


def natural_key(name: str) -> str:
    """A key by which numbers sort by their value, also those up to ten in words, and letters without regard to case.

    >>> sorted(["Reader 10", "reader 9", "Ada"], key=natural_key)
    ['Ada', 'reader 9', 'Reader 10']
    >>> sorted(["Annotator Three", "Annotator Two", "Annotator One"], key=natural_key)
    ['Annotator One', 'Annotator Two', 'Annotator Three']
    """
    parts = NUMBERS.split(name.casefold())
    return "".join(_write_number(part) if place % 2 else part for place, part in enumerate(parts))


def _write_number(part: str) -> str:
    return WORDS.get(part, part).zfill(NUMBER_WIDTH)


def sort_by_name(things: Iterable[Thing], *, name: Callable[[Thing], str]) -> list[Thing]:
    """Sort by name in natural order; the same names stay in the order in which they came."""
    return sorted(things, key=lambda thing: natural_key(name(thing)))


def join_names(names: Iterable[str], *, most: int = 3) -> str:
    """Write names as a part of a sentence, and count those beyond so many.

    >>> join_names(["Ada"]), join_names(["Ada", "Ben", "Cat"]), join_names(["Ada", "Ben", "Cat", "Dan", "Eve"])
    ('Ada', 'Ada, Ben and Cat', 'Ada, Ben and 3 others')
    """
    every = list(names)
    if len(every) > most:
        every = [*every[: most - 1], f"{len(every) - most + 1} others"]
    return get_text_list(every, "and")
