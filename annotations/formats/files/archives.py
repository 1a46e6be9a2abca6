"""ZIP archives that are written while somebody reads them, the same bytes each time."""

import zipfile
from collections.abc import Iterable, Iterator

MADE = (1980, 1, 1, 0, 0, 0)
"""When every file of an archive says that it was made, since a clock would make each archive another."""
READABLE = 0o600 << 16
UNIX = 3


class ArchiveWriter:
    """Writes files into an archive and gives the bytes that came of it, so that none of it has to be kept.

    Nothing is compressed: how well that works depends on the machine, and the same data must give the same bytes.

    >>> archive = ArchiveWriter()
    >>> written = b"".join([*archive.add("a.txt", [b"words"]), *archive.finish()])
    >>> written[:2], written.count(b"words")
    (b'PK', 1)
    """

    def __init__(self) -> None:
        self._drain = Drain()
        self._archive = zipfile.ZipFile(self._drain, "w", zipfile.ZIP_STORED)

    def add(self, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Add a file of this name, and give what was written meanwhile."""
        about = zipfile.ZipInfo(name, MADE)
        about.create_system, about.external_attr = UNIX, READABLE
        with self._archive.open(about, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                yield from self._drain.take()
        yield from self._drain.take()

    def finish(self) -> Iterator[bytes]:
        """Close the archive, and give the list of its files."""
        self._archive.close()
        yield from self._drain.take()


class Drain:
    """What a library that writes files takes for a stream that cannot go back, and from which is taken what was written."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes, /) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> Iterator[bytes]:
        """What was written since the last time."""
        if self._parts:
            yield b"".join(self._parts)
            self._parts.clear()
