"""A backup is made while people work, holds all that was acknowledged before, and comes back whole or not at all."""

import io
import json
import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import zstandard
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotations.assignment.services import claim_tasks
from annotations.jobs.backups import PLACE, KeptBackup, list_backups
from annotations.jobs.worker import LeaseLostError, Worker
from annotations.management.backups.databases import PostgresDatabase, find_program
from annotations.management.backups.errors import BackupError
from annotations.management.backups.packing import unpack
from annotations.management.backups.services import check_fits, describe, find_database, make_backup
from annotations.models import Event, Job, JobStatus, User
from tests.databases import name_database
from tests.factories import make_user
from tests.factories.collection import plan_small_round
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
BACKUPS = int(os.environ.get("BACKUPS", "2"))
"""How many are made while others write; `make soak` makes twenty."""
TASKS = 30
SERVER = 18


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "home"
    settings.HOME = folder
    (folder / "files" / "releases").mkdir(parents=True)
    (folder / "files" / "releases" / "1.jsonl").write_bytes(b"{}\n" * 1000)
    (folder / "settings.env").write_text("SECRET_KEY=a-key-of-this-installation\n", encoding="utf-8")
    data = folder / "label-studio" / "data"
    (data / "media").mkdir(parents=True)
    (data / "media" / "a.txt").write_text("of Label Studio", encoding="utf-8")
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as studio, studio:
        studio.execute("CREATE TABLE task (id INTEGER)")
        studio.execute("INSERT INTO task VALUES (7)")
    (folder / "label-studio" / "account.json").write_text("{}", encoding="utf-8")
    return folder


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database with nothing in it, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'restored.sqlite3'}"
        return
    name = f"restored_{os.getpid()}"
    address = name_database()
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield address.replace(urlsplit(address).path, f"/{name}")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def restore(backup: Path, home: Path, database: str) -> subprocess.CompletedProcess[str]:
    words = ("manage.py", "restore", str(backup))
    process = PythonProcess(
        *words,
        DJANGO_SETTINGS_MODULE="workbench.settings",
        SECRET_KEY="",
        WORKBENCH_HOME=str(home),
        DATABASE_URL=database,
    )
    said, errors = process.communicate()
    return subprocess.CompletedProcess(words, process.wait(), said, errors)


def read_digests(database: str) -> dict[int, str]:
    """The revisions that a restored database holds, read past our own code."""
    question = "SELECT id, digest FROM annotations_annotation"
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as restored:
            assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert restored.execute("PRAGMA foreign_key_check").fetchall() == []
            return dict(restored.execute(question).fetchall())
    with psycopg.connect(database) as server:
        return dict(server.execute(question.encode()).fetchall())


def read_rows(program: str, source: str) -> list[str]:
    """The rows of a dump of PostgreSQL, or of a database as it is now, each with its table, as text and sorted."""
    path = find_program(program, SERVER)
    arguments = ["--data-only", *(["--file=-"] if program == "pg_restore" else []), source]
    told = subprocess.run([str(path), *arguments], capture_output=True, text=True, check=True)
    rows, table = [], ""
    for line in told.stdout.splitlines():
        if line.startswith("COPY "):
            table = line
        elif line == "\\.":
            table = ""
        elif table:
            rows.append(f"{table} {line}")
    assert rows
    return sorted(rows)


def test_backups_under_write_load_hold_all_that_was_acknowledged_before_and_come_back_equal(
    home: Path, tmp_path: Path
) -> None:
    round_ = plan_small_round(annotators=2, articles=TASKS, overlap=2)
    assignments = [str(it.pk) for who in round_.participants.all() for it in claim_tasks(who, limit=TASKS)]
    writer = PythonProcess(
        *("-m", "tests.faults.submitting", *assignments),
        DJANGO_SETTINGS_MODULE="workbench.settings",
        DATABASE_URL=name_database(),
    )
    lines: list[str] = []
    made: list[tuple[Path, int]] = []
    for number in range(BACKUPS):
        lines += [writer.stdout.readline() for _ in range(TASKS // BACKUPS)]
        made.append((tmp_path / f"{number}.backup", len(lines)))
        make_backup(made[-1][0])
    with writer.stdout:
        lines += writer.stdout.read().splitlines()
    assert writer.wait(timeout=300) == 0
    assert len(lines) == len(assignments)
    for file, acknowledged in made:
        folder = tmp_path / f"{file.stem}-restored"
        folder.mkdir()
        with empty_database(folder) as database:
            done = restore(file, folder / "home", database)
            assert done.returncode == 0, done.stderr
            digests = read_digests(database)
            for line in lines[:acknowledged]:
                _, annotation, digest = line.split()
                assert digests[int(annotation)] == digest
            unpacked = folder / "unpacked"
            unpack(file, unpacked)
            if connection.vendor == "sqlite":
                copied = folder / "restored.sqlite3"
                assert copied.read_bytes() == (unpacked / "database" / "workbench").read_bytes()
            else:
                dumped = unpacked / "database" / "workbench"
                assert read_rows("pg_restore", str(dumped)) == read_rows("pg_dump", f"--dbname={database}")
        for name in (
            "files/releases/1.jsonl",
            "settings.env",
            "label-studio/account.json",
            "label-studio/data/media/a.txt",
        ):
            assert (folder / "home" / name).read_bytes() == (home / name).read_bytes()
        with closing(
            sqlite3.connect(folder / "home" / "label-studio" / "data" / "label_studio.sqlite3")
        ) as studio:
            assert studio.execute("SELECT id FROM task").fetchall() == [(7,)]
        assert not list((folder / "home").glob("restore-*"))


def test_a_backup_is_for_its_owner_alone_and_overwrites_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    make_backup(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="is there already"):
        make_backup(file)
    with pytest.raises(BackupError, match="There is no folder"):
        make_backup(tmp_path / "nowhere" / "a.backup")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.backup"]
    assert not list(home.glob("backup-*"))


def test_a_backup_is_put_back_into_an_empty_installation_only(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    make_backup(file)
    full = tmp_path / "full"
    full.mkdir()
    (full / "settings.env").write_text("SECRET_KEY=another\n", encoding="utf-8")
    with empty_database(full) as database:
        done = restore(file, full, database)
        assert done.returncode == 1
        assert f"{full} is not empty" in done.stderr
    done = restore(file, tmp_path / "new", name_database())
    assert done.returncode == 1
    assert "empty" in done.stderr
    assert (full / "settings.env").read_text(encoding="utf-8") == "SECRET_KEY=another\n"


def repack(file: Path, changed: Path, change: Any) -> None:
    """The same backup with another manifest."""
    with zstandard.open(file) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        content = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    manifest = json.loads(content["manifest.json"])
    content["manifest.json"] = json.dumps(change(manifest)).encode()
    with zstandard.open(changed, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def test_a_backup_of_another_version_is_refused_with_what_to_do(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    make_backup(file)
    repack(file, tmp_path / "older.backup", lambda said: {**said, "version": "0.0.9"})
    repack(file, tmp_path / "fewer.backup", lambda said: {**said, "migrations": said["migrations"][:-1]})
    folder = tmp_path / "new"
    folder.mkdir()
    with empty_database(folder) as database:
        done = restore(tmp_path / "older.backup", folder, database)
        assert done.returncode == 1
        assert "was made by version 0.0.9" in done.stderr
        done = restore(tmp_path / "fewer.backup", folder, database)
        assert done.returncode == 1
        assert "1 migrations differ" in done.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_backup_that_is_damaged_or_cut_off_is_refused(home: Path, tmp_path: Path, cut: float) -> None:
    file, damaged = tmp_path / "a.backup", tmp_path / "damaged.backup"
    make_backup(file)
    content = file.read_bytes()
    damaged.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(BackupError, match=r"damaged|not whole"):
        unpack(damaged, tmp_path / "unpacked")
    repack(
        file,
        damaged,
        lambda said: {**said, "files": [{**said["files"][0], "sha256": "0"}, *said["files"][1:]]},
    )
    with pytest.raises(BackupError, match="1 of its files are missing or changed"):
        unpack(damaged, tmp_path / "unpacked again")


@pytest.mark.parametrize(
    "change",
    [
        lambda _: [],
        lambda said: {**said, "files": None},
        lambda said: {**said, "files": [{}, "a"]},
        lambda said: {**said, "files": [{**said["files"][0], "name": ["a"]}, *said["files"][1:]]},
        lambda said: {key: value for key, value in said.items() if key != "files"},
    ],
)
def test_a_backup_whose_list_is_not_ours_is_refused_with_what_to_do(
    home: Path, tmp_path: Path, change: Any
) -> None:
    file, changed = tmp_path / "a.backup", tmp_path / "changed.backup"
    make_backup(file)
    repack(file, changed, change)
    with pytest.raises(BackupError, match=r"is not one that the workbench writes: take another backup"):
        unpack(changed, tmp_path / "unpacked")


def test_a_list_that_is_nested_too_deep_is_refused_with_a_sentence(home: Path, tmp_path: Path) -> None:
    file, changed = tmp_path / "a.backup", tmp_path / "changed.backup"
    make_backup(file)
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    repack(file, changed, lambda said: {**said, "files": deep})
    with pytest.raises(BackupError, match="is damaged"):
        unpack(changed, tmp_path / "unpacked")


@pytest.mark.parametrize(
    "change",
    [
        {"database": None},
        {"studios": 7},
        {"studios": {"../1": "sqlite"}},
        {"studios": {"1": "sqlite"}, "files": [{"name": "database/workbench"}]},
        {"migrations": [["a"], 3]},
        {"files": []},
    ],
)
def test_a_backup_that_does_not_say_what_every_one_says_is_refused_with_what_to_do(
    home: Path, change: dict[str, Any]
) -> None:
    database = find_database()
    said = describe(database) | {"studios": {}, "files": [{"name": "database/workbench"}]}
    check_fits(said, database, {}, home)
    for key in change:
        with pytest.raises(BackupError, match=r"somebody changed it\. Take another backup\."):
            check_fits(said | change, database, {}, home)
        if key in {"database", "studios"}:
            left = {name: value for name, value in said.items() if name != key}
            with pytest.raises(BackupError, match=r"somebody changed it"):
                check_fits(left, database, {}, home)


@pytest.mark.parametrize("name", ["../outside", "/outside", "files/../../outside"])
def test_a_backup_with_a_name_that_leads_out_of_it_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "evil.backup"
    with zstandard.open(file, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    with pytest.raises(BackupError, match="which no backup of the workbench does"):
        unpack(file, tmp_path / "unpacked")
    assert not (tmp_path / "outside").exists()


def test_a_server_newer_than_every_program_on_the_machine_is_told_what_to_install() -> None:
    with pytest.raises(BackupError, match="postgresql-client-99"):
        find_program("pg_dump", 99)
    with pytest.raises(BackupError, match="does not answer"):
        PostgresDatabase({"host": "127.0.0.1", "port": 9, "dbname": "none"}).check_empty()


def make_and_list(client: Client) -> list[KeptBackup]:
    """Ask for a backup on the page and let a worker make it."""
    client.post(reverse("web:make-backup"))
    job = Job.objects.filter(kind="make_backup").latest("pk")
    Worker().work_on(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done <= (job.total or 0)) == (JobStatus.DONE, True)
    return list_backups()


@pytest.fixture
def administrator(client: Client, home: Path, settings: Any) -> User:
    settings.JOB_SCHEDULE = {}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(home / "files")},
        },
    }
    person: User = make_user("Ada", is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def test_an_administrator_has_a_backup_made_and_downloads_it_and_both_are_on_record(
    client: Client, administrator: User, home: Path, tmp_path: Path
) -> None:
    assert "No backup was made from here yet" in client.get(reverse("web:backups")).content.decode()
    [kept] = make_and_list(client)
    page = client.get(reverse("web:backups")).content.decode()
    assert kept.name in page
    answer: Any = client.get(reverse("web:download-backup", args=[kept.name]))
    (tmp_path / "downloaded").write_bytes(b"".join(answer.streaming_content))
    manifest = unpack(tmp_path / "downloaded", tmp_path / "unpacked")
    names = {file["name"] for file in manifest["files"]}
    assert {"database/workbench", "files/releases/1.jsonl", "settings.env"} <= names
    verbs = Event.objects.filter(actor=administrator).order_by("pk").values_list("verb", "details__name")
    assert list(verbs) == [("asked for a job", None), ("downloaded a backup", kept.name)]
    assert list(home.glob("backup-*")) == []


def test_whoever_has_a_password_enters_it_before_a_backup_is_sent(
    client: Client, administrator: User
) -> None:
    administrator.set_password("correct horse battery")
    administrator.save()
    client.force_login(administrator)
    [kept] = make_and_list(client)
    address = reverse("web:download-backup", args=[kept.name])
    asked = client.get(address)
    assert asked.status_code == 302
    assert client.post(asked["Location"], {"password": "a guess"}).status_code == 200
    assert client.get(address).status_code == 302
    entered = client.post(asked["Location"], {"password": "correct horse battery"})
    assert entered["Location"] == address
    sent: Any = client.get(address)
    assert b"".join(sent.streaming_content)


def test_only_the_latest_backups_are_kept_and_none_holds_another(
    client: Client, administrator: User, home: Path, tmp_path: Path
) -> None:
    (home / "files" / PLACE).mkdir()
    for day in range(1, 6):
        (home / "files" / PLACE / f"2026-01-0{day}-000000.backup").write_bytes(b"earlier")
    (home / "files" / PLACE / "of-somebody.txt").write_bytes(b"left alone")
    kept = make_and_list(client)
    assert [backup.name for backup in kept[1:]] == ["2026-01-05-000000.backup", "2026-01-04-000000.backup"]
    manifest = unpack(home / "files" / PLACE / kept[0].name, tmp_path / "unpacked")
    assert not any(PLACE in file["name"] for file in manifest["files"])
    assert (home / "files" / PLACE / "of-somebody.txt").exists()


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("name", ["2026-11-27-180509.backup", "..", "settings.env", "of-somebody.txt"])
def test_nothing_but_a_kept_backup_is_downloaded(client: Client, home: Path, name: str) -> None:
    (home / "files" / PLACE).mkdir()
    (home / "files" / PLACE / "of-somebody.txt").write_bytes(b"left alone")
    assert client.get(f"/installation/backups/{name}/").status_code == 404


def test_a_backup_that_is_broken_off_leaves_nothing(home: Path, tmp_path: Path) -> None:
    def break_off(_done: int, _total: int) -> None:
        raise LeaseLostError

    with pytest.raises(LeaseLostError):
        make_backup(tmp_path / "broken.backup", advance=break_off)
    assert list(tmp_path.glob("broken*")) == []
    assert list(home.glob("backup-*")) == []
