"""Celery, where CELERY_BROKER_URL names a broker: `celery -A workbench worker` runs jobs, `celery -A workbench beat` keeps their schedule.

A message is nothing but the number of a job. The row says what is to be done and how far it is, so a message that is lost, comes
twice or comes late does no harm, and no result is kept by Celery.
"""

import multiprocessing
import os
from datetime import datetime
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_shutting_down
from django.conf import settings
from django.utils import timezone
from kombu import Exchange, Queue

from annotations.management.privacy import keep_private
from workbench.forking import leave_database
from workbench.home import HOME

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
keep_private(HOME)
RUN, ASK, SWEEP = "workbench.run_job", "workbench.ask_for_scheduled", "workbench.sweep"
_stopping = multiprocessing.get_context("fork").Event()
"""Set in the parent and seen in its children, which are at work."""


def make_app() -> Celery:
    """The application, by the settings of the project."""
    app = Celery("workbench", set_as_current=True)
    sweep_seconds = max(settings.JOB_SWEEP_AFTER.total_seconds(), 1.0)
    schedule: dict[str, Any] = {
        f"ask for {kind}": {"task": ASK, "schedule": interval, "args": [kind]}
        for kind, interval in settings.JOB_SCHEDULE.items()
    }
    app.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        broker_transport_options={"socket_connect_timeout": 2, "socket_keepalive": True},
        broker_connection_retry_on_startup=True,
        task_queues=[Queue(name, Exchange(""), routing_key=name) for name in settings.JOB_QUEUES],
        task_default_queue=settings.JOB_QUEUES[0],
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_proc_alive_timeout=60,
        timezone="UTC",
        beat_scheduler="celery.beat:Scheduler",
        beat_max_loop_interval=sweep_seconds,
        beat_schedule={**schedule, "sweep": {"task": SWEEP, "schedule": sweep_seconds}},
    )
    return app


app = make_app()


def send_job(job_id: int, *, kind: str, not_before: datetime, expires: float | None = None) -> None:
    """Send a job on its way, to the queue of its kind."""
    app.send_task(
        RUN,
        args=[job_id],
        queue=settings.JOB_ROUTES.get(kind, settings.JOB_QUEUES[-1]),
        eta=not_before if not_before > timezone.now() else None,
        expires=expires,
        retry=False,
    )


@app.task(name=RUN)
def run_job(job_id: int) -> None:
    """Run one job, if its turn has come and nobody else has it."""
    from annotations.jobs.worker import Worker

    Worker(is_stopping=_stopping.is_set).work_on(job_id)


@app.task(name=ASK)
def ask_for_scheduled(kind: str) -> None:
    """Ask for a periodic job, if its time has come."""
    from annotations.jobs.worker import enqueue_scheduled

    enqueue_scheduled([kind])


@app.task(name=SWEEP)
def sweep_overdue() -> None:
    """Deliver again what was lost on its way."""
    from annotations.jobs.sweeping import sweep

    sweep()


@worker_init.connect
def check_database(**_: Any) -> None:
    """Refuse to start on a database that is not up to date."""
    from annotations.management.readiness import DatabaseNotReadyError, check_migrations

    try:
        check_migrations()
    except DatabaseNotReadyError as error:
        raise SystemExit(f"error: {error}") from error
    finally:
        leave_database()


@worker_shutting_down.connect
def stop_jobs(**_: Any) -> None:
    """Let the jobs at hand end after their chunk and go back to the queue with their cursor."""
    _stopping.set()
