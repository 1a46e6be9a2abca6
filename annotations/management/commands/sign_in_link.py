"""A sign-in link from the command line of the installation: the way back in when nobody else can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.models import User
from annotations.projects.addresses import write_address
from annotations.projects.signing_in import HasPasswordError, OnlyNamedError, issue_sign_in_link, reset_access


class Command(BaseCommand):
    """Prints a sign-in link for somebody who has an account."""

    help = "Print a sign-in link that works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="The address of somebody who has an account.")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Also for somebody with a password: it ends at once, and so do their sessions and API tokens.",
        )

    def handle(self, *, email: str, reset: bool, **_: Any) -> None:
        user: User | None = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email!r} here.")
        if not user.is_active:
            raise CommandError(f"The account of {user.email} is closed: reopen it under /admin/ first.")
        try:
            token = reset_access(user, by=None) if reset else issue_sign_in_link(user, by=None)
        except OnlyNamedError as error:
            raise CommandError(f"{error}.") from error
        except HasPasswordError as error:
            raise CommandError(
                f"{user.email} has a password. To end it, with all sessions and API tokens, add --reset."
            ) from error
        self.stdout.write(write_address("web:sign-in-link", token))
