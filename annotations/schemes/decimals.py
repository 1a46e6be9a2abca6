"""Decimal numbers as a definition, an editor and a file may write them, and the one form in which they are stored."""

import re
from decimal import Decimal

from annotations.limits import MAX_DECIMALS, MAX_DIGITS

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
MAX_EXPONENT = 30
TOO_LONG_NUMBER = f"has more than {MAX_DIGITS} digits, or more than {MAX_DECIMALS} behind the point"


def read_number(written: str) -> Decimal | None:
    """Read a decimal number; None for what is none, and for one longer than any that is taken, whose exponent alone could fill the memory."""
    if len(written) > 2 * MAX_DIGITS + len("-0.e-00") or not NUMBER.fullmatch(written):
        return None
    number = Decimal(written)
    return number if abs(number.adjusted()) <= MAX_EXPONENT else None


def write_number(number: Decimal) -> str:
    """Write a number in its shortest decimal form, without an exponent.

    >>> [write_number(Decimal(number)) for number in ("2.50", "1e3", "-0.0")]
    ['2.5', '1000', '0']
    """
    return f"{number.normalize():f}" if number else "0"


def is_short(number: Decimal) -> bool:
    """Whether JSON keeps a number as it is, and its remainder by a step can be told exactly."""
    _, digits, exponent = number.normalize().as_tuple()
    is_exact = isinstance(exponent, int) and exponent >= -MAX_DECIMALS
    return is_exact and len(digits) <= MAX_DIGITS and number.adjusted() < MAX_DIGITS
