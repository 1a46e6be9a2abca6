"""A submit on its way through the gateway: checked, sent on, and stored before the annotator gets the answer."""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotations.assignment.services import renew_lease
from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.ports import (
    StudioReading,
    StudioRefusedError,
    StudioSilentError,
    StudioUnavailableError,
)
from annotations.collection.results import digest_result
from annotations.collection.services import collect, connect_studio, store_submission
from annotations.collection.submission import Submission
from annotations.labelstudio.gateway.relay import ask_studio
from annotations.labelstudio.payloads import read_result
from annotations.limits import MAX_MESSAGES
from annotations.markup import Problem
from annotations.models import Annotation, AnnotationOrigin, Assignment, AssignmentStatus, TaskStatus
from annotations.schemes.check import check_markup
from annotations.schemes.problems import select_mendable
from annotations.schemes.snapped import tell_moved
from annotations.studio_numbers import upstream_number

OPEN_FOR_CHANGES = frozenset({TaskStatus.OPEN, TaskStatus.ANNOTATED})
ONE_A_TASK = uuid.UUID("6f1a7a5c-9f0e-4a53-8a3c-7d1a4b8f2e10")
"""Label Studio keeps annotations' ids unique, so an id that is made of the task's allows one annotation a task."""
MAX_SECONDS = 10**9
"""What an editor measures is less; anything else is no time and is not kept."""
MAX_TOLD = 5
"""Moved spans that are told one by one, in a header of the answer."""
LATE_BY = timedelta(seconds=10)
"""How long after its timeout a call of the Studio that got no answer may still be carried out there."""


class Rejection(Exception):  # noqa: N818 - it is an answer, not a fault
    """A submit that is not accepted; the messages tell the annotator what to do."""

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The Studio's answer to a save, the revision that the saved content has in our ledger (0: none), and what was moved.

    `moved` tells the annotator of each span whose ends are not where they were drawn.
    """

    answer: httpx.Response
    revision: int
    moved: tuple[str, ...] = ()

    def as_created(self) -> "Acknowledgement":
        """The editor takes its retry for a submit, whose only good answer is this one."""
        if self.answer.status_code == httpx.codes.OK:
            self.answer.status_code = httpx.codes.CREATED
        return self


@dataclass(frozen=True, slots=True)
class _Save:
    """One request to save, checked: for which assignment, what is sent on of it, and the submission that it makes.

    `editor_id` names the editor whose submit this is; a change has none. `project` is the Studio's own number.
    """

    assignment: Assignment
    project: int
    body: Mapping[str, Any]
    submission: Submission
    editor_id: uuid.UUID | None = None


def submit(assignment: Assignment, body: Mapping[str, Any], *, project: int) -> Acknowledgement:
    """Create the one annotation of an assignment in the Studio and store it.

    A repeat of content that is in the ledger already is acknowledged and changes nothing, however late it comes. Other
    content under the editor's same `unique_id` is the retry of a submit whose acknowledgement was lost, so it becomes
    a change of the annotation that is there, until a change was acknowledged; any other second annotation is refused.
    """
    save = replace(_read(assignment, body, project=project), editor_id=_read_editor_id(body))
    _settle(save)
    if not assignment.studio_annotation_id:
        return _create(save)
    if stored := _find_stored(save):
        return _acknowledge(save, stored).as_created()
    if save.editor_id is None or save.editor_id != assignment.studio_editor_id:
        raise _second_submit()
    return _change(save).as_created()


def update(
    assignment: Assignment, body: Mapping[str, Any], *, project: int, seen_revision: int | None
) -> Acknowledgement:
    """Change the annotation of an assignment in the Studio and store the new revision.

    A change must be one of the current revision. What is in the ledger as the successor of the revision that the
    window saw is a repeat of that change: it is acknowledged and changes nothing. Any other window is told.
    """
    save = _read(assignment, body, project=project)
    _settle(save)
    current = assignment.current.revision if assignment.current else 0
    if seen_revision == current:
        return _change(save)
    successor = current if seen_revision is None else seen_revision + 1
    repeated = assignment.annotations.filter(revision=successor, digest=save.submission.digest).first()
    if repeated is None:
        raise Rejection(
            "This article was changed in another window after you opened it here. "
            "Reload this page to see the newer version; then make your change again.",
        )
    return _acknowledge(save, repeated)


def save_draft(
    assignment: Assignment, body: Mapping[str, Any], *, project: int, method: str, path: str
) -> httpx.Response:
    """Keep a draft in the Studio, and remember whose it is; who drafts is at work, so the lease is renewed."""
    _check_open(assignment)
    if "result" in body:
        _digest(body["result"])
    answer = ask_studio(
        assignment.studio,
        method,
        path,
        query={"project": project},
        body=None if method == "DELETE" else {**body, "project": project},
    )
    if answer.status_code == httpx.codes.CREATED:
        assignment.studio_drafts.get_or_create(studio_draft_id=assignment.number_of(answer.json()))
    renew_lease(assignment)
    return answer


def _read(assignment: Assignment, body: Mapping[str, Any], *, project: int) -> _Save:
    """What the result says; one that the annotator can and must mend is rejected with every reason."""
    _check_open(assignment)
    result, digest = _read_body(body)
    reading = _read_content(assignment, result)
    warned = assignment.task.round.project.warned_rules
    if mendable := select_mendable(_find_mendable(assignment, reading), warned=warned):
        raise Rejection(*_list_messages(mendable))
    submission = Submission(
        result=result,
        digest=digest,
        reading=reading,
        origin=AnnotationOrigin.GATEWAY,
        lead_time=_read_seconds(body.get("lead_time")),
    )
    return _Save(assignment=assignment, project=project, body=body, submission=submission)


def find_missing(assignment: Assignment, body: Mapping[str, Any]) -> list[Problem]:
    """All for which a submit of this content would be refused, and what is only warned of; nothing is stored or sent on."""
    result, _ = _read_body(body)
    return _find_mendable(assignment, _read_content(assignment, result))


def _read_body(body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    result = body.get("result")
    if not isinstance(result, list):
        raise Rejection("The editor sent no annotation. Reload the page; your draft is kept.")
    return result, _digest(result)


def _read_content(assignment: Assignment, result: list[dict[str, Any]]) -> StudioReading:
    text, scheme = assignment.task.article.text, assignment.task.round.scheme.definition
    try:
        return read_result(result, text, scheme).snapped(text=text, scheme=scheme)
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error


def _find_mendable(assignment: Assignment, reading: StudioReading) -> list[Problem]:
    text, scheme = assignment.task.article.text, assignment.task.round.scheme.definition
    return select_mendable([*reading.problems, *check_markup(scheme, text, reading.markup)])


def _list_messages(problems: Iterable[Problem]) -> list[str]:
    messages = list(dict.fromkeys(problem.message for problem in problems))
    if len(messages) <= MAX_MESSAGES:
        return messages
    return [*messages[:MAX_MESSAGES], f"And {len(messages) - MAX_MESSAGES:,} more."]


def _check_open(assignment: Assignment) -> None:
    if assignment.task.status not in OPEN_FOR_CHANGES:
        raise Rejection(
            f"This article is {assignment.task.get_status_display()}, so it cannot be changed any more."
        )


def _digest(result: Any) -> str:
    """The result's checksum; what we could not store must not reach the Studio either."""
    try:
        return digest_result(result)
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error


def _read_editor_id(body: Mapping[str, Any]) -> uuid.UUID | None:
    with suppress(ValueError):
        return uuid.UUID(str(body.get("unique_id") or ""))
    return None


def _only_id(assignment: Assignment) -> str:
    return str(uuid.uuid5(ONE_A_TASK, str(assignment.studio_task_id)))


def _second_submit() -> Rejection:
    return Rejection(
        "You have submitted this article already, in another window. "
        "To change what you submitted, open it from “My work”.",
    )


# --- repeats ---------------------------------------------------------------------------------------------


def _find_stored(save: _Save) -> Annotation | None:
    """The latest revision with this very content, of an assignment that is submitted."""
    if save.assignment.status != AssignmentStatus.SUBMITTED:
        return None
    return save.assignment.annotations.filter(digest=save.submission.digest).order_by("revision").last()


def _acknowledge(save: _Save, stored: Annotation) -> Acknowledgement:
    """Answer a repeat with the Studio's annotation as it is; the revision tells the window what it has shown."""
    path = f"api/annotations/{upstream_number(save.assignment.studio_annotation_id or 0)}"
    return Acknowledgement(ask_studio(save.assignment.studio, "GET", path), stored.revision)


# --- saving ----------------------------------------------------------------------------------------------


def _settle(save: _Save) -> None:
    """Before anything else, find out what became of an earlier save whose outcome nobody knows.

    While other content may still be on its way to the Studio, the annotator is told.
    """
    assignment = save.assignment
    if assignment.saving_until is None:
        return
    is_over = assignment.saving_until < timezone.now()
    if not is_over and assignment.saving_content != _content_id(save):
        raise _under_way()
    collect(assignment, studio=connect_studio())
    assignment.refresh_from_db()
    if is_over or _find_stored(save):
        _release(assignment)


def _create(save: _Save) -> Acknowledgement:
    assignment = save.assignment
    if stored := _reserve(save, editor_id=save.editor_id):
        return _acknowledge(save, stored).as_created()
    kept = {key: value for key, value in save.body.items() if key != "unique_id"}
    answer = _send(
        save,
        "POST",
        f"api/tasks/{upstream_number(assignment.studio_task_id or 0)}/annotations",
        query={"project": save.project},
        body={**kept, "unique_id": _only_id(assignment), "project": save.project},
    )
    if answer.status_code == httpx.codes.CONFLICT:
        return _take_up(save)
    return _store_answered(save, answer)


def _take_up(save: _Save) -> Acknowledgement:
    """Go on from an annotation that the Studio holds and we did not know; it comes into the ledger first."""
    assignment = save.assignment
    collect(assignment, studio=connect_studio())
    _release(assignment)
    assignment.refresh_from_db()
    if stored := _find_stored(save):
        return _acknowledge(save, stored).as_created()
    if assignment.current is None or not assignment.studio_annotation_id:
        raise Rejection("The editor is not sure what it has saved. Reload the page; your draft is kept.")
    if assignment.current.origin != AnnotationOrigin.RECONCILE:
        raise _second_submit()
    # Nobody was told that what is there was saved, so the later content is the annotator's.
    return _change(save).as_created()


def _change(save: _Save) -> Acknowledgement:
    if stored := _reserve(save, editor_id=save.assignment.studio_editor_id):
        return _acknowledge(save, stored)
    answer = _send(
        save,
        "PATCH",
        f"api/annotations/{upstream_number(save.assignment.studio_annotation_id or 0)}",
        query={"project": save.project, "taskID": upstream_number(save.assignment.studio_task_id or 0)},
        body={key: value for key, value in save.body.items() if key not in {"unique_id", "draft_id"}},
    )
    return _store_answered(save, answer)


def _reserve(save: _Save, *, editor_id: uuid.UUID | None) -> Annotation | None:
    """Make sure that only this content is on its way to the Studio, until it is stored or the call has timed out.

    Where the same content was stored by another request just now, that revision is returned and nothing is left to
    do; where other content is on its way or was stored, the annotator is told.
    """
    now = timezone.now()
    is_free = Q(saving_until=None) | Q(saving_until__lt=now) | Q(saving_content=_content_id(save))
    unchanged = Assignment.objects.filter(
        is_free,
        pk=save.assignment.pk,
        current=save.assignment.current_id,
        studio_annotation_id=save.assignment.studio_annotation_id,
    )
    if unchanged.update(
        saving_content=_content_id(save),
        saving_until=now + timedelta(seconds=settings.STUDIO_TIMEOUT) + LATE_BY,
        studio_editor_id=editor_id,
    ):
        save.assignment.saving_content = _content_id(save)
        return None
    save.assignment.refresh_from_db()
    if stored := _find_stored(save):
        return stored
    raise _under_way()


def _under_way() -> Rejection:
    return Rejection(
        "Another save of this article is under way at this moment, from this or from another window. "
        "Wait half a minute, reload this page to see what was saved, and make your change again.",
    )


def _content_id(save: _Save) -> uuid.UUID:
    return uuid.UUID(save.submission.digest[:32])


def _release(assignment: Assignment) -> None:
    """Let other content follow, unless that has begun already."""
    ours = Assignment.objects.filter(pk=assignment.pk, saving_content=assignment.saving_content)
    ours.update(saving_content=None, saving_until=None)


def _send(
    save: _Save, method: str, path: str, *, query: Mapping[str, str | int], body: Mapping[str, Any]
) -> httpx.Response:
    """Send a save; while nobody knows whether it is still being carried out, only the same content may follow."""
    try:
        return ask_studio(save.assignment.studio, method, path, query=query, body=body)
    except StudioSilentError:
        raise
    except (StudioUnavailableError, StudioRefusedError):
        _release(save.assignment)
        raise


def _store_answered(save: _Save, answer: httpx.Response) -> Acknowledgement:
    """Store what the Studio has taken, with the id of the editor that submitted it; a change has none."""
    assignment, current = save.assignment, save.assignment.current
    if not answer.is_success:
        _release(assignment)
        return Acknowledgement(answer, current.revision if current else 0)
    try:
        with transaction.atomic():
            number = assignment.number_of(answer.json())
            annotation = store_submission(assignment, save.submission.held_as(number))
            Assignment.objects.filter(pk=assignment.pk).update(studio_editor_id=save.editor_id)
            _release(assignment)
    except SubmissionRefusedError as error:
        _release(assignment)
        raise Rejection(str(error)) from error
    assignment.current = annotation
    moved = _list_moved(save.submission.reading, assignment.task.article.text)
    return Acknowledgement(answer, annotation.revision, moved)


def _list_moved(reading: StudioReading, text: str) -> tuple[str, ...]:
    told = tuple(tell_moved(reading.moved[:MAX_TOLD], text))
    more = len(reading.moved) - len(told)
    return (*told, f"So are {more:,} more.") if more else told


def _read_seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MAX_SECONDS:
        return None
    return float(value)
