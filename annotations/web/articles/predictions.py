"""The models and tools whose predictions a project has, and how much each has said."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotations.corpus.predicted.by_rules import NothingToPredictError, ask_for_rules, find_job
from annotations.corpus.predicted.by_server import ask_for_server, find_server_job, list_servers
from annotations.corpus.predicted.counting import list_predictors
from annotations.cues.marking import fits_scheme
from annotations.cues.rules import load_rules
from annotations.models import Role
from annotations.web.access import MemberRequest, member_page
from annotations.web.paging import paginate


@member_page(Role.MANAGER)
@require_safe
def list_predictions(request: MemberRequest) -> HttpResponse:
    """The page that lists the predictors of a project with how many articles each has marked."""
    page = paginate(request, list_predictors(request.project))
    rules = load_rules()
    context = {
        "page": page,
        "rules": rules if fits_scheme(rules, request.project.scheme.definition) else None,
        "servers": list_servers(),
        "job": find_job(request.project) or find_server_job(request.project),
    }
    return render(request, "annotations/articles/predictions.html", context)


@member_page(Role.MANAGER)
@require_POST
def predict_by_rules(request: MemberRequest) -> HttpResponse:
    """Have every article marked by the rules of the workbench, or by the model server that is named."""
    server = request.POST.get("server", "")
    try:
        if server:
            ask_for_server(request.project, server, by=request.user)
        else:
            ask_for_rules(request.project, by=request.user)
    except NothingToPredictError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The articles are being marked; this page shows how far that is.")
    return redirect("web:predictions", request.project.slug)
