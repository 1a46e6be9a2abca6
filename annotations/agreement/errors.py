"""What the library refuses, each with a sentence that says where and what to do."""

from annotations.formats.errors import shorten

__all__ = ["AgreementError", "InvalidCorpusError", "InvalidOptionError", "UnknownMetricError", "shorten"]


class AgreementError(ValueError):
    """The base of all refusals; its message can be shown to the user as it is."""


class InvalidCorpusError(AgreementError):
    """The input cannot be what it claims to be: the message names the document and the span."""


class UnknownMetricError(AgreementError):
    """A metric was asked for that is not in the registry."""


class InvalidOptionError(AgreementError):
    """An option lies outside its range, or the input cannot serve it."""
