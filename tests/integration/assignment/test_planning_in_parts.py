"""A round of many articles is written in parts that nobody sees, and is there as a whole or not at all."""

from typing import Any

import pytest

from annotations.assignment import planning, under_way
from annotations.assignment.closing import close_round, reopen_round
from annotations.assignment.errors import NoArticlesLeftError, NotAnAnnotatorError, RoundUnderWayError
from annotations.assignment.excluding import exclude_article, find_reason_to_keep
from annotations.assignment.planning import (
    ask_to_plan,
    await_round,
    find_planning,
    plan_round,
    run_forget_plans,
)
from annotations.assignment.services import claim_tasks
from annotations.assignment.tallies import count_planned_by_kind
from annotations.jobs.worker import Checkpoint, Worker
from annotations.models import (
    Article,
    Event,
    Job,
    JobStatus,
    Membership,
    Participant,
    Project,
    Role,
    Round,
    RoundKind,
    Task,
    User,
)
from annotations.models.tallies import find_wrong_tallies
from tests.factories import make_article, make_member, make_project
from tests.factories.collection import mark, submit

pytestmark = pytest.mark.django_db
ARTICLES, AT_ONCE, A_PART = 10, 4, 3


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PLANNED_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(under_way, "TASKS_A_PART", A_PART)
    monkeypatch.setattr(under_way, "ARTICLES_A_PART", A_PART)


@pytest.fixture
def project() -> Project:
    project = make_project()
    for _ in range(ARTICLES):
        make_article(project)
    return project


@pytest.fixture
def team(project: Project) -> list[User]:
    return [make_member(project) for _ in range(3)]


def ask(project: Project, team: list[User], **asked: Any) -> Job:
    wanted: dict[str, Any] = {"annotators": team, "overlap": 2, "by": None}
    job = ask_to_plan(project, **wanted | asked)
    assert isinstance(job, Job)
    return job


def list_articles(round_: Round) -> list[int]:
    return list(round_.tasks.order_by("pk").values_list("article_id", flat=True))


def check_nothing_is_left() -> None:
    assert not Round.objects.exclude(planned_for=None).exists()
    assert not Project.objects.filter(slug__startswith="-planned").exists()
    assert find_wrong_tallies() == set()


def test_a_round_that_is_written_in_parts_is_the_one_that_would_be_written_at_once(
    project: Project, team: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []
    for at_once, kind in ((AT_ONCE, RoundKind.CALIBRATION), (ARTICLES, RoundKind.PRODUCTION)):
        monkeypatch.setattr(planning, "PLANNED_AT_ONCE", at_once)
        rounds.append(plan_round(project, annotators=team, overlap=2, kind=kind, limit=7, seed=3, by=team[0]))
    assert Job.objects.filter(kind="plan_round").count() == 1
    in_parts, whole = rounds
    assert list_articles(in_parts) == list_articles(whole)
    assert [one.annotator for one in in_parts.participants.all()] == team
    assert (in_parts.project, in_parts.number, whole.number) == (project, 1, 2)
    assert (in_parts.created_by, in_parts.seed, in_parts.overlap) == (team[0], 3, 2)
    told = [event.details | {"kind": ""} for event in Event.objects.filter(verb="planned").order_by("pk")]
    assert told[0] == told[1]
    assert told[0]["tasks"] == 7
    assert Job.objects.filter(kind="top_up_queues", arguments={"round": in_parts.pk}).exists()
    check_nothing_is_left()


def test_nobody_sees_anything_of_a_round_and_nobody_plans_another_before_it_is_whole(
    project: Project, team: list[User]
) -> None:
    closed = plan_round(project, annotators=team, overlap=2, kind=RoundKind.CALIBRATION, limit=2, by=None)
    close_round(closed, by=None)
    job = ask(project, team)
    seen = []

    def look(job: Job) -> None:
        if "round" in (job.cursor or {}):
            return  # it is there, as soon as this transaction is through
        written = Task.objects.filter(round__planned_for=project).count()
        seen.append(written)
        assert list(project.rounds.all()) == [closed]
        assert not Participant.objects.exclude(round=closed).exists()
        assert count_planned_by_kind(project)["production"] == written
        assert find_wrong_tallies() == set()
        with pytest.raises(RoundUnderWayError):
            plan_round(project, annotators=team, overlap=1, limit=1, by=None)
        with pytest.raises(RoundUnderWayError):
            ask_to_plan(project, annotators=team, overlap=1, by=None)
        with pytest.raises(RoundUnderWayError):
            reopen_round(closed, by=None)

    planned = await_round(job, watch=look)
    assert planned is not None
    assert seen[:5] == [0, 3, 6, 9, 10]
    assert list_articles(planned) == list(project.articles.order_by("pk").values_list("pk", flat=True))
    assert len(claim_tasks(planned.participants.all()[0], limit=3)) == 3
    check_nothing_is_left()


def stop_after(job: Job, parts: int) -> None:
    """Do some parts of a job; then its worker dies, and another may have it."""
    written = 0

    def count(_: Job) -> None:
        nonlocal written
        written += 1
        if written > parts:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(watch=count).work_on(job.pk)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.QUEUED, worker="", leased_until=None)


def test_what_was_cut_off_is_gone_on_with_and_comes_to_the_same(project: Project, team: list[User]) -> None:
    first = plan_round(
        project, annotators=team, overlap=2, kind=RoundKind.CALIBRATION, limit=7, seed=5, by=None
    )
    job = ask(project, team, limit=7, seed=5)
    stop_after(job, 2)
    assert 0 < Task.objects.filter(round__planned_for=project).count() < 7
    planned = await_round(job)
    assert planned is not None
    assert list_articles(planned) == list_articles(first)
    check_nothing_is_left()


def test_an_article_that_is_excluded_or_deleted_meanwhile_is_not_given_to_anybody(
    project: Project, team: list[User]
) -> None:
    written, coming, deleted = (project.articles.order_by("pk")[number] for number in (0, 8, 9))
    job = ask(project, team)
    stop_after(job, 2)
    assert "on its way into a round" in find_reason_to_keep(written)
    exclude_article(written, reason="An advertisement", by=None)
    exclude_article(coming, reason="An advertisement", by=None)
    Article.objects.filter(pk=deleted.pk).delete()
    planned = await_round(job)
    assert planned is not None
    assert planned.tasks.live().count() == ARTICLES - 3
    assert planned.tasks.exclude(status="open").get().article == written
    check_nothing_is_left()


def test_what_a_job_has_left_that_ended_without_its_round_goes(project: Project, team: list[User]) -> None:
    job = ask(project, team)
    stop_after(job, 2)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED)
    sweep = Job.objects.create(kind="forget_plans", status=JobStatus.RUNNING, worker="here")
    run_forget_plans(sweep, Checkpoint(sweep))
    check_nothing_is_left()
    assert count_planned_by_kind(project)["production"] == 0


def test_the_next_plan_takes_away_what_the_last_one_left(project: Project, team: list[User]) -> None:
    job = ask(project, team)
    stop_after(job, 2)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED)
    planned = plan_round(project, annotators=team, overlap=2, by=None)
    assert planned.tasks.count() == ARTICLES
    check_nothing_is_left()


def test_a_plan_is_given_up_where_somebody_of_the_team_has_left(project: Project, team: list[User]) -> None:
    job = ask(project, team)
    Membership.objects.filter(project=project, user=team[0]).delete()
    with pytest.raises(NotAnAnnotatorError):
        await_round(job)
    assert find_planning(project) is None
    assert not project.rounds.exists()
    check_nothing_is_left()


def test_a_plan_is_given_up_where_nothing_is_left_to_plan(project: Project, team: list[User]) -> None:
    job = ask(project, team)
    for article in project.articles.all():
        exclude_article(article, reason="An advertisement", by=None)
    with pytest.raises(NoArticlesLeftError):
        await_round(job)
    check_nothing_is_left()


def test_a_retest_closes_what_its_annotators_made_of_the_articles_before(
    project: Project, team: list[User]
) -> None:
    first = plan_round(project, annotators=team[:2], overlap=2, by=None)
    person, other = first.participants.order_by("pk")
    mine, theirs = claim_tasks(person, limit=8), claim_tasks(other, limit=8)
    for share in mine[:4]:
        submit(share, mark())
    plan_round(project, annotators=team[:1], overlap=1, kind=RoundKind.RETEST, by=None)
    for share in [*mine, *theirs]:
        share.refresh_from_db()
    assert all(share.closed_at for share in mine)
    assert {share.status for share in mine[4:]} == {"returned"}
    assert not any(share.closed_at for share in theirs)
    check_nothing_is_left()


def test_a_manager_of_the_project_is_told_who_planned_it(project: Project, team: list[User]) -> None:
    manager = make_member(project, Role.MANAGER)
    planned = plan_round(project, annotators=team, overlap=2, by=manager)
    assert planned.created_by == manager
    assert Event.objects.get(verb="planned").actor == manager
