"""An annotator's own work: what is left, what can be reopened, and the way into the Studio."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.web.access import PersonRequest, person_page


@person_page
@require_safe
def show_work(request: PersonRequest) -> HttpResponse:
    return render(request, "annotations/work.html", {})
