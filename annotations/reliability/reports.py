"""Reports on a selection of a project, computed once from the counts that are kept."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from annotations.agreement import Report
from annotations.agreement.registry import span_metrics
from annotations.models import Project, User
from annotations.reliability.counting import (
    Counted,
    Options,
    choose_counting,
    complete_options,
    count,
    needs_gamma,
)
from annotations.reliability.people import name_people
from annotations.reliability.report_json import present, read_report, write_report
from annotations.reliability.selection import Selection, choose_selection


def report(
    project: Project,
    *,
    rounds: Iterable[int] | None = None,
    annotators: Iterable[User | int] | None = None,
    labels: Iterable[str] | None = None,
    uncounted: Iterable[str] | None = None,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
    reader: User | None = None,
) -> Report:
    """Agreement over all of a project, or over some of its rounds (by number), annotators and labels.

    `uncounted` overrides the project's own choice of blocks that do not count. Documents go by the numbers of
    their tasks, annotators by their names.
    """
    selection = choose_selection(
        project, rounds=rounds, annotators=annotators, labels=labels, uncounted=uncounted, reader=reader
    )
    found = report_selection(project, selection, metrics=metrics, by=by, options=options)
    return present(found, name_people(project))


def report_selection(
    project: Project,
    selection: Selection,
    *,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
    tasks: Collection[int] | None = None,
    counted: Counted | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Report:
    """The report with annotators and tasks by the names that they have in the library; sliced as in `evaluate`.

    `tasks` narrows it to some documents without counting them again. Gamma is counted and kept apart, because it
    costs so much more than the rest. Who asks for several reports may count the rest once, with `count_selection`.
    `progress` is called after each block of tasks that is counted.
    """
    options = (
        complete_options(project, selection, options)
        if counted is None
        else replace(options or Options(), distances=counted.distances)
    )
    chosen = (
        tuple(metrics) if metrics is not None else span_metrics(has_distances=options.distances is not None)
    )
    families = [
        family
        for family in (
            tuple(name for name in chosen if not needs_gamma(name)),
            tuple(name for name in chosen if needs_gamma(name)),
        )
        if family
    ]
    reports = [
        _report_family(
            project,
            selection,
            family,
            by=by,
            options=options,
            tasks=tasks,
            counted=None if needs_gamma(family[0]) else counted,
            progress=progress,
        )
        for family in families
    ]
    found = {name: metric for one in reports for name, metric in one.metrics.items()}
    left_out = {reason: number for one in reversed(reports) for reason, number in one.left_out.items()}
    return replace(reports[0], metrics={name: found[name] for name in chosen}, left_out=left_out)


def _report_family(
    project: Project,
    selection: Selection,
    metrics: tuple[str, ...],
    *,
    by: Collection[str],
    options: Options,
    tasks: Collection[int] | None,
    counted: Counted | None,
    progress: Callable[[], None],
) -> Report:
    counting = choose_counting(metrics, by=by, options=options)
    counted = counted or count(project, selection, counting, progress=progress)
    key = selection.checksum(
        metrics=metrics,
        by={name: sorted(wanted) for name, wanted in by.items()} if isinstance(by, Mapping) else sorted(by),
        options=asdict(options),
        tasks=None if tasks is None else sorted(tasks),
        fingerprint=counted.row.fingerprint,
    )
    if (kept := counted.recall(key)) is not None:
        return read_report(kept)
    found = counted.evaluate(metrics, by=by, options=options, tasks=tasks)
    counted.keep(key, write_report(found))
    return found
