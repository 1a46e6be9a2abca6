"""Why an import does not go on; each message says what to do and can be shown as it is."""


class ImportUnderWayError(Exception):
    """Another import into the project has not ended yet."""


class ImportStateError(Exception):
    """An import cannot be taken a step on from where it stands."""


class FileNotTakenError(Exception):
    """A file cannot come into an import: its name leads elsewhere, or it is one too many or too large."""


class PartOutOfOrderError(Exception):
    """A part of a file does not begin where the last one ended; `received` says where that is."""

    def __init__(self, message: str, *, received: int) -> None:
        super().__init__(message)
        self.received = received
