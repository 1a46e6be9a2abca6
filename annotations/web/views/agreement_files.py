"""The project's agreement as files: everything as JSON, and a line a figure as CSV."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from annotations.models import Role
from annotations.reliability.whole import WholeReport, report_whole
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement import LINKS, PANEL, choose_known
from annotations.web.views.agreement import read_form


@member_page(Role.MANAGER)
@require_safe
def download_json(request: MemberRequest) -> HttpResponse:
    content = _report(request).to_json()
    return _name(
        request, JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2}), "json"
    )


@member_page(Role.MANAGER)
@require_safe
def download_csv(request: MemberRequest) -> HttpResponse:
    content = _report(request).to_csv()
    return _name(request, HttpResponse(content, content_type="text/csv; charset=utf-8"), "csv")


def _report(request: MemberRequest) -> WholeReport:
    """The figures of the page, with all their slices."""
    metrics = choose_known((*PANEL, *LINKS))
    scope = read_form(request).to_scope()
    return report_whole(request.project, scope, metrics=metrics, by=["label", "pair", "document"])


def _name(request: MemberRequest, response: HttpResponse, suffix: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{request.project.slug}-agreement.{suffix}"'
    return response
