"""The end of a round: nothing of it is given to anybody any more, and what is in goes on to adjudication."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from annotations.assignment.claims import claim_tasks
from annotations.assignment.closing import RoundNameError, close_round, rename_round, reopen_round
from annotations.assignment.deadlines import FURTHEST, DueDayError, set_due_day
from annotations.assignment.errors import RoundClosedError
from annotations.assignment.services import (
    add_participant,
    find_unplanned,
    plan_round,
    reassign,
    withdraw_assignment,
)
from annotations.collection.storing import store_skip
from annotations.models import (
    Assignment,
    AssignmentStatus,
    Event,
    Job,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
)
from tests.factories import make_assignment, make_member
from tests.factories.collection import plan_small_round, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    """Three tasks wanted from two: one is complete, one has one annotation, one has none."""
    planned = plan_small_round(annotators=2, articles=3, overlap=2)
    first, second, third = planned.tasks.order_by("pk")
    one, two = (participant.annotator for participant in planned.participants.all())
    submit(make_assignment(first, one))
    submit(make_assignment(first, two))
    submit(make_assignment(second, one))
    make_assignment(second, two)
    make_assignment(third, one)
    return planned


def statuses(round_: Round) -> list[str]:
    return list(round_.tasks.order_by("pk").values_list("status", flat=True))


def test_what_is_begun_goes_on_and_what_is_not_is_cancelled(round_: Round) -> None:
    Job.objects.all().delete()
    close_round(round_, by=None)
    assert statuses(round_) == [TaskStatus.ANNOTATED, TaskStatus.ANNOTATED, TaskStatus.CANCELLED]
    second = round_.tasks.order_by("pk")[1]
    assert (second.wanted, second.claimed, second.awaits_rule) == (1, 1, True)
    assert not Assignment.objects.queued().exists()
    assert Assignment.objects.filter(status=AssignmentStatus.RETURNED).count() == 2
    assert {"finish_by_rule", "top_up_queues"} <= set(Job.objects.values_list("kind", flat=True))
    details = Event.objects.get(verb="closed", subject_type="round").details
    assert details == {"open_tasks": 2, "to_adjudication": 1, "cancelled": 1, "given_back": 2}


def test_nobody_joins_it_and_nothing_of_it_is_given_out(round_: Round) -> None:
    close_round(round_, by=None)
    newcomer = make_member(round_.project, Role.ANNOTATOR)
    for attempt in (
        lambda: add_participant(round_, newcomer, by=None),
        lambda: reassign(Assignment.objects.filter(status="returned")[0], to=newcomer, by=None),
    ):
        with pytest.raises(RoundClosedError, match="Round 1 is closed: open it again"):
            attempt()
    for participant in round_.participants.all():
        assert claim_tasks(participant, limit=5) == []


def test_the_database_opens_no_task_of_it(round_: Round) -> None:
    close_round(round_, by=None)
    with pytest.raises(Error, match="the round is closed"), transaction.atomic():
        Task.objects.filter(round=round_).update(status=TaskStatus.OPEN)


def test_what_is_taken_back_or_given_up_later_leaves_the_task_with_the_rest(round_: Round) -> None:
    close_round(round_, by=None)
    first, second, _ = round_.tasks.order_by("pk")
    withdraw_assignment(first.assignments.submitted()[0], by=None)
    first.refresh_from_db()
    assert (first.status, first.wanted, first.claimed) == (TaskStatus.ANNOTATED, 1, 1)
    store_skip(second.assignments.submitted()[0], reason="A mistake")
    second.refresh_from_db()
    assert (second.status, second.claimed) == (TaskStatus.CANCELLED, 0)


def test_the_articles_it_let_go_can_be_planned_again(round_: Round) -> None:
    assert not find_unplanned(round_.project, RoundKind.PRODUCTION).exists()
    close_round(round_, by=None)
    assert find_unplanned(round_.project, RoundKind.PRODUCTION).count() == 1


def test_opened_again_it_gives_out_what_closing_had_cancelled(round_: Round) -> None:
    close_round(round_, by=None)
    round_.refresh_from_db()
    reopen_round(round_, by=None)
    assert statuses(round_) == [TaskStatus.ANNOTATED, TaskStatus.ANNOTATED, TaskStatus.OPEN]
    claimed = [share.task for one in round_.participants.all() for share in claim_tasks(one, limit=5)]
    assert set(claimed) == {round_.tasks.order_by("pk")[2]}


def test_what_another_round_has_taken_up_stays_there(round_: Round) -> None:
    close_round(round_, by=None)
    team = [participant.annotator for participant in round_.participants.all()]
    plan_round(round_.project, annotators=team, overlap=1, by=None)
    round_.refresh_from_db()
    reopen_round(round_, by=None)
    assert statuses(round_)[2] == TaskStatus.CANCELLED


def test_closing_and_opening_twice_is_once(round_: Round) -> None:
    for change in (close_round, close_round, reopen_round, reopen_round):
        change(round_, by=None)
        round_.refresh_from_db()
    verbs = Event.objects.filter(subject_type="round").exclude(verb="planned").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["closed", "opened again"]


def test_a_round_has_a_name_beside_its_number(round_: Round) -> None:
    rename_round(round_, "  First   pilot ", by=None)
    round_.refresh_from_db()
    assert round_.title == "Round 1: First pilot"
    assert Event.objects.get(verb="renamed").details == {"was": "", "name": "First pilot"}
    with pytest.raises(RoundNameError, match="101 characters, more than 100"):
        rename_round(round_, "x" * 101, by=None)
    rename_round(round_, "", by=None)
    round_.refresh_from_db()
    assert round_.title == "Round 1"


def test_a_round_is_due_on_a_day_that_is_yet_to_come(round_: Round) -> None:
    today = timezone.localdate()
    set_due_day(round_, today, by=None)
    set_due_day(round_, today, by=None)
    round_.refresh_from_db()
    assert round_.due_on == today
    assert Event.objects.get(verb="set the deadline of").details == {"was": None, "due_on": today.isoformat()}
    with pytest.raises(DueDayError, match="is over: choose today or a later day"):
        set_due_day(round_, today - timedelta(days=1), by=None)
    with pytest.raises(DueDayError, match="more than ten years away"):
        set_due_day(round_, today + FURTHEST + timedelta(days=1), by=None)
    set_due_day(round_, None, by=None)
    round_.refresh_from_db()
    assert round_.due_on is None


def test_a_day_that_is_over_stays_where_nobody_changes_it(round_: Round) -> None:
    over = timezone.localdate() - timedelta(days=3)
    Round.objects.filter(pk=round_.pk).update(due_on=over)
    assert set_due_day(round_, over, by=None).due_on == over
