"""What a manager does to tasks: taking them back, passing them on, being content with fewer."""

import pytest

from annotations.assignment.errors import (
    AlreadyAssignedError,
    ClaimNotHeldError,
    NoClaimFreeError,
    NotInRoundError,
    TaskClosedError,
)
from annotations.assignment.services import (
    add_participant,
    claim_tasks,
    close_task,
    deactivate_participant,
    reassign,
    withdraw_assignment,
)
from annotations.collection.storing import store_skip
from annotations.models import (
    Annotation,
    Assignment,
    AssignmentStatus,
    Event,
    Job,
    Role,
    Round,
    Task,
    TaskStatus,
    User,
)
from tests.factories import make_member
from tests.factories.collection import plan_small_round, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    """Three annotators, of whom two claimed the only task."""
    round_ = plan_small_round(annotators=3, articles=1, overlap=2)
    for participant in round_.participants.all():
        claim_tasks(participant, limit=1)
    return round_


def held(round_: Round) -> list[Assignment]:
    return list(Assignment.objects.holding().filter(task__round=round_).order_by("id"))


def spare(round_: Round) -> User:
    return round_.participants.exclude(annotator__assignments__task__round=round_).get().annotator


def test_a_withdrawn_task_is_free_for_somebody_else(round_: Round) -> None:
    manager = make_member(round_.project, Role.MANAGER)
    first, _second = held(round_)
    withdrawn = withdraw_assignment(first, by=manager)
    assert withdrawn.status == AssignmentStatus.WITHDRAWN
    assert round_.tasks.get().claimed == 1
    third = round_.participants.get(annotator=spare(round_))
    assert len(claim_tasks(third, limit=1)) == 1
    assert Event.objects.get(verb="withdrew").actor == manager
    assert Job.objects.filter(kind="top_up_queues").exists()


def test_from_whom_a_task_was_withdrawn_gets_it_again_only_by_reassignment(round_: Round) -> None:
    first, _second = held(round_)
    withdraw_assignment(first, by=None)
    participant = round_.participants.get(annotator=first.annotator)
    assert claim_tasks(participant, limit=1) == []
    again = reassign(first, to=first.annotator, by=None)
    assert (again.pk, again.status) == (first.pk, AssignmentStatus.QUEUED)


def test_who_comes_back_takes_up_what_went_back_when_they_left(round_: Round) -> None:
    first, _second = held(round_)
    deactivate_participant(round_.participants.get(annotator=spare(round_)), by=None)
    participant = round_.participants.get(annotator=first.annotator)
    deactivate_participant(participant, by=None)
    assert claim_tasks(participant, limit=1) == []
    back = add_participant(round_, first.annotator, by=None)
    assert [(one.pk, one.status) for one in claim_tasks(back, limit=1)] == [
        (first.pk, AssignmentStatus.QUEUED)
    ]


def test_a_withdrawn_submission_stays_on_record_and_reopens_the_task(round_: Round) -> None:
    first, second = held(round_)
    for assignment in (first, second):
        submit(assignment)
    assert round_.tasks.get().status == TaskStatus.ANNOTATED
    withdraw_assignment(first, by=None)
    task = round_.tasks.get()
    assert (task.status, task.claimed) == (TaskStatus.OPEN, 1)
    assert Annotation.objects.count() == 2
    assert [annotation.assignment for annotation in Annotation.objects.current()] == [second]


def test_what_holds_no_claim_cannot_be_withdrawn(round_: Round) -> None:
    first, _second = held(round_)
    withdraw_assignment(first, by=None)
    with pytest.raises(ClaimNotHeldError, match="withdrawn"):
        withdraw_assignment(first, by=None)
    assert round_.tasks.get().claimed == 1


@pytest.mark.parametrize("status", [TaskStatus.ADJUDICATED, TaskStatus.CANCELLED])
def test_on_a_finished_task_nothing_changes_any_more(round_: Round, status: TaskStatus) -> None:
    first, _second = held(round_)
    Task.objects.update(status=status)
    with pytest.raises(TaskClosedError):
        withdraw_assignment(first, by=None)
    with pytest.raises(TaskClosedError):
        reassign(first, to=spare(round_), by=None)
    with pytest.raises(TaskClosedError):
        close_task(first.task, by=None)


def test_a_task_is_passed_on_to_a_certain_annotator(round_: Round) -> None:
    first, _second = held(round_)
    other = spare(round_)
    passed_on = reassign(first, to=other, by=None)
    assert (passed_on.annotator, passed_on.status) == (other, AssignmentStatus.QUEUED)
    first.refresh_from_db()
    assert first.status == AssignmentStatus.WITHDRAWN
    assert round_.tasks.get().claimed == 2


def test_who_skipped_a_task_gets_it_again_only_by_reassignment(round_: Round) -> None:
    first, _second = held(round_)
    skipped = store_skip(first, reason="I know the author.")
    participant = round_.participants.get(annotator=first.annotator)
    assert claim_tasks(participant, limit=1) == []
    again = reassign(skipped, to=first.annotator, by=None)
    assert again.pk == first.pk
    assert (again.status, again.skip_reason) == (AssignmentStatus.QUEUED, "")
    assert round_.tasks.get().claimed == 2


def test_a_task_is_not_passed_to_who_has_it_or_takes_no_part(round_: Round) -> None:
    first, second = held(round_)
    with pytest.raises(AlreadyAssignedError, match="choose somebody else"):
        reassign(first, to=second.annotator, by=None)
    with pytest.raises(NotInRoundError, match="add them to the round"):
        reassign(first, to=make_member(round_.project), by=None)
    submit(first)
    with pytest.raises(AlreadyAssignedError, match="withdraw it"):
        reassign(first, to=spare(round_), by=None)
    assert round_.tasks.get().claimed == 2


def test_a_task_that_others_took_meanwhile_is_not_passed_on(round_: Round) -> None:
    first, _second = held(round_)
    skipped = store_skip(first, reason="Too long.")
    claim_tasks(round_.participants.get(annotator=spare(round_)), limit=1)
    with pytest.raises(NoClaimFreeError):
        reassign(skipped, to=first.annotator, by=None)
    first.refresh_from_db()
    assert first.status == AssignmentStatus.SKIPPED


def test_a_task_is_closed_with_what_is_in(round_: Round) -> None:
    manager = make_member(round_.project, Role.MANAGER)
    first, second = held(round_)
    submit(first)
    closed = close_task(first.task, by=manager)
    assert (closed.status, closed.wanted, closed.claimed) == (TaskStatus.ANNOTATED, 1, 1)
    second.refresh_from_db()
    assert second.status == AssignmentStatus.WITHDRAWN
    assert closed.awaits_rule
    assert Job.objects.get(kind="finish_by_rule").project == round_.project
    event = Event.objects.get(verb="closed")
    assert (event.actor, event.details["wanted_before"]) == (manager, 2)


def test_a_task_without_any_submission_is_cancelled_when_closed(round_: Round) -> None:
    [task] = round_.tasks.all()
    closed = close_task(task, by=None)
    assert (closed.status, closed.claimed) == (TaskStatus.CANCELLED, 0)
    assert held(round_) == []
    assert not Job.objects.filter(kind="finish_by_rule").exists()
    assert claim_tasks(round_.participants.all()[0], limit=1) == []
