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
from annotations.reliability.confusion import Confusion
from annotations.reliability.page_report import (
    GAMMA_PANEL,
    LINKS,
    MAX_ARTICLES_FOR_GAMMA,
    WITHOUT_EACH,
    PageReport,
)
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.charts import (
    THEMES,
    Theme,
    draw_distribution,
    draw_figures,
    draw_needed,
    draw_pairs,
)
from annotations.web.agreement.forms import AgreementForm
from annotations.web.agreement.notes import describe_left_out
from annotations.web.agreement.passages import show_passage
from annotations.web.agreement.tables import (
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
MAX_EXAMPLES = 12
FEW_DOCUMENTS = 20  # too few to show all that documents differ in


@member_page(Role.MANAGER)
@require_safe
def show_agreement(request: MemberRequest) -> HttpResponse:
    form = read_form(request)
    page = form.page
    compared = page.main.data["n_documents_compared"]
    documents = paginate(request, page.documents, per_page=DOCUMENTS_A_PAGE)
    context = {
        "form": form,
        "query": _write_query(form),
        "schemes": page.schemes,
        "has_fields": any(scheme.fields for scheme in page.schemes),
        "data": page.main.data,
        "left_out": describe_left_out(page.main),
        "basis": page.basis,
        "alone": Task.objects.filter(pk__in=page.basis.alone).select_related("article").order_by("pk"),
        "compared": compared,
        "panel": make_panel(page.main, page.panel),
        "metric": find_metric(page.metric).title,
        "labels": make_label_rows(page.main, page.labels, page.basis.spans),
        "pair_figures": [row.figure for row in make_pair_rows(page.main, page.metric, page.people)],
        "documents": documents,
        "document_rows": _show_documents(list(documents)),
        "confusions": _show_confusions(page.confusions, page.labels) if compared else [],
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
        "link_panel": [row for row in make_panel(page.main, LINKS) if row.figure.value is not None],
        "rounds": _show_rounds(page),
        "gamma_at_once": compared <= MAX_ARTICLES_FOR_GAMMA,
        "are_few": compared < FEW_DOCUMENTS,
    }
    return render(request, "annotations/agreement/report.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_gamma(request: MemberRequest) -> HttpResponse:
    """The rows of the panel that take their time."""
    panel = make_panel(read_form(request).page.gamma, GAMMA_PANEL)
    return render(request, "annotations/agreement/_panel.html", {"panel": panel})


@member_page(Role.MANAGER)
@require_safe
def show_without_each(request: MemberRequest) -> HttpResponse:
    """The main figures as they would be without each of the annotators."""
    page = read_form(request).page
    rows = [
        {"name": one.annotator, "figures": [Figure.of(name, one.figures[name]) for name in WITHOUT_EACH]}
        for one in page.without_each
    ]
    context = {"rows": rows, "everybody": [Figure.of(name, page.everybody[name]) for name in WITHOUT_EACH]}
    return render(request, "annotations/agreement/_people.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_fields(request: MemberRequest) -> HttpResponse:
    """Agreement on the questions about the article as a whole."""
    fields = make_field_rows(read_form(request).page.fields)
    return render(request, "annotations/agreement/_fields.html", {"fields": fields})


@member_page(Role.MANAGER)
@require_safe
def show_periods(request: MemberRequest) -> HttpResponse:
    """The main figure over time."""
    form = read_form(request)
    context = {"figures": _show_periods(form.page), "query": _write_query(form)}
    return render(request, "annotations/agreement/_periods.html", context)


@member_page(Role.MANAGER)
@require_safe
def show_needed(request: MemberRequest) -> HttpResponse:
    """How many articles would make the main figure precise."""
    form = read_form(request)
    curve = form.page.articles_needed
    now = form.page.everybody[form.page.metric].n_documents
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
    page = form.page
    first, second = request.GET.get("first", ""), request.GET.get("second", "")
    if first not in page.labels or second not in {NOTHING, *page.labels}:
        raise Http404("There are no such labels.")
    number = read_page_number(request)
    find = partial(page.find_examples, first, second, most=MAX_EXAMPLES)
    examples = find(skipped=(number - 1) * MAX_EXAMPLES)
    if examples.total and not examples.passages:
        number = ceil(examples.total / MAX_EXAMPLES)
        examples = find(skipped=(number - 1) * MAX_EXAMPLES)
    shown_before = (number - 1) * MAX_EXAMPLES
    context = {
        "first": first,
        "second": second,
        "query": _write_query(form),
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


@member_page(Role.MANAGER)
@require_safe
def draw_chart(request: MemberRequest, chart: str) -> HttpResponse:
    draw = CHARTS.get(chart)
    theme = THEMES.get(request.GET.get("theme", "light"))
    if draw is None or theme is None:
        raise Http404("There is no such chart.")
    svg = draw(read_form(request).page, theme)
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
                {"label": column, "share": 100 * row.share(column), "is_same": column == row.label}
                for column in columns
            ],
        }
        for row in confusions
    ]


def _draw_labels(page: PageReport, theme: Theme) -> str:
    rows = make_label_rows(page.main, page.labels)
    return draw_figures([row.strict for row in rows], theme=theme, axis=find_metric("f1_strict").title)


def _draw_pairs(page: PageReport, theme: Theme) -> str:
    return draw_pairs(make_pair_rows(page.main, page.metric, page.people), theme=theme)


def _draw_documents(page: PageReport, theme: Theme) -> str:
    values = [estimate.value for _, estimate in page.documents if estimate.value is not None]
    return draw_distribution(values, theme=theme, axis=find_metric(page.metric).title)


def _draw_rounds(page: PageReport, theme: Theme) -> str:
    figures = [row["figure"] for row in _show_rounds(page)]
    return draw_figures(figures, theme=theme, axis=find_metric(page.metric).title)


def _draw_periods(page: PageReport, theme: Theme) -> str:
    return draw_figures(_show_periods(page), theme=theme, axis=find_metric(page.metric).title)


def _draw_needed(page: PageReport, theme: Theme) -> str:
    return draw_needed(page.articles_needed, theme=theme)


CHARTS: dict[str, Callable[[PageReport, Theme], str]] = {
    "labels": _draw_labels,
    "pairs": _draw_pairs,
    "documents": _draw_documents,
    "rounds": _draw_rounds,
    "periods": _draw_periods,
    "needed": _draw_needed,
}
