"""The only way into the Studio: a reverse proxy that lets an annotator reach their own tasks and nothing else.

Every request is read by the allowlist; every id in it must belong to one assignment of the signed-in person; the
request that goes upstream is built anew from what was read.
"""

import logging
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from annotations.assignment.refusals import explain_refusal
from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.labelstudio.gateway.allowlist import AllowedRequest, RequestRefused, read_request
from annotations.labelstudio.gateway.answers import ANSWERS
from annotations.labelstudio.gateway.ownership import NotYours, explain_absence, find_own
from annotations.labelstudio.gateway.previewing import answer_preview
from annotations.labelstudio.gateway.submitting import Rejection
from annotations.limits import MAX_RESULT_BYTES, MAX_RESULT_DEPTH
from annotations.models import User
from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict
from annotations.studio_numbers import FIRST_STUDIO

logger = logging.getLogger(__name__)
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MAX_BYTES_READ_AWAY = 64 * 1024 * 1024
CHUNK = 64 * 1024
RETRY_SECONDS = 5
BODY_RULES = Rules(longest=MAX_RESULT_BYTES, deepest=MAX_RESULT_DEPTH + 1)
"""A body stands around its result."""


@csrf_exempt  # the editor sends no CSRF token; unsafe methods must prove their origin instead
def studio(request: HttpRequest, path: str, studio: int = FIRST_STUDIO) -> HttpResponseBase:
    """Answer one request below the prefix of a Studio; the editor understands every answer, that the database fails included."""
    wants_page = path.startswith("projects/")
    try:
        return _answer(request, path, studio=studio, wants_page=wants_page)
    except DatabaseError as error:
        if refusal := explain_refusal(error):
            return _tell_absence(request, str(refusal), wants_page=wants_page)
        logger.exception("the database fails")
        return _tell(
            request,
            503,
            "The workbench cannot save anything at this moment. Nothing is lost: keep this page open and try again.",
            wants_page=wants_page,
            knows_person=False,
        )


def _answer(request: HttpRequest, path: str, *, studio: int, wants_page: bool) -> HttpResponseBase:
    if not isinstance(request.user, User):
        return _ask_to_sign_in(request, wants_page=wants_page)
    try:
        if request.method in UNSAFE_METHODS:
            _check_origin(request)
        allowed = read_request(
            request.method or "",
            path,
            [(key, value) for key, values in request.GET.lists() for value in values],
            _read_body(request),
            studio=studio,
        )
        response = _answer_allowed(request.user, allowed, dict(request.headers))
    except RequestRefused as refusal:
        logger.info("refused %s %s: %s", request.method, request.path, refusal)
        return _tell(request, 403, f"Not allowed: {refusal}.", wants_page=wants_page)
    except NotYours:
        logger.info("refused %s %s: not this annotator's", request.method, request.path)
        why = explain_absence(request.user, allowed)
        return _tell_absence(request, why, wants_page=wants_page)
    except Rejection as rejection:
        return _tell_annotator(rejection)
    except StudioUnavailableError as error:
        logger.warning("a Studio is unavailable: %s", error)
        return _tell(
            request,
            503,
            "The editor is out of reach for a moment. Nothing is lost: keep this page open and try again.",
            wants_page=wants_page,
        )
    except StudioRefusedError as error:
        logger.error("a Studio refuses: %s", error)  # noqa: TRY400 - the message says it; a trace adds nothing
        return _tell(
            request,
            502,
            "Label Studio refuses the workbench. Please tell your project's manager.",
            wants_page=wants_page,
        )
    response.setdefault("Cache-Control", "private, no-store")
    return response


def _answer_allowed(user: User, allowed: AllowedRequest, headers: dict[str, str]) -> HttpResponseBase:
    """Answer about a person's own queue; what belongs to no queue of theirs may be their preview of a draft."""
    try:
        own = find_own(user, allowed, headers)
    except NotYours:
        return answer_preview(user, allowed, headers)
    return ANSWERS[allowed.rule.answer](own)


def _tell_absence(request: HttpRequest, why: str, *, wants_page: bool) -> HttpResponse:
    """What a manager ended meanwhile is told in the form that the editor shows; of anything else only that it is not there."""
    if why and not wants_page and request.method in UNSAFE_METHODS:
        return _tell_annotator(Rejection(why))
    return _tell(
        request, 404, why or "There is no such task in your queue (any more).", wants_page=wants_page
    )


def _check_origin(request: HttpRequest) -> None:
    """Unsafe methods come from our own pages: the Origin says so, or the browser does by Sec-Fetch-Site."""
    origin = request.headers.get("Origin")
    public = urlsplit(settings.PUBLIC_URL)
    if origin is not None:
        if origin != f"{public.scheme}://{public.netloc}":
            raise RequestRefused("the request comes from another site")
    elif request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise RequestRefused("the request does not say that it comes from this site")


def _read_body(request: HttpRequest) -> dict[str, Any] | None:
    if request.method not in UNSAFE_METHODS:
        return None
    length = request.headers.get("Content-Length") or "0"
    if "Transfer-Encoding" in request.headers or not length.isdecimal():
        raise RequestRefused("the body does not say how long it is")
    if int(length) > MAX_RESULT_BYTES:
        _read_away(request)
        raise Rejection("This annotation is larger than 5 MB and cannot be saved.")
    raw = request.body
    if not raw.strip():
        return {}
    try:
        value = read_strict(raw, BODY_RULES)
    except StrictJsonError as error:
        if error.fault is Fault.DEPTH:
            raise Rejection(
                f"The annotation is nested more than {MAX_RESULT_DEPTH} levels deep, which no editor writes."
            ) from error
        if error.fault is Fault.CHARACTER:
            raise Rejection(f"This annotation cannot be saved: {error}.") from error
        raise RequestRefused(f"the body cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise RequestRefused("the body is not a JSON object")
    return value


def _read_away(request: HttpRequest) -> None:
    """A browser hears the answer only after it has sent everything; what is beyond all measure is cut off."""
    for _ in range(MAX_BYTES_READ_AWAY // CHUNK):
        if not request.read(CHUNK):
            return


def _ask_to_sign_in(request: HttpRequest, *, wants_page: bool) -> HttpResponse:
    if wants_page and request.method == "GET":
        return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
    return JsonResponse(
        {"detail": "You are signed out. Sign in again in another tab, then go on here."}, status=401
    )


def _tell_annotator(rejection: Rejection) -> HttpResponse:
    """The one form whose messages Label Studio's editor shows, in a window, a line each; it renders them as HTML."""
    return JsonResponse(
        {
            "detail": "\n".join(rejection.messages),
            "status_code": 403,
            "validation_errors": {"annotation": [escape(line, quote=False) for line in rejection.messages]},
            "display_context": {"reason": "PAUSED"},
        },
        status=403,
    )


def _tell(
    request: HttpRequest, status: int, message: str, *, wants_page: bool, knows_person: bool = True
) -> HttpResponse:
    """Tell it as a page or in the editor's form; who asks is in the database, so a page may have to do without."""
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if wants_page:
        context = {"message": message, "status": status, "retry": request.get_full_path()}
        page = render_to_string("labelstudio/message.html", context, request if knows_person else None)
        return HttpResponse(page, status=status, headers=headers)
    return JsonResponse(
        {"detail": message, "status_code": status, "validation_errors": {}}, status=status, headers=headers
    )
