"""How far a file format has a place for what annotations are made of: eight axes, each held, held in part, or not held."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Extent(StrEnum):
    """How much of one axis a format holds."""

    YES = "yes"
    """Nothing of it is ever lost."""
    PART = "in part"
    """Some of it is lost, and counted, and some is not."""
    NO = "no"
    """All of it is lost, and counted."""


class Axis(StrEnum):
    """One of the eight things that annotations of a text can have, and that not every format has a place for."""

    OVERLAP = "overlap"
    NESTING = "nesting"
    DISCONTINUITY = "discontinuity"
    ATTRIBUTES = "attributes"
    RELATIONS = "relations"
    FIELDS = "fields"
    ANNOTATORS = "annotators"
    EMPTY = "empty"

    @property
    def words(self) -> str:
        """What people read, as the head of a column."""
        return {
            Axis.OVERLAP: "overlap",
            Axis.NESTING: "nesting",
            Axis.DISCONTINUITY: "discontinuity",
            Axis.ATTRIBUTES: "attributes",
            Axis.RELATIONS: "relations",
            Axis.FIELDS: "document fields",
            Axis.ANNOTATORS: "several annotators",
            Axis.EMPTY: "empty documents",
        }[self]

    @property
    def meaning(self) -> str:
        """What is meant, in a phrase."""
        return {
            Axis.OVERLAP: "spans that cross",
            Axis.NESTING: "a span within another",
            Axis.DISCONTINUITY: "a span of several pieces",
            Axis.ATTRIBUTES: "answers about a span",
            Axis.RELATIONS: "typed links from span to span",
            Axis.FIELDS: "answers about the whole text",
            Axis.ANNOTATORS: "whose annotation is whose",
            Axis.EMPTY: "that somebody looked at a text and marked nothing",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """How far a format holds each of the eight, as it is written, or as it is read where it is only read.

    What is named deviates from all that a markup can say. A markup has no span of several pieces, so no file that is written
    has one either: `discontinuity` says what becomes of one that is read.

    >>> Axes(relations=Extent.NO).list_lost()
    (<Axis.DISCONTINUITY: 'discontinuity'>, <Axis.RELATIONS: 'relations'>)
    """

    overlap: Extent = Extent.YES
    nesting: Extent = Extent.YES
    discontinuity: Extent = Extent.NO
    attributes: Extent = Extent.YES
    relations: Extent = Extent.YES
    fields: Extent = Extent.YES
    annotators: Extent = Extent.YES
    empty: Extent = Extent.YES

    def __getitem__(self, axis: Axis) -> Extent:
        extent: Extent = getattr(self, axis.value)
        return extent

    def __iter__(self) -> Iterator[tuple[Axis, Extent]]:
        return ((axis, self[axis]) for axis in Axis)

    def list_lost(self) -> tuple[Axis, ...]:
        """The axes of which not everything is held."""
        return tuple(axis for axis, extent in self if extent is not Extent.YES)

    def describe(self) -> str:
        """What a file holds, as a sentence lists it.

        >>> Axes(attributes=Extent.NO, annotators=Extent.NO).describe()
        'spans, relations and document fields of one annotator'
        """
        parts = ["spans"]
        parts += [axis.words for axis in _LISTED if self[axis] is not Extent.NO]
        *most, last = parts
        listed = f"{', '.join(most)} and {last}" if most else last
        return f"{listed} of {'one annotator' if self.annotators is Extent.NO else 'several annotators'}"


_LISTED = (Axis.ATTRIBUTES, Axis.RELATIONS, Axis.FIELDS)
