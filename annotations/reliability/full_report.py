"""All that is known of a project's agreement, on spans and on documents as a whole, to be handed out as a file."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotations.agreement import AlternativeTest, DocumentCurve, Report
from annotations.agreement.data.stretches import NOTHING
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.registry import find_metric
from annotations.models import Project
from annotations.reliability.anchoring import measure_anchoring
from annotations.reliability.confusion import Confusion, recall_confusions
from annotations.reliability.counting import Counted, Options, count_selection
from annotations.reliability.fields import FieldReport, report_fields
from annotations.reliability.interpretation import read_here
from annotations.reliability.models_apart import TestOptions, add_models, run_alternative_tests
from annotations.reliability.models_in_words import present_test, write_test_in_words
from annotations.reliability.people import name_people
from annotations.reliability.periods import PeriodFigures, measure_periods
from annotations.reliability.planning import estimate_articles_needed
from annotations.reliability.reference import AgainstReference
from annotations.reliability.report_json import present
from annotations.reliability.reports import report_selection
from annotations.reliability.rounds import RoundFigures, compare_rounds
from annotations.reliability.schemes import find_schemes, list_labels
from annotations.reliability.selection import Selection
from annotations.reliability.without_each import FiguresWithout, leave_each_out

MAIN_METRIC = "f1_strict"


@dataclass(frozen=True, slots=True)
class WholeReport:
    """All that was asked of a project's agreement. People go by their names, documents by the numbers of their tasks, schemes by their identifiers, the latest first.

    The parts, from `rounds` on, are None where they were not asked for.
    """

    schemes: tuple[str, ...]
    spans: Report
    fields: tuple[FieldReport, ...] = ()
    rounds: Sequence[RoundFigures] | None = None
    suggestions: Mapping[str, Any] | None = None
    periods: Sequence[PeriodFigures] | None = None
    without: Sequence[FiguresWithout] | None = None
    documents_needed: Mapping[str, DocumentCurve] | None = None
    confusion: Sequence[Confusion] | None = None
    alternative_test: Mapping[str, AlternativeTest] | None = None
    against: AgainstReference | None = None

    def to_json(self) -> dict[str, Any]:
        """Each metric with what it says in words; parts that were not asked for are not in it."""
        content = self.describe()
        return content | {"metrics": {name: metric.to_json() for name, metric in content["metrics"].items()}}

    def describe(self) -> dict[str, Any]:
        """What `to_json` gives, but each metric of spans still to be turned into JSON: of many articles, one takes memory enough."""
        return {
            "schemes": list(self.schemes),
            "metrics": {name: _MetricInWords(name, self.spans) for name in self.spans.metrics},
            "data": dict(self.spans.data),
            "left_out": dict(self.spans.left_out),
            "fields": {one.field.name: one.to_json() for one in self.fields},
            **dict(self._write_parts()),
        }

    def _write_parts(self) -> Iterator[tuple[str, Any]]:
        if self.rounds is not None:
            yield "rounds", [one.to_json() for one in self.rounds]
        if self.suggestions is not None:
            yield "suggestions", dict(self.suggestions)
        if self.periods is not None:
            yield "periods", [one.to_json() for one in self.periods]
        if self.without is not None:
            yield "without", [one.to_json() for one in self.without]
        if self.documents_needed is not None:
            yield "documents_needed", {name: asdict(curve) for name, curve in self.documents_needed.items()}
        if self.confusion is not None:
            yield "confusion", [_write_confusion(row) for row in self.confusion]
        if self.against is not None:
            yield "against", self.against.to_json()
        if self.alternative_test is not None:
            yield (
                "alternative_test",
                {name: write_test_in_words(test) for name, test in self.alternative_test.items()},
            )


@dataclass(frozen=True, slots=True)
class _MetricInWords:
    """A metric of a report on spans with what it says in words."""

    name: str
    report: Report

    def to_json(self) -> dict[str, Any]:
        return {**self.report[self.name].to_json(), "words": _write_words(self.name, self.report)}


def report_whole(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
    with_fields: bool = True,
    parts: Collection[str] = (),
    of: Sequence[str] | None = None,
    test: TestOptions | None = None,
) -> WholeReport:
    """Agreement over a selection: these metrics on spans (all if None), and every field of the document.

    Models stand apart in each metric (`by_model`). `parts` names what else is wanted, `of` the metrics that it is wanted of:
    those named, or the strict F1 where none is. `test` says how models are tested, where that part is wanted.

    Raises
    ------
    InvalidOptionError
        There is no such part.
    """
    if unknown := [name for name in parts if name not in PARTS]:
        raise InvalidOptionError(f"a report has no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    options = options or Options()
    wanted = tuple(of or metrics or (MAIN_METRIC,))
    counted = count_selection(project, selection, options) if parts else None
    found = report_selection(project, selection, metrics=metrics, by=by, options=options, counted=counted)
    found = add_models(found, project, selection, by=by, options=options)
    people = name_people(project)
    sliced = [name for name in by if name != "document"]  # a field has one answer a document
    fields = report_fields(project, selection, by=sliced, options=options) if with_fields else []
    return WholeReport(
        schemes=tuple(scheme.identifier for scheme in find_schemes(project, selection.rounds)),
        spans=present(found, people),
        fields=tuple(fields),
        **{
            part: measure(project, selection, metrics=wanted, options=options, counted=counted, test=test)
            for part, measure in PARTS.items()
            if part in parts
        },
    )


def _estimate_needed(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options,
    counted: Counted,
    **_: Any,
) -> dict[str, DocumentCurve]:
    return {
        metric: estimate_articles_needed(project, selection, metric=metric, options=options, counted=counted)
        for metric in metrics
    }


def _describe_suggestions(project: Project, selection: Selection, **asked: Any) -> dict[str, Any]:
    """What suggestions did; empty where nobody saw any."""
    found = measure_anchoring(project, selection, **asked)
    return {} if found is None else found.to_json()


def _list_confusions(
    project: Project, selection: Selection, *, counted: Counted, **_: Any
) -> list[Confusion]:
    """The confusions of every label, for which it does not matter what metrics a report has."""
    return recall_confusions(counted, list_labels(find_schemes(project, selection.rounds)))


def _test_models(
    project: Project, selection: Selection, *, options: Options, test: TestOptions | None, **_: Any
) -> dict[str, AlternativeTest]:
    """The test of each model, by the people's names."""
    people = name_people(project)
    return {
        people[model]: present_test(found, people)
        for model, found in run_alternative_tests(project, selection, test=test, options=options).items()
    }


def _ignore_test(measure: Callable[..., Any]) -> Callable[..., Any]:
    """The part without the options of the test of models."""

    def measure_without(*arguments: Any, test: TestOptions | None, **options: Any) -> Any:  # noqa: ARG001
        return measure(*arguments, **options)

    return measure_without


PARTS: Mapping[str, Callable[..., Any]] = {
    "rounds": _ignore_test(compare_rounds),
    "suggestions": _ignore_test(_describe_suggestions),
    "periods": _ignore_test(measure_periods),
    "without": _ignore_test(leave_each_out),
    "documents_needed": _estimate_needed,
    "confusion": _list_confusions,
    "alternative_test": _test_models,
}


def _write_words(metric: str, report: Report) -> dict[str, str]:
    """What the metric asks, what a value says, what this one says here, and what is usual."""
    words = find_metric(metric).words
    return {
        "question": words.question,
        "reading": words.reading,
        "here": " ".join(read_here(metric, report)),
        "usual": words.usual,
    }


def _write_confusion(row: Confusion) -> dict[str, Any]:
    others = {label: number for label, number in row.others.items() if label != NOTHING}
    return {
        "label": row.label,
        "positions": row.positions,
        "others": others,
        "nothing": row.others[NOTHING],
    }
