"""A whole report as tidy lines, one a figure, for spreadsheets and statistics programs."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from io import StringIO
from itertools import chain

from annotations.agreement import AlternativeTest, DocumentCurve, Estimate, MetricReport, ModelReport, Report
from annotations.agreement.data.stretches import NOTHING
from annotations.agreement.report import PAIR_SEPARATOR, name_pair
from annotations.formats.tabular.cells import escape_cell
from annotations.reliability.confusion import Confusion
from annotations.reliability.full_report import WholeReport
from annotations.reliability.reference import AgainstReference
from annotations.reliability.rounds import RoundFigures

NOTHING_MARKED = "(nothing)"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: `slice` says what kind of part it is about, `of` which of these. Counts have no metric."""

    metric: str
    slice: str
    of: str
    value: float | None
    low: float | None = None
    high: float | None = None
    documents: int | None = None
    undefined: str | None = None


def write_csv(report: WholeReport) -> str:
    """A whole report as CSV, safe to open in a spreadsheet."""
    return "".join(list_csv_rows(report))


def list_csv_rows(report: WholeReport) -> Iterator[str]:
    """The lines of a report as rows of CSV, safe to open in a spreadsheet, one after the other so that memory holds one."""
    row = StringIO()
    writer = csv.writer(row)
    columns = [column.name for column in fields(Line)]
    lines = (astuple(replace(line, of=escape_cell(line.of))) for line in list_lines(report))
    for values in chain([columns], lines):
        writer.writerow(values)
        yield row.getvalue()
        row.seek(0)
        row.truncate()


def list_lines(report: WholeReport) -> Iterator[Line]:
    """The figures with their slices, what they were computed from and what was left out, and then the parts."""
    yield from _list_metrics(report.spans)
    yield from _list_counts(report.spans)
    for one in report.fields:
        yield from _list_metrics(one.report, field=one.field.name)
        yield from _list_counts(one.report, field=one.field.name)
    yield from list_part_lines(report)


def list_part_lines(report: WholeReport) -> Iterator[Line]:
    """The lines of those parts of a whole report that were asked for."""
    for round_ in report.rounds or ():
        yield from _list_round(round_)
    for period in report.periods or ():
        yield from _list_figures("period", period.period.title, period.figures)
    for person in report.without or ():
        yield from _list_figures("without", person.annotator, person.figures)
    for name, curve in (report.documents_needed or {}).items():
        yield from _list_curve(name, curve)
    for row in report.confusion or ():
        yield from _list_confusion(row)
    if report.against is not None:
        yield from _list_against(report.against)
    for model, test in (report.alternative_test or {}).items():
        yield from _list_test(model, test)


def _list_metrics(report: Report, *, field: str = "") -> Iterator[Line]:
    """Each metric, and then its slices; those of a field say which field they are of."""
    for name, metric in report.metrics.items():
        yield _write(name, "field" if field else "all", field, metric)
        yield from _list_slices(name, metric, field=field)


def _list_slices(name: str, metric: MetricReport, *, field: str) -> Iterator[Line]:
    slices: tuple[tuple[str, Mapping[str, Estimate]], ...] = (
        ("value" if field else "label", metric.by_label),
        ("pair", metric.by_pair),
        ("document", metric.by_document),
    )
    for slice_, estimates in slices:
        for one, estimate in estimates.items():
            yield _write(name, slice_, _place(one, field), estimate)
    for model, part in metric.by_model.items():
        yield from _list_model(name, model, part, field=field)


def _list_model(name: str, model: str, part: ModelReport, *, field: str) -> Iterator[Line]:
    """A model with the people, the people on the articles that it completed, and both by what they are sliced by."""
    yield _write(name, "model", _place(model, field), part)
    yield _write(name, "people beside model", _place(model, field), part.ceiling)
    label = "value" if field else "label"
    for slice_, estimates in (
        ("model, by pair", part.by_pair),
        (f"model, by {label}", part.by_label),
        (f"people beside model, by {label}", part.ceiling_by_label),
        ("model, by document", part.by_document),
    ):
        for one, estimate in estimates.items():
            of = one if slice_ == "model, by pair" else name_pair((model, one))
            yield _write(name, slice_, _place(of, field), estimate)


def _list_against(against: AgainstReference) -> Iterator[Line]:
    """Each candidate's figures and counts, by the F1 whose sense they are of."""
    for candidate, senses in against.by_name().items():
        for sense, scores in senses.items():
            pair = name_pair((candidate, against.reference))
            for name in ("precision", "recall", "f1"):
                yield _write(f"f1_{sense}", f"{name} against reference", pair, getattr(scores, name))
            for outcome, number in scores.counts.items():
                yield Line(f"f1_{sense}", f"{outcome} against reference", pair, number)


def _list_test(model: str, test: AlternativeTest) -> Iterator[Line]:
    for slice_ in ("winning_rate", "advantage_probability", "model_score", "human_ceiling"):
        yield Line(
            test.score,
            slice_,
            model,
            getattr(test, slice_),
            documents=test.n_documents,
            undefined=test.undefined,
        )
    for person, row in test.by_human.items():
        yield Line(
            test.score,
            "model_advantage",
            name_pair((model, person)),
            row.model_advantage,
            documents=row.n_documents,
            undefined=row.undefined,
        )


def _list_counts(report: Report, *, field: str = "") -> Iterator[Line]:
    for name, number in report.data.items():
        yield Line("", "data", _place(name, field), number)
    for reason, number in report.left_out.items():
        yield Line("", "left_out", _place(reason, field), number)


def _list_round(one: RoundFigures) -> Iterator[Line]:
    yield from _list_figures("round", str(one.round.number), one.figures)
    for name, comparison in one.against.items():
        rounds = "" if one.before is None else f"{one.before.number}{PAIR_SEPARATOR}{one.round.number}"
        yield Line(name, "difference", rounds, comparison.difference, undefined=comparison.undefined)
        yield Line(name, "p_value", rounds, comparison.p_value, undefined=comparison.undefined)


def _list_figures(slice_: str, of: str, figures: Mapping[str, Estimate]) -> Iterator[Line]:
    for name, figure in figures.items():
        yield _write(name, slice_, of, figure)


def _list_curve(name: str, curve: DocumentCurve) -> Iterator[Line]:
    """How many documents the wanted width takes, and the width that so many documents give."""
    yield Line(name, "documents_needed", f"width {curve.wanted:g}", curve.needed, undefined=curve.undefined)
    for documents, width in zip(curve.documents, curve.widths, strict=True):
        yield Line(name, "interval_width", "", width, documents=documents)


def _list_confusion(row: Confusion) -> Iterator[Line]:
    """How much one of two annotators gave a label, and what share of it the other gave each label."""
    yield Line("confusion", "positions", row.label, row.positions)
    for other in row.others:
        pair = f"{row.label}{PAIR_SEPARATOR}{NOTHING_MARKED if other == NOTHING else other}"
        yield Line("confusion", "share", pair, row.share(other))


def _place(part: str, field: str) -> str:
    return f"{field}: {part}" if field else part


def _write(name: str, slice_: str, of: str, estimate: Estimate) -> Line:
    low, high = estimate.interval or (None, None)
    return Line(name, slice_, of, estimate.value, low, high, estimate.n_documents, estimate.undefined)
