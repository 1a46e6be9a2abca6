"""`manage.py restore FILE`: an installation from a backup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.management.backups.errors import BackupError
from annotations.management.backups.services import restore_backup
from annotations.plurals import count_things


class Command(BaseCommand):
    """Puts a backup back into an empty installation of the version that made it."""

    help = (
        "Put a backup back. The installation's folder and database must be empty, and the version the one that made it; "
        "every checksum is looked at before anything is put into its place."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="What `manage.py backup` wrote.")

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            restored = restore_backup(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{count_things(restored.files, 'file is', 'files are')} back in {settings.HOME}. Start the workbench as before (`{settings.START_COMMAND}`), "
            "then `manage.py doctor` looks over it."
        )
