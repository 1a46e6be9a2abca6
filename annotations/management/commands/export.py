"""Write a release to a file."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.formats.registry import WRITTEN
from annotations.gold.exports import FormatLosesError, export_release
from annotations.gold.releases import ReleaseDamagedError
from annotations.gold.splitting import UnknownSplitError
from annotations.management.naming import RELEASE_HELP, find_release


class Command(BaseCommand):
    """Writes a release to a file in one of the formats."""

    help = "Write a release to a file in one of the formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)
        parser.add_argument("--format", required=True, choices=[known.name for known in WRITTEN])
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument(
            "--split", default="", metavar="PART", help="only this part of the release; several with commas"
        )
        parser.add_argument(
            "--strict", action="store_true", help="fail rather than leave out what the format cannot hold"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release = find_release(options["release"])
        try:
            export = export_release(
                release, format_name=options["format"], strict=options["strict"], split=options["split"]
            )
            digest = write_atomically(export.chunks, options["output"])
        except (FormatLosesError, ReleaseDamagedError, UnknownSplitError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}") from error
        for line in export.losses.describe():
            self.stderr.write(line)
        self.stdout.write(f"{digest}  {options['output']}")


def write_atomically(chunks: Iterable[bytes], path: Path) -> str:
    """Write beside the target first, so that nobody ever reads half a file, and return the checksum."""
    digest = sha256()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest()
