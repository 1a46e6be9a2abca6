"""What an adjudicator sends is bounded too, and refused with the limit."""

from typing import Any

import pytest

from annotations.adjudication.merging import Unanimity
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import Action, AttributeUnit, Outcome, RelationUnit, Submitted
from annotations.adjudication.validation import InvalidDecisionError, check_decision
from annotations.limits import MAX_ANSWER_LENGTH, MAX_LINKS_OF_A_PAIR, MAX_SPANS
from annotations.markup import Markup, Relation
from annotations.schemes.definition import load_shipped
from annotations.spans import Span
from tests.bounds import within

SCHEME = load_shipped("argument-v1")
TEXT = "word " * 2_000


def read(voter: str, places: list[tuple[int, int]], *relations: Relation) -> Submitted:
    spans = tuple(Span(start, end, "Claim", key=f"s{n}") for n, (start, end) in enumerate(places))
    return Submitted(voter, Markup(spans, relations))


def run(*readings: Submitted) -> Outcome:
    return adjudicate(readings, scheme=SCHEME, text=TEXT, rule=Unanimity())


def check(outcome: Outcome, unit: str, action: Action, **payload: Any) -> dict[str, Any]:
    _, checked = check_decision(outcome, scheme=SCHEME, text=TEXT, unit=unit, action=action, payload=payload)
    return checked


def test_two_annotators_with_as_many_spans_as_they_may_have_are_adjudicated_in_bounded_memory() -> None:
    """Each span of one overlaps two of the other, so that all of them are one question to the alignment."""
    ones = [(4 * n, 4 * n + 4) for n in range(MAX_SPANS)]
    others = [(4 * n + 1, 4 * n + 5) for n in range(MAX_SPANS)]
    with within(megabytes=400, seconds=60):
        outcome = run(read("1", ones), read("2", others))
    assert len({unit.key for unit in outcome.units}) == len(outcome.units)


def test_a_gold_takes_no_more_spans_than_an_annotation_has() -> None:
    outcome = run(read("1", [(4 * n, 4 * n + 2) for n in range(MAX_SPANS)]))
    with pytest.raises(InvalidDecisionError, match="2,000 spans, the most"):
        check(outcome, "", Action.ADD, start=9_000, end=9_004, label="Claim")


def test_the_relations_between_two_spans_are_counted_and_must_be_objects() -> None:
    outcome = run(read("1", [(0, 4), (5, 9)], Relation("s0", "s1", "supports")))
    [unit] = [unit for unit in outcome.units if isinstance(unit, RelationUnit)]
    link = {"kind": "supports"}
    assert check(outcome, unit.key, Action.VALUE, links=[link])
    with pytest.raises(InvalidDecisionError, match="more than 100"):
        check(outcome, unit.key, Action.VALUE, links=[link] * (MAX_LINKS_OF_A_PAIR + 1))
    with pytest.raises(InvalidDecisionError, match="an object"):
        check(outcome, unit.key, Action.VALUE, links=["supports"])


def test_own_words_are_as_long_as_an_annotators_at_most() -> None:
    readings = [
        Submitted(voter, Markup((Span(0, 4, "Stance", (("target", words),), key="s0"),)))
        for voter, words in (("1", "the talks"), ("2", "the vote"))
    ]
    outcome = run(*readings)
    unit = next(
        unit for unit in outcome.units if isinstance(unit, AttributeUnit) and unit.attribute.name == "target"
    )
    assert check(outcome, unit.key, Action.VALUE, value="x" * MAX_ANSWER_LENGTH)
    with pytest.raises(InvalidDecisionError, match="5,001 characters, more than 5,000"):
        check(outcome, unit.key, Action.VALUE, value="x" * (MAX_ANSWER_LENGTH + 1))
