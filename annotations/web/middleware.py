"""Middleware of the pages."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.text import capfirst

from annotations.agreement import AgreementError
from annotations.assignment.refusals import explain_refusal
from annotations.gold.comparing import NotComparableError
from annotations.gold.finding import ReleaseMissingError
from annotations.gold.publishing import ReleaseWithdrawnError
from annotations.gold.splitting import UnknownSplitError
from annotations.limits import MAX_ANONYMOUS_BYTES, MAX_FORM_BYTES, MAX_UPLOAD_BYTES
from annotations.out_of_reach import FilesAwayError
from annotations.projects.archived import ProjectArchivedError
from annotations.telemetry.figures import count_request
from annotations.telemetry.request_ids import choose_request_id, working_for
from annotations.web.refusals import show_absence

requests = logging.getLogger("annotations.requests")
UPLOADS = re.compile(r"/projects/[^/]+/articles/add/")
API = "/api/"
GATEWAY = re.compile(r"/studio(-\d+)?/")
PROBLEM = "application/problem+json"
TOO_LARGE = "urn:annotation-workbench:problem:body-too-large"


class RequestMiddleware:
    """Give each request an id that its lines of the log, its jobs and its answer carry, and count it.

    A proxy whose word is taken may give the id, by X-Request-ID.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY else ""
        request_id = choose_request_id(given)
        started_at = time.monotonic()
        with working_for(request_id):
            response = self.get_response(request)
            seconds = time.monotonic() - started_at
            self._tell(request, response.status_code, seconds)
        response["X-Request-ID"] = request_id
        return response

    @staticmethod
    def _tell(request: HttpRequest, status: int, seconds: float) -> None:
        method, match = request.method or "", request.resolver_match
        count_request(
            method=method,
            route=(match.view_name or match.route) if match else "",
            status=status,
            seconds=seconds,
        )
        milliseconds = round(seconds * 1000, 1)
        line = {"method": method, "path": request.path, "status": status, "milliseconds": milliseconds}
        requests.info("%s %s %s in %s ms", method, request.path, status, milliseconds, extra=line)


class CanonicalHostMiddleware:
    """Send browsers that came by another name of this host to PUBLIC_URL, because Studio pages carry absolute URLs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method in {"GET", "HEAD"} and not request.path.startswith(
            ("/api/", "/static/", "/health", "/readyz", "/metrics")
        )
        host = request.headers.get("Host")
        if is_page and host and host != urlsplit(settings.PUBLIC_URL).netloc:
            return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
        return self.get_response(request)


class BodyBoundMiddleware:
    """Refuse a body that is too large for who sends it and where, before anything reads it.

    The gateway bounds what it reads by itself, because the editor understands its own form of refusals only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("CONTENT_LENGTH") or "0"
        length = int(given) if given.isdecimal() and len(given) < len(str(2**63)) else 2**63
        if length > MAX_ANONYMOUS_BYTES:  # who asks costs a query, so only then
            most = self._find_bound(request)
            if length > most:
                return self._refuse(request, most)
        return self.get_response(request)

    @staticmethod
    def _find_bound(request: HttpRequest) -> int:
        is_api = request.path.startswith(API)
        if not (request.user.is_authenticated or (is_api and "Authorization" in request.headers)):
            return MAX_ANONYMOUS_BYTES
        if GATEWAY.match(request.path):
            return 2**63
        return MAX_UPLOAD_BYTES + MAX_FORM_BYTES if UPLOADS.fullmatch(request.path) else MAX_FORM_BYTES

    @staticmethod
    def _refuse(request: HttpRequest, most: int) -> HttpResponse:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        detail = (
            f"This is larger than the {most:,} bytes that can be taken here: send less, or sign in first."
        )
        if request.path.startswith(API) or GATEWAY.match(request.path):
            problem = {"type": TOO_LARGE, "title": "Body too large", "status": status, "detail": detail}
            response: HttpResponse = JsonResponse(problem, status=status, content_type=PROBLEM)
        else:
            response = render(request, "413.html", {"detail": detail}, status=status)
        return response


class RefusalsMiddleware:
    """Answer what a page cannot do with a sentence.

    That is figures which the agreement library refuses, a release that is not there, files that are out of reach, and a form that came too late,
    because the project, the round or the article ended meanwhile.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    @staticmethod
    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, FilesAwayError):
            return show_absence(error, request=request)
        refusal = _find_refusal(error)
        if refusal is None:
            return None
        status, detail = refusal
        return render(request, f"{status.value}.html", {"detail": detail}, status=status)


def _find_refusal(error: Exception) -> tuple[HTTPStatus, str] | None:
    if isinstance(error, AgreementError):
        return HTTPStatus.BAD_REQUEST, f"These figures cannot be counted: {error}."
    if isinstance(error, NotComparableError):
        return HTTPStatus.BAD_REQUEST, f"{capfirst(str(error))}."
    if isinstance(error, ReleaseWithdrawnError):
        return HTTPStatus.GONE, str(error)
    if isinstance(error, ReleaseMissingError | UnknownSplitError):
        return HTTPStatus.NOT_FOUND, f"{capfirst(str(error))}."
    late = error if isinstance(error, ProjectArchivedError) else explain_refusal(error)
    return (HTTPStatus.CONFLICT, str(late)) if late else None
