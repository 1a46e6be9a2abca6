"""Freezing is a job: nobody sees a release before it is whole, and whoever goes on after a crash writes the same bytes."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.excluding import exclude_article
from annotations.gold import under_way
from annotations.gold.releases import rebuild_release
from annotations.gold.services import (
    ReleaseUnderWayError,
    ask_to_freeze,
    await_release,
    find_freezing,
    freeze_release,
    run_forget_begun,
)
from annotations.gold.splits import plan_splits
from annotations.jobs.managing import cancel_job
from annotations.jobs.worker import Worker
from annotations.models import Job, JobStatus, Project, Release, ReleaseItem, Role
from tests.factories import make_member
from tests.integration.gold.test_splitting import make_gold

pytestmark = pytest.mark.django_db
ARTICLES = 5
SPLITS = plan_splits(shares="3/2", keeps_copies=False)


class Killed(BaseException):
    """Stands for the end of a process in the middle of something."""


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(under_way, "ITEMS_A_PART", 2)
    project, _ = make_gold(ARTICLES)
    return project


def work_until(job: Job, sign: int) -> bool:
    """Let a worker take the job and die at its sign of life of that number, if it gives so many; whether it died."""
    seen = 0

    def watch(_: Job) -> None:
        nonlocal seen
        seen += 1
        if seen == sign:
            raise Killed

    Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING).update(leased_until=timezone.now())
    try:
        Worker(watch=watch).work_on(job.pk)
    except Killed:
        return True
    return False


def read_rows(release: Release) -> list[tuple[Any, ...]]:
    columns = ("ordinal", "article", "record", "sha256", "split")
    return list(release.items.order_by("ordinal").values_list(*columns))


def test_a_release_whose_worker_dies_at_any_moment_has_the_same_bytes(project: Project) -> None:
    by = make_member(project, Role.MANAGER)
    job = ask_to_freeze(project, title="First", by=by, splits=SPLITS)
    sign = 1
    while work_until(job, sign):
        assert not project.releases.exists()
        assert not Release.objects.exists()
        sign += 1
        Job.objects.filter(pk=job.pk).update(attempts=1)
    assert sign > 3
    killed = project.releases.get()
    rebuild_release(killed)
    undisturbed = freeze_release(project, title="First", by=by, splits=SPLITS)
    assert read_rows(killed) == read_rows(undisturbed)
    assert (killed.number, undisturbed.number, killed.created_by) == (1, 2, by)
    apart = {"number": 0, "version": "", "splits": None}
    assert {**killed.manifest, **apart} == {**undisturbed.manifest, **apart}
    assert killed.manifest["splits"]["sides"] == undisturbed.manifest["splits"]["sides"]


def test_what_a_cancelled_job_wrote_is_gone_with_the_next_release_or_after_a_day(
    project: Project, settings: Any
) -> None:
    by = make_member(project, Role.MANAGER)
    job = ask_to_freeze(project, title="First", by=by)
    assert work_until(job, 3)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.QUEUED)
    cancel_job(job, by=by)
    assert Release.under_way.get().items.exists()
    run_forget_begun(Job(), lambda **_: None)  # type: ignore[arg-type]  # a sign of life
    assert Release.under_way.exists()
    settings.BEGUN_RELEASE_KEPT = timedelta()
    run_forget_begun(Job(), lambda **_: None)  # type: ignore[arg-type]  # as above
    assert not Release.under_way.exists()
    again = ask_to_freeze(project, title="Again", by=by)
    assert work_until(again, 3)
    Job.objects.filter(pk=again.pk).update(status=JobStatus.CANCELLED)
    release = freeze_release(project, title="Third", by=by)
    assert not Release.under_way.exists()
    assert (ReleaseItem.objects.count(), release.number, release.title) == (ARTICLES, 1, "Third")


def test_one_release_of_a_project_is_frozen_at_a_time(project: Project) -> None:
    ask_to_freeze(project, title="First", by=None)
    with pytest.raises(ReleaseUnderWayError, match="wait until it is there, or cancel its job"):
        freeze_release(project, title="Second", by=None)
    Worker().run_until_idle()
    assert [release.title for release in project.releases.all()] == ["First"]


def test_an_article_that_is_excluded_while_a_release_is_written_is_not_in_it(project: Project) -> None:
    job = ask_to_freeze(project, title="First", by=None)
    assert work_until(job, 3)
    first = project.articles.earliest("pk")
    exclude_article(first, reason="An advertisement", by=None)
    assert not work_until(job, 1_000)
    release = project.releases.get()
    assert first.pk not in release.items.values_list("article", flat=True)
    assert release.manifest["left_out"] == {"excluded": [first.pk]}
    assert (release.items.count(), Release.under_way.count()) == (ARTICLES - 1, 0)


def test_what_speaks_against_a_release_ends_its_job_at_once_and_leaves_nothing(project: Project) -> None:
    job = ask_to_freeze(project, title="First", by=None, splits=plan_splits(folds=9))
    Worker().work_on(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert "divide into fewer" in job.message
    assert not Release.under_way.exists()
    assert find_freezing(project) is None


def test_who_waits_no_longer_leaves_the_rest_to_a_worker(project: Project) -> None:
    job = ask_to_freeze(project, title="First", by=None)
    assert await_release(job, seconds=0) is None
    Worker().run_until_idle()
    release = await_release(job)
    assert release is not None
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(number=Release.UNDER_WAY)


def test_a_manager_sees_how_far_a_large_release_is_and_comes_to_it_when_it_is_there(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotations.web.releases.views.SECONDS_TO_WAIT", 0.0)
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    sent = client.post(address, {"title": "First"})
    assert sent.headers["Location"] == address
    job = find_freezing(project)
    assert job is not None
    assert work_until(job, 4)
    page = client.get(address).content.decode()
    assert "“First” is being frozen." in page
    assert f"4 of {ARTICLES}" in page
    assert "Freeze it" not in page
    renewal = f"{address}?job={job.pk}"
    assert "HX-Redirect" not in client.get(renewal, headers={"HX-Request": "true"}).headers
    assert not work_until(job, 1_000)
    ended = client.get(renewal, headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"] == reverse("web:release", args=[project.slug, 1])
    assert client.get(ended.headers["HX-Redirect"]).status_code == HTTPStatus.OK


def test_a_release_that_was_not_frozen_says_why_until_another_is(project: Project) -> None:
    client = Client()
    client.force_login(make_member(project, Role.MANAGER))
    address = reverse("web:releases", args=[project.slug])
    ask_to_freeze(project, title="First", by=None, splits=plan_splits(folds=9))
    Worker().run_until_idle()
    page = client.get(address).content.decode()
    assert "“First” was not frozen" in page
    assert "divide into fewer" in page
    freeze_release(project, title="Second", by=None)
    assert "was not frozen" not in client.get(address).content.decode()


def test_an_archived_project_ends_the_job_that_was_to_freeze_a_release() -> None:
    project, _ = make_gold(1)
    job = ask_to_freeze(project, title="First", by=None)
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    Worker().run_until_idle()
    job.refresh_from_db()
    assert (job.status, job.message) == (JobStatus.DONE, "not run: the project is archived")
    assert not Release.under_way.exists()
