"""Additive per-document statistics: what is cached, merged and resampled instead of the spans."""

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any, TypeVar

import numpy as np

from annotations.agreement.data.arrays import IntArray
from annotations.agreement.data.items import place_on_scale
from annotations.agreement.data.ordering import order_by
from annotations.agreement.data.phrases import list_some
from annotations.agreement.data.sources import find_format
from annotations.agreement.errors import InvalidOptionError
from annotations.agreement.sums.tables import Table, axis_of, pack
from annotations.plurals import count_things

Derived = TypeVar("Derived")

HEADER_SIZE = 8
TABLES_NAMED = 6
UNREADABLE = "these bytes are no cached statistics; summarize again"


LEVELS = "levels"
NOMINAL, ORDINAL, INTERVAL = "nominal", "ordinal", "interval"


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
    _derived: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __repr__(self) -> str:
        counted = "document" if self.kind == "spans" else "item"
        parts = (
            count_things(self.n_documents, counted),
            count_things(len(self.axes["annotator"]), "annotator"),
        )
        tables = sorted(set(self.tables) - {"judgements", "left_out", "lengths"})
        return f"Statistics({', '.join(parts)}; {list_some(tables, TABLES_NAMED) or 'no tables'})"

    def derive(self, key: Hashable, make: Callable[[], Derived]) -> Derived:
        """What several measures need of these statistics, made once."""
        if key not in self._derived:
            self._derived[key] = make()
        found: Derived = self._derived[key]
        return found

    @property
    def left_out(self) -> dict[str, int]:
        """How much of these documents the metrics could not use, by reason."""
        table = self.tables["left_out"]
        reasons = self.axes["reason"]
        numbers = np.bincount(
            table.keys["reason"], weights=table.quantities["number"], minlength=len(reasons)
        )
        return {
            reason: int(number) for reason, number in zip(reasons, numbers.tolist(), strict=True) if number
        }

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of the documents (or items), in the order in which the tables number them."""
        return self.axes["document"]

    @property
    def n_documents(self) -> int:
        """How many documents (or items) the tables are about."""
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

    def scale_attributes(self, levels: Mapping[str, str]) -> "Statistics":
        """Tell the level of measurement of attributes whose values are numbers; the others stay nominal.

        Parameters
        ----------
        levels : mapping of the attribute's name to 'nominal', 'ordinal' or 'interval'
            The names are those of the axis `attribute`; others are ignored.

        Raises
        ------
        InvalidOptionError
            There is no such level.
        """
        for name, level in levels.items():
            if level not in {NOMINAL, ORDINAL, INTERVAL}:
                raise InvalidOptionError(
                    f"the level of {name!r} cannot be {level!r}; choose from {NOMINAL}, {ORDINAL}, {INTERVAL}"
                )
        told = {name: level for name, level in sorted(levels.items()) if level != NOMINAL}
        others = {name: value for name, value in self.options.items() if name != LEVELS}
        return replace(self, options={**others, LEVELS: told} if told else others)

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
        older = self if set(self.documents).isdisjoint(other.documents) else self.drop(other.documents)
        axes = {
            name: _unite(name, older.axes.get(name, ()), other.axes.get(name, ()), self.kind)
            for name in sorted(set(older.axes) | set(other.axes))
        }
        places = [_find_places(part.axes, axes) for part in (older, other)]
        tables = {
            name: _lay_between(
                *(
                    _reindex(part.tables[name], place)
                    for part, place in zip((older, other), places, strict=True)
                )
            )
            for name in sorted(set(older.tables) & set(other.tables))
        }
        return replace(self, axes=axes, tables=tables)

    def to_bytes(self) -> bytes:
        """A compact, deterministic form for a cache; `from_bytes` reads it back."""
        columns = {
            name: [*table.keys.values(), *table.quantities.values()] for name, table in self.tables.items()
        }
        packed = {name: [pack(column) for column in table] for name, table in columns.items()}
        header = {
            "format": find_format(),
            "kind": self.kind,
            "axes": {name: list(names) for name, names in self.axes.items()},
            "options": dict(self.options),
            "tables": {
                name: {
                    "rows": len(table),
                    "keys": list(table.keys),
                    "quantities": list(table.quantities),
                    "types": [column.dtype.str for column in packed[name]],
                }
                for name, table in self.tables.items()
            },
        }
        start = json.dumps(header).encode()
        arrays = [column.tobytes() for table in packed.values() for column in table]
        return b"".join([len(start).to_bytes(HEADER_SIZE, "little"), start, *arrays])

    @classmethod
    def from_bytes(cls, content: bytes, *, tables: Collection[str] | None = None) -> "Statistics":
        """Read what `to_bytes` wrote, or only some of its tables.

        Raises
        ------
        InvalidOptionError
            The bytes are of another version of the library: summarize again.
        """
        read = cls._read(content, tables)
        return replace(read, tables={name: table.widen() for name, table in read.tables.items()})

    @classmethod
    def _read(cls, content: bytes, tables: Collection[str] | None) -> "Statistics":
        """Read tables that `to_bytes` wrote, and leave their columns in as few bits as they were written in."""
        try:
            position = HEADER_SIZE + int.from_bytes(content[:HEADER_SIZE], "little")
            header = json.loads(content[HEADER_SIZE:position])
            version = header["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidOptionError(UNREADABLE) from error
        if version != find_format():
            raise InvalidOptionError("the cached statistics are of another version; summarize again")
        try:
            return cls._read_tables(content, position, header, tables)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidOptionError(UNREADABLE) from error

    @classmethod
    def _read_tables(
        cls, content: bytes, position: int, header: Mapping[str, Any], tables: Collection[str] | None
    ) -> "Statistics":
        """The tables that follow one another from a position on, as the header describes them."""
        found: dict[str, Table] = {}
        for name, table in header["tables"].items():
            columns: list[np.ndarray[Any, Any]] = []
            for kind in map(np.dtype, table["types"]):
                columns.append(np.frombuffer(content, kind, table["rows"], position))
                position += columns[-1].nbytes
            if tables is None or name in tables:
                n_keys = len(table["keys"])
                own = [column.copy() for column in columns]  # the content is not kept for them
                found[name] = Table(
                    dict(zip(table["keys"], own[:n_keys], strict=True)),
                    dict(zip(table["quantities"], own[n_keys:], strict=True)),
                )
        axes = {name: tuple(names) for name, names in header["axes"].items()}
        return cls(header["kind"], axes, found, header["options"])


def unite(parts: Sequence[Statistics]) -> Statistics:
    """The statistics of all documents of several disjoint sets, as if they had been counted together.

    Parameters
    ----------
    parts : sequence of Statistics, not empty
        No document is in two of them. Of the tables only those are kept that all have.

    Raises
    ------
    InvalidOptionError
        They were made with different options.

    Examples
    --------
    >>> from annotations.agreement import read_plain, summarize
    >>> empty = {"length": 9, "annotators": {"a": [], "b": []}}
    >>> parts = [summarize(read_plain({"documents": [{"id": name, **empty}]})) for name in ("d2", "d1")]
    >>> unite(parts).documents
    ('d1', 'd2')
    """
    first = parts[0]
    if any(part.kind != first.kind or dict(part.options) != dict(first.options) for part in parts):
        raise InvalidOptionError("statistics made with different options cannot be merged; summarize again")
    axes = {
        name: reduce(
            partial(_unite, name, kind=first.kind), (part.axes[name] for part in parts if name in part.axes)
        )
        for name in sorted({name for part in parts for name in part.axes} - {"document"})
    }
    axes["document"] = tuple(sorted(name for part in parts for name in part.documents))
    places = [{axis: pack(place) for axis, place in _find_places(part.axes, axes).items()} for part in parts]
    shared = set.intersection(*(set(part.tables) for part in parts))
    tables = {
        name: _lay_together(
            [_reindex(part.tables[name], place) for part, place in zip(parts, places, strict=True)]
        )
        for name in sorted(shared)
    }
    return replace(first, axes=axes, tables=tables)


def unite_bytes(
    contents: Iterable[bytes],
    *,
    tables: Collection[str] | None = None,
    documents: Collection[str] | None = None,
) -> Statistics:
    """The statistics that `to_bytes` wrote of several disjoint sets of documents, as `unite` gives them, in little more memory.

    Parameters
    ----------
    contents : iterable of bytes, not empty
        Each is read when the one before is done with.
    tables : collection of str, optional
        Only these tables.
    documents : collection of str, optional
        Only these documents; unknown names are ignored.

    Raises
    ------
    InvalidOptionError
        They were made with different options or by another version of the library.

    Examples
    --------
    >>> from annotations.agreement import read_plain, summarize
    >>> empty = {"length": 9, "annotators": {"a": [], "b": []}}
    >>> parts = [summarize(read_plain({"documents": [{"id": name, **empty}]})) for name in ("d2", "d1")]
    >>> unite_bytes((part.to_bytes() for part in parts), documents=["d2"]).documents
    ('d2',)
    """
    read = (Statistics._read(content, tables) for content in contents)  # noqa: SLF001
    return unite([part if documents is None else part.select(list(documents)) for part in read])


def _unite(axis: str, first: Sequence[str], second: Sequence[str], kind: str) -> tuple[str, ...]:
    """One order for the names of both: sorted, as items sort their values; a scale that was given is that of both."""
    if first == second:
        return tuple(first)
    return tuple(
        sorted({*first, *second}, key=place_on_scale if axis == "value" and kind == "items" else None)
    )


def _find_places(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> dict[str, IntArray]:
    """Where each name of each axis stands in the new axes, for those axes that are not the same."""
    places = {}
    for axis, names in old.items():
        if names != new[axis]:
            place = {name: index for index, name in enumerate(new[axis])}
            places[axis] = np.array([place[name] for name in names], dtype=np.int64)
    return places


def _reindex(table: Table, places: Mapping[str, IntArray]) -> Table:
    """The rows under the new numbers, in order."""
    changed = {column: places[axis_of(column)] for column in table.keys if axis_of(column) in places}
    keys = {
        column: changed[column][codes] if column in changed else codes for column, codes in table.keys.items()
    }
    if "annotator_1" in changed:
        everybody = table.keys["annotator_1"] == table.keys["annotator_2"]
        for column in ("annotator_1", "annotator_2"):
            keys[column][everybody] = 0
    moved = Table(keys, table.quantities)
    if all(np.all(place[1:] > place[:-1]) for place in changed.values()):
        return moved
    return moved.take(order_by(*keys.values()))


def _lay_between(table: Table, other: Table) -> Table:
    """The rows of sorted tables of different documents, in order: the document is the first key."""
    places = np.searchsorted(table.keys["document"], other.keys["document"])
    return Table(
        {name: np.insert(column, places, other.keys[name]) for name, column in table.keys.items()},
        {
            name: np.insert(column, places, other.quantities[name])
            for name, column in table.quantities.items()
        },
    )


def _lay_together(tables: Sequence[Table]) -> Table:
    """The rows of tables of different documents, in order."""
    together = Table(
        {
            name: np.concatenate([table.keys[name] for table in tables], dtype=np.int64)
            for name in tables[0].keys
        },
        {
            name: np.concatenate([table.quantities[name] for table in tables], dtype=np.float64)
            for name in tables[0].quantities
        },
    )
    document = together.keys["document"]
    if np.all(document[1:] >= document[:-1]):
        return together
    return together.take(order_by(*together.keys.values()))
