"""Celery delivers jobs by a real Redis to real workers: killed, flushed and away for a while, each job is done once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from annotations.jobs import delivery
from annotations.jobs.services import enqueue
from annotations.jobs.sweeping import sweep
from annotations.jobs.worker import Worker
from annotations.models import Event, Job, JobStatus
from tests.databases import name_database
from tests.integration.jobs.settings import JOB_HANDLERS
from tests.processes import PythonProcess
from tests.redis_server import RedisServer, running_redis
from workbench.cache import ForgivingRedisCache
from workbench.celery import app

pytestmark = pytest.mark.django_db(transaction=True)
TOTAL = 20
JOBS = 4


@pytest.fixture
def broker(tmp_path: Path, settings: Any) -> Iterator[RedisServer]:
    settings.JOB_HANDLERS = JOB_HANDLERS
    settings.JOB_SCHEDULE = {}
    settings.JOB_DELIVERY = "workbench.celery.send_job"
    settings.JOB_SWEEP_AFTER = timedelta(seconds=2)
    delivery._Broker.failed_at = float("-inf")
    with running_redis(tmp_path) as server:
        app.conf.broker_url = server.url
        yield server
        app.pool.force_close_all()
        app.amqp._producer_pool = None
    delivery._Broker.failed_at = float("-inf")


def start(broker: RedisServer, folder: Path, name: str, *arguments: str) -> PythonProcess:
    return PythonProcess(
        *("-m", "celery", "-A", "workbench", *arguments),
        output=folder / f"{name}.log",
        DJANGO_SETTINGS_MODULE="tests.integration.jobs.settings",
        DATABASE_URL=name_database(),
        CELERY_BROKER_URL=broker.url,
        JOB_SWEEP_AFTER="2",
        JOB_LEASE="1.5",
    )


def start_worker(broker: RedisServer, folder: Path, name: str) -> PythonProcess:
    return start(
        broker, folder, name, "worker", "--concurrency", "1", "--loglevel", "INFO", "-n", f"{name}@here"
    )


def wait_for(condition: Callable[[], bool], folder: Path, *, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "".join(path.read_text()[-3000:] for path in folder.glob("*.log"))
        time.sleep(0.1)


def numbers_of(job: Job) -> list[int]:
    events = Event.objects.filter(verb="counted", subject_id=str(job.pk)).order_by("id")
    return [event.details["number"] for event in events]


def all_done() -> bool:
    return not Job.objects.exclude(status=JobStatus.DONE).exists()


def test_jobs_are_done_once_though_a_worker_is_killed_and_the_broker_forgets_everything(
    broker: RedisServer, tmp_path: Path
) -> None:
    workers = [start_worker(broker, tmp_path, name) for name in ("first", "second")]
    beat = start(broker, tmp_path, "beat", "beat", "--pidfile=")
    try:
        logs = [tmp_path / "first.log", tmp_path / "second.log"]
        wait_for(lambda: all("ready." in log.read_text() for log in logs), tmp_path)
        jobs = [enqueue("count_up", arguments={"total": TOTAL, "seconds": 0.1}) for _ in range(JOBS)]
        at_work = Job.objects.filter(status=JobStatus.RUNNING, done__gt=1)
        wait_for(at_work.exists, tmp_path)
        child = int(at_work[0].worker.split(":")[1])
        [killed] = [worker for worker in workers if worker.pid == os.getpgid(child)]
        os.killpg(killed.pid, signal.SIGKILL)
        broker.flush()
        wait_for(all_done, tmp_path)
        for job in jobs:
            assert numbers_of(job) == list(range(TOTAL))
        [other] = [worker for worker in workers if worker is not killed]
        broker.kill()
        later = enqueue("count_up", arguments={"total": 2})
        broker.start()
        wait_for(all_done, tmp_path)
        assert numbers_of(later) == [0, 1]
        resting = enqueue("count_up", arguments={"total": 200, "seconds": 0.1})
        wait_for(lambda: Job.objects.get(pk=resting.pk).done > 0, tmp_path)
        other.send_signal(signal.SIGTERM)
        assert other.wait(timeout=60) == 0
        resting.refresh_from_db()
        assert (resting.status, resting.worker) == (JobStatus.QUEUED, "")
        assert numbers_of(resting) == list(range(resting.done))
    finally:
        for process in (*workers, beat):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_job_that_cannot_be_handed_over_is_there_and_the_next_are_not_even_tried(
    broker: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    broker.kill()
    enqueue("do_nothing")
    enqueue("do_nothing")
    assert Job.objects.unfinished().count() == 2
    assert [record.message for record in caplog.records if "could not be handed" in record.message] == [
        f"job {Job.objects.earliest('pk').pk} could not be handed to the broker; it is found by the next sweep"
    ]


def test_where_jobs_are_delivered_nobody_looks_for_one_before_it_is_overdue(broker: RedisServer) -> None:
    job = enqueue("do_nothing")
    assert Worker().claim() is None
    assert sweep() == 0
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=3))
    assert sweep() == 1
    assert Worker().claim() == job
    assert not Worker().work_on(job.pk)


def test_messages_go_to_the_queue_of_their_kind(broker: RedisServer, settings: Any) -> None:
    settings.JOB_ROUTES = {"do_nothing": "interactive"}
    enqueue("do_nothing")
    enqueue("count_up", arguments={"total": 1})
    with app.connection_for_read() as connection:
        sizes = {name: connection.default_channel._size(name) for name in settings.JOB_QUEUES}
    assert sizes == {"interactive": 1, "model": 0, "bulk": 1}


def test_a_cache_whose_redis_is_away_finds_nothing_and_fails_only_where_something_must_go(
    broker: RedisServer, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "workbench.cache.ForgivingRedisCache", "LOCATION": broker.url}}
    ForgivingRedisCache._away_since = float("-inf")
    cache = caches["default"]
    cache.set("name", "value")
    assert cache.get("name") == "value"
    broker.kill()
    assert cache.get("name", "nothing") == "nothing"
    cache.set("name", "another")
    with pytest.raises(Exception, match="refused"):
        cache.delete("name")
    ForgivingRedisCache._away_since = float("-inf")
