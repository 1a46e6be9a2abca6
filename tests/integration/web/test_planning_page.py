"""A round of many articles is planned by a job, and the list of rounds shows how far it is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotations.assignment import planning
from annotations.jobs.worker import Worker
from annotations.models import Job, JobStatus, Project, User
from annotations.web.rounds import views
from tests.answers import read_words
from tests.factories import make_article, make_member

pytestmark = pytest.mark.django_db
ARTICLES = 3


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PLANNED_AT_ONCE", ARTICLES - 1)


@pytest.fixture
def team(project: Project) -> list[User]:
    for _ in range(ARTICLES):
        make_article(project)
    return [make_member(project) for _ in range(2)]


def plan(browser: Client, project: Project, team: list[User]) -> str:
    form = {"kind": "production", "annotators": [person.pk for person in team], "overlap": 2}
    return browser.post(reverse("web:plan-round", args=[project.slug]), form)["Location"]


def test_a_round_that_is_there_in_time_is_shown_at_once(
    browser: Client, project: Project, team: list[User]
) -> None:
    assert plan(browser, project, team) == reverse("web:round", args=[project.slug, 1])
    assert Job.objects.get(kind="plan_round").status == JobStatus.DONE
    said = read_words(browser.get(reverse("web:round", args=[project.slug, 1])))
    assert "Round 1 is planned: 3 articles for 2 annotators each" in said


def test_of_another_it_is_shown_how_far_it_is_and_then_the_round(
    browser: Client, project: Project, team: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SECONDS_TO_WAIT", 0.0)
    rounds = reverse("web:rounds", args=[project.slug])
    assert plan(browser, project, team) == rounds
    assert "A round is being planned." in read_words(browser.get(rounds))
    form = {"kind": "production", "annotators": [team[0].pk], "overlap": 1}
    refused = read_words(browser.post(reverse("web:plan-round", args=[project.slug]), form))
    assert f"A round of {project} is being planned: wait until it is there" in refused
    job = Job.objects.get(kind="plan_round")
    asked: dict[str, Any] = {"query_params": {"job": job.pk}, "headers": {"HX-Request": "true"}}
    assert "A round is being planned." in read_words(browser.get(rounds, **asked))
    Worker().work_on(job.pk)
    assert browser.get(rounds, **asked)["HX-Redirect"] == reverse("web:round", args=[project.slug, 1])
    assert "being planned" not in read_words(browser.get(rounds))


def test_it_is_said_why_a_round_was_not_planned(
    browser: Client, project: Project, team: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SECONDS_TO_WAIT", 0.0)
    plan(browser, project, team)
    project.memberships.filter(user=team[0]).delete()
    job = Job.objects.get(kind="plan_round")
    Worker().work_on(job.pk)
    rounds = reverse("web:rounds", args=[project.slug])
    said = read_words(browser.get(rounds))
    assert f"A round was not planned: {team[0].email} is not an annotator" in said
    asked: dict[str, Any] = {"query_params": {"job": job.pk}, "headers": {"HX-Request": "true"}}
    assert browser.get(rounds, **asked)["HX-Redirect"] == rounds
