"""The project's agreement: figures with their intervals, where people differ, and the passages behind it."""

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from annotations.agreement import Estimate
from annotations.agreement.data.stretches import NOTHING
from annotations.agreement.registry import find_metric
from annotations.models import Role, Task
from annotations.reliability.basis import recall_basis
from annotations.reliability.confusion import Confusion, recall_confusions
from annotations.reliability.counting import Options, count_selection
from annotations.reliability.examples import find_examples
from annotations.reliability.fields import report_fields
from annotations.reliability.people import name_people
from annotations.reliability.planning import estimate_articles_needed
from annotations.reliability.reports import report_selection
from annotations.reliability.rounds import RoundFigures
from annotations.reliability.schemes import list_labels
from annotations.reliability.without_each import leave_each_out
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.charts import (
    THEMES,
    Theme,
    draw_distribution,
    draw_figures,
    draw_needed,
    draw_pairs,
)
from annotations.web.agreement.figures import LARGEST_FOR_GAMMA, QUICK, WITHOUT_EACH
from annotations.web.agreement.forms import AgreementForm
from annotations.web.agreement.notes import describe_left_out
from annotations.web.agreement.passages import show_passage
from annotations.web.agreement.tables import (
    GAMMA_PANEL,
    LINKS,
    DocumentRow,
    Figure,
    make_document_rows,
    make_field_rows,
    make_label_rows,
    make_pair_rows,
    make_panel,
    make_slice_rows,
    name_attributes,
    name_relations,
)
from annotations.web.paging import paginate, read_page_number

DOCUMENTS_A_PAGE = 25
MOST_EXAMPLES = 12
FEW_DOCUMENTS = 20  # too few to show all that documents differ in


@member_page(Role.MANAGER)
@require_safe
def show_agreement(request: MemberRequest) -> HttpResponse:
    form = read_form(request)
    figures = form.to_figures()
    counted = count_selection(request.project, figures.selection)
    report = figures.report(counted)
    schemes = form.find_schemes()
    labels = list_labels(schemes)
    basis = recall_basis(counted)
    compared = report.data["n_documents_compared"]
    ranked = figures.rank_documents(counted)
    documents = paginate(request, ranked, per_page=DOCUMENTS_A_PAGE)
    context = {
        "form": form,
        "query": _write_query(form),
        "schemes": schemes,
        "has_fields": any(scheme.fields for scheme in schemes),
        "data": report.data,
        "left_out": describe_left_out(report),
        "basis": basis,
        "alone": Task.objects.filter(pk__in=basis.alone).select_related("article").order_by("pk"),
        "compared": compared,
        "panel": make_panel(report, figures.panel),
        "metric": find_metric(form.main_metric).title,
        "labels": make_label_rows(report, labels, basis.spans),
        "pair_figures": [
            row.figure for row in make_pair_rows(report, form.main_metric, name_people(request.project))
        ],
        "documents": documents,
        "document_rows": _show_documents(list(documents)),
        "confusions": _show_confusions(recall_confusions(counted, labels), labels) if compared else [],
        "label_names": labels,
        "relations": make_slice_rows(
            report,
            "relation_f1",
            name_relations(schemes),
            counts=basis.relations,
            placed=basis.placed,
        ),
        "attributes": make_slice_rows(
            report, "attribute_alpha", name_attributes(schemes), counts=basis.answers
        ),
        "link_panel": [row for row in make_panel(report, LINKS) if row.figure.value is not None],
        "rounds": _show_rounds(figures.compare_rounds(counted), figures.metric),
        "gamma_at_once": compared <= LARGEST_FOR_GAMMA,
        "are_few": compared < FEW_DOCUMENTS,
    }
    return render(request, "annotations/agreement/report.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_gamma(request: MemberRequest) -> HttpResponse:
    """The rows of the panel that take their time."""
    form = read_form(request)
    metrics = GAMMA_PANEL
    report = report_selection(request.project, form.to_selection(), metrics=metrics, options=Options())
    return render(request, "annotations/agreement/_panel.html", {"panel": make_panel(report, metrics)})


@member_page(Role.MANAGER)
@require_safe
def show_without_each(request: MemberRequest) -> HttpResponse:
    """The main figures as they would be without each of the annotators."""
    form = read_form(request)
    selection = form.to_selection()
    everybody = report_selection(request.project, selection, metrics=WITHOUT_EACH, options=QUICK)
    rows = [
        {"name": one.annotator, "figures": [Figure.of(name, one.figures[name]) for name in WITHOUT_EACH]}
        for one in leave_each_out(request.project, selection, metrics=WITHOUT_EACH)
    ]
    context = {"rows": rows, "everybody": [Figure.of(name, everybody[name]) for name in WITHOUT_EACH]}
    return render(request, "annotations/agreement/_people.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_fields(request: MemberRequest) -> HttpResponse:
    """Agreement on the questions about the article as a whole."""
    fields = report_fields(request.project, read_form(request).to_selection())
    return render(request, "annotations/agreement/_fields.html", {"fields": make_field_rows(fields)})


@member_page(Role.MANAGER)
@require_safe
def show_periods(request: MemberRequest) -> HttpResponse:
    """The main figure over time."""
    form = read_form(request)
    context = {"figures": _show_periods(form), "query": _write_query(form)}
    return render(request, "annotations/agreement/_periods.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_needed(request: MemberRequest) -> HttpResponse:
    """How many articles would make the main figure precise."""
    form = read_form(request)
    selection, metric = form.to_selection(), form.main_metric
    curve = estimate_articles_needed(request.project, selection, metric=metric)
    now = report_selection(request.project, selection, metrics=(metric,), options=QUICK)[metric].n_documents
    context = {
        "curve": curve,
        "points": list(zip(curve.documents, curve.widths, strict=True)),
        "now": now,
        "are_few": now < FEW_DOCUMENTS,
        "is_enough": curve.needed is not None and curve.needed <= now,
        "query": _write_query(form),
    }
    return render(request, "annotations/agreement/_needed.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_examples(request: MemberRequest) -> HttpResponse:
    form = read_form(request)
    schemes = form.find_schemes()
    labels = list_labels(schemes)
    first, second = request.GET.get("first", ""), request.GET.get("second", "")
    if first not in labels or second not in {NOTHING, *labels}:
        raise Http404("There are no such labels.")
    number = read_page_number(request)
    find = partial(
        find_examples,
        request.project,
        form.to_selection(),
        first=first,
        second=second,
        most=MOST_EXAMPLES,
    )
    examples = find(skipped=(number - 1) * MOST_EXAMPLES)
    if examples.total and not examples.passages:
        number = ceil(examples.total / MOST_EXAMPLES)
        examples = find(skipped=(number - 1) * MOST_EXAMPLES)
    shown_before = (number - 1) * MOST_EXAMPLES
    context = {
        "first": first,
        "second": second,
        "query": _write_query(form),
        "schemes": schemes,
        "examples": examples,
        "passages": [show_passage(passage) for passage in examples.passages],
        "from": shown_before + 1,
        "until": shown_before + len(examples.passages),
        "previous": number - 1,
        "next": number + 1,
        "has_next": examples.total is None or examples.total > number * MOST_EXAMPLES,
    }
    return render(request, "annotations/agreement/examples.html", context)


@member_page(Role.MANAGER)
@require_safe
def draw_chart(request: MemberRequest, chart: str) -> HttpResponse:
    draw = CHARTS.get(chart)
    theme = THEMES.get(request.GET.get("theme", "light"))
    if draw is None or theme is None:
        raise Http404("There is no such chart.")
    svg = draw(read_form(request), theme)
    return HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")


def read_form(request: MemberRequest) -> AgreementForm:
    """What the address asks for; what cannot be chosen is refused in words."""
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


def _write_query(form: AgreementForm) -> str:
    """The choices as they stand in the address, for links and pictures."""
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    return urlencode({**chosen, **({"all_blocks": "on"} if chosen.get("all_blocks") else {})}, doseq=True)


def _show_documents(ranked: list[tuple[int, Estimate]]) -> list[DocumentRow]:
    shown = Task.objects.filter(pk__in=[task for task, _ in ranked])
    rows = shown.values_list("pk", "article__title", "round__number")
    return make_document_rows(ranked, {task: (title, number) for task, title, number in rows})


def _show_rounds(rounds: list[RoundFigures], metric: str) -> list[dict[str, Any]]:
    """The main figure of each round, where there are several."""
    return [
        {
            "round": one.round,
            "figure": Figure.of(f"Round {one.round.number}", one.figures[metric]),
            "comparison": one.against.get(metric),
        }
        for one in rounds
    ]


def _show_periods(form: AgreementForm) -> list[Figure]:
    figures = form.to_figures()
    return [Figure.of(one.period.title, one.figures[figures.metric]) for one in figures.measure_periods()]


def _show_confusions(confusions: list[Confusion], labels: list[str]) -> list[dict[str, Any]]:
    columns = [*labels, NOTHING]
    return [
        {
            "label": row.label,
            "positions": row.positions,
            "cells": [
                {"label": column, "share": 100 * row.share(column), "is_same": column == row.label}
                for column in columns
            ],
        }
        for row in confusions
    ]


def _draw_labels(form: AgreementForm, theme: Theme) -> str:
    labels = list_labels(form.find_schemes())
    rows = make_label_rows(form.to_figures().report(), labels)
    return draw_figures([row.strict for row in rows], theme=theme, axis=find_metric("f1_strict").title)


def _draw_pairs(form: AgreementForm, theme: Theme) -> str:
    pairs = make_pair_rows(form.to_figures().report(), form.main_metric, name_people(form.project))
    return draw_pairs(pairs, theme=theme)


def _draw_documents(form: AgreementForm, theme: Theme) -> str:
    ranked = form.to_figures().rank_documents()
    values = [estimate.value for _, estimate in ranked if estimate.value is not None]
    return draw_distribution(values, theme=theme, axis=find_metric(form.main_metric).title)


def _draw_rounds(form: AgreementForm, theme: Theme) -> str:
    asked = form.to_figures()
    figures = [row["figure"] for row in _show_rounds(asked.compare_rounds(), asked.metric)]
    return draw_figures(figures, theme=theme, axis=find_metric(form.main_metric).title)


def _draw_periods(form: AgreementForm, theme: Theme) -> str:
    axis = find_metric(form.main_metric).title
    return draw_figures(_show_periods(form), theme=theme, axis=axis)


def _draw_needed(form: AgreementForm, theme: Theme) -> str:
    curve = estimate_articles_needed(form.project, form.to_selection(), metric=form.main_metric)
    return draw_needed(curve, theme=theme)


CHARTS: dict[str, Callable[[AgreementForm, Theme], str]] = {
    "labels": _draw_labels,
    "pairs": _draw_pairs,
    "documents": _draw_documents,
    "rounds": _draw_rounds,
    "periods": _draw_periods,
    "needed": _draw_needed,
}
