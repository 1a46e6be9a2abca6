"""Several files of annotations read as one: the parts of each path one after the other, and what their annotators are called."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import PurePath

from annotations.formats.bundles import Bundle, open_bundle
from annotations.formats.content import read_content
from annotations.formats.documents import UNKNOWN, Document
from annotations.formats.errors import RefusedError
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


def read_annotated(
    path: PathLike[str] | str,
    options: ReadingOptions = ReadingOptions(),  # noqa: B008 - frozen
) -> Iterator[AnnotatedPart]:
    """Give what a path holds part by part; each is to be read before the next is asked for."""
    with open_bundle(path) as bundle:
        for part in divide_bundle(bundle):
            yield AnnotatedPart(part.where, _read_part(part, options))


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
        return [{}]
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
