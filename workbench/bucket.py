"""Files in a bucket of S3, or of whatever speaks as S3 does, for servers that share no folder."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from annotations.out_of_reach import FilesAwayError

log = logging.getLogger(__name__)
BLOCK = 1024 * 1024
"""What is asked for at once, in bytes."""
PATIENCE = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 2})
"""For whoever waits for a page; the library waits for minutes."""


@contextmanager
def _reaching() -> Iterator[None]:
    """Say that the bucket is away where its library tells of the network, of keys or of a server's error."""
    try:
        yield
    except (Boto3Error, BotoCoreError, HTTPClientError, ClientError) as error:
        log.exception("the bucket cannot be reached")
        raise FilesAwayError from error


class BucketStorage(S3Storage):
    """Reads a file in ranges as it is asked for, so that a part of it costs that part and no disk; the library fetches the whole first."""

    client_config: Any

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.client_config = self.client_config.merge(PATIENCE)

    def _save(self, name: str, content: Any) -> str:
        with _reaching():
            saved: str = super()._save(name, content)
        return saved

    def delete(self, name: str) -> None:
        with _reaching():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _reaching():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _reaching():
            return int(super().size(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _reaching():
            folders, files = super().listdir(name)
        return folders, files

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError(f"files in a bucket are opened to be read, and not as {mode!r}: use save")
        held = self.bucket.Object(self._normalize_name(clean_name(name)))
        with _reaching():
            try:
                held.load()
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                    raise
                raise FileNotFoundError(
                    f"There is no file {name} in the bucket {self.bucket_name}."
                ) from None
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
        with _reaching():
            answer = self._held.get(Range=f"bytes={self._at}-{end - 1}", IfMatch=self._held.e_tag)
            content = answer["Body"].read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
