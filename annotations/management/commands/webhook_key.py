"""The key with which messages to another program are signed, for whoever sets that program up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.webhooks.choosing import list_endpoints
from annotations.webhooks.delivering import make_key


class Command(BaseCommand):
    """Prints the key of a program that the WEBHOOKS setting names."""

    help = "Print the key with which messages to a program of the WEBHOOKS setting are signed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="As the WEBHOOKS setting calls the program.")

    def handle(self, *, name: str, **_: Any) -> None:
        if name not in list_endpoints():
            known = ", ".join(list_endpoints()) or "none yet: set WEBHOOKS to NAME=https://ADDRESS"
            raise CommandError(f"The settings name no program {name!r}. There are: {known}.")
        self.stdout.write(make_key(name))
