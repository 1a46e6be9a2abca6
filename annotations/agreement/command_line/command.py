"""The command line: arguments in, a table or one JSON document out, errors to stderr."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annotations.agreement.command_line.arguments import add_arguments, read_gamma
from annotations.agreement.command_line.models import add_model_arguments, print_models, run_tests
from annotations.agreement.command_line.printing import show_controls
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import AgreementError, InvalidOptionError
from annotations.agreement.evaluation import evaluate
from annotations.agreement.questions.span_errors import OUTCOMES, SpanScores, score_spans
from annotations.agreement.readers.files import read_files
from annotations.agreement.registry import find_metric
from annotations.agreement.report import Estimate, Report
from annotations.formats.places.offsets import COUNTED
from annotations.formats.registry import list_annotation_formats

Against = Mapping[str, Mapping[str, SpanScores]]

HEADINGS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("", "left"),
    ("value", "right"),
    ("interval", "right"),
    ("documents", "right"),
    ("", "left"),
)


def run(arguments: Sequence[str]) -> int:
    """Run the command and give its exit status."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):  # half a surrogate pair in a name can be said, but not encoded
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        data = read_files(
            options.file,
            offsets=options.offsets.replace("-", "_"),
            trim=options.trim,
            models=options.model,
        )
        gamma = read_gamma(vars(options))
        tests = run_tests(data, vars(options), gamma=gamma, distances=options.distances)
        against = {} if options.reference is None else _hold_against(data, options)
        report = evaluate(
            data,
            metrics=options.metric,
            by=options.by,
            confidence=options.confidence,
            samples=options.samples,
            seed=options.seed,
            unit=options.unit,
            gamma=gamma,
            models=options.model,
            include_models=options.include_models,
            distances=options.distances,
        )
    except AgreementError as error:
        print(f"error: {show_controls(str(error))}", file=sys.stderr)  # noqa: T201
        return 1
    if options.json:
        document = report.to_json()
        if options.reference is not None:
            document["against"] = {"reference": options.reference, "annotators": _write_against(against)}
        if tests:
            document["alternative_test"] = {name: test.to_json() for name, test in tests.items()}
        json.dump(document, sys.stdout, allow_nan=False, ensure_ascii=not _writes_unicode(), indent=2)
        sys.stdout.write("\n")
    else:
        print_tables(report)
        for name, senses in against.items():
            print_against(options.reference, name, senses)
        print_models(report, tests)
    return 0


def _hold_against(data: Corpus | Items, options: argparse.Namespace) -> Against:
    """The scores of everybody else's spans against those of the reference."""
    if isinstance(data, Items):
        raise InvalidOptionError("items have no spans that could be held against a reference")
    others = [name for name in data.annotators if name != options.reference]
    return {
        name: score_spans(
            data,
            reference=options.reference,
            candidate=name,
            confidence=options.confidence,
            samples=options.samples,
            seed=options.seed,
        )
        for name in others
    }


def _write_against(against: Against) -> dict[str, Any]:
    return {
        name: {sense: scores.to_json() for sense, scores in senses.items()}
        for name, senses in against.items()
    }


def print_against(reference: str, name: str, senses: Mapping[str, SpanScores]) -> None:
    """A table with a row a sense: the figures, and how many spans had which outcome."""
    console = Console()
    table = Table(title=escape(show_controls(f"{name} against {reference}")))
    table.add_column("")
    for heading in ("precision", "recall", "F1", *OUTCOMES):
        table.add_column(heading, justify="right")
    for sense, scores in senses.items():
        figures = (scores.precision, scores.recall, scores.f1)
        values = ["" if figure.value is None else f"{figure.value:.3f}" for figure in figures]
        table.add_row(sense, *values, *map(str, scores.counts.values()))
    console.print(table)


def _writes_unicode() -> bool:
    """Whether what is printed may hold any sign; what stands in for a sign elsewhere is no JSON."""
    encoding = sys.stdout.encoding
    return encoding is None or encoding.lower().startswith("utf")


class _Parser(argparse.ArgumentParser):
    """Wrong arguments end with status 1, as every other error does."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(1, f"error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m annotations.agreement",
        description=f"Agreement between annotators, in {list_annotation_formats()}.",
    )
    parser.add_argument(
        "file",
        nargs="+",
        metavar="FILE",
        help="A file, a folder or a ZIP. Of several, documents are joined by their texts, and annotators who have a file each are named by it.",
    )
    reading = parser.add_argument_group("reading")
    reading.add_argument("--trim", action="store_true", help="Take white space off the edges of spans.")
    reading.add_argument(
        "--offsets",
        default="code-point",
        choices=[name.replace("_", "-") for name in COUNTED],
        help="What offsets in the file count (default code-point).",
    )
    add_arguments(parser)
    add_model_arguments(parser)
    parser.add_argument(
        "--reference",
        metavar="ANNOTATOR",
        help="Hold everybody's spans against this annotator's: precision, recall, and which are missed or spurious.",
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")
    return parser


def print_tables(report: Report, *, title: str = "Agreement") -> None:
    """Print the report for a reader: one table of metrics, and one a slice."""
    console = Console()
    _fill(
        console,
        Table(title=title),
        {find_metric(name).title: part for name, part in report.metrics.items()},
    )
    for name, metric in report.metrics.items():
        for slice_name, parts in (
            ("label", metric.by_label),
            ("pair", metric.by_pair),
            ("document", metric.by_document),
        ):
            if parts:
                _fill(console, Table(title=f"{find_metric(name).title} by {slice_name}"), parts)
    console.print(
        ", ".join(
            f"{name.removeprefix('n_').replace('_', ' ')} {count}" for name, count in report.data.items()
        )
    )
    for reason, count in report.left_out.items():
        console.print(escape(show_controls(f"left out: {reason}: {count}")))


def _fill(console: Console, table: Table, parts: Mapping[str, Estimate]) -> None:
    for heading, side in HEADINGS:
        table.add_column(heading, justify=side)
    for name, part in parts.items():
        interval = "" if part.interval is None else f"{part.interval[0]:.3f} to {part.interval[1]:.3f}"
        value = "" if part.value is None else f"{part.value:.3f}"
        table.add_row(
            escape(show_controls(name)), value, interval, str(part.n_documents), part.undefined or ""
        )
    console.print(table)
