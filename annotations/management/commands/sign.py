"""`manage.py sign RELEASE --key FILE --signer NAME`: put a signature under a release."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.gold.signing import SigningError, sign_release
from annotations.management.naming import RELEASE_HELP, find_release
from annotations.projects.archived import ProjectArchivedError


class Command(BaseCommand):
    """Signs the manifest of a release with an ssh key, which stays where it is."""

    help = "Sign the manifest of a release with an ssh key; the signature goes with the release, the key stays where it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)
        parser.add_argument("--key", required=True, type=Path, metavar="FILE", help="the private key")
        parser.add_argument(
            "--signer",
            required=True,
            metavar="NAME",
            help="as whom others know its public half, as in you@example.org",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release = find_release(options["release"])
        try:
            made = sign_release(release, key=options["key"], signer=options["signer"])
        except (SigningError, ProjectArchivedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Signed {release.project.slug}/{release.number} ({release.title}) as {made.signer}. Manifest: {release.sha256}"
        )
