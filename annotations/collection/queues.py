"""Keeping a few tasks ready in the Studio for every annotator, and taking away what is no longer theirs.

No database transaction is ever open during a call of the Studio. What a crash leaves half done is found again by
the reference that every studio task carries.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThan, LessThan
from django.utils import timezone
from django.utils.module_loading import import_string

from annotations.assignment.claims import claim_tasks, expire_leases
from annotations.collection.errors import (
    StudioProjectBusyError,
    SubmissionRefusedError,
    UnstorableResultError,
)
from annotations.collection.ports import (
    NewStudioTask,
    Studio,
    StudioAnnotation,
    StudioProjectMissingError,
    StudioUnavailableError,
)
from annotations.collection.results import digest_result
from annotations.collection.storing import keep_late_result, store_submission
from annotations.collection.submission import read_submission
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    AssignmentTally,
    Event,
    Participant,
    TaskTally,
)
from annotations.models.assignment import AssignmentQuerySet
from annotations.models.expressions import SumOf

logger = logging.getLogger(__name__)
WORK_LEASE = timedelta(seconds=90)
PROJECT_NAME_LENGTH = 30


def connect_studio() -> Studio:
    """The studio that the STUDIO_BACKEND setting names."""
    backend: Studio = import_string(settings.STUDIO_BACKEND)()
    return backend


@contextmanager
def studio_work(participant: Participant) -> Iterator[bool]:
    """Be the only one at work on the participant's studio project; yields whether work was left unfinished there."""
    previous = Participant.objects.values_list("studio_busy_until", flat=True).get(pk=participant.pk)
    now = timezone.now()
    until = now + WORK_LEASE
    is_free = previous is None or previous <= now
    row = Participant.objects.filter(pk=participant.pk, studio_busy_until=previous)
    if not is_free or not row.update(studio_busy_until=until):
        raise StudioProjectBusyError(f"Somebody is at work on the studio project of {participant} already.")
    mine = Participant.objects.filter(pk=participant.pk, studio_busy_until=until)
    try:
        yield previous is not None
    except BaseException:
        mine.update(studio_busy_until=timezone.now())
        raise
    mine.update(studio_busy_until=None)


def top_up_queue(participant: Participant, *, studio: Studio) -> int:
    """Fill the participant's queue and bring it into the Studio; returns how many tasks are new there."""
    participant.refresh_from_db()
    round_ = participant.round
    expire_leases(round_=round_)
    depth = round_.project.queue_depth
    claim_tasks(participant, limit=depth - queue_of(participant).count(), queue_depth=depth)
    is_settled = participant.studio_busy_until is None
    if is_settled and not _waiting_for_import(participant) and not left_behind_by(participant).exists():
        return 0
    try:
        with studio_work(participant) as was_left_unfinished:
            for assignment in left_behind_by(participant):
                remove_studio_task(assignment, studio=studio)
            return _import_waiting(participant, studio=studio, look_for_orphans=was_left_unfinished)
    except StudioProjectBusyError:
        return 0


def queue_of(participant: Participant) -> AssignmentQuerySet:
    """The participant's assignments that wait to be annotated, in whatever state their studio tasks are."""
    theirs = Assignment.objects.of(participant.annotator).queued()
    return theirs.filter(task__round=participant.round_id)


def left_behind_by(participant: Participant) -> QuerySet[Assignment]:
    """The participant's assignments whose studio tasks are to be taken away."""
    theirs = Assignment.objects.of(participant.annotator).left_behind()
    return theirs.filter(task__round=participant.round_id)


def participants_by_turn() -> QuerySet[Participant]:
    """All participants of running projects, with those last who let a lease expire.

    A task that one annotator let lie is so offered to the others first.
    """
    theirs = Assignment.objects.filter(annotator=OuterRef("annotator"), task__round=OuterRef("round"))
    lapsed = theirs.filter(status=AssignmentStatus.EXPIRED)
    return (
        Participant.objects.filter(round__project__archived_at=None)
        .annotate(has_lapsed=Exists(lapsed))
        .select_related("round__scheme", "round__project", "annotator")
        .order_by("has_lapsed", "id")
    )


def participants_to_top_up() -> QuerySet[Participant]:
    """Participants for whom a top-up would find something: work left unfinished, tasks to bring or to take away, or room in the queue."""
    theirs = Assignment.objects.filter(
        annotator=OuterRef("annotator"), task__round=OuterRef("round")
    ).order_by()
    tallies = AssignmentTally.objects.filter(annotator=OuterRef("annotator"), round=OuterRef("round"))
    queued = SumOf(tallies.filter(status=AssignmentStatus.QUEUED).order_by().values("number"))
    claimable = SumOf(
        TaskTally.objects.filter(round=OuterRef("round"), is_claimable=True).order_by().values("number")
    )
    takes_part = Q(is_active=True, annotator__is_active=True)
    return participants_by_turn().filter(
        Q(studio_busy_until__isnull=False)
        | Q(Exists(theirs.to_bring()))
        | Q(Exists(theirs.left_behind()))
        | (takes_part & GreaterThan(claimable, 0) & LessThan(queued, F("round__project__queue_depth")))
    )


def serve_by_studio(
    participants: Sequence[Participant],
    serve: Callable[[Participant], None],
    *,
    advance: Callable[[int, int], None],
) -> None:
    """Do something in the Studio for each participant; one that is away holds up only those whose work is in it.

    Raises
    ------
    StudioUnavailableError
        A Studio is away; everybody whose work is in another has been served by then.
    """
    studios = {participant.round.project.studio for participant in participants}
    away: dict[int, StudioUnavailableError] = {}
    for done, participant in enumerate(participants, start=1):
        studio = participant.round.project.studio
        if studio not in away:
            try:
                serve(participant)
            except StudioUnavailableError as error:
                away[studio] = error
                if away.keys() == studios:
                    break
        advance(done, len(participants))
    if away:
        raise next(iter(away.values()))


def _waiting_for_import(participant: Participant) -> list[Assignment]:
    waiting = queue_of(participant).to_bring()
    return list(waiting.select_related("task__article").order_by("status_changed_at", "id"))


def _import_waiting(participant: Participant, *, studio: Studio, look_for_orphans: bool) -> int:
    participant.refresh_from_db(fields=["studio_project_id"])
    waiting = _waiting_for_import(participant)
    if participant.studio_project_id is not None and look_for_orphans and waiting:
        waiting = adopt_orphans(participant, waiting, studio=studio)
    if not waiting:
        return 0
    try:
        return _import(participant, waiting, studio=studio)
    except StudioProjectMissingError:
        _forget_studio_project(participant)
        return _import(participant, _waiting_for_import(participant), studio=studio)


def _import(participant: Participant, waiting: Sequence[Assignment], *, studio: Studio) -> int:
    project_id = participant.studio_project_id or _create_studio_project(participant, studio=studio)
    ids = studio.import_tasks(
        project_id,
        [
            NewStudioTask(
                reference=assignment.pk,
                text=assignment.task.article.text,
                title=assignment.task.article.title,
            )
            for assignment in waiting
        ],
    )
    if len(ids) != len(waiting):
        return len(waiting) - len(adopt_orphans(participant, waiting, studio=studio))
    for assignment, task_id in zip(waiting, ids, strict=True):
        if not attach(assignment, task_id):
            studio.delete_task(task_id)
    return len(ids)


def _create_studio_project(participant: Participant, *, studio: Studio) -> int:
    round_ = participant.round
    project_id = studio.create_project(
        title=f"{round_.project.name[:PROJECT_NAME_LENGTH]} {round_.number}.{participant.pk}",
        scheme=round_.scheme.definition,
        studio=round_.project.studio,
    )
    for stale in Participant.objects.filter(studio_project_id=project_id).exclude(pk=participant.pk):
        _forget_studio_project(stale)
    participant.studio_project_id = project_id
    participant.save(update_fields=["studio_project_id"])
    return project_id


def _forget_studio_project(participant: Participant) -> None:
    """The Studio lost the project, or was set up anew and gave its number to another: import all of it again."""
    theirs = Assignment.objects.of(participant.annotator).filter(task__round=participant.round_id)
    theirs.update(studio_task_id=None, studio_annotation_id=None)
    Event.objects.record(
        "missed studio project",
        participant,
        actor=None,
        project=participant.round.project,
        studio_project=participant.studio_project_id,
    )
    participant.studio_project_id = None
    participant.save(update_fields=["studio_project_id"])


def adopt_orphans(
    participant: Participant, waiting: Sequence[Assignment], *, studio: Studio
) -> list[Assignment]:
    """Give assignments that are in the Studio already, unknown to us, their studio tasks; returns the others."""
    by_reference = {assignment.pk: assignment for assignment in waiting}
    for studio_task in studio.list_tasks(participant.studio_project_id or 0):
        assignment = by_reference.get(studio_task.reference or 0)
        if assignment is not None and attach(assignment, studio_task.task_id):
            del by_reference[assignment.pk]
    return list(by_reference.values())


def attach(assignment: Assignment, studio_task_id: int) -> bool:
    """Note an assignment's studio task, unless it has one already.

    The Studio has just named it with our reference; where another assignment still has the number, that is from before
    the Studio was set up anew.
    """
    stale = Assignment.objects.filter(studio_task_id=studio_task_id).exclude(pk=assignment.pk)
    stale.update(studio_task_id=None, studio_annotation_id=None)
    row = Assignment.objects.filter(pk=assignment.pk, studio_task_id=None)
    return bool(row.update(studio_task_id=studio_task_id))


def detach(assignment: Assignment, studio_task_id: int) -> bool:
    """Forget an assignment's studio task that is gone."""
    row = Assignment.objects.filter(pk=assignment.pk, studio_task_id=studio_task_id)
    return bool(row.update(studio_task_id=None, studio_annotation_id=None))


def remove_studio_task(assignment: Assignment, *, studio: Studio) -> bool:
    """Take away the studio task of an assignment that holds no claim; what was submitted there is kept first.

    The assignment forgets its studio task only when it is gone, so a removal that fails is tried again.
    """
    task_id = assignment.studio_task_id
    if task_id is None:
        return False
    studio_task = studio.fetch_task(task_id)
    if studio_task is None or studio_task.reference != assignment.pk:
        return detach(assignment, task_id)
    try:
        for annotation in studio_task.annotations:
            if not annotation.is_skip:
                rescue(assignment, annotation, studio=studio)
    except UnstorableResultError:
        logger.warning("studio task %s stays: what was submitted there cannot be stored", task_id)
        return False
    assignment.refresh_from_db()
    if assignment.status in CLAIM_HOLDING_STATUSES:
        return False
    studio.delete_task(task_id)
    return detach(assignment, task_id)


def rescue(assignment: Assignment, annotation: StudioAnnotation, *, studio: Studio) -> None:
    """Store a submission that is found in the Studio and was never acknowledged here; if its claim has expired and the task is full, it is kept as a late result."""
    if assignment.annotations.filter(digest=digest_result(annotation.result)).exists():
        return
    submission = read_submission(annotation, assignment, studio=studio)
    if assignment.status == AssignmentStatus.EXPIRED:
        with suppress(SubmissionRefusedError):
            store_submission(assignment, submission)
            return
    keep_late_result(assignment, submission)
