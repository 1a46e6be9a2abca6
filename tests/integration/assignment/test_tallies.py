"""The numbers of tasks and assignments that the database keeps are those of the rows, whatever is done and by whatever way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotations.adjudication.services import reopen_task
from annotations.adjudication.settled import finish_by_rule
from annotations.assignment.services import (
    add_participant,
    claim_tasks,
    close_task,
    deactivate_participant,
    expire_leases,
    reassign,
    withdraw_assignment,
)
from annotations.assignment.tallies import count_planned, count_planned_by_kind
from annotations.collection.storing import store_skip
from annotations.models import (
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
    TaskTally,
)
from annotations.models.tallies import TALLIES, find_wrong_tallies, rebuild_tallies
from tests.factories import make_article, make_member, make_project, make_round
from tests.factories.adjudication import claim, mark, submit
from tests.factories.collection import plan_small_round

pytestmark = pytest.mark.django_db


def check_tallies() -> None:
    assert find_wrong_tallies() == set()


def walk(round_: Round) -> Iterator[str]:
    """Everything that changes where tasks and assignments stand, step by step."""
    first, second = round_.participants.order_by("pk")
    manager = make_member(round_.project, Role.MANAGER)
    yield "planned"
    mine, theirs = claim_tasks(first, limit=6), claim_tasks(second, limit=6)
    yield "claimed"
    for assignment in [
        *mine[:3],
        *(each for each in theirs if each.task_id in {own.task_id for own in mine[:3]}),
    ]:
        submit(assignment, mark(claim(0, 4)))
    yield "submitted"
    finish_by_rule(list(Task.objects.annotated()))
    assert Task.objects.filter(status=TaskStatus.ADJUDICATED).exists()
    yield "finished"
    adjudicator = make_member(round_.project, Role.ADJUDICATOR)
    reopen_task(Task.objects.filter(status=TaskStatus.ADJUDICATED)[0], by=adjudicator)
    yield "reopened"
    store_skip(mine[3], reason="Too long")
    yield "skipped"
    withdraw_assignment(mine[4], by=manager)
    yield "withdrawn"
    third = add_participant(round_, make_member(round_.project, Role.ANNOTATOR), by=manager)
    reassign(mine[5], to=third.annotator, by=manager)
    yield "passed on"
    Assignment.objects.queued().update(leased_until=timezone.now() - timedelta(days=1))
    assert expire_leases()
    yield "expired"
    assert claim_tasks(second, limit=2)
    deactivate_participant(second, by=manager)
    yield "left"
    for task in Task.objects.filter(status=TaskStatus.OPEN):
        close_task(task, by=manager)
    yield "closed"
    Task.objects.update(wanted=3)
    yield "wanted from more"
    Assignment.objects.filter(current=None).delete()
    Task.objects.filter(assignments=None).delete()
    yield "removed"


def test_the_tallies_say_after_every_step_what_the_rows_say() -> None:
    for step in walk(plan_small_round(annotators=2, articles=6, overlap=2)):
        try:
            check_tallies()
        except AssertionError as error:
            raise AssertionError(f"after: {step}") from error


def test_what_is_taken_back_is_not_tallied() -> None:
    round_ = plan_small_round(annotators=2, articles=3, overlap=2)
    with transaction.atomic():
        Task.objects.update(status=TaskStatus.CANCELLED)
        assert TaskTally.objects.live().total() == 0
        transaction.set_rollback(True)
    assert TaskTally.objects.filter(round=round_).live().total() == 3
    check_tallies()


def test_many_rows_of_a_kind_are_folded_into_one_and_say_the_same() -> None:
    round_ = plan_small_round(annotators=2, articles=3, overlap=2)
    for number in (4, -1, 2, -5):
        TaskTally.objects.create(
            round=round_, status=TaskStatus.OPEN, is_claimable=True, number=number, wanted=2 * number
        )
    assert TaskTally.objects.all().fold() == 4
    assert TaskTally.objects.count() == 1
    check_tallies()


def test_a_count_anew_puts_right_what_got_past_the_triggers() -> None:
    plan_small_round(annotators=2, articles=3, overlap=2)
    TaskTally.objects.update(number=7)
    assert find_wrong_tallies()
    rebuild_tallies()
    check_tallies()


def test_who_submits_waits_for_nobody_who_submits_too() -> None:
    """On PostgreSQL a tally is only added to: a row that two transactions changed would make one wait for the other."""
    round_ = plan_small_round(annotators=2, articles=3, overlap=2)
    before = set(AssignmentTally.objects.values_list("pk", "number"))
    claim_tasks(round_.participants.all()[0], limit=1)
    claim_tasks(round_.participants.all()[0], limit=1)
    rows = AssignmentTally.objects.filter(status=AssignmentStatus.QUEUED)
    assert rows.count() - len(before) == (1 if connection.vendor == "sqlite" else 2)
    assert rows.total() == 2


def test_an_article_of_several_rounds_is_planned_once_and_once_for_each_kind() -> None:
    project = make_project()
    articles = [make_article(project) for _ in range(3)]
    rounds = [
        make_round(project, kind=kind)
        for kind in (RoundKind.CALIBRATION, RoundKind.PRODUCTION, RoundKind.PRODUCTION)
    ]
    Task.objects.bulk_create(
        Task(round=round_, article=article, wanted=1) for round_ in rounds for article in articles[:2]
    )

    def count() -> tuple[int, dict[str, int]]:
        check_tallies()
        return count_planned(project), dict(count_planned_by_kind(project))

    assert count() == (2, {"calibration": 2, "production": 2})
    first, second = Task.objects.filter(article=articles[0]), Task.objects.filter(article=articles[1])
    first.filter(round=rounds[1]).update(status=TaskStatus.CANCELLED)
    assert count() == (2, {"calibration": 2, "production": 2})
    first.exclude(round=rounds[0]).update(status=TaskStatus.EXCLUDED)
    assert count() == (2, {"calibration": 2, "production": 1})
    first.filter(round=rounds[0]).update(status=TaskStatus.CANCELLED)
    assert count() == (1, {"calibration": 1, "production": 1})
    second.update(status=TaskStatus.CANCELLED)
    assert count() == (0, {"calibration": 0, "production": 0})
    Task.objects.update(status=TaskStatus.OPEN)
    assert count() == (2, {"calibration": 2, "production": 2})
    second.delete()
    assert count() == (1, {"calibration": 1, "production": 1})
    elsewhere = make_project()
    Round.objects.filter(pk=rounds[2].pk).update(project=elsewhere, number=1)
    assert count() == (1, {"calibration": 1, "production": 1})
    assert count_planned(elsewhere) == 1
    Round.objects.filter(pk=rounds[2].pk).update(project=project, number=9)
    assert (count_planned(elsewhere), count()) == (0, (1, {"calibration": 1, "production": 1}))
    for model in TALLIES:
        model.objects.all().fold()
    assert count() == (1, {"calibration": 1, "production": 1})
