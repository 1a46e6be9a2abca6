"""The error for a storage of files that cannot be reached, which pages, API and jobs tell alike."""


class FilesAwayError(ConnectionError):
    """The storage of files does not answer, or lets nobody in; what is in the database is as it was."""

    def __init__(self) -> None:
        super().__init__(
            "The place where the files of imports and releases are kept cannot be reached at this moment. What was saved stays "
            "saved: try again in a few minutes. Whoever runs the workbench sees the cause in its log and with “manage.py doctor”."
        )
