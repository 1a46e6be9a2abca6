"""Requests that cannot be understood are refused in a sentence, where a view gave one."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request


def show_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses by itself stays unexplained: its words are for the log, and quote what was sent."""
    if not isinstance(exception, BadRequest):
        return bad_request(request, exception)
    return render(request, "400.html", {"detail": str(exception)}, status=400)
