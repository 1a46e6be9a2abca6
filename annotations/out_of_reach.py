"""The errors for what cannot be reached at a moment, the database or the storage of files, which pages, API and jobs tell alike."""

from django.db import InterfaceError, OperationalError


class FilesAwayError(ConnectionError):
    """The storage of files does not answer, or lets nobody in; what is in the database is as it was."""

    def __init__(self) -> None:
        super().__init__(
            "The place where the files of imports and releases are kept cannot be reached at this moment. What was saved stays "
            "saved: try again in a few minutes. Whoever runs the workbench sees the cause in its log and with “manage.py doctor”."
        )


class DatabaseAwayError(ConnectionError):
    """The database does not answer, is being started, is busy or full; nothing of the request was saved."""

    def __init__(self) -> None:
        super().__init__(
            "The database does not answer at this moment. What was saved before stays saved; what you have just sent is not: "
            "send it again in a minute. Whoever runs the workbench sees the cause in its log."
        )


def explain_database(error: BaseException | None) -> DatabaseAwayError | None:
    """What to tell people of an error of the database, where that is away and makes no mistake of ours."""
    return DatabaseAwayError() if isinstance(error, OperationalError | InterfaceError) else None
