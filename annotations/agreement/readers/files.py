"""Files of annotations in any format that the library knows; the content decides, not the name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from os import PathLike

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.trimming import trim_spans
from annotations.agreement.errors import InvalidCorpusError, InvalidOptionError
from annotations.agreement.readers.builder import CorpusBuilder, as_invalid_corpus, make_items
from annotations.agreement.readers.joining import join_files, join_repeated_texts
from annotations.formats.documents import JudgedItems
from annotations.formats.files.bundles import Bundle, open_bundle
from annotations.formats.files.content import Content, read_content
from annotations.formats.places.offsets import COUNTED
from annotations.formats.ports import Format, ReadingOptions
from annotations.formats.registry import (
    divide_bundle,
    list_annotation_formats,
    recognise,
    recognise_bundle,
)
from annotations.limits import MAX_ANNOTATION_FILES

Gathered = CorpusBuilder | Items


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """What nobody can see in a file of annotations.

    Attributes
    ----------
    offsets : 'code_point' or 'utf16'
        What offsets count. With 'utf16', those of a region that reads as it says in code points stay as they are.
    models : names of annotators that are models
        Predictions of these are read as what they marked; other predictions are counted in `Corpus.left_out`.
    """

    offsets: str = "code_point"
    models: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.offsets not in COUNTED:
            raise InvalidOptionError(f"offsets must count one of {', '.join(COUNTED)}, not {self.offsets!r}")

    @property
    def counts_utf16(self) -> bool:
        """Whether offsets count UTF-16 units."""
        return self.offsets == "utf16"


def read_file(
    path: PathLike[str] | str,
    *,
    offsets: str = "code_point",
    trim: bool = False,
    models: Collection[str] = (),
) -> Corpus | Items:
    """Read a file, a folder or a ZIP of annotations in any format that is read; the content decides which.

    Parameters
    ----------
    path : path of a file up to 4 GiB, of a folder, or of a ZIP
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
    paths : paths of files, folders and ZIPs, up to 1,000
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
    if not 1 <= len(paths) <= MAX_ANNOTATION_FILES:
        raise InvalidCorpusError(f"give 1 to {MAX_ANNOTATION_FILES:,} files, not {len(paths):,}")
    options = CorpusOptions(offsets, frozenset(models))
    gathered = [part for path in paths for part in _read(path, options)]
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
    """Make a corpus of what was gathered from files; items are given back as they are.

    Parameters
    ----------
    gathered : CorpusBuilder or Items
    trim : bool
        Whether white space is taken off the edges of spans.

    Raises
    ------
    InvalidCorpusError
        What was gathered does not go together.
    InvalidOptionError
        Spans are to be trimmed, and a document has no text.
    """
    if isinstance(gathered, Items):
        return gathered
    corpus = gathered.build()
    return trim_spans(corpus) if trim else corpus


def gather(content: Content, options: CorpusOptions) -> Gathered:
    """Read content in the first format that it can be.

    Raises
    ------
    InvalidCorpusError
        It has none of the formats, which the message lists, or cannot be what it claims.
    """
    with as_invalid_corpus():
        return gather_as(recognise(content), content, options)


def gather_as(chosen: Format, content: Content, options: CorpusOptions) -> Gathered:
    """Read content of a format.

    Raises
    ------
    InvalidCorpusError
        It cannot be what it claims.
    """
    with as_invalid_corpus():
        items = chosen.read_items(content) if chosen.read_items else None
        if items is not None or chosen.read_documents is None:
            return make_items(items or JudgedItems([]))
        documents = chosen.read_documents(content, ReadingOptions(options.models))
        builder = CorpusBuilder.of(documents, counts_utf16=options.counts_utf16)
        return join_repeated_texts(builder) if chosen.copies_texts else builder


def _read(path: PathLike[str] | str, options: CorpusOptions) -> list[tuple[str, Gathered]]:
    """What a path gives: one part, or one for each file of a folder or archive whose files stand alone."""
    with as_invalid_corpus(), open_bundle(path) as bundle:
        return [(part.where, _gather_bundle(part, options)) for part in divide_bundle(bundle)]


def _gather_bundle(bundle: Bundle, options: CorpusOptions) -> Gathered:
    if (chosen := recognise_bundle(bundle)) and chosen.read_bundle:
        documents = chosen.read_bundle(bundle, ReadingOptions(options.models))
        return CorpusBuilder.of(documents, counts_utf16=options.counts_utf16)
    [file] = bundle.files.values()
    return gather(read_content(file, known=list_annotation_formats()), options)
