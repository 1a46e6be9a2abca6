"""Texts that people typed, on one line of a document in Markdown or of a page."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def plain(text: object) -> str:
    r"""A text in which Markdown sees no marks, on one line.

    >>> plain("a *b*\nc")
    'a \\*b\\* c'
    """
    return SPECIAL.sub(r"\\\1", one_line(text))


def one_line(text: object) -> str:
    """A text on one line, for pages, which know no Markdown."""
    return " ".join(str(text).split())
