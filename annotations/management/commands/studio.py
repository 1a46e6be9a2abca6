"""Start, stop or look at the local Label Studio."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.labelstudio.access import local_studio
from annotations.labelstudio.account import StudioServerError


class Command(BaseCommand):
    """Starts, stops or looks at the Label Studio that runs beside the workbench."""

    help = "Start, stop or look at the Label Studio that runs beside the workbench."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status"])
        parser.add_argument(
            "--port", type=int, help="Where it listens on the loopback; a free port without this."
        )

    def handle(self, *, action: str, port: int | None, **_: Any) -> None:
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
