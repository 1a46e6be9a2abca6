"""Why a backup cannot be made or put back."""


class BackupError(Exception):
    """A backup cannot be made or put back; the message says why and what to do."""
