"""Asking for a long operation: a row, written in the transaction of whoever asks."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.jobs.delivery import deliver
from annotations.models import Event, Job, Project, User
from annotations.telemetry.request_ids import current_request_id


class UnknownJobKindError(ValueError):
    """No handler is set for a kind of job."""


def enqueue(
    kind: str,
    *,
    key: str = "",
    project: Project | None = None,
    arguments: dict[str, Any] | None = None,
    by: User | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Ask for a job. Where an unfinished one has the key, that one is returned and no other made.

    Raises
    ------
    UnknownJobKindError
        No handler is set for the kind.
    django.db.IntegrityError
        The database refuses the job, as it does where the project was archived meanwhile.
    """
    check_kind(kind)
    if (waiting := _find_waiting(key)) is not None:
        return waiting
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                key=key,
                project=project,
                arguments=arguments or {},
                created_by=by,
                run_after=run_after or timezone.now(),
                request_id=current_request_id(),
            )
            deliver(job)
            if by is not None:
                Event.objects.record("asked for a job", job, actor=by, project=project, kind=kind)
            return job
    except IntegrityError:
        if (waiting := _find_waiting(key)) is not None:
            return waiting  # somebody asked for it in the same moment
        raise


def _find_waiting(key: str) -> Job | None:
    return Job.objects.unfinished().filter(key=key).first() if key else None


def check_kind(kind: str) -> None:
    """Refuse a kind of job that the JOB_HANDLERS setting names no handler for."""
    if kind not in settings.JOB_HANDLERS:
        raise UnknownJobKindError(
            f"there is no job {kind!r}; name its handler in the JOB_HANDLERS setting "
            f"(there are: {', '.join(sorted(settings.JOB_HANDLERS))})",
        )
