"""Runs jobs: claims one with a lease, works it off in chunks, and can be killed between any two instructions.

A job belongs to whoever's name stands in its row. Every write to it is conditional on that name, so a worker that was
given up for dead cannot commit another chunk: the checkpoint in the chunk's transaction fails, and takes it back.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count
from secrets import token_hex
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from annotations.jobs.delivery import deliver
from annotations.jobs.services import check_kind, enqueue
from annotations.models import Job, JobStatus, Project
from annotations.models.jobs import noted
from annotations.telemetry.request_ids import working_for

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=5)
MAX_PAUSE = timedelta(minutes=10)
POLL_SECONDS = 1.0
MAX_MESSAGE_LENGTH = 2_000

KEEP: Final = object()
"""Stands for "leave the cursor as it is", since None is a cursor too."""


class LeaseLostError(BaseException):
    """Another worker has the job now; it is no `Exception`, since a handler that forgives errors must not forgive this one."""


class StopRequestedError(BaseException):
    """The worker is to stop; the job goes back to the queue with its cursor."""


class GivenUpError(Exception):
    """What a job is to do cannot be done, now or later: it ends at once and says why."""


Handler = Callable[[Job, "Checkpoint"], None]


def find_handler(kind: str) -> Handler:
    """The function that the JOB_HANDLERS setting names for a kind of job."""
    check_kind(kind)
    handler: Handler = import_string(settings.JOB_HANDLERS[kind])
    return handler


class Checkpoint:
    """Commits a job's progress and extends its lease, which a chunk must not outlast (the JOB_LEASE setting).

    Call it in the transaction of each chunk: then the chunk and the cursor after it are written together or not at all.
    """

    def __init__(
        self,
        job: Job,
        *,
        is_stopping: Callable[[], bool] = lambda: False,
        watch: Callable[[Job], None] = lambda _: None,
    ) -> None:
        self._job = job
        self._is_stopping = is_stopping
        self._watch = watch

    def __call__(
        self,
        *,
        cursor: Any = KEEP,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
    ) -> None:
        job = self._job
        changes: dict[str, Any] = {"leased_until": timezone.now() + settings.JOB_LEASE}
        if cursor is not KEEP:
            changes["cursor"] = cursor
            if cursor != job.cursor:
                changes["attempts"] = 1
        if done is not None:
            changes["done"] = done
        if total is not None:
            changes["total"] = total
        if message is not None:
            changes["message"] = message[:MAX_MESSAGE_LENGTH]
        if not Job.objects.held_by(job.worker).filter(pk=job.pk).update(**changes):
            raise LeaseLostError(f"{job.worker} no longer holds job {job.pk}")
        for name, value in changes.items():
            setattr(job, name, value)
        self._watch(job)
        transaction.on_commit(self._stop_if_asked)

    def _stop_if_asked(self) -> None:
        if self._is_stopping():
            raise StopRequestedError


class Worker:
    """One process's share of the work; several may run on several machines.

    Where somebody waits for a job (`is_awaited`), what goes wrong is raised, and the job is not tried again.
    """

    def __init__(
        self,
        *,
        name: str = "",
        is_stopping: Callable[[], bool] = lambda: False,
        is_awaited: bool = False,
        watch: Callable[[Job], None] = lambda _: None,
    ) -> None:
        self._is_told_to_stop = is_stopping
        self._is_awaited = is_awaited
        self._watch = watch
        self.name = name or f"{socket.gethostname()[:40]}:{os.getpid()}:{token_hex(4)}"
        self._claims = count(1)
        self._is_stopping = False

    def stop(self) -> None:
        """Ask for an end after the chunk at hand; safe to call from a signal handler, as it takes no lock."""
        self._is_stopping = True

    def run(self) -> None:
        """Work until `stop()`. A database that is away for a while is waited for."""
        while not self._is_stopping:
            try:
                if self.work_once():
                    continue
            except DatabaseError:
                log.exception("the database did not answer; trying again")
            close_old_connections()
            time.sleep(POLL_SECONDS)

    def run_until_idle(self) -> int:
        """Run whatever is due now, and what that asks for; the number of jobs run."""
        number = 0
        while not self._is_stopping and self.work_once():
            number += 1
        return number

    def work_once(self) -> bool:
        """Run one job whose turn has come; False where there is none."""
        enqueue_scheduled()
        job = self.claim()
        if job is not None:
            self._work(job)
        return job is not None

    def work_on(self, job_id: int) -> bool:
        """Run this job, if its turn has come and nobody has it; False otherwise."""
        job = self.claim(job_id)
        if job is not None:
            self._work(job)
        return job is not None

    def _work(self, job: Job) -> None:
        with working_for(job.request_id, job=f"{job.kind}:{job.pk}"):
            self._run(job)

    def claim(self, job_id: int | None = None) -> Job | None:
        """Take a job, or the one that has waited longest. The conditional UPDATE gives it to one worker only.

        Where jobs are delivered, nobody looks for one before it is overdue.
        """
        now = timezone.now()
        if job_id is None:
            due = Job.objects.claimable(now - settings.JOB_SWEEP_AFTER)
        else:
            due = Job.objects.claimable(now).filter(pk=job_id)
        for seen in due.order_by("run_after", "id")[:10]:
            name = f"{self.name}/{next(self._claims)}"
            is_mine = Job.objects.filter(
                pk=seen.pk,
                status=seen.status,
                worker=seen.worker,
                leased_until=seen.leased_until,
                run_after=seen.run_after,
            ).update(
                status=JobStatus.RUNNING,
                worker=name,
                leased_until=now + settings.JOB_LEASE,
                attempts=F("attempts") + 1,
                started_at=now,
                started_done=F("done"),
                log=noted(f"taken by {name}"),
            )
            if is_mine:
                return Job.objects.select_related("project").get(pk=seen.pk)
        return None

    def _run(self, job: Job) -> None:
        if job.attempts > MAX_ATTEMPTS:
            _finish(job, JobStatus.FAILED, f"given up: its worker died {MAX_ATTEMPTS} times. {job.message}")
            return
        if _is_for_archived(job):
            _finish(job, JobStatus.DONE, "not run: the project is archived")
            return
        try:
            find_handler(job.kind)(job, self._make_checkpoint(job))
        except LeaseLostError:
            log.warning("job %s (%s) is no longer this worker's", job.pk, job.kind)
        except StopRequestedError:
            _release(job)
        except KeyboardInterrupt:
            if self._is_awaited:
                _finish(job, JobStatus.CANCELLED, "broken off by who waited for it")
            raise
        except Exception as error:
            if self._is_awaited:
                _finish(job, JobStatus.FAILED, str(error))
                raise
            _end_badly(job, error)
        else:
            _finish(job, JobStatus.DONE, job.message)

    def _make_checkpoint(self, job: Job) -> Checkpoint:
        return Checkpoint(
            job, is_stopping=lambda: self._is_stopping or self._is_told_to_stop(), watch=self._watch
        )


def _is_for_archived(job: Job) -> bool:
    """Whether the project of a job is archived by now, so that the job has nothing to do there."""
    if job.project_id is None or job.kind in settings.JOBS_OF_ARCHIVED:
        return False
    return Project.objects.filter(pk=job.project_id, archived_at__isnull=False).exists()


def _end_badly(job: Job, error: Exception) -> None:
    if _is_for_archived(job):
        _finish(job, JobStatus.DONE, "broken off: the project was archived")
    elif isinstance(error, GivenUpError):
        _finish(job, JobStatus.FAILED, str(error))
    else:
        log.error("job %s (%s) failed", job.pk, job.kind, exc_info=error)
        _fail(job, error)


def _finish(job: Job, status: JobStatus, message: str) -> None:
    Job.objects.held_by(job.worker).filter(pk=job.pk).update(
        status=status,
        message=message[:MAX_MESSAGE_LENGTH],
        leased_until=None,
        finished_at=timezone.now(),
        log=noted(f"{status.label}: {message}" if message else status.label),
    )


def _release(job: Job) -> None:
    Job.objects.held_by(job.worker).filter(pk=job.pk).update(
        status=JobStatus.QUEUED,
        worker="",
        leased_until=None,
        attempts=F("attempts") - 1,
        log=noted("given back by a worker that was told to stop"),
    )
    _deliver_again(job)


def _fail(job: Job, error: Exception) -> None:
    job.refresh_from_db(fields=["attempts"])  # the handler's last checkpoint may have been taken back
    reason = f"{type(error).__name__}: {error}"
    if job.attempts >= MAX_ATTEMPTS:
        _finish(job, JobStatus.FAILED, f"{reason} (given up after {job.attempts} attempts)")
        return
    pause = min(FIRST_PAUSE * 2 ** (job.attempts - 1), MAX_PAUSE)
    Job.objects.held_by(job.worker).filter(pk=job.pk).update(
        status=JobStatus.QUEUED,
        worker="",
        leased_until=None,
        run_after=timezone.now() + pause,
        message=f"{reason} (attempt {job.attempts} of {MAX_ATTEMPTS})"[:MAX_MESSAGE_LENGTH],
        log=noted(f"failed: {reason}"),
    )
    _deliver_again(job)


def _deliver_again(job: Job) -> None:
    if waiting := Job.objects.filter(pk=job.pk, status=JobStatus.QUEUED).first():
        deliver(waiting)


def run_forget_finished(_job: Job, checkpoint: Checkpoint) -> None:
    """Remove the jobs that ended a while ago; what people asked for stays in the audit trail."""
    with transaction.atomic():
        Job.objects.finished_before(timezone.now() - settings.JOB_KEPT).delete()
        checkpoint()


def enqueue_scheduled(kinds: Iterable[str] | None = None) -> None:
    """Ask for each periodic job whose time has come; its earlier successes are removed."""
    now = timezone.now()
    for kind in settings.JOB_SCHEDULE if kinds is None else kinds:
        interval = settings.JOB_SCHEDULE[kind]
        key = f"schedule:{kind}"
        latest = Job.objects.filter(key=key).order_by("-id").first()
        if latest is not None and (latest.finished_at is None or latest.created_at + interval > now):
            continue
        with transaction.atomic():
            Job.objects.filter(key=key, status=JobStatus.DONE).delete()
            enqueue(kind, key=key)
