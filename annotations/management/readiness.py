"""Whether the database is what this version of the code expects."""

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


class DatabaseNotReadyError(Exception):
    """The database lacks tables or columns that the code needs; the message says how to add them."""


def check_migrations() -> None:
    """Refuse a database that is new or older than the code; one that does not answer at all is waited for elsewhere."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError:
        return
    if missing:
        raise DatabaseNotReadyError(
            f"The database is not up to date: {len(missing)} migrations are missing. "
            f"Run `manage.py migrate`, or `{settings.START_COMMAND}`, which does it by itself.",
        )
