"""`manage.py verify RELEASE`: prove that a release is what was frozen, and that its sources still give it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.gold.releases import ReleaseDamagedError, ReleaseNotRebuiltError, rebuild_release
from annotations.management.naming import RELEASE_HELP, find_release


class Command(BaseCommand):
    """Builds a release again and compares it with what was frozen."""

    help = "Build a release again from articles, annotations and decisions, and compare it byte for byte."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", metavar="RELEASE", help=RELEASE_HELP)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        release = find_release(options["release"])
        try:
            rebuild_release(release)
        except (ReleaseDamagedError, ReleaseNotRebuiltError) as error:
            raise CommandError(f"{release} does not hold: {error}.") from error
        articles = release.manifest["counts"]["articles"]
        self.stdout.write(
            f"{release.project.slug}/{release.number} ({release.title}) holds: {articles} articles were built "
            f"again from their sources and equal what was frozen. Manifest: {release.sha256}"
        )
