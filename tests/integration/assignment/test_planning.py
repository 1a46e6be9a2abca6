"""A round is planned of the right articles for the right people, or the manager is told what is wrong."""

import pytest

from annotations.assignment.errors import (
    ArticleOfAnotherProjectError,
    NoArticlesLeftError,
    NotAnAnnotatorError,
    TooFewAnnotatorsError,
)
from annotations.assignment.services import add_participant, find_unplanned, plan_round
from annotations.models import Event, Job, Project, Role, RoundKind, Task, TaskStatus, User
from tests.factories import make_article, make_member, make_project, make_user
from tests.factories.large import make_large_project
from tests.plans import explain, record_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project = make_project()
    for _ in range(4):
        make_article(project)
    return project


@pytest.fixture
def team(project: Project) -> list[User]:
    return [make_member(project) for _ in range(3)]


def test_a_round_makes_one_task_of_every_article(project: Project, team: list[User]) -> None:
    manager = make_member(project, Role.MANAGER)
    round_ = plan_round(project, annotators=team, overlap=2, kind=RoundKind.CALIBRATION, by=manager)
    assert (round_.number, round_.kind, round_.overlap, round_.created_by) == (1, "calibration", 2, manager)
    assert set(round_.tasks.values_list("article", flat=True)) == set(
        project.articles.values_list("id", flat=True)
    )
    assert set(round_.tasks.values_list("wanted", "claimed", "status")) == {(2, 0, "open")}
    assert [participant.annotator for participant in round_.participants.all()] == team
    event = Event.objects.get(verb="planned")
    assert (event.actor, event.project, event.details["tasks"]) == (manager, project, 4)
    assert Job.objects.filter(kind="top_up_queues", project=project).count() == 1


def test_a_second_round_of_the_kind_takes_only_what_is_new(project: Project, team: list[User]) -> None:
    plan_round(project, annotators=team, overlap=1, by=None)
    new = make_article(project)
    second = plan_round(project, annotators=team, overlap=1, by=None)
    assert second.number == 2
    assert [task.article for task in second.tasks.all()] == [new]


def test_a_limit_draws_so_many_by_the_seed(project: Project, team: list[User]) -> None:
    def draw(kind: RoundKind, seed: int) -> list[int]:
        round_ = plan_round(project, annotators=team, overlap=1, kind=kind, limit=2, seed=seed, by=None)
        return list(round_.tasks.order_by("id").values_list("article_id", flat=True))

    first = draw(RoundKind.CALIBRATION, 1)
    assert len(first) == 2
    assert draw(RoundKind.RETEST, 1) == first
    with pytest.raises(NoArticlesLeftError, match="1 or more"):
        plan_round(project, annotators=team, overlap=1, limit=0, by=None)


def test_another_kind_of_round_takes_all_again(project: Project, team: list[User]) -> None:
    plan_round(project, annotators=team, overlap=1, kind=RoundKind.CALIBRATION, by=None)
    assert plan_round(project, annotators=team, overlap=1, by=None).tasks.count() == 4


def test_an_article_whose_task_was_cancelled_is_taken_again(project: Project, team: list[User]) -> None:
    first = plan_round(project, annotators=team, overlap=1, by=None)
    cancelled = first.tasks.order_by("id")[1]
    Task.objects.filter(pk=cancelled.pk).update(status=TaskStatus.CANCELLED)
    second = plan_round(project, annotators=team, overlap=1, by=None)
    assert [task.article_id for task in second.tasks.all()] == [cancelled.article_id]


def test_articles_can_be_named_even_if_they_were_annotated_before(project: Project, team: list[User]) -> None:
    plan_round(project, annotators=team, overlap=1, by=None)
    named = list(project.articles.all()[:2])
    again = plan_round(project, annotators=team, overlap=1, articles=[*named, named[0]], by=None)
    assert [task.article for task in again.tasks.all()] == named


def test_nothing_left_is_said(project: Project, team: list[User]) -> None:
    plan_round(project, annotators=team, overlap=1, by=None)
    with pytest.raises(NoArticlesLeftError, match="import articles"):
        plan_round(project, annotators=team, overlap=1, by=None)
    with pytest.raises(NoArticlesLeftError, match="name at least one"):
        plan_round(project, annotators=team, overlap=1, articles=[], by=None)
    assert project.rounds.count() == 1


@pytest.mark.parametrize("overlap", [0, 4])
def test_more_annotators_a_task_than_there_are_is_refused(
    project: Project, team: list[User], overlap: int
) -> None:
    with pytest.raises(TooFewAnnotatorsError, match="overlap"):
        plan_round(project, annotators=team, overlap=overlap, by=None)


def test_one_person_named_twice_is_one_annotator(project: Project, team: list[User]) -> None:
    with pytest.raises(TooFewAnnotatorsError, match="has 1"):
        plan_round(project, annotators=[team[0], team[0]], overlap=2, by=None)


def test_somebody_without_the_role_is_named(project: Project, team: list[User]) -> None:
    manager = make_member(project, Role.MANAGER)
    with pytest.raises(NotAnAnnotatorError, match=manager.email):
        plan_round(project, annotators=[*team, manager], overlap=2, by=None)


def test_an_article_of_another_project_is_refused(project: Project, team: list[User]) -> None:
    foreign = make_article(make_project())
    with pytest.raises(ArticleOfAnotherProjectError):
        plan_round(project, annotators=team, overlap=1, articles=[foreign], by=None)
    assert not project.rounds.exists()


def test_a_seed_is_drawn_where_none_is_given_and_kept(project: Project, team: list[User]) -> None:
    drawn = plan_round(project, annotators=team, overlap=1, kind=RoundKind.CALIBRATION, by=None)
    given = plan_round(project, annotators=team, overlap=1, seed=0, by=None)
    assert drawn.seed > 0
    assert given.seed == 0


def test_an_annotator_may_join_later_but_nobody_else(project: Project, team: list[User]) -> None:
    round_ = plan_round(project, annotators=team, overlap=1, by=None)
    late = make_member(project)
    assert add_participant(round_, late, by=None) == add_participant(round_, late, by=None)
    assert round_.participants.count() == 4
    with pytest.raises(NotAnAnnotatorError):
        add_participant(round_, make_user(), by=None)


def test_finding_the_articles_left_reads_each_of_them_once() -> None:
    articles = 2_000
    large = make_large_project(articles)
    with record_queries() as queries:
        left = set(find_unplanned(large.project, RoundKind.PRODUCTION).values_list("id", flat=True))
    planned = set(large.rounds[0].tasks.values_list("article_id", flat=True))
    assert left == set(large.project.articles.values_list("id", flat=True)) - planned
    assert explain(queries[0]).cost < 60 * articles
