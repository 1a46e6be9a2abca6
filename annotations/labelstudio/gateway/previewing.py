"""What the editor is answered about a draft of a scheme: its questions as they are now, one text, and that nothing is kept."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
from django.http import HttpResponse, HttpResponseBase, JsonResponse

from annotations.collection.errors import SubmissionRefusedError
from annotations.collection.ports import StudioUnavailableError
from annotations.collection.previewing import find_preview, follow_draft, read_text
from annotations.labelstudio.gateway import disguise
from annotations.labelstudio.gateway.allowlist import AllowedRequest, Answer, Id
from annotations.labelstudio.gateway.answers import ANSWERS, send_questions
from annotations.labelstudio.gateway.guidance import describe_text, list_missing
from annotations.labelstudio.gateway.ownership import NotYours, OwnRequest
from annotations.labelstudio.gateway.pages import adapt_preview, write_policy
from annotations.labelstudio.gateway.relay import ask_studio, pass_on
from annotations.labelstudio.gateway.submitting import Rejection
from annotations.labelstudio.payloads import read_result
from annotations.limits import MAX_MESSAGES
from annotations.markup import Problem
from annotations.models import Role, SchemePreview, User
from annotations.schemes.check import check_markup
from annotations.studio_numbers import name_studio, upstream_number

KEPT_NOWHERE = "This is a preview of the draft, so nothing is saved."
DRAFT_NUMBER = 1
"""The editor wants a number of the draft that it believes to be saved; no request about it goes any further."""


def answer_preview(user: User, allowed: AllowedRequest, headers: dict[str, str]) -> HttpResponseBase:
    """Answer a request about a preview of this person's; to everybody else there is nothing."""
    preview = find_preview(
        user, studio_project=allowed.ids.get(Id.PROJECT), studio_task=allowed.ids.get(Id.TASK)
    )
    if preview is None or Role.MANAGER not in preview.project.roles_of(user):
        raise NotYours
    answer = PREVIEW_ANSWERS.get(allowed.rule.answer)
    if answer is not None:
        return answer(preview, allowed)
    return ANSWERS[allowed.rule.answer](_as_own(preview, allowed, headers))


def _as_own(preview: SchemePreview, allowed: AllowedRequest, headers: dict[str, str]) -> OwnRequest:
    return OwnRequest(
        user=preview.user,
        allowed=allowed,
        assignment=None,
        headers=headers,
        own_project=preview.studio_project_id,
    )


def _send_page(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    follow_draft(preview)
    project = upstream_number(preview.studio_project_id or 0)
    answer = ask_studio(allowed.studio, "GET", f"projects/{project}/data", query={"labeling": "1"})
    if answer.status_code != httpx.codes.OK:
        raise StudioUnavailableError(
            f"{name_studio(allowed.studio)} answered with status {answer.status_code}."
        )
    response = HttpResponse(adapt_preview(answer.text, preview=preview))
    response["Content-Security-Policy"] = write_policy(allowed.studio)
    return response


def _send_project(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    """The studio project with the labeling config of the draft, which the Studio itself never learns of."""
    return send_questions(_as_own(preview, allowed, {}), preview.definition)


def _send_task(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    task_id = upstream_number(preview.studio_task_id or 0)
    answer = ask_studio(allowed.studio, "GET", f"api/tasks/{task_id}")
    task = disguise.hide_accounts(answer.json())
    if answer.status_code == httpx.codes.OK:
        task |= {"annotations": [], "drafts": [], "predictions": []}
    return pass_on(answer, content=task)


def _send_progress(_preview: SchemePreview, _allowed: AllowedRequest) -> HttpResponseBase:
    return JsonResponse({"submitted": 0, "total": 1, "tasks": {}})


def _send_article(preview: SchemePreview, _allowed: AllowedRequest) -> HttpResponseBase:
    if preview.article is None:
        return JsonResponse(describe_text(read_text(preview)))
    blocks = preview.article.blocks.all()
    return JsonResponse(describe_text(read_text(preview), article=preview.article.describe(blocks)))


def _send_missing(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    problems = _find_problems(preview, allowed)
    return JsonResponse(list_missing(problems, warned=preview.project.warned_rules))


def _tell_what_would_be(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    """A submit is never kept; what an annotator would be told at it is what the preview is for."""
    problems = list(dict.fromkeys(problem.message for problem in _find_problems(preview, allowed)))
    if not problems:
        raise Rejection(f"An annotator could submit this. {KEPT_NOWHERE}")
    raise Rejection("An annotator would be told:", *problems[:MAX_MESSAGES], KEPT_NOWHERE)


def _find_problems(preview: SchemePreview, allowed: AllowedRequest) -> list[Problem]:
    result = allowed.body.get("result")
    if not isinstance(result, list):
        raise Rejection("The editor sent no annotation. Reload the page.")
    text, scheme = read_text(preview), preview.definition
    try:
        reading = read_result(result, text, scheme).snapped(text=text, scheme=scheme)
    except SubmissionRefusedError as error:
        raise Rejection(str(error)) from error
    return [*reading.problems, *check_markup(scheme, text, reading.markup)]


def _drop_draft(preview: SchemePreview, allowed: AllowedRequest) -> HttpResponseBase:
    if allowed.rule.method == "DELETE":
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    kept: dict[str, Any] = {
        "id": DRAFT_NUMBER,
        "task": upstream_number(preview.studio_task_id or 0),
        "annotation": None,
        "result": allowed.body.get("result") or [],
    }
    is_new = allowed.rule.method == "POST"
    return JsonResponse(kept, status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _tell_state(preview: SchemePreview, _allowed: AllowedRequest) -> HttpResponseBase:
    shown = follow_draft(preview)
    return JsonResponse({"shown": shown.sha256, "note": shown.note})


PREVIEW_ANSWERS: dict[Answer, Callable[[SchemePreview, AllowedRequest], HttpResponseBase]] = {
    Answer.PAGE: _send_page,
    Answer.PROJECT: _send_project,
    Answer.NEXT_TASK: _send_task,
    Answer.TASK: _send_task,
    Answer.PROGRESS: _send_progress,
    Answer.ARTICLE: _send_article,
    Answer.CHECK: _send_missing,
    Answer.SUBMIT: _tell_what_would_be,
    Answer.UPDATE: _tell_what_would_be,
    Answer.DRAFT: _drop_draft,
    Answer.PREVIEW: _tell_state,
}
"""What is answered otherwise than to an annotator; all else is passed on with the preview's own studio project."""
