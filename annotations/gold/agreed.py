"""How far annotators agreed when a release was frozen, as its manifest keeps it."""

from collections.abc import Sequence
from typing import Any

from annotations.agreement.errors import AgreementError
from annotations.models import Gold, Project
from annotations.reliability.counting import Options
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import choose_selection

METRICS = ("alpha_nominal", "f1_strict", "f1_partial")
"""What a manifest keeps; the agreement report of the project has all."""
SAMPLES = 500
DIGITS = 4
ASKED_AT_ONCE = 1_000


def measure_agreement(project: Project, golds: Sequence[int]) -> dict[str, Any] | None:
    """The figures of all annotators with their intervals, as a whole and by label; None where nothing can be compared.

    Only the tasks of these golds count: what others made of an article that is not in the release tells nobody anything.
    """
    tasks = [
        task
        for start in range(0, len(golds), ASKED_AT_ONCE)
        for task in Gold.objects.filter(pk__in=golds[start : start + ASKED_AT_ONCE]).values_list(
            "task_id", flat=True
        )
    ]
    try:
        found = report_selection(
            project,
            choose_selection(project),
            metrics=METRICS,
            by=("label",),
            options=Options(samples=SAMPLES),
            tasks=tasks,
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
