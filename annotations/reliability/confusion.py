"""Where one annotator marked one label, what did the other mark there?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement import Statistics
from annotations.agreement.values import NOTHING, SEPARATOR


@dataclass(frozen=True, slots=True)
class Confusion:
    """Of the positions that one of two annotators gave a label, how many the other gave each label or nothing.

    A position with several labels counts for each of them, so a row of shares may add up to more than 1.
    """

    label: str
    positions: int
    others: dict[str, int]

    def share(self, other: str) -> float:
        return self.others.get(other, 0) / self.positions


def find_confusions(statistics: Statistics, labels: Sequence[str]) -> list[Confusion]:
    """A row a label that somebody used, over all pairs of annotators, read from either side."""
    table = statistics.tables["confusion"]
    sets = [frozenset(value.split(SEPARATOR)) - {NOTHING} for value in statistics.axes["value"]]
    first, second = table.keys["value_1"], table.keys["value_2"]
    size = len(sets)
    counted = np.bincount(
        first * size + second, weights=table.quantities["weight"], minlength=size * size
    ).reshape(size, size)
    both_ways = counted + counted.T
    confusions = []
    for label in labels:
        rows = [index for index, names in enumerate(sets) if label in names]
        met = both_ways[rows].sum(axis=0) if rows else np.zeros(size)
        positions = int(met.sum())
        if not positions:
            continue
        others = {NOTHING: int(met[[index for index, names in enumerate(sets) if not names]].sum())}
        for other in labels:
            others[other] = int(met[[index for index, names in enumerate(sets) if other in names]].sum())
        confusions.append(Confusion(label, positions, others))
    return confusions
