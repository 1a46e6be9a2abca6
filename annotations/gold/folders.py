"""A release as a folder that Hugging Face's `datasets` loads: Parquet by parts, a card with front matter, and Croissant.

A job packs it once, as it does the files of a release, and again when the card says something else.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from tempfile import TemporaryFile

from django.core.files.storage import default_storage

from annotations import __version__
from annotations.formats.canonical import checksum
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.levels import ContentLevel
from annotations.formats.native.parquet import PARQUET
from annotations.gold.cards import read_facts, read_guidelines, write_release_card
from annotations.gold.croissant import FolderFile
from annotations.gold.exports import Export, export_release, find_file
from annotations.gold.files import (
    count_records,
    is_here,
    prepare_file,
    read_part,
    store_file,
    write_export,
)
from annotations.gold.hub import describe_folder
from annotations.gold.names import name_folder
from annotations.gold.splitting import list_filled
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Release, ReleaseFile

KIND = "prepare_folder"
FOLDER = "folder"
"""What the packed folder is called among the files of a release, which go by the names of their formats."""
MEDIA_TYPE = "application/zip"
WHOLE = "train"
"""What datasets calls data that are not divided."""


def write_folder(release: Release) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of the folder, each by its name with its bytes, which are to be read before the next is taken."""
    files: list[FolderFile] = []
    for split in list_filled(release) or [""]:
        name = (split or WHOLE).replace("-", "_")
        yield f"data/{name}.parquet", _read_parquet(release, split, name, files)
    for name, content in describe_folder(read_facts(release), files, guidelines=read_guidelines(release)):
        yield name, iter([content])


def export_folder(release: Release) -> Export:
    """The folder as a ZIP, written as it is read."""
    return Export(f"{name_folder(release.project.slug, release.number)}.zip", MEDIA_TYPE, _pack(release))


def _pack(release: Release) -> Iterator[bytes]:
    archive = ArchiveWriter()
    for name, chunks in write_folder(release):
        yield from archive.add(name, chunks)
    yield from archive.finish()


def _read_parquet(release: Release, split: str, name: str, files: list[FolderFile]) -> Iterator[bytes]:
    """The bytes of a part, from the file that is kept or as they are made; at their end it is among the files."""
    kept = find_file(release, PARQUET.name, split=split)
    if kept is not None and is_here(kept):
        chunks = read_part(kept, 0, kept.length)
    else:
        chunks = export_release(release, format_name=PARQUET.name, split=split).chunks
    digest, length = sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        length += len(chunk)
        yield chunk
    files.append(FolderFile(name, f"data/{name}.parquet", digest.hexdigest(), length))


def tell_state(release: Release) -> str:
    """What a folder is made of, as one word: the release, its card, and the version that writes it."""
    return checksum([__version__, release.sha256, write_release_card(release)])[:32]


def find_folder(release: Release) -> ReleaseFile | None:
    """The packed folder where it is kept and its card says what the card says now."""
    file = find_file(release, FOLDER)
    if file is None or not file.name.startswith(_name_stored(release)) or not is_here(file):
        return None
    return file


def _name_stored(release: Release) -> str:
    return f"releases/{release.pk}/{FOLDER}-{tell_state(release)}-"


def ask_for_folder(release: Release) -> Job:
    """Ask a worker to pack the folder; asking again before it is packed changes nothing."""
    return enqueue(
        KIND,
        key=f"{KIND}:{release.pk}",
        project=release.project,
        arguments={"release": release.pk},
    )


def run_prepare_folder(job: Job, checkpoint: Checkpoint) -> None:
    """Pack the folder that was asked for; parts that were written before a crash are not written again."""
    release = Release.objects.select_related("project").get(pk=job.arguments["release"])
    if find_folder(release) is None:
        checkpoint(done=0, total=count_records(release, split="", level=ContentLevel.GOLD))
        prepare_folder(release, sign_of_life=lambda done: checkpoint(done=done))


def prepare_folder(release: Release, *, sign_of_life: Callable[[int], None] = lambda _: None) -> ReleaseFile:
    """Write the Parquet of each part and pack the folder; there is a row for it only when all of it is in the storage.

    The sign of life is told how many records were read. The folder as it was packed before, with another card, is taken away.
    """
    done = 0

    def count(read: int) -> None:
        sign_of_life(done + read)

    for split in list_filled(release) or [""]:
        kept = find_file(release, PARQUET.name, split=split)
        if kept is None or not is_here(kept):
            prepare_file(release, PARQUET.name, split=split, sign_of_life=count)
        done += count_records(release, split=split, level=ContentLevel.GOLD)
    sign_of_life(done)
    before, stored = find_file(release, FOLDER), _name_stored(release)
    with TemporaryFile() as written:
        digest, length = write_export(export_folder(release), written, count)
        name = f"{stored}{digest[:32]}.zip"
        store_file(name, written, length)
    file, _ = ReleaseFile.objects.update_or_create(
        release=release,
        format=FOLDER,
        split="",
        level=ContentLevel.GOLD,
        version=__version__,
        defaults={"name": name, "sha256": digest, "length": length, "losses": []},
    )
    if before is not None and before.name != name:
        default_storage.delete(before.name)
    return file
