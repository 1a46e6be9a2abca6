"""A worker that is killed while it reads files, at several places: nobody sees a part, and what is read at last is whole."""

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotations.corpus.imports import ask_to_read, publish_import, start_import
from annotations.corpus.uploads import keep_whole
from annotations.models import Article, ArticleImport, Block, ImportStatus, Job, Project
from tests.databases import name_database, wait_for_others
from tests.factories import make_project
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 6_000
PATIENCE_SECONDS = 120


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """Where the files lie, for the test as for the workers."""
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return tmp_path


@pytest.fixture
def made(home: Path) -> ArticleImport:
    rows = (json.dumps({"id": str(row), "text": f"Text {row}.\n\nKyiv agreed."}) for row in range(ROWS))
    content = "\n".join(rows).encode()
    import_ = start_import(make_project(), by=None)
    keep_whole(import_, [("rows.jsonl", io.BytesIO(content), len(content))])
    ask_to_read(import_, by=None)
    return import_


def start_worker(home: Path) -> PythonProcess:
    return PythonProcess(
        *("manage.py", "worker", "--skip-checks"),
        DJANGO_SETTINGS_MODULE="tests.integration.corpus.settings",
        DATABASE_URL=name_database(),
        WORKBENCH_HOME=str(home),
        JOB_LEASE="1.5",
    )


def wait_for(condition: Callable[[], bool], worker: PythonProcess) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert worker.poll() is None, worker.communicate()
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.02)


def test_a_worker_killed_while_it_reads_leaves_nothing_to_see_and_the_next_reads_all(
    home: Path, made: ArticleImport
) -> None:
    project = Project.objects.get(pk=made.project_id)
    for number in (1, 800, 2_500):
        worker = start_worker(home)
        try:
            wait_for(lambda least=number: Article.staged.count() >= least, worker)  # type: ignore[misc]
        finally:
            worker.kill()
            worker.communicate()
            wait_for_others()
        assert Article.staged.count() < ROWS
        assert not project.articles.exists()
        made.refresh_from_db()
        assert made.status == ImportStatus.READING
    worker = start_worker(home)
    try:
        wait_for(lambda: ArticleImport.objects.get().report is not None, worker)
    finally:
        worker.terminate()
        worker.communicate()
    made.refresh_from_db()
    assert made.report is not None
    assert made.report["counts"]["articles"] == Article.staged.count() == ROWS
    assert made.report["counts"]["already_there"] == 0
    assert publish_import(made, by=None) == project.articles.count() == ROWS
    assert Block.objects.count() == 2 * ROWS
    assert not Job.objects.unfinished().filter(kind="read_import").exists()
