"""Jobs: asked for once, claimed by one, resumed from the cursor, retried with a pause, stopped between chunks."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.assignment.archiving import archive_project
from annotations.jobs.services import UnknownJobKindError, enqueue
from annotations.jobs.worker import FIRST_PAUSE, MAX_ATTEMPTS, Checkpoint, LeaseLostError, Worker
from annotations.models import Event, Job, JobStatus
from tests.factories import make_project, make_user
from tests.integration.jobs.handlers import count_up, forgive_everything
from tests.integration.jobs.settings import JOB_HANDLERS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def handlers(settings: Any) -> None:
    settings.JOB_HANDLERS = JOB_HANDLERS
    settings.JOB_SCHEDULE = {}


def expire_lease(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def come_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())


def numbers_counted() -> list[int]:
    return [event.details["number"] for event in Event.objects.filter(verb="counted").order_by("id")]


def test_a_job_runs_once_and_keeps_its_progress() -> None:
    job = enqueue("count_up", arguments={"total": 3})
    worker = Worker()
    assert worker.work_once()
    assert not worker.work_once()
    job.refresh_from_db()
    assert (job.status, job.cursor, job.done, job.total, job.message) == (JobStatus.DONE, 3, 3, 3, "3 of 3")
    assert job.finished_at is not None
    assert job.leased_until is None
    assert numbers_counted() == [0, 1, 2]


def test_who_asks_is_in_the_audit_trail() -> None:
    project, by = make_project(), make_user()
    job = enqueue("do_nothing", project=project, by=by)
    event = Event.objects.get()
    assert (event.actor, event.project, event.subject_id, job.created_by) == (by, project, str(job.pk), by)


def test_an_unfinished_key_is_asked_for_once_and_a_finished_one_again() -> None:
    first = enqueue("do_nothing", key="k")
    assert enqueue("do_nothing", key="k") == first
    Worker().run_until_idle()
    assert enqueue("do_nothing", key="k") != first
    assert enqueue("do_nothing") != enqueue("do_nothing")


def test_the_database_itself_keeps_a_key_from_being_queued_twice() -> None:
    enqueue("do_nothing", key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="do_nothing", key="k")


def test_a_job_with_a_key_that_the_database_refuses_is_refused_and_not_tried_for_ever() -> None:
    project = make_project()
    archive_project(project, by=None)
    with pytest.raises(IntegrityError, match="archived"), transaction.atomic():
        enqueue("do_nothing", key="k", project=project, by=make_user())


def test_a_job_asked_for_in_a_transaction_that_fails_was_never_asked_for() -> None:
    with transaction.atomic():
        enqueue("do_nothing")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_job_without_a_handler_is_refused_and_one_in_the_table_says_what_is_missing() -> None:
    with pytest.raises(UnknownJobKindError, match="JOB_HANDLERS"):
        enqueue("elsewhere")
    job = Job.objects.create(kind="elsewhere")
    Worker().work_once()
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert "JOB_HANDLERS" in job.message


def test_jobs_run_in_the_order_of_their_turn_and_not_before_it() -> None:
    later = enqueue("do_nothing", run_after=timezone.now() + timedelta(hours=1))
    first, second = enqueue("do_nothing"), enqueue("do_nothing")
    worker = Worker()
    assert [worker.claim(), worker.claim(), worker.claim()] == [first, second, None]
    come_due(later)
    assert worker.claim() == later


def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out() -> None:
    job = enqueue("do_nothing")
    assert Worker().claim() == job
    assert Worker().claim() is None
    expire_lease(job)
    assert Worker().claim() == job


def test_two_workers_that_saw_the_same_job_do_not_both_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue("do_nothing")
    fast, slow = Worker(name="fast"), Worker(name="slow")
    real = Job.objects.claimable

    def see_and_be_overtaken(now: Any) -> Any:
        seen = real(now).order_by("id")
        list(seen)
        monkeypatch.setattr(Job.objects, "claimable", real)
        assert fast.claim() is not None
        return _Seen(seen)

    monkeypatch.setattr(Job.objects, "claimable", see_and_be_overtaken)
    assert slow.claim() is None
    assert Job.objects.get().worker.startswith("fast")


class _Seen:
    """What a query had given before another worker came."""

    def __init__(self, jobs: Any) -> None:
        self.jobs = list(jobs)

    def order_by(self, *_: str) -> list[Job]:
        return self.jobs


def test_a_worker_given_up_for_dead_cannot_commit_another_chunk() -> None:
    enqueue("count_up", arguments={"total": 3})
    slow = Worker(name="slow").claim()
    assert slow is not None
    expire_lease(slow)
    assert Worker(name="quick").claim() is not None
    with pytest.raises(LeaseLostError):
        count_up(slow, Checkpoint(slow))
    assert numbers_counted() == []
    assert Job.objects.get().cursor is None


def test_the_same_process_cannot_go_on_with_a_claim_it_lost_and_took_again() -> None:
    enqueue("do_nothing")
    worker = Worker()
    first = worker.claim()
    assert first is not None
    expire_lease(first)
    assert worker.claim() is not None
    with pytest.raises(LeaseLostError):
        Checkpoint(first)(done=1)


def test_a_handler_that_forgives_every_error_still_lets_go_of_a_lost_job() -> None:
    enqueue("forgive_everything")
    job = Worker().claim()
    assert job is not None
    Job.objects.filter(pk=job.pk).update(worker="another")
    with pytest.raises(LeaseLostError):
        forgive_everything(job, Checkpoint(job))


def test_a_checkpoint_extends_the_lease() -> None:
    enqueue("do_nothing")
    job = Worker().claim()
    assert job is not None
    expire_lease(job)
    Checkpoint(job)(done=1)
    assert Worker().claim() is None


def test_a_cursor_may_be_set_to_nothing_and_is_left_alone_where_none_is_given() -> None:
    enqueue("do_nothing")
    job = Worker().claim()
    assert job is not None
    checkpoint = Checkpoint(job)
    checkpoint(cursor={"after": 7})
    checkpoint(done=1)
    assert Job.objects.get().cursor == {"after": 7}
    checkpoint(cursor=None)
    assert Job.objects.get().cursor is None


def test_a_failed_job_is_tried_again_after_a_pause_that_grows_and_given_up_in_the_end() -> None:
    job = enqueue("fail", arguments={"message": "no network"})
    worker = Worker()
    for attempt in range(1, MAX_ATTEMPTS):
        before = timezone.now()
        assert worker.work_once()
        assert not worker.work_once()
        job.refresh_from_db()
        assert job.status == JobStatus.QUEUED
        assert job.message == f"RuntimeError: no network (attempt {attempt} of {MAX_ATTEMPTS})"
        pause = FIRST_PAUSE * 2 ** (attempt - 1)
        assert pause <= job.run_after - before <= pause + timedelta(seconds=5)
        come_due(job)
    worker.work_once()
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert "no network (given up after 5 attempts)" in job.message
    assert not worker.work_once()


def test_a_job_that_gets_ahead_has_its_attempts_anew() -> None:
    job = enqueue("fail", arguments={"cursor": 1})
    Job.objects.filter(pk=job.pk).update(attempts=MAX_ATTEMPTS - 1)
    Worker().work_once()
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 1)


def test_a_chunk_that_breaks_after_its_checkpoint_is_taken_back_and_counts_as_an_attempt() -> None:
    job = enqueue("fail_in_chunk")
    for _ in range(MAX_ATTEMPTS):
        Worker().work_once()
        come_due(job)
    job.refresh_from_db()
    assert (job.status, job.cursor, job.attempts) == (JobStatus.FAILED, None, MAX_ATTEMPTS)
    assert not Event.objects.exists()


def test_a_job_that_kills_its_worker_each_time_is_given_up() -> None:
    job = enqueue("count_up", arguments={"total": 1})
    for _ in range(MAX_ATTEMPTS):
        assert Worker().claim() == job
        expire_lease(job)
    Worker().work_once()
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert "its worker died 5 times" in job.message
    assert numbers_counted() == []


def test_a_worker_that_is_stopped_ends_after_the_chunk_at_hand_and_another_goes_on() -> None:
    job = enqueue("count_up", arguments={"total": 4})
    worker = Worker()
    claimed = worker.claim()
    assert claimed is not None
    worker.stop()
    worker._run(claimed)
    job.refresh_from_db()
    assert (job.status, job.cursor, job.worker, job.attempts) == (JobStatus.QUEUED, 1, "", 0)
    assert Worker().run_until_idle() == 1
    assert numbers_counted() == [0, 1, 2, 3]


def test_a_periodic_job_is_asked_for_when_its_time_has_come(settings: Any) -> None:
    settings.JOB_SCHEDULE = {"do_nothing": timedelta(minutes=1)}
    worker = Worker()
    assert worker.run_until_idle() == 1
    assert worker.run_until_idle() == 0
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert worker.run_until_idle() == 1
    assert Job.objects.count() == 1


def test_jobs_that_ended_a_week_ago_are_forgotten(settings: Any) -> None:
    settings.JOB_HANDLERS = {**JOB_HANDLERS, "forget_finished": "annotations.jobs.worker.run_forget_finished"}
    old, recent = enqueue("count_up", arguments={"total": 1}), enqueue("count_up", arguments={"total": 1})
    Worker().run_until_idle()
    Job.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=8))
    enqueue("forget_finished")
    Worker().run_until_idle()
    assert list(Job.objects.filter(kind="count_up")) == [recent]


def test_a_periodic_job_that_has_not_ended_is_not_asked_for_again(settings: Any) -> None:
    settings.JOB_SCHEDULE = {"do_nothing": timedelta(0)}
    assert Worker().claim() is None
    worker = Worker()
    worker.work_once()
    waiting = enqueue("do_nothing", key="schedule:do_nothing", run_after=timezone.now() + timedelta(hours=1))
    assert not worker.work_once()
    assert Job.objects.unfinished().get() == waiting


def test_the_command_runs_what_is_due_and_ends() -> None:
    enqueue("count_up", arguments={"total": 2})
    enqueue("do_nothing")
    out = StringIO()
    call_command("worker", "--once", stdout=out)
    assert out.getvalue() == "Ran 2 jobs.\n"
    assert not Job.objects.unfinished().exists()
