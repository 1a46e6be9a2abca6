"""A ledger that gives a gold which is known already: the decisions by which what annotators submitted comes to it.

Units are named by the evidence for them, so decisions cannot be taken over from annotations that said the same in other words.
They are made anew: where the merge rule comes to the gold by itself there are none, and elsewhere one for each unit that differs.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from annotations.adjudication.merging import MergeRule
from annotations.adjudication.relations import key_added_relation
from annotations.adjudication.rules import adjudicate, find_span_units, key_added_span
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    Entry,
    FieldUnit,
    Link,
    Outcome,
    RelationUnit,
    SpanUnit,
    State,
    Submitted,
)
from annotations.markup import Markup
from annotations.schemes.scheme import Question, Scheme
from annotations.spans import Span

Place = tuple[int, int, str]
"""Where a span lies, and under which label."""
PASSES = 5
"""An answer may ask for another one; no scheme of use asks deeper."""


@dataclass(frozen=True, slots=True)
class CarriedLedger:
    """The entries that lead to a gold, what they give, and whether that is the gold in every part."""

    entries: tuple[Entry, ...]
    outcome: Outcome
    is_same: bool


def carry_ledger(
    submitted: Sequence[Submitted], gold: Markup, *, scheme: Scheme, text: str, rule: MergeRule, note: str
) -> CarriedLedger:
    """Decide about what annotators submitted so that it comes to a gold, as far as decisions can."""
    work = _LedgerWork(submitted, gold, scheme, text, rule, note)
    work.add(_decide_spans(work, find_span_units(submitted, scheme=scheme, rule=rule)))
    for _ in range(PASSES):
        if not work.decide(_decide_answers):
            break
    work.decide(_decide_relations)
    outcome = work.look()
    return CarriedLedger(tuple(work.entries), outcome, _is_same(outcome, gold, scheme))


@dataclass(slots=True)
class _LedgerWork:
    submitted: Sequence[Submitted]
    gold: Markup
    scheme: Scheme
    text: str
    rule: MergeRule
    note: str
    entries: list[Entry] = field(default_factory=list)
    seen: Outcome | None = None
    """What the present entries lead to, once somebody has looked."""

    def look(self) -> Outcome:
        """What the present entries lead to."""
        if self.seen is None:
            self.seen = adjudicate(
                self.submitted, scheme=self.scheme, text=self.text, rule=self.rule, entries=self.entries
            )
        return self.seen

    def decide(self, step: "Callable[[_LedgerWork, Outcome], Made]") -> bool:
        """Add the entries of a step, as the work stands; whether there were any."""
        return self.add(step(self, self.look()))

    def add(self, entries: "Made") -> bool:
        """Add entries, unless their units have one; whether there were any."""
        known = {entry.unit for entry in self.entries}
        made = [one for one in entries if one[0] not in known]
        for unit, action, payload in made:
            number = len(self.entries) + 1
            self.entries.append(Entry(number, unit, action, payload, note=self.note))
        if made:
            self.seen = None
        return bool(made)


Made = Iterator[tuple[str, Action, Mapping[str, object]]]
Step = Callable[[_LedgerWork, Outcome], Made]
"""Decides one sort of units, as the work stands."""
Kind = TypeVar("Kind", SpanUnit, RelationUnit)


def _place(span: Span) -> Place:
    return span.start, span.end, span.label


def _decide_spans(work: _LedgerWork, units: Sequence[SpanUnit]) -> Made:
    """Choose where somebody marked what the gold has, move where they marked it otherwise, reject the rest, and add what nobody marked."""
    missing = Counter(_place(span) for span in work.gold.spans)
    differing: list[SpanUnit] = []
    for unit in units:
        if unit.state is not State.OPEN and unit.result and missing[_place(unit.result)]:
            missing[_place(unit.result)] -= 1
        else:
            differing.append(unit)
    unmatched: list[SpanUnit] = []
    for unit in differing:
        chosen = next((one for one in unit.candidates if missing[_place(one.span)]), None)
        if chosen is None:
            unmatched.append(unit)
            continue
        missing[_place(chosen.span)] -= 1
        yield unit.key, Action.CHOOSE, {"candidate": chosen.key}
    for unit in unmatched:
        near = next((place for place in +missing if place[0] < unit.end and unit.start < place[1]), None)
        if near is not None:
            missing[near] -= 1
            yield unit.key, Action.EDIT, {"start": near[0], "end": near[1], "label": near[2]}
        elif unit.state is State.OPEN or unit.result is not None:
            yield unit.key, Action.REJECT, {}
    for start, end, label in sorted(+missing):
        yield key_added_span(start, end), Action.ADD, {"start": start, "end": end, "label": label}


def _decide_answers(work: _LedgerWork, outcome: Outcome) -> Made:
    """Give the attributes and fields on which the outcome is open, or differs, the value of the gold."""
    answers = {_place(span): dict(span.attributes) for span in work.gold.spans}
    fields = dict(work.gold.fields)
    for unit in outcome.units:
        if isinstance(unit, AttributeUnit):
            given = answers.get(_place(unit.span))
            if given is not None:
                yield from _answer(unit, unit.attribute, given.get(unit.attribute.name, ""))
        elif isinstance(unit, FieldUnit):
            yield from _answer(unit, unit.field, fields.get(unit.field.name, ""))


def _answer(unit: AttributeUnit | FieldUnit, question: Question, value: str) -> Made:
    is_right = unit.state is not State.OPEN and (unit.result or "") == value
    if not is_right and not question.lacks(value):
        yield unit.key, Action.VALUE, {"value": value}


def _decide_relations(work: _LedgerWork, outcome: Outcome) -> Made:
    """Draw the links of the gold between the units that became its spans, and no others."""
    keys: dict[Place, str] = {}
    for unit in _select(outcome, SpanUnit):
        if unit.result is not None and unit.state is not State.OPEN:
            keys.setdefault(_place(unit.result), unit.key)
    places = {span.key: keys.get(_place(span)) for span in work.gold.spans}
    wanted = {
        (link.kind, source, target)
        for link in work.gold.relations
        if (source := places[link.source]) and (target := places[link.target])
    }
    for pair in _select(outcome, RelationUnit):
        ends = pair.first.key, pair.second.key
        of_unit = {link for link in wanted if {link[1], link[2]} == set(ends)}
        wanted -= of_unit
        links = tuple(sorted(Link(kind, source != ends[0]) for kind, source, _ in of_unit))
        if pair.state is State.FALLEN or (pair.state is not State.OPEN and pair.result == links):
            continue
        if links:
            written = [{"kind": link.kind, "reversed": link.is_reversed} for link in links]
            yield pair.key, Action.VALUE, {"links": written}
        else:
            yield pair.key, Action.REJECT, {}
    for kind, source, target in sorted(wanted):
        payload = {"kind": kind, "source": source, "target": target}
        yield key_added_relation(kind, source, target), Action.ADD, payload


def _select(outcome: Outcome, kind: type[Kind]) -> list[Kind]:
    return [unit for unit in outcome.units if isinstance(unit, kind)]


def _is_same(outcome: Outcome, gold: Markup, scheme: Scheme) -> bool:
    return not outcome.open and _describe(outcome.markup, scheme) == _describe(gold, scheme)


def _describe(markup: Markup, scheme: Scheme) -> tuple[object, ...]:
    """What a markup says, without the keys of its spans and without answers that say nothing."""
    places = {span.key: _place(span) for span in markup.spans}

    def complete(span: Span) -> tuple[tuple[str, str], ...]:
        label = scheme.label(span.label)
        answers = label.complete(dict(span.attributes)) if label else dict(span.attributes)
        return tuple(sorted((name, value) for name, value in answers.items() if value))

    return (
        sorted((_place(span), complete(span)) for span in markup.spans),
        sorted((link.kind, places[link.source], places[link.target]) for link in markup.relations),
        sorted((name, value) for name, value in markup.fields if value),
    )
