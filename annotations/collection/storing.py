"""Keeping what annotators submit, revision by revision, and their skips."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotations import markup
from annotations.assignment.claims import (
    free_claim,
    lock_assignment,
    request_count,
    request_top_up,
    settle_task,
    take_claim,
)
from annotations.collection.errors import (
    AnnotationElsewhereError,
    ClaimLostError,
    ShareClosedError,
    SkipReasonMissingError,
    SupersededError,
    TaskFinishedError,
)
from annotations.collection.ports import StudioReading
from annotations.collection.submission import Submission
from annotations.collection.suggesting import count_suggestions
from annotations.formats.canonical import checksum, write_members
from annotations.formats.record import describe_markup
from annotations.limits import MAX_MESSAGES
from annotations.models import (
    CLAIM_HOLDING_STATUSES,
    Annotation,
    Assignment,
    AssignmentStatus,
    Event,
    NotedAnnotation,
    QuarantinedItem,
    Relation,
    Span,
    TaskStatus,
)


def store_submission(assignment: Assignment, submission: Submission) -> Annotation:
    """Keep a submission as the assignment's current revision; the same content twice running is one revision."""
    with transaction.atomic():
        return _store(lock_assignment(assignment), submission)


def store_if_current(assignment: Assignment, submission: Submission, *, current_id: int | None) -> Annotation:
    """Keep a submission that was read from the Studio, unless a newer one arrived while it was read."""
    with transaction.atomic():
        locked = lock_assignment(assignment)
        if locked.current_id != current_id:
            raise SupersededError("The annotator submitted again meanwhile.")
        return _store(locked, submission)


def _store(locked: Assignment, submission: Submission) -> Annotation:
    _check_is_open(locked)
    _check_belongs(locked, submission.studio_annotation_id)
    _hold_claim(locked)
    current = locked.current
    is_repeat = current is not None and current.digest == submission.digest
    was_submitted = locked.status == AssignmentStatus.SUBMITTED
    if current is not None and is_repeat:
        annotation = current
    else:
        annotation = write_revision(locked, submission)
        count_suggestions(locked, annotation, submission.reading.markup)
    _mark_submitted(locked, submission.studio_annotation_id)
    if not (is_repeat and was_submitted):
        _record_submitted(annotation, locked, moved=[] if is_repeat else describe_moved(submission.reading))
    if not was_submitted:
        participant = locked.task.round.participants.filter(annotator=locked.annotator_id).first()
        request_top_up(locked.task.round, participant=participant)
    return annotation


def _check_belongs(locked: Assignment, studio_annotation_id: int | None) -> None:
    if studio_annotation_id is None:
        return
    holders = Assignment.objects.filter(studio_annotation_id=studio_annotation_id)
    if holders.exclude(pk=locked.pk).exists():
        raise AnnotationElsewhereError(
            f"The Studio's annotation {studio_annotation_id} belongs to another assignment.",
        )


def _mark_submitted(locked: Assignment, studio_annotation_id: int | None) -> None:
    """Save the assignment as submitted, with its current revision and the Studio's annotation."""
    if studio_annotation_id is not None:
        locked.studio_annotation_id = studio_annotation_id
    if locked.status != AssignmentStatus.SUBMITTED:
        locked.status = AssignmentStatus.SUBMITTED
        locked.status_changed_at = timezone.now()
        locked.submitted_at = locked.status_changed_at
        locked.skip_reason = ""
    locked.save(
        update_fields=[
            "status",
            "status_changed_at",
            "submitted_at",
            "skip_reason",
            "studio_annotation_id",
            "current",
        ],
    )


def describe_moved(reading: StudioReading) -> list[dict[str, Any]]:
    """The first spans whose ends were moved, as the audit trail keeps them: from where to where."""
    return [
        {
            "key": moved.span.key,
            "drawn": [moved.drawn_start, moved.drawn_end],
            "now": [moved.span.start, moved.span.end],
        }
        for moved in reading.moved[:MAX_MESSAGES]
    ]


def _record_submitted(annotation: Annotation, locked: Assignment, *, moved: list[dict[str, Any]]) -> None:
    """Put a submission on record, and ask for what follows from it: the task's next state and new counts."""
    project = locked.task.round.project
    more = {"moved": moved} if moved else {}
    Event.objects.record(
        "submitted",
        locked,
        actor=locked.annotator,
        project=project,
        revision=annotation.revision,
        origin=annotation.origin,
        **more,
    )
    settle_task(locked.task)
    request_count(project)


def _check_is_open(locked: Assignment) -> None:
    task = locked.task
    if locked.closed_at is not None:
        raise ShareClosedError(
            "Your part in this article is closed, so your annotation of it can no longer change: "
            "you adjudicate it, annotate it again for a retest, its adjudication was reopened, "
            "or its round was carried over to a later version of the scheme.",
        )
    if task.status not in (TaskStatus.OPEN, TaskStatus.ANNOTATED):
        raise TaskFinishedError(
            f"This task is {task.get_status_display()}, so its annotations can no longer change. "
            "Tell the manager of the project if yours should.",
        )


def _hold_claim(locked: Assignment) -> None:
    """Make sure that the annotator has a claim; one that expired is theirs again while nobody else took it."""
    if locked.status in CLAIM_HOLDING_STATUSES:
        return
    if locked.status == AssignmentStatus.WITHDRAWN:
        raise ClaimLostError("A manager of the project took this task back. Go on with your next one.")
    if not take_claim(locked.task_id):
        raise ClaimLostError(
            f"This task is {locked.get_status_display()} and another annotator has taken it over. "
            "Go on with your next one.",
        )
    locked.task.refresh_from_db(fields=["claimed"])


def write_revision(locked: Assignment, submission: Submission) -> Annotation:
    """Add a revision to a locked assignment and make it the current one; whoever calls saves the assignment."""
    last = locked.annotations.aggregate(last=Max("revision"))["last"] or 0
    accepted = _select_storable(submission.reading.markup)
    drawn = {moved.span.key: (moved.drawn_start, moved.drawn_end) for moved in submission.reading.moved}
    annotation = Annotation.objects.create(
        assignment=locked,
        revision=last + 1,
        origin=submission.origin,
        fields=dict(accepted.fields),
        result=submission.result,
        digest=submission.digest,
        lead_time=submission.lead_time,
        canonical=write_members(describe_markup(accepted, locked.task.article.text, drawn=drawn)),
        sha256=checksum(accepted.to_json()),
    )
    _write_items(annotation, accepted)
    round_ = locked.task.round
    if round_.scheme.definition.has_note(accepted.fields):
        NotedAnnotation.objects.create(
            annotation=annotation, annotator_id=locked.annotator_id, project_id=round_.project_id
        )
    _quarantine(annotation, submission.reading)
    locked.current = annotation
    return annotation


def _write_items(annotation: Annotation, accepted: markup.Markup) -> None:
    """Write the spans and the relations between them as rows, for questions and constraints."""
    rows = Span.objects.bulk_create(
        Span(
            annotation=annotation,
            key=span.key,
            start=span.start,
            end=span.end,
            label=span.label,
            attributes=dict(span.attributes),
        )
        for span in accepted.spans
    )
    by_key = {row.key: row for row in rows}
    Relation.objects.bulk_create(
        Relation(
            annotation=annotation,
            kind=link.kind,
            source=by_key[link.source],
            target=by_key[link.target],
        )
        for link in accepted.relations
    )


def _quarantine(annotation: Annotation, reading: StudioReading) -> None:
    """Keep what could not be accepted beside the annotation, so that nothing of it is dropped."""
    problems = (*reading.problems, *_find_unstorable_relations(reading.markup.relations))
    QuarantinedItem.objects.bulk_create(
        QuarantinedItem(
            annotation=annotation, code=problem.code, message=problem.message, payload=problem.payload
        )
        for problem in problems
    )


def _select_storable(given: markup.Markup) -> markup.Markup:
    """The markup as the tables hold it: spans in reading order, each relation once and between two spans."""
    links = dict.fromkeys(relation for relation in given.relations if relation.source != relation.target)
    spans = sorted(given.spans, key=lambda span: (span.start, span.end))
    return replace(given, spans=tuple(spans), relations=tuple(links))


def _find_unstorable_relations(relations: tuple[markup.Relation, ...]) -> Iterator[markup.Problem]:
    """Relations that the tables cannot hold go to quarantine, so that nothing of an annotation is dropped."""
    seen: set[markup.Relation] = set()
    for relation in relations:
        payload = {"kind": relation.kind, "source": relation.source, "target": relation.target}
        if relation.source == relation.target:
            yield markup.Problem(
                "relation-to-itself", f"A relation {relation.kind!r} leads from a span to itself.", payload
            )
        elif relation in seen:
            yield markup.Problem(
                "relation-twice", f"A relation {relation.kind!r} joins the same two spans twice.", payload
            )
        seen.add(relation)


def keep_late_result(assignment: Assignment, submission: Submission) -> Annotation | None:
    """Keep on record, without counting it, what an annotator submitted who no longer holds a claim."""
    with transaction.atomic():
        locked = lock_assignment(assignment)
        if locked.annotations.filter(digest=submission.digest).exists():
            return None
        annotation = write_revision(locked, submission)
        locked.save(update_fields=["current"])
        Event.objects.record(
            "kept late",
            locked,
            actor=None,
            project=locked.task.round.project,
            revision=annotation.revision,
        )
        return annotation


@transaction.atomic
def store_skip(assignment: Assignment, *, reason: str) -> Assignment:
    """Give a task up for the reason that the annotator gives; another annotator may claim it."""
    reason = reason.strip()
    if not reason:
        raise SkipReasonMissingError("Say in a few words why you skip this task; the manager reads it.")
    locked = lock_assignment(assignment)
    if locked.status == AssignmentStatus.SKIPPED:
        return locked
    _check_is_open(locked)
    if locked.status not in CLAIM_HOLDING_STATUSES:
        raise ClaimLostError(
            f"This task is {locked.get_status_display()}, so there is nothing to skip. Go on with your next one.",
        )
    was = locked.status
    free_claim(locked, status=AssignmentStatus.SKIPPED, skip_reason=reason)
    Event.objects.record(
        "skipped",
        locked,
        actor=locked.annotator,
        project=locked.task.round.project,
        reason=reason,
        was=was,
    )
    request_top_up(locked.task.round)
    return locked
