"""Gamma, gamma-cat and gamma-k: observed against expected disorder of the best alignments."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.panels import number_annotators, split_panels
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.alignment import check_weights, make_dissimilarity, solve
from annotations.agreement.gamma.sampling import (
    DocumentUnits,
    generator_for,
    sample_shuffled,
    sample_statistical,
)
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.sums.batches import Batch, Tally
from annotations.agreement.sums.statistics import Table

SAMPLERS = ("statistical", "shuffle")
CHANCES = ("corpus", "document")
EXPECTED_TOLERANCE = 1e-3
NORMAL_95 = 1.959963984540054
MAX_SAMPLES = 2000
UNITS_AT_ONCE = 40_000
EVERY_LABEL = 0  # the code that stands for the units of all labels together
QUANTITIES = (
    "units",
    "observed",
    "expected",
    "variance",
    "clusters",
    "uncertified",
    "samples",
    "imprecise",
)
LABEL_QUANTITIES = ("observed", "weight", "units", "expected")


OfLabels = Mapping[int | None, FloatArray]


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
    chance : 'corpus' or 'document'
        Whose labels chance deals in gamma-cat and gamma-k: those of all aligned units, dealt anew among them, or those of
        each document's own random samples.
    """

    alpha: float = 1.0
    beta: float = 1.0
    sampler: str = "statistical"
    samples: int = 30
    precision: float | None = None
    seed: int = 0
    chance: str = "corpus"

    def check(self) -> None:
        """Refuse what has no meaning."""
        check_weights(self.alpha, self.beta)
        if self.sampler not in SAMPLERS:
            raise InvalidOptionError(
                f"there is no sampler {self.sampler!r}; choose from {', '.join(SAMPLERS)}"
            )
        if self.chance not in CHANCES:
            raise InvalidOptionError(
                f"gamma_cat cannot take chance from {self.chance!r}; choose from {', '.join(CHANCES)}"
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
            "chance": self.chance,
        }


def count_disorders(
    corpus: Corpus,
    options: GammaOptions,
    *,
    by: Collection[str] = (),
    distances: LabelDistances | None = None,
) -> dict[str, Table]:
    r"""Observed and expected disorder of each document, with all that gamma, gamma-cat and gamma-k need.

    A document's disorders are weighed by its mean number of units an annotator, so that they can be added: gamma of
    many documents is :math:`1 - \sum_d \bar x_d \delta_d / \sum_d \bar x_d \delta^e_d`.

    Returns
    -------
    mapping of 'gamma' and 'gamma_label' to Table
        `gamma` has the keys `document`, `annotator_1`, `annotator_2` (both 0: all annotators) and `label` (0: all);
        `gamma_label`, over the aligned pairs of all units and of those with a label, has the same keys and the quantities
        `observed` (weight of the pairs, times how far apart their labels are), `weight`, `units` (how many units are in these pairs) and
        `expected` (weight times the mean distance of labels in the document's own samples; 0 unless `chance` asks for it).
    """
    options.check()
    rows: list[tuple[int, ...]] = []
    values: list[FloatArray] = []
    label_rows: list[tuple[int, ...]] = []
    label_values: list[FloatArray] = []
    labels = {name: code + 1 for code, name in enumerate(corpus.labels)}
    for part, label, keys in _list_scopes(corpus, by):
        measure = make_dissimilarity(options.alpha, options.beta, distances, part.labels)
        for document, numbers, of_labels in _disorders(part, options, measure):
            scope = tuple(keys[document].tolist())
            rows.append((*scope, label))
            values.append(numbers)
            if label == 0:
                for code, of_label in of_labels.items():
                    own = EVERY_LABEL if code is None else labels[part.labels[code]]
                    label_rows.append((*scope, own))
                    label_values.append(of_label)
    return {
        "gamma": _table(rows, values, QUANTITIES),
        "gamma_label": _table(label_rows, label_values, LABEL_QUANTITIES),
    }


def _list_scopes(corpus: Corpus, by: Collection[str]) -> Iterator[tuple[Corpus, int, IntArray]]:
    """The parts that are compared apart: spans, their label (0: all), and each document's own number and pair of annotators."""
    everybody = np.zeros((len(corpus.documents), 3), dtype=np.int64)
    everybody[:, 0] = np.arange(len(corpus.documents))
    yield corpus, 0, everybody
    if "label" in by:
        for code, label in enumerate(corpus.labels):
            yield corpus.select(labels=[label]), code + 1, everybody
    if "pair" in by:
        for panel in split_panels(corpus):
            for one, other in combinations(range(panel.members.shape[1]), 2):
                names = [panel.corpus.annotators[member] for member in (one, other)]
                keys = np.column_stack([panel.documents, panel.members[:, [one, other]]])
                yield panel.corpus.select(annotators=names), 0, keys


def _table(rows: list[tuple[int, ...]], values: list[FloatArray], quantities: tuple[str, ...]) -> Table:
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


def read_documents(corpus: Corpus) -> Iterable[tuple[int, DocumentUnits, IntArray]]:
    """The documents that gamma can say something about: two annotators and a unit. With the label codes used."""
    judged = corpus.completed.sum(axis=1)
    borders = np.searchsorted(corpus.document, np.arange(len(corpus.documents) + 1))
    number_of = number_annotators(corpus)
    for document in np.flatnonzero((judged > 1) & (np.diff(borders) > 0)).tolist():
        rows = np.arange(borders[document], borders[document + 1])
        label = corpus.label[rows]
        start, end = corpus.start[rows].astype(np.float64), corpus.end[rows].astype(np.float64)
        used = _order_labels(start, end, label)
        number = np.zeros(len(corpus.labels), dtype=np.int64)
        number[used] = np.arange(len(used))
        yield (
            document,
            DocumentUnits(
                number_of[rows],
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
    measure: Dissimilarity,
) -> Iterable[tuple[int, FloatArray, OfLabels]]:
    """Each document's numbers, many documents at a time."""
    groups: dict[int, list[tuple[int, DocumentUnits, IntArray]]] = {}
    for entry in read_documents(corpus):
        groups.setdefault(entry[1].n_annotators, []).append(entry)
    for n_annotators in sorted(groups):
        batch: list[tuple[int, DocumentUnits, IntArray]] = []
        held = 0
        for entry in groups[n_annotators]:
            batch.append(entry)
            held += len(entry[1].start) * (options.samples + 1)
            if held >= UNITS_AT_ONCE:
                yield from _disorders_of(batch, options, measure)
                batch, held = [], 0
        if batch:
            yield from _disorders_of(batch, options, measure)


def _disorders_of(
    batch: list[tuple[int, DocumentUnits, IntArray]],
    options: GammaOptions,
    measure: Dissimilarity,
) -> Iterable[tuple[int, FloatArray, OfLabels]]:
    labels = [used for _, _, used in batch]
    generators = [generator_for(reading, options.seed) for _, reading, _ in batch]
    drawn = [
        _draw(reading, generator, options.samples, options.sampler)
        for (_, reading, _), generator in zip(batch, generators, strict=True)
    ]
    measured = _measure(
        [reading for _, reading, _ in batch] + [part for _, part in drawn],
        [*labels, *labels],
        [np.zeros(len(reading.start), dtype=np.int64) for _, reading, _ in batch]
        + [sample for sample, _ in drawn],
        measure,
        np.repeat([0.0, EXPECTED_TOLERANCE], [len(batch), len(batch) * options.samples]),
        # where chance deals the labels of the observed units, those of the samples say nothing
        n_labelled=None if options.chance == "document" else len(batch),
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
            wanted = int(np.ceil(min(ratio, MAX_SAMPLES) ** 2))  # its square may be too large for a number
            needed = min(MAX_SAMPLES, wanted)
            imprecise = wanted > max(needed, options.samples)
            if needed > options.samples:
                sample, part = _draw(reading, generators[index], needed - options.samples, options.sampler)
                more = np.full(needed - options.samples, EXPECTED_TOLERANCE)
                n_labelled = None if options.chance == "document" else 0
                chance = chance.join(_measure([part], [used], [sample], measure, more, n_labelled=n_labelled))
        own = observed.take(slice(index, index + 1))
        numbers = _describe_disorder(reading, own, chance, imprecise=imprecise)
        yield document, numbers, _describe_labels(used, own, chance, options.chance)


def _draw(
    reading: DocumentUnits,
    generator: np.random.Generator,
    samples: int,
    sampler: str,
) -> tuple[IntArray, DocumentUnits]:
    return (sample_statistical if sampler == "statistical" else sample_shuffled)(reading, generator, samples)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Numbers of each problem; the last three have shape (problem, 1 + label), with all labels together first."""

    disorder: FloatArray
    n_clusters: FloatArray
    certified: BoolArray
    apart: FloatArray
    weight: FloatArray
    units: FloatArray

    def take(self, rows: slice) -> "_Measured":
        return _Measured(*(getattr(self, name)[rows] for name in self.__slots__))

    def join(self, other: "_Measured") -> "_Measured":
        width = max(self.weight.shape[1], other.weight.shape[1])

        def widen(matrix: FloatArray) -> FloatArray:
            return np.pad(matrix, ((0, 0), (0, width - matrix.shape[1]))) if matrix.ndim > 1 else matrix

        return _Measured(
            *(
                np.concatenate([widen(getattr(self, name)), widen(getattr(other, name))])
                for name in self.__slots__
            ),
        )


def _measure(
    readings: list[DocumentUnits],
    labels: list[IntArray],
    samples: list[IntArray],
    measure: Dissimilarity,
    tolerance: FloatArray,
    *,
    n_labelled: int | None,
) -> _Measured:
    """Align every sample of every document, each as near its optimum as its tolerance asks, and read off the numbers.

    `labels` tells what the numbers of each reading's labels are in the corpus. Labels are compared in so many of the first problems (None: in all); the others have zeros there.
    """
    before = np.cumsum([0] + [int(numbers.max()) + 1 for numbers in samples])
    problem = np.concatenate([first + numbers for first, numbers in zip(before[:-1], samples, strict=True)])
    annotator = np.concatenate([reading.annotator for reading in readings])
    start = np.concatenate([reading.start for reading in readings])
    end = np.concatenate([reading.end for reading in readings])
    label = np.concatenate([reading.label for reading in readings])
    category = np.concatenate([used[reading.label] for reading, used in zip(readings, labels, strict=True)])
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
        category[order],
    )
    solution = solve(units, measure, tolerance=tolerance)
    cost = np.bincount(solution.problem, weights=solution.cost, minlength=n_problems)
    n_units = np.bincount(units.problem, minlength=n_problems)
    last = n_problems if n_labelled is None else n_labelled
    compared = int(np.searchsorted(units.problem, last))
    categories = _compare_labels(
        units.take(np.arange(compared)), solution.cluster[:compared], measure, n_problems
    )
    return _Measured(
        cost * n_annotators / np.maximum(n_units, 1),
        np.bincount(solution.problem, minlength=n_problems).astype(np.float64),
        solution.gap <= tolerance * cost,
        *categories,
    )


def _compare_labels(
    units: Units,
    cluster: IntArray,
    measure: Dissimilarity,
    n_problems: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Weight of the aligned pairs times the distance of their labels, weight alone, and the number of units in them.

    A pair of a cluster with :math:`v` units weighs :math:`\max(0, 1 - \alpha d_{pos}) / (v - 1)`.

    Returns
    -------
    apart, weight, n_units : arrays, shape (problem, 1 + label)
        Of all pairs, then of the pairs in which a unit has the label.
    """
    order = np.argsort(cluster, kind="stable")
    clusters = cluster[order]
    size = np.bincount(clusters)
    ends = np.cumsum(size)
    count = ends[clusters] - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), count)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    one, other = order[left], order[right]
    near = np.maximum(0.0, 1 - measure.alpha * units.positional(one, other))
    weight = near / (size[clusters[left]] - 1)
    differ = units.label[one] != units.label[other]
    problem = units.problem[one]
    n_labels = int(units.label.max(initial=0)) + 1

    def add_up(problem: IntArray, label: IntArray, values: FloatArray) -> FloatArray:
        sums = np.bincount(problem * n_labels + label, weights=values, minlength=n_problems * n_labels)
        return sums.astype(np.float64, copy=False).reshape(n_problems, n_labels)

    labels_of = np.concatenate([units.label[one], units.label[other][differ]])
    problems_of = np.concatenate([problem, problem[differ]])

    def sum_pairs(values: FloatArray) -> FloatArray:
        total = np.bincount(problem, weights=values, minlength=n_problems).astype(np.float64, copy=False)
        by_label = add_up(problems_of, labels_of, np.concatenate([values, values[differ]]))
        return np.concatenate([total[:, None], by_label], axis=1)

    is_paired = np.zeros(len(units), dtype=bool)
    is_paired[one[weight > 0]] = True
    is_paired[other[weight > 0]] = True
    paired = np.flatnonzero(is_paired)
    by_label = add_up(units.problem[paired], units.label[paired], np.ones(len(paired)))
    n_units = np.concatenate([by_label.sum(axis=1, keepdims=True), by_label], axis=1)
    return sum_pairs(weight * units.categorial(one, other, measure)), sum_pairs(weight), n_units


def _describe_disorder(
    reading: DocumentUnits, observed: _Measured, chance: _Measured, *, imprecise: bool
) -> FloatArray:
    """One document's row of the table of disorders."""
    mean_units = len(reading.start) / reading.n_annotators
    n_samples = len(chance.disorder)
    variance = float(chance.disorder.var(ddof=1)) / n_samples if n_samples > 1 else 0.0
    return np.array(
        [
            mean_units,
            mean_units * observed.disorder[0],
            mean_units * chance.disorder.mean(),
            mean_units**2 * variance,
            observed.n_clusters[0],
            float(not observed.certified[0]),
            n_samples,
            float(imprecise),
        ],
    )


def _describe_labels(used: IntArray, observed: _Measured, chance: _Measured, source: str) -> OfLabels:
    """One document's rows of the table of labels: all together (None), and each by its code."""
    rows: dict[int | None, FloatArray] = {}
    codes: list[int | None] = [None, *used.tolist()]
    width = min(observed.weight.shape[1], len(codes))
    for column, code in enumerate(codes[:width]):
        apart, weight, n_units = (
            float(part[0, column]) for part in (observed.apart, observed.weight, observed.units)
        )
        if not weight:
            continue
        by_chance: float | None = 0.0
        if source == "document":
            by_chance = _mean_ratio(chance.apart, chance.weight, column)
        if by_chance is not None:
            rows[code] = np.array([apart, weight, n_units, weight * by_chance])
    return rows


def _mean_ratio(numerator: FloatArray, denominator: FloatArray, column: int) -> float | None:
    """The mean over samples of a ratio, of the samples where it is defined; none if it is nowhere."""
    if column >= denominator.shape[1]:
        return None
    above, below = numerator[:, column], denominator[:, column]
    defined = below > 0
    return float((above[defined] / below[defined]).mean()) if defined.any() else None


def tabulate_disorders(batch: Batch) -> Tally:
    """The tables `gamma` and `gamma_label`."""
    gamma, distances = batch.options["gamma"], batch.options["distances"]
    return Tally(count_disorders(batch.corpus, gamma, by=batch.by, distances=distances))
