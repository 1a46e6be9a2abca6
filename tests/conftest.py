"""What every test may ask for, and what holds for every test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from pytest_socket import socket_allow_hosts

from annotations.collection.in_memory import shared_studio
from tests import cases
from tests.migrated import copy_database, keep_only, name_migrated
from tests.transactions import MAX_SECONDS, Watch

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop of its own

hypothesis.settings.register_profile("workbench", deadline=None)  # a busy machine is no failing test
hypothesis.settings.load_profile("workbench")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if cases.MOST:
        config.hook.pytest_deselected(items=cases.leave_out_cases(items, cases.MOST))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: no collection of garbage looks at it again, which takes a second each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def each_test_has_a_studio_of_its_own() -> None:
    """What a test did to the studio of this process, as taking it down, reaches no other test."""
    shared_studio.cache_clear()


@pytest.fixture
def own_files(settings: Any, tmp_path: Path) -> None:
    """Only the jobs that a test asks for, and a storage of its own."""
    settings.JOB_SCHEDULE = {}
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The embedded database starts as a copy of one that was migrated before; only what is new in it is migrated."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    migrated = name_migrated()
    if connection.vendor == "sqlite" and migrated.exists():
        copy_database(migrated, Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_modify_db_settings: None) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    database, migrated = str(connection.settings_dict["NAME"]), name_migrated()
    if not migrated.exists():
        copy_database(Path(database), migrated)
        keep_only(migrated)
    yield
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def transaction_watch() -> Iterator[Watch]:
    with Watch().installed() as watch:
        yield watch


@pytest.fixture(autouse=True)
def no_transaction_takes_long(request: pytest.FixtureRequest, transaction_watch: Watch) -> Iterator[None]:
    """Nothing but writing happens in a write transaction: others wait for it, and on SQLite everybody does."""
    if "django_db_setup" in request.fixturenames:
        request.getfixturevalue("django_db_setup")  # migrations may take their time
    transaction_watch.too_long.clear()
    yield
    assert not transaction_watch.too_long, f"more than {MAX_SECONDS} s: {transaction_watch.too_long}"
