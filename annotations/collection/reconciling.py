"""Bringing our record in line with the Studio, which is the truth about what annotators submitted.

The one thing it cannot take back is an acknowledged revision: an annotation deleted in the Studio stays in force
here, is reported, and the assignment waits for a new one. What is adjudicated leaves the Studio, which holds only
what people work on.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from annotations.collection.errors import StudioProjectBusyError, SubmissionRefusedError, SupersededError
from annotations.collection.ports import Studio, StudioAnnotation, StudioRefusedError, StudioTask
from annotations.collection.queues import (
    attach,
    detach,
    participants_by_turn,
    remove_studio_task,
    rescue,
    serve_by_studio,
    studio_work,
    top_up_queue,
)
from annotations.collection.results import digest_result
from annotations.collection.storing import store_if_current, store_skip
from annotations.collection.submission import read_submission
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Assignment,
    AssignmentStatus,
    Event,
    Participant,
    Project,
    TaskStatus,
)

SKIPPED_IN_STUDIO = "Skipped in the Studio, without a reason."


@dataclass(slots=True)
class ReconcileReport:
    """What differed between the Studio and our record, and was put right; and what a person should look at."""

    participants: int = 0
    studio_tasks: int = 0
    missed: int = 0
    """Submissions that we had not heard of."""
    changed: int = 0
    """Submissions that had changed since."""
    skipped: int = 0
    deleted: int = 0
    """Annotations gone from the Studio; our last revision stays in force."""
    adopted: int = 0
    """Studio tasks that we had not noted, by a crash."""
    missing: int = 0
    """Tasks gone from the Studio; those still to be annotated are imported again."""
    removed: int = 0
    """Studio tasks that are adjudicated, those of assignments that hold no claim, and second copies."""
    imported: int = 0
    """Tasks that are new in the Studio."""
    remarks: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many differences were put right; a second pass finds none."""
        return (
            self.missed
            + self.changed
            + self.skipped
            + self.deleted
            + self.adopted
            + self.missing
            + self.removed
            + self.imported
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "changes": self.changes}


def reconcile(
    project: Project | None = None,
    *,
    studio: Studio,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> ReconcileReport:
    """Go through the studio projects of one project or of all; a second pass finds nothing to do."""
    report = ReconcileReport()
    participants = participants_by_turn()
    if project is not None:
        participants = participants.filter(round__project=project)

    def compare(participant: Participant) -> None:
        reconcile_participant(participant, studio=studio, report=report)

    serve_by_studio(list(participants), compare, advance=advance)
    return report


def reconcile_participant(participant: Participant, *, studio: Studio, report: ReconcileReport) -> None:
    """Compare one participant's studio project with our record, put differences right and fill the queue."""
    report.participants += 1
    try:
        if participant.studio_project_id is not None:
            with studio_work(participant):
                _compare(participant, studio=studio, report=report)
        report.imported += top_up_queue(participant, studio=studio)
    except StudioProjectBusyError as error:
        report.remarks.append(str(error))
    except StudioRefusedError as error:
        report.remarks.append(f"{participant}: {error}")


def collect(assignment: Assignment, *, studio: Studio) -> ReconcileReport:
    """Look at one assignment in the Studio, on a hint that something happened there."""
    report = ReconcileReport()
    _look_at(assignment.pk, studio=studio, report=report)
    return report


class _Known(NamedTuple):
    """What our record said of an assignment at one moment."""

    status: str
    studio_task_id: int | None
    studio_annotation_id: int | None
    digest: str | None
    task_status: str


def _compare(participant: Participant, *, studio: Studio, report: ReconcileReport) -> None:
    theirs = Assignment.objects.of(participant.annotator).filter(task__round=participant.round_id)
    columns = (
        "id",
        "status",
        "studio_task_id",
        "studio_annotation_id",
        "current__digest",
        "task__status",
    )
    record = {row[0]: _Known(*row[1:]) for row in theirs.values_list(*columns)}
    seen: set[int] = set()
    extras: list[tuple[int, int]] = []
    for studio_task in studio.list_tasks(participant.studio_project_id or 0):
        report.studio_tasks += 1
        known = record.get(studio_task.reference or 0)
        if known is None or studio_task.reference is None:
            report.remarks.append(
                f"{participant}: the Studio's task {studio_task.task_id} is none of ours; it was left alone.",
            )
            continue
        reference = studio_task.reference
        if known.studio_task_id is None and _adopt(reference, studio_task):
            known = record[reference] = known._replace(studio_task_id=studio_task.task_id)
            report.adopted += 1
        if known.studio_task_id != studio_task.task_id:
            extras.append((reference, studio_task.task_id))
            continue
        seen.add(reference)
        if known.task_status == TaskStatus.ADJUDICATED or not _is_in_line(known, studio_task):
            _look_at(reference, studio=studio, report=report)
    for reference, known in record.items():
        if known.studio_task_id is not None and reference not in seen:
            _look_at(reference, studio=studio, report=report)
    for reference, task_id in extras:
        _settle_extra(reference, task_id, studio=studio, report=report)


def _adopt(reference: int, studio_task: StudioTask) -> bool:
    assignment = Assignment.objects.get(pk=reference)
    return assignment.status in CLAIM_HOLDING_STATUSES and attach(assignment, studio_task.task_id)


def _is_in_line(known: _Known, studio_task: StudioTask) -> bool:
    annotation = _choose_annotation(known.studio_annotation_id, studio_task)
    if known.status not in CLAIM_HOLDING_STATUSES:
        return False
    if annotation is None:
        return known.studio_annotation_id is None
    if annotation.is_skip or known.status != AssignmentStatus.SUBMITTED:
        return False
    try:
        return (known.studio_annotation_id, known.digest) == (
            annotation.annotation_id,
            digest_result(annotation.result),
        )
    except SubmissionRefusedError:
        return False


def _look_at(reference: int, *, studio: Studio, report: ReconcileReport) -> None:
    """Compare one assignment with its studio task as it is now, and act on the difference.

    Our record is read before the Studio is asked, and nothing is written if it has changed since: what passes the
    gateway in between is newer than what we were told, and must not be overwritten with it.
    """
    assignment = Assignment.objects.select_related(
        "current", "annotator", "task__article", "task__round__scheme", "task__round__project"
    ).get(pk=reference)
    task_id = assignment.studio_task_id
    if task_id is None:
        return
    studio_task = studio.fetch_task(task_id)
    if studio_task is None or studio_task.reference != assignment.pk:
        _note_missing_task(assignment, task_id, report=report)
    elif assignment.status not in CLAIM_HOLDING_STATUSES:
        report.removed += remove_studio_task(assignment, studio=studio)
    else:
        _take_over(assignment, studio_task, studio=studio, report=report)


def _take_over(
    assignment: Assignment, studio_task: StudioTask, *, studio: Studio, report: ReconcileReport
) -> None:
    known = _Known(
        status=assignment.status,
        studio_task_id=assignment.studio_task_id,
        studio_annotation_id=assignment.studio_annotation_id,
        digest=assignment.current.digest if assignment.current else None,
        task_status=assignment.task.status,
    )
    if _is_in_line(known, studio_task):
        if known.task_status == TaskStatus.ADJUDICATED:
            studio.delete_task(studio_task.task_id)
            report.removed += detach(assignment, studio_task.task_id)
        return
    annotation = _choose_annotation(known.studio_annotation_id, studio_task)
    try:
        if annotation is None:
            _note_deletion(assignment, report=report)
        elif _is_from_before(assignment, annotation):
            studio.delete_task(studio_task.task_id)
            report.removed += detach(assignment, studio_task.task_id)
        elif annotation.is_skip:
            report.skipped += 1
            remove_studio_task(store_skip(assignment, reason=SKIPPED_IN_STUDIO), studio=studio)
        else:
            _take_submission(assignment, annotation, studio=studio, report=report)
    except SupersededError:
        pass
    except SubmissionRefusedError as error:
        report.remarks.append(f"Assignment {assignment.pk} ({assignment}): {error}")


def _choose_annotation(known_id: int | None, studio_task: StudioTask) -> StudioAnnotation | None:
    """The annotation of a task that counts: where there are several, the one we know, unless it is a skip, or else the latest."""

    def rank(annotation: StudioAnnotation) -> tuple[bool, bool, datetime, int]:
        return (
            not annotation.is_skip,
            annotation.annotation_id == known_id,
            annotation.updated_at,
            annotation.annotation_id,
        )

    return max(studio_task.annotations, key=rank, default=None)


def _is_from_before(assignment: Assignment, annotation: StudioAnnotation) -> bool:
    """Whether it was made, and stored, before the task was queued for the annotator once more; then a new task is due."""
    return (
        assignment.status == AssignmentStatus.QUEUED
        and annotation.updated_at < assignment.status_changed_at
        and (
            annotation.is_skip
            or assignment.annotations.filter(digest=digest_result(annotation.result)).exists()
        )
    )


def _take_submission(
    known: Assignment, annotation: StudioAnnotation, *, studio: Studio, report: ReconcileReport
) -> None:
    submission = read_submission(annotation, known, studio=studio)
    store_if_current(known, submission, current_id=known.current_id)
    if known.status == AssignmentStatus.SUBMITTED:
        report.changed += 1
    else:
        report.missed += 1


def _note_deletion(known: Assignment, *, report: ReconcileReport) -> None:
    """Leave the acknowledged revision in force, note that its annotation is gone, and await a new one."""
    gone = known.studio_annotation_id
    row = Assignment.objects.filter(pk=known.pk, studio_annotation_id=gone, current_id=known.current_id)
    if row.update(studio_annotation_id=None):
        report.deleted += 1
        report.remarks.append(
            f"Assignment {known.pk} ({known}): its annotation was deleted in the Studio; "
            "the last revision stays in force.",
        )
        Event.objects.record(
            "missed annotation",
            known,
            actor=None,
            project=known.task.round.project,
            studio_annotation=gone,
        )


def _note_missing_task(known: Assignment, task_id: int, *, report: ReconcileReport) -> None:
    if detach(known, task_id):
        report.missing += 1
        Event.objects.record(
            "missed studio task", known, actor=None, project=known.task.round.project, studio_task=task_id
        )


def _settle_extra(reference: int, task_id: int, *, studio: Studio, report: ReconcileReport) -> None:
    """A second studio task of one assignment: the one that was worked on stays, an untouched one goes."""
    known = Assignment.objects.get(pk=reference)
    extra = studio.fetch_task(task_id)
    if extra is None or known.studio_task_id == task_id:
        return
    first_id = known.studio_task_id
    work = [
        annotation
        for annotation in extra.annotations
        if not annotation.is_skip and not _is_from_before(known, annotation)
    ]
    if not work or known.status not in CLAIM_HOLDING_STATUSES:
        try:
            for annotation in work:
                rescue(known, annotation, studio=studio)
        except SubmissionRefusedError as error:
            report.remarks.append(f"Assignment {known.pk} ({known}): {error}")
            return
        studio.delete_task(task_id)
    elif known.status == AssignmentStatus.SUBMITTED:
        report.remarks.append(
            f"Assignment {known.pk} ({known}): it was annotated in the Studio's task {task_id} as well; "
            "that one was left alone.",
        )
        return
    else:
        if first_id is not None:
            studio.delete_task(first_id)
            detach(known, first_id)
        attach(known, task_id)
        _look_at(reference, studio=studio, report=report)
    report.removed += 1
