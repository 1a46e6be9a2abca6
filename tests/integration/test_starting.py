"""Servers that start at once or with another environment than before."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from annotations.models.turns import take_turn
from tests.databases import name_database

ROOT = Path(__file__).resolve().parents[2]
EMPTY = "workbench_empty"


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database without any table; one in a file has no folder yet."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'new' / 'empty.sqlite3'}"
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {EMPTY}")
        try:
            yield f"{name_database().rpartition('/')[0]}/{EMPTY}"
        finally:
            cursor.execute(f"DROP DATABASE {EMPTY}")


def start(home: Path, *command: str, **environment: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "SECRET_KEY": "of-a-test",
            "WORKBENCH_HOME": str(home),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_two_servers_that_migrate_one_empty_database_at_once_take_turns(tmp_path: Path) -> None:
    with empty_database(tmp_path) as address:
        servers = [start(tmp_path, "migrate", DATABASE_URL=address) for _ in range(2)]
        said = [server.communicate(timeout=300)[0] for server in servers]
        assert [server.returncode for server in servers] == [0, 0], "\n".join(said)
        assert sum("Applying annotations.0001_" in each for each in said) == 1


@pytest.mark.django_db(transaction=True)
def test_a_turn_is_one_persons_at_a_time() -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            with take_turn("test"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(most)) == (1, 80)


def test_an_installation_on_a_server_does_not_begin_anew_with_sqlite_when_its_address_is_missing(
    tmp_path: Path,
) -> None:
    address = "postgresql://someone:secret@127.0.0.1:9/annotations"
    start(tmp_path, "migrate", "--help", DATABASE_URL=address).communicate(timeout=300)
    assert "secret" not in (tmp_path / "settings.env").read_text(encoding="utf-8")
    later = start(tmp_path, "check")
    said = later.communicate(timeout=300)[0]
    assert later.returncode == 1
    assert "127.0.0.1/annotations, and DATABASE_URL is not set" in said
    assert not list(tmp_path.glob("*.sqlite3"))
