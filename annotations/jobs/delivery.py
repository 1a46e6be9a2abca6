"""Handing a job to whoever delivers jobs to workers, once its row is committed; the row stays the truth.

Without a JOB_DELIVERY setting nobody does, and workers look for themselves. A delivery that fails or is lost costs time and nothing else: what
is due and was not begun is found by a sweep.
"""

import logging
import time
from datetime import datetime
from functools import partial
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from annotations.models import Job

log = logging.getLogger(__name__)
PAUSE_SECONDS = 10.0
"""For so long nothing is handed over after it failed, so that requests do not wait for a broker that is away."""


class Delivery(Protocol):
    """What delivers jobs: sends the number of one on the way to a worker."""

    def __call__(
        self, job_id: int, *, kind: str, not_before: datetime, expires: float | None = None
    ) -> None: ...


class _Broker:
    """Whether the broker took the last delivery, by the knowledge of this process."""

    failed_at = float("-inf")


def deliver(job: Job) -> None:
    """Hand a job over when the transaction at hand is committed, where anybody delivers jobs."""
    if settings.JOB_DELIVERY:
        transaction.on_commit(partial(_hand_over, job.pk, job.kind, job.run_after))


def redeliver(job: Job, *, expires: float) -> None:
    """Hand a job over once more; so that such messages do not pile up, this one is worth nothing after some seconds."""
    _hand_over(job.pk, job.kind, job.run_after, expires=expires)


def _hand_over(job_id: int, kind: str, not_before: datetime, *, expires: float | None = None) -> None:
    if time.monotonic() - _Broker.failed_at < PAUSE_SECONDS:
        return
    delivery: Delivery = import_string(settings.JOB_DELIVERY)
    try:
        delivery(job_id, kind=kind, not_before=not_before, expires=expires)
    except Exception:  # whatever the broker's client raises: the row is there, and the sweep finds it
        _Broker.failed_at = time.monotonic()
        log.exception("job %s could not be handed to the broker; it is found by the next sweep", job_id)
