"""Units of many documents at once, and how unlike two of them are."""

from dataclasses import dataclass

import numpy as np

from annotations.agreement.coding.distances import Custom
from annotations.agreement.data.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    r"""How unlike two units are; the unit of measure is the cost of leaving a unit alone.

    .. math:: d(u, v) = \alpha \left( \frac{|s_u - s_v| + |e_u - e_v|}{(e_u - s_u) + (e_v - s_v)} \right)^2
        + \beta \, d_{cat}(l_u, l_v)

    with :math:`d_{cat}` 1 for any two different labels, or what a table of distances says, from 0 to 1.

    Attributes
    ----------
    alpha, beta : float
        Weight of the position and of the label.
    distance : Custom or None
        Of labels by their numbers in the corpus; None where any two are 1 apart.

    References
    ----------
    Mathet, Y., Widlöcher, A., Métivier, J.-P. (2015). The unified and holistic method gamma for inter-annotator
    agreement measure and alignment. Computational Linguistics 41(3).
    """

    alpha: float = 1.0
    beta: float = 1.0
    distance: Custom | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units of many problems (a document, or a random sample of it), laid one after the other.

    Attributes
    ----------
    problem, annotator : int arrays, shape (unit,)
        Sorted by problem, then annotator.
    start, end : float arrays, shape (unit,)
    label : int array, shape (unit,)
        Numbered so that two units of a problem have the same label where the numbers are the same.
    n_annotators : int array, shape (problem,)
        Annotators of each problem, also those without units.
    category : int array, shape (unit,)
        The label's number in the whole corpus, by which a table of distances knows it.
    """

    problem: IntArray
    annotator: IntArray
    start: FloatArray
    end: FloatArray
    label: IntArray
    n_annotators: IntArray
    category: IntArray

    def __len__(self) -> int:
        return len(self.problem)

    @property
    def n_problems(self) -> int:
        """How many problems there are, also those without units."""
        return len(self.n_annotators)

    def take(self, rows: IntArray | BoolArray) -> "Units":
        """Units at some rows, in problems of the same numbers."""
        return Units(
            self.problem[rows],
            self.annotator[rows],
            self.start[rows],
            self.end[rows],
            self.label[rows],
            self.n_annotators,
            self.category[rows],
        )

    def order_by_place(self) -> IntArray:
        """The units of each problem in reading order, by their middles."""
        return np.asarray(np.lexsort((self.start + self.end, self.problem)))

    def positional(self, one: IntArray, other: IntArray) -> FloatArray:
        """The squared relative displacement of pairs of units."""
        # |x| + |y| is the larger of |x + y| and |x - y|
        middle, length = self.start + self.end, self.end - self.start
        long, other_long = length.take(one), length.take(other)
        apart = np.maximum(np.abs(middle.take(one) - middle.take(other)), np.abs(long - other_long))
        return np.asarray(np.square(apart / (long + other_long)))

    def dissimilarity(self, one: IntArray, other: IntArray, measure: Dissimilarity) -> FloatArray:
        """The dissimilarity of pairs of units."""
        apart = self.categorial(one, other, measure)
        return np.asarray(measure.alpha * self.positional(one, other) + measure.beta * apart)

    def categorial(self, one: IntArray, other: IntArray, measure: Dissimilarity) -> FloatArray | BoolArray:
        """How far apart the labels of pairs of units are, from 0 to 1."""
        if measure.distance is None:
            return np.asarray(self.label.take(one) != self.label.take(other))
        return measure.distance.between(self.category.take(one), self.category.take(other))
