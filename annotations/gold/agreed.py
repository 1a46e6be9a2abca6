"""How far annotators agreed when a release was frozen, as its manifest keeps it."""

from collections.abc import Callable, Collection
from typing import Any

from annotations.agreement.errors import AgreementError
from annotations.models import Project
from annotations.reliability.counting import Options, choose_counting, complete_options, count
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection

METRICS = ("alpha_nominal", "f1_strict", "f1_partial")
"""What a manifest keeps; the agreement report of the project has all."""
SAMPLES = 500
DIGITS = 4


def measure_agreement(
    project: Project, tasks: Collection[int], *, progress: Callable[[], None] = lambda: None
) -> dict[str, Any] | None:
    """The figures of all annotators with their intervals, as a whole and by label; None where nothing can be compared.

    Only these tasks count: what others made of an article that is not in the release tells nobody anything. `progress` is
    called after each block of tasks that is counted, since no more than one is held.
    """
    try:
        selection = choose_selection(project)
        options = complete_options(project, selection, Options(samples=SAMPLES))
        counting = choose_counting(METRICS, by=("label",), options=options)
        found = report_selection(
            project,
            selection,
            metrics=METRICS,
            by=("label",),
            options=options,
            tasks=tasks,
            counted=count(project, selection, counting, progress=progress),
        )
    except AgreementError:
        return None
    figures = {
        name: {
            **described,
            "by_label": {
                label: figure
                for label, one in sorted(found[name].by_label.items())
                if (figure := _describe(one))
            },
        }
        for name in METRICS
        if (described := _describe(found[name]))
    }
    return figures or None


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
