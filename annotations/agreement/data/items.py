"""The other input: things that several annotators gave one value each."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotations.agreement.data.arrays import BoolArray, IntArray
from annotations.agreement.data.checking import check_size
from annotations.agreement.data.naming import ABSENT, positions_of, sort_names
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.formats.scalars import is_missing, simplify
from annotations.plurals import count_things

MAX_NUMBER = 1e100  # beyond it, the squared differences of an interval scale are no numbers any more
MAX_VALUES = 125_000_000  # items by annotators, eight bytes each
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
Value = str | float


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Things that several annotators gave one value each.

    Attributes
    ----------
    items, annotators : tuple of str
    values : tuple of (str, int or float)
        The order given; else numbers by size, also those written as texts, and then other texts alphabetically.
    codes : int array, shape (item, annotator)
        Index into `values`, -1 where the annotator gave none.
    is_ordered : bool
        Whether the order of the values was given; texts have none of their own.

    Examples
    --------
    >>> Items.from_rows([{"ann": "x", "bob": "y"}, {"ann": "x"}]).codes.tolist()
    [[0, 1], [0, -1]]

    """

    items: tuple[str, ...]
    annotators: tuple[str, ...]
    values: tuple[Value, ...]
    codes: IntArray
    is_ordered: bool = False

    @classmethod
    def from_rows(
        cls,
        rows: Sequence[Mapping[str, Any]],
        *,
        order: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
    ) -> "Items":
        """Read one mapping of annotator to value an item; None, NaN or a missing key is no judgement.

        A value is a text, a number (3 and 3.0 are one) or a truth value, which is the text "True" or "False".

        Parameters
        ----------
        rows : sequence of mappings
        order : sequence of values, optional
            The scale from low to high, for ordinal values that are texts.
        names : sequence of str, optional
            Names of the items; numbers from 1 otherwise.

        Raises
        ------
        InvalidCorpusError
            A value is none of these, is not in the order given, or is written like a different one: reports know
            values by their names, so 3 and "3" in one file would be two values of one name.

        """
        width = len(str(len(rows)))
        labels = (
            tuple(f"{number:0{width}d}" for number in range(1, len(rows) + 1))
            if names is None
            else tuple(names)
        )
        if len(labels) != len(rows) or len(set(labels)) != len(labels):
            raise InvalidCorpusError("give each item one name of its own")
        if not all(annotator for row in rows for annotator in row):
            raise InvalidCorpusError("an annotator of the items has an empty name; name each one")
        known = _Values()
        judged = [
            {
                annotator: known.read(value, f"item {name!r}: the value of annotator {annotator!r}")
                for annotator, value in row.items()
                if not is_missing(value)
            }
            for name, row in zip(labels, rows, strict=True)
        ]
        if order is None:
            scale = tuple(sorted(known.values, key=lambda value: place_on_scale(str(value))))
        else:
            scale = tuple(known.read(value, "'order': a value") for value in order)
            if len(set(scale)) != len(scale):
                twice = next(value for value in scale if scale.count(value) > 1)
                raise InvalidCorpusError(f"value {twice!r} occurs twice in the order given")
            if unknown := known.values - set(scale):
                raise InvalidCorpusError(f"value {min(map(repr, unknown))} is not in the order given")
        annotators = tuple(sorted({annotator for row in rows for annotator in row}))
        check_size(len(rows), len(annotators), "items", most=MAX_VALUES)
        place = {value: index for index, value in enumerate(scale)}
        column = {annotator: index for index, annotator in enumerate(annotators)}
        codes = np.full((len(rows), len(annotators)), ABSENT, dtype=np.int64)
        for index, values in enumerate(judged):
            for annotator, value in values.items():
                codes[index, column[annotator]] = place[value]
        item_order = sort_names(labels)
        sorted_labels = tuple(labels[index] for index in item_order)
        return cls(sorted_labels, annotators, scale, codes[item_order], order is not None)

    def __repr__(self) -> str:
        parts = (("item", self.items), ("annotator", self.annotators), ("value", self.values))
        return f"Items({', '.join(count_things(len(names), name) for name, names in parts)})"

    @property
    def judged(self) -> BoolArray:
        """Who gave a value to what: bool, shape (item, annotator)."""
        return np.asarray(self.codes != ABSENT)

    def select(self, *, annotators: Sequence[str]) -> "Items":
        """Keep only these annotators."""
        columns = positions_of(self.annotators, annotators, "annotator")
        kept = tuple(self.annotators[index] for index in columns)
        return replace(self, annotators=kept, codes=self.codes[:, columns])

    def without(self, annotators: Collection[str]) -> "Items":
        """Leave these annotators out, and the values that only they gave; a scale that was given stays whole.

        >>> Items.from_rows([{"ann": "x", "gpt": "y"}]).without(["gpt"]).values
        ('x',)
        """
        gone = positions_of(self.annotators, list(annotators), "annotator")
        kept = self.select(annotators=[name for name in self.annotators if name not in set(annotators)])
        if self.is_ordered:
            return kept
        only = np.setdiff1d(self.codes[:, gone], [*np.unique(kept.codes), ABSENT])
        places = np.setdiff1d(np.arange(len(self.values)), only)
        lookup = np.full(len(self.values) + 1, ABSENT, dtype=np.int64)
        lookup[places] = np.arange(len(places))
        return replace(
            kept, values=tuple(self.values[place] for place in places.tolist()), codes=lookup[kept.codes]
        )


def read_numbers(names: Iterable[str]) -> list[float] | None:
    """The numbers that values are the names of, or None if one of them names none.

    >>> read_numbers(["10", "2.5"]), read_numbers(["1", "low"]), read_numbers(["nan"])
    ([10.0, 2.5], None, None)
    """
    places = [place_on_scale(name) for name in names]
    return None if any(is_text for is_text, _, _ in places) else [number for _, number, _ in places]


def place_on_scale(name: str) -> tuple[bool, float, str]:
    """A key by which to sort the names of values: numbers by size, then texts alphabetically.

    >>> sorted(["10", "low", "2", "1e999"], key=place_on_scale)
    ['2', '10', '1e999', 'low']
    """
    number = float(name) if NUMBER.fullmatch(name) else np.nan
    is_text = not abs(number) <= MAX_NUMBER
    return is_text, 0.0 if is_text else number, name


class _Values:
    """The values met so far; each has a name of its own."""

    def __init__(self) -> None:
        self.values: set[Value] = set()
        self._known: dict[str, tuple[Value, bool]] = {}

    def read(self, given: Any, what: str) -> Value:
        given = simplify(given)
        value = _read_value(given)
        if value is None:
            raise InvalidCorpusError(
                f"{what} is {shorten(given)}; give a text, a finite number up to {MAX_NUMBER:g}, or null for no judgement"
            )
        met = value, isinstance(given, bool)
        if self._known.setdefault(str(value), met) != met:
            raise InvalidCorpusError(
                f"{what} is {shorten(given)}, and another value has the same name without being the same: write all "
                "such values as texts, or all as numbers"
            )
        self.values.add(value)
        return value


def _read_value(given: Any) -> Value | None:
    """The value as it is compared, or None if it is none; a whole number is one however it is written."""
    if isinstance(given, bool | str):
        return str(given)
    if not isinstance(given, int | float) or not abs(given) <= MAX_NUMBER:
        return None
    return int(given) if given == int(given) else given
