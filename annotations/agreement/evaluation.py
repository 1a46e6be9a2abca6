"""From annotations to statistics, and from statistics to a report."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.coding.counting import (
    add_up_confusions,
    count_coincidences,
    count_confusions,
    count_item_coincidences,
    count_item_confusions,
    count_item_values,
    count_values,
)
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray, keep_memory
from annotations.agreement.data.corpus import ABSENT, Corpus
from annotations.agreement.data.distances import DISTANCES, LabelDistances
from annotations.agreement.data.items import Items
from annotations.agreement.data.panels import Panel, split_panels
from annotations.agreement.data.positions import count_in
from annotations.agreement.data.stretches import find_stretches
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.counting import GammaOptions, count_disorders
from annotations.agreement.links.counting import count_attributes, count_links, pair_spans
from annotations.agreement.model_figures import Resampling, report_models
from annotations.agreement.packing.sets import cut_runs
from annotations.agreement.readers.notebook import check_models, read_data
from annotations.agreement.registry import NAMES, Metric, find_metric
from annotations.agreement.report import Estimate, MetricReport, Report, name_pair
from annotations.agreement.spans.boundaries import count_boundaries
from annotations.agreement.spans.f1 import ALL_LABELS, count_matches
from annotations.agreement.spans.matching import MOST_OVERLAPS, count_overlaps, find_overlaps
from annotations.agreement.sums.bootstrap import percentile_interval, resample
from annotations.agreement.sums.measures import NOTHING_TO_COMPARE, Measure, Scope, find_compared, find_pairs
from annotations.agreement.sums.statistics import Statistics, Table, unite
from annotations.agreement.unitizing.counting import count_segments, count_unitizing, count_units

SLICES = ("label", "pair", "document")
SPANS_AT_ONCE = 150_000
MOST_PAIRS = 5_000  # of a report, each with an interval a metric
ALIGNED = frozenset({"matches", "links", "attributes"})
MERGED = "spans merged for alpha_u: they overlap under one label"


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
    needed = {table for metric in chosen for table in metric.tables}
    if "pair" in by:
        needed |= {table for metric in chosen for table in metric.pair_tables}
    if isinstance(data, Items):
        items = _summarize_items(data, needed)
        return replace(items, options={**items.options, **known})
    gamma = gamma or GammaOptions()
    in_parts = needed - {"gamma", "gamma_label"}
    statistics = unite(
        [
            _summarize_spans(part, in_parts, unit=unit, by=by)
            for panel in split_panels(data)
            for part in _in_parts(panel, needed)
        ]
    )
    if "gamma" not in needed:
        return replace(statistics, options={**statistics.options, **known})
    # its samples are drawn for all documents together
    return replace(
        statistics,
        tables={**statistics.tables, **count_disorders(data, gamma, by=by, distances=table)},
        options={**statistics.options, **gamma.to_json(), **known},
    )


def evaluate(
    data: Any,
    *,
    metrics: str | Sequence[str] | None = None,
    by: str | Collection[str] = (),
    confidence: float = 0.95,
    samples: int = 1000,
    seed: int = 0,
    unit: str = "character",
    gamma: GammaOptions | None = None,
    models: str | Collection[str] = (),
    include_models: bool = False,
    distances: LabelDistances | Mapping[str, Any] | None = None,
) -> Report:
    """Compute metrics with bootstrap intervals, over everything and over slices.

    Parameters
    ----------
    data : Corpus, Items or Statistics, or whatever `read_data` reads: the path of a file, several paths, what such a file holds, rows, a data frame
        Statistics (from `summarize`) must have been made with the same metrics, slices and unit.
    metrics : str or sequence of str, optional
        Names from the registry; those that apply to the data if not given.
    by : of 'label', 'pair', 'document'
        Of all metrics; or a mapping from slices to the names of the metrics that are wanted so.
    confidence : float
        Of the intervals, between 0 and 1.
    samples : int
        Bootstrap resamples of documents; 0 for no intervals. Slices by document have none.
    seed : int
    unit : 'character', 'token' or 'word'
        What a position is, for the metrics over positions; the latter two need texts.
    gamma : GammaOptions, optional
        With the seed given here unless it says otherwise.
    models : name or names of annotators that are models
        They are in no figure: neither in what is observed nor in chance.
    include_models : bool
        Whether `by_model` gives each model's figure with the humans, beside the one of the humans among themselves. All
        other figures stay those of the humans.
    distances : LabelDistances or mapping of label to mapping of label to a distance from 0 to 1, optional
        How far apart labels are to the metrics that end in `_custom` and to gamma, gamma_cat and gamma_k; 1 where it does
        not say. Statistics with gamma must have been made with the same table.

    Returns
    -------
    Report

    Raises
    ------
    UnknownMetricError, InvalidOptionError, InvalidCorpusError

    Examples
    --------
    >>> from annotations.agreement import Items
    >>> report = evaluate(Items.from_rows([{"a": 1, "b": 1}, {"a": 2, "b": 2}]), metrics=["cohen_kappa"])
    >>> report["cohen_kappa"].value
    1.0
    """
    check_confidence(confidence)
    if samples < 0:
        raise InvalidOptionError(f"samples must not be negative, but is {samples}; 0 gives no intervals")
    if seed < 0:
        raise InvalidOptionError(f"the seed must not be negative, but is {seed}")
    by = check_slices(by)
    gamma = gamma or GammaOptions(seed=seed)
    people: Any = data
    names: tuple[str, ...] = ()
    if models:
        data, people, names = _set_models_apart(data, models)
    statistics = (
        people
        if isinstance(people, Statistics)
        else summarize(people, metrics=metrics, by=by, unit=unit, gamma=gamma, distances=distances)
    )
    if distances is not None:
        statistics = _set_distances(statistics, LabelDistances.of(distances), metrics)
    chosen = choose_metrics(metrics, kind=statistics.kind, has_distances=DISTANCES in statistics.options)
    slices = {metric.name: _choose_slices(metric.name, by) for metric in chosen}
    plans = {metric.name: _plan(statistics, metric, slices[metric.name]) for metric in chosen}
    measures = [measure for plan in plans.values() for measure in plan.all()]
    draws: Mapping[int, FloatArray] = {}
    if samples:
        resampled = resample(measures, samples=samples, seed=seed)
        draws = {id(measure): values for measure, values in zip(measures, resampled, strict=True)}
    context = _Context(statistics, draws, confidence, samples, seed)
    reports = {
        metric.name: _report(context, metric, plans[metric.name], slices[metric.name]) for metric in chosen
    }
    if names and include_models:
        fitting = [metric for metric in chosen if statistics.kind in metric.kinds]
        wanted = [metric.name for metric in fitting]

        def count(part: Corpus | Items) -> Statistics:
            return summarize(part, metrics=wanted, unit=unit, gamma=gamma, distances=distances)

        resampling = Resampling(confidence, samples, seed)
        for name, parts in report_models(data, names, fitting, count=count, resampling=resampling).items():
            reports[name] = replace(reports[name], by_model=parts)
    return Report(
        metrics=reports,
        data=_describe(statistics) | ({"n_models": len(names)} if names else {}),
        left_out=dict(statistics.left_out),
    )


def _set_distances(
    statistics: Statistics, distances: LabelDistances, metrics: str | Sequence[str] | None
) -> Statistics:
    """The same statistics with a table of distances, which changes nothing that was counted but for gamma."""
    table = distances.to_json()
    if statistics.options.get(DISTANCES, {}) != table and any(
        metric.counts_distances for metric in choose_metrics(metrics, kind=statistics.kind)
    ):
        raise InvalidOptionError(
            "gamma was counted with other distances between labels; summarize again with these"
        )
    return replace(statistics, options={**statistics.options, DISTANCES: table})


def _set_models_apart(
    data: Any, models: str | Collection[str]
) -> tuple[Corpus | Items, Corpus | Items, tuple[str, ...]]:
    """All annotators, the humans among them, and the names of the models."""
    if isinstance(data, Statistics):
        raise InvalidOptionError(
            "models cannot be taken out of statistics; give the annotations, or summarize those of the humans"
        )
    read = read_data(data, models=[models] if isinstance(models, str) else models)
    names = check_models(read, models)
    return read, read.without(names), names


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


def check_confidence(confidence: float) -> None:
    """Refuse what is no share of resamples, such as NaN."""
    if not 0 < confidence < 1:
        raise InvalidOptionError(f"confidence must lie between 0 and 1, not {confidence}; 0.95 is usual")


def check_counted(statistics: Statistics, metric: Metric, *, by: Collection[str] = ()) -> None:
    """Refuse to make of statistics what was not counted for them."""
    if any(table not in statistics.tables for table in metric.tables):
        raise InvalidOptionError(f"these statistics were made without {metric.name}; summarize again with it")
    missing = set(by) & (set(metric.counted_by) - set(statistics.options["slices"]))
    if "pair" in by and any(table not in statistics.tables for table in metric.pair_tables):
        missing.add("pair")
    if missing:
        wanted = " and ".join(sorted(missing))
        raise InvalidOptionError(
            f"these statistics were made without {metric.name} by {wanted}; summarize again with it and "
            f"by={sorted(missing)}"
        )


def _choose_slices(metric: str, by: Collection[str]) -> Collection[str]:
    """The slices that are wanted of a metric."""
    return [name for name, wanted in by.items() if metric in wanted] if isinstance(by, Mapping) else by


def drop_many_pairs(statistics: Statistics, by: Collection[str]) -> tuple[Collection[str], int]:
    """Leave out the slice of pairs if more of them share a document than `evaluate` reports one by one.

    Returns
    -------
    by : collection of str
        The slices that are left.
    n_dropped : int
        How many pairs are in no report because of that.
    """
    n_pairs = len(find_pairs(statistics)) if "pair" in by else 0
    if n_pairs <= MOST_PAIRS:
        return by, 0
    if isinstance(by, Mapping):
        return {name: wanted for name, wanted in by.items() if name != "pair"}, n_pairs
    return [name for name in by if name != "pair"], n_pairs


@dataclass(frozen=True, slots=True)
class _Plan:
    """The measures of one metric."""

    whole: Measure | None
    labels: Mapping[str, Measure]
    pairs: Mapping[str, Measure]

    def all(self) -> list[Measure]:
        whole = [] if self.whole is None else [self.whole]
        return [*whole, *self.labels.values(), *self.pairs.values()]


@dataclass(frozen=True, slots=True)
class _Context:
    statistics: Statistics
    draws: Mapping[int, FloatArray]
    confidence: float
    samples: int
    seed: int


def _plan(statistics: Statistics, metric: Metric, by: Collection[str]) -> _Plan:
    if statistics.kind not in metric.kinds:
        return _Plan(None, {}, {})
    check_counted(statistics, metric, by=by)
    labels: dict[str, Measure] = {}
    pairs: dict[str, Measure] = {}
    if "label" in by or metric.always_by_label:
        names = statistics.axes["value"] if statistics.kind == "items" else statistics.axes[metric.slices][1:]
        labels = {name: metric.build(statistics, Scope(label=name)) for name in names}
    if "pair" in by:
        met = find_pairs(statistics)
        if len(met) > MOST_PAIRS:
            raise InvalidOptionError(
                f"{len(met):,} pairs of annotators share a document, and at most {MOST_PAIRS:,} are reported one by one; "
                "leave out the slice 'pair', or select some of the annotators"
            )
        pairs = {name_pair(pair): metric.build(statistics, Scope(pair=pair)) for pair in met}
        pairs = {name: measure for name, measure in pairs.items() if measure.used.any()}
    return _Plan(metric.build(statistics, Scope()), labels, pairs)


def _report(context: _Context, metric: Metric, plan: _Plan, by: Collection[str]) -> MetricReport:
    if plan.whole is None:
        reason = f"{metric.title} applies to {' and '.join(sorted(metric.kinds))}, not to {context.statistics.kind}"
        return MetricReport(None, None, 0, reason, name=metric.name)
    whole = _estimate(context, plan.whole)
    parameters: dict[str, Any] = {
        name: context.statistics.options[name]
        for name in metric.options
        if name in context.statistics.options
    }
    parameters |= {"confidence": context.confidence, "samples": context.samples, "seed": context.seed}
    return MetricReport(
        whole.value,
        whole.interval,
        whole.n_documents,
        whole.undefined,
        name=metric.name,
        parameters=parameters,
        by_label={name: _estimate(context, measure) for name, measure in plan.labels.items()},
        by_pair={name: _estimate(context, measure) for name, measure in plan.pairs.items()},
        by_document=_documents(context.statistics, plan.whole) if "document" in by else {},
        details={
            **plan.whole.explain(plan.whole.cells.total()),
            "n_documents_left_out": context.statistics.n_documents - whole.n_documents,
        },
    )


def _estimate(context: _Context, measure: Measure) -> Estimate:
    n_documents = int(measure.used.sum())
    sums = measure.cells.total()
    value = float(measure.score(sums)) if n_documents else np.nan
    if not np.isfinite(value):
        return Estimate(None, None, n_documents, measure.reason(sums) if n_documents else NOTHING_TO_COMPARE)
    draws = context.draws.get(id(measure))
    # one document tells nothing about the spread between documents
    known = draws is not None and n_documents > 1
    interval = percentile_interval(draws, context.confidence) if known and draws is not None else None
    return Estimate(value, interval, n_documents, None)


def _documents(statistics: Statistics, measure: Measure) -> dict[str, Estimate]:
    """The metric of each compared document alone."""
    compared = find_compared(statistics, Scope())
    found: dict[str, Estimate] = {}
    for first, sums in measure.cells.split():
        values = measure.score(sums)
        for index in np.flatnonzero(compared[first : first + len(sums)]).tolist():
            value = float(values[index])
            name = statistics.documents[first + index]
            if np.isfinite(value):
                found[name] = Estimate(value, None, 1, None)
            else:
                found[name] = Estimate(None, None, 1, measure.reason(sums[index]))
    return found


def _in_parts(panel: Panel, needed: set[str]) -> Iterator[Panel]:
    """Some documents at a time, so that memory stays bounded."""
    corpus = panel.corpus
    cost = np.bincount(corpus.document, minlength=len(corpus.documents))
    if needed & ALIGNED and (cost * (cost - 1) // 2).sum() > MOST_OVERLAPS:
        cost += count_overlaps(corpus) // (MOST_OVERLAPS // SPANS_AT_ONCE)
    if cost.sum() <= SPANS_AT_ONCE:
        yield panel
        return
    for run in cut_runs(np.cumsum(cost), SPANS_AT_ONCE):
        yield panel.take(run)


def _summarize_spans(
    panel: Panel,
    needed: set[str],
    *,
    unit: str,
    by: Collection[str],
) -> Statistics:
    corpus = panel.corpus
    counted = count_in(corpus, unit)
    left_out_of = dict(counted.left_out_of)
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
    options: dict[str, Any] = {"unit": unit, "slices": sorted({"label", "pair"}.intersection(by))}
    if needed & {"coincidence", "confusion", "segments", "pairable", "values"}:
        stretches = find_stretches(counted)
        axes["value"] = stretches.values
        if "confusion" in needed:
            tables["confusion"] = count_confusions(counted, stretches)
        if "coincidence" in needed:
            tables["coincidence"] = (
                add_up_confusions(counted.completed.sum(axis=1), tables["confusion"], len(stretches.values))
                if "confusion" in needed
                else count_coincidences(counted, stretches)
            )
        if "values" in needed:
            tables["values"] = count_values(counted, stretches)
        if needed & {"segments", "pairable"}:
            tables |= count_segments(counted, stretches, by=by)
    if "units" in needed:
        tables["units"] = count_units(counted)
    if "alpha_u" in needed:
        tables["alpha_u"], merged = count_unitizing(counted, by=by)
        left_out_of[MERGED] = {
            corpus.documents[index]: int(merged[index]) for index in np.flatnonzero(merged).tolist()
        }
    if "boundaries" in needed:
        tables["boundaries"] = count_boundaries(counted)
    if needed & ALIGNED:
        found, new_axes = _count_aligned(corpus, needed)
        tables |= found
        axes |= new_axes
    tables["left_out"], axes["reason"] = _list_left_out(corpus.documents, left_out_of)
    tables = {name: replace(table, keys=panel.name_annotators(table.keys)) for name, table in tables.items()}
    return Statistics("spans", axes, tables, options)


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


def _count_aligned(corpus: Corpus, needed: set[str]) -> tuple[dict[str, Table], dict[str, tuple[str, ...]]]:
    """The tables that rest on the overlaps of spans."""
    overlaps = find_overlaps(corpus)
    tables: dict[str, Table] = {}
    axes: dict[str, tuple[str, ...]] = {}
    if "matches" in needed:
        tables["matches"] = count_matches(corpus, overlaps)
    if needed & {"links", "attributes"}:
        pairs = pair_spans(corpus, overlaps)
        if "links" in needed:
            found, new_axes = count_links(corpus, pairs)
            tables |= found
            axes |= new_axes
        if "attributes" in needed:
            tables["attributes"], new_axes = count_attributes(corpus, pairs)
            axes |= new_axes
    return tables, axes


def _summarize_items(items: Items, needed: set[str]) -> Statistics:
    nothing = np.zeros(0, dtype=np.int64)
    tables = {"judgements": _count_judgements(items.codes != ABSENT, nothing, nothing)}
    axes: dict[str, tuple[str, ...]] = {
        "document": items.items,
        "annotator": items.annotators,
        "value": tuple(map(str, items.values)),
    }
    tables["left_out"], axes["reason"] = _list_left_out(items.items, {})
    if "coincidence" in needed:
        tables["coincidence"] = count_item_coincidences(items)
    if "confusion" in needed:
        tables["confusion"] = count_item_confusions(items)
    if "values" in needed:
        tables["values"] = count_item_values(items)
    order = {"order": list(axes["value"])} if items.is_ordered else {}
    return Statistics("items", axes, tables, {"unit": "item", "slices": [], **order})


def _count_judgements(completed: BoolArray, document: IntArray, annotator: IntArray) -> Table:
    rows, columns = np.nonzero(completed)
    n_annotators = completed.shape[1]
    spans = np.bincount(document * n_annotators + annotator, minlength=completed.size)
    return Table(
        {"document": rows, "annotator": columns},
        {"spans": spans[rows * n_annotators + columns].astype(np.float64)},
    )


def _describe(statistics: Statistics) -> dict[str, int]:
    judgements = statistics.tables["judgements"]
    judged = np.bincount(judgements.keys["document"], minlength=statistics.n_documents)
    counted = "documents" if statistics.kind == "spans" else "items"
    described = {
        f"n_{counted}": statistics.n_documents,
        f"n_{counted}_compared": int((judged > 1).sum()),
        "n_annotators": len(statistics.axes["annotator"]),
        "n_judgements": len(judgements),
    }
    if statistics.kind == "spans":
        described["n_spans"] = int(judgements.quantities["spans"].sum())
    return described
