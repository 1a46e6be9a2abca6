"""Agreement over time: the tasks that were completed in the same day, week or month."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from annotations.agreement import Estimate
from annotations.models import Project
from annotations.reliability.counting import Counted, Options, count_selection
from annotations.reliability.matrices import find_annotations
from annotations.reliability.report_json import write_figures
from annotations.reliability.reports import report_selection
from annotations.reliability.selection import Selection

MAX_PERIODS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time by its first day, and the tasks whose last annotation was submitted in it."""

    title: str
    start: date
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """What was reached in a period, by metric."""

    period: Period
    figures: Mapping[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.period.title,
            "start": self.period.start.isoformat(),
            "metrics": write_figures(self.figures),
        }


Unit = tuple[Callable[[date], date], Callable[[date], str]]
UNITS: tuple[Unit, ...] = (
    (lambda day: day, lambda day: f"{day:%-d %b %Y}"),
    (lambda day: day - timedelta(days=day.weekday()), lambda day: f"week of {day:%-d %b %Y}"),
    (lambda day: day.replace(day=1), lambda day: f"{day:%B %Y}"),
    (lambda day: day.replace(month=1, day=1), lambda day: f"{day:%Y}"),
)


def measure_periods(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str],
    options: Options | None = None,
    counted: Counted | None = None,
) -> list[PeriodFigures]:
    """Measure the metrics named in each period of time, oldest first."""
    options = options or Options()
    counted = counted or count_selection(project, selection, options)
    measured = []
    for period in find_periods(project, selection):
        report = report_selection(
            project, selection, metrics=metrics, options=options, tasks=period.tasks, counted=counted
        )
        measured.append(PeriodFigures(period, report.metrics))
    return measured


def find_periods(project: Project, selection: Selection) -> list[Period]:
    """The periods in which tasks of the selection were completed, oldest first."""
    rows = (
        find_annotations(project, selection)
        .order_by()
        .values_list("assignment__task_id")
        .annotate(completed=Max("assignment__submitted_at"))
    )
    return group_by_period({task: timezone.localdate(moment) for task, moment in rows if moment is not None})


def group_by_period(days: Mapping[int, date]) -> list[Period]:
    """Tasks by the day of their completion, in the shortest unit of time that gives a dozen periods at most.

    >>> [period.title for period in group_by_period({1: date(2026, 11, 2), 2: date(2026, 11, 3)})]
    ['2 Nov 2026', '3 Nov 2026']
    >>> [period.tasks for period in group_by_period({n: date(2026, 1, 1) + timedelta(days=n) for n in range(20)})][0]
    (0, 1, 2, 3)
    """
    found: list[Period] = []
    for unit in UNITS:
        found = _group(days, unit)
        if len(found) <= MAX_PERIODS:
            break
    return found[-MAX_PERIODS:]


def _group(days: Mapping[int, date], unit: Unit) -> list[Period]:
    begin, name = unit
    tasks: dict[date, list[int]] = defaultdict(list)
    for task, day in sorted(days.items()):
        tasks[begin(day)].append(task)
    return [Period(name(start), start, tuple(inside)) for start, inside in sorted(tasks.items())]
