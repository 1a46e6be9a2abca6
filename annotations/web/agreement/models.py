"""The models of a project beside its people: a part of the agreement page that comes after the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.agreement import AlternativeTest, Estimate, ModelReport
from annotations.agreement.registry import find_metric
from annotations.agreement.sums.metrics import Words
from annotations.models import Role, Task
from annotations.reliability.matrices import write_id
from annotations.reliability.models_in_words import describe_ceiling, describe_test, present_test
from annotations.reliability.page_report import OF_LABELS, PageReport
from annotations.web.access import MemberRequest, member_page
from annotations.web.agreement.forms import ModelTestForm
from annotations.web.agreement.tables import DocumentRow, Figure, make_document_rows
from annotations.web.agreement.views import read_form, write_query

MAX_ARTICLES = 25


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """A figure of a model and the people, and that of the people among themselves."""

    figure: Figure
    people: Figure
    words: Words


@member_page(Role.MANAGER)
@require_safe
def show_models(request: MemberRequest) -> HttpResponse:
    """Each model's figures beside the human ceiling, by label and by article, and whether it could stand in for somebody."""
    form = read_form(request)
    chosen = ModelTestForm(request.GET)
    if not chosen.is_valid():
        raise BadRequest(
            " ".join(f"{chosen.fields[name].label}: {errors[0]}" for name, errors in chosen.errors.items())
        )
    page, test = form.page, chosen.read()
    tests = page.test_models(test)
    context = {
        "models": [_show_model(page, model, tests[model]) for model in page.selection.list_models()],
        "form": ModelTestForm(initial={"score": test.score, "epsilon": test.epsilon}),
        "query": write_query(form),
        "metric": find_metric(page.metric).title,
        "score": find_metric(test.score).title,
        "least": test.least_documents,
    }
    return render(request, "annotations/agreement/_models.html", context)


def _show_model(page: PageReport, model: int, test: AlternativeTest) -> dict[str, Any]:
    parts = {name: metric.by_model[write_id(model)] for name, metric in page.with_models.metrics.items()}
    shown = present_test(test, page.people)
    return {
        **present_model(page.people.get(model, ""), parts, page.metric, page.shown_first, page.labels),
        "key": model,
        "test": shown,
        "sentences": describe_test(shown),
    }


def present_model(
    name: str, parts: Mapping[str, ModelReport], chosen: str, metrics: Sequence[str], labels: Sequence[str]
) -> dict[str, Any]:
    """A model's figures by metric as its section shows them: a sentence on the chosen metric, then rows, labels, and articles."""
    part = parts[chosen]
    return {
        "name": name,
        "ceiling": describe_ceiling(chosen, name, part),
        "rows": _make_rows(parts, metrics),
        "labels": _make_labels(parts, labels),
        "articles": _make_articles(part.by_document),
        "n_articles": len(part.by_document),
    }


def _make_rows(parts: Mapping[str, ModelReport], metrics: Sequence[str]) -> list[BesidePeople]:
    rows = []
    for name in metrics:
        metric, part = find_metric(name), parts[name]
        rows.append(
            BesidePeople(Figure.of(metric.title, part), Figure.of(metric.title, part.ceiling), metric.words)
        )
    return rows


def _make_labels(parts: Mapping[str, ModelReport], labels: Sequence[str]) -> list[BesidePeople]:
    """The strict figure of each label that the model or a person used."""
    strict, rows = OF_LABELS[0], []
    part = parts[strict]
    for label in labels:
        own, people = part.by_label.get(label), part.ceiling_by_label.get(label)
        if own is None or people is None or (own.value is None and people.value is None):
            continue
        rows.append(BesidePeople(Figure.of(label, own), Figure.of(label, people), find_metric(strict).words))
    return rows


def _make_articles(by_document: Mapping[str, Estimate]) -> list[DocumentRow]:
    """The articles on which the model is farthest from the people, the worst first."""
    ranked = sorted(
        ((int(task), estimate) for task, estimate in by_document.items()),
        key=lambda one: (one[1].value is None, one[1].value or 0.0, one[0]),
    )[:MAX_ARTICLES]
    rows = Task.objects.filter(pk__in=[task for task, _ in ranked]).values_list(
        "pk", "article__title", "round__number"
    )
    return make_document_rows(ranked, {task: (title, number) for task, title, number in rows})
