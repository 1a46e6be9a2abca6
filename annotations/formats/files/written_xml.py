"""Texts as XML has them: what it cannot hold is replaced by one character each, so that offsets stay."""

import re

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
INSTEAD = "\N{REPLACEMENT CHARACTER}"


def replace_unwritable(text: str) -> tuple[str, int]:
    r"""A text with another character for each that no XML can hold, and how many there were.

    >>> replace_unwritable("a\x0cb")[1], replace_unwritable("a\tb")
    (1, ('a\tb', 0))
    """
    return UNWRITABLE.subn(INSTEAD, text)


def escape_text(text: str) -> str:
    r"""A text between tags; a carriage return would be read as a line feed.

    >>> escape_text("a < b\r\n")
    'a &lt; b&#13;\n'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def escape_attribute(text: str) -> str:
    r"""A text between quotation marks, in which white space would be read as blanks.

    >>> escape_attribute('a "b"\n')
    'a &quot;b&quot;&#10;'
    """
    return escape_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
