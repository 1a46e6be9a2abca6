"""Cancelling a job and trying one again, as a person asks for."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.jobs.delivery import deliver
from annotations.models import Event, Job, JobStatus, User
from annotations.models.jobs import UNFINISHED, noted

ENDED = (JobStatus.FAILED, JobStatus.CANCELLED)


class JobRefusedError(Exception):
    """A job cannot be cancelled or tried again; the message says why."""


def may_cancel(job: Job) -> bool:
    """Whether somebody may end a job before its time: it was asked for by a person, and whoever wants it asks again."""
    return job.kind in settings.JOBS_CANCELLABLE and job.status in UNFINISHED


def may_retry(job: Job) -> bool:
    """Whether a job has ended without being done."""
    return job.status in ENDED


def cancel_job(job: Job, *, by: User) -> None:
    """End a job. What its finished chunks wrote stays; the chunk at hand is taken back, as its worker no longer holds the job."""
    if job.kind not in settings.JOBS_CANCELLABLE:
        raise JobRefusedError(
            "The workbench needs this job and would ask for it again, so it cannot be cancelled."
        )
    with transaction.atomic():
        changed = Job.objects.filter(pk=job.pk, status__in=UNFINISHED).update(
            status=JobStatus.CANCELLED,
            leased_until=None,
            finished_at=timezone.now(),
            log=noted(f"cancelled by {by}"),
        )
        if not changed:
            raise JobRefusedError("The job has ended already, so there is nothing to cancel.")
        Event.objects.record("cancelled a job", job, actor=by, project=job.project, kind=job.kind)


def retry_job(job: Job, *, by: User) -> None:
    """Let a job that was given up or cancelled go on from its cursor, with all its attempts anew."""
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, status__in=ENDED).update(
                status=JobStatus.QUEUED,
                attempts=0,
                run_after=timezone.now(),
                finished_at=None,
                worker="",
                log=noted(f"tried again by {by}"),
            )
            if not changed:
                raise JobRefusedError("Only a job that was given up or cancelled can be tried again.")
            deliver(Job.objects.get(pk=job.pk))
            Event.objects.record("tried a job again", job, actor=by, project=job.project, kind=job.kind)
    except IntegrityError as error:
        raise JobRefusedError("The same work waits or runs already as a later job.") from error
