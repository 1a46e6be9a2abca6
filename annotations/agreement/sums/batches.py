"""Documents whose tables are counted together, and what a count of them gives."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.sums.tables import Table

Derived = TypeVar("Derived")


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Documents of spans, few enough to be counted at once.

    Attributes
    ----------
    corpus : Corpus
        With offsets in characters.
    counted : Corpus
        With offsets in the unit that positions are counted in.
    needed : set of str
        The names of all tables that are wanted.
    by : collection of str
        The slices that are wanted, of 'label' and 'pair'.
    options : mapping
        What counting depends on besides the annotations, by the names of `summarize`.
    """

    corpus: Corpus
    counted: Corpus
    needed: frozenset[str] = frozenset()
    by: Collection[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    _derived: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def derive(self, make: "Callable[[Batch], Derived]") -> Derived:
        """What several tables are counted from, made once by a function of the batch."""
        if make not in self._derived:
            self._derived[make] = make(self)
        found: Derived = self._derived[make]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class CountedTables:
    """Tables of some documents, with the axes that they bring along and what could not be counted.

    Attributes
    ----------
    tables : mapping of table name to Table
    axes : mapping of axis name to names
        Only axes that the statistics would not have otherwise.
    left_out_of : mapping of reason to (mapping of document to int)
    """

    tables: Mapping[str, Table]
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out_of: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
