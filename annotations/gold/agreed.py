"""How far annotators agreed when a release was frozen, as its manifest keeps it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from annotations.agreement import Report
from annotations.agreement.errors import AgreementError
from annotations.agreement.registry import find_metric, span_metrics
from annotations.gold.agreement_changes import METRICS_IN_WORDS
from annotations.models import Project
from annotations.reliability.counting import Options, choose_counting, complete_options, count
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection

KEY_METRICS = tuple(METRICS_IN_WORDS)
"""What a card shows and two releases are compared by, as a whole and by label."""
SAMPLES = 500
DIGITS = 4


@dataclass(frozen=True, slots=True)
class FrozenAgreement:
    """The figures that a release keeps: the key metrics with their labels, and the report with every metric on spans, relations and attributes.

    Gamma is not in the report: of a large release it takes hours. The project's own report has it.
    """

    key_figures: dict[str, Any]
    report: dict[str, Any]


def measure_agreement(
    project: Project, tasks: Collection[int], *, progress: Callable[[], None] = lambda: None
) -> FrozenAgreement | None:
    """The figures of all annotators with their intervals; None where nothing can be compared.

    Only these tasks count: what others made of an article that is not in the release tells nobody anything. `progress` is
    called after each block of tasks that is counted, since no more than one is held.
    """
    try:
        selection = choose_selection(project)
        options = complete_options(project, selection, Options(samples=SAMPLES))
        metrics = [
            name
            for name in span_metrics(has_distances=options.distances is not None)
            if not find_metric(name).is_slow
        ]
        by = {"label": KEY_METRICS}
        counting = choose_counting(metrics, by=by, options=options)
        counted = count(project, selection, counting, progress=progress)
        found = report_selection(
            project, selection, metrics=metrics, by=by, options=options, tasks=tasks, counted=counted
        )
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
    return FrozenAgreement(key_figures, _describe_report(found, options)) if key_figures else None


def _describe_report(found: Report, options: Options) -> dict[str, Any]:
    """Every figure, or why there is none, what of the articles was compared, and how the intervals were made."""
    return {
        "data": dict(found.data),
        "left_out": dict(found.left_out),
        "confidence": options.confidence,
        "samples": options.samples,
        "seed": options.seed,
        "unit": options.unit,
        "metrics": {
            name: _describe(one) or {"undefined": one.undefined} for name, one in found.metrics.items()
        },
    }


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
