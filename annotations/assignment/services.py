"""What a manager does to a round: people in and out, tasks taken back, passed on and closed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annotations.assignment.claims import (
    claim_tasks,
    expire_lease,
    expire_leases,
    free_claim,
    lock_assignment,
    new_assignment,
    renew_lease,
    request_count,
    request_top_up,
    requeue_assignment,
    settle_task,
    take_claim,
)
from annotations.assignment.errors import (
    AlreadyAssignedError,
    ClaimNotHeldError,
    MayHaveSeenError,
    NoClaimFreeError,
    NotInRoundError,
    NotQualifiedError,
    RoundClosedError,
    TaskClosedError,
)
from annotations.assignment.planning import plan_round
from annotations.assignment.taking import find_unplanned
from annotations.assignment.teams import check_role, close_earlier_shares
from annotations.assignment.under_way import OVERLAPPING, close_shares_in_parts
from annotations.blindness import find_seen_tasks
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    Event,
    Participant,
    Project,
    RequiredQuiz,
    Role,
    Round,
    Task,
    TaskStatus,
    User,
)
from annotations.projects.archived import check_live
from annotations.projects.members import change_roles

__all__ = [
    "add_participant",
    "change_member_roles",
    "claim_tasks",
    "close_task",
    "deactivate_participant",
    "expire_lease",
    "expire_leases",
    "find_unplanned",
    "free_claim",
    "plan_round",
    "reassign",
    "renew_lease",
    "withdraw_assignment",
]


def add_participant(round_: Round, annotator: User, *, by: User | None) -> Participant:
    """Let an annotator take part in a round, or take part again.

    What they made before of the articles of a retest is closed first, in parts, so that nobody waits for all of it; and
    in the step in which they join, what they submitted meanwhile.
    """
    check_role(round_.project, annotator)
    _check_round_is_open(round_)
    since = timezone.now() - OVERLAPPING
    close_shares_in_parts(round_, [annotator])
    with transaction.atomic():
        check_role(round_.project, annotator)
        _check_round_is_open(round_)
        participant, is_new = Participant.objects.get_or_create(round=round_, annotator=annotator)
        if is_new or not participant.is_active:
            participant.is_active = True
            participant.save(update_fields=["is_active"])
            close_earlier_shares(round_, [annotator], since=since)
            Event.objects.record("joined", participant, actor=by, project=round_.project)
            request_top_up(round_)
    return participant


@transaction.atomic
def change_member_roles(project: Project, person: User, *, roles: Iterable[str], by: User | None) -> set[str]:
    """Give a member exactly these roles. Who is no annotator any more takes part in no round of the project."""
    held = change_roles(project, person, roles=roles, by=by)
    if Role.ANNOTATOR not in held:
        active = Participant.objects.filter(round__project=project, annotator=person, is_active=True)
        for participant in active.select_related("round__project").order_by("pk"):
            deactivate_participant(participant, by=by)
    return held


@transaction.atomic
def deactivate_participant(participant: Participant, *, by: User | None) -> list[Assignment]:
    """Give an annotator nothing more in this round; what they have queued goes back, what they submitted stays."""
    locked = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
    check_live(locked.round.project)
    returned = []
    if locked.is_active:
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        Event.objects.record("deactivated", locked, actor=by, project=locked.round.project)
        queued = Assignment.objects.of(locked.annotator).queued().filter(task__round=locked.round)
        for assignment in queued.order_by("task_id"):
            held = lock_assignment(assignment)
            if held.status == AssignmentStatus.QUEUED:
                free_claim(held, status=AssignmentStatus.RETURNED)
                returned.append(held)
        request_top_up(locked.round)
    participant.is_active = False
    return returned


@transaction.atomic
def withdraw_assignment(assignment: Assignment, *, by: User | None) -> Assignment:
    """Take a task back from an annotator; revisions that they submitted stay on record but count no more."""
    locked = lock_assignment(assignment)
    _check_task_is_changeable(locked.task)
    if locked.status not in CLAIM_HOLDING_STATUSES:
        raise ClaimNotHeldError(
            f"It is {locked.get_status_display()} already, so there is nothing to withdraw."
        )
    was = locked.status
    free_claim(locked, status=AssignmentStatus.WITHDRAWN)
    Event.objects.record("withdrew", locked, actor=by, project=locked.task.round.project, was=was)
    request_top_up(locked.task.round)
    if was == AssignmentStatus.SUBMITTED:
        request_count(locked.task.round.project)
    return locked


@transaction.atomic
def reassign(assignment: Assignment, *, to: User, by: User | None, now: datetime | None = None) -> Assignment:
    """Queue an assignment's task for a certain participant instead; also for one who skipped it."""
    now = now or timezone.now()
    _check_round_is_open(assignment.task.round)
    participant = _lock_participant(assignment.task.round, to)
    locked = lock_assignment(assignment)
    task = locked.task
    _check_task_is_changeable(task)
    if locked.status == AssignmentStatus.SUBMITTED:
        raise AlreadyAssignedError(
            f"{locked.annotator} has submitted this task: withdraw it before you pass it on."
        )
    before = task.assignments.filter(annotator=to).first()
    if before is not None and before.status in CLAIM_HOLDING_STATUSES:
        raise AlreadyAssignedError(f"{to} has this task already: choose somebody else.")
    is_closed = before is not None and before.closed_at is not None
    if is_closed or find_seen_tasks(task.round, [to.pk], tasks=Task.objects.filter(pk=task.pk))[to.pk]:
        raise MayHaveSeenError(f"{to} may have seen what others made of this article: choose somebody else.")
    if locked.status in CLAIM_HOLDING_STATUSES:
        free_claim(locked, status=AssignmentStatus.WITHDRAWN, now=now)
    if not take_claim(task.pk):
        raise NoClaimFreeError(
            "Other annotators have claimed all of this task meanwhile: withdraw one of them first.",
        )
    if before is None:
        queued = new_assignment(task.pk, participant, now=now)
        queued.save()
    else:
        queued = requeue_assignment(before, participant, now=now)
    Event.objects.record(
        "reassigned", queued, actor=by, project=task.round.project, instead_of=locked.annotator_id
    )
    request_top_up(task.round)
    return queued


def _check_round_is_open(round_: Round) -> None:
    check_live(round_.project)
    if Round.objects.filter(pk=round_.pk, closed_at__isnull=False).exists():
        raise RoundClosedError(
            f"Round {round_.number} is closed: open it again before you give its articles to somebody."
        )


def _lock_participant(round_: Round, annotator: User) -> Participant:
    participant = (
        round_.participants.select_for_update(no_key=True).filter(annotator=annotator, is_active=True).first()
    )
    if participant is None:
        raise NotInRoundError(f"{annotator} does not take part in {round_}: add them to the round first.")
    required = RequiredQuiz.objects.filter(round=round_).unmet_by(annotator).select_related("quiz").first()
    if required is not None:
        raise NotQualifiedError(
            f"{annotator} has not passed {required.quiz.title.lower()}, which round {round_.number} requires: choose somebody else."
        )
    return participant


@transaction.atomic
def close_task(task: Task, *, by: User | None) -> Task:
    """Be content with the annotations that are in; a task with none is cancelled."""
    tasks = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("round__project")
    locked = tasks.get(pk=task.pk)
    _check_task_is_changeable(locked)
    now = timezone.now()
    queued = locked.assignments.queued()
    withdrawn = queued.update(status=AssignmentStatus.WITHDRAWN, status_changed_at=now)
    submitted = locked.assignments.submitted().count()
    was = locked.wanted
    locked.claimed = submitted
    if submitted:
        locked.wanted = submitted
    else:
        locked.status = TaskStatus.CANCELLED
        locked.status_changed_at = now
    locked.save(update_fields=["claimed", "wanted", "status", "status_changed_at"])
    Event.objects.record(
        "closed" if submitted else "cancelled",
        locked,
        actor=by,
        project=locked.round.project,
        wanted_before=was,
        wanted=locked.wanted,
        withdrawn=withdrawn,
    )
    settle_task(locked)
    request_top_up(locked.round)
    return locked


def _check_task_is_changeable(task: Task) -> None:
    check_live(task.round.project)
    if task.status not in (TaskStatus.OPEN, TaskStatus.ANNOTATED):
        raise TaskClosedError(f"The task is {task.get_status_display()}: its annotators stay as they are.")
