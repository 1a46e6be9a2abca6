"""`manage.py backup FILE`: the whole installation in one file, while people work."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from annotations.management.backups.errors import BackupError
from annotations.management.backups.services import make_backup
from annotations.plurals import count_things
from annotations.studio_numbers import name_setting, name_studio


class Command(BaseCommand):
    """Writes everything that the installation keeps into one file."""

    help = (
        "Write the database, the files, the keys and Label Studio's data into one file with checksums, while people work. "
        "`manage.py restore` puts it back. The file holds the keys: keep it like a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="Where to write it, such as monday.backup."
        )

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            with Progress(
                console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()
            ) as progress:
                bar = progress.add_task("Backing up")
                made = make_backup(
                    file, advance=lambda done, total: progress.update(bar, completed=done, total=total)
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {count_things(made.files, 'file')}, {made.bytes:,} bytes.")
        for studio in made.without:
            self.stdout.write(
                f"The data of {name_studio(studio)} are not in it: back them up there, or name its database by "
                f"{name_setting(studio, 'DATABASE_URL')}. "
                "What is lost there is work in queues and drafts; everything submitted is in this file."
            )
