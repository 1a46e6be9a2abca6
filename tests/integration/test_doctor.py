"""`manage.py doctor` says of each thing whether it is well and, where it is not, what to do."""

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from annotations.jobs.services import enqueue
from annotations.labelstudio.access import StudioAccess, StudioConnection
from annotations.management import examination
from annotations.models import Job, JobStatus, Membership
from tests.databases import refusing_writes
from tests.factories import make_article, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A well kept installation whose Label Studio answers."""
    settings.HOME = tmp_path / "var"
    settings.HOME.mkdir(mode=0o700)
    connection = StudioConnection(StudioAccess("http://127.0.0.1:9", "none"), timeout=1)
    monkeypatch.setattr(connection, "bearer", lambda: "token")
    monkeypatch.setattr(examination, "connect", lambda _studio: connection)
    return tmp_path / "var"


def examine() -> tuple[int, dict[str, list[str]]]:
    output = StringIO()
    status = 0
    try:
        call_command("doctor", "--json", stdout=output)
    except SystemExit as end:
        status = int(str(end.code))
    return status, {it["subject"]: it["advice"] for it in json.loads(output.getvalue()) if not it["ok"]}


def test_a_sound_installation_ends_with_status_0_and_a_line_for_each_thing(home: Path) -> None:
    output = StringIO()
    call_command("doctor", stdout=output)
    lines = output.getvalue().splitlines()
    assert len(lines) == len(examination.CHECKS)
    assert all(line.startswith("ok ") for line in lines)


def test_files_that_others_can_read_are_named_with_what_mends_them(home: Path) -> None:
    (home / "settings.env").touch(mode=0o644)
    (home / "settings.env").chmod(0o644)
    status, wrong = examine()
    [[advice]] = wrong.values()
    assert status == 1
    assert advice.endswith(f"chmod 600 {home / 'settings.env'}")


def test_a_database_that_takes_no_writes_is_found(home: Path) -> None:
    with refusing_writes():
        status, wrong = examine()
    assert status == 1
    [[advice]] = wrong.values()
    assert "Nothing can be saved" in advice


def test_rows_that_refer_to_nothing_are_found(home: Path) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL lets nobody write such rows
    orphan = Membership.objects.create(project_id=77, user_id=78, role="manager")
    status, wrong = examine()
    orphan.delete()
    assert status == 1
    [[advice]] = wrong.values()
    assert "2 rows of annotations_membership refer to rows that are not there" in advice


def test_a_text_that_is_not_the_one_that_was_imported_is_found(home: Path) -> None:
    article = make_article(make_project(), text_sha256="0" * 64)
    status, wrong = examine()
    assert status == 1
    [[advice]] = wrong.values()
    assert f"1 article has another text than was imported ({article.pk})" in advice


def test_jobs_that_nobody_does_and_jobs_that_were_given_up_are_told(home: Path) -> None:
    enqueue("reconcile", run_after=timezone.now() - timedelta(hours=1))
    given_up = enqueue("top_up_queues")
    Job.objects.filter(pk=given_up.pk).update(status=JobStatus.FAILED, message="no network")
    status, wrong = examine()
    assert status == 1
    [[overdue, failed]] = wrong.values()
    assert "1 job is due for more than 15 minutes" in overdue
    assert failed == f"The job top_up_queues ({given_up.pk}) was given up: no network"


def test_a_redis_that_does_not_answer_is_told_with_what_suffers(home: Path, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    status, wrong = examine()
    assert status == 1
    [[advice]] = wrong.values()
    assert advice.startswith("What CELERY_BROKER_URL names does not answer")
    assert "a minute late" in advice


def test_a_password_in_the_list_of_processes_is_found(home: Path, settings: Any) -> None:
    """A Label Studio that an earlier version started: this test's own process stands for it."""
    folder = home / "label-studio"
    folder.mkdir(mode=0o700)
    (folder / "state.json").touch(mode=0o600)
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", "--password", "secret"]
    ) as process:
        state = {"pid": process.pid, "port": 1, "public_url": "http://127.0.0.1:8000"}
        (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
        status, wrong = examine()
        process.kill()
    assert status == 1
    [[advice]] = wrong.values()
    assert "start it again" in advice
