"""The project's agreement: figures with their intervals, where people differ, and the passages behind it."""

from bisect import bisect
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from annotations.agreement import Estimate
from annotations.agreement.data.stretches import NOTHING
from annotations.models import Role, Task
from annotations.reliability.anchoring import describe_anchoring
from annotations.reliability.confusion import Confusion
from annotations.reliability.counting import is_gamma_quick
from annotations.reliability.examples import Examples
from annotations.reliability.headline import FEW_DOCUMENTS, NO_WIDTH, TOO_FEW_DOCUMENTS, write_headline
from annotations.reliability.methods import write_methods
from annotations.reliability.page_report import (
    LINKS,
    OF_LABELS,
    SHOWN_LATER,
    PageReport,
)
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.forms import VIEWS, AgreementForm
from annotations.web.agreement.glossary import list_terms
from annotations.web.agreement.next_looks import choose_next_looks
from annotations.web.agreement.notes import describe_left_out
from annotations.web.agreement.passages import show_passage
from annotations.web.agreement.tables import (
    DocumentRow,
    Figure,
    list_usual,
    make_document_rows,
    make_field_rows,
    make_label_rows,
    make_pair_rows,
    make_rows,
    make_slice_rows,
    name_attributes,
    name_relations,
)
from annotations.web.paging import paginate, read_page_number

HEAT = (0.03, 0.08, 0.15, 0.25)
"""From these shares on, a cell of the confusions is shaded more darkly."""
DOCUMENTS_A_PAGE = 25
MAX_EXAMPLES = 12
MAX_ID_DIGITS = 18


@member_page(Role.MANAGER)
@require_safe
def show_agreement(request: MemberRequest) -> HttpResponse:
    """The page with the agreement of a project, or of a selection of its rounds, people and labels."""
    form = read_form(request)
    page = form.page
    compared = page.main.data["n_documents_compared"]
    documents = paginate(request, page.documents, per_page=DOCUMENTS_A_PAGE)
    labels = make_label_rows(page.main, page.labels, page.basis.spans)
    confusions = page.confusions if compared else []
    document_rows = _show_documents(list(documents))
    is_first = documents.number == 1
    context = {
        "form": form,
        "query": write_query(form),
        "views": _list_views(form),
        "is_detailed": form.is_detailed,
        "schemes": page.schemes,
        "has_fields": any(scheme.fields for scheme in page.schemes),
        "data": page.main.data,
        "left_out": describe_left_out(page.main),
        "basis": page.basis,
        "alone": Task.objects.filter(pk__in=page.basis.alone).select_related("article").order_by("pk"),
        "compared": compared,
        "headline": write_headline(page.main["f1_strict"], page.main["f1_strict"].by_label),
        "next_looks": choose_next_looks(labels, confusions, document_rows if is_first else []),
        "terms": list_terms([*page.metrics, *SHOWN_LATER]),
        "rows": make_rows(page.main, [*page.shown_first, *LINKS]),
        "usual": list_usual([*page.shown_first, *LINKS, *SHOWN_LATER]),
        "methods": write_methods(
            page.main, [*page.shown_first, *LINKS], n_spans=page.basis.n_spans, schemes=page.schemes
        ),
        "metric": page.metric,
        "labels": labels,
        "pairs": [row.figure for row in make_pair_rows(page.main, page.metric, page.people)],
        "documents": documents,
        "document_rows": document_rows,
        "confusions": _show_confusions(confusions, page.labels),
        "label_names": page.labels,
        "relations": make_slice_rows(
            page.main,
            "relation_f1",
            name_relations(page.schemes),
            counts=page.basis.relations,
            placed=page.basis.placed,
        ),
        "attributes": make_slice_rows(
            page.main, "attribute_alpha", name_attributes(page.schemes), counts=page.basis.answers
        ),
        "rounds": _show_rounds(page),
        **_show_anchoring(page),
        "has_models": bool(page.selection.list_models()),
        "more_of_labels": OF_LABELS[1:],
        "more_of_links": ["both-ends"],
        "gamma_at_once": is_gamma_quick(compared),
    }
    return render(request, "annotations/agreement/report.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_gamma(request: MemberRequest) -> HttpResponse:
    """The rows of the page's table that take their time."""
    rows = make_rows(read_form(request).page.gamma, SHOWN_LATER)
    return render(request, "annotations/agreement/_rows.html", {"rows": rows})


@member_page(Role.MANAGER)
@require_safe
def show_without_each(request: MemberRequest) -> HttpResponse:
    """The figure that the others would reach without each of the annotators."""
    page = read_form(request).page
    rows = [Figure.of(one.annotator, one.figures[page.metric]) for one in page.without_each]
    return render(request, "annotations/agreement/_people.html", {"rows": rows})


@member_page(Role.MANAGER)
@require_safe
def show_fields(request: MemberRequest) -> HttpResponse:
    """Agreement on the questions about the article as a whole."""
    fields = make_field_rows(read_form(request).page.fields)
    return render(request, "annotations/agreement/_fields.html", {"fields": fields})


@member_page(Role.MANAGER)
@require_safe
def show_periods(request: MemberRequest) -> HttpResponse:
    """The part of the agreement page with the main figure over time."""
    form = read_form(request)
    context = {"figures": _show_periods(form.page), "metric": form.page.metric}
    return render(request, "annotations/agreement/_periods.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_needed(request: MemberRequest) -> HttpResponse:
    """How many articles would make the main figure precise."""
    form = read_form(request)
    curve = form.page.articles_needed
    now = form.page.everybody[form.page.metric].n_documents
    is_narrow = max(curve.widths, default=0.0) < NO_WIDTH
    context = {
        "curve": curve,
        "points": list(zip(curve.documents, curve.widths, strict=True)),
        "now": now,
        "are_few": now < FEW_DOCUMENTS,
        "is_too_few": now <= TOO_FEW_DOCUMENTS or (now < FEW_DOCUMENTS and is_narrow),
        "is_enough": curve.needed is not None and curve.needed <= now,
        "is_detailed": form.is_detailed,
    }
    return render(request, "annotations/agreement/_needed.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_examples(request: MemberRequest) -> HttpResponse:
    """The passages behind a cell of the confusions, or all that the annotators of one article differ in."""
    form = read_form(request)
    page = form.page
    find, what = _choose_search(request, page)
    number = read_page_number(request)
    examples = find(skipped=(number - 1) * MAX_EXAMPLES)
    if examples.total and not examples.passages:
        number = ceil(examples.total / MAX_EXAMPLES)
        examples = find(skipped=(number - 1) * MAX_EXAMPLES)
    shown_before = (number - 1) * MAX_EXAMPLES
    context = {
        **what,
        "query": write_query(form),
        "schemes": page.schemes,
        "examples": examples,
        "passages": [show_passage(passage) for passage in examples.passages],
        "from": shown_before + 1,
        "until": shown_before + len(examples.passages),
        "previous": number - 1,
        "next": number + 1,
        "has_next": examples.total is None or examples.total > number * MAX_EXAMPLES,
    }
    return render(request, "annotations/agreement/examples.html", context)


def _choose_search(
    request: MemberRequest, page: PageReport
) -> tuple[Callable[..., Examples], dict[str, str | Task]]:
    """How the passages are found that the address asks for, and what it names."""
    if "task" in request.GET:
        task = _find_task(request)
        return partial(page.find_differences, task.pk, most=MAX_EXAMPLES), {"task": task}
    first, second = request.GET.get("first", ""), request.GET.get("second", "")
    if first not in page.labels or second not in {NOTHING, *page.labels}:
        raise Http404("There are no such labels.")
    what: dict[str, str | Task] = {"first": first, "second": second}
    return partial(page.find_examples, first, second, most=MAX_EXAMPLES), what


def _find_task(request: MemberRequest) -> Task:
    number = request.GET["task"]
    if not (number.isascii() and number.isdigit() and len(number) <= MAX_ID_DIGITS):
        raise Http404("There is no such task.")
    tasks = Task.objects.filter(round__project=request.project).select_related("article")
    return get_object_or_404(tasks, pk=int(number))


def read_form(request: MemberRequest) -> AgreementForm:
    """The form of the agreement page as the address fills it in; what cannot be chosen is refused in words."""
    form = AgreementForm(request.GET, project=request.project, reader=request.user)
    if not form.is_valid():
        raise BadRequest(
            " ".join(
                f"{form.fields[name].label}: {error}"
                for name, errors in form.errors.items()
                for error in errors
            )
        )
    return form


def write_query(form: AgreementForm, **others: str) -> str:
    """The choices as they stand in the address, for links; others take the place of some."""
    chosen = {**{name: value for name, value in form.cleaned_data.items() if value}, **others}
    chosen = {name: value for name, value in chosen.items() if value}
    return urlencode({**chosen, **({"all_blocks": "on"} if chosen.get("all_blocks") else {})}, doseq=True)


def _list_views(form: AgreementForm) -> list[dict[str, Any]]:
    """The plain page and the detailed one, each with its address and whether it is this one."""
    return [
        {"title": title, "query": write_query(form, view=name), "is_current": name == form.chosen_view}
        for name, title in VIEWS
    ]


def _show_documents(ranked: list[tuple[int, Estimate]]) -> list[DocumentRow]:
    shown = Task.objects.filter(pk__in=[task for task, _ in ranked])
    rows = shown.values_list("pk", "article__title", "round__number")
    return make_document_rows(ranked, {task: (title, number) for task, title, number in rows})


def _show_anchoring(page: PageReport) -> dict[str, Any]:
    """What suggestions do to the figure: sentences, and a row for each side."""
    found = page.anchoring
    if found is None:
        return {}
    sides = [("with suggestions", found.seen), ("without", found.without)]
    return {
        "anchoring": describe_anchoring(found, page.metric),
        "anchoring_rows": [
            {
                "title": title,
                "rounds": side.rounds,
                "figure": Figure.of(title, side.figures[page.metric]),
                "like_model": side.like_model,
                "marked": side.marked,
            }
            for title, side in sides
            if side is not None
        ],
    }


def _show_rounds(page: PageReport) -> list[dict[str, Any]]:
    """The main figure of each round, where there are several."""
    return [
        {
            "round": one.round,
            "figure": Figure.of(f"Round {one.round.number}", one.figures[page.metric]),
            "comparison": one.against.get(page.metric),
        }
        for one in page.rounds
    ]


def _show_periods(page: PageReport) -> list[Figure]:
    return [Figure.of(one.period.title, one.figures[page.metric]) for one in page.periods]


def _show_confusions(confusions: list[Confusion], labels: list[str]) -> list[dict[str, Any]]:
    columns = [*labels, NOTHING]
    return [
        {
            "label": row.label,
            "positions": row.positions,
            "cells": [
                {
                    "label": column,
                    "share": row.share(column),
                    "is_same": column == row.label,
                    "heat": 0 if column == row.label else bisect(HEAT, row.share(column)),
                }
                for column in columns
            ],
        }
        for row in confusions
    ]
