"""The files of releases: each is written once by a job, kept with its checksum, and handed out from there.

JSONL is written when a release is frozen, another format when it is first asked for.
"""

import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Protocol

from django.core.files import File
from django.core.files.storage import default_storage

from annotations import __version__
from annotations.formats.levels import ContentLevel
from annotations.formats.ports import Lost
from annotations.gold.exports import Export, export_release, find_file
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Release, ReleaseFile

log = logging.getLogger(__name__)
KIND = "prepare_release"
CHUNKS_BETWEEN_SIGNS = 500
BLOCK = 1 << 16


class StoredFile(Protocol):
    """A file in the storage, by its name and its checksum."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def lost(self) -> tuple[Lost, ...]: ...


def ask_for_file(
    release: Release, format_name: str, *, split: str = "", level: ContentLevel = ContentLevel.GOLD
) -> Job:
    """Ask a worker to write the file of a release, or of some of its parts, in a format; asking again before it is written changes nothing."""
    named = {"split": split, "level": "" if level == ContentLevel.GOLD else level.value}
    asked = {name: value for name, value in named.items() if value}
    return enqueue(
        KIND,
        key=":".join([KIND, str(release.pk), format_name, *asked.values()]),
        project=release.project,
        arguments={"release": release.pk, "format": format_name, **asked},
    )


def run_prepare_release(job: Job, checkpoint: Checkpoint) -> None:
    """Write the file that was asked for; one that was written before a crash is not written again."""
    release = Release.objects.select_related("project").get(pk=job.arguments["release"])
    name, split = job.arguments["format"], job.arguments.get("split", "")
    level = ContentLevel(job.arguments.get("level", ContentLevel.GOLD))
    file = find_file(release, name, split=split, level=level)
    if file is None or not is_here(file):
        total = count_records(release, split=split, level=level)
        checkpoint(done=0, total=total)
        prepare_file(release, name, split=split, level=level, sign_of_life=lambda done: checkpoint(done=done))


def count_records(release: Release, *, split: str, level: ContentLevel) -> int:
    """How many records a file is made of, as the progress of its job counts them."""
    items = release.items.filter(split__in=split.split(",")) if split else release.items.all()
    number = items.count()
    if level != ContentLevel.ANNOTATIONS or not number:
        return number
    counts = release.manifest["counts"]
    return round(number * int(counts["annotations"]) / int(counts["articles"]))


def prepare_file(
    release: Release,
    format_name: str,
    *,
    split: str = "",
    level: ContentLevel = ContentLevel.GOLD,
    sign_of_life: Callable[[int], None] = lambda _: None,
) -> ReleaseFile:
    """Write the file of a release, or of some of its parts, in a format; there is a row for it only when all of it is in the storage.

    The sign of life is told how many records were read. The file is called by its checksum, so what a killed worker left behind is overwritten by the same bytes or by none.
    """
    export = export_release(release, format_name=format_name, split=split, level=level)
    with TemporaryFile() as written:
        digest, length = write_export(export, written, sign_of_life)
        name = f"releases/{release.pk}/{digest}{export.filename[export.filename.rindex('.') :]}"
        store_file(name, written, length)
    file, _ = ReleaseFile.objects.update_or_create(
        release=release,
        format=format_name,
        split=split,
        level=level,
        version=__version__,
        defaults={
            "name": name,
            "sha256": digest,
            "length": length,
            "losses": [lost.to_json() for lost in export.losses.summarize()],
        },
    )
    return file


def write_export(export: Export, file: IO[bytes], sign_of_life: Callable[[int], None]) -> tuple[str, int]:
    """Write an export into a file, and tell its checksum and length; the sign of life is told how many records were read."""
    digest, length = sha256(), 0
    for number, chunk in enumerate(export.chunks):
        digest.update(chunk)
        length += file.write(chunk)
        if number % CHUNKS_BETWEEN_SIGNS == 0:
            sign_of_life(export.read.number)
    sign_of_life(export.read.number)
    return digest.hexdigest(), length


def store_file(name: str, file: IO[bytes], length: int) -> None:
    """Put a file into the storage; a half of it that does not fit is taken away."""
    if default_storage.exists(name):
        if default_storage.size(name) == length:
            return
        default_storage.delete(name)
    file.seek(0)
    try:
        default_storage.save(name, File(file))
    except OSError:
        default_storage.delete(name)
        raise


def is_here(file: StoredFile) -> bool:
    """Whether this machine can read the file: one that another machine keeps for itself is written anew as it is sent."""
    return default_storage.exists(file.name)


def read_part(file: StoredFile, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from one place to before another, a block at a time."""
    with default_storage.open(file.name) as stored:
        stored.seek(start)
        left = end - start
        while left > 0 and (block := stored.read(min(BLOCK, left))):
            left -= len(block)
            yield block
