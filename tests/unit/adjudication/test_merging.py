"""What every merge rule promises, and what each of them settles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.adjudication.merging import (
    RULES,
    MergeRule,
    Settlement,
    UnknownRuleError,
    find_rule,
)
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import FieldUnit, RelationUnit, SpanUnit, State
from annotations.markup import Origin
from tests.unit.adjudication.test_rules import CLAIM, FACT, OTHER_CLAIM, SCHEME, TEXT, reading, span


@dataclass(frozen=True)
class Said:
    voters: tuple[str, ...]


def settle(rule: MergeRule, *votes: int, silent: int = 0) -> Settlement[Said]:
    """Settle candidates with so many votes each, beside so many annotators who are for none of them."""
    names = iter("abcdefghijklmnopqrstuvwxyz")
    ranked = sorted(votes, reverse=True)
    candidates = [Said(tuple(next(names) for _ in range(number))) for number in ranked]
    voters = [voter for candidate in candidates for voter in candidate.voters]
    return rule.settle(candidates, [*voters, *(next(names) for _ in range(silent))])


def count(settled: Settlement[Said]) -> int | None:
    return None if settled.candidate is None else len(settled.candidate.voters)


@pytest.fixture(scope="module", params=RULES, ids=lambda rule: rule.name)
def rule(request: pytest.FixtureRequest) -> MergeRule:
    made: MergeRule = request.param()
    return made


class TestEveryRule:
    def test_has_a_name_of_its_own_by_which_it_is_found(self, rule: MergeRule) -> None:
        assert type(find_rule(rule.name)) is type(rule)
        assert len({known.name for known in RULES}) == len({known.title for known in RULES}) == len(RULES)

    def test_takes_over_what_a_single_annotator_says(self, rule: MergeRule) -> None:
        assert settle(rule, 1).state == State.SINGLE

    def test_settles_what_all_say(self, rule: MergeRule) -> None:
        for number in (2, 3, 5):
            settled = settle(rule, number)
            assert (settled.state, count(settled)) == (State.AGREED, number)

    def test_leaves_an_even_split_to_an_adjudicator(self, rule: MergeRule) -> None:
        for votes, silent in (((1, 1), 0), ((2, 2), 0), ((1,), 1), ((2,), 2), ((1, 1, 1), 0)):
            assert settle(rule, *votes, silent=silent) == Settlement(State.OPEN)

    @given(votes=st.lists(st.integers(1, 4), min_size=1, max_size=4), silent=st.integers(0, 4))
    def test_never_settles_against_more_votes(self, rule: MergeRule, votes: list[int], silent: int) -> None:
        settled = settle(rule, *votes, silent=silent)
        if settled.state != State.OPEN:
            won = silent if settled.candidate is None else len(settled.candidate.voters)
            assert won == max(*votes, silent)

    def test_does_not_care_who_the_voters_are(self, rule: MergeRule) -> None:
        def states(names: Sequence[str]) -> State:
            return rule.settle([Said(tuple(names[:2])), Said((names[2],))], names).state

        assert len({states(names) for names in permutations("abc")}) == 1


def test_unanimity_leaves_everything_else_to_an_adjudicator() -> None:
    for votes, silent in (((2, 1), 0), ((4, 1), 0), ((2,), 1), ((1,), 3)):
        assert settle(find_rule("unanimity"), *votes, silent=silent).state == State.OPEN


@pytest.mark.parametrize(
    ("votes", "silent", "winner"),
    [
        ((2, 1), 0, 2),
        ((2,), 1, 2),
        ((3, 1, 1), 0, 3),
        ((1,), 2, None),
        ((1, 1), 3, None),
    ],
)
def test_a_majority_settles_also_that_nothing_should_be_here(
    votes: tuple[int, ...], silent: int, winner: int | None
) -> None:
    settled = settle(find_rule("majority"), *votes, silent=silent)
    assert (settled.state, count(settled)) == (State.MERGED, winner)


def test_a_plurality_is_no_majority() -> None:
    assert settle(find_rule("majority"), 2, 1, 1).state == State.OPEN


def test_an_unknown_rule_names_those_that_there_are() -> None:
    with pytest.raises(UnknownRuleError, match="there are unanimity, majority"):
        find_rule("unanimty")


def test_all_kinds_of_unit_ask_the_rule() -> None:
    """Two of three say the same of a span, its attribute, a relation and a field; a third differs in each."""
    agreeing = [
        reading(
            voter,
            span(CLAIM),
            span(OTHER_CLAIM),
            relations=[("Claim0", "Claim84", "supports")],
        )
        for voter in "ab"
    ]
    other = {**FACT, "type": "cause"}
    third = reading("c", span(CLAIM, **other), span((84, 99)), fields={"genre": "editorial"})
    outcome = adjudicate([*agreeing, third], scheme=SCHEME, text=TEXT, rule=find_rule("majority"))
    assert outcome.open == ()
    assert outcome.origin == Origin.MERGED
    assert [(found.start, found.end) for found in outcome.markup.spans] == [CLAIM, OTHER_CLAIM]
    assert dict(outcome.markup.spans[0].attributes)["type"] == "fact"
    assert [relation.kind for relation in outcome.markup.relations] == ["supports"]
    assert dict(outcome.markup.fields)["genre"] == "news"
    merged = [unit for unit in outcome.units if unit.state == State.MERGED]
    assert {type(unit) for unit in merged} >= {SpanUnit, RelationUnit, FieldUnit}
    assert outcome.span_provenance[outcome.markup.spans[1].key].origin == Origin.MERGED


def test_what_most_did_not_mark_is_left_out_by_a_majority() -> None:
    outcome = adjudicate(
        [reading("a"), reading("b"), reading("c", span(CLAIM))],
        scheme=SCHEME,
        text=TEXT,
        rule=find_rule("majority"),
    )
    assert outcome.open == ()
    assert outcome.markup.spans == ()


def test_every_state_and_every_origin_has_its_words() -> None:
    assert len({state.words for state in State}) == len(State)
    assert len({origin.words for origin in Origin}) == len(Origin)
    settled = set(State) - {State.OPEN, State.FOLLOWS, State.FALLEN}
    assert {state.origin for state in settled} == set(Origin) - {Origin.SUBMITTED, Origin.IMPORTED}
