"""Claims: k annotators a task, never one more, never one twice; leases that end; rounds that drain."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.assignment import choosing, claims
from annotations.assignment.services import (
    add_participant,
    claim_tasks,
    deactivate_participant,
    expire_leases,
    renew_lease,
)
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    Event,
    Participant,
    Project,
    Round,
    Task,
    TaskStatus,
)
from tests.factories import make_member, make_project
from tests.factories.collection import plan_small_round, submit

pytestmark = pytest.mark.django_db


def drain(round_: Round, *, batch: int = 2) -> None:
    participants = list(
        round_.participants.filter(is_active=True).select_related("round__project", "annotator")
    )
    while any(claim_tasks(participant, limit=batch) for participant in participants):
        pass


def holders(task: Task) -> list[int]:
    return list(task.assignments.holding().values_list("annotator", flat=True))


def check_counts(round_: Round) -> None:
    """The counter on each task tells the truth, and nobody is on a task twice."""
    for task in round_.tasks.all():
        assert task.claimed == len(holders(task)) == len(set(holders(task)))
        assert task.claimed <= task.wanted


@pytest.mark.parametrize(("annotators", "overlap"), [(1, 1), (3, 1), (3, 3), (5, 2), (7, 4)])
def test_a_round_drains_with_exactly_k_different_annotators_on_each_task(
    annotators: int, overlap: int
) -> None:
    round_ = plan_small_round(annotators=annotators, articles=11, overlap=overlap)
    drain(round_)
    check_counts(round_)
    assert {task.claimed for task in round_.tasks.all()} == {overlap}
    loads = Counter(Assignment.objects.values_list("annotator", flat=True))
    assert max(loads.values()) - min(loads.values()) <= 1


def test_a_fast_annotator_stops_at_their_share() -> None:
    round_ = plan_small_round(annotators=3, articles=6, overlap=2)
    fast = round_.participants.all()[0]
    assert len(claim_tasks(fast, limit=100)) == 4


def test_the_same_round_is_claimed_in_the_same_order_again() -> None:
    round_ = plan_small_round(annotators=2, articles=9, overlap=2)
    one, other = round_.participants.all()
    orders = [[claimed.task_id for claimed in claim_tasks(who, limit=9)] for who in (one, other)]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    Assignment.objects.all().delete()
    Task.objects.update(claimed=0)
    assert [claimed.task_id for claimed in claim_tasks(one, limit=9)] == orders[0]


def test_a_queue_never_grows_beyond_its_depth() -> None:
    participant = plan_small_round(annotators=1, articles=6, overlap=1).participants.get()
    assert len(claim_tasks(participant, limit=4, queue_depth=5)) == 4
    assert len(claim_tasks(participant, limit=4, queue_depth=5)) == 1
    assert claim_tasks(participant, limit=4, queue_depth=5) == []


def test_an_archived_project_and_an_inactive_participant_claim_nothing() -> None:
    round_ = plan_small_round(annotators=2, articles=2, overlap=1)
    one, other = round_.participants.all()
    Participant.objects.filter(pk=one.pk).update(is_active=False)
    assert claim_tasks(one, limit=1) == []
    Project.objects.update(archived_at=timezone.now())
    assert claim_tasks(Participant.objects.get(pk=other.pk), limit=1) == []


def test_an_overdue_lease_gives_the_claim_to_somebody_else() -> None:
    round_ = plan_small_round(annotators=2, articles=1, overlap=1)
    [task] = round_.tasks.all()
    one, other = round_.participants.all()
    holder, rival = (one, other) if claim_tasks(one, limit=1) else (other, one)
    held = task.assignments.first() or claim_tasks(holder, limit=1)[0]
    assert expire_leases() == []
    later = timezone.now() + timedelta(hours=73)
    assert [expired.pk for expired in expire_leases(later)] == [held.pk]
    assert expire_leases(later) == []
    [taken] = claim_tasks(rival, limit=1)
    assert taken.task == task
    assert claim_tasks(holder, limit=1) == []
    check_counts(round_)
    assert Event.objects.filter(verb="expired").count() == 1


def test_where_nobody_else_can_the_annotator_has_an_expired_task_again_in_the_same_row() -> None:
    participant = plan_small_round(annotators=1, articles=1, overlap=1).participants.get()
    [first] = claim_tasks(participant, limit=1)
    expire_leases(timezone.now() + timedelta(hours=73))
    [again] = claim_tasks(participant, limit=1)
    assert again.pk == first.pk
    assert again.status == AssignmentStatus.QUEUED
    assert again.leased_until > timezone.now()
    assert Assignment.objects.count() == 1


def test_work_on_a_task_renews_its_lease() -> None:
    participant = plan_small_round(annotators=1, articles=1, overlap=1).participants.get()
    [assignment] = claim_tasks(participant, limit=1)
    renew_lease(assignment, now=timezone.now() + timedelta(hours=70))
    assert expire_leases(timezone.now() + timedelta(hours=73)) == []


def test_a_round_drains_although_one_annotator_never_comes() -> None:
    """After the first lapse the others no longer wait for the absent one's share."""
    round_ = plan_small_round(annotators=3, articles=6, overlap=2)
    absent, *present = round_.participants.all()
    claim_tasks(absent, limit=3)
    for participant in present:
        claim_tasks(participant, limit=100)
    assert round_.tasks.claimable().exists()
    expire_leases(timezone.now() + timedelta(hours=73))
    for participant in present:
        claim_tasks(participant, limit=100)
    assert not round_.tasks.claimable().exists()
    check_counts(round_)


def test_when_someone_leaves_the_others_take_over_and_what_they_submitted_stays() -> None:
    round_ = plan_small_round(annotators=3, articles=8, overlap=2)
    leaver, *_others = round_.participants.all()
    done, *_rest = claim_tasks(leaver, limit=4)
    submit(done)
    returned = deactivate_participant(leaver, by=None)
    assert [assignment.status for assignment in returned] == [AssignmentStatus.RETURNED] * 3
    assert deactivate_participant(leaver, by=None) == []
    drain(round_)
    check_counts(round_)
    assert {task.claimed for task in round_.tasks.all()} == {2}
    done.refresh_from_db()
    assert done.status == AssignmentStatus.SUBMITTED
    assert claim_tasks(leaver, limit=1) == []


def test_when_someone_joins_the_shares_shrink() -> None:
    round_ = plan_small_round(annotators=2, articles=12, overlap=1)
    early = round_.participants.all()[0]
    claim_tasks(early, limit=2)
    add_participant(round_, make_member(round_.project), by=None)
    drain(round_)
    loads = Counter(Assignment.objects.values_list("annotator", flat=True))
    assert sorted(loads.values()) == [4, 4, 4]


def test_two_rounds_do_not_mix() -> None:
    project = make_project()
    first = plan_small_round(project=project, annotators=2, articles=2, overlap=1)
    second = plan_small_round(project=project, annotators=2, articles=3, overlap=1)
    drain(second)
    assert set(Assignment.objects.values_list("task__round", flat=True)) == {second.pk}
    assert not first.tasks.filter(claimed__gt=0).exists()
    assert Assignment.objects.filter(status__in=CLAIM_HOLDING_STATUSES).count() == 3
    assert second.tasks.filter(status=TaskStatus.OPEN).count() == 3


def test_a_closed_account_claims_nothing_and_its_share_goes_to_the_others() -> None:
    round_ = plan_small_round(annotators=3, articles=6, overlap=2)
    gone = round_.participants.all()[0]
    gone.annotator.is_active = False
    gone.annotator.save()
    drain(round_)
    assert {task.claimed for task in round_.tasks.all()} == {2}
    assert not Assignment.objects.of(gone.annotator).exists()


def test_a_claim_on_a_task_that_the_annotator_got_meanwhile_is_given_back() -> None:
    """As when two windows of one annotator choose the same task at once."""
    participant = plan_small_round(annotators=2, articles=1, overlap=2).participants.all()[0]
    [first] = claim_tasks(participant, limit=1)
    assert claims._claim(participant, [first.task_id], queue_depth=None, now=timezone.now()) == []
    check_counts(participant.round)
    assert participant.round.tasks.get().claimed == 1


def test_a_choice_lists_no_tasks_but_a_few_of_the_hand() -> None:
    participant = plan_small_round(annotators=2, articles=6, overlap=1).participants.all()[0]
    first = choosing.choose(participant, limit=2)
    with CaptureQueriesContext(connection) as captured:
        assert choosing.choose(participant, limit=2) == first
    of_tasks = [query["sql"] for query in captured if 'FROM "annotations_task"' in query["sql"]]
    assert of_tasks
    assert [sql for sql in of_tasks if "COUNT(" not in sql and '"id" IN (' not in sql] == []


def test_who_has_their_share_is_not_compared_with_tasks_that_others_may_still_take() -> None:
    round_ = plan_small_round(annotators=3, articles=9, overlap=1)
    quick, *_others = round_.participants.all()
    claim_tasks(quick, limit=100)
    assert Assignment.objects.count() == 3
    with CaptureQueriesContext(connection) as captured:
        assert claim_tasks(quick, limit=1) == []
    assert not [query["sql"] for query in captured if "closed_at" in query["sql"]]


def test_leases_expire_in_as_many_queries_for_many_as_for_few() -> None:
    round_ = plan_small_round(annotators=3, articles=12, overlap=2)
    later = timezone.now() + timedelta(hours=73)
    spent, told = [], 0
    for limit in (1, 8):
        for participant in round_.participants.all():
            claim_tasks(participant, limit=limit)
        with CaptureQueriesContext(connection) as captured:
            expired = expire_leases(later)
        assert len(expired) >= 3 * limit - 2
        spent.append(len(captured))
        told += len(expired)
        check_counts(round_)
    assert spent[1] <= spent[0] + 1, "tasks that lost two claims are one more query than those that lost one"
    assert Event.objects.filter(verb="expired").count() == told
