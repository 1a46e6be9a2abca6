"""What an installation keeps of a person, from its command line: for somebody who cannot sign in any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.collection.personal_data import write_personal_data
from annotations.models import User


class Command(BaseCommand):
    """Prints all that is kept of a person, as lines of JSON."""

    help = "Print all that is kept of a person, as lines of JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="The address of somebody who has an account.")

    def handle(self, *, email: str, **_: Any) -> None:
        user: User | None = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email!r} here.")
        for line in write_personal_data(user):
            self.stdout.write(line.decode(), ending="")
