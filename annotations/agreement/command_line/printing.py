"""How names from a file are printed on a terminal."""

import re

STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def show_controls(text: str) -> str:
    r"""Write the signs that would steer a terminal as a reader can see them.

    >>> show_controls("A\x1b[31m")
    'A\\x1b[31m'
    """
    return STEERING.sub(lambda sign: ascii(sign[0])[1:-1], text)
