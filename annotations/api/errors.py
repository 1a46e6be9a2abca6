"""Every refusal as an RFC 9457 problem document, and the one place that says which exception is which status."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from annotations.adjudication.rule_change import RuleInUseError
from annotations.agreement import AgreementError
from annotations.assignment.archiving import ProjectInUseError
from annotations.assignment.errors import AssignmentError
from annotations.assignment.excluding import ExclusionReasonError
from annotations.assignment.refusals import explain_refusal
from annotations.blindness import HiddenWhileAnnotatingError
from annotations.corpus.choice import ChoiceError
from annotations.corpus.errors import (
    FileNotTakenError,
    ImportStateError,
    ImportUnderWayError,
    PartOutOfOrderError,
)
from annotations.corpus.predicted.by_rules import NothingToPredictError
from annotations.formats.errors import RefusedError
from annotations.formats.levels import LevelNotHeldError
from annotations.formats.ports import UnknownFormatError
from annotations.gold.comparing import NotComparableError
from annotations.gold.exports import FormatLosesError
from annotations.gold.finding import ReleaseMissingError
from annotations.gold.kept import FileNotKeptError
from annotations.gold.obstacles import NotCompleteError
from annotations.gold.publishing import ReleaseStateError, ReleaseWithdrawnError, WithdrawalReasonError
from annotations.gold.records import GoldGoneError
from annotations.gold.services import (
    GoldChangingError,
    ReleaseNotFrozenError,
    ReleaseUnderWayError,
)
from annotations.gold.splits import InvalidSplitError
from annotations.gold.splitting import UnknownSplitError
from annotations.gold.versions import InvalidVersionError, VersionNotLaterError
from annotations.gold.wanted import (
    InvalidReleaseTitleError,
    NothingToReleaseError,
    ReleaseWordsTooLongError,
)
from annotations.jobs.managing import JobRefusedError
from annotations.out_of_reach import (
    DatabaseAwayError,
    FilesAwayError,
    OutOfReachError,
    explain_database,
)
from annotations.projects.archived import ProjectArchivedError
from annotations.projects.members import InvalidEmailError, LastManagerError, UnknownRoleError
from annotations.projects.settings import InvalidSettingError
from annotations.projects.signing_in import NotYoursToSignInError
from annotations.projects.starting import SchemeNotLaterError
from annotations.projects.tokens import TokenNotAllowedError
from annotations.projects.wording import NothingCorrectedError
from annotations.schemes.table import InvalidSchemeError
from annotations.schemes.wording import NotOnlyWordingError

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:annotation-workbench:problem:"
logger = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[Exception], HTTPStatus, str], ...] = (
    (UnknownFormatError, HTTPStatus.BAD_REQUEST, "unknown-format"),
    (FormatLosesError, HTTPStatus.CONFLICT, "format-loses"),
    (InvalidReleaseTitleError, HTTPStatus.BAD_REQUEST, "invalid-title"),
    (ReleaseWordsTooLongError, HTTPStatus.BAD_REQUEST, "words-too-long"),
    (InvalidSplitError, HTTPStatus.BAD_REQUEST, "invalid-split"),
    (NotCompleteError, HTTPStatus.CONFLICT, "not-complete"),
    (ReleaseStateError, HTTPStatus.CONFLICT, "release-state"),
    (WithdrawalReasonError, HTTPStatus.BAD_REQUEST, "invalid-reason"),
    (ReleaseWithdrawnError, HTTPStatus.GONE, "release-withdrawn"),
    (NotComparableError, HTTPStatus.BAD_REQUEST, "not-comparable"),
    (VersionNotLaterError, HTTPStatus.CONFLICT, "version-not-later"),
    (InvalidVersionError, HTTPStatus.BAD_REQUEST, "invalid-version"),
    (LevelNotHeldError, HTTPStatus.BAD_REQUEST, "level-not-held"),
    (ReleaseMissingError, HTTPStatus.NOT_FOUND, "release-missing"),
    (UnknownSplitError, HTTPStatus.NOT_FOUND, "unknown-split"),
    (FileNotKeptError, HTTPStatus.NOT_FOUND, "file-not-kept"),
    (GoldGoneError, HTTPStatus.CONFLICT, "gold-changing"),
    (GoldChangingError, HTTPStatus.CONFLICT, "gold-changing"),
    (NothingToReleaseError, HTTPStatus.CONFLICT, "nothing-to-release"),
    (ReleaseUnderWayError, HTTPStatus.CONFLICT, "release-under-way"),
    (ReleaseNotFrozenError, HTTPStatus.CONFLICT, "release-not-frozen"),
    (ExclusionReasonError, HTTPStatus.BAD_REQUEST, "invalid-reason"),
    (ChoiceError, HTTPStatus.CONFLICT, "articles-not-chosen"),
    (AssignmentError, HTTPStatus.CONFLICT, "assignment-refused"),
    (ProjectArchivedError, HTTPStatus.CONFLICT, "project-archived"),
    (JobRefusedError, HTTPStatus.CONFLICT, "job-refused"),
    (ProjectInUseError, HTTPStatus.CONFLICT, "project-in-use"),
    (RuleInUseError, HTTPStatus.CONFLICT, "rule-in-use"),
    (InvalidSettingError, HTTPStatus.BAD_REQUEST, "invalid-setting"),
    (SchemeNotLaterError, HTTPStatus.CONFLICT, "scheme-not-later"),
    (NotOnlyWordingError, HTTPStatus.CONFLICT, "not-only-wording"),
    (NothingCorrectedError, HTTPStatus.CONFLICT, "nothing-corrected"),
    (InvalidSchemeError, HTTPStatus.BAD_REQUEST, "invalid-scheme"),
    (AgreementError, HTTPStatus.BAD_REQUEST, "agreement-refused"),
    (RefusedError, HTTPStatus.BAD_REQUEST, "article-refused"),
    (ImportUnderWayError, HTTPStatus.CONFLICT, "import-under-way"),
    (ImportStateError, HTTPStatus.CONFLICT, "import-not-ready"),
    (NothingToPredictError, HTTPStatus.CONFLICT, "nothing-to-predict"),
    (FileNotTakenError, HTTPStatus.BAD_REQUEST, "file-not-taken"),
    (PartOutOfOrderError, HTTPStatus.CONFLICT, "part-out-of-order"),
    (UnknownRoleError, HTTPStatus.BAD_REQUEST, "unknown-role"),
    (InvalidEmailError, HTTPStatus.BAD_REQUEST, "invalid-email"),
    (LastManagerError, HTTPStatus.CONFLICT, "last-manager"),
    (HiddenWhileAnnotatingError, HTTPStatus.FORBIDDEN, "hidden-while-annotating"),
    (NotYoursToSignInError, HTTPStatus.FORBIDDEN, "not-yours-to-sign-in"),
    (TokenNotAllowedError, HTTPStatus.FORBIDDEN, "token-not-allowed"),
    (FilesAwayError, HTTPStatus.SERVICE_UNAVAILABLE, "files-away"),
    (DatabaseAwayError, HTTPStatus.SERVICE_UNAVAILABLE, "database-away"),
    (RequestDataTooBig, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large"),
    (SuspiciousOperation, HTTPStatus.BAD_REQUEST, "bad-request"),
)
"""Our exceptions by what they mean to a caller; the first that fits is taken."""


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """The REST framework's exception handler."""
    error = explain_refusal(error) or _explain_database(error) or error
    for kind, status, code in STATUSES:
        if isinstance(error, kind):
            headers = {"Retry-After": str(error.retry_after)} if isinstance(error, OutOfReachError) else None
            return make_problem(status, code=code, detail=str(error), headers=headers)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if isinstance(error, exceptions.APIException):
        return _describe(error)
    request = context.get("request")
    logger.error("a request to the API failed", exc_info=error)
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))
    return make_problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="Something went wrong here, not with your request. It has been logged.",
    )


def _explain_database(error: Exception) -> DatabaseAwayError | None:
    away = explain_database(error)
    if away:
        logger.error("the database fails", exc_info=error)
    return away


def _describe(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (length := getattr(error, "length", None)) is not None:
        headers["Content-Range"] = f"bytes */{length}"
    status = HTTPStatus(error.status_code)
    if isinstance(error, exceptions.ValidationError):
        return make_problem(
            status,
            code="invalid",
            detail="Some of what was sent cannot be accepted; each error says where.",
            errors=list(_flatten(error.detail)),
        )
    detail = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    return make_problem(status, detail=detail, headers=headers)


def _flatten(detail: Any, path: str = "#") -> Iterator[dict[str, str]]:
    """The REST framework's nested messages as (JSON pointer, message) pairs."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            step = "" if key == "non_field_errors" else f"/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _flatten(inner, path + step)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            yield from _flatten(inner, path if isinstance(inner, str) else f"{path}/{place}")
    else:
        yield {"pointer": path, "detail": str(detail)}


def make_problem(
    status: HTTPStatus,
    *,
    detail: str,
    code: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to a request that is refused, in the form of RFC 9457."""
    problem: dict[str, Any] = {
        "type": TYPE + code if code else "about:blank",
        "title": code.replace("-", " ").capitalize() if code else status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if errors is not None:
        problem["errors"] = errors
    return Response(problem, status=status.value, headers=headers, content_type=MEDIA_TYPE)
