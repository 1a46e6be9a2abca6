"""Models on the command line: their own options, and tables apart from those of the humans."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annotations.agreement.command_line.printing import show_controls
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.questions.advantage import AlternativeTest
from annotations.agreement.questions.alternative import (
    ENOUGH_FOR_T,
    EPSILON,
    FALSE_DISCOVERIES,
    SCORES,
    alternative_annotator_test,
)
from annotations.agreement.registry import find_metric
from annotations.agreement.report import Estimate, Report

Column = tuple[str, Literal["left", "right"]]
WITH_HUMANS: tuple[Column, ...] = (
    ("", "left"),
    ("model", "right"),
    ("interval", "right"),
    ("humans", "right"),
    ("interval", "right"),
    ("documents", "right"),
    ("", "left"),
)
BESIDE_HUMANS: tuple[Column, ...] = (
    ("", "left"),
    ("documents", "right"),
    ("human's score", "right"),
    ("model's score", "right"),
    ("model at least as good", "right"),
    ("p, adjusted", "right"),
    ("", "left"),
)


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which annotators are models and what is asked about them to a command line."""
    group = parser.add_argument_group("models")
    group.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="An annotator that is a model, or the version of a model whose predictions are in the file: it is in no "
        "figure of the others. May be repeated.",
    )
    group.add_argument(
        "--include-models",
        action="store_true",
        help="Give the models' figures apart, beside those of humans.",
    )
    group.add_argument(
        "--alternative-test",
        action="store_true",
        help="Test whether each model could stand in for a human annotator (Calderon, Reichart, Dror 2025).",
    )
    add_test_arguments(parser, scores=SCORES)


def add_test_arguments(parser: argparse.ArgumentParser, *, scores: Sequence[str]) -> None:
    """Add what the alternative annotator test depends on to a command line."""
    group = parser.add_argument_group("the test of models")
    group.add_argument(
        "--score", choices=scores, help="Of the test (default accuracy for items, f1_strict for spans)."
    )
    group.add_argument(
        "--epsilon",
        type=float,
        default=EPSILON,
        help=f"How much less a model may be (default {EPSILON}; .1 for a crowd, .15 for the skilled, .2 for experts).",
    )
    group.add_argument(
        "--false-discoveries",
        type=float,
        default=FALSE_DISCOVERIES,
        help=f"Rate over the tests of all humans (default {FALSE_DISCOVERIES}).",
    )
    group.add_argument(
        "--least-documents",
        type=int,
        default=ENOUGH_FOR_T,
        help=f"Humans with fewer are not tested (default {ENOUGH_FOR_T}).",
    )


def run_tests(data: Corpus | Items, options: Mapping[str, Any], **more: Any) -> dict[str, AlternativeTest]:
    """The tests that the command line asks for, by model.

    Raises
    ------
    AgreementError
        An option has no meaning without a model, or the test refuses it.
    """
    asked = [name for name in ("include_models", "alternative_test") if options[name]]
    if asked and not options["model"]:
        raise InvalidOptionError(f"--{asked[0].replace('_', '-')} needs the name of a model: --model NAME")
    if not options["alternative_test"]:
        return {}
    names = ("score", "epsilon", "false_discoveries", "least_documents", "unit")
    given = {name: options[name] for name in names}
    return dict(alternative_annotator_test(data, models=options["model"], **given, **more))


def print_models(report: Report, tests: Mapping[str, AlternativeTest]) -> None:
    """Print a table for each model, with its figures beside those of the humans, and its tests."""
    console = Console()
    for model in dict.fromkeys(name for metric in report.metrics.values() for name in metric.by_model):
        table = _begin(f"{model} with the humans, and the humans among themselves", WITH_HUMANS)
        for name, metric in report.metrics.items():
            if model in metric.by_model:
                own = metric.by_model[model]
                table.add_row(
                    escape(find_metric(name).title),
                    *_say(own),
                    *_say(own.ceiling),
                    str(own.n_documents),
                    own.undefined or "",
                )
        console.print(table)
        _print_slices(console, report, model)
    for test in tests.values():
        _print_test(console, test)


def _print_slices(console: Console, report: Report, model: str) -> None:
    """A table a metric with each label and each document of a model, where these were asked for."""
    for name, metric in report.metrics.items():
        part = metric.by_model.get(model)
        if part is None or not (part.by_label or part.by_document):
            continue
        table = _begin(f"{find_metric(name).title}: {model} with the humans, by part", WITH_HUMANS)
        for of, own in (*part.by_label.items(), *part.by_document.items()):
            ceiling = part.ceiling_by_label.get(of) if of in part.by_label else None
            humans = ("", "") if ceiling is None else _say(ceiling)
            table.add_row(
                escape(show_controls(of)), *_say(own), *humans, str(own.n_documents), own.undefined or ""
            )
        console.print(table)


def _print_test(console: Console, test: AlternativeTest) -> None:
    table = _begin(f"Could {test.model} stand in for an annotator? ({test.score})", BESIDE_HUMANS)
    for row in test.by_human.values():
        numbers = (row.human_score, row.model_score, row.model_advantage, row.adjusted_p_value)
        said = ["" if number is None else f"{number:.3f}" for number in numbers]
        verdict = row.undefined or ("model wins" if row.wins else "not shown")
        table.add_row(escape(show_controls(row.annotator)), str(row.n_documents), *said, verdict)
    console.print(table)
    if test.winning_rate is None:
        console.print(escape(show_controls(f"{test.model}: undefined: {test.undefined}")))
        return
    verdict = "passes" if test.passes else "does not pass"
    console.print(
        escape(
            show_controls(
                f"{test.model} {verdict}: winning rate {test.winning_rate:.2f} with epsilon {test.epsilon:g}, advantage "
                f"probability {test.advantage_probability:.3f}, score {test.model_score:.3f}, human ceiling "
                f"{test.human_ceiling:.3f}, documents {test.n_documents}, left out {test.n_documents_left_out}"
            )
        )
    )


def _begin(title: str, columns: tuple[Column, ...]) -> Table:
    table = Table(title=escape(show_controls(title)))
    for heading, side in columns:
        table.add_column(heading, justify=side)
    return table


def _say(part: Estimate) -> tuple[str, str]:
    """The value and the interval of a figure, as cells of a table."""
    interval = "" if part.interval is None else f"{part.interval[0]:.3f} to {part.interval[1]:.3f}"
    return "" if part.value is None else f"{part.value:.3f}", interval
