"""JSON and JSON Lines of annotations, with the line of whatever is wrong in them."""

from collections.abc import Iterable
from typing import Any

from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.format import Parsed
from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict

RULES = Rules(takes_constants=True, takes_any_character=True)
"""Files of annotations may say NaN for a missing value, and what they hold is shown and never stored."""


def parse_lines(lines: Iterable[str], where: str = "the data") -> Parsed:
    """Parse JSON Lines; empty lines are none.

    Raises
    ------
    InvalidCorpusError
        A line is no JSON; the message has its number.
    """
    values: list[Any] = []
    numbers: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values.append(read_strict(line, RULES))
        except StrictJsonError as error:
            what = f"this is not JSON: {error.detail}" if error.fault is Fault.SYNTAX else error
            raise InvalidCorpusError(f"line {number}: {what}") from error
        numbers.append(number)
    return Parsed(values, numbers, where)
