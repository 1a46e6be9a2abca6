"""The attributes of a span: which are shared by those who marked it, and which are to be decided."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotations.adjudication.evidence import digest
from annotations.adjudication.merging import MergeRule, list_voters
from annotations.adjudication.units import (
    AttributeUnit,
    Dispute,
    Entry,
    SpanUnit,
    State,
    ValueCandidate,
)
from annotations.markup import sort_pairs
from annotations.schemes.scheme import Attribute, Label, Question
from annotations.spans import Span


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who marked a thing under a label, and the attributes they gave it."""

    voter: str
    attributes: Mapping[str, str]


def complete(label: Label | None, attributes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The attributes with what the annotator meant by answering nothing."""
    values = dict(attributes)
    return label.complete(values) if label else values


def find_disputes(label: Label | None, witnesses: Sequence[Witness]) -> tuple[Dispute, ...]:
    """The attributes on which the annotators of one span and label differ."""
    disputes = []
    for attribute in label.attributes if label else ():
        candidates = _count_votes(attribute, witnesses)
        if len(candidates) > 1:
            disputes.append(Dispute(attribute, candidates))
    return tuple(disputes)


def share_attributes(
    witnesses: Sequence[Witness], disputes: Iterable[Dispute]
) -> tuple[tuple[str, str], ...]:
    """The attributes of a candidate that are not in dispute."""
    disputed = {dispute.attribute.name for dispute in disputes}
    shared = {
        name: value
        for witness in witnesses
        for name, value in witness.attributes.items()
        if name not in disputed
    }
    return sort_pairs(shared)


def resolve_attributes(
    unit: SpanUnit,
    *,
    label: Label,
    witnesses: Sequence[Witness],
    rule: MergeRule,
    decided: Mapping[str, Entry],
) -> tuple[Span, tuple[AttributeUnit, ...]]:
    """The span that a unit yields with its attributes as far as they are known, and a unit for each that applies.

    An attribute is settled if all witnesses for whom it applies say the same; without witnesses the default holds.
    One that applies only by an attribute that is still open waits for it.
    """
    if unit.result is None:
        raise ValueError(f"the unit {unit.key} yields no span")
    values: dict[str, str] = {}
    parts: dict[str, _Part] = {}
    while ready := _find_ready(label, values, parts):
        candidates = _count_votes(ready, witnesses)
        votes = [(candidate.value, candidate.voters) for candidate in candidates]
        key = f"attribute:{ready.name}:{digest(unit.key, label.name, votes)}"
        part = _settle(
            key, ready, candidates, decided.get(key), unit=unit, rule=rule, n_witnesses=len(witnesses)
        )
        parts[ready.name] = part
        if part.result:
            values[ready.name] = part.result
    span = Span(unit.result.start, unit.result.end, label.name, sort_pairs(values), unit.key)
    return span, tuple(
        AttributeUnit(
            key=parts[attribute.name].key,
            parent=unit.key,
            span=span,
            attribute=attribute,
            state=parts[attribute.name].state,
            candidates=offer_all(attribute, parts[attribute.name].candidates),
            entry=parts[attribute.name].entry,
            result=parts[attribute.name].result,
        )
        for attribute in label.attributes
        if attribute.name in parts
    )


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    candidates: tuple[ValueCandidate, ...]
    entry: Entry | None
    result: str | None
    state: State


def _find_ready(label: Label, values: Mapping[str, str], parts: Container[str]) -> Attribute | None:
    """The next attribute that applies by what is settled so far, whatever order the scheme lists them in."""
    return next(
        (
            attribute
            for attribute in label.attributes
            if attribute.name not in parts and attribute.applies(values)
        ),
        None,
    )


def _settle(
    key: str,
    attribute: Attribute,
    candidates: tuple[ValueCandidate, ...],
    entry: Entry | None,
    *,
    unit: SpanUnit,
    rule: MergeRule,
    n_witnesses: int,
) -> _Part:
    follows = State.FOLLOWS if unit.state == State.DECIDED else unit.state
    result, state = None, State.OPEN
    if entry is not None:
        result, state = str(entry.payload["value"]), State.DECIDED
    elif candidates:
        settled = rule.settle(candidates, list_voters(candidates))
        result, state = settled.candidate.value if settled.candidate else None, settled.state
        if state in {State.AGREED, State.SINGLE}:
            is_agreed_by_some = follows == State.AGREED and len(candidates[0].voters) < n_witnesses
            state = State.FOLLOWS if is_agreed_by_some else follows
    elif not candidates and (attribute.default or not attribute.required):
        result, state = attribute.default or attribute.unanswered, follows
    return _Part(key, candidates, entry, result, state)


def _count_votes(attribute: Attribute, witnesses: Sequence[Witness]) -> tuple[ValueCandidate, ...]:
    """Who says what, most votes first; those for whom it does not apply, or who owe an answer, have no say."""
    votes: dict[str, list[str]] = {}
    for witness in witnesses:
        value = witness.attributes.get(attribute.name, "")
        if attribute.applies(witness.attributes) and (value or not attribute.required):
            votes.setdefault(value, []).append(witness.voter)
    return rank_candidates(attribute, votes)


def rank_candidates(question: Question, votes: Mapping[str, Sequence[str]]) -> tuple[ValueCandidate, ...]:
    """What was voted for, most votes first, then as the scheme lists the values."""
    ranked = sorted(votes.items(), key=lambda item: (-len(item[1]), question.kind.rank(item[0])))
    return tuple(
        ValueCandidate(value, question.kind.show(value), tuple(sorted(voters))) for value, voters in ranked
    )


def offer_all(question: Question, candidates: Sequence[ValueCandidate]) -> tuple[ValueCandidate, ...]:
    """What was voted for, then the other values that the scheme lists."""
    voted = {candidate.value for candidate in candidates}
    others = [
        ValueCandidate(value, question.kind.show(value)) for value in question.offered if value not in voted
    ]
    return (*candidates, *others)
