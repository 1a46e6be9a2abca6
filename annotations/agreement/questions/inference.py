"""Questions about a value: is it better than another, how many documents does it need, who moves it?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.counting import summarize
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.evaluation import check_confidence, check_counted, evaluate
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.readers.notebook import read_data
from annotations.agreement.registry import find_metric
from annotations.agreement.report import Report
from annotations.agreement.sums.bootstrap import cut_samples, percentile_interval, score_weighed
from annotations.agreement.sums.measures import Measure, Slice
from annotations.agreement.sums.statistics import Statistics
from annotations.agreement.sums.weighing import prepare_sums

CURVE = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
CARRIED_BY_ONE = "too few documents carry this figure, so their spread is unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and how likely a difference like theirs is when it does not matter which document belongs to which.

    Attributes
    ----------
    first, second, difference : float or None
        The difference is second minus first.
    p_value : float or None
        Two-sided.
    paired : bool
        Whether both hold the same documents, so that only swaps within a document are tried.
    permutations : int
    undefined : str or None
        Why there is no p-value.
    """

    first: float | None
    second: float | None
    difference: float | None
    p_value: float | None
    paired: bool
    permutations: int
    undefined: str | None


@dataclass(frozen=True, slots=True)
class DocumentCurve:
    """How wide the interval would be with more documents like these.

    Attributes
    ----------
    documents : tuple of int
    widths : tuple of float
        Width of the bootstrap interval with so many documents.
    wanted : float
    needed : int or None
        The least number of documents for the wanted width.
    undefined : str or None
    """

    documents: tuple[int, ...]
    widths: tuple[float, ...]
    wanted: float
    needed: int | None
    undefined: str | None


def compare(
    first: Any,
    second: Any,
    *,
    metric: str,
    permutations: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Permutation test of the difference between two sets of documents, such as two rounds.

    Where both hold the same documents, each document's two judgements are swapped or not; else the documents that were
    compared are dealt anew into sets of the same sizes.

    Parameters
    ----------
    first, second : Statistics, or whatever `read_data` reads
        Statistics were made with the same options.
    metric : str
    permutations, seed : int

    Returns
    -------
    Comparison

    Raises
    ------
    UnknownMetricError, InvalidOptionError, InvalidCorpusError

    Examples
    --------
    >>> from annotations.agreement import Items, summarize
    >>> good = summarize(Items.from_rows([{"a": n % 3, "b": n % 3} for n in range(30)]))
    >>> bad = summarize(Items.from_rows([{"a": n % 3, "b": n % 2} for n in range(30)]))
    >>> compare(bad, good, metric="cohen_kappa").p_value < 0.01
    True
    """
    if permutations < 1:
        raise InvalidOptionError(f"permutations must be at least 1, not {permutations}")
    first, second = _count(first, metric), _count(second, metric)
    paired = set(first.documents) == set(second.documents) and first.n_documents > 0
    both = _mark(first, "1").merge(_mark(second, "2"))
    measure = _build_whole(both, metric)
    group = np.array([name[0] == "1" for name in both.documents], dtype=bool)
    # what nobody compared is not dealt
    dealt = np.arange(len(group)) if paired else np.flatnonzero(measure.drawn)
    group = group[dealt]

    def score_both(weightings: Iterable[BoolArray]) -> tuple[FloatArray, FloatArray]:
        """The metric of what each weighting takes, and of what it leaves."""

        def spread() -> Iterator[FloatArray]:
            for taken in weightings:
                weights = np.zeros((2 * len(taken), len(measure.used)))
                weights[0::2, dealt], weights[1::2, dealt] = taken, ~taken
                yield weights

        scored = score_weighed([measure], spread())[0]
        return scored[0::2], scored[1::2]

    one, two = score_both([group[None, :]])
    values = [float(part[0]) if np.isfinite(part[0]) else None for part in (one, two)]
    if values[0] is None or values[1] is None:
        missing = dealt[group if values[0] is None else ~group]
        reason = measure.reason(_add_up(measure, missing))
        return Comparison(values[0], values[1], None, None, paired, permutations, reason)
    one, two = score_both(_deal(group, paired=paired, permutations=permutations, seed=seed))
    difference = values[1] - values[0]
    drawn = two - one
    defined = np.isfinite(drawn)
    extreme = int((np.abs(drawn[defined]) >= abs(difference) - 1e-12).sum())
    p_value = (1 + extreme) / (1 + int(defined.sum()))
    return Comparison(values[0], values[1], difference, p_value, paired, permutations, None)


def estimate_documents_needed(
    data: Any,
    *,
    metric: str,
    width: float,
    confidence: float = 0.95,
    samples: int = 500,
    seed: int = 0,
) -> DocumentCurve:
    r"""How many documents like these the wanted interval width needs.

    The interval is bootstrapped with half to eight times as many documents; between and beyond, its width is taken to
    shrink as :math:`1 / \sqrt{n}`.

    Parameters
    ----------
    data : Statistics, or whatever `read_data` reads
    metric : str
    width : float
        Wanted width of the interval.
    confidence : float
    samples, seed : int

    Returns
    -------
    DocumentCurve

    Raises
    ------
    UnknownMetricError, InvalidOptionError
    """
    if not width > 0:
        raise InvalidOptionError(f"the wanted width must be positive, not {width}")
    check_confidence(confidence)
    if samples < 1:
        raise InvalidOptionError(f"samples must be at least 1, not {samples}; 500 are usual")
    measure = _build_whole(_count(data, metric), metric)
    used = np.flatnonzero(measure.drawn)
    if len(used) < 2:  # noqa: PLR2004
        reason = "fewer than two documents were compared, so their spread is unknown"
        return DocumentCurve((), (), width, None, reason)
    generator = np.random.default_rng(seed)
    sizes = sorted({max(2, round(factor * len(used))) for factor in CURVE})
    documents: list[int] = []
    widths: list[float] = []
    for size in sizes:
        drawn = _draw_many(generator, measure.drawn, size=size, samples=samples)
        interval = percentile_interval(score_weighed([measure], drawn)[0], confidence)
        if interval is not None:
            documents.append(size)
            widths.append(interval[1] - interval[0])
    if len(used) not in documents:
        sums = measure.cells.total()
        reason = CARRIED_BY_ONE if np.isfinite(measure.score(sums)) else measure.reason(sums)
        return DocumentCurve((), (), width, None, reason)
    rate = float(np.median([wide * np.sqrt(size) for size, wide in zip(documents, widths, strict=True)]))
    needed = max(2, int(np.ceil((rate / width) ** 2)))
    return DocumentCurve(tuple(documents), tuple(widths), width, needed, None)


def _count(data: Any, metric: str) -> Statistics:
    return data if isinstance(data, Statistics) else summarize(data, metrics=[metric])


def _draw_many(
    generator: np.random.Generator, used: BoolArray, *, size: int, samples: int
) -> Iterator[FloatArray]:
    """How often each of the documents used is among so many that are drawn of them, some resamples at a time."""
    n_used = int(used.sum())
    for at_once in cut_samples(samples, len(used)):
        counts = np.zeros((at_once, len(used)))
        counts[:, used] = generator.multinomial(size, np.full(n_used, 1 / n_used), size=at_once)
        yield counts


def leave_one_annotator_out(
    data: Any,
    *,
    metrics: str | Sequence[str] | None = None,
    unit: str = "character",
    gamma: GammaOptions | None = None,
) -> Mapping[str, Report]:
    """The report without each annotator in turn, without intervals.

    Parameters
    ----------
    data : Corpus, Items, or whatever `read_data` reads
    metrics : str or sequence of str, optional
    unit : str
    gamma : GammaOptions, optional

    Returns
    -------
    mapping of the annotator left out to the report of the others
    """
    data = read_data(data)
    reports = {}
    for annotator in data.annotators:
        others = [name for name in data.annotators if name != annotator]
        statistics = summarize(data.select(annotators=others), metrics=metrics, unit=unit, gamma=gamma)
        reports[annotator] = evaluate(statistics, metrics=metrics, samples=0)
    return reports


def _deal(group: BoolArray, *, paired: bool, permutations: int, seed: int) -> Iterator[BoolArray]:
    """What the first of two sets holds when it does not matter which document belongs to which, some dealings at a time."""
    generator = np.random.default_rng(seed)
    for at_once in cut_samples(permutations, len(group)):
        taken = np.empty((at_once, len(group)), dtype=bool)
        if paired:
            swap = generator.integers(0, 2, size=(len(taken), len(group) // 2), dtype=bool)
            taken[:, group], taken[:, ~group] = ~swap, swap
        else:
            taken[:] = np.argsort(generator.random(taken.shape), axis=1) < group.sum()
        yield taken


def _build_whole(statistics: Statistics, name: str) -> Measure:
    metric = find_metric(name)
    check_counted(statistics, metric)
    return metric.build(statistics, Slice())


def _add_up(measure: Measure, documents: IntArray) -> FloatArray:
    """The sums over some documents, shape (cell,)."""
    weights = np.zeros((1, len(measure.used)))
    weights[0, documents] = 1
    sums: FloatArray = prepare_sums([measure.cells])(weights)[0]
    return sums


def _mark(statistics: Statistics, mark: str) -> Statistics:
    """Put a mark before the names of documents, so that those of two sides cannot clash."""
    return replace(
        statistics, axes={**statistics.axes, "document": tuple(mark + name for name in statistics.documents)}
    )
