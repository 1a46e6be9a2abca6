"""The one file of a backup: a packed tar whose last entry lists all others with their checksums."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from annotations.limits import MAX_BACKUP_LIST_BYTES
from annotations.management.backups.errors import BackupError
from annotations.strict_json import Rules, read_strict

MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
LEVEL = 3


class BackupWriter:
    """Adds files one by one, and the list of them at the end."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._files: list[dict[str, Any]] = []

    def add(self, path: Path, name: str) -> None:
        """Add a file under a name, as it is now; one that is gone meanwhile is left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = 0o600
            counted = _Counted(file, entry.size)
            self._tar.addfile(entry, counted)
        self._files.append({"name": name, "bytes": entry.size, "sha256": counted.digest()})

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add the list, with what else is to be known of the backup."""
        content = json.dumps({**manifest, "files": self._files}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(content)
        self._tar.addfile(entry, io.BytesIO(content))

    @property
    def number(self) -> int:
        return len(self._files)


class _Counted:
    """Reads so many bytes of a file and no more, as another process may still write to its end, and takes their checksum."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self._hash = hashlib.sha256()

    def read(self, size: int = CHUNK) -> bytes:
        part = self._file.read(min(size, self._left))
        self._left -= len(part)
        self._hash.update(part)
        return part

    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def writing_backup(path: Path) -> Iterator[BackupWriter]:
    """Write a backup beside its place and move it there when it is whole; only its owner may read it."""
    if path.exists():
        raise BackupError(f"{path} is there already: name another file, or move it away.")
    if not path.absolute().parent.is_dir():
        raise BackupError(f"There is no folder {path.absolute().parent}: make it, or name another.")
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with (
            partial.open("wb") as file,
            zstandard.ZstdCompressor(level=LEVEL).stream_writer(file, closefd=False) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield BackupWriter(tar)
        partial.replace(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path, into: Path) -> dict[str, Any]:
    """Unpack a backup into a folder and see that everything is there and nothing changed; what its manifest says.

    Raises
    ------
    BackupError
        It is no backup, is damaged or incomplete, or holds a name that would lead out of the folder.
    """
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            return _unpack(tar, into, path)
    except (tarfile.TarError, zstandard.ZstdError, ValueError, EOFError) as error:
        raise BackupError(f"{path} is no backup of the workbench, or is damaged: {error}.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be unpacked: {error.strerror or error}.") from error


def _unpack(tar: tarfile.TarFile, into: Path, path: Path) -> dict[str, Any]:
    found: dict[str, tuple[int, str]] = {}
    for entry in tar:
        source = tar.extractfile(entry) if entry.isreg() else None
        if source is None or not _is_safe(entry.name):
            raise BackupError(f"{path} holds {entry.name!r}, which no backup of the workbench does.")
        if entry.name == MANIFEST:
            if entry.size > MAX_BACKUP_LIST_BYTES:
                raise BackupError(f"The list of {path} is longer than {MAX_BACKUP_LIST_BYTES:,} bytes.")
            manifest = _read_manifest(source.read(), path)
            _compare(found, manifest, path)
            return manifest
        found[entry.name] = (entry.size, _write(source, into / entry.name))
    raise BackupError(f"{path} is not whole: its end is missing. Take another backup.")


def _read_manifest(content: bytes, path: Path) -> dict[str, Any]:
    """What a backup says of itself, if it lists its files as we do; what else it says is the reader's to look at."""
    manifest = read_strict(content, Rules(takes_any_character=True))
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, list) or not all(_is_listed_as_ours(file) for file in files):
        raise BackupError(f"The list of {path} is not one that the workbench writes: take another backup.")
    return {**manifest, "files": files}


def _is_listed_as_ours(file: object) -> bool:
    return isinstance(file, dict) and all(
        isinstance(file.get(key), kind) for key, kind in (("name", str), ("bytes", int), ("sha256", str))
    )


def _is_safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and "\0" not in name


def _write(source: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while part := source.read(CHUNK):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _compare(found: Mapping[str, tuple[int, str]], manifest: Mapping[str, Any], path: Path) -> None:
    listed = {file["name"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    if wrong := sorted(name for name in {*found, *listed} if found.get(name) != listed.get(name)):
        raise BackupError(
            f"{path} is damaged: {len(wrong)} of its files are missing or changed, {wrong[0]} among them. Take another backup."
        )
