"""Texts of whatever is handed over: a file by its suffix, a folder and an archive file by file, with those of folders in it."""

import codecs
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal, RefusedError
from annotations.formats.files.bundles import (
    BEGINS_ARCHIVE,
    Bundle,
    BundledFile,
    is_foreign,
    open_archive,
    open_bundle,
)
from annotations.formats.files.content import BYTE_ORDER_MARK
from annotations.formats.files.packed import find_packing
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.registry import (
    detect_source,
    find_source,
    find_text_reader,
    list_suffixes,
    say_what_to_do,
)
from annotations.formats.texts.detection import add_language

ARCHIVE_SUFFIXES = (".zip",)
MAX_BEGIN = 1_024
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ABOUT_OTHERS = frozenset({"readme", "license", "licence", "copying", "notice", "changelog", "contributing"})
"""Files of these names in a folder or an archive are about the others there."""


def list_readable_suffixes() -> list[str]:
    """List the suffixes of files of texts, and of archives that may hold some."""
    return [*list_suffixes(), *ARCHIVE_SUFFIXES]


def read_paths(
    paths: Iterable[Path], *, source: str | None = None, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal | Notice]:
    """Every text of every file, every place that cannot be read, and what of a folder is left out, in order."""
    for path in paths:
        try:
            if path.is_dir():
                with open_bundle(path) as bundle:
                    yield from _read_folder(bundle, path, source=source, options=options)
            else:
                if path.suffix.lower() not in ARCHIVE_SUFFIXES:
                    find_text_reader(path, source=source)
                file = replace(BundledFile.of_path(path, path.name), where=name_path(path))
                yield from read_text_file(file, source=source, options=options)
        except RefusedError as error:
            yield Refusal.of(name_path(path), error)
        except OSError as error:
            yield Refusal(name_path(path), f"the file cannot be read: {error.strerror or error}")


def measure(path: Path, *, source: str | None = None) -> int:
    """The bytes of the files that are read of a path, for whoever shows how far the reading is."""
    if not path.is_dir():
        return path.stat().st_size
    with open_bundle(path) as bundle:
        return sum(file.size for file in bundle.files.values() if _is_wanted(file, source))


def name_path(path: Path) -> str:
    r"""A path as it can be written down: bytes of a name that are no UTF-8, as some archives leave them, as escapes.

    >>> print(name_path(Path("caf\udce9.txt")))
    caf\xe9.txt
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _read_folder(
    bundle: Bundle, path: Path, *, source: str | None, options: TextOptions
) -> Iterator[Document | Refusal | Notice]:
    """Read the files of a folder and of those in it, archives too; what is of no format, or not of the one named, is left out."""
    found = False
    for file in bundle.files.values():
        named = replace(file, where=name_path(path / file.name))
        if not _is_wanted(file, source):
            yield _leave_out(named)
            continue
        found = True
        if _is_archive(named):
            yield from read_text_file(named, source=source, options=options)
        else:
            yield from _read_one(named, source=source, options=options, is_within=True)
    if not found:
        suffixes = find_source(source).suffixes if source else list_readable_suffixes()
        raise RefusedError(f"the folder has no file with one of the suffixes {', '.join(sorted(suffixes))}")


def _is_wanted(file: BundledFile, source: str | None) -> bool:
    path = PurePosixPath(file.name)
    if path.stem.lower() in ABOUT_OTHERS:
        return False
    if source is None and path.suffix.lower() in ARCHIVE_SUFFIXES:
        return True
    try:
        chosen = detect_source(path)
    except RefusedError:
        return False
    return source is None or chosen.name == source


def _leave_out(file: BundledFile) -> Notice:
    """What to say of a file that is not read of a folder or an archive."""
    path = PurePosixPath(file.name)
    if path.stem.lower() in ABOUT_OTHERS:
        return Notice(file.where, "left out, since it is about the other files by its name")
    why = say_what_to_do(path) or f"no format has files with {path.suffix or 'no suffix'}"
    return Notice(file.where, f"left out, since {why}")


def read_text_file(
    file: BundledFile, *, source: str | None = None, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal | Notice]:
    """Read every text of a file or an archive, and refuse what cannot be one, with its place.

    In a folder or an archive a file of another suffix is left out with a notice, and what other programs leave there without.
    """
    try:
        if _is_archive(file):
            with open_archive(file) as bundle:
                for member in bundle.files.values():
                    yield from _read_member(member, source=source, options=options)
        else:
            yield from _read_one(file, source=source, options=options)
    except RefusedError as error:
        yield Refusal.of(file.where, error)


def _is_archive(file: BundledFile) -> bool:
    return PurePosixPath(file.name).suffix.lower() in ARCHIVE_SUFFIXES and file.read_begin(4).startswith(
        BEGINS_ARCHIVE
    )


def _read_member(
    file: BundledFile, *, source: str | None, options: TextOptions
) -> Iterator[Document | Refusal | Notice]:
    if _is_archive(file):
        yield Refusal(file.where, "this is an archive within an archive: unpack it, and give it by itself")
        return
    yield from _read_one(file, source=source, options=options, is_within=True)


def _read_one(
    file: BundledFile, *, source: str | None, options: TextOptions, is_within: bool = False
) -> Iterator[Document | Refusal | Notice]:
    path = PurePosixPath(file.name)
    is_within = is_within or len(path.parts) > 1
    if is_foreign(path):
        return
    if is_within and path.stem.lower() in ABOUT_OTHERS:
        yield _leave_out(file)
        return
    try:
        read = find_text_reader(path, source=source)
    except RefusedError as error:
        if is_within:
            yield _leave_out(file)
        else:
            yield Refusal.of(file.where, error)
        return
    try:
        chosen = find_source(source) if source else detect_source(path)
        if is_within and not _begins_as(file, chosen):
            yield Notice(file.where, f"left out, since it is no {chosen.title}")
            return
        with file.reading() as stream:
            for one in read(cast("BinaryIO", stream), file.where, options.of_file(file.where)):
                yield one if chosen.is_of_rows or isinstance(one, Refusal) else add_language(one)
    except RefusedError as error:
        yield Refusal.of(file.where, error)


def _begins_as(file: BundledFile, chosen: Format) -> bool:
    """Whether a file begins as those of a format do; what is packed or in UTF-16 is not looked into."""
    if not chosen.begins or find_packing(file.name):
        return True
    begin = file.read_begin(MAX_BEGIN)
    return begin.startswith(UTF16_MARKS) or begin.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(
        chosen.begins
    )
