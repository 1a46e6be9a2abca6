"""Every format, once. A new one is a module beside this, a line here and a golden file."""

from annotations.formats.conll import Conll
from annotations.formats.jsonl import JsonLines
from annotations.formats.ports import Format

FORMATS: tuple[Format, ...] = (JsonLines(), Conll())


class UnknownFormatError(ValueError):
    """There is no format of that name."""


def find_format(name: str) -> Format:
    for known in FORMATS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in FORMATS)
    raise UnknownFormatError(f"there is no format {name!r}; there are {names}")
