"""Document-cluster bootstrap: documents are drawn again with replacement, their statistics only weighed."""

from collections.abc import Sequence

import numpy as np

from annotations.agreement.corpus import BoolArray, FloatArray
from annotations.agreement.measures import Cells, Measure

ENTRIES_AT_ONCE = 20_000_000


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
    drawn = np.flatnonzero(used)
    weights = np.zeros((samples, len(used)))
    if len(drawn):
        choice = np.random.default_rng(seed).integers(0, len(drawn), size=(samples, len(drawn)))
        choice += (np.arange(samples) * len(drawn))[:, None]
        counts = np.bincount(choice.ravel(), minlength=samples * len(drawn)).reshape(samples, len(drawn))
        weights[:, drawn] = counts
    return weights


def resample(measures: Sequence[Measure], *, samples: int, seed: int) -> list[FloatArray]:
    """The bootstrap distribution of each measure: arrays of shape (sample,), NaN where a resample is undefined.

    Measures over the same documents share their resamples, so their differences can be compared.
    """
    results: list[FloatArray] = [np.zeros(0)] * len(measures)
    groups: dict[bytes, list[int]] = {}
    for index, measure in enumerate(measures):
        groups.setdefault(np.packbits(measure.used).tobytes(), []).append(index)
    for members in groups.values():
        used = measures[members[0]].used
        n_used = int(used.sum())
        step = max(1, ENTRIES_AT_ONCE // max(1, n_used))
        scores: dict[int, list[FloatArray]] = {index: [] for index in members}
        weights = draw_weights(used, samples=samples, seed=seed)[:, used]
        for first in range(0, samples, step):
            part = weights[first : first + step]
            for index, sums in zip(
                members, _weigh([measures[index].cells for index in members], used, part), strict=True
            ):
                scores[index].append(measures[index].score(sums))
        for index in members:
            results[index] = np.concatenate(scores[index])
    return results


def percentile_interval(values: FloatArray, confidence: float) -> tuple[float, float] | None:
    """The central interval of the resamples that are defined; None when fewer than half are.

    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    defined = values[np.isfinite(values)]
    if len(defined) * 2 < len(values) or len(defined) == 0:
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _weigh(matrices: Sequence[Cells], used: BoolArray, weights: FloatArray) -> list[FloatArray]:
    """Multiply the weights (sample, used document) with each matrix; small ones go side by side in one product."""
    results: list[FloatArray | None] = [None] * len(matrices)
    batch: list[int] = []
    width = 0

    def flush() -> None:
        nonlocal width
        if batch:
            joined = np.concatenate([matrices[index].dense()[used] for index in batch], axis=1)
            product = weights @ joined
            borders = np.cumsum([matrices[index].n_cells for index in batch])[:-1]
            for index, part in zip(batch, np.split(product, borders, axis=1), strict=True):
                results[index] = part
        batch.clear()
        width = 0

    for index, cells in enumerate(matrices):
        if cells.n_dense > ENTRIES_AT_ONCE:
            full = np.zeros((len(weights), len(used)))
            full[:, used] = weights
            results[index] = cells.weighted(full)
            continue
        if width + cells.n_dense > ENTRIES_AT_ONCE:
            flush()
        batch.append(index)
        width += cells.n_dense
    flush()
    return [result for result in results if result is not None]
