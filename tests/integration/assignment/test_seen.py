"""Nobody is given an article to annotate of which they may have seen what others made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.adjudication.services import reopen_task
from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.errors import MayHaveSeenError
from annotations.assignment.services import (
    add_participant,
    change_member_roles,
    claim_tasks,
    plan_round,
    reassign,
    withdraw_assignment,
)
from annotations.blindness import is_hidden
from annotations.collection.errors import ShareClosedError
from annotations.collection.storing import store_skip
from annotations.models import (
    Assignment,
    AssignmentStatus,
    Membership,
    Participant,
    Project,
    Role,
    Round,
    RoundKind,
    TaskStatus,
    User,
)
from tests.factories import make_article, make_assignment, make_member, make_project
from tests.factories.adjudication import claim as mark_claim
from tests.factories.adjudication import mark
from tests.factories.adjudication import submit as submit_markup

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def boss(project: Project) -> User:
    return make_member(project, Role.MANAGER, Role.ANNOTATOR, name="Boss")


@pytest.fixture
def team(project: Project) -> list[User]:
    return [make_member(project, name=name) for name in ("Ada", "Ben")]


def plan(
    project: Project, people: list[User], *, overlap: int = 2, kind: str = RoundKind.PRODUCTION
) -> Round:
    if not project.articles.exists():
        make_article(project)
    return plan_round(
        project, annotators=people, overlap=overlap, kind=kind, articles=project.articles.all(), by=None
    )


def claim(round_: Round, person: User) -> list[Assignment]:
    return claim_tasks(Participant.objects.get(round=round_, annotator=person), limit=5)


def submit(share: Assignment) -> None:
    submit_markup(share, mark(mark_claim()))


def annotate(round_: Round, *people: User) -> list[Assignment]:
    """Let people submit the round's only task, in turn."""
    for person in people:
        submit(make_assignment(round_.tasks.get(), person))
    return list(Assignment.objects.filter(task__round=round_, annotator__in=people).order_by("id"))


def annotate_without(boss: User, team: list[User], project: Project) -> tuple[Round, Assignment]:
    """A round in which the manager takes part and the others were faster, so that its task is shown to the manager."""
    round_ = plan(project, [boss, *team])
    share, _ = annotate(round_, *team)
    assert not is_hidden(share.task.article_id, boss)
    return round_, share


def test_a_task_that_was_shown_goes_to_none_who_could_look_once_a_share_is_withdrawn(
    project: Project, boss: User, team: list[User]
) -> None:
    round_, share = annotate_without(boss, team, project)
    withdraw_assignment(share, by=boss)
    assert claim(round_, boss) == []
    with pytest.raises(MayHaveSeenError, match="may have seen what others made"):
        reassign(share, to=boss, by=boss)
    add_participant(round_, other := make_member(project), by=None)
    assert [one.annotator for one in claim(round_, other)] == [other]


def test_a_submission_that_becomes_a_skip_opens_the_task_to_none_who_could_look(
    project: Project, boss: User, team: list[User]
) -> None:
    round_, share = annotate_without(boss, team, project)
    store_skip(share, reason="It is about me.")
    assert claim(round_, boss) == []


def test_who_has_no_role_but_annotators_could_not_look(project: Project, team: list[User]) -> None:
    other = make_member(project)
    round_, share = annotate_without(other, team, project)
    withdraw_assignment(share, by=None)
    assert [one.annotator for one in claim(round_, other)] == [other]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER])
def test_giving_up_the_role_by_which_one_could_look_does_not_help(
    project: Project, team: list[User], role: str
) -> None:
    make_member(project, Role.MANAGER)
    other = make_member(project, Role.ANNOTATOR, role)
    round_, share = annotate_without(other, team, project)
    change_member_roles(project, other, roles=[Role.ANNOTATOR], by=None)
    withdraw_assignment(share, by=None)
    assert claim(round_, other) == []


def test_staff_could_look_in_the_administration(project: Project, team: list[User]) -> None:
    staff = make_member(project, is_staff=True)
    round_, share = annotate_without(staff, team, project)
    withdraw_assignment(share, by=None)
    assert claim(round_, staff) == []


def test_who_joins_a_round_late_is_given_only_what_nobody_had_annotated_before(
    project: Project, boss: User, team: list[User]
) -> None:
    begun, untouched = make_article(project), make_article(project)
    round_ = plan(project, team)
    submit(make_assignment(round_.tasks.get(article=begun), team[0]))
    joined = add_participant(round_, boss, by=None)
    assert [one.task.article for one in claim_tasks(joined, limit=5)] == [untouched]


def test_an_article_of_an_earlier_round_is_not_given_in_a_later_one_to_who_could_look(
    project: Project, boss: User, team: list[User]
) -> None:
    annotate(plan(project, team), *team)
    later = plan(project, [boss, *team], kind=RoundKind.CALIBRATION)
    assert claim(later, boss) == []
    assert sum(len(claim(later, person)) for person in (*team, *team)) == 2


def test_the_others_get_the_share_of_who_may_not_have_it(
    project: Project, boss: User, team: list[User]
) -> None:
    """Otherwise the task would wait for somebody who is never given it."""
    annotate(plan(project, team), *team)
    make_article(project)
    later = plan(project, [boss, *team], overlap=2, kind=RoundKind.CALIBRATION)
    given = [one for person in (*team, boss, *team) for one in claim(later, person)]
    assert len(given) == 4
    assert not later.tasks.claimable().exists()


def test_a_retest_is_given_to_who_annotated_its_articles_whatever_they_saw_since(
    project: Project, boss: User, team: list[User]
) -> None:
    round_ = plan(project, [boss, team[0]])
    share, _ = annotate(round_, boss, team[0])
    assert finish_by_rule([share.task])
    assert not is_hidden(share.task.article_id, boss)
    retest = plan(project, [boss, team[1]], kind=RoundKind.RETEST)
    assert [one.annotator for one in claim(retest, boss)] == [boss]


def test_a_reopened_task_stays_as_its_annotators_left_it(
    project: Project, boss: User, team: list[User]
) -> None:
    judge = make_member(project, Role.ADJUDICATOR)
    share, other = annotate(plan(project, [boss, *team]), boss, team[0])
    assert finish_by_rule([share.task])
    task = reopen_task(share.task, by=judge)
    assert task.status == TaskStatus.ANNOTATED
    with pytest.raises(ShareClosedError, match="reopened"):
        submit(share)
    withdraw_assignment(other, by=None)
    with pytest.raises(MayHaveSeenError):
        reassign(other, to=team[0], by=None)
    Membership.objects.create(project=project, user=team[1], role=Role.CONSUMER)
    assert claim(task.round, team[1]) == []


def test_a_retest_takes_back_what_its_annotators_still_have_of_the_articles(
    project: Project, team: list[User]
) -> None:
    round_ = plan(project, team, overlap=1)
    share = make_assignment(round_.tasks.get(), team[0])
    retest = plan(project, team[:1], overlap=1, kind=RoundKind.RETEST)
    share.refresh_from_db()
    share.task.refresh_from_db()
    assert (share.status, share.task.claimed) == (AssignmentStatus.RETURNED, 0)
    assert share.closed_at is not None
    assert share.closed_at > timezone.now() - timedelta(minutes=1)
    with pytest.raises(ShareClosedError):
        submit(share)
    assert claim(round_, team[0]) == []
    assert len(claim(round_, team[1])) == len(claim(retest, team[0])) == 1
