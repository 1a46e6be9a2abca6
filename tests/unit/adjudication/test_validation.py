"""What an adjudicator's decision is refused for, each in a sentence that says why; and how units are named by the guidelines."""

from typing import Any

import pytest

from annotations.adjudication.naming import name_rule
from annotations.adjudication.units import Action, AttributeUnit, FieldUnit, RelationUnit, SpanUnit
from annotations.adjudication.validation import InvalidDecisionError
from tests.unit.adjudication.test_rules import CLAIM, FACT, OTHER_CLAIM, SCHEME, SOURCE, Ledger, reading, span

DISPUTED = [
    reading(
        "1",
        span(CLAIM),
        span(SOURCE, "Source"),
        span(OTHER_CLAIM),
        relations=[("Claim0", "Claim84", "supports")],
    ),
    reading(
        "2",
        span(CLAIM, **{**FACT, "type": "cause"}),
        span(SOURCE, "Source"),
        span(OTHER_CLAIM),
        fields={"genre": "editorial"},
    ),
]


def find(ledger: Ledger, kind: type) -> Any:
    return next(unit for unit in ledger.outcome.units if isinstance(unit, kind))


@pytest.mark.parametrize(
    ("payload", "refusal"),
    [
        ({"kind": "contradicts", "source": "0-25", "target": "84-100"}, "has no relation .contradicts."),
        ({"kind": "supports", "source": "nothing", "target": "nowhere"}, "joins two spans of the gold"),
        ({"start": 5, "end": 5, "label": "Claim"}, "lies between 0 and 100 and starts before it ends"),
        ({"start": 25, "end": 26, "label": "Opinion"}, "There is no label|needs words"),
        ({"start": 0, "end": 4, "label": "Opinion"}, "There is no label .Opinion.; there are Claim"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(payload: dict[str, Any], refusal: str) -> None:
    with pytest.raises(InvalidDecisionError, match=refusal):
        Ledger(*DISPUTED).decide("", Action.ADD, **payload)


def test_a_relation_with_itself_is_refused() -> None:
    ledger = Ledger(*DISPUTED)
    unit = next(unit for unit in ledger.outcome.units if isinstance(unit, SpanUnit))
    with pytest.raises(InvalidDecisionError, match="joins two different spans"):
        ledger.decide("", Action.ADD, kind="supports", source=unit.key, target=unit.key)


@pytest.mark.parametrize(
    ("links", "refusal"),
    [
        ([], "Name at least one relation, or reject the unit"),
        (["supports"], "A relation is an object with its kind"),
        ([{"kind": "contradicts"}], "has no relation .contradicts."),
        ([{"kind": "held_by"}], "“held by” from Claim .* does not fit: it leads from"),
    ],
)
def test_links_that_cannot_be_are_refused_with_the_reason(links: list[Any], refusal: str) -> None:
    ledger = Ledger(*DISPUTED)
    with pytest.raises(InvalidDecisionError, match=refusal):
        ledger.decide(find(ledger, RelationUnit).key, Action.VALUE, links=links)


def test_a_unit_is_known_by_the_part_of_the_guidelines_that_it_is_about() -> None:
    units = Ledger(*DISPUTED).outcome.units
    named = {type(unit): name_rule(unit, SCHEME) for unit in reversed(units)}
    disputed = next(unit for unit in units if isinstance(unit, AttributeUnit))
    assert named[SpanUnit] == "Claim"
    assert named[AttributeUnit] == f"Claim: {disputed.attribute.title}"
    assert named[RelationUnit] == "supports"
    assert named[FieldUnit] in {field.title for field in SCHEME.fields}
