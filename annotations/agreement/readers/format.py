"""What a file format is to the readers: how it is recognised, what it can hold, and what gathers it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import CorpusBuilder
from annotations.agreement.readers.offsets import check_offsets

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What a reader cannot see in the file.

    Attributes
    ----------
    offsets : 'code_point' or 'utf16'
        What offsets count. With 'utf16', those of a region that reads as it says in code points stay as they are.
    models : names of annotators that are models
        Predictions of these are read as what they marked; other predictions are counted in `Corpus.left_out`.
    """

    offsets: str = "code_point"
    models: frozenset[str] = frozenset()

    def begin(self) -> CorpusBuilder:
        """An empty builder that counts offsets so."""
        check_offsets(self.offsets)
        return CorpusBuilder(counts_utf16=self.offsets == "utf16")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds as JSON: one value, or the values of its lines.

    Attributes
    ----------
    value : the value, or the list of those of the lines
    lines : numbers of the lines, where there are some
    where : the file, as a message names it
    """

    value: Any
    lines: Sequence[int] | None = None
    where: str = "the data"

    @property
    def entries(self) -> list[tuple[str, Any]]:
        """Each of the values of a list or of lines, after its place."""
        if not self.is_list:
            return [("line 1", self.value)]  # a single line is JSON too
        values = self.value
        if self.lines is not None:
            return [(f"line {line}", value) for line, value in zip(self.lines, values, strict=True)]
        return [(f"entry number {number}", value) for number, value in enumerate(values, start=1)]

    @property
    def keys(self) -> set[Any]:
        """The keys of the first entry, which show what all are."""
        first = next(iter(self.value), None) if self.is_list else self.value
        return set(first) if isinstance(first, Mapping) else set()

    @property
    def is_list(self) -> bool:
        return self.lines is not None or isinstance(self.value, list | tuple)


Gathered = CorpusBuilder | Items


@dataclass(frozen=True, slots=True)
class Format:
    """A form of annotations in a file.

    Attributes
    ----------
    name : str
    title : str
        As a message lists it.
    holds : str
        What it can hold, and what of that is read.
    is_it : whether something parsed has this form, by its keys
    gather : reads it
    """

    name: str
    title: str
    holds: str
    is_it: Callable[[Parsed], bool]
    gather: Callable[[Parsed, ReaderOptions], Gathered]


def require_object(value: Any, place: str, keys: Sequence[str] = ()) -> Entry:
    """An entry as an object with all of these keys.

    Raises
    ------
    InvalidCorpusError
    """
    if not isinstance(value, Mapping):
        raise InvalidCorpusError(f"{place}: this is no object, but {shorten(value)}")
    if missing := [key for key in keys if key not in value]:
        raise InvalidCorpusError(f"{place}: there is no {missing[0]!r}")
    return value


def require_list(value: Any, what: str) -> Sequence[Any]:
    """A list, which null stands for when it is empty.

    Raises
    ------
    InvalidCorpusError
    """
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise InvalidCorpusError(f"{what} must be a list, not {shorten(value)}")
    return value
