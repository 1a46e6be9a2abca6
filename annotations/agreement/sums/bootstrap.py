"""Document-cluster bootstrap: documents are drawn again with replacement, their statistics only weighed."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray
from annotations.agreement.sums.measures import Measure
from annotations.agreement.sums.weighing import prepare_sums

# where one document carries a value, a quarter to 37 % of the resamples lack it; where two do, 13 %
SHARE_DEFINED = 0.8
SAMPLES_AT_ONCE = 256  # their weights stay at hand
WEIGHTS_AT_ONCE = 1_000_000
SUMS_AT_ONCE = 3_000_000


def draw_weights(used: BoolArray, *, samples: int, seed: int) -> FloatArray:
    """How often each document is drawn in each resample: multinomial counts.

    Parameters
    ----------
    used : bool, shape (document,)
        Only these documents are drawn.
    samples, seed : int

    Returns
    -------
    array, shape (sample, document)

    Examples
    --------
    >>> draw_weights(np.array([True, True, False]), samples=2, seed=1).sum(axis=1).tolist()
    [2.0, 2.0]
    """
    return np.concatenate([np.zeros((0, len(used))), *draw_in_parts(used, samples=samples, seed=seed)])


def cut_samples(samples: int, n_documents: int) -> Iterator[int]:
    """How many resamples to weigh documents in at once, part by part, so that memory stays bounded however many documents there are.

    >>> list(cut_samples(600, 10)), list(cut_samples(5, 1_000_000))
    ([256, 256, 88], [1, 1, 1, 1, 1])
    """
    step = max(1, min(SAMPLES_AT_ONCE, WEIGHTS_AT_ONCE // max(1, n_documents)))
    for first in range(0, samples, step):
        yield min(step, samples - first)


def draw_in_parts(used: BoolArray, *, samples: int, seed: int) -> Iterator[FloatArray]:
    """Draw the weights of documents in resamples, as `draw_weights` does, some samples at a time so that memory stays bounded."""
    drawn = np.flatnonzero(used)
    places = drawn if len(drawn) < len(used) else slice(None)
    generator = np.random.default_rng(seed)
    for at_once in cut_samples(samples, len(used)):
        weights = np.zeros((at_once, len(used)))
        if len(drawn):
            choice = generator.integers(0, len(drawn), size=(len(weights), len(drawn)), dtype=np.int32)
            for row, chosen in zip(weights, choice, strict=True):
                row[places] = np.bincount(chosen, minlength=len(drawn))
        yield weights


def score_weighed(measures: Sequence[Measure], weightings: Iterable[FloatArray]) -> list[FloatArray]:
    """Measures of weighed documents, some weightings at a time, so that memory stays bounded.

    Parameters
    ----------
    measures : sequence of Measure
    weightings : iterable of arrays, each of shape (sample, document)

    Returns
    -------
    list of array, shape (sample,)
        NaN where undefined.
    """
    # measures may share their cells
    cells = list({id(measure.cells): measure.cells for measure in measures}.values())
    ends = np.cumsum([one.n_cells for one in cells])
    place = {id(one): index for index, one in enumerate(cells)}
    weigh = prepare_sums(cells)
    step = max(1, SUMS_AT_ONCE // max(1, int(ends[-1])))
    results: list[list[FloatArray]] = [[np.zeros(0)] for _ in measures]
    for weights in weightings:
        for first in range(0, len(weights), step):
            each = np.split(weigh(weights[first : first + step]), ends[:-1], axis=1)
            for measure, values in zip(measures, results, strict=True):
                values.append(measure.score(each[place[id(measure.cells)]]))
    return [np.concatenate(values) for values in results]


def resample(measures: Sequence[Measure], *, samples: int, seed: int) -> list[FloatArray]:
    """The bootstrap distribution of each measure: arrays of shape (sample,), NaN where a resample is undefined.

    Measures over the same documents share their resamples, so their differences can be compared.
    """
    results: list[FloatArray] = [np.zeros(0)] * len(measures)
    groups: dict[bytes, list[int]] = {}
    for index, measure in enumerate(measures):
        groups.setdefault(np.packbits(measure.drawn).tobytes(), []).append(index)
    for members in groups.values():
        drawn = draw_in_parts(measures[members[0]].drawn, samples=samples, seed=seed)
        scored = score_weighed([measures[index] for index in members], drawn)
        for index, values in zip(members, scored, strict=True):
            results[index] = values
    return results


def percentile_interval(values: FloatArray, confidence: float) -> tuple[float, float] | None:
    """The central interval of the resamples that are defined; None when so few are that one document carries the value.

    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    defined = values[np.isfinite(values)]
    if len(defined) == 0 or len(defined) < SHARE_DEFINED * len(values):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
