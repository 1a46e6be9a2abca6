"""A submit on its way through the gateway: checked, sent on, and stored before the annotator gets the answer."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from django.db import transaction

from annotations.assignment.services import renew_lease
from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.ports import Reading
from annotations.collection.results import digest_result
from annotations.collection.services import store_submission
from annotations.labelstudio.gateway.relay import ask_studio
from annotations.labelstudio.payloads import read_result
from annotations.limits import MOST_MESSAGES
from annotations.markup import Problem
from annotations.models import AnnotationOrigin, Assignment, TaskStatus
from annotations.schemes.check import check_markup
from annotations.schemes.problems import select_mendable

OPEN_FOR_CHANGES = frozenset({TaskStatus.OPEN, TaskStatus.ANNOTATED})
ONE_A_TASK = uuid.UUID("6f1a7a5c-9f0e-4a53-8a3c-7d1a4b8f2e10")
"""Label Studio keeps annotations' ids unique, so an id that is made of the task's allows one annotation a task."""


MOST_SECONDS = 10**9
"""What an editor measures is less; anything else is no time and is not kept."""
ONLY_WITH_A_SUBMIT = frozenset({"unique_id", "draft_id"})


class Rejection(Exception):  # noqa: N818 - it is an answer, not a fault
    """A submit that is not accepted; the messages tell the annotator what to do."""

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


def submit(assignment: Assignment, body: Mapping[str, Any], *, project: int) -> httpx.Response:
    """Create the one annotation of an assignment in the Studio and store it.

    A repeated submit with the editor's same `unique_id`, or of the same content, is the retry of one whose
    acknowledgement was lost, so it becomes a change of the annotation that is there; any other second annotation
    is refused.
    """
    reading = _read(assignment, body)
    editor_id = _read_editor_id(body)
    if assignment.studio_annotation_id:
        return _repeat(assignment, editor_id, body, reading, project=project)
    kept = {key: value for key, value in body.items() if key != "unique_id"}
    answer = ask_studio(
        "POST",
        f"api/tasks/{assignment.studio_task_id}/annotations",
        query={"project": project},
        body={**kept, "unique_id": _only_id(assignment), "project": project},
    )
    if answer.status_code == httpx.codes.CONFLICT:
        # It was stored, by a submit that was cut off or by one that came from another window just now.
        assignment.refresh_from_db()
        if assignment.studio_annotation_id:
            return _repeat(assignment, editor_id, body, reading, project=project)
        existing = _find_annotation(assignment)
        return _as_created(_change(assignment, existing, body, reading, project=project, editor_id=editor_id))
    return _store(assignment, answer, reading, body, editor_id=editor_id)


def update(
    assignment: Assignment, body: Mapping[str, Any], *, project: int, seen_revision: int | None
) -> httpx.Response:
    """Change the annotation of an assignment in the Studio and store the new revision."""
    if assignment.current and seen_revision is not None and seen_revision != assignment.current.revision:
        raise Rejection(
            "This article was changed in another window after you opened it here. "
            "Reload this page to see the newer version; then make your change again.",
        )
    reading = _read(assignment, body)
    return _change(assignment, assignment.studio_annotation_id or 0, body, reading, project=project)


def save_draft(
    assignment: Assignment, body: Mapping[str, Any], *, project: int, method: str, path: str
) -> httpx.Response:
    """Keep a draft in the Studio, and remember whose it is; who drafts is at work, so the lease is renewed."""
    _check_open(assignment)
    if "result" in body:
        _check_storable(body["result"])
    answer = ask_studio(
        method,
        path,
        query={"project": project},
        body=None if method == "DELETE" else {**body, "project": project},
    )
    if answer.status_code == httpx.codes.CREATED:
        assignment.studio_drafts.get_or_create(studio_draft_id=answer.json()["id"])
    renew_lease(assignment)
    return answer


def _read(assignment: Assignment, body: Mapping[str, Any]) -> Reading:
    """What the result says; one that the annotator can and must mend is rejected with every reason."""
    _check_open(assignment)
    result = body.get("result")
    if not isinstance(result, list):
        raise Rejection("The editor sent no annotation. Reload the page; your draft is kept.")
    _check_storable(result)
    text = assignment.task.article.text
    scheme = assignment.task.round.scheme.definition
    try:
        reading = read_result(result, text, scheme)
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error
    mendable = select_mendable([*reading.problems, *check_markup(scheme, text, reading.markup)])
    if mendable:
        raise Rejection(*_list_messages(mendable))
    return reading


def _list_messages(problems: Iterable[Problem]) -> list[str]:
    messages = list(dict.fromkeys(problem.message for problem in problems))
    if len(messages) <= MOST_MESSAGES:
        return messages
    return [*messages[:MOST_MESSAGES], f"And {len(messages) - MOST_MESSAGES:,} more."]


def _check_open(assignment: Assignment) -> None:
    if assignment.task.status not in OPEN_FOR_CHANGES:
        raise Rejection("This article is adjudicated already and cannot be changed any more.")


def _check_storable(result: Any) -> None:
    """What we could not store must not reach the Studio either."""
    try:
        digest_result(result)
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error


def _read_editor_id(body: Mapping[str, Any]) -> uuid.UUID | None:
    given = body.get("unique_id")
    try:
        return uuid.UUID(given) if isinstance(given, str) and given else None
    except ValueError:
        return None


def _only_id(assignment: Assignment) -> str:
    return str(uuid.uuid5(ONE_A_TASK, str(assignment.studio_task_id)))


def _repeat(
    assignment: Assignment,
    editor_id: uuid.UUID | None,
    body: Mapping[str, Any],
    reading: Reading,
    *,
    project: int,
) -> httpx.Response:
    is_retry = editor_id is not None and editor_id == assignment.studio_editor_id
    is_same = assignment.current is not None and assignment.current.digest == digest_result(body["result"])
    if not (is_retry or is_same):
        raise Rejection(
            "You have submitted this article already, in another window. "
            "To change what you submitted, open it from “My work”.",
        )
    annotation_id = assignment.studio_annotation_id or 0
    return _as_created(_change(assignment, annotation_id, body, reading, project=project))


def _as_created(answer: httpx.Response) -> httpx.Response:
    """The editor takes its retry for a submit, whose only good answer is this one."""
    if answer.status_code == httpx.codes.OK:
        answer.status_code = httpx.codes.CREATED
    return answer


def _find_annotation(assignment: Assignment) -> int:
    task = ask_studio("GET", f"api/tasks/{assignment.studio_task_id}").json()
    for annotation in task.get("annotations", ()):
        return int(annotation["id"])
    raise Rejection("The editor is not sure what it has saved. Reload the page; your draft is kept.")


def _change(
    assignment: Assignment,
    annotation_id: int,
    body: Mapping[str, Any],
    reading: Reading,
    *,
    project: int,
    editor_id: uuid.UUID | None = None,
) -> httpx.Response:
    answer = ask_studio(
        "PATCH",
        f"api/annotations/{annotation_id}",
        query={"project": project, "taskID": assignment.studio_task_id or 0},
        body={key: value for key, value in body.items() if key not in ONLY_WITH_A_SUBMIT},
    )
    return _store(assignment, answer, reading, body, editor_id=editor_id)


@transaction.atomic
def _store(
    assignment: Assignment,
    answer: httpx.Response,
    reading: Reading,
    body: Mapping[str, Any],
    *,
    editor_id: uuid.UUID | None,
) -> httpx.Response:
    if not answer.is_success:
        return answer
    try:
        annotation = store_submission(
            assignment,
            reading=reading,
            result=body["result"],
            origin=AnnotationOrigin.GATEWAY,
            studio_annotation_id=answer.json()["id"],
            lead_time=_read_seconds(body.get("lead_time")),
        )
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error
    if editor_id is not None:
        Assignment.objects.filter(pk=assignment.pk).update(studio_editor_id=editor_id)
    assignment.current = annotation
    return answer


def _read_seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_SECONDS:
        return None
    return float(value)
