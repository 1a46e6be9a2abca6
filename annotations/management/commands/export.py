"""Write a release to a file."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.formats.levels import ContentLevel, LevelNotHeldError
from annotations.formats.registry import WRITTEN
from annotations.gold.exports import Export, FormatLosesError, export_release
from annotations.gold.publishing import ReleaseWithdrawnError, check_handed_out
from annotations.gold.releases import ReleaseDamagedError
from annotations.gold.splitting import UnknownSplitError
from annotations.management.naming import RELEASE_HELP, find_release

REFUSED = (
    FormatLosesError,
    LevelNotHeldError,
    ReleaseDamagedError,
    ReleaseWithdrawnError,
    UnknownSplitError,
)


class Command(BaseCommand):
    """Writes a release to a file in one of the formats."""

    help = "Write a release to a file in one of the formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)
        formats = parser.add_mutually_exclusive_group(required=True)
        formats.add_argument("--format", choices=[known.name for known in WRITTEN])
        formats.add_argument(
            "--all-formats",
            action="store_true",
            help="write a file for each format that holds the level, called as downloads are",
        )
        parser.add_argument(
            "--output",
            required=True,
            type=Path,
            metavar="FILE",
            help="the file, or the folder of all formats",
        )
        parser.add_argument(
            "--level",
            choices=list(ContentLevel),
            type=ContentLevel,
            default=ContentLevel.GOLD,
            help="; ".join(f"{level.value}: {level.words}" for level in ContentLevel),
        )
        parser.add_argument(
            "--split", default="", metavar="PART", help="only this part of the release; several with commas"
        )
        parser.add_argument(
            "--strict", action="store_true", help="fail rather than leave out what the format cannot hold"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release = find_release(options["release"])
        output: Path = options["output"]
        wanted = {name: options[name] for name in ("strict", "split", "level")}
        try:
            check_handed_out(release)
            if not options["all_formats"]:
                self._write(export_release(release, format_name=options["format"], **wanted), output)
                return
            names = [known.name for known in WRITTEN if options["level"] in known.levels]
            exports = {name: export_release(release, format_name=name, **wanted) for name in names}
            output.mkdir(parents=True, exist_ok=True)
            for name, export in exports.items():
                self._write(export, output / export.filename, of=name)
        except REFUSED as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error

    def _write(self, export: Export, path: Path, *, of: str = "") -> None:
        digest = write_atomically(export.chunks, path)
        for lost in export.losses.summarize():
            self.stderr.write(f"{of}: {lost.explain()}" if of else lost.explain())
        self.stdout.write(f"{digest}  {path}")


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
