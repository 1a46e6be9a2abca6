"""From annotations to statistics: all that the metrics need, counted once a document."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray, keep_memory
from annotations.agreement.data.distances import DISTANCES, LabelDistances
from annotations.agreement.data.items import Items
from annotations.agreement.data.panels import Panel, split_panels
from annotations.agreement.data.positions import count_in
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.packing.sets import cut_runs
from annotations.agreement.readers.notebook import read_data
from annotations.agreement.registry import NAMES, choose_tables, find_metric
from annotations.agreement.spans.f1 import ALL_LABELS
from annotations.agreement.spans.matching import MAX_OVERLAPS, count_overlaps
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.metrics import Metric, TableRow
from annotations.agreement.sums.statistics import Statistics, unite
from annotations.agreement.sums.tables import Table

SLICES = ("label", "pair", "document")
SPANS_AT_ONCE = 150_000


def summarize(
    data: Any,
    *,
    metrics: str | Sequence[str] | None = None,
    by: str | Collection[str] = (),
    unit: str = "character",
    gamma: GammaOptions | None = None,
    distances: LabelDistances | Mapping[str, Any] | None = None,
) -> Statistics:
    """Count, once a document, all that the metrics need; the result can be cached, merged and evaluated.

    Parameters
    ----------
    data : Corpus, Items, or whatever `read_data` reads
    metrics : str or sequence of str, optional
        Names from the registry; those that apply to the data if not given.
    by : of 'label', 'pair', 'document'
    unit : 'character', 'token' or 'word'
    gamma : GammaOptions, optional
    distances : LabelDistances or mapping of label to mapping of label to a distance from 0 to 1, optional
        How far apart labels are to gamma, gamma_cat and gamma_k; what the other metrics need does not depend on it.

    Returns
    -------
    Statistics
    """
    by = check_slices(by)
    data = read_data(data)
    kind = "items" if isinstance(data, Items) else "spans"
    chosen = choose_metrics(metrics, kind=kind, has_distances=True)  # they count nothing of their own
    table = None if distances is None else LabelDistances.of(distances)
    known = {} if table is None else {DISTANCES: table.to_json()}
    keep_memory()
    needed = {name for metric in chosen for name in metric.tables}
    if "pair" in by:
        needed |= {name for metric in chosen for name in metric.tables_of_pairs}
    rows = choose_tables(needed)
    if isinstance(data, Items):
        return _summarize_items(data, rows, known)
    gamma = gamma or GammaOptions()
    quick = [row for row in rows if not row.is_slow]
    statistics = unite(
        [
            _summarize_spans(part, quick, frozenset(needed), unit=unit, by=by, options=known)
            for panel in split_panels(data)
            for part in _cut_panel(panel, quick)
        ]
    )
    if len(quick) == len(rows):
        return statistics
    gamma.check()
    gamma = gamma.with_pool(data)
    whole = Batch(data, data, frozenset(needed), by, {"gamma": gamma, DISTANCES: table})
    tables = {name: one for row in rows if row.is_slow for name, one in row.of_spans(whole).tables.items()}
    return replace(
        statistics,
        tables={**statistics.tables, **tables},
        options={**statistics.options, **gamma.to_json()},
    )


def choose_metrics(
    names: str | Sequence[str] | None, *, kind: str, has_distances: bool = False
) -> list[Metric]:
    """The metrics of these names, or all that apply to spans or to items; those by a table only where there is one."""
    if names is None:
        apply = [metric for metric in map(find_metric, NAMES) if kind in metric.kinds]
        return [metric for metric in apply if has_distances or not metric.needs_distances]
    if isinstance(names, str):
        names = [names]
    return [find_metric(name) for name in dict.fromkeys(names)]


def check_slices(by: str | Collection[str]) -> Collection[str]:
    """The slices that are wanted, of which one may be given by its name alone; refuse slices that nobody knows."""
    wanted = [by] if isinstance(by, str) else by
    for name in wanted:
        if name not in SLICES:
            raise InvalidOptionError(f"cannot slice by {name!r}; choose from {', '.join(SLICES)}")
    return wanted


def _cut_panel(panel: Panel, rows: Sequence[TableRow]) -> Iterator[Panel]:
    """Cut a panel into runs of documents that are small enough to be counted in bounded memory."""
    corpus = panel.corpus
    cost = np.bincount(corpus.document, minlength=len(corpus.documents))
    takes_overlaps = any(row.takes_overlaps for row in rows)
    if takes_overlaps and (cost * (cost - 1) // 2).sum() > MAX_OVERLAPS:
        cost += count_overlaps(corpus) // (MAX_OVERLAPS // SPANS_AT_ONCE)
    if cost.sum() <= SPANS_AT_ONCE:
        yield panel
        return
    for run in cut_runs(np.cumsum(cost), SPANS_AT_ONCE):
        yield panel.take(run)


def _summarize_spans(
    panel: Panel,
    rows: Sequence[TableRow],
    needed: frozenset[str],
    *,
    unit: str,
    by: Collection[str],
    options: Mapping[str, Any],
) -> Statistics:
    corpus = panel.corpus
    counted = count_in(corpus, unit)
    batch = Batch(corpus, counted, needed, by)
    found = [batch.derive(row.of_spans) for row in rows]
    tables = {
        "judgements": _count_judgements(corpus.completed, corpus.document, corpus.annotator),
        "lengths": Table(
            {"document": np.arange(len(corpus.documents))},
            {"length": counted.lengths.astype(np.float64)},
        ),
    }
    axes: dict[str, tuple[str, ...]] = {
        "document": corpus.documents,
        "annotator": panel.annotators,
        "label": (ALL_LABELS, *corpus.labels),
    }
    left_out_of = dict(counted.left_out_of)
    for one in found:
        tables |= one.tables
        axes |= one.axes
        left_out_of |= one.left_out_of
    tables["left_out"], axes["reason"] = _list_left_out(corpus.documents, left_out_of)
    tables = {name: replace(table, keys=panel.name_annotators(table.keys)) for name, table in tables.items()}
    slices = sorted({"label", "pair"}.intersection(by))
    return Statistics("spans", axes, tables, {"unit": unit, "slices": slices, **options})


def _list_left_out(
    documents: Sequence[str], left_out_of: Mapping[str, Mapping[str, int]]
) -> tuple[Table, tuple[str, ...]]:
    """What was left out as a table over documents and reasons."""
    reasons = tuple(sorted(reason for reason, parts in left_out_of.items() if parts))
    place = {name: index for index, name in enumerate(documents)}
    rows = sorted(
        (place[document], code, number)
        for code, reason in enumerate(reasons)
        for document, number in left_out_of[reason].items()
    )
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    keys = {"document": columns[:, 0].copy(), "reason": columns[:, 1].copy()}
    return Table(keys, {"number": columns[:, 2].astype(np.float64)}), reasons


def _summarize_items(items: Items, rows: Sequence[TableRow], options: Mapping[str, Any]) -> Statistics:
    nothing = np.zeros(0, dtype=np.int64)
    tables = {"judgements": _count_judgements(items.judged, nothing, nothing)}
    axes: dict[str, tuple[str, ...]] = {
        "document": items.items,
        "annotator": items.annotators,
        "value": tuple(map(str, items.values)),
    }
    tables["left_out"], axes["reason"] = _list_left_out(items.items, {})
    found: list[CountedTables] = [row.of_items(items) for row in rows if row.of_items is not None]
    for one in found:
        tables |= one.tables
        axes |= one.axes
    order = {"order": list(axes["value"])} if items.is_ordered else {}
    return Statistics("items", axes, tables, {"unit": "item", "slices": [], **order, **options})


def _count_judgements(completed: BoolArray, document: IntArray, annotator: IntArray) -> Table:
    rows, columns = np.nonzero(completed)
    n_annotators = completed.shape[1]
    spans = np.bincount(document * n_annotators + annotator, minlength=completed.size)
    return Table(
        {"document": rows, "annotator": columns},
        {"spans": spans[rows * n_annotators + columns].astype(np.float64)},
    )
