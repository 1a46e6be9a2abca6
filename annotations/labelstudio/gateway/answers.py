"""The gateway's answers, one a kind: forwarded with the accounts hidden, or given by the gateway itself."""

import json
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
from annotations.labelstudio.gateway.allowlist import NUMBER, Answer, Id, RequestRefused
from annotations.labelstudio.gateway.guidance import describe_article, list_missing
from annotations.labelstudio.gateway.ownership import NotYours, OwnRequest, find_assignment
from annotations.labelstudio.gateway.pages import adapt_page, write_policy
from annotations.labelstudio.gateway.relay import ask_studio, pass_on, stream_static
from annotations.labelstudio.gateway.submitting import (
    Acknowledgement,
    Rejection,
    find_missing,
    save_draft,
    submit,
    update,
)
from annotations.labelstudio.label_config import render
from annotations.labelstudio.payloads import snap_result
from annotations.models import Assignment, AssignmentStatus, StudioDraft
from annotations.projects.wording import find_wording
from annotations.schemes.scheme import Scheme
from annotations.studio_numbers import name_studio, number_among_all, upstream_number

LOOKS_FOR_MORE = 4
PAUSE_FOR_MORE = 0.5
PLAIN_VALUES: dict[str, tuple[type, ...]] = {
    "lead_time": (int, float, NoneType),
    "started_at": (str, NoneType),
    "unique_id": (str, NoneType),
}
"""What is sent on beside the result, which has limits of its own."""


def _send_static(request: OwnRequest) -> HttpResponseBase:
    return stream_static(
        request.studio, _upstream_path(request), query=request.allowed.query, headers=request.headers
    )


def _send_page(request: OwnRequest) -> HttpResponseBase:
    query = {"labeling": "1"}
    if request.assignment:
        query = {"task": str(upstream_number(request.allowed.ids[Id.TASK]))}
    elif request.allowed.query.get("labeling") != "1":
        raise RequestRefused("only the labelling stream and single tasks are open")
    answer = ask_studio(request.studio, "GET", f"projects/{request.upstream_project}/data", query=query)
    if answer.status_code != httpx.codes.OK:
        raise StudioUnavailableError(
            f"{name_studio(request.studio)} answered with status {answer.status_code}."
        )
    page = adapt_page(answer.text, participant=request.fetch_participant(), assignment=request.assignment)
    response = HttpResponse(page)
    response["Content-Security-Policy"] = write_policy(request.studio)
    return response


def _forward(request: OwnRequest) -> HttpResponseBase:
    return _pass_on_disguised(_ask_as_it_is(request))


def _ask_as_it_is(request: OwnRequest) -> httpx.Response:
    query: dict[str, str | int] = dict(request.allowed.query)
    if Id.PROJECT in request.allowed.ids and "{project}" not in request.allowed.rule.address:
        query["project"] = request.upstream_project
    return ask_studio(request.studio, "GET", _upstream_path(request), query=query)


def _pass_on_disguised(answer: httpx.Response) -> HttpResponse:
    if "json" not in answer.headers.get("Content-Type", ""):
        raise StudioUnavailableError(f"Label Studio answered with a page and status {answer.status_code}.")
    return pass_on(answer, content=disguise.hide_accounts(answer.json()))


def _send_next_task(request: OwnRequest) -> HttpResponseBase:
    """The next task of the queue, which is called empty only when nothing waits outside the Studio either."""
    for _ in range(LOOKS_FOR_MORE):
        answer = ask_studio(
            request.studio,
            "POST",
            "api/dm/actions",
            query={"id": "next_task", "project": request.upstream_project},
            body={},
        )
        if answer.status_code == httpx.codes.OK:
            # A task that was taken from them a moment ago may be offered still; then it is cleared away.
            with suppress(NotYours):
                return _show_task(request, answer)
        if answer.status_code not in {httpx.codes.OK, httpx.codes.NOT_FOUND} or not _bring_more(request):
            break
    else:
        raise StudioUnavailableError("The next tasks are on their way into Label Studio.")
    if answer.status_code == httpx.codes.OK:
        raise NotYours
    return _pass_on_disguised(answer)


def _bring_more(request: OwnRequest) -> bool:
    """Fill the queue, and clear away what is no longer in it; whether it is worth to look again."""
    participant, studio = request.fetch_participant(), connect_studio()
    queue = Assignment.objects.of(request.user).queued().filter(task__round=participant.round_id)
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
    # What is left was brought by somebody else, such as the worker, after the Studio had nothing to offer.
    return queue.exclude(studio_task_id=None).exists()


def _send_task(request: OwnRequest) -> HttpResponseBase:
    return _show_task(
        request, ask_studio(request.studio, "GET", _upstream_path(request), query=request.allowed.query)
    )


def _show_task(request: OwnRequest, answer: httpx.Response) -> HttpResponseBase:
    """Show a task, and note its drafts, so that they may be changed, and the revision that is looked at."""
    if answer.status_code != httpx.codes.OK:
        return _pass_on_disguised(answer)
    task = answer.json()
    number = number_among_all(task["id"], studio=request.studio)
    assignment = request.assignment or find_assignment(request.user, number)
    if task.get("annotations") and assignment.studio_annotation_id is None:
        # Its submit was cut off before we heard of it; without this the editor's next one would not be known to us.
        collect(assignment, studio=connect_studio())
        assignment = find_assignment(request.user, number)
    task["drafts"] = drop_outlived_drafts(
        task.get("drafts") or [], is_submitted=bool(task.get("annotations"))
    )
    drafts = {number_among_all(draft["id"], studio=request.studio) for draft in task["drafts"]}
    _note_drafts(assignment, drafts)
    for annotation in task.get("annotations") or []:
        # What was submitted is shown as it is in the ledger, and not as it was drawn.
        annotation["result"] = snap_result(
            annotation.get("result"), assignment.task.article.text, assignment.task.round.scheme.definition
        )
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
    response["X-Workbench-Task"] = str(upstream_number(assignment.studio_task_id or 0))
    response["X-Workbench-Revision"] = str(revision)
    return response


def _submit(request: OwnRequest) -> HttpResponseBase:
    body = _kept(request)
    if draft_id := request.allowed.ids.get(Id.DRAFT):
        body["draft_id"] = upstream_number(draft_id)  # the Studio removes the draft that became an annotation
    return _pass_on_saved(
        request, submit(request.required_assignment, body, project=request.upstream_project)
    )


def _update(request: OwnRequest) -> HttpResponseBase:
    seen = request.headers.get("X-Workbench-Revision", "")
    seen_revision = int(seen) if re.fullmatch(NUMBER, seen, flags=re.ASCII) else None
    saved = update(
        request.required_assignment,
        _kept(request),
        project=request.upstream_project,
        seen_revision=seen_revision,
    )
    return _pass_on_saved(request, saved)


def _pass_on_saved(request: OwnRequest, saved: Acknowledgement) -> HttpResponseBase:
    response = _tell_revision(_pass_on_disguised(saved.answer), request.required_assignment, saved.revision)
    if saved.moved:
        response["X-Workbench-Moved"] = json.dumps(saved.moved)  # in ASCII, as headers are
    return response


def _save_draft(request: OwnRequest) -> HttpResponseBase:
    answer = save_draft(
        request.required_assignment,
        _kept(request),
        project=request.upstream_project,
        method=request.allowed.rule.method,
        path=_upstream_path(request),
    )
    if not answer.content:
        return HttpResponse(status=answer.status_code)
    return _pass_on_disguised(answer)


def _kept(request: OwnRequest) -> dict[str, Any]:
    rule, body = request.allowed.rule, request.allowed.body
    if body.get("was_cancelled"):
        raise Rejection("To skip this article, use “Skip…” in the bar above: it asks for a reason.")
    for key, kinds in PLAIN_VALUES.items():
        if isinstance(body.get(key), bool) or not isinstance(body.get(key), kinds):
            raise RequestRefused(f"the body key {key!r} has an unexpected value")
    return {key: body[key] for key in rule.kept if key in body}


def _send_version(request: OwnRequest) -> HttpResponseBase:
    return JsonResponse(disguise.tell_versions(ask_studio(request.studio, "GET", "api/version").json()))


def _send_project(request: OwnRequest) -> HttpResponseBase:
    """What a scheme asks, as it is worded in the project today: a running round gets better words too.

    The names of the controls never change, so what was annotated fits.
    """
    own = request.fetch_participant().round
    return send_questions(request, find_wording(own.project, own.scheme))


def send_questions(request: OwnRequest, scheme: Scheme) -> HttpResponseBase:
    """What the Studio tells of a project, with the labeling config of a scheme, which the Studio itself may not know.

    It tells it at two addresses; the editor goes by what its table of tasks is told.
    """
    answer = _ask_as_it_is(request)
    if answer.status_code != httpx.codes.OK:
        return _pass_on_disguised(answer)
    return pass_on(answer, content=disguise.hide_accounts(answer.json()) | {"label_config": render(scheme)})


def _send_article(request: OwnRequest) -> HttpResponseBase:
    return JsonResponse(describe_article(request.required_assignment))


def _send_missing(request: OwnRequest) -> HttpResponseBase:
    assignment = request.required_assignment
    missing = find_missing(assignment, request.allowed.body)
    return JsonResponse(list_missing(missing, warned=assignment.task.round.project.warned_rules))


def _send_no_preview(_request: OwnRequest) -> HttpResponseBase:
    """The queue of an annotator is no preview."""
    raise NotYours


def _account_id(request: OwnRequest) -> int:
    return int(ask_studio(request.studio, "GET", "api/current-user/whoami").json()["id"])


def _send_whoami(request: OwnRequest) -> HttpResponseBase:
    return JsonResponse(disguise.describe_annotator(_account_id(request)))


def _send_users(request: OwnRequest) -> HttpResponseBase:
    return JsonResponse([disguise.describe_annotator(_account_id(request))], safe=False)


def _send_empty_list(_request: OwnRequest) -> HttpResponseBase:
    return JsonResponse([], safe=False)


def _send_empty_page(_request: OwnRequest) -> HttpResponseBase:
    return JsonResponse({"count": 0, "next": None, "previous": None, "results": []})


def _send_views(request: OwnRequest) -> HttpResponseBase:
    answer = ask_studio(request.studio, "GET", "api/dm/views", query={"project": request.upstream_project})
    return _pass_on_disguised(answer)


def _save_view(request: OwnRequest) -> HttpResponseBase:
    """The editor saves how its table looks; annotators have no table, so the first view serves for all."""
    views = ask_studio(
        request.studio, "GET", "api/dm/views", query={"project": request.upstream_project}
    ).json()
    if views:
        return JsonResponse(views[0], status=201)
    answer = ask_studio(
        request.studio,
        "POST",
        "api/dm/views",
        query={"project": request.upstream_project},
        body={
            "project": request.upstream_project,
            "data": {"title": "Default", "type": "list", "target": "tasks"},
        },
    )
    return _pass_on_disguised(answer)


def _send_progress(request: OwnRequest) -> HttpResponseBase:
    own = (
        Assignment.objects.of(request.user)
        .holding()
        .filter(task__round__participants__studio_project_id=request.studio_project_id)
    )
    rows = list(own.values_list("studio_task_id", "pk", "status"))
    return JsonResponse(
        {
            "submitted": sum(status == AssignmentStatus.SUBMITTED for _, _, status in rows),
            "total": len(rows),
            "tasks": {
                str(upstream_number(task)): {"assignment": pk, "status": status}
                for task, pk, status in rows
                if task
            },
        },
    )


def _upstream_path(request: OwnRequest) -> str:
    """The path of the rule with the ids as the Studio's own numbers: nothing of the request's own spelling goes upstream."""
    rule = request.allowed.rule
    if rule.answer is Answer.STATIC:
        return request.allowed.path
    ids = request.allowed.ids.items()
    return rule.address.format_map({str(kind): upstream_number(number) for kind, number in ids})


ANSWERS: dict[Answer, Callable[[OwnRequest], HttpResponseBase]] = {
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
    Answer.PROJECT: _send_project,
    Answer.ARTICLE: _send_article,
    Answer.CHECK: _send_missing,
    Answer.PREVIEW: _send_no_preview,
}
