"""The project's agreement as files: everything as JSON, and a line a figure as CSV."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from annotations.models import Role
from annotations.reliability.full_report import PARTS, WholeReport, report_whole
from annotations.reliability.report_csv import write_csv
from annotations.reliability.services import report_scope
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.tables import GAMMA_PANEL, LINKS, PANEL, choose_known
from annotations.web.agreement.views import LARGEST_FOR_GAMMA, QUICK, WITHOUT_EACH, read_form


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
    content = write_csv(_report(request))
    return _name(request, HttpResponse(content, content_type="text/csv; charset=utf-8"), "csv")


def _report(request: MemberRequest) -> WholeReport:
    """All that the page shows, with all slices; gamma too where the page shows it at once or `gamma=on` asks for it."""
    form = read_form(request)
    scope, main = form.to_scope(), form.main_metric
    quick = tuple(dict.fromkeys([*choose_known((*PANEL, *LINKS)), main]))
    compared = report_scope(request.project, scope, metrics=quick, options=QUICK).data["n_documents_compared"]
    has_gamma = request.GET.get("gamma") == "on" or compared <= LARGEST_FOR_GAMMA
    metrics = (*quick, *choose_known(GAMMA_PANEL)) if has_gamma else quick
    return report_whole(
        request.project,
        scope,
        metrics=metrics,
        by={"label": quick, "pair": metrics, "document": metrics},
        parts=PARTS,
        of=tuple(dict.fromkeys([main, *WITHOUT_EACH])),
    )


def _name(request: MemberRequest, response: HttpResponse, suffix: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{request.project.slug}-agreement.{suffix}"'
    return response
