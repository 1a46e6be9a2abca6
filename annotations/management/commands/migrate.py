"""Bring the database up to date, one server at a time: two that start at once on an empty one do not collide."""

from typing import Any

from django.core.management.commands import migrate

from annotations.models.turns import take_turn


class Command(migrate.Command):
    """Django's own `migrate`, by one process at a time where several start at once."""

    def handle(self, *arguments: Any, **options: Any) -> None:
        with take_turn("migrate"):
            super().handle(*arguments, **options)
