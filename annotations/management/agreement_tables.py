"""What a project's agreement says in words, and its parts as tables, on a terminal."""

from dataclasses import replace
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annotations.agreement.registry import METRICS, find_metric
from annotations.reliability.full_report import WholeReport
from annotations.reliability.interpretation import read_here
from annotations.reliability.report_csv import Line, list_part_lines

TITLES = {metric.name: metric.title for metric in METRICS}
KINDS = {
    "round": "by round",
    "difference": "between rounds",
    "p_value": "p-value of the difference between rounds",
    "period": "over time",
    "without": "without each annotator",
    "documents_needed": "documents needed",
    "interval_width": "width of the interval with more documents",
    "positions": "positions with the label",
    "winning_rate": "winning rate of a model that is scored by it",
    "advantage_probability": "advantage probability of a model that is scored by it",
    "model_score": "score of a model beside the remaining people",
    "human_ceiling": "score of a person beside the remaining people",
    "model_advantage": "how often a model is at least as good as a person",
    "share": "share of them that the other gave each label",
}


def print_parts(report: WholeReport) -> None:
    """A table for each metric and kind of line, as they stand in the CSV."""
    console = Console()
    lines = sorted(list_part_lines(replace(report, against=None)), key=_kind)
    for (slice_, metric), group in groupby(lines, key=lambda line: (line.slice, line.metric)):
        table = Table(title=f"{TITLES.get(metric, metric.capitalize())}: {KINDS[slice_]}")
        for heading in ("", "value", "interval", "documents", ""):
            table.add_column(heading, justify="right" if heading else "left")
        for line in group:
            table.add_row(*_write_cells(line))
        console.print(table)


def print_words(report: WholeReport) -> None:
    """Print of each figure what it answers, how to read it, what it says here, and what is usual."""
    console = Console(highlight=False)
    for name in report.spans.metrics:
        words = find_metric(name).words
        sentences = (words.question, words.reading, *read_here(name, report.spans), words.usual)
        console.print(f"[bold]{escape(TITLES[name])}[/bold]: {escape(' '.join(sentences))}")


def _kind(line: Line) -> tuple[int, str]:
    return list(KINDS).index(line.slice), line.metric


def _write_cells(line: Line) -> tuple[str, ...]:
    interval = "" if line.low is None else f"{line.low:.3f} to {line.high:.3f}"
    documents = "" if line.documents is None else str(line.documents)
    return escape(line.of), _write_value(line.value), interval, documents, escape(line.undefined or "")


def _write_value(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"
