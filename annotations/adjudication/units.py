"""What an adjudicator decides about, what there is to choose from, and what came of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotations.markup import Markup, Origin, Relation
from annotations.schemes.problems import InGold
from annotations.schemes.scheme import Attribute, DocumentField
from annotations.spans import Span


class State(StrEnum):
    """How a unit stands. Only an open one keeps a task from being finished."""

    AGREED = "agreed"
    """All annotators say the same."""
    SINGLE = "single"
    """There is one annotator only; nobody agreed with anybody."""
    MERGED = "merged"
    """Not all say the same, but the project's merge rule settled it."""
    FOLLOWS = "follows"
    """An attribute that came with what an adjudicator chose about its span."""
    DECIDED = "decided"
    """An adjudicator decided."""
    OPEN = "open"
    """An adjudicator has to decide."""
    FALLEN = "fallen"
    """A relation that cannot stand: one of its ends was rejected, or the scheme does not allow it there."""

    @property
    def words(self) -> str:
        """What people read."""
        return {
            State.AGREED: "agreed",
            State.SINGLE: "taken over",
            State.MERGED: "merged by rule",
            State.FOLLOWS: "settled",
            State.DECIDED: "decided",
            State.OPEN: "open",
            State.FALLEN: "fallen",
        }[self]

    @property
    def needs_nobody(self) -> bool:
        """Whether it came to stand so without a decision about it."""
        return self not in {State.OPEN, State.DECIDED}

    @property
    def origin(self) -> Origin:
        """How what stands so came into the gold."""
        return Origin.ADJUDICATED if self is State.DECIDED else Origin(self.value)


class Action(StrEnum):
    """What an entry of the ledger does to its unit."""

    CHOOSE = "choose"
    REJECT = "reject"
    EDIT = "edit"
    ADD = "add"
    VALUE = "value"
    UNDO = "undo"
    EXCUSE = "excuse"
    """Gives a reason for rules of the scheme that the gold breaks; its unit is `RULES_UNIT`."""


RULES_UNIT = "rules"
"""The unit of the entries that are about rules of the scheme."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What one annotator submitted. The voter is their assignment's id as text, which stays when a new revision comes."""

    voter: str
    markup: Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a task's ledger, as plain data."""

    number: int
    unit: str
    action: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Motive:
    """Why a unit had to be decided, as far as the adjudicator says so."""

    kind: str = ""
    is_for_guidelines: bool = False

    def __bool__(self) -> bool:
        return bool(self.kind or self.is_for_guidelines)


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value of an attribute or a document field; the empty one stands for no answer."""

    value: str
    title: str
    voters: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Dispute:
    """An attribute on which those who marked the same span under the same label differ."""

    attribute: Attribute
    candidates: tuple[ValueCandidate, ...]


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A span with a label; its attributes are those that all its voters share, the others are in dispute."""

    span: Span
    voters: tuple[str, ...]
    disputes: tuple[Dispute, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.span.start}-{self.span.end}-{self.span.label}"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A relation between the two spans of a unit: from the first to the second, unless it is reversed."""

    kind: str
    is_reversed: bool = False

    @property
    def key(self) -> str:
        return f"{self.kind}{'<' if self.is_reversed else '>'}"


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """All relations that some annotators drew between the two spans of a unit."""

    links: tuple[Link, ...]
    voters: tuple[str, ...]

    @property
    def key(self) -> str:
        return "+".join(link.key for link in self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanUnit:
    """Presence, boundary and label of one thing; `start` and `end` enclose all that was marked for it."""

    key: str
    start: int
    end: int
    state: State
    candidates: tuple[SpanCandidate, ...] = ()
    silent: tuple[str, ...] = ()
    entry: Entry | None = None
    result: Span | None = None
    kind: str = "span"

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(candidate.span.label for candidate in self.candidates))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeUnit:
    """One attribute of a span that is decided or agreed on."""

    key: str
    parent: str
    span: Span
    attribute: Attribute
    state: State
    candidates: tuple[ValueCandidate, ...]
    entry: Entry | None = None
    result: str | None = None
    kind: str = "attribute"

    @property
    def start(self) -> int:
        return self.span.start

    @property
    def end(self) -> int:
        return self.span.end


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationUnit:
    """The links between two spans as one thing to decide; `has_open_end` tells that one of the spans is not decided yet."""

    key: str
    first: SpanUnit
    second: SpanUnit
    state: State
    candidates: tuple[LinkCandidate, ...] = ()
    silent: tuple[str, ...] = ()
    entry: Entry | None = None
    result: tuple[Link, ...] = ()
    has_open_end: bool = False
    note: str = ""
    kind: str = "relation"

    @property
    def start(self) -> int:
        return max(self.first, self.second, key=order_of_span_unit).start

    @property
    def end(self) -> int:
        return max(self.first, self.second, key=order_of_span_unit).end


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldUnit:
    """A question about the document as a whole."""

    key: str
    field: DocumentField
    state: State
    candidates: tuple[ValueCandidate, ...]
    entry: Entry | None = None
    result: str | None = None
    kind: str = "field"


Unit = SpanUnit | AttributeUnit | RelationUnit | FieldUnit


@dataclass(frozen=True, slots=True)
class Trace:
    """How a part of the gold came about: by whose votes and by which decisions; voters are assignments, not people."""

    origin: Origin
    votes: tuple[str, ...] = ()
    decisions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule of the scheme that the result breaks, and the units that it comes from.

    `subject` is the relation or the field that the rule asks for. `is_excused` tells that an adjudicator gave a reason.
    """

    code: str
    message: str
    consequence: InGold
    units: tuple[str, ...] = ()
    subject: str = ""
    is_excused: bool = False

    @property
    def key(self) -> str:
        """What names the rule and where it is broken, for a reason to be given for just that."""
        return " ".join((self.code, self.subject, *self.units))


@dataclass(frozen=True, slots=True)
class Remark:
    """What an annotator said for themselves, such as a note or how sure they were; it is never adjudicated."""

    title: str
    voter: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All units of a task in reading order, and the gold as far as they yield it."""

    units: tuple[Unit, ...]
    markup: Markup
    span_provenance: Mapping[str, Trace]
    relation_provenance: Mapping[Relation, Trace]
    field_provenance: Mapping[str, Trace]
    voters: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    void: tuple[Entry, ...] = ()
    remarks: tuple[Remark, ...] = ()
    entries: tuple[Entry, ...] = ()
    is_imported: bool = False
    """Whether all of it was settled elsewhere and came in as gold."""

    @property
    def open(self) -> tuple[Unit, ...]:
        """The units that an adjudicator still has to decide."""
        return tuple(unit for unit in self.units if unit.state == State.OPEN)

    @property
    def blocking(self) -> tuple[Conflict, ...]:
        """The conflicts that keep the task from being finished."""
        return self._select_conflicts(InGold.BLOCKS)

    @property
    def unmet(self) -> tuple[Conflict, ...]:
        """The conflicts with which the task may be finished, if a reason is given."""
        return self._select_conflicts(InGold.NEEDS_REASON)

    @property
    def unexcused(self) -> tuple[Conflict, ...]:
        """The conflicts for which a reason is still owed."""
        return tuple(conflict for conflict in self.unmet if not conflict.is_excused)

    @property
    def excused(self) -> dict[str, int]:
        """How many rules of each code the gold breaks for a reason that was given."""
        return dict(sorted(Counter(str(each.code) for each in self.unmet if each.is_excused).items()))

    def _select_conflicts(self, consequence: InGold) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.consequence is consequence)

    @property
    def origin(self) -> Origin:
        """How the gold as a whole came about, by the part that took most to settle."""
        if self.excused or any(unit.entry is not None for unit in self.units):
            return Origin.ADJUDICATED
        if any(unit.state == State.MERGED for unit in self.units):
            return Origin.MERGED
        if len(self.voters) > 1:
            return Origin.AGREED
        return Origin.IMPORTED if self.is_imported else Origin.SINGLE

    def unit(self, key: str) -> Unit | None:
        """The unit of a key, or None where there is none any more."""
        return next((unit for unit in self.units if unit.key == key), None)

    def to_json(self, annotators: Mapping[str, int]) -> dict[str, Any]:
        """The gold with the provenance of each part; votes name the annotators whose numbers are given."""

        def write(trace: Trace) -> dict[str, Any]:
            is_taken_over = self.is_imported and trace.origin is Origin.SINGLE
            return {
                "origin": Origin.IMPORTED if is_taken_over else trace.origin,
                "votes": sorted(annotators[voter] for voter in trace.votes),
                "decisions": sorted(trace.decisions),
            }

        return {
            "spans": [
                {
                    "key": span.key,
                    "start": span.start,
                    "end": span.end,
                    "label": span.label,
                    "attributes": dict(span.attributes),
                    "provenance": write(self.span_provenance[span.key]),
                }
                for span in self.markup.spans
            ],
            "relations": [
                {
                    "kind": relation.kind,
                    "source": relation.source,
                    "target": relation.target,
                    "provenance": write(self.relation_provenance[relation]),
                }
                for relation in self.markup.relations
            ],
            "fields": dict(self.markup.fields),
            "field_provenance": {
                name: write(provenance) for name, provenance in sorted(self.field_provenance.items())
            },
        }


def order_of_span_unit(unit: SpanUnit) -> tuple[int, int, str]:
    """The sort key of reading order: earlier spans first, and of two that start together the longer one."""
    return unit.start, -unit.end, unit.key
