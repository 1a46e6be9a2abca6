"""The best alignment of each document and of each of its random samples, and what labels its aligned units have."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray
from annotations.agreement.gamma.alignment import solve
from annotations.agreement.gamma.sampling import DocumentUnits
from annotations.agreement.gamma.units import Dissimilarity, Units


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is read off the best alignments of problems; the last three have shape (problem, 1 + label), all labels together first."""

    disorder: FloatArray
    n_clusters: FloatArray
    certified: BoolArray
    apart: FloatArray
    weight: FloatArray
    units: FloatArray

    def take(self, rows: slice) -> "Measured":
        """The numbers of some problems."""
        return Measured(*(getattr(self, name)[rows] for name in self.__slots__))

    def join(self, other: "Measured") -> "Measured":
        """The numbers of these problems and then of others, with zeros for labels that one of them lacks."""
        width = max(self.weight.shape[1], other.weight.shape[1])

        def widen(matrix: FloatArray) -> FloatArray:
            return np.pad(matrix, ((0, 0), (0, width - matrix.shape[1]))) if matrix.ndim > 1 else matrix

        return Measured(
            *(
                np.concatenate([widen(getattr(self, name)), widen(getattr(other, name))])
                for name in self.__slots__
            ),
        )


def measure_samples(
    readings: list[DocumentUnits],
    labels: list[IntArray],
    samples: list[IntArray],
    measure: Dissimilarity,
    tolerance: FloatArray,
    *,
    n_labelled: int | None,
) -> Measured:
    """Align every sample of every document, each as near its optimum as its tolerance asks, and read off the numbers.

    Parameters
    ----------
    readings : list of DocumentUnits
        Each the units of one or more samples.
    labels : list of int arrays, each of shape (label of the document,)
        What the numbers of a reading's labels are in the corpus.
    samples : list of int arrays, each of shape (unit,)
        Which sample of its reading each unit is in.
    measure : Dissimilarity
    tolerance : float array, shape (sample,)
        How far from its optimum an alignment may be, as a share of its cost.
    n_labelled : int or None
        Labels are compared in so many of the first samples (None: in all); the others have zeros there.

    Returns
    -------
    Measured
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
    return Measured(
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
