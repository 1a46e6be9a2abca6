"""Which tasks can never get all their annotations, and who is left for one."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.assignment.prospects import Bar, find_prospect, find_stuck_tasks
from annotations.assignment.services import (
    add_participant,
    claim_tasks,
    deactivate_participant,
    plan_round,
    withdraw_assignment,
)
from annotations.collection.storing import store_skip
from annotations.models import (
    Assignment,
    Membership,
    Participant,
    Project,
    Role,
    Round,
    RoundKind,
    Task,
    User,
)
from tests.factories import make_article, make_assignment, make_member, make_project, make_round, make_task
from tests.factories.adjudication import claim as mark_claim
from tests.factories.adjudication import mark, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def team(project: Project) -> tuple[User, ...]:
    return tuple(make_member(project, name=name) for name in ("Ada", "Ben", "Cat"))


def find(project: Project) -> list[int]:
    return [one.task_id for one in find_stuck_tasks(Task.objects.filter(round__project=project))]


def skip(task: Task, person: User) -> None:
    task.refresh_from_db()
    store_skip(make_assignment(task, person), reason="I know the author")


def test_a_task_wanted_from_everybody_is_stuck_once_one_of_them_skips_it(
    project: Project, team: tuple[User, ...]
) -> None:
    task, other = (make_task(make_round(project, annotators=team)) for _ in range(2))
    assert find(project) == []
    skip(task, team[0])
    assert find(project) == [task.pk]
    assert other.pk not in find(project)
    prospect = find_prospect(task)
    assert prospect.barred == {team[0].pk: Bar.SKIPPED}
    assert prospect.left == {team[1].pk, team[2].pk}


def test_a_task_is_not_stuck_while_somebody_is_left_for_each_place(
    project: Project, team: tuple[User, ...]
) -> None:
    task = make_task(make_round(project, overlap=2, annotators=team))
    skip(task, team[0])
    assert find(project) == []
    task.refresh_from_db()
    withdraw_assignment(make_assignment(task, team[1]), by=None)
    assert find(project) == [task.pk]
    assert find_prospect(task).barred == {team[0].pk: Bar.SKIPPED, team[1].pk: Bar.WITHDRAWN}


def test_somebody_who_joins_or_hands_it_in_all_the_same_unties_it(
    project: Project, team: tuple[User, ...]
) -> None:
    task = make_task(make_round(project, annotators=team))
    skip(task, team[0])
    add_participant(task.round, make_member(project, name="Dan"), by=None)
    assert find(project) == []


def test_all_open_tasks_of_a_round_with_too_few_people_are_stuck(
    project: Project, team: tuple[User, ...]
) -> None:
    round_ = make_round(project, overlap=3, annotators=team)
    tasks = [make_task(round_) for _ in range(2)]
    submit(make_assignment(tasks[0], team[0]), mark(mark_claim()))
    deactivate_participant(round_.participants.get(annotator=team[0]), by=None)
    assert find(project) == [tasks[1].pk]  # the first has the annotation that Ada left
    User.objects.filter(pk=team[1].pk).update(is_active=False)
    assert find(project) == [task.pk for task in tasks]


def test_a_lapsed_lease_may_come_again_and_ties_nothing(project: Project, team: tuple[User, ...]) -> None:
    task = make_task(make_round(project, annotators=team))
    Assignment.objects.create(
        task=task, annotator=team[0], status="expired", leased_until=task.status_changed_at
    )
    assert find(project) == []
    Assignment.objects.update(closed_at=task.status_changed_at)
    assert find(project) == [task.pk]
    assert find_prospect(task).barred == {team[0].pk: Bar.OVER}


def annotate_and_let_boss_see(project: Project, boss: User, reader: User) -> Round:
    """A round that others finish, so that whoever also reads what they made is barred from the article afterwards."""
    article = make_article(project)
    first = plan_round(
        project, annotators=[reader], overlap=1, kind=RoundKind.CALIBRATION, articles=[article], by=None
    )
    submit(make_assignment(first.tasks.get(), reader), mark(mark_claim()))
    return plan_round(project, annotators=[boss, reader], overlap=2, articles=[article], by=None)


def test_who_may_have_seen_what_others_made_is_not_left_for_a_task(
    project: Project, team: tuple[User, ...]
) -> None:
    boss = make_member(project, Role.MANAGER, Role.ANNOTATOR, name="Boss")
    round_ = annotate_and_let_boss_see(project, boss, team[0])
    task = round_.tasks.get()
    assert claim_tasks(Participant.objects.get(round=round_, annotator=boss), limit=5) == []
    assert find(project) == [task.pk]
    assert find_prospect(task).barred == {boss.pk: Bar.SEEN}
    Membership.objects.filter(user=boss, role=Role.MANAGER).delete()
    assert find(project) == []


def test_finding_them_takes_the_same_queries_however_many_there_are(project: Project) -> None:
    def grow() -> int:
        team = tuple(make_member(project, Role.ANNOTATOR, Role.ADJUDICATOR) for _ in range(3))
        for person in team:
            skip(make_task(make_round(project, annotators=team)), person)
        with CaptureQueriesContext(connection) as captured:
            find(project)
        return len(captured)

    first: Any = grow()
    assert [grow() for _ in range(3)] == [first] * 3
    assert len(find(project)) == 12
