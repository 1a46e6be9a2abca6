"""The files of an import on their way in: announced, received in parts that go on where they stopped, and kept until they are read.

The parts lie in Django's storage, which every server and worker of an installation has to reach. A part counts when the row
of its file says so; what a connection that broke off left beside that is taken away with the import.
"""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import accumulate
from secrets import token_hex
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from annotations.corpus.errors import FileNotTakenError, ImportStateError, PartOutOfOrderError
from annotations.corpus.file_names import check_file_name
from annotations.formats.errors import RefusedError, shorten
from annotations.formats.files.bundles import BundledFile
from annotations.limits import (
    MAX_IMPORT_BYTES,
    MAX_IMPORT_FILE_BYTES,
    MAX_IMPORT_FILES,
    MAX_IMPORT_PART_BYTES,
)
from annotations.models import ArticleImport, ImportFile, ImportStatus

FOLDER = "imports"
BLOCK = 1 << 16


def add_files(made: ArticleImport, announced: Sequence[tuple[str, int]]) -> list[ImportFile]:
    """Announce files by name and size; one that was announced before goes on where it stopped."""
    wanted = {_check(name): _check_size(name, size) for name, size in announced}
    with transaction.atomic():
        _lock_receiving(made)
        known = {file.name: file for file in made.files.filter(name__in=wanted)}
        for name, file in known.items():
            if file.size != wanted[name]:
                raise FileNotTakenError(
                    f"{name} is in this import already, with {file.size:,} bytes and not {wanted[name]:,}: rename one of "
                    "them, or drop the import and begin anew"
                )
        new = [
            ImportFile(article_import=made, name=name, size=size)
            for name, size in wanted.items()
            if name not in known
        ]
        _check_room(made, new)
        ImportFile.objects.bulk_create(new)
    return list(made.files.filter(name__in=wanted))


def _check(name: str) -> str:
    try:
        return check_file_name(name)
    except RefusedError as error:
        raise FileNotTakenError(str(error)) from error


def _check_size(name: str, size: int) -> int:
    if size > MAX_IMPORT_FILE_BYTES:
        raise FileNotTakenError(
            f"{shorten(name)} has {size:,} bytes, more than the {MAX_IMPORT_FILE_BYTES:,} of one file: give it in parts, or "
            "import it on the server with manage.py import_articles"
        )
    return size


def _check_room(made: ArticleImport, new: Sequence[ImportFile]) -> None:
    there = made.files.aggregate(bytes=Sum("size", default=0))
    if made.files.count() + len(new) > MAX_IMPORT_FILES:
        raise FileNotTakenError(
            f"an import takes {MAX_IMPORT_FILES:,} files: pack them into a ZIP, or import them in parts"
        )
    if there["bytes"] + sum(file.size for file in new) > MAX_IMPORT_BYTES:
        raise FileNotTakenError(
            f"the files of an import have {MAX_IMPORT_BYTES:,} bytes together at most: import them in parts, or on the server "
            "with manage.py import_articles"
        )


def _lock_receiving(made: ArticleImport) -> None:
    row = ArticleImport.objects.select_for_update().filter(pk=made.pk).first()
    if row is None or row.status != ImportStatus.RECEIVING:
        raise ImportStateError(
            "This import takes no more files, since they are being read: make another one for these."
        )


def receive_part(file: ImportFile, content: bytes, *, offset: int) -> ImportFile:
    """Keep the bytes of a file from this offset on; a part that came already is not kept twice."""
    end = offset + len(content)
    if len(content) > MAX_IMPORT_PART_BYTES:
        raise FileNotTakenError(f"a part has {MAX_IMPORT_PART_BYTES:,} bytes at most: send less at once")
    if end > file.size:
        raise FileNotTakenError(
            f"{file.name} was announced with {file.size:,} bytes, and this goes on to byte {end:,}"
        )
    if offset <= file.received and end <= file.received:
        return file
    if offset != file.received:
        raise PartOutOfOrderError(
            f"{file.name} goes on at byte {file.received:,}, and not at {offset:,}", received=file.received
        )
    name = default_storage.save(
        f"{_folder(file.article_import_id)}/{file.pk}-{token_hex(8)}", ContentFile(content)
    )
    parts = [*file.parts, [name, len(content)]]
    with transaction.atomic():
        _lock_receiving(file.article_import)
        is_next = ImportFile.objects.filter(pk=file.pk, received=offset).update(received=end, parts=parts)
    if is_next:
        file.received, file.parts = end, parts
        return file
    default_storage.delete(name)
    file.refresh_from_db()
    return receive_part(file, content, offset=offset)


def keep_whole(made: ArticleImport, files: Sequence[tuple[str, IO[bytes], int]]) -> list[ImportFile]:
    """Take files that are here as a whole, by name, content and size; two of one name would be taken for one."""
    names = Counter(_check(name) for name, _, _ in files)
    if twice := [name for name, number in names.items() if number > 1]:
        raise FileNotTakenError(
            f"{names[twice[0]]} files are called {shorten(twice[0])}: rename them, or give them with their folders"
        )
    kept = {file.name: file for file in add_files(made, [(name, size) for name, _, size in files])}
    for name, content, _ in files:
        file = kept[_check(name)]
        content.seek(file.received)
        while part := content.read(MAX_IMPORT_PART_BYTES):
            receive_part(file, part, offset=file.received)
    return list(kept.values())


def list_unfinished(made: ArticleImport) -> list[ImportFile]:
    """The files of which something has not come yet."""
    return [file for file in made.files.all() if file.received < file.size]


def open_file(file: ImportFile) -> BundledFile:
    """A file that came in, as the readers take it."""
    return BundledFile(file.name, file.name, file.size, lambda: io.BufferedReader(_Parts(file.parts), BLOCK))


def remove_files(import_ids: Iterable[int]) -> None:
    """Take the files of imports away that are published or dropped, and whatever else was left of them."""
    for import_id in import_ids:
        folder = _folder(import_id)
        with suppress(FileNotFoundError):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")
            default_storage.delete(folder)
        ImportFile.objects.filter(article_import=import_id).delete()


def list_folders() -> list[int]:
    """The imports of which files are in the storage."""
    with suppress(FileNotFoundError):
        return [int(name) for name in default_storage.listdir(FOLDER)[0] if name.isdecimal()]
    return []


def _folder(import_id: int) -> str:
    return f"{FOLDER}/{import_id}"


class _Parts(io.RawIOBase):
    """The parts of a file as one stream that can be read anywhere, of which one part is open at a time."""

    def __init__(self, parts: Sequence[tuple[str, int]]) -> None:
        self._names = [name for name, _ in parts]
        self._ends = list(accumulate(length for _, length in parts))
        self._place = 0
        self._at = -1
        self._open: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._ends[-1] if self._ends else 0}[
            whence
        ]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        number = next((number for number, end in enumerate(self._ends) if self._place < end), None)
        if number is None:
            return 0
        start = self._ends[number - 1] if number else 0
        stream = self._take(number)
        stream.seek(self._place - start)
        content = stream.read(min(len(buffer), self._ends[number] - self._place))
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def _take(self, number: int) -> IO[bytes]:
        if self._open is None or self._at != number:
            if self._open is not None:
                self._open.close()
            self._open, self._at = default_storage.open(self._names[number]), number
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        super().close()
