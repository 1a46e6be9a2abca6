"""What the library refuses, each with a sentence that says where and what to do."""

from reprlib import Repr
from typing import Any

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 80


class AgreementError(ValueError):
    """The base of all refusals; its message can be shown to the user as it is."""


class InvalidCorpusError(AgreementError):
    """The input cannot be what it claims to be: the message names the document and the span."""


class UnknownMetricError(AgreementError):
    """A metric was asked for that is not in the registry."""


class InvalidOptionError(AgreementError):
    """An option lies outside its range, or the input cannot serve it."""


def shorten(value: Any) -> str:
    """What a file gave, as a message shows it: whole texts and long lists say less than their beginnings.

    >>> shorten(["a"] * 1000)
    "['a', 'a', 'a', 'a', 'a', 'a', ...]"
    """
    return _SHORT.repr(value)
