"""Planning, freezing, excluding, undoing and deleting, killed at random moments: each is there as a whole or not at all, and can be asked for again."""

import random
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotations.corpus.services import import_articles
from annotations.formats.documents import Document
from annotations.jobs.worker import Worker
from annotations.models import (
    Article,
    ArticleImport,
    Event,
    Job,
    JobStatus,
    Participant,
    Project,
    Release,
    ReleaseItem,
    Round,
    RoundKind,
    Task,
    TaskStatus,
)
from annotations.models.jobs import UNFINISHED
from annotations.models.tallies import find_wrong_tallies
from tests.factories import make_member
from tests.factories.large import make_adjudicated_round, make_planned_round
from tests.integration.jobs import killed_work
from tests.integration.jobs.killing import KILLS, SEED, kill_at_it, kill_often

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES = 1_000


@pytest.fixture
def project() -> Project:
    with transaction.atomic():
        round_ = make_adjudicated_round(ARTICLES)
    for _ in range(2):
        make_member(round_.project)
    Job.objects.all().delete()
    return round_.project


def test_a_round_that_was_being_planned_is_there_with_all_its_tasks_or_not_at_all(project: Project) -> None:
    kill_often("plan", project, lambda: check_planned(project))
    assert find_rounds(project).count() >= 1
    assert Task.objects.filter(round__kind=RoundKind.CALIBRATION).count() == (
        find_rounds(project).count() * ARTICLES
    )


def test_a_round_that_was_being_planned_in_parts_is_gone_on_with_by_whoever_does_its_job_next(
    project: Project,
) -> None:
    """Before that nobody sees anything of it, and afterwards all of it; nothing is left over."""

    def check() -> None:
        check_planned(project)
        begun = find_jobs()
        Job.objects.filter(status=JobStatus.RUNNING).update(leased_until=timezone.now())
        for job in begun:
            Worker().work_on(job.pk)
        check_planned(project)
        assert not find_jobs()
        assert not Round.objects.exclude(planned_for=None).exists()
        assert Project.objects.count() == 1

    def find_jobs() -> list[Job]:
        return list(Job.objects.filter(kind="plan_round", status__in=UNFINISHED))

    kill_often("plan-in-parts", project, check)
    assert find_rounds(project).count() >= 1


def find_rounds(project: Project) -> QuerySet[Round]:
    return project.rounds.filter(kind=RoundKind.CALIBRATION)


def check_planned(project: Project) -> None:
    """Each round that somebody sees is whole."""
    articles = list(project.articles.order_by("pk").values_list("pk", flat=True))
    rounds = find_rounds(project)
    for round_ in rounds:
        tasks = round_.tasks.order_by("pk")
        assert list(tasks.values_list("article", flat=True)) == articles
        assert set(tasks.values_list("wanted", "claimed", "status")) == {(2, 0, TaskStatus.OPEN)}
        assert (round_.seed, round_.participants.count()) == (killed_work.SEED, 2)
    assert Participant.objects.count() == 2 * rounds.count()
    assert Event.objects.filter(verb="planned").count() == rounds.count()


def test_a_release_that_was_being_frozen_is_there_with_all_its_records_or_not_at_all(
    project: Project,
) -> None:
    """What was killed is gone on with by whoever does its job next."""

    def check() -> None:
        for release in Release.objects.all():
            assert release.items.count() == ARTICLES * 4 // 5
            assert Event.objects.filter(verb="froze", subject_id=str(release.pk)).count() == 1
        numbers = list(Release.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        Job.objects.filter(status=JobStatus.RUNNING).update(leased_until=timezone.now())
        for job in Job.objects.filter(kind="freeze_release", status__in=UNFINISHED):
            Worker().work_on(job.pk)
        assert ReleaseItem.objects.count() == Release.objects.count() * ARTICLES * 4 // 5
        assert not Release.under_way.exists()

    kill_often("freeze", project, check)
    items = Release.objects.values_list("pk", "items__article", "items__sha256", "items__ordinal")
    by_release: dict[int, set[Any]] = {}
    for release, *item in items:
        by_release.setdefault(release, set()).add(tuple(item))
    assert by_release
    assert len(set(map(frozenset, by_release.values()))) == 1


def test_an_article_that_was_being_excluded_is_so_with_its_tasks_or_not_at_all(project: Project) -> None:
    wanted = {article.pk for article in killed_work.list_to_exclude(project)}

    def check() -> None:
        excluded = set(Article.objects.filter(excluded_at__isnull=False).values_list("pk", flat=True))
        assert excluded <= wanted
        tasks = Task.objects.filter(status=TaskStatus.EXCLUDED)
        assert set(tasks.values_list("article", flat=True)) == excluded
        events = Event.objects.filter(verb="excluded").values_list("subject_id", flat=True)
        assert sorted(events) == sorted(map(str, excluded))

    kill_often("exclude", project, check)
    assert set(Article.objects.filter(excluded_at__isnull=False).values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("work", ["undo", "delete"])
def test_what_was_being_taken_away_is_out_of_sight_as_a_whole_or_not_at_all(work: str) -> None:
    """What is left of it goes with the next import, or by whoever does the job next."""
    chance = random.Random(f"{work} {SEED}")  # noqa: S311 - it guards no secret
    for _ in range(KILLS):
        with transaction.atomic():
            round_ = make_planned_round(ARTICLES, imports=1)
        project = round_.project
        kill_at_it(work, project, chance)
        assert find_wrong_tallies() == set()
        live = round_.tasks.live().count()
        if Project.objects.find(project.slug) and project.articles.exists():
            assert live == project.articles.count() == ARTICLES
            killed_work.WORKS[work](project)
        elif work == "undo":
            assert live == 0
            ArticleImport.objects.filter(project=project).update(busy_until=timezone.now())
            import_articles(project, [Document(place="a", text="Anew.", original=b"Anew.")], by=None)
            assert Article.staged.get(project=project).text == "Anew."
        Job.objects.filter(status=JobStatus.RUNNING).update(leased_until=timezone.now())
        for job in Job.objects.filter(kind="forget_project", status__in=UNFINISHED):
            Worker().work_on(job.pk)
        assert not round_.tasks.exists()
        assert Round.objects.filter(pk=round_.pk).exists() is (work == "undo")
        assert find_wrong_tallies() == set()
