"""That the place where files are kept cannot be reached: what the storage of an installation says, and pages, API and jobs tell."""


class FilesAwayError(ConnectionError):
    """The storage of files does not answer, or lets nobody in; what is in the database is as it was."""

    def __init__(self) -> None:
        super().__init__(
            "The place where the files of imports and releases are kept cannot be reached at this moment. What was saved stays "
            "saved: try again in a few minutes. Whoever runs the workbench sees the cause in its log and with “manage.py doctor”."
        )
