"""A process killed in the middle of an import: nobody ever sees a part of it, and the next import is whole."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from annotations.corpus.services import import_articles
from annotations.corpus.staging import LEASE, MAX_ARTICLES_AT_ONCE
from annotations.models import Article, ArticleImport, Event, Project
from tests.databases import name_database, wait_for_others
from tests.factories import make_project
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
FILES = MAX_ARTICLES_AT_ONCE + 5
PATIENCE_SECONDS = 60


@pytest.fixture
def project() -> Project:
    return make_project()


def start_importing(project: Project, *paths: Path) -> PythonProcess:
    return PythonProcess(
        *("manage.py", "import_articles", "--skip-checks", project.slug, *map(str, paths)),
        DJANGO_SETTINGS_MODULE="workbench.settings",
        DATABASE_URL=name_database(),
    )


def wait_for_rows(count: int, process: PythonProcess) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while Article.staged.count() < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the import did not get there in time"
        time.sleep(0.01)


def test_a_killed_import_leaves_nothing_to_see_and_the_next_is_whole(
    project: Project, tmp_path: Path
) -> None:
    """The last file is a pipe into which nobody writes, so that the import is at work when it is killed."""
    folder, pipe = tmp_path / "articles", tmp_path / "never.txt"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.txt").write_text(f"Article {number}.\n\nWith a paragraph.")
    os.mkfifo(pipe)
    process = start_importing(project, folder, pipe)
    try:
        wait_for_rows(MAX_ARTICLES_AT_ONCE, process)
    finally:
        process.kill()
        process.communicate()
        wait_for_others()
    assert Article.staged.count() == MAX_ARTICLES_AT_ONCE
    assert not Article.objects.exists()
    assert not project.articles.exists()
    assert not Event.objects.filter(verb="imported articles").exists()

    ArticleImport.objects.update(busy_until=timezone.now() - LEASE - timedelta(seconds=1))
    report = import_articles(project, [folder], by=None)
    assert len(report.imported) == Article.objects.count() == Article.staged.count() == FILES
    assert ArticleImport.objects.count() == 1
