"""The embedded database after all migrations, made once for each state of the migrations and copied for every run of tests."""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "test-databases"
DECIDES = (
    "annotations/migrations/*.py",
    "annotations/migrations/*/*.sql",
    "requirements/dev.txt",
    "tests/settings.py",
    "workbench/settings/*.py",
)


def name_migrated() -> Path:
    """Where the database of the present migrations and libraries is kept, whether or not it was made already."""
    digest = hashlib.sha256()
    for pattern in DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:20]}.sqlite3"


def copy_database(source: Path, target: Path) -> None:
    """Copy a database of SQLite as a whole; nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.{os.getpid()}")
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(half)) as written:
        read.backup(written)
        written.execute("PRAGMA journal_mode = DELETE")
    half.replace(target)


def keep_only(path: Path) -> None:
    """Remove what is kept of other states of the migrations."""
    for other in KEPT.glob("*.sqlite3*"):
        if not other.name.startswith(path.name):
            other.unlink(missing_ok=True)
