"""Texts of one file, whatever it is: by its suffix, and file by file where it is an archive."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from annotations.formats.bundles import BEGINS_ARCHIVE, BundledFile, is_foreign, open_archive
from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal, RefusedError
from annotations.formats.ports import NOTHING_SAID, TextOptions
from annotations.formats.registry import find_text_reader, list_suffixes

ARCHIVE_SUFFIXES = (".zip",)


def list_readable_suffixes() -> list[str]:
    """List the suffixes of files of texts, and of archives that may hold some."""
    return [*list_suffixes(), *ARCHIVE_SUFFIXES]


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
    if is_foreign(path):
        return
    try:
        read = find_text_reader(path, source=source)
    except RefusedError as error:
        if is_within or len(path.parts) > 1:
            suffix = path.suffix or "no suffix"
            yield Notice(file.where, f"left out, since no format has files with {suffix}")
        else:
            yield Refusal.of(file.where, error)
        return
    try:
        with file.reading() as stream:
            yield from read(cast("BinaryIO", stream), file.where, options.of_file(file.where))
    except RefusedError as error:
        yield Refusal.of(file.where, error)
