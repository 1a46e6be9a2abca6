"""How names and values are listed in few words."""

from collections.abc import Iterable


def list_some(names: Iterable[str], most: int) -> str:
    """The first names, and how many more there are.

    >>> list_some(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    known = list(names)
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest:,} more" if rest > 0 else "")
