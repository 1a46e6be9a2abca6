"""Requests that cannot be understood are refused in a sentence, where a view gave one; those that failed are told why, where it is no mistake."""

import sys

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import bad_request, server_error

from annotations.out_of_reach import OutOfReachError, explain_database


def show_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses by itself stays unexplained: its words are for the log, and quote what was sent."""
    if not isinstance(exception, BadRequest):
        return bad_request(request, exception)
    return render(request, "400.html", {"detail": str(exception)}, status=400)


def show_failure(request: HttpRequest) -> HttpResponse:
    """Tell whether the database is away for now, or that something is our mistake, on a page for which nobody has to be known."""
    away = explain_database(sys.exc_info()[1])
    if away is None:
        return server_error(request)
    return show_absence(away)


def show_absence(away: OutOfReachError, *, request: HttpRequest | None = None) -> HttpResponse:
    """Say what is out of reach, and when to try again; to nobody in particular, where no request is given."""
    page = render_to_string("503.html", {"away": away}, request)
    return HttpResponse(page, status=503, headers={"Retry-After": str(away.retry_after)})
