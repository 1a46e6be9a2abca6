"""Planning, freezing and excluding, killed at random moments: each is there as a whole or not at all, and can be asked for again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from annotations.models import (
    Article,
    Event,
    Job,
    Participant,
    Project,
    Release,
    ReleaseItem,
    Round,
    RoundKind,
    Task,
    TaskStatus,
)
from annotations.models.tallies import find_wrong_tallies
from tests.databases import name_database
from tests.factories import make_member
from tests.factories.large import make_adjudicated_round
from tests.integration.jobs import killed_work

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
ARTICLES = 1_000
KILLS = 4
LONGEST = 0.4
"""Seconds after the work began; on an idle machine it takes about half of that."""


@pytest.fixture
def project() -> Project:
    with transaction.atomic():
        round_ = make_adjudicated_round(ARTICLES)
    for _ in range(2):
        make_member(round_.project)
    Job.objects.all().delete()
    return round_.project


def kill_at_it(work: str, project: Project, chance: random.Random) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.jobs.killed_work", work, str(project.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.integration.jobs.killed_settings",
            "DATABASE_URL": name_database(),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "at it\n", process.communicate()
        time.sleep(chance.uniform(0, LONGEST))
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()


def kill_often(work: str, project: Project, check: Callable[[], Any]) -> None:
    """After each kill what is there is looked at; afterwards the work is done once more, in peace."""
    chance = random.Random(work)  # noqa: S311 - it guards no secret
    for _ in range(KILLS):
        kill_at_it(work, project, chance)
        check()
        assert find_wrong_tallies() == set()
    killed_work.WORKS[work](project)
    check()
    assert find_wrong_tallies() == set()


def test_a_round_that_was_being_planned_is_there_with_all_its_tasks_or_not_at_all(project: Project) -> None:
    articles = list(project.articles.order_by("pk").values_list("pk", flat=True))
    planned = Round.objects.filter(kind=RoundKind.CALIBRATION)

    def check() -> None:
        for round_ in planned.all():
            tasks = round_.tasks.order_by("pk")
            assert list(tasks.values_list("article", flat=True)) == articles
            assert set(tasks.values_list("wanted", "claimed", "status")) == {(2, 0, TaskStatus.OPEN)}
            assert (round_.seed, round_.participants.count()) == (killed_work.SEED, 2)
        number = planned.count()
        assert Task.objects.filter(round__in=planned).count() == number * ARTICLES
        assert Participant.objects.count() == 2 * number
        assert Event.objects.filter(verb="planned").count() == number

    kill_often("plan", project, check)
    assert planned.count() >= 1


def test_a_release_that_was_being_frozen_is_there_with_all_its_records_or_not_at_all(
    project: Project,
) -> None:
    def check() -> None:
        for release in Release.objects.all():
            assert release.items.count() == ARTICLES * 4 // 5
            assert Event.objects.filter(verb="froze", subject_id=str(release.pk)).count() == 1
        assert ReleaseItem.objects.count() == Release.objects.count() * ARTICLES * 4 // 5
        numbers = list(Release.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

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
