"""The project's agreement as files: everything as JSON, and a line a figure as CSV."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from annotations.agreement import Estimate, MetricReport, Report
from annotations.models import Role
from annotations.reliability.fields import FieldReport, report_fields
from annotations.reliability.naming import present
from annotations.reliability.services import name_people, report_scope
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement import LINKS, PANEL, choose_known
from annotations.web.views.agreement import read_form

COLUMNS = ("metric", "slice", "of", "value", "low", "high", "documents", "undefined")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@member_page(Role.MANAGER)
@require_safe
def download_json(request: MemberRequest) -> HttpResponse:
    content = {
        "scheme": request.project.scheme.definition.identifier,
        **_report(request).to_json(),
        "fields": {one.field.name: one.to_json() for one in _report_fields(request)},
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{request.project.slug}-agreement.json"'
    return response


@member_page(Role.MANAGER)
@require_safe
def download_csv(request: MemberRequest) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.project.slug}-agreement.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for name, metric in _report(request).metrics.items():
        writer.writerows(_list_rows(name, metric))
    for one in _report_fields(request):
        for name, metric in one.report.metrics.items():
            writer.writerow(_write_row(name, "field", one.field.name, metric))
    return response


def _report(request: MemberRequest) -> Report:
    found = report_scope(
        request.project,
        read_form(request).to_scope(),
        metrics=choose_known((*PANEL, *LINKS)),
        by=["label", "pair", "document"],
    )
    return present(found, name_people(request.project))


def _report_fields(request: MemberRequest) -> list[FieldReport]:
    return report_fields(request.project, read_form(request).to_scope(), by=["pair", "document"])


def _list_rows(name: str, metric: MetricReport) -> Iterator[list[Any]]:
    """A metric and then its slices."""
    yield _write_row(name, "all", "", metric)
    slices: tuple[tuple[str, Mapping[str, Estimate]], ...] = (
        ("label", metric.by_label),
        ("pair", metric.by_pair),
        ("document", metric.by_document),
    )
    for kind, estimates in slices:
        for part, estimate in estimates.items():
            yield _write_row(name, kind, part, estimate)


def _write_row(name: str, kind: str, part: str, estimate: Estimate) -> list[Any]:
    low, high = estimate.interval or (None, None)
    return [
        name,
        kind,
        _defuse(part),
        estimate.value,
        low,
        high,
        estimate.n_documents,
        estimate.undefined,
    ]


def _defuse(cell: str) -> str:
    """A spreadsheet takes a cell that starts so for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
