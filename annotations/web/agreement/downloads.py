"""The project's agreement as files: everything as JSON, and a line a figure as CSV."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from annotations.models import Role
from annotations.reliability.report_files import FILES
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.files import find_file
from annotations.web.agreement.views import read_form
from annotations.web.paging import read_choice


@member_page(Role.MANAGER)
@require_safe
def download_json(request: MemberRequest) -> HttpResponse:
    """Send the whole report of agreement as JSON."""
    return _send(request, "json")


@member_page(Role.MANAGER)
@require_safe
def download_csv(request: MemberRequest) -> HttpResponse:
    """Send the whole report of agreement as CSV."""
    return _send(request, "csv")


def _send(request: MemberRequest, suffix: str) -> HttpResponse:
    """All that the page shows, with all slices; gamma too where the page shows it at once or `gamma=on` asks for it."""
    page = read_form(request).page
    content = find_file(page, suffix, with_gamma=read_choice(request, "gamma", ["on"]) == "on")
    name = f'attachment; filename="{request.project.slug}-agreement.{suffix}"'
    return HttpResponse(
        content, content_type=FILES[suffix].content_type, headers={"Content-Disposition": name}
    )
