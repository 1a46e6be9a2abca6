"""`manage.py verify RELEASE`: prove that a release is what was frozen, and that its sources still give it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.gold.releases import ReleaseDamagedError, ReleaseNotRebuiltError, rebuild_release
from annotations.gold.signing import SigningError, verify_signatures
from annotations.management.naming import RELEASE_HELP, find_release
from annotations.plurals import count_things


class Command(BaseCommand):
    """Builds a release again and compares it with what was frozen."""

    help = "Build a release again from articles, annotations and decisions, and compare it byte for byte."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)

        parser.add_argument(
            "--signers",
            type=Path,
            metavar="FILE",
            help="also verify its signatures, by a file of allowed signers as OpenSSH has it",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release = find_release(options["release"])
        try:
            rebuild_release(release)
            signers = verify_signatures(release, signers=options["signers"]) if options["signers"] else []
        except (ReleaseDamagedError, ReleaseNotRebuiltError, SigningError) as error:
            raise CommandError(f"{release} does not hold: {error}.") from error
        articles = release.manifest["counts"]["articles"]
        self.stdout.write(
            f"{release.project.slug}/{release.number} ({release.title}) holds: {count_things(articles, 'article was', 'articles were')} built "
            f"again from the sources, byte for byte as frozen. Manifest: {release.sha256}"
        )
        if signers:
            self.stdout.write(f"Signed by {', '.join(signers)}.")
