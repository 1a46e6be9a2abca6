"""Say what changed between two releases of a project."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.gold.comparing import NotComparableError, check_comparable, write_json, write_markdown
from annotations.gold.publishing import ReleaseWithdrawnError
from annotations.management.naming import RELEASE_HELP, find_release


class Command(BaseCommand):
    """Writes what changed between two releases as a changelog, or as JSON."""

    help = "Say what changed between two releases: articles, spans, relations and answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("before", metavar="BEFORE", help=f"the earlier release: {RELEASE_HELP}")
        parser.add_argument("after", metavar="AFTER", help="the later one")
        parser.add_argument("--json", action="store_true", help="every change as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        before, after = find_release(options["before"]), find_release(options["after"])
        try:
            check_comparable(before, after)
        except NotComparableError as error:
            raise CommandError(f"{error}.") from error
        except ReleaseWithdrawnError as error:
            raise CommandError(str(error)) from error
        for part in (write_json if options["json"] else write_markdown)(before, after):
            self.stdout.write(part.decode(), ending="")
