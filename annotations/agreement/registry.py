"""Every table that is counted and every metric that is made of the tables, as the families declare them."""

from dataclasses import replace

from annotations.agreement.coding import metrics as coding
from annotations.agreement.errors import UnknownMetricError
from annotations.agreement.gamma import metrics as gamma
from annotations.agreement.links import metrics as links
from annotations.agreement.spans import metrics as spans
from annotations.agreement.sums.metrics import Metric, TableRow
from annotations.agreement.unitizing import metrics as unitizing

FAMILIES = (coding, spans, unitizing, links, gamma)
TABLES: tuple[TableRow, ...] = tuple(row for family in FAMILIES for row in family.TABLES)


def choose_tables(names: set[str]) -> list[TableRow]:
    """The rows that count at least one of these tables, in the order in which they are counted."""
    return [row for row in TABLES if names.intersection(row.names)]


METRICS: tuple[Metric, ...] = tuple(
    replace(metric, rows=tuple(choose_tables({*metric.tables, *metric.tables_of_pairs})))
    for family in FAMILIES
    for metric in family.METRICS
)
NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)


def find_metric(name: str) -> Metric:
    """The metric of this name.

    Raises
    ------
    UnknownMetricError
        There is none; the message lists them.
    """
    for metric in METRICS:
        if metric.name == name:
            return metric
    raise UnknownMetricError(f"there is no metric {name!r}; there are {', '.join(NAMES)}")


def span_metrics(*, has_distances: bool = False) -> tuple[str, ...]:
    """The names of all metrics of spans; those by distances between labels only where there are some."""
    return tuple(
        metric.name
        for metric in METRICS
        if "spans" in metric.kinds and (has_distances or not metric.needs_distances)
    )
