"""Whether a decision makes sense for its unit, before it goes into the ledger for good."""

from collections.abc import Callable, Mapping
from typing import Any

from annotations.adjudication.relations import key_added_relation
from annotations.adjudication.rules import key_added_span
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    FieldUnit,
    Outcome,
    RelationUnit,
    SpanUnit,
    Unit,
)
from annotations.limits import MAX_LINKS_OF_A_PAIR, MAX_RELATIONS, MAX_SPANS
from annotations.schemes.check import name_answer, name_span, refuse_answer, show
from annotations.schemes.scheme import Question, Scheme


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
        return _check_added_relation(outcome, scheme, payload)
    if len(outcome.markup.spans) >= MAX_SPANS:
        raise InvalidDecisionError(f"This article has {MAX_SPANS:,} spans, the most that one may have.")
    checked = _check_span(payload, scheme, text)
    key = key_added_span(checked["start"], checked["end"])
    existing = outcome.unit(key)
    if isinstance(existing, SpanUnit) and existing.result is not None:
        raise InvalidDecisionError("A span was added here already: change that one.")
    return key, checked


def _check_added_relation(
    outcome: Outcome, scheme: Scheme, payload: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    if len(outcome.markup.relations) >= MAX_RELATIONS:
        raise InvalidDecisionError(
            f"This article has {MAX_RELATIONS:,} relations, the most that one may have."
        )
    kind, source, target = (str(payload.get(name, "")) for name in ("kind", "source", "target"))
    if scheme.relation(kind) is None:
        raise InvalidDecisionError(f"{scheme.identifier} has no relation {show(kind)}.")
    for end in (source, target):
        found = outcome.unit(end)
        if not isinstance(found, SpanUnit) or found.result is None:
            raise InvalidDecisionError("A relation joins two spans of the gold; decide about them first.")
    if source == target:
        raise InvalidDecisionError("A relation joins two different spans.")
    return key_added_relation(kind, source, target), {"kind": kind, "source": source, "target": target}


def _check_span(payload: Mapping[str, Any], scheme: Scheme, text: str) -> dict[str, Any]:
    start, end, label = payload.get("start"), payload.get("end"), payload.get("label")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        raise InvalidDecisionError(f"A span lies between 0 and {len(text)} and starts before it ends.")
    if not text[start:end].strip():
        raise InvalidDecisionError("A span needs words; this one has only spaces.")
    if not isinstance(label, str) or scheme.label(label) is None:
        names = ", ".join(known.name for known in scheme.labels)
        raise InvalidDecisionError(f"There is no label {show(label)}; there are {names}.")
    return {"start": start, "end": end, "label": label}


def _check_choice(unit: Unit, payload: Mapping[str, Any], _scheme: Scheme, _text: str) -> dict[str, Any]:
    chosen = payload.get("candidate")
    if chosen not in {candidate.key for candidate in unit.candidates}:
        raise InvalidDecisionError("This is none of the unit's candidates.")
    return {"candidate": chosen}


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


def _check_links(_unit: Unit, payload: Mapping[str, Any], scheme: Scheme, _text: str) -> dict[str, Any]:
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
    return {"links": checked}


Check = Callable[[Any, Mapping[str, Any], Scheme, str], dict[str, Any]]
_CHECKS: dict[tuple[type, str], Check] = {
    (SpanUnit, Action.CHOOSE): _check_choice,
    (SpanUnit, Action.REJECT): _check_rejection,
    (SpanUnit, Action.EDIT): _check_edit,
    (AttributeUnit, Action.VALUE): _check_value,
    (RelationUnit, Action.CHOOSE): _check_choice,
    (RelationUnit, Action.REJECT): _check_rejection,
    (RelationUnit, Action.VALUE): _check_links,
    (FieldUnit, Action.VALUE): _check_value,
}
