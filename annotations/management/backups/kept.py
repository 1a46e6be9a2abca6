"""A backup as a job, kept where the page of the installation offers it."""

import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from annotations.jobs.backups import PLACE, forget_old_backups, name_backup
from annotations.jobs.worker import Checkpoint, GivenUpError
from annotations.management.backups.errors import BackupError
from annotations.management.backups.services import TEMPORARY, make_backup
from annotations.models import Job
from annotations.plurals import count_things

DAY = 24 * 60 * 60.0


def run_make_backup(_job: Job, checkpoint: Checkpoint) -> None:
    """Write a backup, put it with the kept ones, and let the oldest go; one that is broken off is begun again."""
    _clear_leftovers()
    name = name_backup(timezone.now())
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=settings.HOME) as folder:
        path = Path(folder) / name
        try:
            made = make_backup(path, advance=lambda done, total: checkpoint(done=done, total=total))
        except BackupError as error:
            raise GivenUpError(str(error)) from error
        with path.open("rb") as file:
            default_storage.save(f"{PLACE}/{name}", File(file))
    forget_old_backups()
    checkpoint(message=f"{count_things(made.files, 'file')}, {made.bytes:,} bytes")


def _clear_leftovers() -> None:
    """Remove what a worker that was killed left of a backup; one at work is younger than a day."""
    for folder in settings.HOME.glob(f"{TEMPORARY}*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > DAY:
            shutil.rmtree(folder, ignore_errors=True)
