"""Random annotations of a document, against which gamma measures chance."""

import hashlib
from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray

MIN_LENGTH = 1e-6
MIX = 2**63


@dataclass(frozen=True, slots=True, eq=False)
class DocumentUnits:
    """The units of all annotators of one document, in canonical order.

    Attributes
    ----------
    annotator : int array, shape (unit,)
        Numbered from 0 without holes; annotators without units have the last numbers.
    start, end : float arrays, shape (unit,)
    label : int array, shape (unit,)
        Numbered by first appearance in the text, so that names do not matter.
    n_annotators : int
    length : float
    """

    annotator: IntArray
    start: FloatArray
    end: FloatArray
    label: IntArray
    n_annotators: int
    length: float


@dataclass(frozen=True, slots=True, eq=False)
class UnitShape:
    """The lengths and labels of units, as random ones are drawn with them.

    Attributes
    ----------
    mean, spread : float
        Of the lengths: their mean and standard deviation.
    share : float array, shape (label,)
        How often each label occurs; their sum is 1.
    """

    mean: float
    spread: float
    share: FloatArray

    @classmethod
    def of(cls, reading: DocumentUnits) -> "UnitShape":
        """The shape of the units of one document."""
        lengths = np.sort(reading.end - reading.start)
        share = np.bincount(reading.label) / len(reading.label)
        return cls(float(lengths.mean()), float(lengths.std()), share)


def generator_for(reading: DocumentUnits, seed: int) -> np.random.Generator:
    """A generator that depends on the seed and on the content, not on names or on the order of anything."""
    counts = np.sort(np.bincount(reading.annotator, minlength=reading.n_annotators))
    order = np.lexsort((reading.label, reading.end, reading.start))
    digest = hashlib.blake2b(digest_size=8)
    for part in (counts, reading.start[order], reading.end[order], reading.label[order]):
        digest.update(np.ascontiguousarray(part).tobytes())
    return np.random.default_rng([seed % MIX, int.from_bytes(digest.digest(), "big")])


def sample_statistical(
    reading: DocumentUnits, generator: np.random.Generator, samples: int, *, shape: UnitShape | None = None
) -> tuple[IntArray, DocumentUnits]:
    """Draw annotations with the mean and spread of the numbers of units, of gaps and of lengths.

    Parameters
    ----------
    reading : DocumentUnits
        With at least one unit.
    generator : numpy Generator
    samples : int
    shape : UnitShape, optional
        The lengths and labels to draw with; those of the document if not given.

    Returns
    -------
    sample : int array, shape (unit,)
        The number of the sample that each unit belongs to, from 0.
    drawn : DocumentUnits
        The units of all samples together.

    References
    ----------
    Mathet et al. (2015), section 5.2; the normal distributions are those of pygamma-agreement's statistical sampler.
    """
    order = np.lexsort((reading.end, reading.start, reading.annotator))
    annotator, start, end = reading.annotator[order], reading.start[order], reading.end[order]
    follows = annotator[1:] == annotator[:-1]
    opening = np.concatenate([[True], ~follows])
    leads = start[opening]
    gaps = np.concatenate([[0.0], (start[1:] - end[:-1])[follows], leads[leads > 0]])
    gaps = np.sort(gaps)
    shape = shape or UnitShape.of(reading)
    per_annotator = np.bincount(annotator, minlength=reading.n_annotators).astype(np.float64)
    per_annotator.sort()
    counts = np.abs(
        generator.normal(per_annotator.mean(), per_annotator.std(), (samples, reading.n_annotators))
    )
    counts = counts.astype(np.int64)
    counts[counts.sum(axis=1) == 0, 0] = 1
    total = int(counts.sum())
    gap = generator.normal(gaps.mean(), gaps.std(), total)
    length = np.maximum(np.abs(generator.normal(shape.mean, shape.spread, total)), MIN_LENGTH)
    label = np.searchsorted(np.cumsum(shape.share), generator.random(total), side="right")
    owner = np.repeat(np.arange(counts.size), counts.ravel())
    ends = np.cumsum(gap + length)
    before = np.cumsum(counts.ravel()) - counts.ravel()
    base = np.concatenate([[0.0], ends])[before]
    end = ends - base[owner]
    sample, who = np.divmod(owner, reading.n_annotators)
    label = np.minimum(label, len(shape.share) - 1)
    return sample, DocumentUnits(who, end - length, end, label, reading.n_annotators, reading.length)


def sample_shuffled(
    reading: DocumentUnits, generator: np.random.Generator, samples: int
) -> tuple[IntArray, DocumentUnits]:
    """Turn the annotation of a random annotator round the document, by pivots that keep half a unit apart.

    Parameters
    ----------
    reading : DocumentUnits
    generator : numpy Generator
    samples : int

    Returns
    -------
    As from `sample_statistical`.

    References
    ----------
    Mathet et al. (2015), section 5.2.
    """
    counts = np.bincount(reading.annotator, minlength=reading.n_annotators)
    # annotators in an order of their content, so that their names do not matter
    contents = [
        tuple(
            zip(
                reading.start[rows].tolist(),
                reading.end[rows].tolist(),
                reading.label[rows].tolist(),
                strict=True,
            )
        )
        for rows in (np.flatnonzero(reading.annotator == one) for one in range(reading.n_annotators))
    ]
    ranking = sorted(range(reading.n_annotators), key=contents.__getitem__)
    distance = float(np.sort(reading.end - reading.start).mean()) / 2
    parts: list[tuple[IntArray, IntArray, FloatArray, FloatArray, IntArray]] = []
    number = 0
    for _ in range(100 * samples):
        if number == samples:
            break
        pivots = _draw_pivots(generator, reading.length, distance, reading.n_annotators)
        sources = [
            ranking[index]
            for index in generator.integers(0, reading.n_annotators, reading.n_annotators).tolist()
        ]
        if not counts[sources].sum():
            continue  # nobody who marked anything was drawn
        for who, (source, pivot) in enumerate(zip(sources, pivots, strict=True)):
            rows = np.flatnonzero(reading.annotator == source)
            start = np.mod(reading.start[rows] + pivot, max(reading.length, 1.0))
            end = start + reading.end[rows] - reading.start[rows]
            parts.append(
                (np.full(len(rows), number), np.full(len(rows), who), start, end, reading.label[rows])
            )
        number += 1
    sample, who, start, end, label = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sample, DocumentUnits(who, start, end, label, reading.n_annotators, reading.length)


def _draw_pivots(generator: np.random.Generator, length: float, distance: float, count: int) -> list[float]:
    """Whole-numbered pivots, no two nearer than the distance while there is room."""
    open_parts = [(0.0, length)]
    pivots: list[float] = []
    for _ in range(count):
        sizes = np.array([high - low for low, high in open_parts])
        if sizes.sum() <= 0:
            pivots.append(float(np.floor(generator.uniform(0, length))))
            continue
        low, high = open_parts[
            int(np.searchsorted(np.cumsum(sizes), generator.uniform(0, sizes.sum()), side="right"))
        ]
        pivot = float(np.floor(generator.uniform(low, high)))
        pivots.append(pivot)
        rest = [
            part
            for low, high in open_parts
            for part in ((low, min(high, pivot - distance)), (max(low, pivot + distance), high))
        ]
        open_parts = [(low, high) for low, high in rest if high > low]
    return pivots
