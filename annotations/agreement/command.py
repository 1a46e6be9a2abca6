"""The command line: arguments in, a table or one JSON document out, errors to stderr."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence

from annotations.agreement.errors import AgreementError
from annotations.agreement.evaluation import SLICES, evaluate
from annotations.agreement.files import read_file
from annotations.agreement.registry import find_metric
from annotations.agreement.report import Estimate, Report


def run(arguments: Sequence[str]) -> int:
    """Run the command and give its exit status."""
    options = _parser().parse_args(arguments)
    try:
        report = evaluate(
            read_file(options.file),
            metrics=options.metric,
            by=[name.strip() for name in options.by.split(",") if name.strip()],
            confidence=options.confidence,
            samples=options.samples,
            seed=options.seed,
            unit=options.unit,
        )
    except AgreementError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if options.json:
        json.dump(report.to_json(), sys.stdout, allow_nan=False, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        print_tables(report)
    return 0


class _Parser(argparse.ArgumentParser):
    """Wrong arguments end with status 1, as every other error does."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(1, f"error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m annotations.agreement",
        description="Agreement between annotators: plain JSON, a Label Studio JSON export, or JSONL.",
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--metric", action="append", metavar="NAME", help="may be repeated; all metrics if left out"
    )
    parser.add_argument("--by", default="", metavar="SLICES", help=f"of {','.join(SLICES)}, with commas")
    parser.add_argument("--confidence", type=float, default=0.95, help="of the intervals (default 0.95)")
    parser.add_argument("--samples", type=int, default=1000, help="bootstrap resamples; 0 for no intervals")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unit", default="character", choices=("character", "token", "word"))
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def print_tables(report: Report) -> None:
    """Print the report for a reader: one table of metrics, and one a slice."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    _fill(
        console,
        Table(title="Agreement"),
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
    counts = {**report.data, **{f"left out: {reason}": count for reason, count in report.left_out.items()}}
    console.print(
        ", ".join(f"{name.removeprefix('n_').replace('_', ' ')} {count}" for name, count in counts.items())
    )


def _fill(console: "object", table: "object", parts: Mapping[str, Estimate]) -> None:
    for heading, side in (
        ("", "left"),
        ("value", "right"),
        ("interval", "right"),
        ("documents", "right"),
        ("", "left"),
    ):
        table.add_column(heading, justify=side)  # type: ignore[attr-defined]
    for name, part in parts.items():
        interval = "" if part.interval is None else f"{part.interval[0]:.3f} to {part.interval[1]:.3f}"
        value = "" if part.value is None else f"{part.value:.3f}"
        table.add_row(name, value, interval, str(part.n_documents), part.undefined or "")  # type: ignore[attr-defined]
    console.print(table)  # type: ignore[attr-defined]
