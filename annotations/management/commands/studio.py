"""Start, stop or look at the local Label Studio, or make a token of one elsewhere."""

import os
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.labelstudio.access import local_studio
from annotations.labelstudio.account import ServiceAccount, StudioServerError, create_token


class Command(BaseCommand):
    """Starts, stops or looks at the Label Studio that runs beside the workbench, or signs in to one elsewhere."""

    help = (
        "Start, stop or look at the Label Studio that runs beside the workbench; or print a token of the one that STUDIO_URL "
        "names, as the account of STUDIO_USERNAME and STUDIO_PASSWORD, for STUDIO_TOKEN."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status", "token"])
        parser.add_argument(
            "--port", type=int, help="Where it listens on the loopback; a free port without this."
        )

    def handle(self, *, action: str, port: int | None, **_: Any) -> None:
        if action == "token":
            self.stdout.write(_make_token())
            return
        studio = local_studio()
        if action == "stop":
            self.stdout.write(
                "Label Studio has stopped." if studio.stop() else "Label Studio was not running."
            )
            return
        if action == "start":
            try:
                studio.install()
                running = studio.start(public_url=settings.PUBLIC_URL, port=port)
                studio.wait_until_healthy(running)
                studio.obtain_token(running)
            except StudioServerError as error:
                raise CommandError(str(error)) from error
        found = studio.find_running()
        if found is None:
            raise CommandError(
                f"Label Studio is not running: start it with `manage.py studio start`. Log: {studio.log}"
            )
        self.stdout.write(
            f"Label Studio runs at {found.url} (process {found.pid}), for browsers at {found.public_url}."
        )


def _make_token() -> str:
    """A personal access token of a Label Studio elsewhere; the password comes from the environment, which no other account reads."""
    names = ("STUDIO_USERNAME", "STUDIO_PASSWORD")
    if not settings.STUDIO_URL or not all(os.environ.get(name) for name in names):
        raise CommandError(f"Set STUDIO_URL, {' and '.join(names)} in the environment first.")
    email, password = (os.environ[name] for name in names)
    try:
        return create_token(settings.STUDIO_URL, ServiceAccount(email, password))
    except StudioServerError as error:
        raise CommandError(
            f"{email} cannot sign in to Label Studio at {settings.STUDIO_URL}: see that it is an account there and the password is right."
        ) from error
    except httpx.HTTPError as error:
        raise CommandError(f"Label Studio does not answer at {settings.STUDIO_URL}: {error}") from error
