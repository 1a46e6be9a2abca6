"""Answers a question about a project's agreement, as JSON or as one of the files that reports are written as."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.access import user_of
from annotations.api.v1.agreement import AgreementParameters, AgreementSerializer
from annotations.api.views import read_parameters
from annotations.blindness import count_hidden
from annotations.models import Project
from annotations.reliability.counting import Options
from annotations.reliability.full_report import WholeReport, report_whole
from annotations.reliability.models_apart import TestOptions
from annotations.reliability.reference import find_reference, hold_against
from annotations.reliability.report_files import FILES
from annotations.reliability.selection import choose_selection, find_annotators

ANSWERS: dict[tuple[int, str], Any] = {
    (200, kind.media_type): AgreementSerializer if name == "json" else OpenApiTypes.STR
    for name, kind in FILES.items()
}
"""What may be answered, by status and media type, as the schema of the API says it."""


def answer_agreement(request: Request, project: Project) -> HttpResponseBase:
    """Report a project's agreement as the request asks for it, for a manager who sees the names of annotators."""
    chosen = read_parameters(request, AgreementParameters)
    found = _report(request, project, chosen)
    if chosen["format"] != "json":
        kind = FILES[chosen["format"]]
        return HttpResponse("".join(kind.write(found)), content_type=kind.content_type)
    return Response({**found.to_json(), "hidden_articles": count_hidden(project, user_of(request))})


def _report(request: Request, project: Project, chosen: dict[str, Any]) -> WholeReport:
    selection = choose_selection(
        project,
        rounds=chosen["round"] or None,
        annotators=find_annotators(project, chosen["annotator"]) if chosen["annotator"] else None,
        labels=chosen["label"] or None,
        uncounted=() if chosen["all_blocks"] else None,
        schemes=chosen["scheme"] or None,
        reader=user_of(request),
        models_as_people=chosen["models_as_people"],
    )
    found = report_whole(
        project,
        selection,
        metrics=chosen["metric"] or None,
        by=chosen["by"],
        options=Options.read(chosen),
        with_fields=not chosen["metric"],
        parts=chosen["with"],
        test=TestOptions.read(chosen),
    )
    if not chosen["reference"]:
        return found
    reference = find_reference(project, chosen["reference"])
    against = hold_against(project, selection, reference=reference, options=Options.read(chosen))
    return replace(found, against=against)
