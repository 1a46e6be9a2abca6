"""A file, a folder or an archive, as the files in it by their names: what every reader of annotations is given.

Nothing is ever unpacked to a disk. What an archive says of the size of its files is checked before any is read, and no
more than that is read of one.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import IO

from annotations.formats.errors import RefusedError, shorten
from annotations.limits import (
    MAX_ANNOTATION_FILE_BYTES,
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_LIST_BYTES,
    MAX_BUNDLED_FILES,
    MAX_FOLDER_DEPTH,
    MAX_PART_BYTES,
)

BEGINS_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
OUT_OF_WINDOWS = re.compile(r"\\|^[A-Za-z]:")
ENCRYPTED = 0x1
NOT_OURS = ("__MACOSX", "Thumbs.db", "desktop.ini")
"""What other programs leave in folders and archives, beside whatever begins with a dot."""


@dataclass(frozen=True, slots=True)
class BundledFile:
    """One file, on a disk or in an archive, that is opened when somebody reads it."""

    name: str
    """Its path within the bundle, with slashes."""
    where: str
    """As a message says where it is."""
    size: int
    open: Callable[[], IO[bytes]] = field(repr=False, compare=False)

    @classmethod
    def of_path(cls, path: Path, name: str) -> "BundledFile":
        """A file on a disk under its name in a bundle."""
        return cls(name, str(path), path.stat().st_size, lambda: path.open("rb"))

    @contextmanager
    def reading(self, *, most: int = MAX_ANNOTATION_FILE_BYTES) -> Iterator[IO[bytes]]:
        """Open it, if it has at most so many bytes, and say what goes wrong meanwhile as a refusal."""
        if self.size > most:
            raise RefusedError(f"{self.where} is larger than {most:,} bytes; give it in parts")
        try:
            with self._begin() as stream:
                yield stream
        except OSError as error:
            raise RefusedError(
                f"cannot read {self.where}: {error.strerror or error}; check the path"
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise RefusedError(f"{self.where} is damaged in its archive ({error}); get it again") from error

    def _begin(self) -> IO[bytes]:
        try:
            return self.open()
        except (
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:  # what `zipfile` makes of odd headers
            raise zipfile.BadZipFile(str(error)) from error

    def read_text(self) -> str:
        """The whole text of the file, every character of it, as UTF-8 spells it."""
        with self.reading(most=MAX_PART_BYTES) as stream:
            raw = stream.read()
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise RefusedError(f"{self.where} is not UTF-8 (byte {error.start}); convert it first") from error

    def read_begin(self, length: int) -> bytes:
        """The first bytes of it."""
        with self.reading() as stream:
            return stream.read(length)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was given under one path: one file alone, or all those of a folder or an archive."""

    where: str
    name: str
    """Of the folder that holds its files, or of the archive without its suffixes."""
    files: Mapping[str, BundledFile]
    """By their names, in order."""
    is_alone: bool = False
    """Whether one file was given, and neither a folder nor an archive."""
    find_beside: Callable[[str], BundledFile | None] = field(default=lambda _: None, repr=False)
    """Finds a file that lies beside one that was given alone."""

    def find(self, name: str) -> BundledFile | None:
        """The file of that name, also if it only lies beside the one that was given."""
        return self.files.get(name) or self.find_beside(name)

    @property
    def only(self) -> BundledFile | None:
        """The file, where there is but one."""
        return next(iter(self.files.values())) if len(self.files) == 1 else None

    def divide(self) -> Iterator["Bundle"]:
        """Each of its files alone."""
        for file in self.files.values():
            yield Bundle(file.where, self.name, {file.name: file}, is_alone=True)


@contextmanager
def open_bundle(path: PathLike[str] | str) -> Iterator[Bundle]:
    """A file, a folder or an archive; an archive is known by how it begins, and open as long as this is.

    Raises
    ------
    RefusedError
        It cannot be read, holds too much, or is an archive that nobody should trust.
    """
    place = Path(path)
    try:
        if place.is_dir():
            files = {file.name: file for file in _walk(place)}
            yield Bundle(str(path), place.resolve().name, dict(sorted(files.items())))
            return
        file = BundledFile.of_path(place, place.name)
    except OSError as error:
        raise RefusedError(f"cannot read {path}: {error.strerror}; check the path") from error
    if not file.read_begin(4).startswith(BEGINS_ARCHIVE):
        folder = place.parent.resolve()
        yield Bundle(str(path), folder.name, {file.name: file}, True, lambda name: _find_in(folder, name))
        return
    with open_archive(file) as bundle:
        yield bundle


@contextmanager
def open_archive(file: BundledFile) -> Iterator[Bundle]:
    """The files of an archive, which is open as long as this is.

    Raises
    ------
    RefusedError
        It cannot be read, holds too much, or nobody should trust it.
    """
    with file.reading() as stream:
        guarded = _Guarded(stream)
        try:
            archive = zipfile.ZipFile(guarded)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            reason = error if isinstance(error, RefusedError) else f"it is no whole archive: {error}"
            raise RefusedError(f"{file.where}: {reason}") from error
        guarded.is_open = True
        with archive:
            files = {member.name: member for member in _list_archive(archive, file.where)}
            name = PurePosixPath(file.name).name.partition(".")[0]
            yield Bundle(file.where, name, dict(sorted(files.items())))


def is_foreign(path: PurePosixPath) -> bool:
    """Whether a file is none of somebody's own, but what other programs leave in folders and archives."""
    return any(part.startswith(".") or part in NOT_OURS for part in path.parts)


def leads_out(name: str) -> bool:
    r"""Whether a file's name leads out of the folder or the archive that it is said to lie in.

    >>> leads_out("../secrets.txt"), leads_out("C:\\a.txt"), leads_out("news/1.txt")
    (True, True, False)
    """
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or bool(OUT_OF_WINDOWS.search(name))


def split_by_annotator(names: list[str], alone: str) -> Mapping[str, tuple[str, str]]:
    """The annotator and the document of each file.

    Files that lie beside each other in the uppermost folder that holds any are all by one annotator, who is named by that
    folder; if that holds nothing but folders, each is an annotator.

    >>> split_by_annotator(["news/ann/1.ann", "news/bob/1.ann"], "all")["news/bob/1.ann"]
    ('bob', '1.ann')
    >>> split_by_annotator(["1.ann", "more/2.ann"], "ann")["more/2.ann"]
    ('ann', 'more/2.ann')
    """
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    first, last = min(folders, default=()), max(folders, default=())
    shared = next(
        (depth for depth, (one, other) in enumerate(zip(first, last, strict=False)) if one != other),
        min(len(first), len(last)),
    )
    is_one = any(len(folder) == shared for folder in folders)
    annotator = first[shared - 1] if shared else alone
    found = {}
    for name in names:
        parts = PurePosixPath(name).parts[shared:]
        found[name] = (annotator, "/".join(parts)) if is_one else (parts[0], "/".join(parts[1:]))
    return found


def list_by_document(names: list[str], alone: str, suffix: str) -> Mapping[str, Mapping[str, str]]:
    """The file of each annotator by document, as `split_by_annotator` tells them; a document is called as its files are without the suffix.

    >>> list_by_document(["ann/1.ann", "bob/1.ann"], "all", ".ann")
    {'1': {'ann': 'ann/1.ann', 'bob': 'bob/1.ann'}}
    """
    found: dict[str, dict[str, str]] = {}
    for name, (annotator, document) in split_by_annotator(names, alone).items():
        found.setdefault(document.removesuffix(suffix), {})[annotator] = name
    return {document: dict(sorted(found[document].items())) for document in sorted(found)}


class _Guarded:
    """A file whose list of files `zipfile` reads only if that is not too long to be taken into memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.is_open = False
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, length: int = -1) -> bytes:
        if length > MAX_ARCHIVE_LIST_BYTES and not self.is_open:
            raise RefusedError(
                f"its list of files has more than {MAX_ARCHIVE_LIST_BYTES:,} bytes; give it in parts"
            )
        return self._stream.read(length)


def _walk(folder: Path) -> Iterator[BundledFile]:
    """The files of a folder and of the folders in it; links to other folders are not followed."""
    waiting, seen = [folder], 0
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            seen += 1
            name = path.relative_to(folder)
            _check_number(seen, str(folder))
            if is_foreign(PurePosixPath(name.as_posix())):
                continue
            if path.is_dir():
                if len(name.parts) > MAX_FOLDER_DEPTH:
                    raise RefusedError(
                        f"{path} lies deeper than {MAX_FOLDER_DEPTH} folders; give it by itself"
                    )
                if not path.is_symlink():
                    waiting.append(path)
            elif path.is_file():
                yield BundledFile.of_path(path, name.as_posix())


def _list_archive(archive: zipfile.ZipFile, where: str) -> Iterator[BundledFile]:
    """The files of an archive, if all of them together may be read."""
    members = archive.infolist()
    _check_number(len(members), where)
    if sum(member.file_size for member in members) > MAX_ARCHIVE_BYTES:
        raise RefusedError(f"{where} unpacks to more than {MAX_ARCHIVE_BYTES:,} bytes; give it in parts")
    names: set[str] = set()
    for member in members:
        path = PurePosixPath(member.filename)
        if leads_out(member.filename):
            raise RefusedError(
                f"{where} holds a file {shorten(member.filename)}, whose name leads out of the archive; make it anew"
            )
        if member.is_dir() or is_foreign(path):
            continue
        if str(path) in names:
            raise RefusedError(f"{where} holds {shorten(member.filename)} twice; make it anew")
        if member.flag_bits & ENCRYPTED:
            raise RefusedError(f"{where}: {shorten(member.filename)} is encrypted; unpack it first")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError(
                f"{where}: {shorten(member.filename)} is packed in a way that is not read; pack it as an ordinary ZIP"
            )
        names.add(str(path))
        yield BundledFile(str(path), f"{where}/{path}", member.file_size, partial(archive.open, member))


def _find_in(folder: Path, name: str) -> BundledFile | None:
    path = folder / name
    return BundledFile.of_path(path, name) if path.parent == folder and path.is_file() else None


def _check_number(number: int, where: str) -> None:
    if number > MAX_BUNDLED_FILES:
        raise RefusedError(f"{where} holds more than {MAX_BUNDLED_FILES:,} files; give it in parts")
