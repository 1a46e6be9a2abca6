"""Start, stop or look at the local Label Studio, or make a token of one elsewhere."""

import os
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.labelstudio.access import local_studio
from annotations.labelstudio.account import ServiceAccount, StudioServerError, create_token
from annotations.limits import MAX_STUDIOS
from annotations.studio_numbers import FIRST_STUDIO, name_setting, name_studio


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

        parser.add_argument(
            "--studio",
            type=int,
            choices=range(FIRST_STUDIO, MAX_STUDIOS + 1),
            default=FIRST_STUDIO,
            metavar="NUMBER",
            help="Which of several, for `token`: 2 is that of STUDIO_2_URL.",
        )

    def handle(self, *, action: str, port: int | None, studio: int, **_: Any) -> None:
        if action == "token":
            self.stdout.write(_make_token(studio))
            return
        if studio != FIRST_STUDIO:
            raise CommandError(f"{name_studio(studio)} runs elsewhere: start, stop and look at it there.")
        local = local_studio()
        if action == "stop":
            self.stdout.write(
                "Label Studio has stopped." if local.stop() else "Label Studio was not running."
            )
            return
        if action == "start":
            try:
                local.install()
                running = local.start(public_url=settings.PUBLIC_URL, port=port)
                local.wait_until_healthy(running)
                local.obtain_token(running)
            except StudioServerError as error:
                raise CommandError(str(error)) from error
        found = local.find_running()
        if found is None:
            raise CommandError(
                f"Label Studio is not running: start it with `manage.py studio start`. Log: {local.log}"
            )
        self.stdout.write(
            f"Label Studio runs at {found.url} (process {found.pid}), for browsers at {found.public_url}."
        )


def _make_token(studio: int) -> str:
    """A personal access token of a Label Studio elsewhere; the password comes from the environment, which no other account reads."""
    names = tuple(name_setting(studio, what) for what in ("USERNAME", "PASSWORD"))
    url = settings.STUDIO_URL if studio == FIRST_STUDIO else settings.MORE_STUDIOS.get(studio, {}).get("url")
    if not url or not all(os.environ.get(name) for name in names):
        raise CommandError(
            f"Set {name_setting(studio, 'URL')}, {' and '.join(names)} in the environment first."
        )
    email, password = (os.environ[name] for name in names)
    try:
        return create_token(url, ServiceAccount(email, password))
    except StudioServerError as error:
        raise CommandError(
            f"{email} cannot sign in to {name_studio(studio)} at {url}: see that it is an account there and the password is right."
        ) from error
    except httpx.HTTPError as error:
        raise CommandError(f"{name_studio(studio)} does not answer at {url}: {error}") from error
