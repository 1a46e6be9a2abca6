"""Bring the database up to date, one server at a time: two that start at once on an empty one do not collide."""

from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from annotations.models.turns import take_turn


class Command(migrate.Command):
    """Django's own `migrate`, by one process at a time where several start at once."""

    def execute(self, *arguments: Any, **options: Any) -> str | None:
        if connection.vendor == "sqlite":  # the checks that come first open the file
            file = Path(str(connection.settings_dict["NAME"]))
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super().execute(*arguments, **options)

    def handle(self, *arguments: Any, **options: Any) -> None:
        with take_turn("migrate"):
            super().handle(*arguments, **options)
