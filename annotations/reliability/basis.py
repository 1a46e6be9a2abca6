"""On how much the figures rest, and what they leave out: a perfect figure of two relations says little."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from annotations.agreement import Statistics
from annotations.agreement.data.arrays import FloatArray
from annotations.agreement.spans.f1 import ALL_LABELS
from annotations.agreement.sums.tables import Table
from annotations.reliability.counting import Counted

TABLES = ("judgements", "matches", "links", "attributes")
MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the figures rest on: what was compared, by name, of documents that two annotators completed.

    `spans` and `relations` are those that anybody marked; `placed` are the percentage of a type's relations, over all pairs of
    annotators, whose both ends the other had found too; `answers` are the pairs of spans for which both answered.

    What only one annotator completed is compared with nothing: `n_alone` documents with `spans_alone` spans; `alone` are
    the first tasks of them.
    """

    spans: dict[str, int]
    relations: dict[str, int]
    placed: dict[str, float]
    answers: dict[str, int]
    n_alone: int
    spans_alone: int
    alone: list[int]

    @property
    def n_spans(self) -> int:
        """The spans that are compared, of all labels."""
        return self.spans[ALL_LABELS]


def recall_basis(counted: Counted) -> Counts:
    """Computed once for the counts of a selection."""
    names = ",".join(field.name for field in fields(Counts))
    key = hashlib.sha256(f"{names} of {counted.row.fingerprint}".encode()).hexdigest()
    kept = counted.recall(key)
    if kept is None:
        kept = asdict(count_basis(counted.load(tables=TABLES)))
        counted.keep(key, kept)
    return Counts(**kept)


def count_basis(statistics: Statistics) -> Counts:
    """Needs the tables that `TABLES` names."""
    judgements, matches, links, attributes = (statistics.tables[name] for name in TABLES)
    labels, relations = statistics.axes["label"], statistics.axes["relation"]
    drawn = _sum(links, "relation", ("links_1", "links_2"), len(relations))
    placed = _sum(links, "relation", ("placed_1", "placed_2"), len(relations))
    both = (attributes.keys["choice_1"] > 0) & (attributes.keys["choice_2"] > 0)
    answers = _sum(
        attributes.take(np.flatnonzero(both)), "attribute", ("weight",), len(statistics.axes["attribute"])
    )
    judged = np.bincount(judgements.keys["document"], minlength=statistics.n_documents)
    alone = np.flatnonzero(judged == 1)
    return Counts(
        n_alone=len(alone),
        spans_alone=int(judgements.quantities["spans"][np.isin(judgements.keys["document"], alone)].sum()),
        alone=[int(statistics.documents[index]) for index in alone[:MAX_NAMED]],
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
    annotators = np.concatenate([table.keys["annotator_1"], table.keys["annotator_2"]])
    codes = np.tile(table.keys[key], 2)
    values = np.concatenate([table.quantities[f"{quantity}_1"], table.quantities[f"{quantity}_2"]])
    holder = np.tile(table.keys["document"], 2) * (int(annotators.max(initial=0)) + 1) + annotators
    _, first = np.unique(holder * size + codes, return_index=True)
    return np.bincount(codes[first], weights=values[first], minlength=size).astype(np.float64, copy=False)


def _name(names: Sequence[str], values: FloatArray) -> dict[str, int]:
    return {name: int(values[code]) for code, name in enumerate(names)}
