"""The errors for what cannot be reached at a moment, the database or the storage of files, which pages, API and jobs tell alike."""

import sqlite3
from typing import ClassVar

from django.db import InterfaceError, OperationalError

BUSY_OR_AWAY_ON_SQLITE = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY),
    }
)
BUSY_OR_AWAY_ON_POSTGRESQL = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connections, conflicts of transactions, what has run out, what is in use, and what an operator stopped."""


class OutOfReachError(ConnectionError):
    """Something that the workbench needs does not answer at a moment; under which title people read that, and after how many seconds they try again."""

    title: ClassVar[str]
    retry_after: ClassVar[int]


class FilesAwayError(OutOfReachError):
    """The storage of files does not answer, or lets nobody in; what is in the database is as it was."""

    title = "Files cannot be reached"
    retry_after = 120

    def __init__(self) -> None:
        super().__init__(
            "The place where the files of imports and releases are kept cannot be reached at this moment. What was saved stays "
            "saved: try again in a few minutes. Whoever runs the workbench sees the cause in its log and with “manage.py doctor”."
        )


class DatabaseAwayError(OutOfReachError):
    """The database does not answer, is being started, is busy or full; nothing of the request was saved."""

    title = "The database cannot be reached"
    retry_after = 30

    def __init__(self) -> None:
        super().__init__(
            "The database does not answer at this moment. What was saved before stays saved; what you have just sent is not: "
            "send it again in a minute. Whoever runs the workbench sees the cause in its log."
        )


def explain_database(error: BaseException | None) -> DatabaseAwayError | None:
    """What to tell people of an error of the database, where that is away; None where the error is a mistake of ours, as a table that is not there."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        is_away = getattr(cause, "sqlite_errorcode", 0) & 0xFF in BUSY_OR_AWAY_ON_SQLITE
    else:  # without a state, the server was never reached
        is_away = (getattr(cause, "sqlstate", None) or "08").startswith(BUSY_OR_AWAY_ON_POSTGRESQL)
    return DatabaseAwayError() if is_away else None
