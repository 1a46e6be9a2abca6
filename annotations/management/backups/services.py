"""Making a backup of this installation, and putting one back.

The workbench's database comes first, then its files, then Label Studio's data. So whatever changes meanwhile is in
the Studio at most, and the next reconciling brings it over; nothing that was acknowledged is without its Studio task.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from annotations import __version__
from annotations.jobs.backups import PLACE
from annotations.limits import MAX_STUDIOS
from annotations.management.backups.databases import Database, PostgresDatabase, SqliteFile
from annotations.management.backups.errors import BackupError
from annotations.management.backups.packing import unpack, writing_backup
from annotations.projects.studios import list_studios
from annotations.studio_numbers import FIRST_STUDIO, name_setting, name_studio, prefix_of

FORMAT = 2
KNOWN_NUMBERS = frozenset(map(str, range(FIRST_STUDIO, MAX_STUDIOS + 1)))
OURS = "database/workbench"
SETTINGS = "settings.env"
FILES = "files"
TEMPORARY = "backup-"
"""How the folders begin in which databases are dumped."""
SECONDS_BETWEEN = 1.0
STUDIO_FOLDER = "label-studio"
ACCOUNT = f"{STUDIO_FOLDER}/account.json"
DATA = f"{STUDIO_FOLDER}/data"


class BackupProgress:
    """Tells how much of a backup is done, often enough that whoever follows it sees that it lives."""

    def __init__(self, total: int, advance: Callable[[int, int], None]) -> None:
        self._total = total
        self._advance = advance
        self._done = 0
        self._told_at = float("-inf")

    def go_on(self, size: int) -> None:
        """So many bytes more are in the file."""
        self._done += size
        self._tell(self._done)

    def wait_for(self, dump: Callable[[Path], None], copy: Path) -> None:
        """Let a database be dumped, and tell meanwhile how much of the dump is there."""
        with ThreadPoolExecutor(1) as beside:
            dumping = beside.submit(dump, copy)
            while not dumping.done():
                wait([dumping], timeout=SECONDS_BETWEEN)
                self._tell(self._done + _size(copy))
            dumping.result()

    def _tell(self, done: int) -> None:
        if time.monotonic() - self._told_at >= SECONDS_BETWEEN:
            self._advance(min(done, self._total), self._total)
            self._told_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    files: int
    bytes: int
    without: tuple[int, ...]
    """The Label Studios whose data are not in it, since no setting says where their databases are."""


def make_backup(path: Path, *, advance: Callable[[int, int], None] = lambda _done, _total: None) -> Backup:
    """Write everything that this installation keeps into one file, while people work.

    The databases are dumped beside this thread, which says every second or so to `advance` how many bytes of about how
    many were read; what it raises ends the backup, and no file is left.
    """
    database, studios = find_database(), find_studio_databases()
    total = sum(each.size() for each in (database, *studios.values()))
    progress = BackupProgress(total + sum(map(_size, (*_list_files(), *_list_studio_data()))), advance)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=_home()) as folder, writing_backup(path) as backup:
        copy = Path(folder) / "copy"

        def add(file: Path, name: str) -> None:
            size = _size(file)
            backup.add(file, name)
            progress.go_on(size)

        def add_dump(source: Database, name: str) -> None:
            progress.wait_for(source.dump, copy)
            add(copy, name)
            copy.unlink(missing_ok=True)

        add_dump(database, OURS)
        manifest = describe(database)
        add(settings.HOME / SETTINGS, SETTINGS)
        for file in _list_files():
            add(file, f"{FILES}/{file.relative_to(_files_folder()).as_posix()}")
        for number, studio in studios.items():
            add_dump(studio, place_studio(number))
        add(settings.HOME / ACCOUNT, ACCOUNT)
        for file in _list_studio_data():
            add(file, f"{DATA}/{file.relative_to(settings.HOME / DATA).as_posix()}")
        kinds = {str(number): studio.vendor for number, studio in studios.items()}
        backup.finish({**manifest, "studios": kinds})
        number = backup.number
    return Backup(number, path.stat().st_size, tuple(sorted(set(list_studios()) - set(studios))))


def restore_backup(path: Path) -> Backup:
    """Put a backup into this installation, which has to be empty and of the version that made it."""
    database, studios = find_database(), find_studio_databases(must_exist=False)
    check_empty(database)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=_home()) as folder:
        unpacked = Path(folder)
        manifest = unpack(path, unpacked)
        check_fits(manifest, database, studios, path)
        database.load(unpacked / OURS)
        for number in map(int, manifest["studios"]):
            studios[number].load(unpacked / place_studio(number))
        _move(unpacked / FILES, _files_folder())
        _move(unpacked / DATA, settings.HOME / DATA)
        for name in (ACCOUNT, SETTINGS):
            if (unpacked / name).exists():
                (settings.HOME / name).parent.mkdir(parents=True, exist_ok=True)
                (unpacked / name).replace(settings.HOME / name)
    return Backup(len(manifest["files"]), path.stat().st_size, ())


def describe(database: Database) -> dict[str, Any]:
    """What a later version has to know of a backup: who made it, and how far its tables are."""
    return {
        "format": FORMAT,
        "version": __version__,
        "database": database.vendor,
        "migrations": sorted(
            f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
        ),
        "made_at": timezone.now().isoformat(),
    }


def check_empty(database: Database) -> None:
    """Refuse to put a backup over anything that is there."""
    there = [
        *(settings.HOME / name for name in (SETTINGS, ACCOUNT) if (settings.HOME / name).exists()),
        *(folder for folder in (_files_folder(), settings.HOME / DATA) if next(_walk(folder), None)),
    ]
    if there:
        raise BackupError(
            f"{settings.HOME} is not empty ({there[0]} is there): a backup is put back into an empty installation only. Move "
            "the folder away, or name another by WORKBENCH_HOME."
        )
    database.check_empty()


def check_fits(
    manifest: dict[str, Any], database: Database, studios: Mapping[int, Database], path: Path
) -> None:
    """Refuse a backup of another version, or of a database of another kind, and say what to do."""
    known = sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
    version, made = manifest.get("version"), manifest.get("migrations")
    if manifest.get("format") != FORMAT or version != __version__ or not isinstance(made, list):
        raise BackupError(
            f"{path} was made by version {version}, and this is {__version__}: install that version, restore with it, and "
            "upgrade afterwards (`manage.py migrate`)."
        )
    _check_is_whole(manifest, path)
    if other := sorted({*made} ^ {*known}):
        raise BackupError(
            f"{path} was made with other tables than this version has ({len(other)} migrations differ, {other[-1]} among "
            "them): install the very version that made it, restore with it, and upgrade afterwards (`manage.py migrate`)."
        )
    if manifest["database"] != database.vendor:
        raise BackupError(
            f"{path} holds a database of {manifest['database']}, and DATABASE_URL names one of {database.vendor}: "
            + (
                "leave DATABASE_URL out."
                if manifest["database"] == "sqlite"
                else "set it to an empty database on a server."
            )
        )
    for number, vendor in ((int(key), vendor) for key, vendor in manifest["studios"].items()):
        studio = studios.get(number)
        if studio is None or studio.vendor != vendor:
            raise BackupError(
                f"{path} holds the database of {name_studio(number)}, of {vendor}: "
                + (
                    f"leave {name_setting(number, 'DATABASE_URL')} out."
                    if vendor == "sqlite"
                    else f"name an empty one by {name_setting(number, 'DATABASE_URL')}."
                )
            )
        if vendor == "postgresql":
            studio.check_empty()


def _check_is_whole(manifest: dict[str, Any], path: Path) -> None:
    """Refuse what lacks something that every backup says or holds, as only one that somebody changed does."""
    names = {file["name"] for file in manifest["files"]}
    studios = manifest.get("studios")
    is_said = all(isinstance(name, str) for name in (manifest.get("database"), *manifest["migrations"]))
    is_whole = isinstance(studios, dict) and all(
        key in KNOWN_NUMBERS and place_studio(int(key)) in names for key in studios
    )
    if not is_said or OURS not in names or not is_whole:
        raise BackupError(
            f"{path} does not say what every backup says of its databases, or lacks one of them: somebody changed it. "
            "Take another backup."
        )


def find_database() -> Database:
    """The workbench's own database."""
    if connection.vendor == "sqlite":
        return SqliteFile(Path(connection.settings_dict["NAME"]))
    return PostgresDatabase(connection.get_connection_params())


def find_studio_databases(*, must_exist: bool = True) -> dict[int, Database]:
    """The databases of the Label Studios: those that settings name, and the file of the local one, if there is one."""
    addresses = {number: more["database_url"] for number, more in settings.MORE_STUDIOS.items()}
    addresses[FIRST_STUDIO] = settings.STUDIO_DATABASE_URL
    found: dict[int, Database] = {
        number: _find_on_server(address) for number, address in sorted(addresses.items()) if address
    }
    file = _studio_file()
    if FIRST_STUDIO not in found and (file.exists() or not must_exist):
        found[FIRST_STUDIO] = SqliteFile(file)
    return found


def _find_on_server(address: str) -> PostgresDatabase:
    parts = dj_database_url.parse(address)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return PostgresDatabase({name: parts[key] for name, key in names.items()} | parts.get("OPTIONS", {}))


def place_studio(number: int) -> str:
    """Say where in a backup the database of a Label Studio lies."""
    return f"database/label-{prefix_of(number)}"


def _studio_file() -> Path:
    path: Path = settings.HOME / DATA / "label_studio.sqlite3"
    return path


def _home() -> Path:
    home: Path = settings.HOME
    home.mkdir(parents=True, exist_ok=True)
    return home


def _files_folder() -> Path:
    """Where files of releases and imports lie; storage that is not a folder keeps itself."""
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.location)
    return Path(settings.HOME) / FILES


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _list_files() -> Iterator[Path]:
    """The files of imports and releases; the backups that are kept beside them are in no backup."""
    kept = _files_folder() / PLACE
    return (file for file in _walk(_files_folder()) if not file.is_relative_to(kept))


def _list_studio_data() -> Iterator[Path]:
    """The files of the local Label Studio but for its database, which is dumped."""
    return (file for file in _walk(settings.HOME / DATA) if not file.name.startswith(_studio_file().name))


def _walk(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(root) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _move(source: Path, target: Path) -> None:
    """Move what was unpacked into a folder that may be there, empty."""
    for file in list(_walk(source)):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
