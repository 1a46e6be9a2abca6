"""Many annotators at once, with real transactions: never one claim too many, never a lock error, none left over."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from annotations.assignment.errors import ClaimNotHeldError, TaskClosedError
from annotations.assignment.services import (
    claim_tasks,
    close_task,
    deactivate_participant,
    expire_leases,
    withdraw_assignment,
)
from annotations.collection.errors import ClaimLostError, TaskFinishedError
from annotations.collection.storing import store_skip
from annotations.models import Annotation, Assignment, Participant, Round, TaskStatus
from tests.factories.collection import mark, plan_small_round, submit

pytestmark = pytest.mark.django_db(transaction=True)

ANNOTATORS = 12
TASKS = 150
OVERLAP = 3
DEPTH = 5


def run_at_once(works: Iterable[Callable[[], object]]) -> None:
    """Run each in a thread with a connection of its own, and let none of their errors pass."""
    works = list(works)
    errors: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test's own thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def check_counts(round_: Round) -> None:
    holders: dict[int, list[int]] = {task: [] for task in round_.tasks.values_list("id", flat=True)}
    for task, annotator in Assignment.objects.holding().values_list("task", "annotator"):
        holders[task].append(annotator)
    for task_row in round_.tasks.all():
        held = holders[task_row.pk]
        assert task_row.claimed == len(held) == len(set(held))
        assert len(held) <= task_row.wanted


def test_annotators_who_claim_at_once_drain_a_round_exactly() -> None:
    round_ = plan_small_round(annotators=ANNOTATORS, articles=TASKS, overlap=OVERLAP)

    def claim_all(participant: Participant) -> Callable[[], None]:
        def work() -> None:
            while claim_tasks(participant, limit=DEPTH):
                connections.close_all()

        return work

    run_at_once([claim_all(participant) for participant in round_.participants.all()])
    check_counts(round_)
    assert set(round_.tasks.values_list("claimed", flat=True)) == {OVERLAP}
    loads = Counter(Assignment.objects.values_list("annotator", flat=True))
    assert max(loads.values()) - min(loads.values()) <= 1


def test_annotators_who_claim_and_submit_at_once_complete_every_task() -> None:
    round_ = plan_small_round(annotators=6, articles=16, overlap=OVERLAP)

    def work_off(participant: Participant) -> Callable[[], None]:
        def work() -> None:
            while claimed := claim_tasks(participant, limit=DEPTH):
                for assignment in claimed:
                    submit(assignment)
                connections.close_all()

        return work

    run_at_once([work_off(participant) for participant in round_.participants.all()])
    check_counts(round_)
    assert set(round_.tasks.values_list("claimed", "status")) == {(OVERLAP, TaskStatus.ANNOTATED)}
    assert Annotation.objects.count() == 16 * OVERLAP


def test_more_annotators_than_places_never_take_one_too_many() -> None:
    """All want the same few tasks at the same moment: shares do not keep them apart."""
    round_ = plan_small_round(annotators=ANNOTATORS, articles=4, overlap=2)
    run_at_once(partial(claim_tasks, participant, limit=4) for participant in round_.participants.all())
    check_counts(round_)
    assert Assignment.objects.holding().filter(task__round=round_).count() == 4 * 2


def test_two_windows_of_one_annotator_never_claim_a_task_twice_nor_exceed_the_queue() -> None:
    participant = plan_small_round(annotators=1, articles=20, overlap=1).participants.get()
    run_at_once([partial(claim_tasks, participant, limit=5, queue_depth=5)] * 4)
    assert Assignment.objects.count() == 5
    check_counts(participant.round)


def test_managers_and_annotators_at_once_leave_every_count_right() -> None:
    """Claims, submissions, skips, expiry, withdrawals, closing and leaving, all on the same tasks."""
    round_ = plan_small_round(annotators=6, articles=20, overlap=2)
    participants = list(round_.participants.all())
    run_at_once(
        [
            *(partial(annotate_or_skip, participant) for participant in participants),
            partial(take_back, round_, participants[-1]),
            expire_some,
        ]
    )
    check_counts(round_)
    for task in round_.tasks.filter(status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED]):
        is_complete = task.assignments.submitted().count() == task.wanted
        assert (task.status == TaskStatus.ANNOTATED) is is_complete


def annotate_or_skip(participant: Participant) -> None:
    chance = random.Random(participant.pk)  # noqa: S311 - a game, not a secret
    for _ in range(6):
        for assignment in claim_tasks(participant, limit=3):
            with suppress(ClaimLostError, TaskFinishedError):
                if chance.random() < 0.2:
                    store_skip(assignment, reason="too long")
                elif chance.random() < 0.8:
                    submit(assignment)


def take_back(round_: Round, leaver: Participant) -> None:
    for _ in range(12):
        held = Assignment.objects.holding().filter(task__round=round_).order_by("?").first()
        if held is not None:
            with suppress(ClaimNotHeldError, TaskClosedError):
                withdraw_assignment(held, by=None)
    close_task(round_.tasks.order_by("id")[0], by=None)
    deactivate_participant(leaver, by=None)


def expire_some() -> None:
    for _ in range(5):
        some = list(Assignment.objects.queued().order_by("?").values_list("id", flat=True)[:3])
        Assignment.objects.queued().filter(pk__in=some).update(leased_until=timezone.now())
        expire_leases()


def test_two_windows_that_submit_at_once_make_ordered_revisions() -> None:
    round_ = plan_small_round(annotators=1, articles=1, overlap=1)
    [assignment] = claim_tasks(round_.participants.get(), limit=1)
    markups = [mark((0, end)) for end in (4, 6, 9, 11)]
    run_at_once(partial(submit, assignment, markup) for markup in markups)
    assert sorted(Annotation.objects.values_list("revision", flat=True)) == [1, 2, 3, 4]
    assignment.refresh_from_db()
    assert assignment.current is not None
    assert assignment.current.revision == 4


def test_the_same_submission_at_once_is_one_revision() -> None:
    round_ = plan_small_round(annotators=1, articles=1, overlap=1)
    [assignment] = claim_tasks(round_.participants.get(), limit=1)
    run_at_once([partial(submit, assignment)] * 5)
    assert Annotation.objects.count() == 1


def test_the_last_two_submissions_at_once_complete_the_task() -> None:
    round_ = plan_small_round(annotators=2, articles=6, overlap=2)
    claimed = [assignment for who in round_.participants.all() for assignment in claim_tasks(who, limit=6)]
    run_at_once(partial(submit, assignment) for assignment in claimed)
    assert set(round_.tasks.values_list("status", flat=True)) == {TaskStatus.ANNOTATED}
