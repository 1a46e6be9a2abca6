"""The address of the database that a test runs on, for the processes that it starts."""

from urllib.parse import quote

from django.db import connection


def name_database() -> str:
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    login = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    port = f":{parts['PORT']}" if parts["PORT"] else ""
    host = quote(parts["HOST"] or parts["OPTIONS"].get("host", ""), safe="")
    return f"postgresql://{login}@{host}{port}/{parts['NAME']}"
