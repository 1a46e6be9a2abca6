"""How far apart two values are, and how far all values of a set are from each other in sum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from annotations.agreement.data.arrays import FloatArray, IntArray
from annotations.agreement.data.distances import LabelDistances
from annotations.agreement.data.ordering import find_heads, number_codes

AddUp = Callable[[FloatArray], FloatArray]
CELLS_AT_ONCE = 1_000_000


class Distance(Protocol):
    """A distance of values, 0 where they are the same."""

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """The distance of pairs of values, which go by their numbers."""

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:
        r"""Prepare to add up, in groups, how far each judgement is from each other one.

        .. math:: s_g = \sum_{c, k \in g} n_c n_k d_{ck}

        Parameters
        ----------
        value : int array, shape (cell,)
            Each value at most once in a group, in ascending order.
        group : int array, shape (cell,)
            From 0, ascending, without holes.

        Returns
        -------
        callable
            Numbers of judgements, shape (..., cell), to sums of shape (..., group).
        """

    def reach(self, occurs: FloatArray) -> FloatArray:
        """The largest distance between values of which 1 says that they occur, shape (..., value), to shape (...)."""


@dataclass(frozen=True, slots=True)
class Nominal:
    """1 between any two different values.

    >>> add_up = Nominal().lay_out(np.arange(3), np.zeros(3, dtype=int))
    >>> add_up(np.array([2.0, 1.0, 1.0])).tolist()
    [10.0]
    """

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """1 where two values differ and 0 where they are the same, shape as given."""
        return np.not_equal(one, other).astype(np.float64)

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:  # noqa: ARG002 - the same for all values
        """Prepare to count the pairs of different judgements in each group."""
        sum_up = _sum_groups(group)
        return lambda counts: np.asarray(sum_up(counts) ** 2 - sum_up(counts**2))

    def reach(self, occurs: FloatArray) -> FloatArray:
        """The largest distance that values can have, 1 wherever two values occur."""
        return np.ones(occurs.shape[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The distance of the places of values on a line.

    >>> add_up = Linear(np.array([0.0, 1.0, 4.0])).lay_out(np.arange(3), np.zeros(3, dtype=int))
    >>> add_up(np.array([1.0, 1.0, 2.0])).tolist()
    [30.0]
    """

    places: FloatArray

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """The difference of the places of two values, shape as given."""
        return np.abs(self.places[one] - self.places[other])

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:
        """Prepare to add up the differences of judgements in each group, in time with the number of cells."""
        places, sum_up, sum_before = self.places[value], _sum_groups(group), _sum_before(group)
        return lambda counts: 2 * sum_up(counts * (places * sum_before(counts) - sum_before(counts * places)))

    def reach(self, occurs: FloatArray) -> FloatArray:
        """From the lowest to the highest place of a value that occurs."""
        return _find_range(self.places, occurs)


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """The squared distance of the places of values on a line.

    >>> add_up = Quadratic(np.array([0.0, 1.0, 4.0])).lay_out(np.arange(3), np.zeros(3, dtype=int))
    >>> add_up(np.array([1.0, 1.0, 2.0])).tolist()
    [102.0]
    """

    places: FloatArray

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """The squared difference of the places of two values, shape as given."""
        return np.asarray((self.places[one] - self.places[other]) ** 2)

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:
        """Prepare to add up the squared differences of judgements in each group, by their spread about the mean."""
        places, sum_up = self.places[value], _sum_groups(group)

        def add_up(counts: FloatArray) -> FloatArray:
            total = sum_up(counts)
            mean = sum_up(counts * places) / np.where(total > 0, total, 1)
            return 2 * total * sum_up(counts * np.square(places - mean[..., group]))

        return add_up

    def reach(self, occurs: FloatArray) -> FloatArray:
        """From the lowest to the highest place of a value that occurs, squared."""
        return _find_range(self.places, occurs) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    r"""The square of the difference of two amounts by their sum, :math:`((c - k) / (c + k))^2`.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> Ratio(np.array([0.0, 1.0, 3.0])).between(np.array([0, 1, 0]), np.array([1, 2, 0])).tolist()
    [1.0, 0.25, 0.0]
    """

    amounts: FloatArray

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """The squared share that the difference of two amounts is of their sum, shape as given."""
        first, second = self.amounts[one], self.amounts[other]
        total = first + second
        return np.asarray(((first - second) / np.where(total > 0, total, 1)) ** 2)

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:
        """Each value is held against each other one, some at a time, so that memory stays bounded."""
        step = max(1, CELLS_AT_ONCE // max(1, len(value)))

        def add_up(counts: FloatArray) -> FloatArray:
            sum_up, sums = _sum_groups(group), np.zeros(counts.shape)
            for first in range(0, len(value), step):
                rows = slice(first, first + step)
                apart = self.between(value[rows, None], value[None, :])
                sums[..., rows] = counts @ (apart * (group[rows, None] == group[None, :])).T
            return sum_up(counts * sums)

        return add_up

    def reach(self, occurs: FloatArray) -> FloatArray:
        """The largest distance that values can have, 1 wherever two values occur."""
        return np.ones(occurs.shape[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class Custom:
    """1 between any two different values but those for which a table says less.

    Attributes
    ----------
    one, other : int arrays, shape (entry,)
        Values, `one` less than `other`.
    distance : float array, shape (entry,)
        At least 0, at most 1.
    """

    one: IntArray
    other: IntArray
    distance: FloatArray

    @classmethod
    def from_table(cls, table: LabelDistances, names: Sequence[str]) -> "Custom":
        """Number a table of names; a value that the table does not name, such as nothing or several labels at once, is 1 from all others.

        >>> near = Custom.from_table(LabelDistances({("fact", "value"): 0.25}), ["", "fact", "policy", "value"])
        >>> near.between(np.array([1, 1, 2]), np.array([3, 2, 2])).tolist()
        [0.25, 1.0, 0.0]
        """
        place = {name: index for index, name in enumerate(names)}
        known = sorted(
            (*sorted((place[one], place[other])), distance)
            for (one, other), distance in table.entries.items()
            if one in place and other in place
        )
        one, other = (np.array([entry[end] for entry in known], dtype=np.int64) for end in (0, 1))
        return cls(one, other, np.array([entry[2] for entry in known], dtype=np.float64))

    def between(self, one: IntArray, other: IntArray) -> FloatArray:
        """What the table says of two values, 1 where it says nothing and 0 where they are the same, shape as given."""
        apart = np.not_equal(one, other).astype(np.float64)
        if not len(self.one):
            return apart
        low, high = np.minimum(one, other), np.maximum(one, other)
        size = 1 + max(int(high.max(initial=0)), int(self.other.max()))
        codes = self.one * size + self.other
        order = np.argsort(codes)
        wanted = low * size + high
        found = order[np.minimum(np.searchsorted(codes[order], wanted), len(codes) - 1)]
        return np.where(codes[found] == wanted, self.distance[found], apart)

    def sum_apart(self, counts: FloatArray, value: IntArray) -> FloatArray:
        r"""How far all judgements together are from each value, :math:`s_c = \sum_k n_k d_{ck}`.

        Parameters
        ----------
        counts : float array, shape (..., cell)
            Numbers of judgements.
        value : int array, shape (cell,)
            Each value once, in ascending order.

        Returns
        -------
        float array, shape (..., cell)

        Examples
        --------
        >>> near = Custom(np.array([0]), np.array([2]), np.array([0.25]))
        >>> near.sum_apart(np.array([4.0, 1.0, 8.0]), np.arange(3)).tolist()
        [3.0, 12.0, 2.0]
        """
        apart = counts.sum(axis=-1, keepdims=True) - counts
        place = {code: cell for cell, code in enumerate(value.tolist())}
        for one, other, distance in zip(
            self.one.tolist(), self.other.tolist(), self.distance.tolist(), strict=True
        ):
            if one in place and other in place:
                first, second = place[one], place[other]
                apart[..., first] -= (1 - distance) * counts[..., second]
                apart[..., second] -= (1 - distance) * counts[..., first]
        return np.asarray(apart)

    def lay_out(self, value: IntArray, group: IntArray) -> AddUp:
        """Prepare to add up distances in each group: all pairs of different judgements, less what the table says is near."""
        nominal, sum_up = Nominal().lay_out(value, group), _sum_groups(group)
        size = 1 + max(int(value.max(initial=0)), int(self.other.max(initial=0)))
        n_groups = int(group.max(initial=0)) + 1
        # the cells are sorted, so the cell of a value in a group is found by its place
        codes = group * size + value
        of_group = np.repeat(np.arange(n_groups), len(self.one))
        ends = []
        for end in (self.one, self.other):
            wanted = of_group * size + np.tile(end, n_groups)
            cell = np.minimum(np.searchsorted(codes, wanted), max(0, len(codes) - 1))
            ends.append(np.where(codes[cell] == wanted, cell, -1) if len(codes) else np.full(len(wanted), -1))
        kept = (ends[0] >= 0) & (ends[1] >= 0)
        one, other = ends[0][kept], ends[1][kept]
        nearness = np.tile(1 - self.distance, n_groups)[kept]

        def add_up(counts: FloatArray) -> FloatArray:
            near = np.zeros(counts.shape)
            for first, second, closeness in zip(one, other, nearness, strict=True):
                near[..., first] += 2 * closeness * counts[..., first] * counts[..., second]
            return nominal(counts) - sum_up(near)

        return add_up

    def reach(self, occurs: FloatArray) -> FloatArray:
        """The largest distance that values can have, 1 wherever two values occur."""
        return np.ones(occurs.shape[:-1])


def _sum_groups(group: IntArray) -> AddUp:
    """Sums of cells of shape (..., cell) that stand together by group; one sum of nothing if there is no cell."""
    if not len(group):
        return lambda cells: np.zeros((*cells.shape[:-1], 1))
    heads = np.flatnonzero(find_heads(group))
    return lambda cells: np.asarray(np.add.reduceat(cells, heads, axis=-1))


def _sum_before(group: IntArray) -> AddUp:
    """For each cell the sum of those before it in its group."""
    heads = np.flatnonzero(find_heads(group))
    _, number = number_codes(group)

    def add_up(cells: FloatArray) -> FloatArray:
        before = np.cumsum(cells, axis=-1) - cells
        return np.asarray(before - before[..., heads][..., number])

    return add_up


def _find_range(places: FloatArray, occurs: FloatArray) -> FloatArray:
    """From the lowest to the highest place that occurs."""
    high = np.where(occurs > 0, places, -np.inf).max(axis=-1, initial=-np.inf)
    low = np.where(occurs > 0, places, np.inf).min(axis=-1, initial=np.inf)
    return np.asarray(np.maximum(high - low, 0.0))
