"""Whether a decision makes sense for its unit, before it goes into the ledger for good."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotations.adjudication.relations import key_added_relation
from annotations.adjudication.rules import key_added_span
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    FieldUnit,
    Link,
    Outcome,
    RelationUnit,
    SpanUnit,
    State,
    Unit,
)
from annotations.limits import MAX_LINKS_OF_A_PAIR, MAX_RELATIONS, MAX_SPANS
from annotations.schemes.check import name_answer, name_link, name_span, refuse_answer, refuse_link, show
from annotations.schemes.scheme import Question, Scheme
from annotations.snapping import is_blank, snap
from annotations.spans import Span


class InvalidDecisionError(ValueError):
    """A decision does not fit its unit; the message says what would."""


class UnknownUnitError(InvalidDecisionError):
    """There is no such unit, or what it was about has changed since."""


def check_decision(
    outcome: Outcome,
    *,
    scheme: Scheme,
    text: str,
    unit: str,
    action: str,
    payload: Mapping[str, Any],
) -> tuple[str, dict[str, Any]]:
    """The key of the unit and the payload as they go into the ledger, with nothing in it that was not asked for."""
    if action == Action.ADD:
        return _check_addition(outcome, scheme=scheme, text=text, payload=payload)
    known = outcome.unit(unit)
    if known is None:
        raise UnknownUnitError(
            "There is no such unit any more: the annotations have changed. Look at the page anew."
        )
    check = _CHECKS.get((type(known), action))
    if check is None:
        raise InvalidDecisionError(f"A {known.kind} cannot be decided by {str(action)!r}.")
    return unit, check(known, payload, scheme, text)


def _check_addition(
    outcome: Outcome, *, scheme: Scheme, text: str, payload: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    if "kind" in payload:
        return _check_added_relation(outcome, scheme, payload, text)
    if len(outcome.markup.spans) >= MAX_SPANS:
        raise InvalidDecisionError(f"This article has {MAX_SPANS:,} spans, the most that one may have.")
    checked = _check_span(payload, scheme, text)
    key = key_added_span(checked["start"], checked["end"])
    existing = outcome.unit(key)
    if isinstance(existing, SpanUnit) and existing.result is not None:
        raise InvalidDecisionError("A span was added here already: change that one.")
    return key, checked


def _check_added_relation(
    outcome: Outcome, scheme: Scheme, payload: Mapping[str, Any], text: str
) -> tuple[str, dict[str, Any]]:
    if len(outcome.markup.relations) >= MAX_RELATIONS:
        raise InvalidDecisionError(
            f"This article has {MAX_RELATIONS:,} relations, the most that one may have."
        )
    kind, source, target = (str(payload.get(name, "")) for name in ("kind", "source", "target"))
    known = scheme.relation(kind)
    if known is None:
        raise InvalidDecisionError(f"{scheme.identifier} has no relation {show(kind)}.")
    begin, end = _find_gold_span(outcome, source), _find_gold_span(outcome, target)
    if source == target:
        raise InvalidDecisionError("A relation joins two different spans.")
    if refusal := refuse_link(scheme, known, begin, end, text):
        raise InvalidDecisionError(refusal.message)
    if (kind, source, target) in _list_drawn(outcome):
        name = name_link(begin, end, text)
        raise InvalidDecisionError(f"The link “{known.title}” {name} stands already.")
    return key_added_relation(kind, source, target), {"kind": kind, "source": source, "target": target}


def _find_gold_span(outcome: Outcome, key: str) -> Span:
    found = outcome.unit(key)
    if not isinstance(found, SpanUnit) or found.result is None:
        raise InvalidDecisionError("A relation joins two spans of the gold; decide about them first.")
    return replace(found.result, key=key)


def _list_drawn(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    """Type, source and target of each link that stands, by the units of its ends."""
    for unit in outcome.units:
        if isinstance(unit, RelationUnit) and unit.state not in {State.OPEN, State.FALLEN}:
            for link in unit.result:
                ends = (unit.second, unit.first) if link.is_reversed else (unit.first, unit.second)
                yield link.kind, ends[0].key, ends[1].key


def refuse_links(unit: RelationUnit, links: Iterable[Link], scheme: Scheme, text: str) -> str:
    """Why the scheme forbids one of these links between the two things as they are decided, empty where it does not.

    What is not decided yet forbids nothing.
    """
    if unit.first.result is None or unit.second.result is None:
        return ""
    first, second = (replace(end.result, key=end.key) for end in (unit.first, unit.second) if end.result)
    for link in links:
        source, target = (second, first) if link.is_reversed else (first, second)
        known = scheme.relation(link.kind)
        if known and (refusal := refuse_link(scheme, known, source, target, text)):
            return refusal.message
    return ""


def _check_span(payload: Mapping[str, Any], scheme: Scheme, text: str) -> dict[str, Any]:
    start, end, label = payload.get("start"), payload.get("end"), payload.get("label")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        raise InvalidDecisionError(f"A span lies between 0 and {len(text)} and starts before it ends.")
    if is_blank(text[start:end]):
        raise InvalidDecisionError("A span needs words; this one has only spaces.")
    if not isinstance(label, str) or scheme.label(label) is None:
        names = ", ".join(known.name for known in scheme.labels)
        raise InvalidDecisionError(f"There is no label {show(label)}; there are {names}.")
    start, end = snap(text, start, end, scheme.snap)
    return {"start": start, "end": end, "label": label}


def _check_choice(unit: Unit, payload: Mapping[str, Any], _scheme: Scheme, _text: str) -> dict[str, Any]:
    chosen = payload.get("candidate")
    if chosen not in {candidate.key for candidate in unit.candidates}:
        raise InvalidDecisionError("This is none of the unit's candidates.")
    return {"candidate": chosen}


def _check_chosen_links(
    unit: RelationUnit, payload: Mapping[str, Any], scheme: Scheme, text: str
) -> dict[str, Any]:
    checked = _check_choice(unit, payload, scheme, text)
    [links] = (candidate.links for candidate in unit.candidates if candidate.key == checked["candidate"])
    if refusal := refuse_links(unit, links, scheme, text):
        raise InvalidDecisionError(refusal)
    return checked


def _check_rejection(_unit: Unit, _payload: Mapping[str, Any], _scheme: Scheme, _text: str) -> dict[str, Any]:
    return {}


def _check_edit(_unit: Unit, payload: Mapping[str, Any], scheme: Scheme, text: str) -> dict[str, Any]:
    return _check_span(payload, scheme, text)


def _check_value(unit: Unit, payload: Mapping[str, Any], _scheme: Scheme, text: str) -> dict[str, Any]:
    """A value is held to the rules of a submission; what was typed is put into the form in which such values are stored."""
    question: Question
    if isinstance(unit, AttributeUnit):
        question, owner = unit.attribute, name_span(unit.span, text)
    elif isinstance(unit, FieldUnit):
        question, owner = unit.field, ""
    else:
        raise InvalidDecisionError("This is neither an attribute nor a document field.")
    value = question.kind.tidy(str(payload.get("value", "")))
    if question.lacks(value):
        raise InvalidDecisionError(f"{name_answer(question, owner)} needs a value.")
    if value and (refusal := refuse_answer(question, value, owner)):
        raise InvalidDecisionError(refusal.message)
    return {"value": value}


def _check_links(unit: RelationUnit, payload: Mapping[str, Any], scheme: Scheme, text: str) -> dict[str, Any]:
    links = payload.get("links")
    if not isinstance(links, list) or not links:
        raise InvalidDecisionError("Name at least one relation, or reject the unit.")
    if len(links) > MAX_LINKS_OF_A_PAIR:
        raise InvalidDecisionError(
            f"{len(links):,} relations between two spans are more than {MAX_LINKS_OF_A_PAIR}: name each once."
        )
    checked = []
    for link in links:
        if not isinstance(link, dict):
            raise InvalidDecisionError("A relation is an object with its kind, and whether it is reversed.")
        if scheme.relation(str(link.get("kind"))) is None:
            raise InvalidDecisionError(f"{scheme.identifier} has no relation {show(link.get('kind'))}.")
        checked.append({"kind": str(link["kind"]), "reversed": bool(link.get("reversed"))})
    wanted = [Link(str(link["kind"]), bool(link["reversed"])) for link in checked]
    if refusal := refuse_links(unit, wanted, scheme, text):
        raise InvalidDecisionError(refusal)
    return {"links": checked}


Check = Callable[[Any, Mapping[str, Any], Scheme, str], dict[str, Any]]
_CHECKS: dict[tuple[type, str], Check] = {
    (SpanUnit, Action.CHOOSE): _check_choice,
    (SpanUnit, Action.REJECT): _check_rejection,
    (SpanUnit, Action.EDIT): _check_edit,
    (AttributeUnit, Action.VALUE): _check_value,
    (RelationUnit, Action.CHOOSE): _check_chosen_links,
    (RelationUnit, Action.REJECT): _check_rejection,
    (RelationUnit, Action.VALUE): _check_links,
    (FieldUnit, Action.VALUE): _check_value,
}
