"""What others ask of the collection of annotations, and the jobs that keep it going by themselves."""

from collections.abc import Callable
from contextlib import suppress

from django.db.models import QuerySet

from annotations.assignment.services import expire_leases
from annotations.collection.ports import Studio, StudioRefusedError, StudioUnavailableError
from annotations.collection.queues import (
    connect_studio,
    participants_by_turn,
    participants_to_top_up,
    remove_studio_task,
    serve_by_studio,
    top_up_queue,
)
from annotations.collection.reconciling import ReconcileReport, collect, reconcile, reconcile_participant
from annotations.collection.storing import store_skip, store_submission
from annotations.jobs.worker import Checkpoint
from annotations.models import Assignment, Job, Participant
from annotations.plurals import count_things

__all__ = [
    "ReconcileReport",
    "collect",
    "connect_studio",
    "reconcile",
    "record_skip",
    "run_expire_leases",
    "run_reconcile",
    "run_remove_studio_tasks",
    "run_top_up",
    "store_submission",
    "top_up_queue",
]


def record_skip(assignment: Assignment, *, reason: str, studio: Studio) -> Assignment:
    """Give a task up, and take it out of the Studio; where the Studio fails at that, a job does it later."""
    skipped = store_skip(assignment, reason=reason)
    with suppress(StudioUnavailableError, StudioRefusedError):
        remove_studio_task(skipped, studio=studio)
    return skipped


def run_top_up(job: Job, checkpoint: Checkpoint) -> None:
    """Fill the queues of one participant, of a round or of everybody, wherever there is something to fill or to take away."""
    studio = connect_studio()
    imported = 0

    def top_up(participant: Participant) -> None:
        nonlocal imported
        imported += top_up_queue(participant, studio=studio)

    expire_leases()
    refusals = _go_through(job, participants_to_top_up(), checkpoint, top_up)
    done = f"{count_things(imported, 'task')} brought into the Studio" if imported else "no queue wanted more"
    checkpoint(message="; ".join([done, *refusals]))


def run_reconcile(job: Job, checkpoint: Checkpoint) -> None:
    """Bring our record in line with the Studio, for one project or for all."""
    studio = connect_studio()
    report = ReconcileReport()

    def compare(participant: Participant) -> None:
        reconcile_participant(participant, studio=studio, report=report)

    _go_through(job, participants_by_turn(), checkpoint, compare)
    done = f"{count_things(report.changes, 'difference')} put right" if report.changes else "nothing differed"
    checkpoint(message="; ".join([done, *report.remarks]))


def run_expire_leases(_job: Job, checkpoint: Checkpoint) -> None:
    """Give tasks whose lease has run out back to the pool."""
    expired = expire_leases()
    checkpoint(message=count_things(len(expired), "lease had", "leases had") + " run out")


def run_remove_studio_tasks(job: Job, checkpoint: Checkpoint) -> None:
    """Take away the studio tasks of shares that are deleted; what somebody annotated there all the same is left alone."""
    studio = connect_studio()
    numbers = job.arguments["tasks"]
    kept = 0
    for place in range(job.cursor or 0, len(numbers)):
        studio_task = studio.fetch_task(numbers[place])
        if studio_task is not None:
            is_ours_again = Assignment.objects.filter(pk=studio_task.reference or 0).exists()
            if studio_task.annotations or is_ours_again:
                kept += 1
            else:
                studio.delete_task(numbers[place])
        checkpoint(cursor=place + 1, done=place + 1, total=len(numbers))
    if kept:
        checkpoint(
            message=f"{kept} studio tasks were left alone: they hold annotations, or belong to others by now"
        )


def _go_through(
    job: Job,
    participants: QuerySet[Participant],
    checkpoint: Checkpoint,
    work: Callable[[Participant], None],
) -> list[str]:
    """A chunk is a participant; a refusal by the Studio concerns that one only, and the others are served."""
    if job.project_id is not None:
        participants = participants.filter(round__project=job.project_id)
    if "round" in job.arguments:
        participants = participants.filter(round=job.arguments["round"])
    if "participant" in job.arguments:
        participants = participants.filter(pk=job.arguments["participant"])
    refusals = []

    def serve(participant: Participant) -> None:
        try:
            work(participant)
        except StudioRefusedError as error:
            refusals.append(f"{participant}: {error}")

    serve_by_studio(list(participants), serve, advance=lambda done, total: checkpoint(done=done, total=total))
    return refusals
