"""Several files of annotations read as one: the parts of each path one after the other, and what their annotators are called."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import PurePath

from annotations.formats.documents import UNKNOWN, Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import BEGINS_ARCHIVE, Bundle, BundledFile, open_archive, open_bundle
from annotations.formats.files.content import read_content
from annotations.formats.ports import ReadingOptions
from annotations.formats.registry import (
    divide_bundle,
    list_annotation_formats,
    recognise,
    recognise_bundle,
)

Judged = Collection[tuple[str, str]]
"""Pairs of what tells a document apart (its text, or its name) and an annotator."""


@dataclass(frozen=True, slots=True)
class AnnotatedPart:
    """What is read as one: a file, or a folder or archive whose files belong together; its documents are read as they are asked for."""

    where: str
    documents: Iterator[Document] = field(repr=False)


Source = Callable[[], AbstractContextManager[Bundle]]
"""Opens what is read as one: a path, or files that came in by another way."""


def list_sources(paths: Iterable[PathLike[str] | str]) -> list[Source]:
    """The files, folders and archives at some paths, each to be opened when it is read."""
    return [partial(open_bundle, path) for path in paths]


def list_sources_of_files(files: Sequence[BundledFile]) -> list[Source]:
    """Files that came in together: archives each for itself, and whatever else as one folder."""
    archives = [file for file in files if file.size and file.read_begin(4).startswith(BEGINS_ARCHIVE)]
    loose = {file.name: file for file in files if file not in archives}
    opened: list[Source] = [partial(open_archive, file) for file in archives]
    if not loose:
        return opened
    first = next(iter(loose.values()))
    is_alone = len(loose) == 1
    name = PurePath(first.name).stem if is_alone else "files"
    bundle = Bundle(first.where if is_alone else "the files", name, dict(sorted(loose.items())), is_alone)
    return [lambda: nullcontext(bundle), *opened]


def read_source(
    source: Source,
    options: ReadingOptions = ReadingOptions(),  # noqa: B008 - frozen
) -> Iterator[AnnotatedPart]:
    """Give what a source holds part by part; each is to be read before the next is asked for."""
    with source() as bundle:
        for part in divide_bundle(bundle):
            yield AnnotatedPart(part.where, _read_part(part, options))


def read_annotated(
    path: PathLike[str] | str,
    options: ReadingOptions = ReadingOptions(),  # noqa: B008 - frozen
) -> Iterator[AnnotatedPart]:
    """Give what a file, a folder or an archive holds part by part; each is to be read before the next is asked for."""
    return read_source(partial(open_bundle, path), options)


def _read_part(part: Bundle, options: ReadingOptions) -> Iterator[Document]:
    if (chosen := recognise_bundle(part)) and chosen.read_bundle:
        return chosen.read_bundle(part, options)
    [file] = part.files.values()
    content = read_content(file, known=list_annotation_formats())
    chosen = recognise(content)
    if chosen.read_documents is None or (chosen.read_items and chosen.read_items(content) is not None):
        raise RefusedError(f"{part.where} holds items without texts; give a file of annotated texts")
    return chosen.read_documents(content, options)


def name_annotators(paths: Sequence[str], judged: Sequence[Judged]) -> list[Mapping[str, str]]:
    """What the annotators of each file are called in the whole.

    If each file holds the annotations of one annotator, that annotator is named by the file, unless the same name stands
    in files that have no document in common, which are then parts of one annotator's work.

    >>> name_annotators(["ann.json", "bob.json"], [{("Kyiv agreed.", "1")}, {("Kyiv agreed.", "1")}])
    [{'1': 'ann'}, {'1': 'bob'}]
    """
    if len(paths) == 1:
        return [{UNKNOWN: name_files(paths)[0]}]
    own = [sorted({annotator for _, annotator in part}) for part in judged]
    files = name_files(paths)
    if any(len(names) > 1 for names in own) or _are_parts(judged, own):
        return [{UNKNOWN: file} for file in files]
    return [dict.fromkeys(names, file) for names, file in zip(own, files, strict=True)]


def _are_parts(judged: Sequence[Judged], own: Sequence[Sequence[str]]) -> bool:
    """Whether a name stands in several files, and never twice for one document."""
    files: Counter[str] = Counter(name for names in own for name in names if name != UNKNOWN)
    if max(files.values(), default=0) < 2:  # noqa: PLR2004
        return False
    return max(Counter(pair for part in judged for pair in part).values()) == 1


def name_files(paths: Sequence[str]) -> list[str]:
    """Short names that tell the files apart: of the file, of its folder, or the whole path.

    >>> name_files(["round/ann.json", "round/bob.json"]), name_files(["ann/x.json", "bob/x.json"])
    (['ann', 'bob'], ['ann', 'bob'])
    """
    pure = [PurePath(path) for path in paths]
    for names in ([path.stem for path in pure], [path.parent.name for path in pure]):
        if all(names) and len(set(names)) == len(names):
            return names
    return list(paths)
