"""How counts and values are said in few words."""

from collections.abc import Iterable


def count_things(name: str, number: int) -> str:
    """A number of things, in words that fit the number.

    >>> count_things("document", 1), count_things("span", 2), count_things("judgement", 12_000)
    ('1 document', '2 spans', '12,000 judgements')
    """
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def list_some(names: Iterable[str], most: int) -> str:
    """The first names, and how many more there are.

    >>> list_some(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    known = list(names)
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest:,} more" if rest > 0 else "")
