"""What a metric says of models: each with the humans, beside the humans among themselves."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.pairing import Pairing, pair_up
from annotations.agreement.report import Estimate, ModelReport, name_pair
from annotations.agreement.sums.bootstrap import draw_in_parts, percentile_interval, score_weighed
from annotations.agreement.sums.measures import NOTHING_TO_COMPARE, Measure, Slice
from annotations.agreement.sums.metrics import Metric
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.weighing import prepare_sums

Count = Callable[[Corpus | Items], Statistics]


@dataclass(frozen=True, slots=True)
class Resampling:
    """How bootstrap intervals are drawn: their confidence, how many resamples, and the seed, as `evaluate` takes them."""

    confidence: float
    samples: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class CountedPairs:
    """What was counted of documents that were taken once for each pair of their annotators.

    Attributes
    ----------
    statistics : Statistics
        Their documents are the pairs.
    documents, annotators : tuples of str
    origin : int array, shape (pair,)
        The document of each pair, by its place in `documents`; ascending.
    one, other : int arrays, shape (pair,)
        The two annotators, by their places in `annotators`.
    """

    statistics: Statistics
    documents: tuple[str, ...]
    annotators: tuple[str, ...]
    origin: IntArray
    one: IntArray
    other: IntArray

    @classmethod
    def count(cls, pairing: Pairing, count: Count) -> "CountedPairs":
        """Count the pairs of a pairing."""
        source = pairing.source
        names = source.documents if isinstance(source, Corpus) else source.items
        statistics = count(pairing.build())
        return cls(statistics, names, source.annotators, pairing.origin, pairing.one, pairing.other)

    def find_partner(self, annotator: str) -> IntArray:
        """The other one of each pair that an annotator is in, by the place in `annotators`; shape (pair,)."""
        if annotator not in self.annotators:
            return self.one
        place = self.annotators.index(annotator)
        return np.where(self.one == place, self.other, self.one)


def report_models(
    data: Corpus | Items,
    models: Sequence[str],
    metrics: Sequence[Metric],
    *,
    count: Count,
    resampling: Resampling,
    by: Mapping[str, Collection[str]],
) -> dict[str, dict[str, ModelReport]]:
    """Measure each model with the humans, beside the humans among themselves.

    Parameters
    ----------
    data : Corpus or Items
        With the models.
    models : sequence of str
    metrics : sequence of Metric
        Which apply to the data.
    count : callable
        Makes the statistics that the metrics need.
    resampling : Resampling
    by : mapping of metric to slices
        Of 'label' and 'document', those that are wanted of it.

    Returns
    -------
    mapping of metric to (mapping of model to ModelReport)
    """
    found: dict[str, dict[str, ModelReport]] = {metric.name: {} for metric in metrics}
    for model in models:
        alone = data.without([name for name in models if name != model])
        own, among = pair_with_model(alone, model)
        reports = measure_model(
            model,
            CountedPairs.count(own, count),
            CountedPairs.count(among, count),
            metrics,
            resampling=resampling,
            by=by,
        )
        for name, report in reports.items():
            found[name][model] = report
    return found


def pair_with_model(data: Corpus | Items, model: str) -> tuple[Pairing, Pairing]:
    """List the pairs of a model and a human, and the pairs of humans, of the documents that the model judged.

    Parameters
    ----------
    data : Corpus or Items
        Of one model and of humans.
    model : str

    Returns
    -------
    own, among : Pairing
    """
    place = data.annotators.index(model)
    judged: BoolArray = data.judged[:, place]
    return pair_up(data, judged, annotator=place), pair_up(data, judged, annotator=place, others=True)


def measure_model(
    model: str,
    own: CountedPairs,
    among: CountedPairs,
    metrics: Sequence[Metric],
    *,
    resampling: Resampling,
    by: Mapping[str, Collection[str]],
) -> dict[str, ModelReport]:
    """Make each metric of what was counted of a model's pairs with humans, and of the humans' pairs beside them.

    All pairs are pooled as the metric pools documents; documents, not pairs, are drawn again for intervals.

    Parameters
    ----------
    model : str
    own : CountedPairs
        A pair for the model and each human who judged a document that the model judged.
    among : CountedPairs
        The pairs of humans of these documents, which make the ceiling.
    metrics : sequence of Metric
        Which were counted.
    resampling : Resampling
    by : mapping of metric to slices
        Of 'label' and 'document', those that are wanted of it.

    Returns
    -------
    mapping of metric to ModelReport
    """
    human = own.find_partner(model)
    names = {one: name_pair(sorted((own.annotators[one], model))) for one in np.unique(human).tolist()}
    found = {}
    for metric in metrics:
        measure, ceiling = (metric.build(pairs.statistics, Slice()) for pairs in (own, among))
        whole = _estimate(measure, own, resampling)
        slices = by.get(metric.name, ())
        with_labels = "label" in slices or metric.always_by_label
        found[metric.name] = ModelReport(
            whole.value,
            whole.interval,
            whole.n_documents,
            whole.undefined,
            ceiling=_estimate(ceiling, among, resampling),
            by_pair={
                name: _estimate(measure, own, resampling, kept=human == one) for one, name in names.items()
            },
            by_label=_measure_labels(metric, own, resampling) if with_labels else {},
            ceiling_by_label=_measure_labels(metric, among, resampling) if with_labels else {},
            by_document=_measure_documents(measure, own) if "document" in slices else {},
        )
    return found


def _measure_labels(metric: Metric, pairs: CountedPairs, resampling: Resampling) -> dict[str, Estimate]:
    statistics = pairs.statistics
    names = statistics.axes["value"] if statistics.kind == "items" else statistics.axes[metric.slices][1:]
    return {name: _estimate(metric.build(statistics, Slice(label=name)), pairs, resampling) for name in names}


def _measure_documents(measure: Measure, pairs: CountedPairs) -> dict[str, Estimate]:
    """The measure of each document alone, over all of its pairs."""
    found = {}
    for document, sums in _add_up(measure, pairs.origin):
        value = float(measure.score(sums))
        known = bool(np.isfinite(value))
        found[pairs.documents[document]] = Estimate(
            value if known else None, None, 1, None if known else measure.reason(sums)
        )
    return found


def _add_up(measure: Measure, origin: IntArray) -> Iterator[tuple[int, FloatArray]]:
    """The sums of each document over its pairs, which follow one another, shape (cell,)."""
    last, open_sums = -1, np.zeros(measure.cells.n_cells)
    for first, sums in measure.cells.split():
        part = origin[first : first + len(sums)]
        starts = np.flatnonzero(np.diff(part, prepend=-1))
        for document, added in zip(part[starts].tolist(), np.add.reduceat(sums, starts), strict=True):
            if document == last:
                open_sums = open_sums + added
                continue
            if last >= 0:
                yield last, open_sums
            last, open_sums = document, added
    if last >= 0:
        yield last, open_sums


def _estimate(
    measure: Measure, pairs: CountedPairs, resampling: Resampling, *, kept: BoolArray | None = None
) -> Estimate:
    """The measure of all pairs, or of those that are kept."""
    origin = pairs.origin
    chosen = np.ones(len(origin), dtype=bool) if kept is None else kept
    drawn: BoolArray = np.zeros(int(origin.max(initial=-1)) + 1, dtype=bool)
    drawn[origin[chosen & measure.drawn]] = True
    n_documents = len(np.unique(origin[chosen & measure.used]))
    if not n_documents:
        return Estimate(None, None, 0, NOTHING_TO_COMPARE)

    def weigh(weights: FloatArray) -> FloatArray:
        return np.asarray(weights[:, origin] * chosen, dtype=np.float64)

    once = weigh(np.ones((1, len(drawn))))
    sums = np.asarray(prepare_sums([measure.cells])(once)[0], dtype=np.float64)
    value = float(measure.score(sums))
    if not np.isfinite(value):
        return Estimate(None, None, n_documents, measure.reason(sums))
    if not resampling.samples or n_documents == 1:
        return Estimate(value, None, n_documents, None)
    weightings = draw_in_parts(drawn, samples=resampling.samples, seed=resampling.seed)
    values = score_weighed([measure], map(weigh, weightings))[0]
    return Estimate(value, percentile_interval(values, resampling.confidence), n_documents, None)
