"""What agreement comes to, for the overview of a project: one sentence, and the weakest label."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.agreement import Estimate
from annotations.models import Role
from annotations.reliability.headline import percent, write_headline
from annotations.reliability.page_report import PageReport
from annotations.reliability.selection import choose_selection
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.forms import MAIN_METRICS

FIGURE = "f1_strict"


@member_page(Role.MANAGER)
@require_safe
def show_summary(request: MemberRequest) -> HttpResponse:
    """A part of the overview, asked for after the page is there, because counting can take a moment."""
    selection = choose_selection(request.project, reader=request.user)
    report = PageReport(request.project, selection, MAIN_METRICS[0]).main
    overall, labels = report[FIGURE], report[FIGURE].by_label
    context = {
        "documents": report.data["n_documents_compared"],
        "sentence": write_headline(overall, {})[0],
        "weakest": _find_weakest(labels),
        "is_one_label": len(labels) == 1,
    }
    return render(request, "annotations/agreement/_summary.html", context)


def _find_weakest(labels: Mapping[str, Estimate]) -> tuple[str, int] | None:
    """The label with the lowest figure, with how many of 100 spans are alike; None where none has a figure."""
    values = {name: one.value for name, one in labels.items() if one.value is not None}
    if not values:
        return None
    name = min(values, key=lambda label: (values[label], label))
    return name, percent(values[name])
