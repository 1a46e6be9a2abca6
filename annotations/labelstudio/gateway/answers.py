"""The gateway's answers, one a kind: forwarded with the accounts hidden, or given by the gateway itself."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from types import NoneType
from typing import Any

import httpx
from django.http import HttpResponse, HttpResponseBase, JsonResponse

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.collection.services import collect, connect_studio, top_up_queue
from annotations.labelstudio.gateway import disguise
from annotations.labelstudio.gateway.allowlist import NUMBER, Answer, Id, Refusal
from annotations.labelstudio.gateway.ownership import NotYours, Visit, find_assignment
from annotations.labelstudio.gateway.pages import CONTENT_SECURITY_POLICY, dress_page
from annotations.labelstudio.gateway.relay import ask_studio, pass_on, stream_static
from annotations.labelstudio.gateway.submitting import Acknowledgement, Rejection, save_draft, submit, update
from annotations.models import Assignment, AssignmentStatus, StudioDraft

LOOKS_FOR_MORE = 4
PAUSE_FOR_MORE = 0.5
PLAIN_VALUES: dict[str, tuple[type, ...]] = {
    "lead_time": (int, float, NoneType),
    "started_at": (str, NoneType),
    "unique_id": (str, NoneType),
}
"""What is sent on beside the result, which has limits of its own."""


def _send_static(visit: Visit) -> HttpResponseBase:
    return stream_static(_upstream_path(visit), query=visit.passage.query, headers=visit.headers)


def _send_page(visit: Visit) -> HttpResponseBase:
    query = {"labeling": "1"}
    if visit.assignment:
        query = {"task": str(visit.passage.ids[Id.TASK])}
    elif visit.passage.query.get("labeling") != "1":
        raise Refusal("only the labelling stream and single tasks are open")
    answer = ask_studio("GET", f"projects/{visit.studio_project_id}/data", query=query)
    if answer.status_code != httpx.codes.OK:
        raise StudioUnavailableError(f"Label Studio answered with status {answer.status_code}.")
    page = dress_page(answer.text, participant=visit.fetch_participant(), assignment=visit.assignment)
    response = HttpResponse(page)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def _forward(visit: Visit) -> HttpResponseBase:
    query: dict[str, str | int] = dict(visit.passage.query)
    if Id.PROJECT in visit.passage.ids and "{project}" not in visit.passage.rule.path.pattern:
        query["project"] = visit.studio_project_id
    answer = ask_studio("GET", _upstream_path(visit), query=query)
    return _pass_on_disguised(answer)


def _pass_on_disguised(answer: httpx.Response) -> HttpResponse:
    if "json" not in answer.headers.get("Content-Type", ""):
        raise StudioUnavailableError(f"Label Studio answered with a page and status {answer.status_code}.")
    return pass_on(answer, content=disguise.hide_accounts(answer.json()))


def _send_next_task(visit: Visit) -> HttpResponseBase:
    """The next task of the queue, which is called empty only when nothing waits outside the Studio either."""
    for _ in range(LOOKS_FOR_MORE):
        answer = ask_studio(
            "POST",
            "api/dm/actions",
            query={"id": "next_task", "project": visit.studio_project_id},
            body={},
        )
        if answer.status_code == httpx.codes.OK:
            # A task that was taken from them a moment ago may be offered still; then it is cleared away.
            with suppress(NotYours):
                return _show_task(visit, answer)
        if answer.status_code not in {httpx.codes.OK, httpx.codes.NOT_FOUND} or not _bring_more(visit):
            break
    else:
        raise StudioUnavailableError("The next tasks are on their way into Label Studio.")
    if answer.status_code == httpx.codes.OK:
        raise NotYours
    return _pass_on_disguised(answer)


def _bring_more(visit: Visit) -> bool:
    """Fill the queue, and clear away what is no longer in it; whether it is worth to look again."""
    participant, studio = visit.fetch_participant(), connect_studio()
    queue = Assignment.objects.of(visit.user).queued().filter(task__round=participant.round_id)
    try:
        for assignment in queue.exclude(studio_task_id=None):
            # The Studio holds it and does not offer it: a submit of it was cut off before we heard of it.
            collect(assignment, studio=studio)
        if top_up_queue(participant, studio=studio):
            return True
    except StudioRefusedError:
        return False
    if queue.filter(studio_task_id=None).exists():
        time.sleep(PAUSE_FOR_MORE)
        return True
    return False


def _send_task(visit: Visit) -> HttpResponseBase:
    return _show_task(visit, ask_studio("GET", _upstream_path(visit), query=visit.passage.query))


def _show_task(visit: Visit, answer: httpx.Response) -> HttpResponseBase:
    """Show a task, and note its drafts, so that they may be changed, and the revision that is looked at."""
    if answer.status_code != httpx.codes.OK:
        return _pass_on_disguised(answer)
    task = answer.json()
    assignment = visit.assignment or find_assignment(visit.user, task["id"])
    if task.get("annotations") and assignment.studio_annotation_id is None:
        # Its submit was cut off before we heard of it; without this the editor's next one would not be known to us.
        collect(assignment, studio=connect_studio())
        assignment = find_assignment(visit.user, task["id"])
    task["drafts"] = drop_outlived_drafts(
        task.get("drafts") or [], is_submitted=bool(task.get("annotations"))
    )
    _note_drafts(assignment, {draft["id"] for draft in task["drafts"]})
    return _tell_revision(
        pass_on(answer, content=disguise.hide_accounts(task)),
        assignment,
        assignment.current.revision if assignment.current else 0,
    )


def drop_outlived_drafts(drafts: list[dict[str, Any]], *, is_submitted: bool) -> list[dict[str, Any]]:
    """A draft from before the submit, which the editor would show in place of what was submitted, is not shown."""
    return [draft for draft in drafts if draft["annotation"] or not is_submitted]


def _note_drafts(assignment: Assignment, shown: set[int]) -> None:
    """Whoever is shown a draft may change it; nothing is written where all are known."""
    if not shown:
        return
    known = set(assignment.studio_drafts.values_list("studio_draft_id", flat=True))
    StudioDraft.objects.bulk_create(
        [StudioDraft(assignment=assignment, studio_draft_id=draft_id) for draft_id in sorted(shown - known)],
        ignore_conflicts=True,
    )


def _tell_revision(response: HttpResponse, assignment: Assignment, revision: int) -> HttpResponse:
    response["X-Workbench-Task"] = str(assignment.studio_task_id)
    response["X-Workbench-Revision"] = str(revision)
    return response


def _submit(visit: Visit) -> HttpResponseBase:
    body = _kept(visit)
    if draft_id := visit.passage.ids.get(Id.DRAFT):
        body["draft_id"] = draft_id  # the Studio removes the draft that became an annotation
    return _pass_on_saved(visit, submit(visit.its_assignment, body, project=visit.studio_project_id))


def _update(visit: Visit) -> HttpResponseBase:
    seen = visit.headers.get("X-Workbench-Revision", "")
    seen_revision = int(seen) if re.fullmatch(NUMBER, seen, flags=re.ASCII) else None
    saved = update(
        visit.its_assignment, _kept(visit), project=visit.studio_project_id, seen_revision=seen_revision
    )
    return _pass_on_saved(visit, saved)


def _pass_on_saved(visit: Visit, saved: Acknowledgement) -> HttpResponseBase:
    return _tell_revision(_pass_on_disguised(saved.answer), visit.its_assignment, saved.revision)


def _save_draft(visit: Visit) -> HttpResponseBase:
    answer = save_draft(
        visit.its_assignment,
        _kept(visit),
        project=visit.studio_project_id,
        method=visit.passage.rule.method,
        path=_upstream_path(visit),
    )
    if not answer.content:
        return HttpResponse(status=answer.status_code)
    return _pass_on_disguised(answer)


def _kept(visit: Visit) -> dict[str, Any]:
    rule, body = visit.passage.rule, visit.passage.body
    if body.get("was_cancelled"):
        raise Rejection("To skip this article, use “Skip…” in the bar above: it asks for a reason.")
    for key, kinds in PLAIN_VALUES.items():
        if isinstance(body.get(key), bool) or not isinstance(body.get(key), kinds):
            raise Refusal(f"the body key {key!r} has an unexpected value")
    return {key: body[key] for key in rule.kept if key in body}


def _send_version(_visit: Visit) -> HttpResponseBase:
    return JsonResponse(disguise.tell_versions(ask_studio("GET", "api/version").json()))


def _account_id() -> int:
    return int(ask_studio("GET", "api/current-user/whoami").json()["id"])


def _send_whoami(_visit: Visit) -> HttpResponseBase:
    return JsonResponse(disguise.describe_annotator(_account_id()))


def _send_users(_visit: Visit) -> HttpResponseBase:
    return JsonResponse([disguise.describe_annotator(_account_id())], safe=False)


def _send_empty_list(_visit: Visit) -> HttpResponseBase:
    return JsonResponse([], safe=False)


def _send_empty_page(_visit: Visit) -> HttpResponseBase:
    return JsonResponse({"count": 0, "next": None, "previous": None, "results": []})


def _send_views(visit: Visit) -> HttpResponseBase:
    answer = ask_studio("GET", "api/dm/views", query={"project": visit.studio_project_id})
    return _pass_on_disguised(answer)


def _save_view(visit: Visit) -> HttpResponseBase:
    """The editor saves how its table looks; annotators have no table, so the first view serves for all."""
    views = ask_studio("GET", "api/dm/views", query={"project": visit.studio_project_id}).json()
    if views:
        return JsonResponse(views[0], status=201)
    answer = ask_studio(
        "POST",
        "api/dm/views",
        query={"project": visit.studio_project_id},
        body={
            "project": visit.studio_project_id,
            "data": {"title": "Default", "type": "list", "target": "tasks"},
        },
    )
    return _pass_on_disguised(answer)


def _send_progress(visit: Visit) -> HttpResponseBase:
    own = (
        Assignment.objects.of(visit.user)
        .holding()
        .filter(task__round__participants__studio_project_id=visit.studio_project_id)
    )
    rows = list(own.values_list("studio_task_id", "pk", "status"))
    return JsonResponse(
        {
            "submitted": sum(status == AssignmentStatus.SUBMITTED for _, _, status in rows),
            "total": len(rows),
            "tasks": {str(task): {"assignment": pk, "status": status} for task, pk, status in rows if task},
        },
    )


def _upstream_path(visit: Visit) -> str:
    """The path of the rule with the ids as numbers: nothing of the request's own spelling goes upstream."""
    rule = visit.passage.rule
    if rule.answer is Answer.STATIC:
        return visit.passage.path
    return rule.address.format_map({str(kind): number for kind, number in visit.passage.ids.items()})


ANSWERS: dict[Answer, Callable[[Visit], HttpResponseBase]] = {
    Answer.STATIC: _send_static,
    Answer.PAGE: _send_page,
    Answer.FORWARD: _forward,
    Answer.NEXT_TASK: _send_next_task,
    Answer.TASK: _send_task,
    Answer.SUBMIT: _submit,
    Answer.UPDATE: _update,
    Answer.DRAFT: _save_draft,
    Answer.VERSION: _send_version,
    Answer.WHOAMI: _send_whoami,
    Answer.USERS: _send_users,
    Answer.EMPTY_LIST: _send_empty_list,
    Answer.EMPTY_PAGE: _send_empty_page,
    Answer.VIEWS: _send_views,
    Answer.SAVE_VIEW: _save_view,
    Answer.PROGRESS: _send_progress,
}
