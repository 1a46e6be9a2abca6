"""The backups that jobs made, in the storage of files that all servers share: the latest few, by the time of their making."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from django.core.files.storage import default_storage

from annotations.limits import MAX_KEPT_BACKUPS

PLACE = "backups"
"""The folder below the files of the installation; no backup holds it."""
WRITTEN = "%Y-%m-%d-%H%M%S"
NAME = re.compile(r"\d{4}-\d\d-\d\d-\d{6}\.backup")


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """A backup that can be downloaded."""

    name: str
    bytes: int

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.name.removesuffix(".backup"), WRITTEN).replace(tzinfo=UTC)


def name_backup(moment: datetime) -> str:
    """What a backup of a moment is called.

    >>> name_backup(datetime(2026, 11, 27, 18, 5, 9, tzinfo=UTC))
    '2026-11-27-180509.backup'
    """
    return f"{moment.astimezone(UTC):{WRITTEN}}.backup"


def list_backups() -> list[KeptBackup]:
    """The backups that are kept, the latest first."""
    try:
        _, names = default_storage.listdir(PLACE)
    except FileNotFoundError:
        return []
    kept = sorted((name for name in names if NAME.fullmatch(name)), reverse=True)
    return [KeptBackup(name, default_storage.size(f"{PLACE}/{name}")) for name in kept]


def open_backup(name: str) -> IO[bytes] | None:
    """A kept backup to be read; None where none has the name."""
    if not NAME.fullmatch(name) or not default_storage.exists(f"{PLACE}/{name}"):
        return None
    file: IO[bytes] = default_storage.open(f"{PLACE}/{name}")
    return file


def forget_old_backups() -> int:
    """Remove all but the latest few; how many went."""
    old = list_backups()[MAX_KEPT_BACKUPS:]
    for backup in old:
        default_storage.delete(f"{PLACE}/{backup.name}")
    return len(old)
