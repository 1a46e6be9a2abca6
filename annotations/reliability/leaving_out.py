"""What the figures of a scope would be without each of its annotators."""

from annotations.agreement import Report, Statistics, evaluate
from annotations.agreement.leaving_out import leave_out
from annotations.models import Project
from annotations.reliability.matrices import Scope, write_id
from annotations.reliability.naming import read_report, write_report
from annotations.reliability.services import Options, count_scope

FEWEST = 3


def report_without_each(
    project: Project, scope: Scope, *, metrics: tuple[str, ...], options: Options | None = None
) -> dict[int, Report]:
    """A report a person who annotated anything in the scope; none where fewer than three did.

    Nothing is counted again, so it takes any number of people; there are no intervals.
    """
    options = options or Options()
    counted = count_scope(project, scope, options)
    key = scope.checksum(without_each=metrics, fingerprint=counted.row.fingerprint)
    if (kept := counted.recall(key)) is not None:
        return {int(person): read_report(report) for person, report in kept.items()}
    statistics = counted.load()
    annotators = _list_annotators(statistics)
    reports = {
        int(person): evaluate(leave_out(statistics, person), metrics=metrics, samples=0, seed=options.seed)
        for person in (annotators if len(annotators) >= FEWEST else ())
    }
    counted.keep(key, {write_id(person): write_report(report) for person, report in reports.items()})
    return reports


def _list_annotators(statistics: Statistics) -> list[str]:
    """Those who completed a document: an axis may still name people whose annotations are gone."""
    codes = sorted(set(statistics.tables["judgements"].keys["annotator"].tolist()))
    return [statistics.axes["annotator"][code] for code in codes]
