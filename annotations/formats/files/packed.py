"""Files that are packed alone, as .gz and .zst, read as if they were not; one that unpacks to far too much is refused."""

import gzip
import io
import zlib
from typing import Any, BinaryIO

from annotations.formats.errors import RefusedError
from annotations.limits import MAX_UNPACKED_BYTES

SUFFIXES = (".gz", ".zst")
BUFFER = 1 << 18
SKIPPED_AT_ONCE = 1 << 20
MAX_WINDOW = 1 << 27
PACKED_AT_ONCE = 512
"""Bytes that are unpacked at once; each four of them may become 128 kB."""


def find_packing(name: str) -> str:
    """The suffix by which a file says that it is packed, or nothing.

    >>> find_packing("News.JSONL.GZ"), find_packing("news.jsonl")
    ('.gz', '')
    """
    return next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")


def unpack(stream: BinaryIO, suffix: str) -> BinaryIO:
    """What a packed file holds, as a stream that can be read from its beginning again."""
    return io.BufferedReader(_Unpacking(stream, suffix), BUFFER)


class _Frames:
    """The frames of a .zst file one after another, of which the last must be whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame: Any = None
        self._packed = b""
        self._unpacked = b""

    def read(self, length: int) -> bytes:
        from zstandard import ZstdDecompressor

        while not self._unpacked:
            self._packed = self._packed or self._stream.read(PACKED_AT_ONCE)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("it ends within a frame")
                return b""
            if self._frame is None:
                self._frame = ZstdDecompressor(max_window_size=MAX_WINDOW).decompressobj()
            self._unpacked = self._frame.decompress(self._packed)
            self._packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        part, self._unpacked = self._unpacked[:length], self._unpacked[length:]
        return part


class _Unpacking(io.RawIOBase):
    """Unpacks as it is read; going back begins anew."""

    def __init__(self, stream: BinaryIO, suffix: str) -> None:
        self._stream, self._suffix = stream, suffix
        self._begin = stream.tell()
        self._open()

    def _open(self) -> None:
        self._stream.seek(self._begin)
        self._place = 0
        self._inner: Any
        if self._suffix == ".gz":
            self._inner = gzip.GzipFile(fileobj=self._stream, mode="rb")
        else:
            self._inner = _Frames(self._stream)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            place += self._place
        elif whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a packed file is not read from its end")
        if place < self._place:
            self._open()
        while self._place < place and self.read(min(place - self._place, SKIPPED_AT_ONCE)):
            pass
        return self._place

    def readinto(self, buffer: Any) -> int:
        from zstandard import ZstdError

        try:
            part = self._inner.read(len(buffer))
        except (OSError, EOFError, zlib.error, ZstdError) as error:
            raise RefusedError(
                f"it is damaged or cut off where it is unpacked ({error}): get it again"
            ) from error
        self._place += len(part)
        if self._place > MAX_UNPACKED_BYTES:
            raise RefusedError(
                f"it unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: unpack it yourself, and give it in parts"
            )
        buffer[: len(part)] = part
        return len(part)
