"""Queues in the Studio: filled to their depth, never twice, healed after crashes, cleared of what is no longer theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from annotations.assignment.services import withdraw_assignment
from annotations.collection import queues
from annotations.collection.errors import StudioProjectBusyError
from annotations.collection.in_memory import InMemoryStudio, shared_studio
from annotations.collection.ports import StudioUnavailableError
from annotations.collection.queues import connect_studio, participants_to_top_up, studio_work, top_up_queue
from annotations.collection.services import reconcile, record_skip
from annotations.models import (
    Annotation,
    Assignment,
    AssignmentStatus,
    Participant,
    Project,
    Round,
)
from tests.factories.collection import annotate, fill_queues, mark, participant_of, plan_small_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> InMemoryStudio:
    return InMemoryStudio()


@pytest.fixture
def round_() -> Round:
    return plan_small_round(annotators=2, articles=8, overlap=1)


@pytest.fixture
def participant(round_: Round) -> Participant:
    return round_.participants.all()[0]


def references(studio: InMemoryStudio) -> list[int]:
    return sorted(task.reference or 0 for task in studio.tasks)


def queued(participant: Participant) -> list[Assignment]:
    return list(Assignment.objects.of(participant.annotator).queued().order_by("id"))


def crash(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_queue_is_filled_to_the_projects_depth(participant: Participant, studio: InMemoryStudio) -> None:
    Project.objects.update(queue_depth=3)
    assert top_up_queue(participant, studio=studio) == 3
    assert top_up_queue(participant, studio=studio) == 0
    assert references(studio) == [assignment.pk for assignment in queued(participant)]
    assert studio.calls.count("create_project") == 1


def test_each_annotator_has_a_studio_project_of_their_own(round_: Round, studio: InMemoryStudio) -> None:
    fill_queues(round_, studio)
    one, other = round_.participants.all()
    assert None not in {one.studio_project_id, other.studio_project_id}
    assert one.studio_project_id != other.studio_project_id
    for participant in (one, other):
        listed = {task.task_id for task in studio.list_tasks(participant.studio_project_id or 0)}
        assert listed == {assignment.studio_task_id for assignment in queued(participant)}


def test_a_submission_makes_room_for_the_next_task(participant: Participant, studio: InMemoryStudio) -> None:
    Project.objects.update(queue_depth=1)
    top_up_queue(participant, studio=studio)
    annotate(queued(participant)[0], studio)
    assert top_up_queue(participant, studio=studio) == 1
    assert len(studio.tasks) == 2


def test_a_full_queue_asks_nothing_of_the_studio(participant: Participant, studio: InMemoryStudio) -> None:
    top_up_queue(participant, studio=studio)
    studio.mishaps.is_down = True
    assert top_up_queue(participant, studio=studio) == 0


def test_while_the_studio_is_down_the_claims_wait_and_are_brought_in_later(
    participant: Participant, studio: InMemoryStudio
) -> None:
    studio.mishaps.is_down = True
    with pytest.raises(StudioUnavailableError):
        top_up_queue(participant, studio=studio)
    claimed = queued(participant)
    assert claimed
    studio.mishaps.is_down = False
    assert top_up_queue(participant, studio=studio) == len(claimed)
    assert queued(participant) == claimed


def test_a_lost_acknowledgement_makes_no_second_studio_task(
    participant: Participant, studio: InMemoryStudio
) -> None:
    studio.create_project(
        title="so that the next acknowledgement is that of the import",
        scheme=participant.round.scheme.definition,
    )
    participant.studio_project_id = 1
    participant.save()
    studio.mishaps.lose_acknowledgements = 1
    with pytest.raises(StudioUnavailableError):
        top_up_queue(participant, studio=studio)
    assert {assignment.studio_task_id for assignment in queued(participant)} == {None}
    assert top_up_queue(participant, studio=studio) == 0
    assert references(studio) == [assignment.pk for assignment in queued(participant)]
    assert None not in {assignment.studio_task_id for assignment in queued(participant)}


def test_a_crash_between_import_and_record_is_healed_by_the_references(
    participant: Participant, studio: InMemoryStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queues, "attach", crash)
        with pytest.raises(KeyboardInterrupt):
            top_up_queue(participant, studio=studio)
    assert len(studio.tasks) == 4
    top_up_queue(participant, studio=studio)
    assert references(studio) == [assignment.pk for assignment in queued(participant)]
    assert {task.task_id for task in studio.tasks} == {
        assignment.studio_task_id for assignment in queued(participant)
    }


def test_a_killed_process_is_waited_for_and_then_its_work_is_taken_up(
    participant: Participant, studio: InMemoryStudio
) -> None:
    """A killed process leaves its time in the row; until then nobody else touches the studio project."""
    soon = timezone.now() + timedelta(minutes=1)
    Participant.objects.filter(pk=participant.pk).update(studio_busy_until=soon)
    assert top_up_queue(participant, studio=studio) == 0
    assert studio.calls == []
    Participant.objects.filter(pk=participant.pk).update(studio_busy_until=timezone.now())
    assert top_up_queue(participant, studio=studio) == 4


def test_only_one_is_at_work_on_a_studio_project(participant: Participant) -> None:
    with studio_work(participant) as was_left_unfinished:
        assert was_left_unfinished is False
        with pytest.raises(StudioProjectBusyError), studio_work(participant):
            pass
    with pytest.raises(RuntimeError), studio_work(participant):
        raise RuntimeError
    with studio_work(participant) as was_left_unfinished:
        assert was_left_unfinished is True


def test_tasks_that_an_import_lost_are_imported_again(
    participant: Participant, studio: InMemoryStudio
) -> None:
    studio.mishaps.lose_imported = 2
    assert top_up_queue(participant, studio=studio) == 2
    assert top_up_queue(participant, studio=studio) == 2
    assert references(studio) == [assignment.pk for assignment in queued(participant)]


def test_a_studio_that_lost_the_project_gets_a_new_one(
    participant: Participant, studio: InMemoryStudio
) -> None:
    Project.objects.update(queue_depth=2)
    top_up_queue(participant, studio=studio)
    participant.refresh_from_db()
    studio.delete_project(participant.studio_project_id or 0)
    Project.objects.update(queue_depth=3)
    assert top_up_queue(participant, studio=studio) == 3
    assert references(studio) == [assignment.pk for assignment in queued(participant)]


def test_what_was_withdrawn_leaves_the_studio(round_: Round, studio: InMemoryStudio) -> None:
    first = fill_queues(round_, studio)[0]
    withdraw_assignment(first, by=None)
    top_up_queue(participant_of(first), studio=studio)
    assert first.pk not in references(studio)
    first.refresh_from_db()
    assert first.studio_task_id is None


def test_what_expired_leaves_the_studio(round_: Round, studio: InMemoryStudio) -> None:
    first = fill_queues(round_, studio)[0]
    Assignment.objects.filter(pk=first.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    for participant in round_.participants.all():
        top_up_queue(participant, studio=studio)
    first.refresh_from_db()
    assert first.status == AssignmentStatus.EXPIRED
    assert first.pk not in references(studio)


def test_a_submission_that_nobody_heard_of_survives_the_end_of_its_lease(
    round_: Round, studio: InMemoryStudio
) -> None:
    first = fill_queues(round_, studio)[0]
    studio.submit(first.studio_task_id or 0, mark((0, 4)))
    Assignment.objects.filter(pk=first.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    top_up_queue(participant_of(first), studio=studio)
    first.refresh_from_db()
    assert first.status == AssignmentStatus.SUBMITTED
    assert Annotation.objects.current().get().assignment == first
    assert first.pk in references(studio)


def test_a_submission_that_came_too_late_is_kept_on_record(round_: Round, studio: InMemoryStudio) -> None:
    first = fill_queues(round_, studio)[0]
    studio.submit(first.studio_task_id or 0, mark((0, 4)))
    withdraw_assignment(first, by=None)
    top_up_queue(participant_of(first), studio=studio)
    assert Annotation.objects.get().assignment == first
    assert not Annotation.objects.current().exists()
    assert first.pk not in references(studio)


def test_a_skip_leaves_the_studio_at_once(round_: Round, studio: InMemoryStudio) -> None:
    first = fill_queues(round_, studio)[0]
    record_skip(first, reason="Too long.", studio=studio)
    assert first.pk not in references(studio)


def test_a_skip_counts_although_the_studio_is_down_and_is_cleared_away_later(
    round_: Round, studio: InMemoryStudio
) -> None:
    first = fill_queues(round_, studio)[0]
    studio.mishaps.is_down = True
    record_skip(first, reason="Too long.", studio=studio)
    first.refresh_from_db()
    assert first.status == AssignmentStatus.SKIPPED
    studio.mishaps.is_down = False
    top_up_queue(participant_of(first), studio=studio)
    assert first.pk not in references(studio)


class WatchfulStudio(InMemoryStudio):
    """Notes at every call whether a database transaction is open."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bool] = []

    @contextmanager
    def _call(self, name: str, studio: int) -> Iterator[None]:
        self.seen.append(connection.in_atomic_block)
        with super()._call(name, studio):
            yield


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_a_call_of_the_studio() -> None:
    studio = WatchfulStudio()
    round_ = plan_small_round(annotators=1, articles=3, overlap=1)
    first, second, third = fill_queues(round_, studio)
    annotate(second, studio)
    studio.submit(first.studio_task_id or 0, mark((0, 4)))
    reconcile(studio=studio)
    record_skip(third, reason="Too long.", studio=studio)
    assert {*studio.calls} == {"create_project", "import_tasks", "list_tasks", "fetch_task", "delete_task"}
    assert not any(studio.seen)


@override_settings(STUDIO_BACKEND="annotations.collection.in_memory.shared_studio")
def test_the_studio_is_the_one_that_the_settings_name() -> None:
    assert connect_studio() is shared_studio()


def test_only_participants_for_whom_there_is_something_to_do_are_topped_up(
    round_: Round, studio: InMemoryStudio
) -> None:
    Project.objects.update(queue_depth=2)
    one, other = round_.participants.all()
    assert set(participants_to_top_up()) == {one, other}
    fill_queues(round_, studio)
    assert set(participants_to_top_up()) == set(), "full queues"
    annotate(queued(one)[0], studio)
    assert set(participants_to_top_up()) == {one}
    round_.tasks.exclude(status="annotated").update(status="cancelled")
    assert set(participants_to_top_up()) == set(), "nothing is left to claim"
    Assignment.objects.filter(pk=queued(other)[0].pk).update(status="withdrawn")
    assert set(participants_to_top_up()) == {other}, "to be taken out of the Studio"
