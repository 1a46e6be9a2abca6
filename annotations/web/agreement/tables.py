"""A report on agreement as tables that a page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotations.agreement import Estimate, Report
from annotations.agreement.registry import find_metric
from annotations.agreement.report import split_pair
from annotations.agreement.sums.metrics import Words
from annotations.reliability.fields import FieldReport
from annotations.reliability.headline import is_unsure
from annotations.reliability.interpretation import read_here
from annotations.reliability.page_report import OF_LABELS
from annotations.schemes.scheme import Scheme
from annotations.web.agreement.notes import describe_basis

LINE_START, LINE_LENGTH = 8, 144
ABOUT_ANNOTATORS = frozenset({"confidence"})
"""Questions by these names ask how an annotator felt, on which nobody has to agree."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value beside its interval, or why there is none; one that rests on too few documents has no interval and `is_unsure`."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    documents: int
    undefined: str
    url: str = ""
    is_unsure: bool = False

    @property
    def places(self) -> dict[str, float]:
        """Where the value and its interval are drawn on a line from 0 to 1; below 0 they stand at its beginning."""
        drawn = {"value": self.value, "low": self.low, "high": self.high}
        return {name: _place(value) for name, value in drawn.items() if value is not None}

    @classmethod
    def of(cls, name: str, estimate: Estimate, *, url: str = "") -> "Figure":
        unsure = is_unsure(estimate)
        low, high = (None, None) if unsure or estimate.interval is None else estimate.interval
        undefined = estimate.undefined or ""
        return cls(
            name, estimate.value, low, high, estimate.n_documents, undefined, url=url, is_unsure=unsure
        )


def _place(value: float) -> float:
    return round(LINE_START + LINE_LENGTH * min(max(value, 0.0), 1.0), 1)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A row of the page's table: the name of a metric, its figure and words, what the value is in this project, and what it rests on."""

    metric: str
    figure: Figure
    words: Words
    here: list[str]
    basis: list[str]


def make_rows(report: Report, metrics: Iterable[str]) -> list[MetricRow]:
    """The rows of the page's table of a report, a metric each with its words."""
    rows = []
    for name in metrics:
        figure = Figure.of(find_metric(name).title, report[name])
        rows.append(
            MetricRow(
                name,
                figure,
                find_metric(name).words,
                read_here(name, report),
                describe_basis(name, report),
            )
        )
    return rows


def list_usual(metrics: Iterable[str]) -> list[tuple[str, list[str]]]:
    """What other projects reached, each sentence once with the titles of the metrics that it is about."""
    said: dict[str, list[str]] = {}
    for name in metrics:
        metric = find_metric(name)
        if metric.words.usual:
            said.setdefault(metric.words.usual, []).append(metric.title)
    return list(said.items())


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What is known of one label; `strict` is the strict F1 of people among themselves, above which no model can be expected to score."""

    name: str
    count: int
    strict: Figure
    loose: Figure
    alpha: Figure


def make_label_rows(
    report: Report, labels: Iterable[str], counts: Mapping[str, int] | None = None
) -> list[LabelRow]:
    """A row a label that somebody used, the lowest first."""
    rows = []
    for label in labels:
        if label not in report["f1_strict"].by_label:
            continue
        strict, loose, alpha = (Figure.of(label, report[metric].by_label[label]) for metric in OF_LABELS)
        if strict.value is not None or loose.value is not None:
            rows.append(LabelRow(label, (counts or {}).get(label, 0), strict, loose, alpha))
    return sorted(rows, key=lambda row: _rank(row.strict))


@dataclass(frozen=True, slots=True)
class PairRow:
    """The agreement of two annotators, by their names."""

    first: str
    second: str
    figure: Figure


def make_pair_rows(report: Report, metric: str, people: Mapping[int, str]) -> list[PairRow]:
    """The pairs that have a document in common, those who agree least first."""
    rows = []
    for pair, estimate in report[metric].by_pair.items():
        first, second = sorted(people[int(number)] for number in split_pair(pair))
        rows.append(PairRow(first, second, Figure.of(f"{first} and {second}", estimate)))
    return sorted(rows, key=lambda row: _rank(row.figure))


def _rank(figure: Figure) -> tuple[bool, float, str]:
    """The lowest first and equal ones by their names, those without a value last."""
    return figure.value is None, figure.value or 0.0, figure.name


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """The agreement on one article, with its task and round."""

    task: int
    title: str
    round: int
    figure: Figure


def make_document_rows(
    ranked: Iterable[tuple[int, Estimate]], tasks: Mapping[int, tuple[str, int]]
) -> list[DocumentRow]:
    """A row for each article of a ranking whose task is known."""
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
    """One row for each relation type or attribute, the lowest figure first; those that nobody used are left out."""
    if metric not in report.metrics:
        return []
    known = report[metric].by_label
    order = [*(name for name in titles if name in known), *sorted(set(known) - set(titles))]
    rows = [
        SliceRow(
            Figure.of(titles.get(name, name), known[name]), counts.get(name, 0), (placed or {}).get(name)
        )
        for name in order
        if known[name].value is not None
    ]
    return sorted(rows, key=lambda row: _rank(row.figure))


def name_relations(schemes: Iterable[Scheme]) -> dict[str, str]:
    """The titles of the relations of several schemes, by their names."""
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
    """A question about the article as a whole, as a row of its table.

    `same` is the percentage of equal answers; `beside` is weighted kappa or alpha where the answers have an order or a
    distance, else None; `is_about_annotators` says that the question asks about the annotator, as how sure they were.
    """

    figure: Figure
    same: float | None
    level: str
    beside: Figure | None
    is_about_annotators: bool


def make_field_rows(fields: Iterable[FieldReport]) -> list[FieldRow]:
    """A row for each question about the article as a whole."""
    return [
        FieldRow(
            Figure.of(one.field.title, one.alpha),
            None if one.percent.value is None else 100 * one.percent.value,
            str(one.field.kind.level),
            None if one.beside is None else Figure.of(find_metric(one.beside.name).title, one.beside),
            one.field.name in ABOUT_ANNOTATORS,
        )
        for one in fields
    ]
