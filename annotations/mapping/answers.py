"""How values of files are written here, where there is but one way to read them."""

from annotations.formats.documents import SEPARATOR
from annotations.schemes.kinds import FLAG_IS_NOT_SET, FLAG_IS_SET, SEVERAL, FlagKind, SeveralKind
from annotations.schemes.values import ValueKind

FLAGS = {"true": FLAG_IS_SET, "false": FLAG_IS_NOT_SET}
"""What JSON and the readers of files write of a box."""


def write_answer(kind: ValueKind, value: str) -> str:
    r"""The written form of a value of a file: of several choices, of a box, of a number, and of a choice by its title.

    What cannot be read as a value of the kind stays as it is, so that a message can name it.

    >>> from annotations.schemes.kinds import FlagKind, RatingKind
    >>> write_answer(FlagKind(), "true"), write_answer(RatingKind(5), "4.0"), write_answer(RatingKind(5), "x")
    ('yes', '4', 'x')
    """
    if isinstance(kind, FlagKind):
        return FLAGS.get(value, value)
    if isinstance(kind, SeveralKind):
        parts = value.split(SEPARATOR) if SEPARATOR in value else value.split(SEVERAL)
        return SEVERAL.join(sorted({_write_choice(kind, part) for part in parts if part}))
    if not kind.find_problem(value):
        return value
    if value.endswith(".0") and not kind.find_problem(value.removesuffix(".0")):
        return value.removesuffix(".0")
    return _write_choice(kind, kind.tidy(value))


def _write_choice(kind: ValueKind, value: str) -> str:
    return next((option.name for option in kind.options if value in (option.name, option.title)), value)
