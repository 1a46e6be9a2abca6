"""A release as a folder that Hugging Face's `datasets` loads: Parquet by parts, a card with front matter, and Croissant."""

from collections.abc import Iterator

from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.native.parquet import PARQUET
from annotations.gold.cards import read_facts, read_guidelines
from annotations.gold.croissant import FolderFile
from annotations.gold.exports import find_file
from annotations.gold.files import is_here, prepare_file, read_part
from annotations.gold.hub import describe_folder
from annotations.gold.splitting import list_filled
from annotations.models import Release, ReleaseFile

WHOLE = "train"
"""What datasets calls data that are not divided."""


def write_folder(release: Release) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder, each by its name with its bytes; the Parquet is written once and kept."""
    files = []
    for split in list_filled(release) or [""]:
        file = _find_parquet(release, split)
        name = (split or WHOLE).replace("-", "_")
        files.append(FolderFile(name, f"data/{name}.parquet", file.sha256, file.length))
        yield files[-1].path, read_part(file, 0, file.length)
    for name, content in describe_folder(read_facts(release), files, guidelines=read_guidelines(release)):
        yield name, iter([content])


def archive_folder(release: Release) -> Iterator[bytes]:
    """The folder as a ZIP, written as it is read."""
    archive = ArchiveWriter()
    for name, chunks in write_folder(release):
        yield from archive.add(name, chunks)
    yield from archive.finish()


def _find_parquet(release: Release, split: str) -> ReleaseFile:
    file = find_file(release, PARQUET.name, split=split)
    return file if file is not None and is_here(file) else prepare_file(release, PARQUET.name, split=split)
