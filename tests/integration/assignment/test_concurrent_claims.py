"""Many annotators at once, with real transactions: never one claim too many, never a lock error, none left over."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from annotations.assignment.archiving import archive_project, restore_project
from annotations.assignment.claims import lock_assignment
from annotations.assignment.closing import close_round, reopen_round
from annotations.assignment.errors import (
    ClaimNotHeldError,
    NotAnAnnotatorError,
    RoundClosedError,
    TaskClosedError,
)
from annotations.assignment.excluding import exclude_article, include_article
from annotations.assignment.services import (
    add_participant,
    change_member_roles,
    claim_tasks,
    close_task,
    deactivate_participant,
    expire_leases,
    plan_round,
    withdraw_assignment,
)
from annotations.assignment.tallies import count_planned
from annotations.collection.errors import ClaimLostError, TaskFinishedError
from annotations.collection.storing import store_skip
from annotations.models import (
    LIVE_STATUSES,
    Annotation,
    Assignment,
    AssignmentStatus,
    Participant,
    Role,
    Round,
    RoundKind,
    Task,
    TaskStatus,
)
from annotations.models.tallies import find_wrong_tallies
from annotations.projects.archived import ProjectArchivedError
from tests.factories.collection import mark, plan_small_round, submit

pytestmark = pytest.mark.django_db(transaction=True)

ANNOTATORS = 12
TASKS = 150
OVERLAP = 3
DEPTH = 5
WAIT = 0.5
"""Seconds for which a transaction stays open beside another that may have to wait for it."""


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
            with suppress(ClaimLostError, TaskFinishedError, IntegrityError):  # none into an archived project
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


def test_managers_who_change_the_project_wait_for_annotators_and_not_the_other_way_round() -> None:
    """Articles go and come, the round closes and opens, the project rests, and somebody's role changes meanwhile."""
    round_ = plan_small_round(annotators=4, articles=12, overlap=2)
    participants = list(round_.participants.all())
    run_at_once(
        [
            *(partial(annotate_or_skip, participant) for participant in participants),
            partial(exclude_and_include, round_),
            partial(close_and_reopen, round_),
            partial(archive_and_restore, round_),
            partial(change_roles_often, participants[-1]),
        ]
    )
    check_counts(round_)
    assert find_wrong_tallies() == set()
    assert not Task.objects.filter(status__in=LIVE_STATUSES, article__excluded_at__isnull=False).exists()
    for task in round_.tasks.filter(status__in=[TaskStatus.OPEN, TaskStatus.ANNOTATED]):
        is_complete = task.assignments.submitted().count() == task.wanted
        assert (task.status == TaskStatus.ANNOTATED) is is_complete


def exclude_and_include(round_: Round) -> None:
    for task in round_.tasks.order_by("-id").select_related("article"):
        with suppress(ProjectArchivedError):
            exclude_article(task.article, reason="An advertisement", by=None)
        with suppress(ProjectArchivedError):
            include_article(task.article, by=None)


def close_and_reopen(round_: Round) -> None:
    for _ in range(4):
        with suppress(ProjectArchivedError):
            close_round(round_, by=None)
        with suppress(ProjectArchivedError):
            reopen_round(round_, by=None)


def archive_and_restore(round_: Round) -> None:
    for _ in range(4):
        archive_project(round_.project, by=None)
        restore_project(round_.project, by=None)


def change_roles_often(participant: Participant) -> None:
    project, person = participant.round.project, participant.annotator
    for _ in range(12):
        for role in (Role.CONSUMER, Role.ANNOTATOR):
            with suppress(ProjectArchivedError):
                change_member_roles(project, person, roles=[role], by=None)
        with suppress(RoundClosedError, ProjectArchivedError, NotAnAnnotatorError, IntegrityError):
            add_participant(participant.round, person, by=None)


def test_a_round_that_is_closed_amid_the_work_keeps_what_was_acknowledged_and_leaves_nothing_queued() -> None:
    round_ = plan_small_round(annotators=6, articles=16, overlap=OVERLAP)
    acknowledged: list[int] = []

    def work_off(participant: Participant) -> None:
        while claimed := claim_tasks(participant, limit=DEPTH):
            for assignment in claimed:
                with suppress(ClaimLostError, TaskFinishedError):
                    acknowledged.append(submit(assignment).pk)

    def close() -> None:
        while len(acknowledged) < OVERLAP * 5:
            time.sleep(0.002)
        close_round(round_, by=None)

    run_at_once([*(partial(work_off, participant) for participant in round_.participants.all()), close])
    assert sorted(acknowledged) == list(Annotation.objects.order_by("pk").values_list("pk", flat=True))
    assert not Assignment.objects.queued().exists()
    check_counts(round_)
    assert find_wrong_tallies() == set()
    for task in round_.tasks.all():
        submitted = task.assignments.submitted().count()
        expected = (TaskStatus.ANNOTATED, submitted) if submitted else (TaskStatus.CANCELLED, 0)
        assert (task.status, task.claimed) == expected
    with suppress(RoundClosedError):
        assert not claim_tasks(round_.participants.all()[0], limit=DEPTH)


def test_a_role_is_taken_away_after_a_submission_that_is_under_way() -> None:
    """The one holds a share and writes about the project, the other holds the project and waits for the share."""
    participant = plan_small_round(annotators=1, articles=1, overlap=1).participants.get()
    project = participant.round.project
    [share] = claim_tasks(participant, limit=1)
    is_held, is_asked = threading.Event(), threading.Event()

    def hand_in() -> None:
        with transaction.atomic():
            lock_assignment(share)
            is_held.set()
            is_asked.wait(5)
            time.sleep(0.5)  # until the other waits
            submit(share)

    def take_away() -> None:
        is_held.wait(5)
        is_asked.set()
        change_member_roles(project, participant.annotator, roles=[Role.CONSUMER], by=None)

    run_at_once([hand_in, take_away])
    share.refresh_from_db()
    assert share.status == AssignmentStatus.SUBMITTED
    assert project.roles_of(participant.annotator) == {Role.CONSUMER}


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


@pytest.mark.parametrize("by_article", [False, True], ids=["cancelled", "excluded"])
def test_two_who_give_up_the_tasks_of_an_article_at_once_leave_it_counted_in_no_round(
    by_article: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The one does not see yet what the other has written, so that each would take the article for planned by the other."""
    first = plan_small_round(annotators=2, articles=1, overlap=2)
    project, article = first.project, first.tasks.get().article
    team = [participant.annotator for participant in first.participants.all()]
    second = plan_round(
        project, annotators=team, overlap=2, kind=RoundKind.RETEST, articles=[article], by=None
    )
    has_written, has_waited = threading.Event(), threading.Event()

    def give_up_first() -> None:
        with transaction.atomic():
            close_task(first.tasks.get(), by=None)
            has_written.set()
            has_waited.wait(WAIT)

    def give_up_second() -> None:
        has_written.wait(10)
        if by_article:
            exclude_article(article, reason="An advertisement", by=None)
        else:
            close_task(second.tasks.get(), by=None)
        has_waited.set()

    run_at_once([give_up_first, give_up_second])
    assert not Task.objects.live().exists()
    assert count_planned(project) == 0
    assert find_wrong_tallies() == set()
