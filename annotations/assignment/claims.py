"""Making, keeping and giving back the claims of annotators on tasks.

Rows are always locked in the order participant, task (by id), assignment, so that no two workflows wait for
each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from annotations.assignment.choosing import COMES_AGAIN, choose
from annotations.blindness import find_seen_tasks
from annotations.jobs.services import enqueue
from annotations.models import (
    Assignment,
    AssignmentStatus,
    Event,
    Participant,
    Project,
    RequiredQuiz,
    Round,
    Task,
    TaskStatus,
)
from annotations.models.turns import take_turn

COUNT_AFTER = timedelta(minutes=1)
EXPIRED_AT_ONCE = 100


def claim_tasks(
    participant: Participant, *, limit: int, queue_depth: int | None = None, now: datetime | None = None
) -> list[Assignment]:
    """Claim up to `limit` more tasks, and never so that more than `queue_depth` wait for the annotator.

    Where others are faster, look again for what is left. Whoever has not passed the quiz that the round requires gets none.
    """
    claimed: list[Assignment] = []
    if RequiredQuiz.objects.filter(round=participant.round_id).unmet_by(participant.annotator).exists():
        return claimed
    while len(claimed) < limit:
        chosen = choose(participant, limit=limit - len(claimed))
        if not chosen:
            break
        with _wait_in_line():
            batch = _claim(participant, chosen, queue_depth=queue_depth, now=now or timezone.now())
        if batch is None:
            break
        claimed += batch
    return claimed


@contextmanager
def _wait_in_line() -> Iterator[None]:
    """On SQLite, wait for the others before the database is asked for its write lock.

    SQLite has one writer at a time and lets the others try again and again, so that with many at once some never get
    their turn, and who waits for it with a lock of its own holds up the rest; here everybody gets it. Inside a
    transaction the lock is held already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with take_turn("claims"):
        yield


@transaction.atomic
def _claim(
    participant: Participant, task_ids: Sequence[int], *, queue_depth: int | None, now: datetime
) -> list[Assignment] | None:
    """Claim those of the tasks that are still to be had; None where the annotator should get no more.

    A claim locks its task, and only then is it certain how the annotator stands to it: one too many is given back.
    """
    locked = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    theirs = Assignment.objects.of(participant.annotator)
    if queue_depth is not None:
        waiting = theirs.queued().filter(task__round=participant.round_id).count()
        task_ids = task_ids[: max(0, queue_depth - waiting)]
    if not locked.is_active or not task_ids:
        return None
    claimable = Task.objects.claimable().filter(pk__in=task_ids).order_by("pk")
    taken = list(claimable.select_for_update(no_key=True).values_list("pk", flat=True))
    Task.objects.filter(pk__in=taken).update(claimed=F("claimed") + 1)
    me, dealt = participant.annotator_id, Task.objects.filter(pk__in=taken)
    seen = find_seen_tasks(participant.round, [me], tasks=dealt)[me]
    had = {assignment.task_id: assignment for assignment in theirs.filter(task_id__in=taken)}
    again = [
        task_id
        for task_id in taken
        if task_id in had and had[task_id].status in COMES_AGAIN and had[task_id].closed_at is None
        if task_id not in seen
    ]
    barred = (had.keys() | seen) - set(again)
    Task.objects.filter(pk__in=barred).update(claimed=F("claimed") - 1)
    requeued = [requeue_assignment(had[task_id], participant, now=now) for task_id in again]
    new = [
        new_assignment(task_id, participant, now=now)
        for task_id in task_ids
        if task_id in taken and task_id not in had.keys() | seen
    ]
    return [*Assignment.objects.bulk_create(new), *requeued]


def take_claim(task_id: int) -> bool:
    """Take one of the task's claims if one is free; the database decides between two who try at once."""
    return bool(Task.objects.claimable().filter(pk=task_id).update(claimed=F("claimed") + 1))


def new_assignment(task_id: int, participant: Participant, *, now: datetime) -> Assignment:
    """Make an assignment, not saved yet, for a claim that was just taken."""
    return Assignment(
        task_id=task_id,
        annotator=participant.annotator,
        created_at=now,
        status_changed_at=now,
        leased_until=lease_end(participant.round, now=now),
    )


def requeue_assignment(before: Assignment, participant: Participant, *, now: datetime) -> Assignment:
    """Put a task that the annotator had before into their queue again, with a lease that begins now; the claim for it was just taken."""
    before.status = AssignmentStatus.QUEUED
    before.status_changed_at = now
    before.leased_until = lease_end(participant.round, now=now)
    before.skip_reason = ""
    before.save(update_fields=["status", "status_changed_at", "leased_until", "skip_reason"])
    return before


def lease_end(round_: Round, *, now: datetime) -> datetime:
    """When a lease ends that begins or is renewed now."""
    return now + timedelta(hours=round_.project.lease_hours)


def renew_lease(assignment: Assignment, *, now: datetime | None = None) -> None:
    """Keep a queued assignment with the annotator who is at work on it."""
    until = lease_end(assignment.task.round, now=now or timezone.now())
    Assignment.objects.queued().filter(pk=assignment.pk, leased_until__lt=until).update(leased_until=until)


def lock_assignment(assignment: Assignment) -> Assignment:
    """Read an assignment anew and keep it and its task from changing until the transaction ends."""
    Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
    return (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("task__round__project", "task__article", "annotator", "current")
        .get(pk=assignment.pk)
    )


def free_claim(
    assignment: Assignment, *, status: AssignmentStatus, skip_reason: str = "", now: datetime | None = None
) -> None:
    """End a locked assignment that holds a claim and give the claim back; asking for a top-up is left to the end."""
    assignment.status = status
    assignment.status_changed_at = now or timezone.now()
    assignment.skip_reason = skip_reason
    assignment.save(update_fields=["status", "status_changed_at", "skip_reason"])
    Task.objects.filter(pk=assignment.task_id).update(claimed=F("claimed") - 1)
    assignment.task.refresh_from_db(fields=["claimed"])
    settle_task(assignment.task)


def settle_task(task: Task) -> None:
    """Bring a locked task's status in line with its assignments: annotated when all that it wants are submitted.

    A closed round is content with what is in, so there a task with no annotation left is cancelled. Where all are in,
    whether it was so before or not, the task awaits the merge rule; ask for it with one job a project.
    """
    if task.status not in (TaskStatus.OPEN, TaskStatus.ANNOTATED):
        return
    submitted = task.assignments.submitted().count()
    was_wanted = task.wanted
    if task.round.closed_at is not None and submitted:
        task.wanted = submitted
    is_complete = submitted == task.wanted
    status = TaskStatus.ANNOTATED if is_complete else TaskStatus.OPEN
    if task.round.closed_at is not None and not submitted:
        status = TaskStatus.CANCELLED
    if (status, task.wanted, is_complete) == (task.status, was_wanted, task.awaits_rule):
        return
    if status != task.status:
        task.status = status
        task.status_changed_at = timezone.now()
        if is_complete and task.annotated_at is None:
            task.annotated_at = task.status_changed_at
    task.awaits_rule = is_complete
    task.save(update_fields=["wanted", "status", "status_changed_at", "annotated_at", "awaits_rule"])
    if is_complete:
        request_rule(task.round.project)


def request_rule(project: Project) -> None:
    """Ask for the project's tasks that await the merge rule to be looked at, with one job for all."""
    enqueue("finish_by_rule", key=f"finish_by_rule:{project.pk}", project=project)


def request_top_up(round_: Round, *, participant: Participant | None = None) -> None:
    """Ask for the queues of a round, or of one participant, to be filled once this transaction is through.

    Comes last in a transaction: two that ask for the same wait for each other, and must not hold what the other needs.
    """
    if participant is None:
        key, arguments = f"top_up_queues:round:{round_.pk}", {"round": round_.pk}
    else:
        key, arguments = f"top_up_queues:participant:{participant.pk}", {"participant": participant.pk}
    enqueue("top_up_queues", key=key, project=round_.project, arguments=arguments)


def request_count(project: Project) -> None:
    """Ask for agreement to be counted in a minute, once for all annotations that come in until then; to be called last in a transaction."""
    enqueue(
        "count_agreement",
        key=f"count_agreement:{project.pk}",
        project=project,
        run_after=timezone.now() + COUNT_AFTER,
    )


def expire_leases(now: datetime | None = None, *, round_: Round | None = None) -> list[Assignment]:
    """Give the claims of overdue assignments back to the pool; some at a time, so that nobody waits for all."""
    now = now or timezone.now()
    overdue = Assignment.objects.overdue(now)
    if round_ is not None:
        overdue = overdue.filter(Exists(Task.objects.filter(pk=OuterRef("task"), round=round_)))
    found = sorted(
        overdue.order_by().values_list("task_id", "pk")
    )  # in order only here, so that the index is read
    ids = [pk for _, pk in found]
    return [
        assignment
        for start in range(0, len(ids), EXPIRED_AT_ONCE)
        for assignment in _expire(ids[start : start + EXPIRED_AT_ONCE], now=now)
    ]


def expire_lease(assignment: Assignment, *, now: datetime) -> Assignment | None:
    """Expire one assignment, unless it was submitted or its lease renewed meanwhile."""
    return next(iter(_expire([assignment.pk], now=now)), None)


@transaction.atomic
def _expire(ids: Sequence[int], *, now: datetime) -> list[Assignment]:
    """Expire those of the assignments that are still overdue; a task with a queued assignment is open and stays so."""
    chosen = Assignment.objects.filter(pk__in=ids)
    tasks = Task.objects.select_for_update(no_key=True).filter(pk__in=chosen.values("task"))
    list(tasks.order_by("pk").values_list("pk", flat=True))
    locked = chosen.overdue(now).select_for_update(no_key=True, of=("self",))
    expired = list(locked.select_related("task__round__project").order_by("task_id", "id"))
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in expired]).update(
        status=AssignmentStatus.EXPIRED, status_changed_at=now, skip_reason=""
    )
    by_number: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, number in Counter(assignment.task_id for assignment in expired).items():
        by_number[number].append(task_id)
    for number, task_ids in by_number.items():
        Task.objects.filter(pk__in=task_ids).update(claimed=F("claimed") - number)
    for assignment in expired:
        assignment.status, assignment.status_changed_at, assignment.skip_reason = (
            AssignmentStatus.EXPIRED,
            now,
            "",
        )
    Event.objects.bulk_create(
        Event.objects.describe("expired", assignment, actor=None, project=assignment.task.round.project)
        for assignment in expired
    )
    rounds = {assignment.task.round_id: assignment.task.round for assignment in expired}
    for _, round_ in sorted(rounds.items()):
        request_top_up(round_)
    return expired
