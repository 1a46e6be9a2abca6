"""Gamma, gamma-cat and gamma-k: observed against expected disorder of the best alignments."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.alignment import Solution, check_dissimilarity, solve
from annotations.agreement.gamma.sampling import Reading, generator_for, sample_shuffled, sample_statistical
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.sums.statistics import Table

SAMPLERS = ("statistical", "shuffle")
EXPECTED_TOLERANCE = 1e-3
NORMAL_95 = 1.959963984540054
MOST_SAMPLES = 2000
UNITS_AT_ONCE = 40_000
QUANTITIES = (
    "units",
    "observed",
    "expected",
    "variance",
    "clusters",
    "uncertified",
    "samples",
    "imprecise",
    "category_observed",
    "category_weight",
    "category_expected",
)
LABEL_QUANTITIES = ("observed", "weight", "expected")


@dataclass(frozen=True, slots=True)
class GammaOptions:
    """What gamma depends on besides the annotations.

    Attributes
    ----------
    alpha, beta : float
        Weights of position and label.
    sampler : 'statistical' or 'shuffle'
    samples : int
        Random samples of each document.
    precision : float or None
        Relative half width of the 95% interval of each document's expected disorder; as many more samples are drawn as
        that takes by the spread of the first ones, 2,000 at most (Mathet et al. 2015, section 5.3).
    seed : int
    """

    alpha: float = 1.0
    beta: float = 1.0
    sampler: str = "statistical"
    samples: int = 30
    precision: float | None = None
    seed: int = 0

    def check(self) -> None:
        """Refuse what has no meaning."""
        check_dissimilarity(self.alpha, self.beta)
        if self.sampler not in SAMPLERS:
            raise InvalidOptionError(
                f"there is no sampler {self.sampler!r}; choose from {', '.join(SAMPLERS)}"
            )
        if self.samples < 1:
            raise InvalidOptionError(f"gamma needs at least one sample, not {self.samples}; 30 is usual")
        if self.seed < 0:
            raise InvalidOptionError(f"the seed must not be negative, but is {self.seed}")
        if self.precision is not None and not 0 < self.precision < 1:
            raise InvalidOptionError(
                f"precision must lie between 0 and 1, not {self.precision}; 0.02 is usual"
            )
        if self.precision is not None and self.samples == 1:
            raise InvalidOptionError("precision needs two samples or more, to see their spread; 30 is usual")

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "alpha": self.alpha,
            "beta": self.beta,
            "sampler": self.sampler,
            "gamma_samples": self.samples,
            "precision": self.precision,
            "gamma_seed": self.seed,
        }


def count_disorders(corpus: Corpus, options: GammaOptions, *, by: Collection[str] = ()) -> dict[str, Table]:
    r"""Observed and expected disorder of each document, with all that gamma, gamma-cat and gamma-k need.

    A document's disorders are weighed by its mean number of units an annotator, so that they can be added: gamma of
    many documents is :math:`1 - \sum_d \bar x_d \delta_d / \sum_d \bar x_d \delta^e_d`.

    Returns
    -------
    mapping of 'gamma' and 'gamma_label' to Table
        `gamma` has the keys `document`, `annotator_1`, `annotator_2` (both 0: all annotators) and `label` (0: all);
        `gamma_label` has `document`, `annotator_1`, `annotator_2` and `label`.
    """
    options.check()
    scopes: list[tuple[tuple[int, int], int, Corpus]] = [((0, 0), 0, corpus)]
    if "label" in by:
        scopes += [
            ((0, 0), code + 1, corpus.select(labels=[label])) for code, label in enumerate(corpus.labels)
        ]
    if "pair" in by and len(corpus.annotators) > 1:
        scopes += [
            ((one, other), 0, corpus.select(annotators=[corpus.annotators[one], corpus.annotators[other]]))
            for one, other in combinations(range(len(corpus.annotators)), 2)
        ]
    rows: list[tuple[int, int, int, int]] = []
    values: list[FloatArray] = []
    label_rows: list[tuple[int, int, int, int]] = []
    label_values: list[FloatArray] = []
    for pair, label, part in scopes:
        labels = {name: code + 1 for code, name in enumerate(corpus.labels)}
        for document, numbers, of_labels in _disorders(part, options):
            rows.append((document, *pair, label))
            values.append(numbers)
            if label == 0:
                for code, triple in of_labels.items():
                    label_rows.append((document, *pair, labels[part.labels[code]]))
                    label_values.append(triple)
    return {
        "gamma": _table(rows, values, QUANTITIES),
        "gamma_label": _table(label_rows, label_values, LABEL_QUANTITIES),
    }


def _table(
    rows: list[tuple[int, int, int, int]], values: list[FloatArray], quantities: tuple[str, ...]
) -> Table:
    keys = np.array(rows, dtype=np.int64).reshape(-1, 4)
    numbers = np.array(values, dtype=np.float64).reshape(-1, len(quantities))
    order = np.lexsort(tuple(keys[:, column] for column in (3, 2, 1, 0)))
    return Table(
        {
            name: keys[order, column]
            for column, name in enumerate(("document", "annotator_1", "annotator_2", "label"))
        },
        {name: numbers[order, column] for column, name in enumerate(quantities)},
    )


def read_documents(corpus: Corpus) -> Iterable[tuple[int, Reading, IntArray]]:
    """The documents that gamma can say something about: two annotators and a unit. With the label codes used."""
    judged = corpus.completed.sum(axis=1)
    borders = np.searchsorted(corpus.document, np.arange(len(corpus.documents) + 1))
    rank = np.cumsum(corpus.completed, axis=1) - 1
    for document in np.flatnonzero((judged > 1) & (np.diff(borders) > 0)).tolist():
        rows = np.arange(borders[document], borders[document + 1])
        label = corpus.label[rows]
        start, end = corpus.start[rows].astype(np.float64), corpus.end[rows].astype(np.float64)
        used = _order_labels(start, end, label)
        number = np.zeros(len(corpus.labels), dtype=np.int64)
        number[used] = np.arange(len(used))
        yield (
            document,
            Reading(
                rank[document, corpus.annotator[rows]],
                start,
                end,
                number[label],
                int(judged[document]),
                float(corpus.lengths[document]),
            ),
            used,
        )


def _order_labels(start: FloatArray, end: FloatArray, label: IntArray) -> IntArray:
    """The labels that occur, by the places of their spans: random samples are to depend on no names."""
    order = np.lexsort((end, start))
    start, end, label = start[order], end[order], label[order]
    used, first = np.unique(label, return_index=True)
    begins = list(zip(start[first].tolist(), end[first].tolist(), strict=True))
    if len(set(begins)) == len(begins):
        return used[np.argsort(first)]

    def places_of(code: int) -> list[tuple[float, float]]:
        own = label == code
        return list(zip(start[own].tolist(), end[own].tolist(), strict=True))

    return np.array(sorted(used.tolist(), key=places_of), dtype=np.int64)


def _disorders(
    corpus: Corpus,
    options: GammaOptions,
) -> Iterable[tuple[int, FloatArray, Mapping[int, FloatArray]]]:
    """Each document's numbers, many documents at a time."""
    groups: dict[int, list[tuple[int, Reading, IntArray]]] = {}
    for entry in read_documents(corpus):
        groups.setdefault(entry[1].n_annotators, []).append(entry)
    for n_annotators in sorted(groups):
        batch: list[tuple[int, Reading, IntArray]] = []
        held = 0
        for entry in groups[n_annotators]:
            batch.append(entry)
            held += len(entry[1].start) * (options.samples + 1)
            if held >= UNITS_AT_ONCE:
                yield from _disorders_of(batch, options)
                batch, held = [], 0
        if batch:
            yield from _disorders_of(batch, options)


def _disorders_of(
    batch: list[tuple[int, Reading, IntArray]],
    options: GammaOptions,
) -> Iterable[tuple[int, FloatArray, Mapping[int, FloatArray]]]:
    measure = Dissimilarity(options.alpha, options.beta)
    generators = [generator_for(reading, options.seed) for _, reading, _ in batch]
    drawn = [
        _draw(reading, generator, options.samples, options.sampler)
        for (_, reading, _), generator in zip(batch, generators, strict=True)
    ]
    measured = _measure(
        [reading for _, reading, _ in batch] + [part for _, part in drawn],
        [np.zeros(len(reading.start), dtype=np.int64) for _, reading, _ in batch]
        + [sample for sample, _ in drawn],
        measure,
        np.repeat([0.0, EXPECTED_TOLERANCE], [len(batch), len(batch) * options.samples]),
    )
    observed = measured.take(slice(len(batch)))
    borders = np.cumsum([len(batch)] + [options.samples] * len(batch))
    for index, (document, reading, used) in enumerate(batch):
        chance = measured.take(slice(borders[index], borders[index + 1]))
        imprecise = False
        if options.precision is not None:
            mean = float(chance.disorder.mean())
            spread = float(chance.disorder.std()) / mean if mean > 0 else 0.0
            ratio = spread * NORMAL_95 / options.precision
            wanted = int(np.ceil(min(ratio, MOST_SAMPLES) ** 2))  # its square may be too large for a number
            needed = min(MOST_SAMPLES, wanted)
            imprecise = wanted > max(needed, options.samples)
            if needed > options.samples:
                sample, part = _draw(reading, generators[index], needed - options.samples, options.sampler)
                more = np.full(needed - options.samples, EXPECTED_TOLERANCE)
                chance = chance.join(_measure([part], [sample], measure, more))
        own = observed.take(slice(index, index + 1))
        yield document, *_combine(reading, used, own, chance, imprecise=imprecise)


def _draw(
    reading: Reading,
    generator: np.random.Generator,
    samples: int,
    sampler: str,
) -> tuple[IntArray, Reading]:
    return (sample_statistical if sampler == "statistical" else sample_shuffled)(reading, generator, samples)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Numbers of each problem; the last two have shape (problem, label)."""

    disorder: FloatArray
    n_clusters: FloatArray
    certified: BoolArray
    category: FloatArray
    weight: FloatArray
    label_category: FloatArray
    label_weight: FloatArray

    def take(self, rows: slice) -> "_Measured":
        return _Measured(*(getattr(self, name)[rows] for name in self.__slots__))

    def join(self, other: "_Measured") -> "_Measured":
        width = max(self.label_weight.shape[1], other.label_weight.shape[1])

        def widen(matrix: FloatArray) -> FloatArray:
            return np.pad(matrix, ((0, 0), (0, width - matrix.shape[1]))) if matrix.ndim > 1 else matrix

        return _Measured(
            *(
                np.concatenate([widen(getattr(self, name)), widen(getattr(other, name))])
                for name in self.__slots__
            ),
        )


def _measure(
    readings: list[Reading],
    samples: list[IntArray],
    measure: Dissimilarity,
    tolerance: FloatArray,
) -> _Measured:
    """Align every sample of every document, each as near its optimum as its tolerance asks, and read off the numbers."""
    before = np.cumsum([0] + [int(numbers.max()) + 1 for numbers in samples])
    problem = np.concatenate([first + numbers for first, numbers in zip(before[:-1], samples, strict=True)])
    annotator = np.concatenate([reading.annotator for reading in readings])
    start = np.concatenate([reading.start for reading in readings])
    end = np.concatenate([reading.end for reading in readings])
    label = np.concatenate([reading.label for reading in readings])
    order = np.lexsort((label, end, start, annotator, problem))
    n_annotators = readings[0].n_annotators
    n_problems = int(before[-1])
    units = Units(
        problem[order],
        annotator[order],
        start[order],
        end[order],
        label[order],
        np.full(n_problems, n_annotators),
    )
    solution = solve(units, measure, tolerance=tolerance)
    cost = np.bincount(solution.problem, weights=solution.cost, minlength=n_problems)
    n_units = np.bincount(units.problem, minlength=n_problems)
    categories = _categories(units, solution, measure, n_problems)
    return _Measured(
        cost * n_annotators / np.maximum(n_units, 1),
        np.bincount(solution.problem, minlength=n_problems).astype(np.float64),
        solution.gap <= tolerance * cost,
        *categories,
    )


def _categories(
    units: Units,
    solution: Solution,
    measure: Dissimilarity,
    n_problems: int,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    r"""Categorial disagreement of the aligned pairs and its weight, in all and of each label.

    A pair of a cluster with :math:`v` units weighs :math:`\max(0, 1 - \alpha d_{pos}) / (v - 1)`.
    """
    order = np.argsort(solution.cluster, kind="stable")
    cluster = solution.cluster[order]
    size = np.bincount(cluster)
    ends = np.cumsum(size)
    count = ends[cluster] - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), count)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    one, other = order[left], order[right]
    near = np.maximum(0.0, 1 - measure.alpha * units.positional(one, other))
    weight = near / (size[cluster[left]] - 1)
    apart = weight * (units.label[one] != units.label[other])
    problem = units.problem[one]
    n_labels = int(units.label.max(initial=0)) + 1

    def by_label(values: FloatArray) -> FloatArray:
        differ = units.label[one] != units.label[other]
        keys = np.concatenate(
            [problem * n_labels + units.label[one], (problem * n_labels + units.label[other])[differ]]
        )
        both = np.concatenate([values, values[differ]])
        sums = np.bincount(keys, weights=both, minlength=n_problems * n_labels)
        return sums.astype(np.float64, copy=False).reshape(n_problems, n_labels)

    return (
        _sum(problem, apart, n_problems),
        _sum(problem, weight, n_problems),
        by_label(apart),
        by_label(weight),
    )


def _sum(keys: IntArray, weights: FloatArray, size: int) -> FloatArray:
    return np.bincount(keys, weights=weights, minlength=size).astype(np.float64, copy=False)


def _combine(
    reading: Reading,
    used: IntArray,
    observed: _Measured,
    chance: _Measured,
    *,
    imprecise: bool,
) -> tuple[FloatArray, dict[int, FloatArray]]:
    """One document's row of the table, and its rows a label."""
    mean_units = len(reading.start) / reading.n_annotators
    by_chance = _mean_ratio(chance.category, chance.weight)
    weight = float(observed.weight[0]) if by_chance is not None else 0.0
    n_samples = len(chance.disorder)
    variance = float(chance.disorder.var(ddof=1)) / n_samples if n_samples > 1 else 0.0
    numbers = np.array(
        [
            mean_units,
            mean_units * observed.disorder[0],
            mean_units * chance.disorder.mean(),
            mean_units**2 * variance,
            observed.n_clusters[0],
            float(not observed.certified[0]),
            n_samples,
            float(imprecise),
            observed.category[0] if weight else 0.0,
            weight,
            weight * (by_chance or 0.0),
        ],
    )
    of_labels: dict[int, FloatArray] = {}
    for code, label in enumerate(used.tolist()):
        if code >= observed.label_weight.shape[1] or not observed.label_weight[0, code]:
            continue
        own = float(observed.label_weight[0, code])
        if code >= chance.label_weight.shape[1]:
            continue
        by_chance = _mean_ratio(chance.label_category[:, code], chance.label_weight[:, code])
        if by_chance is not None:
            of_labels[label] = np.array([observed.label_category[0, code], own, own * by_chance])
    return numbers, of_labels


def _mean_ratio(numerator: FloatArray, denominator: FloatArray) -> float | None:
    """The mean over samples of a ratio, of the samples where it is defined; none if it is nowhere."""
    defined = denominator > 0
    return float((numerator[defined] / denominator[defined]).mean()) if defined.any() else None
