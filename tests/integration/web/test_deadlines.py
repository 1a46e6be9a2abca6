"""The day by which a round is to be annotated: asked for, shown to who annotates and to who manages, and said to be over."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.models import Project, Round, TaskStatus
from tests.answers import read_words
from tests.factories import make_article, make_member, make_project, make_round, make_task

pytestmark = pytest.mark.django_db


def at(name: str, project: Project, *rest: Any) -> str:
    return reverse(f"web:{name}", args=[project.slug, *rest])


def make_late(project: Project, *, days: int = 2) -> Round:
    round_ = make_round(project, overlap=1, annotators=(make_member(project, name="Ana"),))
    make_task(round_, make_article(project))
    round_.due_on = timezone.localdate() - timedelta(days=days)
    round_.save()
    return round_


def read_text(answer: Any) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", read_words(answer)).split())


def test_a_round_is_planned_with_a_day_and_the_day_is_changed_and_taken_away(
    browser: Client, project: Project
) -> None:
    make_article(project)
    ana = make_member(project, name="Ana")
    day = timezone.localdate() + timedelta(days=3)
    sent = {"kind": "calibration", "annotators": [ana.pk], "overlap": 1, "due_on": day.isoformat()}
    browser.post(at("plan-round", project), sent)
    round_ = project.rounds.get()
    assert round_.due_on == day
    assert "in 3 days" in read_text(browser.get(at("round", project, 1)))
    later = day + timedelta(days=1)
    answer = browser.post(at("due-round", project, 1), {"due_on": later.isoformat()}, follow=True)
    assert f"The round is to be annotated by {later.day} {later:%B %Y}." in read_text(answer)
    browser.post(at("due-round", project, 1), {"due_on": ""})
    round_.refresh_from_db()
    assert round_.due_on is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [("31/01/2999", "Give the day as the calendar does"), ("2000-01-01", "2000-01-01 is over")],
)
def test_a_day_that_cannot_be_is_refused(browser: Client, project: Project, sent: str, said: str) -> None:
    make_round(project)
    answer = browser.post(at("due-round", project, 1), {"due_on": sent}, follow=True)
    assert said in read_text(answer)
    assert project.rounds.get().due_on is None


def test_a_form_with_a_day_that_is_over_plans_nothing(browser: Client, project: Project) -> None:
    make_article(project)
    sent = {"kind": "calibration", "annotators": [make_member(project).pk], "overlap": 1}
    answer = browser.post(at("plan-round", project), {**sent, "due_on": "2000-01-01"})
    assert "2000-01-01 is over: choose today or a later day." in read_text(answer)
    assert not project.rounds.exists()


def test_managers_read_on_three_pages_that_a_round_is_late(browser: Client, project: Project) -> None:
    round_ = make_late(project)
    for page in ("rounds", "project"):
        assert "2 days late" in read_text(browser.get(at(page, project)))
    shown = read_text(browser.get(at("round", project, round_.number)))
    assert "2 days late: 1 article is still being annotated." in shown


def test_a_round_without_open_articles_is_not_late(browser: Client, project: Project) -> None:
    round_ = make_late(project)
    task = round_.tasks.get()
    task.status, task.wanted = TaskStatus.CANCELLED, 1
    task.save()
    for address in (at("rounds", project), at("project", project), at("round", project, 1)):
        assert "late" not in read_text(browser.get(address)).replace("latest", "").replace("Latest", "")


def test_an_annotator_reads_by_when_and_what_is_due_first_comes_first(client: Client) -> None:
    project = make_project("News")
    ana = make_member(project, name="Ana")
    client.force_login(ana)
    today = timezone.localdate()
    days: list[date | None] = [None, today + timedelta(days=5), today - timedelta(days=1)]
    for number, day in enumerate(days, start=1):
        round_ = make_round(project, overlap=1, annotators=(ana,))
        make_task(round_, make_article(project, f"Article {number}"))
        Round.objects.filter(pk=round_.pk).update(due_on=day)
    page = read_text(client.get(reverse("web:work")))
    assert page.index("round 3") < page.index("1 day late") < page.index("round 2") < page.index("in 5 days")
    assert page.index("in 5 days") < page.index("round 1")
