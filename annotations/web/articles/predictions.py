"""The models and tools whose predictions a project has, and how much each has said."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotations.agreement.registry import find_metric
from annotations.corpus.predicted.by_rules import NothingToPredictError, ask_for_rules, find_job
from annotations.corpus.predicted.by_server import ask_for_server, find_server_job, list_servers
from annotations.corpus.predicted.counting import list_predictors
from annotations.cues.marking import fits_scheme
from annotations.cues.rules import load_rules
from annotations.models import Predictor, Role
from annotations.reliability.models_apart import TestOptions
from annotations.reliability.models_in_words import describe_test, present_test
from annotations.reliability.page_report import OF_LABELS, SHOWN_FIRST
from annotations.reliability.people import name_people
from annotations.reliability.predictors import measure_predictor
from annotations.reliability.schemes import find_schemes, list_labels
from annotations.reliability.selection import choose_selection
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.models import present_model
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
@require_safe
def show_predictor(request: MemberRequest, predictor_id: int) -> HttpResponse:
    """The page that holds what a predictor marked against the people who annotated the same articles."""
    predictor = get_object_or_404(Predictor, project=request.project, pk=predictor_id)
    selection = choose_selection(request.project, reader=request.user)
    test = TestOptions()
    found = measure_predictor(request.project, predictor, selection, metrics=SHOWN_FIRST, test=test)
    model = None
    if found.by_metric:
        labels = list_labels(find_schemes(request.project, None))
        model = present_model(predictor.name, found.by_metric, OF_LABELS[0], SHOWN_FIRST, sorted(labels))
        model |= {"key": predictor.pk, "sentences": [f"{found.reason[:1].upper()}{found.reason[1:]}."]}
        if found.test:
            people = {**name_people(request.project), 0: predictor.name}
            shown = present_test(replace(found.test, model="0"), people)
            model |= {"test": shown, "sentences": describe_test(shown)}
    context = {
        "predictor": predictor,
        "found": found,
        "model": model,
        "metric": find_metric(OF_LABELS[0]).title,
        "score": find_metric(test.score).title,
        "least": test.least_documents,
    }
    return render(request, "annotations/articles/predictor.html", context)


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
