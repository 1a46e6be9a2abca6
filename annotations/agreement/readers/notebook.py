"""Whatever somebody has at hand in a notebook, read into what the metrics take."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidOptionError, shorten
from annotations.agreement.readers.files import finish, read_file, read_files
from annotations.agreement.readers.format import Parsed, ReaderOptions
from annotations.agreement.readers.formats import FORMATS, gather
from annotations.agreement.readers.frames import Frame, read_frame, read_rows
from annotations.agreement.readers.label_studio import LABEL_STUDIO

WHAT_TO_GIVE = (
    "give a Corpus, Items, the path of a file or a list of several, what such a file holds (a dictionary or a list of "
    "tasks), a list of rows, or a data frame"
)
OF_TASKS = frozenset({"annotations", "completions"})


def read_data(data: Any) -> Corpus | Items:
    """Read a file, what a file holds, rows or a data frame; a corpus and items are given back as they are.

    Parameters
    ----------
    data : Corpus, Items, path, mapping, list of mappings, or data frame
        A mapping is what a JSON file holds; a list of mappings is a Label Studio export, or else `read_rows` says what its
        rows may be.

    Returns
    -------
    Corpus or Items

    Raises
    ------
    InvalidCorpusError
        What is read cannot be what it claims.
    InvalidOptionError
        This is nothing that can be read; the message lists what can.

    Examples
    --------
    >>> read_data({"items": [{"ann": "x", "bob": "y"}]})
    Items(1 item, 2 annotators, 2 values)
    >>> read_data(7)
    Traceback (most recent call last):
    annotations.agreement.errors.InvalidOptionError: cannot read 7 as annotations: give a Corpus, Items, the path of ...
    """
    if isinstance(data, Corpus | Items):
        return data
    if isinstance(data, str | PathLike):
        return read_file(data)
    if isinstance(data, Mapping):
        return finish(gather(Parsed(data, where="the dictionary"), ReaderOptions()))
    if isinstance(data, Sequence) and not isinstance(data, bytes):
        return _read_list(data)
    if isinstance(data, Frame):
        return read_frame(data)
    raise InvalidOptionError(f"cannot read {shorten(data)} as annotations: {WHAT_TO_GIVE}")


def read_corpus(data: Any) -> Corpus:
    """Read what holds spans.

    Raises
    ------
    InvalidOptionError
        These are items, which have no spans.
    """
    found = read_data(data)
    if isinstance(found, Items):
        raise InvalidOptionError("these are items with a value each; spans are needed")
    return found


def _read_list(data: Sequence[Any]) -> Corpus | Items:
    """Paths of files, or the entries of one."""
    if data and all(isinstance(entry, str | PathLike) for entry in data):
        return read_files(data)
    if not data or not all(isinstance(entry, Mapping) for entry in data):
        raise InvalidOptionError(f"cannot read {shorten(data)} as annotations: {WHAT_TO_GIVE}")
    parsed = Parsed(list(data), where="the list")
    if any(one.is_it(parsed) for one in FORMATS if one is not LABEL_STUDIO) or parsed.keys & OF_TASKS:
        return finish(gather(parsed, ReaderOptions()))
    return read_rows(data)
