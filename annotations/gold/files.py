"""The files of releases: each is written once by a job, kept with its checksum, and handed out from there.

JSONL is written when a release is frozen, another format when it is first asked for.
"""

import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from annotations import __version__
from annotations.gold.exports import Export, export_release, find_file
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.models import Job, Release, ReleaseFile

log = logging.getLogger(__name__)
KIND = "prepare_release"
CHUNKS_BETWEEN_SIGNS = 500
BLOCK = 1 << 16


def ask_for_file(release: Release, format_name: str, *, split: str = "") -> Job:
    """Ask a worker to write the file of a release, or of some of its parts, in a format; asking again before it is written changes nothing."""
    return enqueue(
        KIND,
        key=":".join([KIND, str(release.pk), format_name, *filter(None, [split])]),
        project=release.project,
        arguments={"release": release.pk, "format": format_name, **({"split": split} if split else {})},
    )


def run_prepare_release(job: Job, checkpoint: Checkpoint) -> None:
    """Write the file that was asked for; one that was written before a crash is not written again."""
    release = Release.objects.select_related("project").get(pk=job.arguments["release"])
    name, split = job.arguments["format"], job.arguments.get("split", "")
    file = find_file(release, name, split=split)
    if file is None or not is_here(file):
        prepare_file(release, name, split=split, sign_of_life=checkpoint)


def prepare_file(
    release: Release, format_name: str, *, split: str = "", sign_of_life: Callable[[], None] = lambda: None
) -> ReleaseFile:
    """Write the file of a release, or of some of its parts, in a format; there is a row for it only when all of it is in the storage.

    The file is called by its checksum, so what a killed worker left behind is overwritten by the same bytes or by none.
    """
    export = export_release(release, format_name=format_name, split=split)
    with TemporaryFile() as written:
        digest, length = _write(export, written, sign_of_life)
        name = f"releases/{release.pk}/{digest}{export.filename[export.filename.rindex('.') :]}"
        _store(name, written, length)
    file, _ = ReleaseFile.objects.update_or_create(
        release=release,
        format=format_name,
        split=split,
        version=__version__,
        defaults={
            "name": name,
            "sha256": digest,
            "length": length,
            "losses": export.losses.describe(),
        },
    )
    return file


def _write(export: Export, file: IO[bytes], sign_of_life: Callable[[], None]) -> tuple[str, int]:
    digest, length = sha256(), 0
    for number, chunk in enumerate(export.chunks):
        digest.update(chunk)
        length += file.write(chunk)
        if number % CHUNKS_BETWEEN_SIGNS == 0:
            sign_of_life()
    return digest.hexdigest(), length


def _store(name: str, file: IO[bytes], length: int) -> None:
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


def is_here(file: ReleaseFile) -> bool:
    """Whether this machine can read the file: one that another machine keeps for itself is written anew as it is sent."""
    return default_storage.exists(file.name)


def read_part(file: ReleaseFile, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from one place to before another, a block at a time."""
    with default_storage.open(file.name) as stored:
        stored.seek(start)
        left = end - start
        while left > 0 and (block := stored.read(min(BLOCK, left))):
            left -= len(block)
            yield block
