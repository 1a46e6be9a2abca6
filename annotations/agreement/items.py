"""The other input: things that several annotators gave one value each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.arrays import IntArray
from annotations.agreement.corpus import ABSENT, positions_of, sort_names
from annotations.agreement.errors import InvalidCorpusError


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Things that several annotators gave one value each.

    Attributes
    ----------
    items, annotators : tuple of str
    values : tuple of (str, int or float)
        In ascending order: numbers by size, texts in the order given (or alphabetically).
    codes : int array, shape (item, annotator)
        Index into `values`, -1 where the annotator gave none.

    Examples
    --------
    >>> Items.from_rows([{"ann": "x", "bob": "y"}, {"ann": "x"}]).codes.tolist()
    [[0, 1], [0, -1]]

    """

    items: tuple[str, ...]
    annotators: tuple[str, ...]
    values: tuple[str | float, ...]
    codes: IntArray

    @classmethod
    def from_rows(
        cls,
        rows: Sequence[Mapping[str, Any]],
        *,
        order: Sequence[str | float] | None = None,
        names: Sequence[str] | None = None,
    ) -> "Items":
        """Read one mapping of annotator to value an item; None or a missing key is no judgement.

        Parameters
        ----------
        rows : sequence of mappings
        order : sequence of values, optional
            The scale from low to high, for ordinal values that are texts.
        names : sequence of str, optional
            Names of the items; numbers from 1 otherwise.

        """
        width = len(str(len(rows)))
        labels = (
            tuple(f"{number:0{width}d}" for number in range(1, len(rows) + 1))
            if names is None
            else tuple(names)
        )
        if len(labels) != len(rows) or len(set(labels)) != len(labels):
            raise InvalidCorpusError("give each item one name of its own")
        present = _collect_values(rows, labels)
        if order is None:
            scale = tuple(sorted(present, key=lambda value: (isinstance(value, str), value)))
        else:
            scale = tuple(order)
            unknown = present - set(scale)
            if unknown:
                raise InvalidCorpusError(f"value {min(map(str, unknown))!r} is not in the order given")
        annotators = tuple(sorted({annotator for row in rows for annotator in row}))
        place = {value: index for index, value in enumerate(scale)}
        column = {annotator: index for index, annotator in enumerate(annotators)}
        codes = np.full((len(rows), len(annotators)), ABSENT, dtype=np.int64)
        for index, row in enumerate(rows):
            for annotator, value in row.items():
                if value is not None:
                    key = str(value) if isinstance(value, bool) else value
                    codes[index, column[annotator]] = place[key]
        item_order = sort_names(labels)
        return cls(tuple(labels[index] for index in item_order), annotators, scale, codes[item_order])

    def select(self, *, annotators: Sequence[str]) -> "Items":
        """Keep only these annotators."""
        columns = positions_of(self.annotators, annotators, "annotator")
        kept = tuple(self.annotators[index] for index in columns)
        return Items(self.items, kept, self.values, self.codes[:, columns])


def _collect_values(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> set[str | float]:
    present: set[str | float] = set()
    for name, row in zip(names, rows, strict=True):
        for annotator, value in row.items():
            if value is None:
                continue
            if isinstance(value, bool | str):
                present.add(str(value))
            elif isinstance(value, int | float) and np.isfinite(value):
                present.add(value)
            else:
                raise InvalidCorpusError(
                    f"item {name!r}: the value of annotator {annotator!r} is {value!r}; "
                    "give a text, a finite number, or null for no judgement",
                )
    return present
