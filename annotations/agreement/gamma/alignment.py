"""The best alignment of the annotators of a document: which units are about the same thing.

Part of finding the best alignment: see "How gamma is exact" in docs/agreement.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from annotations.agreement.coding.distances import Custom
from annotations.agreement.data.arrays import FloatArray, IntArray, keep_memory
from annotations.agreement.data.corpus import Corpus, MarkedSpan
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.panels import number_annotators
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.gamma.candidates import find_candidates
from annotations.agreement.gamma.pairs import TooManyCandidatesError
from annotations.agreement.gamma.partition import Partition, partition_units
from annotations.agreement.gamma.reassignment import reassign_units
from annotations.agreement.gamma.units import Dissimilarity, Units
from annotations.agreement.readers.notebook import read_corpus

UNITS_AT_ONCE = 20_000  # more of them, and their sets leave the cache of a processor
MAX_ANNOTATORS = 7  # beyond it, a text has too many sets of units for a proof of the optimum


@dataclass(frozen=True, slots=True)
class Cluster:
    """Units of different annotators that the alignment puts together; it may hold a single one.

    Attributes
    ----------
    spans : tuple of int
        Rows of the corpus, ordered by annotator; `Alignment.spans` has them with their names.
    disorder : float
        0 when all annotators marked the same; 1 for a unit alone.
    """

    spans: tuple[int, ...]
    disorder: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """A partition of a document's units into clusters of least total disorder.

    Attributes
    ----------
    document : str
    clusters : tuple of Cluster
        In reading order.
    disorder : float
        Sum over the clusters, by the mean number of units an annotator.
    n_annotators : int
        Who completed the document, with units or without.
    certified : bool
        Whether the optimum is proven; it is not tried for more than seven annotators.
    corpus : Corpus
        In whose rows the clusters are.
    """

    document: str
    clusters: tuple[Cluster, ...]
    disorder: float
    n_annotators: int
    certified: bool
    corpus: Corpus = field(repr=False, compare=False)

    @property
    def spans(self) -> tuple[tuple[MarkedSpan, ...], ...]:
        """The spans of each cluster, with annotator, place, label and what they cover."""
        return tuple(self.corpus.get_spans(cluster.spans) for cluster in self.clusters)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Clusters of many problems, as arrays.

    Attributes
    ----------
    cluster : int array, shape (unit,)
        The cluster of each unit; clusters are numbered in the order of their first unit.
    cost : float array, shape (cluster,)
    problem : int array, shape (cluster,)
    gap : float array, shape (problem,)
    """

    cluster: IntArray
    cost: FloatArray
    problem: IntArray
    gap: FloatArray


def align(
    data: Any,
    *,
    documents: Sequence[str] | None = None,
    alpha: float = 1.0,
    beta: float = 1.0,
    distances: LabelDistances | Mapping[str, Any] | None = None,
) -> tuple[Alignment, ...]:
    r"""The certified best alignment of each document.

    .. math::
        \min \sum_S \Bigl( 1 + \frac{1}{C} \sum_{u < v \in S} (d(u, v) - 1) \Bigr), \quad C = \frac{n (n - 1)}{2}

    over all partitions of the units into sets with at most one unit an annotator.

    Parameters
    ----------
    data : Corpus, or whatever `evaluate` takes spans from
    documents : sequence of str, optional
        All if not given. Documents with fewer than two annotators or without units have no alignment.
    alpha, beta : float
        Weights of position and label in the dissimilarity.
    distances : LabelDistances or mapping of label to mapping of label to a distance from 0 to 1, optional
        How far apart labels are in the dissimilarity; 1 where it does not say.

    Returns
    -------
    tuple of Alignment, in the order of the corpus

    References
    ----------
    Mathet, Widlöcher, Métivier (2015), sections 3 and 4.

    Examples
    --------
    >>> from annotations.agreement import read_plain
    >>> a = [{"start": 0, "end": 4, "label": "A"}, {"start": 9, "end": 12, "label": "A"}]
    >>> b = [{"start": 0, "end": 4, "label": "A"}]
    >>> aligned = align(read_plain({"documents": [{"id": "d", "length": 12, "annotators": {"a": a, "b": b}}]}))
    >>> [cluster.spans for cluster in aligned[0].clusters], round(aligned[0].disorder, 3)
    ([(0, 2), (1,)], 0.667)
    >>> [[(span.annotator, span.start, span.end) for span in spans] for spans in aligned[0].spans]
    [[('a', 0, 4), ('b', 0, 4)], [('a', 9, 12)]]
    """
    corpus = read_corpus(data)
    check_weights(alpha, beta)
    measure = make_dissimilarity(
        alpha, beta, None if distances is None else LabelDistances.of(distances), corpus.labels
    )
    keep_memory()
    chosen = corpus if documents is None else corpus.select(documents=documents)
    origin: IntArray = np.arange(corpus.n_spans)
    if documents is not None:
        wanted = set(documents)
        kept = np.array([name in wanted for name in corpus.documents], dtype=bool)
        origin = np.flatnonzero(kept[corpus.document])
    judged = chosen.completed.sum(axis=1)
    usable = np.flatnonzero((judged > 1) & (np.bincount(chosen.document, minlength=len(judged)) > 0))
    number_of = number_annotators(chosen)
    found: dict[int, Alignment] = {}
    for n_annotators in np.unique(judged[usable]).tolist():
        group = usable[judged[usable] == n_annotators]
        number = np.full(len(judged), -1)
        number[group] = np.arange(len(group))
        rows = np.flatnonzero(number[chosen.document] >= 0)
        document = chosen.document[rows]
        units = Units(
            number[document],
            number_of[rows],
            chosen.start[rows].astype(np.float64),
            chosen.end[rows].astype(np.float64),
            chosen.label[rows],
            np.full(len(group), n_annotators),
            chosen.label[rows],
        )
        solution = solve(units, measure, tolerance=np.zeros(len(group)))
        clusters, borders = _read_clusters(units, solution, origin[rows])
        n_units = np.bincount(units.problem, minlength=len(group))
        disorder = np.bincount(solution.problem, weights=solution.cost) * n_annotators / n_units
        for place, inside, total, gap in zip(
            group.tolist(), borders, disorder.tolist(), solution.gap.tolist(), strict=True
        ):
            found[place] = Alignment(
                chosen.documents[place], tuple(clusters[inside]), total, n_annotators, gap == 0, corpus
            )
    return tuple(found[place] for place in sorted(found))


def _read_clusters(
    units: Units, solution: Solution, spans: IntArray
) -> tuple[list[Cluster], Iterator[slice]]:
    """All clusters, problem by problem in reading order, and where those of each problem are."""
    first = np.lexsort((units.end, units.start, solution.cluster))
    sizes = np.bincount(solution.cluster)
    first = first[np.cumsum(sizes) - sizes]
    sequence = np.lexsort((units.end[first], units.start[first], solution.problem))
    place = np.empty_like(sequence)
    place[sequence] = np.arange(len(sequence))
    rows = spans[np.argsort(place[solution.cluster], kind="stable")].tolist()
    ends = np.cumsum(sizes[sequence]).tolist()
    clusters = [
        Cluster(tuple(rows[begin:end]), cost)
        for begin, end, cost in zip([0, *ends], ends, solution.cost[sequence].tolist(), strict=False)
    ]
    borders = np.cumsum(np.bincount(solution.problem, minlength=units.n_problems)).tolist()
    return clusters, map(slice, [0, *borders[:-1]], borders)


def solve(units: Units, measure: Dissimilarity, *, tolerance: FloatArray) -> Solution:
    """Find the best alignment of the units of each of many documents that were marked by the same number of annotators.

    A problem is one document: `units.problem` numbers the units by it, from 0 and in order, and `tolerance`, of shape
    (problems,), is how much more than the least its alignment may cost. A bounded number of units is at work at a time.
    """
    n_problems = units.n_problems
    ends = np.searchsorted(units.problem, np.arange(n_problems), side="right")
    clusters: list[IntArray] = []
    costs: list[FloatArray] = []
    problems: list[IntArray] = []
    gap = np.zeros(n_problems)
    first, numbered = 0, 0
    while first < n_problems:
        spent = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, spent + UNITS_AT_ONCE, side="right")))
        part = units.take(np.arange(spent, int(ends[last - 1])))
        part = Units(
            part.problem - first,
            part.annotator,
            part.start,
            part.end,
            part.label,
            units.n_annotators[first:last],
            part.category,
        )
        cluster, cost, problem, lost = _solve_part(part, measure, tolerance[first:last])
        clusters.append(cluster + numbered)
        costs.append(cost)
        problems.append(problem + first)
        gap[first:last] = lost
        numbered += len(cost)
        first = last
    nothing = np.zeros(0, dtype=np.int64)
    return Solution(
        np.concatenate([nothing, *clusters]),
        np.concatenate([np.zeros(0), *costs]),
        np.concatenate([nothing, *problems]),
        gap,
    )


def _solve_part(
    units: Units,
    measure: Dissimilarity,
    tolerance: FloatArray,
) -> tuple[IntArray, FloatArray, IntArray, FloatArray]:
    n_annotators, n_problems = int(units.n_annotators[0]), units.n_problems
    partition = _prove(units, measure, tolerance) if n_annotators <= MAX_ANNOTATORS else None
    if partition is None:
        if n_problems > 1 and n_annotators <= MAX_ANNOTATORS:
            return _solve_halves(units, measure, tolerance)
        partition = Partition(reassign_units(units, measure, n_annotators), np.full(n_problems, np.inf))
    sets = partition.sets
    first_member = np.arange(len(units))
    sizes = sets.sizes
    if len(sets):
        first_member[sets.members] = np.repeat(np.minimum.reduceat(sets.members, sets.begins[:-1]), sizes)
    leaders, cluster = np.unique(first_member, return_inverse=True)
    cost = np.ones(len(leaders))
    if len(sets):
        cost[cluster[sets.members[sets.begins[:-1]]]] = sizes - sets.gain
    return cluster, np.maximum(cost, 0.0), units.problem[leaders], partition.gap


def _prove(units: Units, measure: Dissimilarity, tolerance: FloatArray) -> Partition | None:
    try:
        candidates = find_candidates(units, measure, int(units.n_annotators[0]))
    except TooManyCandidatesError:
        return None
    return partition_units(units, candidates, tolerance=tolerance)


def _solve_halves(
    units: Units,
    measure: Dissimilarity,
    tolerance: FloatArray,
) -> tuple[IntArray, FloatArray, IntArray, FloatArray]:
    """Fewer problems at a time, so that only a problem that is too crowded by itself goes without proof."""
    middle = units.n_problems // 2
    cut = int(np.searchsorted(units.problem, middle))
    parts = []
    for rows, first, last in ((slice(0, cut), 0, middle), (slice(cut, None), middle, units.n_problems)):
        part = units.take(np.arange(len(units))[rows])
        own = replace(part, problem=part.problem - first, n_annotators=units.n_annotators[first:last])
        parts.append(_solve_part(own, measure, tolerance[first:last]))
    one, two = parts
    return (
        np.concatenate([one[0], two[0] + len(one[1])]),
        np.concatenate([one[1], two[1]]),
        np.concatenate([one[2], two[2] + middle]),
        np.concatenate([one[3], two[3]]),
    )


def check_weights(alpha: float, beta: float) -> None:
    """Refuse weights of position and label that are no weights.

    Raises
    ------
    InvalidOptionError
        One is negative or no number, or both are 0.
    """
    if not (np.isfinite(alpha) and np.isfinite(beta) and alpha >= 0 and beta >= 0 and alpha + beta > 0):
        raise InvalidOptionError(
            f"alpha and beta must be at least 0 and not both 0, but are {alpha} and {beta}"
        )


def make_dissimilarity(
    alpha: float, beta: float, distances: LabelDistances | None, labels: Sequence[str]
) -> Dissimilarity:
    """The dissimilarity of units whose labels go by their places among these names."""
    table = None if distances is None else Custom.from_table(distances, labels)
    return Dissimilarity(float(alpha), float(beta), table)
