"""Write a release as a folder that Hugging Face's datasets loads."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.formats.errors import RefusedError
from annotations.gold.folders import write_folder
from annotations.gold.publishing import ReleaseWithdrawnError, check_handed_out
from annotations.management.commands.export import write_atomically
from annotations.management.naming import RELEASE_HELP, find_release


class Command(BaseCommand):
    """Writes a release as a folder: Parquet by parts, a card, and its description in Croissant; all of it or nothing."""

    help = (
        "Write a release as a folder that Hugging Face's datasets loads: Parquet by parts, a card, Croissant."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release, folder = find_release(options["release"]), options["folder"]
        if folder.exists():
            raise CommandError(f"{folder} is there already: name a folder that is not there yet.")
        half = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        try:
            check_handed_out(release)
            for name, chunks in write_folder(release):
                path = half / name
                path.parent.mkdir(parents=True, exist_ok=True)
                self.stdout.write(f"{write_atomically(chunks, path)}  {folder / name}")
            half.rename(folder)
        except (RefusedError, ReleaseWithdrawnError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(half, ignore_errors=True)
