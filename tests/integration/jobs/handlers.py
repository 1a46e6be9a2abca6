"""Jobs for tests, run by a worker of the test or by one in a process of its own."""

import time

from django.db import transaction

from annotations.jobs.worker import Checkpoint
from annotations.models import Event, Job


def count_up(job: Job, checkpoint: Checkpoint) -> None:
    """Leaves one event a number; a number and the cursor after it are written together."""
    total = job.arguments["total"]
    for number in range(job.cursor or 0, total):
        with transaction.atomic():
            Event.objects.record("counted", job, actor=None, number=number)
            time.sleep(job.arguments.get("seconds", 0))
            checkpoint(cursor=number + 1, done=number + 1, total=total, message=f"{number + 1} of {total}")


def fail(job: Job, checkpoint: Checkpoint) -> None:
    if "cursor" in job.arguments and job.cursor is None:
        checkpoint(cursor=job.arguments["cursor"])
    raise RuntimeError(job.arguments.get("message", "it did not work"))


def fail_in_chunk(job: Job, checkpoint: Checkpoint) -> None:
    with transaction.atomic():
        Event.objects.record("counted", job, actor=None)
        checkpoint(cursor=(job.cursor or 0) + 1)
        raise RuntimeError("it broke after the checkpoint")


def forgive_everything(job: Job, checkpoint: Checkpoint) -> None:
    while True:
        try:
            checkpoint(done=job.done + 1)
        except Exception:  # noqa: BLE001, S112 - what a careless handler does
            continue


def do_nothing(job: Job, checkpoint: Checkpoint) -> None:
    pass
