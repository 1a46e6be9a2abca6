"""The database that a test runs on, shared with the processes that it starts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.db import OperationalError, connection


def name_database() -> str:
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    login = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    port = f":{parts['PORT']}" if parts["PORT"] else ""
    host = quote(parts["HOST"] or parts["OPTIONS"].get("host", ""), safe="")
    return f"postgresql://{login}@{host}{port}/{parts['NAME']}"


@contextmanager
def refusing_writes() -> Iterator[None]:
    """The database as it is on a full disk or a read-only one: it answers, and takes no writes."""

    def refuse(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def wait_for_others() -> None:
    """Wait until no other connection to this database is at work: PostgreSQL goes on for a moment for a client that was killed."""
    if connection.vendor == "sqlite":
        return
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND state <> 'idle'"
            )
            if cursor.fetchone() == (0,):
                return
            assert time.monotonic() < until, "a killed client's transaction goes on"
            time.sleep(0.02)
