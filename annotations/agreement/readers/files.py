"""Files of annotations in any format that the library knows; the content decides, not the name."""

from collections.abc import Collection, Sequence
from os import PathLike
from pathlib import Path

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.trimming import trim_spans
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.format import Gathered, Parsed, ReaderOptions
from annotations.agreement.readers.formats import gather, list_formats
from annotations.agreement.readers.joining import join_files
from annotations.agreement.readers.parsing import RULES, parse_lines
from annotations.limits import LARGEST_ANNOTATION_FILE, MOST_ANNOTATION_FILES
from annotations.strict_json import Fault, StrictJsonError, read_strict


def read_file(
    path: PathLike[str] | str,
    *,
    offsets: str = "code_point",
    trim: bool = False,
    models: Collection[str] = (),
) -> Corpus | Items:
    """Read plain JSON, a Label Studio export, our own JSONL, doccano's or Prodigy's, or rows; the content decides.

    Parameters
    ----------
    path : path of a file, up to 4 GiB
    offsets : 'code_point' or 'utf16'
        What the file's offsets count. With 'utf16', those of a region that reads as it says in code points stay.
    trim : bool
        Whether white space is taken off the edges of spans.
    models : names
        Predictions in the file (of Label Studio) that are read as these annotators' judgements.

    Returns
    -------
    Corpus or Items

    Raises
    ------
    InvalidCorpusError
        The file cannot be read, is no JSON, or holds something that cannot be what it claims.
    InvalidOptionError
        Spans are to be trimmed, and a document has no text.
    """
    return read_files([path], offsets=offsets, trim=trim, models=models)


def read_files(
    paths: Sequence[PathLike[str] | str],
    *,
    offsets: str = "code_point",
    trim: bool = False,
    models: Collection[str] = (),
) -> Corpus | Items:
    """Read several files as one corpus, such as an export an annotator.

    Documents are joined by their texts, and where each file holds one annotator's work, annotators are named by their
    files, as `annotations.agreement.readers.joining` says.

    Parameters
    ----------
    paths : paths of files, up to 1,000
    offsets, trim, models : as for `read_file`

    Returns
    -------
    Corpus or Items

    Raises
    ------
    InvalidCorpusError
        A file cannot be read, or what two of them hold does not go together.
    InvalidOptionError
        Spans are to be trimmed, and a document has no text.
    """
    if not 1 <= len(paths) <= MOST_ANNOTATION_FILES:
        raise InvalidCorpusError(f"give 1 to {MOST_ANNOTATION_FILES:,} files, not {len(paths):,}")
    options = ReaderOptions(offsets, frozenset(models))
    gathered = [(str(path), _read(path, options)) for path in paths]
    if len(gathered) == 1:
        return finish(gathered[0][1], trim=trim)
    builders = []
    for path, part in gathered:
        if isinstance(part, Items):
            raise InvalidCorpusError(
                f"{path} holds items, which have no text by which several files could be joined; give all items in one file"
            )
        builders.append((path, part))
    return finish(join_files(builders), trim=trim)


def finish(gathered: Gathered, *, trim: bool = False) -> Corpus | Items:
    """Make a corpus of what was gathered; items are what they are."""
    if isinstance(gathered, Items):
        return gathered
    corpus = gathered.build()
    return trim_spans(corpus) if trim else corpus


def _read(path: PathLike[str] | str, options: ReaderOptions) -> Gathered:
    try:
        if Path(path).stat().st_size > LARGEST_ANNOTATION_FILE:
            raise InvalidCorpusError(
                f"{path} is larger than {LARGEST_ANNOTATION_FILE:,} bytes; give it in parts"
            )
        content = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidCorpusError(f"cannot read {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise InvalidCorpusError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from error
    return gather(_parse(content, str(path)), options)


def _parse(content: str, path: str) -> Parsed:
    try:
        return Parsed(read_strict(content, RULES), None, path)
    except StrictJsonError as error:
        if error.fault is Fault.DEPTH:
            raise InvalidCorpusError(f"{path} nests too deeply to be annotations") from error
        if error.fault is not Fault.SYNTAX:
            raise InvalidCorpusError(f"{path}: {error}") from error
        if error.detail == "Extra data" and content.lstrip().startswith("{"):
            return parse_lines(content.split("\n"), path)  # a line may hold what else separates lines
        known = "" if content.lstrip().startswith(("{", "[")) else f"; what is read is {list_formats()}"
        raise InvalidCorpusError(f"{path} is not JSON: line {error.line}, {error.detail}{known}") from error
