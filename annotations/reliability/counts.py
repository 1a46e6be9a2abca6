"""On how many spans, relations and answers the figures of a slice rest: a perfect figure of two relations says little."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement import Statistics
from annotations.agreement.corpus import FloatArray
from annotations.agreement.statistics import Table

TABLES = ("matches", "links", "attributes")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of documents that two annotators completed, by name.

    `spans` and `relations` are those that anybody marked; `placed` are the percentage of a type's relations, over all pairs of
    annotators, whose both ends the other had found too; `answers` are the pairs of spans for which both answered.
    """

    spans: dict[str, int]
    relations: dict[str, int]
    placed: dict[str, float]
    answers: dict[str, int]


def count_basis(statistics: Statistics) -> Counts:
    """Needs the tables that `TABLES` names."""
    matches, links, attributes = (statistics.tables[name] for name in TABLES)
    labels, relations = statistics.axes["label"], statistics.axes["relation"]
    drawn = _sum(links, "relation", ("links_1", "links_2"), len(relations))
    placed = _sum(links, "relation", ("placed_1", "placed_2"), len(relations))
    both = (attributes.keys["choice_1"] > 0) & (attributes.keys["choice_2"] > 0)
    answers = _sum(
        attributes.take(np.flatnonzero(both)), "attribute", ("weight",), len(statistics.axes["attribute"])
    )
    return Counts(
        spans=_name(labels, _count_once(matches, "label", "units", len(labels))),
        relations=_name(relations, _count_once(links, "relation", "links", len(relations))),
        placed={
            name: 100 * float(placed[code]) / float(drawn[code])
            for code, name in enumerate(relations)
            if drawn[code]
        },
        answers=_name(statistics.axes["attribute"], answers),
    )


def _sum(table: Table, key: str, quantities: Sequence[str], size: int) -> FloatArray:
    total = np.sum([table.quantities[name] for name in quantities], axis=0, dtype=np.float64)
    return np.bincount(table.keys[key], weights=total, minlength=size).astype(np.float64, copy=False)


def _count_once(table: Table, key: str, quantity: str, size: int) -> FloatArray:
    """Each annotator's number in each document stands in the rows of all their pairs, and counts once."""
    rows = np.concatenate(
        [
            np.stack(
                [
                    table.keys["document"],
                    table.keys[f"annotator_{side}"],
                    table.keys[key],
                    table.quantities[f"{quantity}_{side}"].astype(np.int64),
                ],
                axis=1,
            )
            for side in (1, 2)
        ],
    )
    once = np.unique(rows, axis=0)
    return np.bincount(once[:, 2], weights=once[:, 3], minlength=size).astype(np.float64, copy=False)


def _name(names: Sequence[str], values: FloatArray) -> dict[str, int]:
    return {name: int(values[code]) for code, name in enumerate(names)}
