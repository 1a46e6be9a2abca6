"""From statistics to a report: every metric with its interval, over everything and over slices."""

import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.counting import check_slices, choose_metrics, summarize
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.distances import DISTANCES, LabelDistances
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.model_figures import Resampling, report_models
from annotations.agreement.readers.notebook import check_models, read_data
from annotations.agreement.report import Estimate, MetricReport, Report, name_pair
from annotations.agreement.sums.bootstrap import percentile_interval, resample
from annotations.agreement.sums.measures import NOTHING_TO_COMPARE, Measure, Slice, find_compared, find_pairs
from annotations.agreement.sums.metrics import Metric
from annotations.agreement.sums.statistics import Statistics

MAX_PAIRS = 5_000  # of a report, each with an interval a metric
MAX_SAMPLES = 1_000_000


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
    confidence = float(confidence)
    samples, seed = read_number("samples", samples, most=MAX_SAMPLES), read_number("seed", seed)
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
            return summarize(part, metrics=wanted, by=labels, unit=unit, gamma=gamma, distances=distances)

        labels = ("label",) if "label" in by else ()
        models_by = {name: slices[name] for name in wanted}
        resampling = Resampling(confidence, samples, seed)
        for name, parts in report_models(
            data, names, fitting, count=count, resampling=resampling, by=models_by
        ).items():
            reports[name] = replace(reports[name], by_model=parts)
    return Report(
        metrics=reports,
        data=_describe(statistics) | ({"n_models": len(names)} if names else {}),
        left_out=dict(statistics.left_out),
    )


def _set_distances(
    statistics: Statistics, distances: LabelDistances, metrics: str | Sequence[str] | None
) -> Statistics:
    """Statistics with a table of distances, which changes nothing that was counted but for gamma."""
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


def read_number(name: str, number: Any, *, most: int | None = None) -> int:
    """A whole number that is given as an option, also one of NumPy's, as Python's own, which JSON can hold."""
    try:
        read = operator.index(number)
    except TypeError:
        read = -1
    if read < 0 or (most is not None and read > most):
        bounds = "of 0 or more" if most is None else f"from 0 to {most:,}"
        raise InvalidOptionError(f"{name} must be a whole number {bounds}, not {number!r}")
    return read


def check_confidence(confidence: Any) -> None:
    """Refuse what is no share of resamples, such as NaN or a text."""
    if not isinstance(confidence, int | float | np.floating) or not 0 < confidence < 1:
        raise InvalidOptionError(f"confidence must lie between 0 and 1, not {confidence}; 0.95 is usual")


def check_counted(statistics: Statistics, metric: Metric, *, by: Collection[str] = ()) -> None:
    """Refuse to make of statistics what was not counted for them."""
    if any(table not in statistics.tables for table in metric.tables):
        raise InvalidOptionError(f"these statistics were made without {metric.name}; summarize again with it")
    missing = set(by) & (set(metric.counted_by) - set(statistics.options["slices"]))
    if "pair" in by and any(table not in statistics.tables for table in metric.tables_of_pairs):
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
    if n_pairs <= MAX_PAIRS:
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
        labels = {name: metric.build(statistics, Slice(label=name)) for name in names}
    if "pair" in by:
        met = find_pairs(statistics)
        if len(met) > MAX_PAIRS:
            raise InvalidOptionError(
                f"{len(met):,} pairs of annotators share a document, and at most {MAX_PAIRS:,} are reported one by one; "
                "leave out the slice 'pair', or select some of the annotators"
            )
        pairs = {name_pair(pair): metric.build(statistics, Slice(pair=pair)) for pair in met}
        pairs = {name: measure for name, measure in pairs.items() if measure.used.any()}
    return _Plan(metric.build(statistics, Slice()), labels, pairs)


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
    compared = find_compared(statistics, Slice())
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
