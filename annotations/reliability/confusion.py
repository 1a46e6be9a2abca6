"""Where one annotator marked one label, what did the other mark there?"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from annotations.agreement import Statistics
from annotations.agreement.data.stretches import NOTHING, members_of
from annotations.reliability.counting import Counted
from annotations.reliability.excluded_text import BoolArray


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many of the positions that one of two annotators gave a label got each label, or nothing, from the other.

    A position with several labels counts for each of them, so a row of shares may add up to more than 1.
    """

    label: str
    positions: int
    others: dict[str, int]

    def share(self, other: str) -> float:
        return self.others.get(other, 0) / self.positions


def recall_confusions(counted: Counted, labels: Sequence[str]) -> list[Confusion]:
    """A row a label that somebody used, computed once for the counts of a selection."""
    key = hashlib.sha256(f"confusions of {list(labels)} in {counted.row.fingerprint}".encode()).hexdigest()
    kept = counted.recall(key)
    if kept is None:
        found = find_confusions(counted.load(tables=["confusion"]), labels)
        kept = {"rows": [asdict(row) for row in found]}
        counted.keep(key, kept)
    return [Confusion(**row) for row in kept["rows"]]


def find_confusions(statistics: Statistics, labels: Sequence[str]) -> list[Confusion]:
    """A row a label that somebody used, over all pairs of annotators, read from either side."""
    table = statistics.tables["confusion"]
    values = statistics.axes["value"]
    first, second = table.keys["value_1"], table.keys["value_2"]
    size = len(values)
    counted = np.bincount(
        first * size + second, weights=table.quantities["weight"], minlength=size * size
    ).reshape(size, size)
    both_ways = counted + counted.T
    confusions = []
    for label in labels:
        met = both_ways[find_values(values, label)].sum(axis=0)
        positions = int(met.sum())
        if positions:
            others = {other: int(met[find_values(values, other)].sum()) for other in (NOTHING, *labels)}
            confusions.append(Confusion(label, positions, others))
    return confusions


def find_values(values: Sequence[str], label: str) -> BoolArray:
    """For each value of a position whether it holds the label; for `NOTHING`, whether it holds none."""
    return np.array([label in members_of(value) if label else not members_of(value) for value in values])


def count_cell(statistics: Statistics, first: str, second: str) -> dict[str, int]:
    """How many positions each document adds to a cell of the confusions; only those that add some."""
    table = statistics.tables["confusion"]
    ours, theirs = (find_values(statistics.axes["value"], label) for label in (first, second))
    value_1, value_2 = table.keys["value_1"], table.keys["value_2"]
    times = (ours[value_1] & theirs[value_2]).astype(np.float64) + (ours[value_2] & theirs[value_1])
    positions = np.bincount(
        table.keys["document"],
        weights=times * table.quantities["weight"],
        minlength=statistics.n_documents,
    )
    return {statistics.documents[index]: int(positions[index]) for index in np.flatnonzero(positions)}
