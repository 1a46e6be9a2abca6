"""Numbers with the words that fit them, for pages, cards and the command line."""


def count_things(number: int, one: str, several: str = "") -> str:
    """Write a number and what there are so many of, in the words for one of them or for several.

    >>> count_things(1, "article"), count_things(12_000, "article"), count_things(0, "copy", "copies")
    ('1 article', '12,000 articles', '0 copies')
    >>> count_things(1, "article was", "articles were")
    '1 article was'
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def write_decimal(value: float, places: int = 2, *, sign: str = "") -> str:
    """Write a number with as many decimal places and a true minus; with "+" as `sign`, what is above zero has its sign, too.

    >>> write_decimal(0.5), write_decimal(-0.001), write_decimal(0.0412, 3), write_decimal(0.1, sign="+")
    ('0.50', '0.00', '0.041', '+0.10')
    >>> write_decimal(-0.128) == "\N{MINUS SIGN}0.13"
    True
    """
    return f"{value:{sign}z.{places}f}".replace("-", "\N{MINUS SIGN}")
