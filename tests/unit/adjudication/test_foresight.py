"""Which decisions change nothing but their own unit: what is foreseen is compared with what happens."""

import pytest

from annotations.adjudication.foresight import is_choice_sure, is_rejection_sure
from annotations.adjudication.merging import Unanimity
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import Action, Entry, Outcome, RelationUnit, SpanUnit, Submitted
from annotations.markup import Markup, Relation, sort_pairs
from annotations.schemes.definition import load_shipped
from annotations.spans import Span

SCHEME = load_shipped("argument-v1")
TEXT = "Kyiv must have guarantees, Mr Novak said. Critics reject that, although they admit the risk is real."
FACT = {"type": "fact", "modality": "asserted", "holder": "author"}


def claim(start: int, end: int, **attributes: str) -> Span:
    return Span(start, end, "Claim", sort_pairs(FACT | attributes), f"c{start}")


def markup(*spans: Span, links: tuple[Relation, ...] = (), genre: str = "news") -> Markup:
    return Markup(spans, links, (("genre", genre),))


def run(markups: list[Markup], *entries: Entry) -> Outcome:
    submitted = [Submitted(str(number), each) for number, each in enumerate(markups)]
    return adjudicate(submitted, scheme=SCHEME, text=TEXT, rule=Unanimity(), entries=entries)


CASES = {
    "another end": [markup(claim(0, 25)), markup(claim(0, 24))],
    "another type": [markup(claim(0, 25)), markup(claim(0, 25, type="policy"))],
    "another end and type": [
        markup(claim(0, 25)),
        markup(claim(0, 25, type="policy")),
        markup(claim(0, 24)),
    ],
    "a link to what one lacks": [
        markup(claim(0, 25), claim(84, 100), links=(Relation("c84", "c0", "supports"),)),
        markup(claim(0, 25)),
    ],
    "a link that one lacks": [
        markup(claim(0, 25), claim(84, 100), links=(Relation("c84", "c0", "supports"),)),
        markup(claim(0, 25), claim(84, 100)),
    ],
    "another genre": [markup(claim(0, 25)), markup(claim(0, 25), genre="editorial")],
    "an owed attribute": [markup(Span(0, 25, "Claim", (("holder", "author"),), "c0")), markup()],
}


def open_keys(outcome: Outcome) -> set[str]:
    return {unit.key for unit in outcome.open}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_decision_that_is_called_sure_leaves_all_other_units_as_they_are(case: str) -> None:
    before = run(CASES[case])
    assert before.open
    for unit in before.open:
        for candidate in unit.candidates:
            is_valued = not isinstance(unit, SpanUnit | RelationUnit)
            action = Action.VALUE if is_valued else Action.CHOOSE
            payload = {"value" if is_valued else "candidate": candidate.key}
            span = candidate if isinstance(unit, SpanUnit) else None
            after = run(CASES[case], Entry(1, unit.key, action, payload))
            if is_choice_sure(unit, span, SCHEME):  # type: ignore[arg-type]
                assert open_keys(after) == open_keys(before) - {unit.key}
        if isinstance(unit, SpanUnit | RelationUnit) and is_rejection_sure(unit, before):
            after = run(CASES[case], Entry(1, unit.key, Action.REJECT))
            assert open_keys(after) == open_keys(before) - {unit.key}


def test_ends_alone_are_sure_and_what_opens_an_attribute_is_not() -> None:
    [ends] = run(CASES["another end"]).open
    assert isinstance(ends, SpanUnit)
    assert all(is_choice_sure(ends, candidate, SCHEME) for candidate in ends.candidates)
    [unit] = run(CASES["another end and type"]).open
    assert isinstance(unit, SpanUnit)
    assert [is_choice_sure(unit, each, SCHEME) for each in unit.candidates] == [False, True]
    [owed] = run(CASES["an owed attribute"]).open
    assert isinstance(owed, SpanUnit)
    assert not is_choice_sure(owed, owed.candidates[0], SCHEME)


def test_to_reject_a_span_is_not_sure_while_an_open_link_ends_there() -> None:
    outcome = run(CASES["a link to what one lacks"])
    end, link = outcome.open
    assert not is_rejection_sure(end, outcome)
    assert is_rejection_sure(link, outcome)


def test_what_is_decided_anew_is_never_sure() -> None:
    [unit] = run(CASES["another end"]).open
    outcome = run(
        CASES["another end"], Entry(1, unit.key, Action.CHOOSE, {"candidate": unit.candidates[0].key})
    )
    decided = outcome.unit(unit.key)
    assert isinstance(decided, SpanUnit)
    assert not is_choice_sure(decided, decided.candidates[1], SCHEME)
    assert not is_rejection_sure(decided, outcome)
