"""How far annotators agreed when a release was frozen, as its manifest keeps it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from annotations.agreement import Report
from annotations.agreement.errors import AgreementError
from annotations.agreement.registry import span_metrics
from annotations.gold.agreement_changes import METRICS_IN_WORDS
from annotations.models import Project
from annotations.reliability.counting import MAX_DOCUMENTS_FOR_GAMMA, Options, needs_gamma
from annotations.reliability.fields import FieldReport, measure_fields
from annotations.reliability.reports import report_selection
from annotations.reliability.schemes import find_schemes, list_distances
from annotations.reliability.selection import choose_selection

KEY_METRICS = tuple(METRICS_IN_WORDS)
"""What a card shows and two releases are compared by, as a whole and by label."""
NO_GAMMA = f"not measured when a release is frozen of a project of more than {MAX_DOCUMENTS_FOR_GAMMA} articles; the project's own report has it"
SAMPLES = 500
DIGITS = 4


@dataclass(frozen=True, slots=True)
class FrozenAgreement:
    """The figures that a release keeps: the key metrics with their labels, and the report with every metric on spans, relations, attributes and the questions about the article."""

    key_figures: dict[str, Any]
    report: dict[str, Any]


def measure_agreement(
    project: Project, tasks: Collection[int], *, has_gamma: bool, progress: Callable[[], None] = lambda: None
) -> FrozenAgreement | None:
    """The figures of all annotators with their intervals; None where nothing can be compared.

    Only these tasks count: what others made of an article that is not in the release tells nobody anything. Without
    `has_gamma` the report says of gamma, and of what is made of it, that it was not measured. `progress` is
    called after each block of tasks that is counted, since no more than one is held.
    """
    try:
        selection = choose_selection(project)
        schemes = find_schemes(project, selection.rounds)
        options = Options(samples=SAMPLES, distances=list_distances(schemes))
        metrics = span_metrics(has_distances=options.distances is not None)
        left_out = () if has_gamma else tuple(filter(needs_gamma, metrics))
        found = report_selection(
            project,
            selection,
            metrics=[name for name in metrics if name not in left_out],
            by={"label": KEY_METRICS},
            options=options,
            tasks=tasks,
            progress=progress,
        )
        fields = measure_fields(project, selection, schemes, tasks=tasks, options=options)
    except AgreementError:
        return None
    key_figures = {
        name: {
            **described,
            "by_label": {
                label: figure
                for label, one in sorted(found[name].by_label.items())
                if (figure := _describe(one))
            },
        }
        for name in KEY_METRICS
        if (described := _describe(found[name]))
    }
    if not key_figures:
        return None
    report = {
        "data": dict(found.data),
        "left_out": dict(found.left_out),
        "confidence": options.confidence,
        "samples": options.samples,
        "seed": options.seed,
        "unit": options.unit,
        "metrics": _describe_metrics(found) | {name: {"undefined": NO_GAMMA} for name in left_out},
        "fields": {one.field.name: _describe_field(one) for one in fields},
    }
    return FrozenAgreement(key_figures, report)


def _describe_field(measured: FieldReport) -> dict[str, Any]:
    """The figures of a question about the article, and of how many articles and answers they are."""
    return {
        "title": measured.field.title,
        "data": dict(measured.report.data),
        "metrics": _describe_metrics(measured.report),
    }


def _describe_metrics(report: Report) -> dict[str, Any]:
    """Each figure, or why there is none."""
    return {name: _describe(one) or {"undefined": one.undefined} for name, one in report.metrics.items()}


def _describe(estimate: Any) -> dict[str, Any] | None:
    if estimate.value is None:
        return None
    low, high = estimate.interval or (None, None)
    return {
        "value": round(float(estimate.value), DIGITS),
        "low": None if low is None else round(float(low), DIGITS),
        "high": None if high is None else round(float(high), DIGITS),
        "documents": int(estimate.n_documents),
    }
