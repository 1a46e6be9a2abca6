"""What a metric says of models: each with the humans, beside the humans among themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.data.pairing import Pairing, pair_up
from annotations.agreement.registry import Metric
from annotations.agreement.report import Estimate, ModelReport, name_pair
from annotations.agreement.sums.bootstrap import draw_in_parts, percentile_interval, score_weighed
from annotations.agreement.sums.measures import NOTHING_TO_COMPARE, Measure, Scope
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.weighing import prepare_sums

Count = Callable[[Corpus | Items], Statistics]


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are drawn: see `evaluate`."""

    confidence: float
    samples: int
    seed: int


def report_models(
    data: Corpus | Items,
    models: Sequence[str],
    metrics: Sequence[Metric],
    *,
    count: Count,
    resampling: Resampling,
) -> dict[str, dict[str, ModelReport]]:
    """The figures of each metric and model.

    A document is taken once for each pair of a model and a human, and all pairs are pooled as the metric pools documents; the
    ceiling takes the pairs of humans, of the documents that the model judged. Documents, not pairs, are drawn again.

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

    Returns
    -------
    mapping of metric to (mapping of model to ModelReport)
    """
    found: dict[str, dict[str, ModelReport]] = {metric.name: {} for metric in metrics}
    for model in models:
        alone = data.without([name for name in models if name != model])
        place = alone.annotators.index(model)
        judged: BoolArray = alone.judged[:, place]
        own = pair_up(alone, judged, annotator=place)
        among = pair_up(alone, judged, annotator=place, others=True)
        with_model, humans = count(own.build()), count(among.build())
        human = np.where(own.one == place, own.other, own.one)
        names = {one: name_pair(sorted((alone.annotators[one], model))) for one in np.unique(human).tolist()}
        for metric in metrics:
            measure = metric.build(with_model, Scope())
            whole = _estimate(measure, own, np.ones(len(human), dtype=bool), resampling)
            ceiling = metric.build(humans, Scope())
            found[metric.name][model] = ModelReport(
                whole.value,
                whole.interval,
                whole.n_documents,
                whole.undefined,
                ceiling=_estimate(ceiling, among, np.ones(len(among), dtype=bool), resampling),
                by_pair={
                    name: _estimate(measure, own, human == one, resampling) for one, name in names.items()
                },
            )
    return found


def _estimate(measure: Measure, pairing: Pairing, kept: BoolArray, resampling: Resampling) -> Estimate:
    """A metric of some of the pairs."""
    origin = pairing.origin
    drawn: BoolArray = np.zeros(int(origin.max(initial=-1)) + 1, dtype=bool)
    drawn[origin[kept & measure.drawn]] = True
    n_documents = len(np.unique(origin[kept & measure.used]))
    if not n_documents:
        return Estimate(None, None, 0, NOTHING_TO_COMPARE)

    def weigh(weights: FloatArray) -> FloatArray:
        return np.asarray(weights[:, origin] * kept, dtype=np.float64)

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
