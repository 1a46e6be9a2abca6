"""The product's own jobs, killed at random moments in real worker processes: what is there at the end is the same."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.claims import request_count, request_rule
from annotations.gold import folders, kept
from annotations.gold.exports import export_annotations, export_release
from annotations.gold.files import KIND, ask_for_file, is_here
from annotations.gold.services import freeze_release
from annotations.jobs.worker import Worker
from annotations.models import (
    AgreementBlock,
    AgreementStatistics,
    Event,
    Gold,
    Job,
    JobStatus,
    Project,
    Release,
    ReleaseFile,
    Role,
    Task,
)
from tests.databases import name_database, wait_for_others
from tests.factories import make_member, make_project
from tests.factories.adjudication import TEXT, claim, make_annotated_task, mark
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = 30
KILLS = 3
"""A job whose worker died five times is given up."""
SEED = os.environ.get("SOAK_SEED", "1")
LONGEST = 0.15
"""Seconds after a job was taken; most of the jobs here take about as long."""
PATIENCE_SECONDS = 60


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}},
    }
    settings.JOB_SCHEDULE = {}
    return tmp_path


@pytest.fixture
def project() -> Project:
    made = make_project(review_share=0)
    for number in range(TASKS):
        make_annotated_task(mark(claim()), mark(claim()), project=made, text=f"{number}. {TEXT}")
    Job.objects.all().delete()
    return made


@pytest.fixture
def release(project: Project) -> Release:
    """A release of all tasks, of which no file was asked for yet."""
    finish_by_rule(list(Task.objects.all()))
    made = freeze_release(project, title="First", by=None)
    Job.objects.all().delete()
    return made


def start_worker(files: Path) -> PythonProcess:
    return PythonProcess(
        *("manage.py", "worker", "--skip-checks"),
        DJANGO_SETTINGS_MODULE="tests.integration.jobs.killed_settings",
        DATABASE_URL=name_database(),
        FILES=str(files),
        JOB_LEASE="1",
    )


def kill_at_it(files: Path, chance: random.Random, *, kind: str) -> None:
    """Let a worker take the job and kill it a moment later; the job is left as it is then."""
    worker = start_worker(files)
    end = time.monotonic() + PATIENCE_SECONDS
    try:
        while not Job.objects.filter(
            kind=kind, status=JobStatus.RUNNING, leased_until__gt=timezone.now()
        ).exists():
            if Job.objects.filter(kind=kind, status=JobStatus.DONE).exists():
                return
            assert worker.poll() is None, worker.communicate()
            assert time.monotonic() < end, "no worker took the job in time"
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST))
    finally:
        worker.kill()
        worker.communicate()
        wait_for_others()
    Job.objects.filter(status=JobStatus.RUNNING).update(leased_until=timezone.now())


def kill_and_finish(files: Path, ask: Callable[[], object], *, kind: str) -> None:
    """Ask for a job anew before each of several kills, since a quick one may have ended in time; then let it be done."""
    chance = random.Random(f"{kind} {SEED}")  # noqa: S311 - it guards no secret
    for _ in range(KILLS):
        ask()
        kill_at_it(files, chance, kind=kind)
    ask()
    Job.objects.exclude(status=JobStatus.DONE).update(run_after=timezone.now())
    Worker(name="the last").run_until_idle()
    assert set(Job.objects.filter(kind=kind).values_list("status", flat=True)) == {JobStatus.DONE}


def list_stored(files: Path) -> list[str]:
    return sorted(each.name for each in files.rglob("*") if each.is_file())


def test_each_task_is_finished_once_however_often_the_worker_is_killed(project: Project, files: Path) -> None:
    kill_and_finish(files, lambda: request_rule(project), kind="finish_by_rule")
    tasks = set(Task.objects.values_list("pk", flat=True))
    assert sorted(Gold.objects.values_list("task", flat=True)) == sorted(tasks)
    finished = Event.objects.filter(subject_type="task", subject_id__in=map(str, tasks), verb="finished")
    assert sorted(finished.values_list("subject_id", flat=True)) == sorted(map(str, tasks))
    assert set(Task.objects.values_list("status", "awaits_rule")) == {("adjudicated", False)}


def test_the_file_of_a_release_has_the_same_bytes_however_often_the_worker_is_killed(
    release: Release, files: Path
) -> None:
    kill_and_finish(files, lambda: ask_for_file(release, "conll"), kind=KIND)
    [file] = ReleaseFile.objects.filter(release=release)
    assert is_here(file)
    with default_storage.open(file.name) as stored:
        assert stored.read() == b"".join(export_release(release, format_name="conll").chunks)
    assert list_stored(files) == [Path(file.name).name]


def test_the_packed_folder_has_the_same_bytes_however_often_the_worker_is_killed(
    release: Release, files: Path
) -> None:
    kill_and_finish(files, lambda: folders.ask_for_folder(release), kind=folders.KIND)
    packed = folders.find_folder(release)
    assert packed is not None
    with default_storage.open(packed.name) as stored:
        assert stored.read() == b"".join(folders.export_folder(release).chunks)
    assert list_stored(files) == sorted(Path(file.name).name for file in release.files.all())


def test_a_file_of_annotations_has_the_same_bytes_however_often_the_worker_is_killed(
    project: Project, files: Path
) -> None:
    manager = make_member(project, Role.MANAGER)
    asked: dict[int, Job] = {}

    def ask() -> None:
        job = kept.ask_for_annotations(project, "conll", by=manager)
        asked[job.pk] = job

    kill_and_finish(files, ask, kind=kept.KIND)
    written = b"".join(export_annotations(project, format_name="conll").chunks)
    names = []
    for job in asked.values():
        job.refresh_from_db()
        file = kept.find_kept(job, by=manager)
        assert file is not None
        with default_storage.open(file.name) as stored:
            assert stored.read() == written
        names.append(Path(file.name).name)
    assert list_stored(files) == sorted(names)


def test_what_is_counted_is_the_same_however_often_the_worker_is_killed(
    project: Project, files: Path
) -> None:
    def ask() -> None:
        request_count(project)
        Job.objects.filter(kind="count_agreement").update(run_after=timezone.now())

    kill_and_finish(files, ask, kind="count_agreement")
    counted = list_counts()
    assert counted
    AgreementStatistics.objects.all().delete()
    ask()
    Worker(name="once").run_until_idle()
    assert list_counts() == counted


def list_counts() -> list[tuple[Any, ...]]:
    rows = AgreementBlock.objects.order_by("statistics__selection", "number")
    return [
        (*row[:-1], bytes(row[-1]))
        for row in rows.values_list("statistics__selection", "number", "fingerprint", "content")
    ]
