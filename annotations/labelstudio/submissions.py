"""A submit on its way through the gateway: checked, sent on, and stored before the annotator gets the answer."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.ports import Reading
from annotations.collection.services import store_submission
from annotations.labelstudio.payloads import read_result
from annotations.labelstudio.relay import ask_studio
from annotations.models import AnnotationOrigin, Assignment, TaskStatus
from annotations.schemes.check import check_markup
from annotations.schemes.problems import select_mendable

OPEN_FOR_CHANGES = frozenset({TaskStatus.OPEN, TaskStatus.ANNOTATED})


class Rejection(Exception):  # noqa: N818 - it is an answer, not a fault
    """A submit that is not accepted; the message tells the annotator what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def submit(assignment: Assignment, body: Mapping[str, Any]) -> httpx.Response:
    """Create the one annotation of an assignment in the Studio and store it.

    A repeated submit with the same `unique_id` is the retry of one whose acknowledgement was lost, so it becomes a
    change of the annotation that is there; any other second annotation is refused.
    """
    reading = _read(assignment, body)
    unique_id = str(body.get("unique_id") or uuid.uuid4())
    if assignment.studio_annotation_id:
        return _repeat(assignment, assignment.studio_annotation_id, unique_id, body, reading)
    answer = ask_studio(
        "POST",
        f"api/tasks/{assignment.studio_task_id}/annotations",
        query={"project": _studio_project(assignment)},
        body={**body, "unique_id": unique_id, "project": _studio_project(assignment)},
    )
    if answer.status_code == httpx.codes.CONFLICT:
        existing = _find_annotation(assignment, unique_id)
        return _repeat(assignment, existing, unique_id, body, reading)
    return _store(assignment, answer, reading, body)


def update(assignment: Assignment, body: Mapping[str, Any], *, seen_revision: int | None) -> httpx.Response:
    """Change the annotation of an assignment in the Studio and store the new revision."""
    if assignment.current and seen_revision is not None and seen_revision != assignment.current.revision:
        raise Rejection(
            409,
            "This article was changed in another window after you opened it here. "
            "Reload this page to see the newer version; then make your change again.",
        )
    reading = _read(assignment, body)
    return _change(assignment, assignment.studio_annotation_id or 0, body, reading)


def save_draft(assignment: Assignment, body: Mapping[str, Any], *, method: str, path: str) -> httpx.Response:
    """Keep a draft in the Studio, and remember whose it is."""
    _check_open(assignment)
    project = _studio_project(assignment)
    answer = ask_studio(
        method,
        path,
        query={"project": project},
        body=None if method == "DELETE" else {**body, "project": project},
    )
    if answer.status_code == httpx.codes.CREATED:
        assignment.studio_drafts.get_or_create(studio_draft_id=answer.json()["id"])
    return answer


def _read(assignment: Assignment, body: Mapping[str, Any]) -> Reading:
    """What the result says; one that the annotator can and must mend is rejected with every reason."""
    _check_open(assignment)
    result = body.get("result")
    if not isinstance(result, list):
        raise Rejection(400, "The editor sent no annotation. Reload the page; your draft is kept.")
    text = assignment.task.article.text
    scheme = assignment.task.round.project.scheme.definition
    reading = read_result(result, text, scheme)
    mendable = select_mendable([*reading.problems, *check_markup(scheme, text, reading.markup)])
    if mendable:
        raise Rejection(400, "\n".join(dict.fromkeys(problem.message for problem in mendable)))
    return reading


def _check_open(assignment: Assignment) -> None:
    if assignment.task.status not in OPEN_FOR_CHANGES:
        raise Rejection(409, "This article is adjudicated already and cannot be changed any more.")


def _repeat(
    assignment: Assignment,
    annotation_id: int,
    unique_id: str,
    body: Mapping[str, Any],
    reading: Reading,
) -> httpx.Response:
    stored = ask_studio("GET", f"api/annotations/{annotation_id}")
    if stored.status_code != httpx.codes.OK or stored.json().get("unique_id") != unique_id:
        raise Rejection(
            409,
            "You have submitted this article already, in another window. "
            "To change what you submitted, open it from “My work”.",
        )
    answer = _change(assignment, annotation_id, body, reading)
    if answer.status_code == httpx.codes.OK:
        answer.status_code = httpx.codes.CREATED
    return answer


def _find_annotation(assignment: Assignment, unique_id: str) -> int:
    """The annotation with this unique id, if it lies on this very task."""
    task = ask_studio("GET", f"api/tasks/{assignment.studio_task_id}").json()
    for annotation in task.get("annotations", ()):
        if annotation.get("unique_id") == unique_id:
            return int(annotation["id"])
    raise Rejection(
        409, "The editor sent this under a name that is taken. Reload the page; your draft is kept."
    )


def _change(
    assignment: Assignment, annotation_id: int, body: Mapping[str, Any], reading: Reading
) -> httpx.Response:
    answer = ask_studio(
        "PATCH",
        f"api/annotations/{annotation_id}",
        query={"project": _studio_project(assignment), "taskID": assignment.studio_task_id or 0},
        body={key: value for key, value in body.items() if key != "unique_id"},
    )
    return _store(assignment, answer, reading, body)


def _store(
    assignment: Assignment,
    answer: httpx.Response,
    reading: Reading,
    body: Mapping[str, Any],
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
        raise Rejection(409, str(error)) from error
    assignment.current = annotation
    return answer


def _read_seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _studio_project(assignment: Assignment) -> int:
    participant = assignment.task.round.participants.get(annotator=assignment.annotator_id)
    return int(participant.studio_project_id or 0)
