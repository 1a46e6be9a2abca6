"""Where one annotator marked one label, what did the other mark in its place?"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from annotations.agreement import Statistics
from annotations.agreement.coding.places import Meets
from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.stretches import NOTHING, members_of
from annotations.reliability.counting import Counted


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many of the positions that one of two annotators gave a label got it from the other, too, or another, or nothing, in its place.

    What both marked there is in nobody's place, so a label within another is mistaken for none of the two. A position
    where the other marked several in its place counts for each of them, so a row of shares may add up to more than 1.
    """

    label: str
    positions: int
    others: dict[str, int]

    def share(self, other: str) -> float:
        return self.others.get(other, 0) / self.positions


def recall_confusions(counted: Counted, labels: Sequence[str]) -> list[Confusion]:
    """A row a label that somebody used, computed once for the counts of a selection."""
    key = hashlib.sha256(
        f"labels in place of {list(labels)} in {counted.row.fingerprint}".encode()
    ).hexdigest()
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
    one, other = np.nonzero(both_ways)
    weights = both_ways[one, other]

    def add_up(first: str, second: str) -> int:
        return int(weights[find_instead(values, first, second)(one, other)].sum())

    confusions = []
    for label in labels:
        given = np.array([label in members_of(value) for value in values])
        positions = int(weights[given[one]].sum())
        if positions:
            others = {second: add_up(label, second) for second in (NOTHING, *labels)}
            confusions.append(Confusion(label, positions, others))
    return confusions


def find_instead(values: Sequence[str], first: str, second: str) -> Meets:
    """A test of two values of positions: has one the first label, and the other the second, or nothing, in its place?

    What both hold is in no label's place, so neither may hold the label of the other. For `NOTHING`, the other lacks the
    first label and holds only what the one holds, too. A label that is asked for twice is held by both.
    """
    members = [members_of(value) for value in values]
    ours, theirs = (np.array([label in held for held in members]) for label in (first, second))
    if first == second:
        return lambda one, other: ours[one] & ours[other]
    if second == NOTHING:
        names = sorted({label for held in members for label in held})
        holds = np.array([[label in held for held in members] for label in names])

        def lacks(one: IntArray, other: IntArray) -> BoolArray:
            found: BoolArray = ours[one] & ~ours[other]
            for held in holds:
                found &= held[one] | ~held[other]
            return found

        return lacks
    return lambda one, other: ours[one] & ~theirs[one] & theirs[other] & ~ours[other]


def count_cell(statistics: Statistics, first: str, second: str) -> dict[str, int]:
    """How many positions each document adds to a cell of the confusions; only those that add some."""
    table = statistics.tables["confusion"]
    meets = find_instead(statistics.axes["value"], first, second)
    value_1, value_2 = table.keys["value_1"], table.keys["value_2"]
    times = meets(value_1, value_2).astype(np.float64) + meets(value_2, value_1)
    positions = np.bincount(
        table.keys["document"],
        weights=times * table.quantities["weight"],
        minlength=statistics.n_documents,
    )
    return {statistics.documents[index]: int(positions[index]) for index in np.flatnonzero(positions)}
