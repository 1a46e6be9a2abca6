"""A real worker process, killed or stopped in the middle of a job: nothing lost, nothing done twice."""

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from annotations.jobs.services import enqueue
from annotations.models import Event, Job, JobStatus
from tests.databases import name_database, wait_for_others
from tests.integration.jobs.settings import JOB_HANDLERS
from tests.processes import PythonProcess

pytestmark = pytest.mark.django_db(transaction=True)
TOTAL = 12


@pytest.fixture(autouse=True)
def handlers(settings: Any) -> None:
    settings.JOB_HANDLERS = JOB_HANDLERS


def start_worker(*arguments: str) -> PythonProcess:
    return PythonProcess(
        *("manage.py", "worker", "--skip-checks", *arguments),
        DJANGO_SETTINGS_MODULE="tests.integration.jobs.settings",
        DATABASE_URL=name_database(),
        JOB_LEASE="1.5",
    )


def wait_for(condition: Callable[[], bool], worker: PythonProcess, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert worker.poll() is None, worker.communicate()
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.02)


def numbers_counted() -> list[int]:
    return [event.details["number"] for event in Event.objects.filter(verb="counted").order_by("id")]


def test_a_worker_killed_in_the_middle_of_a_job_is_taken_over_from_its_cursor() -> None:
    job = enqueue("count_up", arguments={"total": TOTAL, "seconds": 0.1})
    first = start_worker()
    try:
        wait_for(lambda: Job.objects.get().done >= 3, first)
    finally:
        first.kill()
        first.communicate()
        wait_for_others()
    job.refresh_from_db()
    done_by_first = job.done
    assert job.status == JobStatus.RUNNING
    assert 3 <= done_by_first < TOTAL
    assert numbers_counted() == list(range(done_by_first))

    second = start_worker()
    try:
        wait_for(lambda: Job.objects.get().status == JobStatus.DONE, second)
    finally:
        second.terminate()
        second.communicate()
    assert numbers_counted() == list(range(TOTAL))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_gives_its_job_back_and_ends_cleanly(number: signal.Signals) -> None:
    job = enqueue("count_up", arguments={"total": TOTAL, "seconds": 0.1})
    worker = start_worker()
    try:
        wait_for(lambda: Job.objects.get().done >= 2, worker)
    finally:
        worker.send_signal(number)
        output, errors = worker.communicate(timeout=30)
    job.refresh_from_db()
    assert (worker.returncode, errors) == (0, "")
    assert output.endswith("Stopped.\n")
    assert (job.status, job.worker) == (JobStatus.QUEUED, "")
    assert numbers_counted() == list(range(job.done))
