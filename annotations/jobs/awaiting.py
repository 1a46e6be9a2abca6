"""Doing a job at once for somebody who waits for it, for as long as they wait; then a worker goes on with it."""

import time
from collections.abc import Callable

from annotations.jobs.worker import Worker
from annotations.models import Job
from annotations.models.jobs import UNFINISHED

SECONDS_BETWEEN_LOOKS = 0.5


def await_job(
    job: Job, *, seconds: float | None = None, watch: Callable[[Job], None] = lambda _: None
) -> Job:
    """Work on a job here, or wait for whoever has it, until it has ended or the seconds are over; what goes wrong here is raised.

    `watch` is shown the job as it gets ahead.
    """
    end = None if seconds is None else time.monotonic() + seconds

    def is_over() -> bool:
        return end is not None and time.monotonic() >= end

    worker = Worker(is_stopping=is_over, is_awaited=True, watch=watch)
    while not is_over():
        worker.work_on(job.pk)
        job.refresh_from_db()
        if job.status not in UNFINISHED or is_over():
            break
        watch(job)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return job
