"""Additive per-document statistics: what is cached, merged and resampled instead of the spans."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from annotations.agreement.corpus import FloatArray, IntArray
from annotations.agreement.errors import InvalidOptionError

FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of additive quantities under integer keys.

    Attributes
    ----------
    keys : mapping of column name to int array, shape (row,)
        `document` is always among them. A column `value_1` indexes the axis `value` of the statistics.
    quantities : mapping of name to float array, shape (row,)
    """

    keys: Mapping[str, IntArray]
    quantities: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.keys["document"])

    def take(self, rows: IntArray | slice) -> "Table":
        """The rows of an index array or a slice."""
        return Table(
            {name: column[rows] for name, column in self.keys.items()},
            {name: column[rows] for name, column in self.quantities.items()},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Everything that the metrics need of a set of documents, a table a family.

    Statistics of disjoint sets of documents can be merged: the result equals the statistics of all documents, so a
    changed document costs only itself.

    Attributes
    ----------
    kind : 'spans' or 'items'
    axes : mapping of axis name to names
        `document`, `annotator`, `label`, `value` and others; the key columns of the tables index them.
    tables : mapping of table name to Table
    options : mapping
        What the tables were made with (unit, parameters of gamma, seed); merging demands the same.
    left_out : mapping of str to int

    Examples
    --------
    >>> from annotations.agreement import read_plain, summarize
    >>> spans = [{"start": 0, "end": 4, "label": "Claim"}]
    >>> one, two = (
    ...     summarize(read_plain({"documents": [{"id": name, "length": 9, "annotators": {"a": spans, "b": spans}}]}))
    ...     for name in ("d1", "d2")
    ... )
    >>> Statistics.from_bytes(one.merge(two).to_bytes()).documents
    ('d1', 'd2')
    """

    kind: str
    axes: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]
    options: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def documents(self) -> tuple[str, ...]:
        return self.axes["document"]

    @property
    def n_documents(self) -> int:
        return len(self.axes["document"])

    def drop(self, documents: Sequence[str]) -> "Statistics":
        """Forget these documents (unknown names are ignored)."""
        gone = set(documents)
        return self.select([name for name in self.documents if name not in gone])

    def select(self, documents: Sequence[str]) -> "Statistics":
        """Keep only these documents, in canonical order."""
        wanted = set(documents)
        kept = np.array([name in wanted for name in self.documents], dtype=bool)
        number = np.cumsum(kept) - 1
        tables = {}
        for name, table in self.tables.items():
            rows = np.flatnonzero(kept[table.keys["document"]])
            part = table.take(rows)
            tables[name] = replace(part, keys={**part.keys, "document": number[part.keys["document"]]})
        axes = {**self.axes, "document": tuple(name for name in self.documents if name in wanted)}
        return replace(self, axes=axes, tables=tables)

    def merge(self, other: "Statistics") -> "Statistics":
        """Take over the documents of `other`; where both have a document, `other` is the newer one and wins.

        Raises
        ------
        InvalidOptionError
            The two were made with different options.
        """
        if self.kind != other.kind or dict(self.options) != dict(other.options):
            raise InvalidOptionError(
                "statistics made with different options cannot be merged; summarize again"
            )
        older = self.drop(other.documents)
        axes = {
            name: _unite(name, older.axes.get(name, ()), other.axes.get(name, ()), self.kind)
            for name in sorted(set(older.axes) | set(other.axes))
        }
        tables = {
            name: _stack([_reindex(part.tables[name], part.axes, axes) for part in (older, other)])
            for name in sorted(set(older.tables) & set(other.tables))
        }
        left_out = {
            name: older.left_out.get(name, 0) + other.left_out.get(name, 0)
            for name in sorted(set(older.left_out) | set(other.left_out))
        }
        return replace(self, axes=axes, tables=tables, left_out=left_out)

    def to_bytes(self) -> bytes:
        """A compact, deterministic form for a cache; `from_bytes` reads it back."""
        header = {
            "format": FORMAT,
            "kind": self.kind,
            "axes": {name: list(names) for name, names in self.axes.items()},
            "options": dict(self.options),
            "left_out": dict(self.left_out),
            "tables": {
                name: [list(table.keys), list(table.quantities)] for name, table in self.tables.items()
            },
        }
        arrays: list[np.ndarray[Any, Any]] = [np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)]
        for table in self.tables.values():
            arrays.extend(table.keys.values())
            arrays.extend(table.quantities.values())
        stream = io.BytesIO()
        for array in arrays:
            np.save(stream, array, allow_pickle=False)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Statistics":
        """Read what `to_bytes` wrote.

        Raises
        ------
        InvalidOptionError
            The bytes are of another version of the library: summarize again.
        """
        stream = io.BytesIO(content)
        try:
            header = json.loads(np.load(stream, allow_pickle=False).tobytes())
            if header["format"] != FORMAT:
                raise InvalidOptionError("the cached statistics are of another version; summarize again")
            tables = {
                name: Table(
                    {key: np.load(stream, allow_pickle=False) for key in keys},
                    {quantity: np.load(stream, allow_pickle=False) for quantity in quantities},
                )
                for name, (keys, quantities) in header["tables"].items()
            }
        except (ValueError, EOFError, KeyError, TypeError) as error:
            raise InvalidOptionError("these bytes are no cached statistics; summarize again") from error
        axes = {name: tuple(names) for name, names in header["axes"].items()}
        return cls(header["kind"], axes, tables, header["options"], header["left_out"])


def _unite(axis: str, first: Sequence[str], second: Sequence[str], kind: str) -> tuple[str, ...]:
    """One order for the names of both: sorted, but the scale of items keeps its order."""
    if axis != "value" or kind != "items":
        return tuple(sorted({*first, *second}))
    both = list(dict.fromkeys([*first, *second]))
    try:
        return tuple(sorted(both, key=float))
    except ValueError:
        longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
        return tuple(longer) if set(shorter) <= set(longer) else tuple(sorted(both))


def _reindex(table: Table, old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Table:
    keys = {}
    for column, codes in table.keys.items():
        axis = axis_of(column)
        place = {name: index for index, name in enumerate(new[axis])}
        mapping = np.array([place[name] for name in old[axis]], dtype=np.int64)
        keys[column] = mapping[codes] if len(codes) else codes
    return Table(keys, table.quantities)


def _stack(parts: Sequence[Table]) -> Table:
    keys = {name: np.concatenate([part.keys[name] for part in parts]) for name in parts[0].keys}
    order = np.lexsort(tuple(reversed(tuple(keys.values()))))
    quantities = {
        name: np.concatenate([part.quantities[name] for part in parts])[order] for name in parts[0].quantities
    }
    return Table({name: column[order] for name, column in keys.items()}, quantities)


def tabulate(
    key: IntArray, column: IntArray, weight: FloatArray | None, n_columns: int
) -> tuple[IntArray, FloatArray]:
    """Sum weights (or count) under equal keys and columns.

    Returns
    -------
    distinct : int array, shape (row,)
        The keys, ascending.
    sums : float array, shape (row, column)

    Examples
    --------
    >>> keys, sums = tabulate(np.array([7, 3, 7]), np.array([0, 1, 0]), None, 2)
    >>> keys.tolist(), sums.tolist()
    ([3, 7], [[0.0, 1.0], [2.0, 0.0]])
    """
    distinct, row = np.unique(key, return_inverse=True)
    flat = np.bincount(row * n_columns + column, weights=weight, minlength=len(distinct) * n_columns)
    return distinct, flat.astype(np.float64, copy=False).reshape(-1, n_columns)


def axis_of(column: str) -> str:
    """The axis that a key column indexes.

    >>> axis_of("value_2")
    'value'
    """
    return column.removesuffix("_1").removesuffix("_2")
