"""How a metric and a table of counts are declared, in the `metrics` module of their family."""

from collections.abc import Callable
from dataclasses import dataclass

from annotations.agreement.data.items import Items
from annotations.agreement.sums.batches import Batch, CountedTables
from annotations.agreement.sums.measures import Measure, Slice
from annotations.agreement.sums.statistics import Statistics

Build = Callable[[Statistics, Slice], Measure]

SPANS = frozenset({"spans"})
BOTH = frozenset({"spans", "items"})
ITEMS = frozenset({"items"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """How one table of the statistics is counted, or several that come of one count.

    Attributes
    ----------
    names : tuple of str
    of_spans : callable
        Counts a batch of documents; documents are independent of each other, so batches can be merged.
    of_items : callable, optional
        Counts items.
    takes_overlaps : bool
        Whether memory grows with the pairs of spans that overlap, so that batches must be smaller where there are many.
    takes_links : bool
        Whether it needs relations or attributes, without which a corpus may be built.
    takes_distances : bool
        Whether what is counted depends on the distances between labels.
    is_of_pairs : bool
        Whether each row is about two annotators, so that those of the others stay as they are when an annotator is left out.
    is_slow : bool
        Whether it is counted in one go, for all documents, and takes a hundred times as long as the others.
    """

    names: tuple[str, ...]
    of_spans: Callable[[Batch], CountedTables]
    of_items: Callable[[Items], CountedTables] | None = None
    takes_overlaps: bool = False
    takes_links: bool = False
    takes_distances: bool = False
    is_of_pairs: bool = False
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a metric means, in a reader's words.

    Attributes
    ----------
    question : what the figure answers
    reading : what its value says
    usual : what other projects reached, or that no published value is known to us
    next_step : what to look at next, in the section of the agreement page called `section`
    like : of a share of spans or relations, what 100 of them have
    coverage : what the figure rests on, with the percentage as {}
    """

    question: str
    reading: str
    usual: str = ""
    next_step: str = ""
    section: str = ""
    like: str = ""
    coverage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What the library knows about a metric.

    Attributes
    ----------
    name, title : str
    tables : the statistics it needs of all annotators together
    pair_tables : the statistics it needs for one pair of annotators; the same as `tables` if not given
    build : makes the measure of a slice
    words : what it means to a reader
    kinds : the data it applies to, of 'spans' and 'items'
    options : the names of the options that it depends on
    beyond_chance : whether it is 1 - observed / expected disagreement, so that 0 is what chance gives and 1 is the most
    always_by_label : whether its values are those of the labels, so that they are given unasked
    slices : the axis whose names `by_label` has: 'label', 'relation' or 'attribute'
    counted_by : the slices of 'label' and 'pair' that its tables have only where they were counted so
    needs_distances : whether it is undefined without a table of distances between labels
    asks_which : whether it looks only at what several people have marked, and asks what they say of it, so that who marked
        nothing changes nothing and a label without the others says nothing
    rows : how its tables are counted; the registry, which knows the tables of all families, fills it in
    """

    name: str
    title: str
    tables: tuple[str, ...]
    pair_tables: tuple[str, ...] = ()
    build: Build
    words: Words
    kinds: frozenset[str] = SPANS
    options: tuple[str, ...] = ()
    beyond_chance: bool = False
    always_by_label: bool = False
    slices: str = "label"
    counted_by: tuple[str, ...] = ()
    needs_distances: bool = False
    asks_which: bool = False
    rows: tuple[TableRow, ...] = ()

    @property
    def tables_of_pairs(self) -> tuple[str, ...]:
        """The statistics it needs for one pair of annotators."""
        return self.pair_tables or self.tables

    @property
    def is_slow(self) -> bool:
        """Whether counting its tables takes a hundred times as long as counting those of others."""
        return any(row.is_slow for row in self.rows)

    @property
    def takes_links(self) -> bool:
        """Whether it compares relations or attributes."""
        return any(row.takes_links for row in self.rows)

    @property
    def counts_distances(self) -> bool:
        """Whether what is counted for it depends on the table of distances between labels."""
        return any(row.takes_distances for row in self.rows)


UNCHECKED = "We have checked no published value of it for a task like this."
