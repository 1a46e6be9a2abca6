"""All that is known of a project's agreement, on spans and on documents as a whole, to be handed out as a file."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from annotations.agreement import Estimate, MetricReport, Report
from annotations.models import Project
from annotations.reliability.fields import FieldReport, report_fields
from annotations.reliability.matrices import Scope
from annotations.reliability.naming import present
from annotations.reliability.schemes import find_schemes
from annotations.reliability.services import Options, name_people, report_scope

COLUMNS = ("metric", "slice", "of", "value", "low", "high", "documents", "undefined")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Row = tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True)
class WholeReport:
    """People go by their names, documents by the numbers of their tasks, schemes by their identifiers, the latest first."""

    schemes: tuple[str, ...]
    spans: Report
    fields: tuple[FieldReport, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schemes": list(self.schemes),
            **self.spans.to_json(),
            "fields": {one.field.name: one.to_json() for one in self.fields},
        }

    def to_csv(self) -> str:
        """A line a figure, fit for a spreadsheet."""
        lines = StringIO()
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        writer.writerows(self._list_rows())
        return lines.getvalue()

    def _list_rows(self) -> Iterator[Row]:
        for name, metric in self.spans.metrics.items():
            yield from _list_slices(name, metric, kind="all", part="")
        for one in self.fields:
            for name, metric in one.report.metrics.items():
                yield from _list_slices(name, metric, kind="field", part=one.field.name)


def report_whole(
    project: Project,
    scope: Scope,
    *,
    metrics: Sequence[str] | None = None,
    by: Collection[str] = (),
    options: Options | None = None,
    with_fields: bool = True,
) -> WholeReport:
    """Agreement over a scope: these metrics on spans (all if None), and every field of the document."""
    found = report_scope(project, scope, metrics=metrics, by=by, options=options)
    sliced = [name for name in by if name != "document"]  # a field has one answer a document
    fields = report_fields(project, scope, by=sliced, options=options) if with_fields else []
    schemes = tuple(scheme.identifier for scheme in find_schemes(project, scope.rounds))
    return WholeReport(schemes, present(found, name_people(project)), tuple(fields))


def _list_slices(name: str, metric: MetricReport, *, kind: str, part: str) -> Iterator[Row]:
    """A metric, and then its slices; those of a field say which field they are of."""
    yield _write_row(name, kind, part, metric)
    within = f"{part}: " if part else ""
    slices: tuple[tuple[str, Mapping[str, Estimate]], ...] = (
        ("label" if kind == "all" else "value", metric.by_label),
        ("pair", metric.by_pair),
        ("document", metric.by_document),
    )
    for slice_, estimates in slices:
        for one, estimate in estimates.items():
            yield _write_row(name, slice_, within + one, estimate)


def _write_row(name: str, kind: str, part: str, estimate: Estimate) -> Row:
    low, high = estimate.interval or (None, None)
    return (
        name,
        kind,
        _defuse(part),
        estimate.value,
        low,
        high,
        estimate.n_documents,
        estimate.undefined,
    )


def _defuse(cell: str) -> str:
    """A spreadsheet takes a cell that starts so for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
