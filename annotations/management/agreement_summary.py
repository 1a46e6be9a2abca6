"""How far a project's annotators agree, on one screen of a terminal: what the page says first, and where the rest is."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annotations.agreement import Estimate
from annotations.agreement.command_line.printing import show_controls
from annotations.reliability.full_report import MAIN_METRIC, WholeReport
from annotations.reliability.headline import is_unsure, percent, write_headline

MORE = (
    ("--detailed", "every figure, with what it means"),
    ("--by label,pair,document", "by label, by two people, by article"),
    ("--reference gold", "everybody against the gold"),
    ("--json or --csv", "for programs"),
)


def print_summary(report: WholeReport, project: str) -> None:
    """Print the sentences of the page, a line a label and a question with the lowest first, and how to see the rest."""
    console = Console(highlight=False)
    main = report.spans[MAIN_METRIC]
    labels = {name: one for name, one in main.by_label.items() if one.value is not None}
    console.print(escape(show_controls(" ".join(write_headline(main, labels)))))
    if main.value is not None:
        table = _start_table("Spans alike, of 100")
        for name, estimate in sorted(labels.items(), key=lambda one: (one[1].value, one[0])):
            table.add_row(escape(show_controls(name)), *_write(estimate))
        table.add_row("all labels", *_write(main), style="bold")
        console.print(table)
    if fields := [one for one in report.fields if one.percent.value is not None]:
        table = _start_table("The same answer, of 100 articles")
        for field in sorted(fields, key=lambda one: (one.percent.value, one.field.title)):
            table.add_row(escape(show_controls(field.field.title)), *_write(field.percent))
        console.print(table)
    console.print(f"More, of manage.py agreement {escape(project)}:")
    for option, words in MORE:
        console.print(f"  {option:26}{words}")


def _start_table(title: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for heading in ("", "likely", "articles"):
        table.add_column(heading, justify="right")
    return table


def _write(estimate: Estimate) -> tuple[str, str, str]:
    value = "–" if estimate.value is None else str(percent(estimate.value))
    if is_unsure(estimate):
        likely = "too few to say"
    elif estimate.interval is None:
        likely = ""
    else:
        likely = "{} to {}".format(*(percent(end) for end in estimate.interval))
    return value, likely, str(estimate.n_documents)
