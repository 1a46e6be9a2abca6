"""Files in a bucket of S3, or of whatever speaks as S3 does, for servers that share no folder."""

import io
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

BLOCK = 1024 * 1024
"""What is asked for at once, in bytes."""


class BucketStorage(S3Storage):
    """Reads a file in ranges as it is asked for, so that a part of it costs that part and no disk; the library fetches the whole first."""

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError(f"files in a bucket are opened to be read, and not as {mode!r}: use save")
        held = self.bucket.Object(self._normalize_name(clean_name(name)))
        try:
            held.load()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                raise
            raise FileNotFoundError(f"There is no file {name} in the bucket {self.bucket_name}.") from None
        return File(io.BufferedReader(_Held(held), BLOCK), name)


class _Held(io.RawIOBase):
    """An object of a bucket as a file to read and to seek in."""

    def __init__(self, held: Any) -> None:
        self._held = held
        self._size: int = held.content_length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if self._at >= end:
            return 0
        # The checksum that was seen when the file was opened, so that no other content is read half-way.
        answer = self._held.get(Range=f"bytes={self._at}-{end - 1}", IfMatch=self._held.e_tag)
        content = answer["Body"].read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
