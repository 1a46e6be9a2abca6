"""What the workbench can tell of a Label Studio that is on its way up."""

import sqlite3
from contextlib import closing
from pathlib import Path

from annotations.labelstudio.server import DATABASE, LocalStudio


def test_how_far_its_database_is_is_read_from_the_database_itself(tmp_path: Path) -> None:
    studio = LocalStudio(tmp_path, tmp_path / "lock.txt")
    assert studio.read_migrations() == (0, "")
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / DATABASE)) as connection:
        assert studio.read_migrations() == (0, "")
        connection.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT)")
        connection.commit()
        assert studio.read_migrations() == (0, "")
        connection.executemany(
            "INSERT INTO django_migrations (app, name) VALUES (?, ?)",
            [("tasks", "0001"), ("io_storages", "0001")],
        )
        connection.commit()
        assert studio.read_migrations() == (2, "io_storages")
        connection.execute("INSERT INTO django_migrations (app, name) VALUES ('x', '1')")  # not committed yet
        assert studio.read_migrations() == (2, "io_storages")


def test_reading_how_far_it_is_makes_no_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    LocalStudio(tmp_path, tmp_path / "lock.txt").read_migrations()
    assert list((tmp_path / "data").iterdir()) == []
