"""What waits for people, by e-mail: what is in it, when it goes, and that it never goes twice on a day."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.assignment.services import plan_round
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Worker
from annotations.models import Assignment, Role, Round, Task, TaskStatus, User
from annotations.web.digests import run_send_digests, send_digest
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import mark, submit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)


@pytest.fixture
def round_() -> Round:
    """Two annotators, Ana and Ben, for two articles each; Ana adjudicates, too."""
    project = make_project("News")
    ana = make_member(project, Role.ANNOTATOR, Role.ADJUDICATOR, name="Ana", last_login=timezone.now())
    ben = make_member(project, Role.ANNOTATOR, name="Ben", last_login=timezone.now())
    for _ in range(2):
        make_article(project)
    return plan_round(project, annotators=[ana, ben], overlap=2, seed=7, by=None)


def person(name: str) -> User:
    found: User = User.objects.get(name=name)
    return found


def run() -> list[str]:
    """Run the job once; the texts of the messages that went out."""
    before = len(mail.outbox)
    Worker().work_on(enqueue("send_digests").pk)
    return [str(message.body) for message in mail.outbox[before:]]


def test_everybody_for_whom_something_waits_is_told_once_a_day_at_most(round_: Round) -> None:
    texts = run()
    assert len(texts) == 2
    assert all("- News, Round 1: 2 articles to annotate\n" in text for text in texts)
    assert {message.to[0] for message in mail.outbox} == {person("Ana").email, person("Ben").email}
    assert run() == []


def test_a_round_that_is_due_soon_or_late_is_told_each_day_and_else_after_a_week(round_: Round) -> None:
    ana = person("Ana")
    told = []
    for due_on in (None, TODAY + timedelta(days=4), TODAY + timedelta(days=3), TODAY - timedelta(days=9)):
        Round.objects.update(due_on=due_on)
        for days in (1, 6, 7):
            ana.digest_sent_on = TODAY - timedelta(days=days)
            ana.save()
            told.append(send_digest(ana, today=TODAY))
    assert told == [False, False, True] * 2 + [True, True, True] * 2
    assert "days late" in str(mail.outbox[-1].body)


def test_who_said_no_was_never_here_or_has_nothing_to_do_hears_nothing(round_: Round, client: Client) -> None:
    ana, ben = person("Ana"), person("Ben")
    client.force_login(ana)
    page = client.post(reverse("web:choose-digest"), follow=True)
    assert "You are not told by e-mail any more" in page.content.decode()
    User.objects.filter(pk=ben.pk).update(last_login=None)
    assert run() == []
    client.post(reverse("web:choose-digest"), {"wants_digest": "on"})
    Task.objects.update(status=TaskStatus.CANCELLED)
    assert run() == []
    assert person("Ana").digest_sent_on is None


def test_an_adjudicator_hears_of_what_they_may_open_and_nothing_of_what_others_made(round_: Round) -> None:
    """Ben has done both articles. Ana has done none, so nothing of his shows; an outsider may open what is complete."""
    project = round_.project
    ana, ben = person("Ana"), person("Ben")
    make_member(project, Role.ADJUDICATOR, name="Cy", last_login=timezone.now())
    for task in Task.objects.all():
        submit(_share(task, ben), mark((0, 4)))
    before = run()
    assert [text.split("\n- ")[1:] for text in before if "Hello Ana" in text]
    assert not any("adjudicator" in text or "Hello Ben" in text or "Hello Cy" in text for text in before)
    first = Task.objects.order_by("pk")[0]
    submit(_share(first, ana), mark((0, 4)))
    User.objects.update(digest_sent_on=None)
    after = run()
    [cys] = [text for text in after if "Hello Cy" in text]
    assert "- News: something waits for an adjudicator\n" in cys
    assert not any("Ben" in text for text in after)


def _share(task: Task, annotator: User) -> Assignment:
    share, _ = Assignment.objects.get_or_create(
        task=task,
        annotator=annotator,
        defaults={"leased_until": timezone.now() + timedelta(days=1)},
    )
    return share


def test_where_the_mail_server_refuses_the_job_comes_back_to_the_same_people(
    round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError("the mail server is away")

    job = enqueue("send_digests")
    with monkeypatch.context() as broken:
        broken.setattr("annotations.web.digests.send_mail", refuse)
        with pytest.raises(OSError, match="is away"):
            run_send_digests(job, lambda **_: None)  # type: ignore[arg-type]
    assert not User.objects.exclude(digest_sent_on=None).exists()
    Worker().work_on(job.pk)
    assert len(mail.outbox) == 2
