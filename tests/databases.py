"""The address of the database that a test runs on, for the processes that it starts."""

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
