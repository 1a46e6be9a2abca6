"""Whatever somebody has at hand in a notebook, read into what the metrics take."""

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.naming import positions_of
from annotations.agreement.errors import InvalidOptionError, shorten
from annotations.agreement.readers.files import CorpusOptions, finish, gather, read_file, read_files
from annotations.agreement.readers.frames import Frame, read_frame, read_rows
from annotations.formats.annotation_tools.label_studio import LABEL_STUDIO
from annotations.formats.files.content import Content
from annotations.formats.registry import OF_ANNOTATIONS

WHAT_TO_GIVE = (
    "give a Corpus, Items, the path of a file or a list of several, what such a file holds (a dictionary or a list of "
    "tasks), a list of rows, or a data frame"
)
OF_TASKS = frozenset({"annotations", "completions"})


def read_data(data: Any, *, models: Collection[str] = ()) -> Corpus | Items:
    """Read a file, what a file holds, rows or a data frame; a corpus and items are given back as they are.

    Parameters
    ----------
    data : Corpus, Items, path, mapping, list of mappings, or data frame
        A mapping is what a JSON file holds; a list of mappings is a Label Studio export, or else `read_rows` says what its
        rows may be.
    models : names
        Predictions that are read as these annotators' judgements, where the data holds predictions.

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
    options = CorpusOptions(models=frozenset(models))
    if isinstance(data, Corpus | Items):
        return data
    if isinstance(data, str | PathLike):
        return read_file(data, models=models)
    if isinstance(data, Mapping):
        return finish(gather(Content(data, where="the dictionary"), options))
    if isinstance(data, Sequence) and not isinstance(data, bytes):
        return _read_list(data, options)
    if isinstance(data, Frame):
        return read_frame(data)
    raise InvalidOptionError(f"cannot read {shorten(data)} as annotations: {WHAT_TO_GIVE}")


def check_models(data: Corpus | Items, models: str | Collection[str]) -> tuple[str, ...]:
    """The names of the models, each once and in order, which must be annotators of the data.

    Raises
    ------
    InvalidCorpusError
        There is no such annotator; the message lists those that there are.
    """
    names = {models} if isinstance(models, str) else set(models)
    return tuple(
        data.annotators[place] for place in positions_of(data.annotators, sorted(names), "annotator")
    )


def read_corpus(data: Any) -> Corpus:
    """Read whatever `read_data` reads, where it holds spans.

    Raises
    ------
    InvalidOptionError
        These are items, which have no spans.
    """
    found = read_data(data)
    if isinstance(found, Items):
        raise InvalidOptionError("these are items with a value each; spans are needed")
    return found


def _read_list(data: Sequence[Any], options: CorpusOptions) -> Corpus | Items:
    """Paths of files, or the entries of one."""
    if data and all(isinstance(entry, str | PathLike) for entry in data):
        return read_files(data, models=options.models)
    if not data or not all(isinstance(entry, Mapping) for entry in data):
        raise InvalidOptionError(f"cannot read {shorten(data)} as annotations: {WHAT_TO_GIVE}")
    content = Content(list(data), where="the list")
    if (
        any(one.recognises(content) for one in OF_ANNOTATIONS if one is not LABEL_STUDIO)
        or content.keys & OF_TASKS
    ):
        return finish(gather(content, options))
    return read_rows(data)
