"""What the figures of a selection would be without each of its annotators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotations.agreement import Estimate, Report, Statistics, evaluate
from annotations.agreement.questions.leaving_out import can_leave_out, leave_out
from annotations.models import Project
from annotations.reliability.counting import Counted, Options, count_selection
from annotations.reliability.matrices import write_id
from annotations.reliability.people import name_people
from annotations.reliability.report_json import read_report, write_figures, write_report
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection

MIN_ANNOTATORS = 3


@dataclass(frozen=True, slots=True)
class FiguresWithout:
    """What the others reach among themselves, by metric."""

    annotator: str
    figures: Mapping[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        return {"annotator": self.annotator, "metrics": write_figures(self.figures)}


def leave_each_out(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options | None = None,
    counted: Counted | None = None,
) -> list[FiguresWithout]:
    """Measure the metrics named without each person who annotated anything in the selection, by name; nothing where fewer than three did.

    Metrics that rest on pairs are not counted again, so they take any number of people; the others are counted for each
    of them. There are no intervals.
    """
    options = replace(options or Options(), samples=0)
    quick = tuple(name for name in metrics if can_leave_out(name))
    slow = tuple(name for name in metrics if name not in quick)
    counted = counted or count_selection(project, selection, options)
    reports = _report_without_each(counted, quick)
    people = name_people(project)
    rows = []
    for person in sorted(reports, key=lambda one: people[one]):
        figures = dict(reports[person].metrics)
        if slow:
            others = replace(selection, annotators=tuple(sorted(reports.keys() - {person})))
            figures |= report_selection(project, others, metrics=slow, options=options).metrics
        rows.append(FiguresWithout(people[person], {name: figures[name] for name in metrics}))
    return rows


def _report_without_each(counted: Counted, metrics: tuple[str, ...]) -> dict[int, Report]:
    key = counted.selection.checksum(
        without_each=metrics, distances=counted.distances, fingerprint=counted.row.fingerprint
    )
    if (kept := counted.recall(key)) is not None:
        return {int(person): read_report(report) for person, report in kept.items()}
    statistics = counted.load(metrics)
    annotators = _list_annotators(statistics)
    reports = {
        int(person): evaluate(leave_out(statistics, person), metrics=metrics, samples=0)
        for person in (annotators if len(annotators) >= MIN_ANNOTATORS else ())
    }
    counted.keep(key, {write_id(person): write_report(report) for person, report in reports.items()})
    return reports


def _list_annotators(statistics: Statistics) -> list[str]:
    """List who completed a document, because an axis may still name people whose annotations are gone."""
    codes = sorted(set(statistics.tables["judgements"].keys["annotator"].tolist()))
    return [statistics.axes["annotator"][code] for code in codes]
