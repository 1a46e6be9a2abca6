"""Gamma, gamma-cat and gamma-k: observed against expected disorder of the best alignments."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.panels import number_annotators, split_panels
from annotations.agreement.gamma.alignment import make_dissimilarity
from annotations.agreement.gamma.options import GammaOptions
from annotations.agreement.gamma.pool import Pool
from annotations.agreement.gamma.samples import Measured, measure_samples
from annotations.agreement.gamma.sampling import (
    DocumentUnits,
    UnitShape,
    generator_for,
    sample_shuffled,
    sample_statistical,
)
from annotations.agreement.gamma.units import Dissimilarity
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.tables import Table

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
    options = options.with_pool(corpus)
    rows: list[tuple[int, ...]] = []
    values: list[FloatArray] = []
    label_rows: list[tuple[int, ...]] = []
    label_values: list[FloatArray] = []
    labels = {name: code + 1 for code, name in enumerate(corpus.labels)}
    for part, label, keys in _list_scopes(corpus, by):
        measure = make_dissimilarity(options.alpha, options.beta, distances, part.labels)
        pool = None if options.pool is None else options.pool.narrow(part.labels)
        for document, numbers, of_labels in _disorders(part, options, measure, pool):
            slice_ = tuple(keys[document].tolist())
            rows.append((*slice_, label))
            values.append(numbers)
            if label == 0:
                for code, of_label in of_labels.items():
                    own = EVERY_LABEL if code is None else labels[part.labels[code]]
                    label_rows.append((*slice_, own))
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
    """Give the documents that gamma can say something about, which have two annotators and a unit: number, units, and codes of their labels."""
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
    pool: Pool | None,
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
                yield from _disorders_of(batch, options, measure, pool, corpus.labels)
                batch, held = [], 0
        if batch:
            yield from _disorders_of(batch, options, measure, pool, corpus.labels)


def _disorders_of(
    batch: list[tuple[int, DocumentUnits, IntArray]],
    options: GammaOptions,
    measure: Dissimilarity,
    pool: Pool | None,
    names: tuple[str, ...],
) -> Iterable[tuple[int, FloatArray, OfLabels]]:
    labels = [used for _, _, used in batch]
    if pool is not None:
        labels = [pool.order_labels(used, names) for used in labels]
    generators = [generator_for(reading, options.seed) for _, reading, _ in batch]
    drawn = [
        _draw(reading, generator, options.samples, options.sampler, describe(reading, pool, codes, names))
        for (_, reading, _), codes, generator in zip(batch, labels, generators, strict=True)
    ]
    measured = measure_samples(
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
    for index, ((document, reading, _), used) in enumerate(zip(batch, labels, strict=True)):
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
                shape = describe(reading, pool, used, names)
                sample, part = _draw(
                    reading, generators[index], needed - options.samples, options.sampler, shape
                )
                more = np.full(needed - options.samples, EXPECTED_TOLERANCE)
                n_labelled = None if options.chance == "document" else 0
                chance = chance.join(
                    measure_samples([part], [used], [sample], measure, more, n_labelled=n_labelled)
                )
        own = observed.take(slice(index, index + 1))
        numbers = _describe_disorder(reading, own, chance, imprecise=imprecise)
        yield document, numbers, _describe_labels(used, own, chance, options.chance)


def _draw(
    reading: DocumentUnits,
    generator: np.random.Generator,
    samples: int,
    sampler: str,
    shape: UnitShape,
) -> tuple[IntArray, DocumentUnits]:
    if sampler == "statistical":
        return sample_statistical(reading, generator, samples, shape=shape)
    return sample_shuffled(reading, generator, samples)


def describe(reading: DocumentUnits, pool: Pool | None, codes: IntArray, names: tuple[str, ...]) -> UnitShape:
    """The lengths and labels that random units of a document have: its own, or those of a pool for labels by their codes."""
    return UnitShape.of(reading) if pool is None else pool.shape([names[code] for code in codes.tolist()])


def _describe_disorder(
    reading: DocumentUnits, observed: Measured, chance: Measured, *, imprecise: bool
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


def _describe_labels(used: IntArray, observed: Measured, chance: Measured, source: str) -> OfLabels:
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


def tabulate_disorders(batch: Batch) -> CountedTables:
    """Count into the tables `gamma` and `gamma_label` the disorder of the best alignment of each document, and of samples."""
    gamma, distances = batch.options["gamma"], batch.options["distances"]
    return CountedTables(count_disorders(batch.corpus, gamma, by=batch.by, distances=distances))
