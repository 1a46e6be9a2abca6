"""How agreement was measured, as a paper says it."""

from collections.abc import Iterable, Sequence

from annotations.agreement import Estimate, Report
from annotations.agreement.registry import find_metric
from annotations.plurals import count_things, write_decimal
from annotations.schemes.scheme import Scheme


def write_methods(report: Report, metrics: Iterable[str], *, n_spans: int, schemes: Sequence[Scheme]) -> str:
    """A paragraph to copy: what was compared, every figure with its interval, and where the intervals come from."""
    data = report.data
    named = " and ".join(f"{scheme.title} (version {scheme.version})" for scheme in schemes)
    figures = [
        f"{find_metric(name).title} = {write_figure(report[name])}"
        for name in metrics
        if report[name].value is not None
    ]
    sentences = [
        (
            f"Agreement was measured on {count_things(data['n_documents_compared'], 'article')} with "
            f"{count_things(n_spans, 'span')} by {count_things(data['n_annotators'], 'annotator')}, "
            f"who worked independently by the scheme {named}; only articles that at least two of them completed were compared."
        ),
        f"{'; '.join(figures)}." if figures else "No figure could be computed.",
    ]
    if any(report[name].interval is not None for name in metrics):
        sentences.append("Intervals are 95 % bootstrap intervals over articles.")
    return " ".join(sentences)


def write_figure(estimate: Estimate) -> str:
    """A value with its interval, as papers print it.

    >>> write_figure(Estimate(0.8231, (0.78, 0.87), 5, None))
    '0.82 [0.78, 0.87]'
    """
    interval = estimate.interval
    beside = "" if interval is None else f" [{write_decimal(interval[0])}, {write_decimal(interval[1])}]"
    return "undefined" if estimate.value is None else f"{write_decimal(estimate.value)}{beside}"
