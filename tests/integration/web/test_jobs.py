"""What runs, how long still and by whom; cancelled by who may, tried again, and told in a log."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from annotations.jobs.managing import JobRefusedError, cancel_job, retry_job
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint, LeaseLostError, Worker
from annotations.models import Event, Job, JobStatus, Role
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
HANDLERS = "tests.integration.jobs.handlers"


@pytest.fixture(autouse=True)
def handlers(settings: Any) -> None:
    settings.JOB_HANDLERS = {
        "count_up": f"{HANDLERS}.count_up",
        "fail": f"{HANDLERS}.fail",
        "reconcile": f"{HANDLERS}.do_nothing",
    }
    settings.JOBS_CANCELLABLE = {"count_up"}
    settings.JOB_SCHEDULE = {}


def ask(world: Any, kind: str = "count_up") -> Job:
    return enqueue(kind, project=world.project, by=world.people[Role.MANAGER], arguments={"total": 3})


def do_a_part(job: Job, checkpoint: Checkpoint) -> None:
    with transaction.atomic():
        Event.objects.record("counted", job, actor=None)
        checkpoint(cursor=2, done=2)


def test_a_cancelled_job_is_taken_from_its_worker_with_the_part_at_hand() -> None:
    person = make_user()
    enqueue("count_up", project=make_project(), arguments={"total": 3})
    held = Worker().claim()
    assert held is not None
    checkpoint = Checkpoint(held)
    checkpoint(cursor=1, done=1)
    cancel_job(held, by=person)
    with pytest.raises(LeaseLostError):
        do_a_part(held, checkpoint)
    held.refresh_from_db()
    assert (held.status, held.cursor, held.done) == (JobStatus.CANCELLED, 1, 1)
    assert not Event.objects.filter(verb="counted").exists()
    assert Worker().claim() is None


def test_a_job_that_was_cancelled_goes_on_from_its_cursor_when_it_is_tried_again() -> None:
    person = make_user()
    job = enqueue("count_up", project=make_project(), arguments={"total": 3})
    held = Worker().claim()
    assert held is not None
    Checkpoint(held)(cursor=1, done=1)
    cancel_job(job, by=person)
    retry_job(job, by=person)
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.done) == (JobStatus.DONE, 3)
    assert [event.details["number"] for event in Event.objects.filter(verb="counted").order_by("id")] == [
        1,
        2,
    ]
    verbs = Event.objects.filter(subject_type="job").exclude(verb="counted").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["cancelled a job", "tried a job again"]
    lines = [line.split(" ", 2)[2] for line in job.log.splitlines()]
    assert [line.partition(" by ")[0] for line in lines] == [
        "taken",
        "cancelled",
        "tried again",
        "taken",
        "done: 3 of 3",
    ]


def test_what_the_workbench_needs_by_itself_or_has_ended_is_not_cancelled() -> None:
    person = make_user()
    with pytest.raises(JobRefusedError, match="needs this job"):
        cancel_job(enqueue("reconcile"), by=person)
    job = enqueue("count_up", arguments={"total": 1})
    Worker().run_until_idle()
    with pytest.raises(JobRefusedError, match="has ended already"):
        cancel_job(job, by=person)
    with pytest.raises(JobRefusedError, match="given up or cancelled"):
        retry_job(job, by=person)


def test_a_job_is_not_tried_again_while_a_later_one_does_the_same() -> None:
    person = make_user()
    job = enqueue("count_up", key="k", arguments={"total": 1})
    cancel_job(job, by=person)
    enqueue("count_up", key="k", arguments={"total": 1})
    with pytest.raises(JobRefusedError, match="waits or runs already"):
        retry_job(job, by=person)


def test_the_log_of_a_job_tells_of_its_failures() -> None:
    job = enqueue("fail", arguments={"message": "no\nnetwork"})
    Worker().work_once()
    job.refresh_from_db()
    assert job.log.splitlines()[1].endswith("failed: RuntimeError: no network")


def test_how_long_a_job_will_take_follows_from_its_pace_since_its_worker_took_it() -> None:
    now = timezone.now()
    job = Job(
        status=JobStatus.RUNNING, total=100, done=40, started_done=20, started_at=now - timedelta(seconds=10)
    )
    assert job.estimate_left(now) == timedelta(seconds=30)
    assert Job(status=JobStatus.RUNNING, total=100, started_at=now).estimate_left(now) is None
    assert Job(status=JobStatus.DONE, total=100, done=100).estimate_left(now) is None


def test_a_manager_cancels_a_job_on_its_page_and_has_it_tried_again(world: Any) -> None:
    job = ask(world)
    client = world.visit_as(Role.MANAGER)
    address = reverse("web:job", args=[world.project.slug, job.pk])
    assert "Cancel this job" in client.get(address).content.decode()
    page = client.post(f"{address}change/", {"what": "cancel"}, follow=True).content.decode()
    assert "The job is cancelled." in page
    assert "Try again" in page
    page = client.post(f"{address}change/", {"what": "retry"}, follow=True).content.decode()
    assert "waits for a worker again" in page
    assert "tried again by" in page
    page = client.post(f"{address}change/", {"what": "retry"}, follow=True).content.decode()
    assert "Only a job that was given up or cancelled" in page


def test_whoever_runs_the_installation_sees_the_jobs_of_every_project_and_of_none(world: Any) -> None:
    mine, of_none = ask(world), enqueue("reconcile")
    person = world.people["outsider"]
    person.is_superuser = True
    person.save()
    client = world.visit_as("outsider")
    page = client.get(reverse("web:all-jobs")).content.decode()
    for job in (mine, of_none):
        address = reverse("web:any-job", args=[job.pk])
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    answer = client.post(f"{reverse('web:any-job', args=[mine.pk])}change/", {"what": "cancel"})
    assert answer.status_code == 302
    mine.refresh_from_db()
    assert mine.status == JobStatus.CANCELLED


def test_a_list_of_jobs_is_narrowed_to_what_ended_badly(world: Any) -> None:
    job = ask(world)
    cancel_job(job, by=world.people[Role.MANAGER])
    client = world.visit_as(Role.MANAGER)
    address = reverse("web:jobs", args=[world.project.slug])
    assert "Count up" in client.get(f"{address}?which=ended+badly").content.decode()
    assert "Count up" not in client.get(f"{address}?which=now").content.decode()
