"""A report on agreement as tables that a page shows and charts draw."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotations.agreement import Estimate, Report
from annotations.agreement.registry import Words, find_metric
from annotations.agreement.report import split_pair
from annotations.reliability.fields import FieldReport
from annotations.reliability.interpretation import read_here
from annotations.reliability.page_report import OF_LABELS
from annotations.reliability.planning import GOOD_WIDTH
from annotations.schemes.scheme import Scheme
from annotations.web.agreement.notes import describe_basis


@dataclass(frozen=True, slots=True)
class Figure:
    """A value beside its interval, or why there is none."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    documents: int
    undefined: str
    url: str = ""

    @classmethod
    def of(cls, name: str, estimate: Estimate, *, url: str = "") -> "Figure":
        low, high = estimate.interval or (None, None)
        return cls(name, estimate.value, low, high, estimate.n_documents, estimate.undefined or "", url=url)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """`here` says what the value is in this project, `basis` what it rests on."""

    figure: Figure
    words: Words
    here: list[str]
    basis: list[str]
    documents_needed: int | None


def make_panel(report: Report, metrics: Iterable[str]) -> list[PanelRow]:
    rows = []
    for name in metrics:
        figure = Figure.of(find_metric(name).title, report[name])
        rows.append(
            PanelRow(
                figure,
                find_metric(name).words,
                read_here(name, report),
                describe_basis(name, report),
                count_documents_needed(figure),
            )
        )
    return rows


def count_documents_needed(figure: Figure, width: float = GOOD_WIDTH) -> int | None:
    """How many compared documents would narrow the interval to this width; an interval shrinks with their root."""
    if figure.low is None or figure.high is None or figure.high - figure.low <= width:
        return None
    return math.ceil(figure.documents * ((figure.high - figure.low) / width) ** 2)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What is known of one label; `strict` is the ceiling of a model that is scored on it."""

    name: str
    count: int
    strict: Figure
    loose: Figure
    alpha: Figure


def make_label_rows(
    report: Report, labels: Iterable[str], counts: Mapping[str, int] | None = None
) -> list[LabelRow]:
    """A row a label that somebody used, in the scheme's order."""
    rows = []
    for label in labels:
        if label not in report["f1_strict"].by_label:
            continue
        strict, loose, alpha = (Figure.of(label, report[metric].by_label[label]) for metric in OF_LABELS)
        if strict.value is not None or loose.value is not None:
            rows.append(LabelRow(label, (counts or {}).get(label, 0), strict, loose, alpha))
    return rows


@dataclass(frozen=True, slots=True)
class PairRow:
    first: str
    second: str
    figure: Figure


def make_pair_rows(report: Report, metric: str, people: Mapping[int, str]) -> list[PairRow]:
    """The pairs that have a document in common, those who agree least first."""
    rows = []
    for pair, estimate in report[metric].by_pair.items():
        first, second = sorted(people[int(number)] for number in split_pair(pair))
        rows.append(PairRow(first, second, Figure.of(f"{first} and {second}", estimate)))
    return sorted(rows, key=lambda row: (row.figure.value is None, row.figure.value or 0.0))


@dataclass(frozen=True, slots=True)
class DocumentRow:
    task: int
    title: str
    round: int
    figure: Figure


def make_document_rows(
    ranked: Iterable[tuple[int, Estimate]], tasks: Mapping[int, tuple[str, int]]
) -> list[DocumentRow]:
    return [
        DocumentRow(task, *tasks[task], Figure.of(str(task), estimate))
        for task, estimate in ranked
        if task in tasks
    ]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """A relation type or an attribute, and on how much its figure rests."""

    figure: Figure
    count: int
    placed: float | None


def make_slice_rows(
    report: Report,
    metric: str,
    titles: Mapping[str, str],
    *,
    counts: Mapping[str, int],
    placed: Mapping[str, float] | None = None,
) -> list[SliceRow]:
    """A row a relation type or attribute, in the scheme's order; those that nobody used are left out."""
    if metric not in report.metrics:
        return []
    known = report[metric].by_label
    order = [*(name for name in titles if name in known), *sorted(set(known) - set(titles))]
    return [
        SliceRow(
            Figure.of(titles.get(name, name), known[name]), counts.get(name, 0), (placed or {}).get(name)
        )
        for name in order
        if known[name].value is not None
    ]


def name_relations(schemes: Iterable[Scheme]) -> dict[str, str]:
    return {relation.name: relation.title for scheme in schemes for relation in scheme.relations}


def name_attributes(schemes: Iterable[Scheme]) -> dict[str, str]:
    """Titles of attributes with their labels, because one name under two labels is two questions."""
    return {
        f"{label.name}.{attribute.name}": f"{label.title}: {attribute.title}"
        for scheme in schemes
        for label in scheme.labels
        for attribute in label.attributes
    }


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A question about the document as a whole: `same` is the percentage of equal answers, `beside` another figure of order."""

    figure: Figure
    same: float | None
    level: str
    beside: Figure | None


def make_field_rows(fields: Iterable[FieldReport]) -> list[FieldRow]:
    return [
        FieldRow(
            Figure.of(one.field.title, one.alpha),
            None if one.percent.value is None else 100 * one.percent.value,
            str(one.field.kind.level),
            None if one.beside is None else Figure.of(find_metric(one.beside.name).title, one.beside),
        )
        for one in fields
    ]
