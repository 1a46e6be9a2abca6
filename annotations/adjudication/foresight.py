"""Which decisions change nothing but their own unit, so that the next one can be made before they are stored."""

from annotations.adjudication.units import (
    AttributeUnit,
    Outcome,
    RelationUnit,
    SpanCandidate,
    SpanUnit,
    State,
    Unit,
)
from annotations.schemes.scheme import Label, Scheme


def is_choice_sure(unit: Unit, candidate: SpanCandidate | None, scheme: Scheme) -> bool:
    """Whether to take a candidate of an open unit can neither open another unit nor close one.

    A chosen span opens the attributes on which its annotators differ, and those that they owe. An attribute opens what
    is asked only by its value. `candidate` is needed for spans alone.
    """
    if unit.state != State.OPEN:
        return False
    match unit:
        case SpanUnit():
            return candidate is not None and _is_complete(candidate, scheme.label(candidate.span.label))
        case AttributeUnit():
            label = scheme.label(unit.span.label)
            return label is not None and unit.attribute.name not in _list_deciding(label)
    return True


def is_rejection_sure(unit: Unit, outcome: Outcome) -> bool:
    """Whether to reject an open unit leaves all others as they are: no open link ends there."""
    if unit.state != State.OPEN:
        return False
    return not any(
        isinstance(other, RelationUnit) and unit.key in {other.first.key, other.second.key}
        for other in outcome.open
    )


def _is_complete(candidate: SpanCandidate, label: Label | None) -> bool:
    if label is None or candidate.disputes:
        return False
    values = dict(candidate.span.attributes)
    return not any(
        attribute.applies(values) and attribute.lacks(values.get(attribute.name, ""))
        for attribute in label.attributes
    )


def _list_deciding(label: Label) -> set[str]:
    """The attributes by whose values others apply or do not."""
    return {
        name
        for attribute in label.attributes
        for condition in attribute.applies_when
        for name, _ in condition.allowed
    }
