"""What is merged, what is asked, what the answers yield."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.adjudication.evidence import find_last, is_sampled, name_annotators
from annotations.adjudication.merging import Unanimity
from annotations.adjudication.rules import adjudicate
from annotations.adjudication.units import (
    RULES_UNIT,
    Action,
    AttributeUnit,
    Entry,
    FieldUnit,
    Outcome,
    RelationUnit,
    SpanUnit,
    State,
    Submitted,
)
from annotations.adjudication.validation import InvalidDecisionError, UnknownUnitError, check_decision
from annotations.markup import Markup, Origin, Relation, sort_pairs
from annotations.schemes.definition import load_shipped
from annotations.spans import Span

SCHEME = load_shipped("argument-v1")
TEXT = "Kyiv must have guarantees, Mr Novak said. Critics reject that, although they admit the risk is real."
CLAIM, SOURCE, OTHER_CLAIM = (0, 25), (27, 35), (84, 100)
FACT = {"type": "fact", "modality": "asserted", "holder": "author"}


def span(place: tuple[int, int], label: str = "Claim", key: str = "", **attributes: str) -> Span:
    given_ = attributes or {"Claim": FACT, "Source": {"kind": "person"}}.get(label, {})
    return Span(*place, label, sort_pairs(given_), key or f"{label}{place[0]}")


def reading(
    voter: str,
    *spans: Span,
    relations: Iterable[tuple[str, str, str]] = (),
    fields: Mapping[str, str] | None = None,
) -> Submitted:
    return Submitted(
        voter,
        Markup(
            spans,
            tuple(Relation(*relation) for relation in relations),
            sort_pairs(fields or {"genre": "news"}),
        ),
    )


def run(*readings: Submitted, entries: Iterable[Entry] = ()) -> Outcome:
    return adjudicate(readings, scheme=SCHEME, text=TEXT, rule=Unanimity(), entries=tuple(entries))


def spans_of(outcome: Outcome) -> list[SpanUnit]:
    return [unit for unit in outcome.units if isinstance(unit, SpanUnit)]


def gold(outcome: Outcome) -> list[tuple[int, int, str]]:
    return [(found.start, found.end, found.label) for found in outcome.markup.spans]


class Ledger:
    """Decisions made through the same check as in the product."""

    def __init__(self, *readings: Submitted) -> None:
        self.readings = readings
        self.entries: list[Entry] = []

    @property
    def outcome(self) -> Outcome:
        return run(*self.readings, entries=self.entries)

    def decide(self, unit: str, action: str, by: str = "ada", **payload: Any) -> Outcome:
        key, checked = check_decision(
            self.outcome, scheme=SCHEME, text=TEXT, unit=unit, action=action, payload=payload
        )
        self.entries.append(Entry(len(self.entries) + 1, key, action, checked, by))
        return self.outcome

    def undo(self, by: str = "ada") -> Outcome:
        last = find_last(self.entries, by=by)
        assert last is not None
        self.entries.append(Entry(len(self.entries) + 1, last.unit, Action.UNDO, {}, by))
        return self.outcome


def test_what_all_say_is_merged_and_marked_agreed() -> None:
    outcome = run(*(reading(voter, span(CLAIM)) for voter in "123"))
    assert outcome.open == ()
    assert gold(outcome) == [(0, 25, "Claim")]
    assert outcome.markup.spans[0].attributes == sort_pairs(FACT)
    assert outcome.span_provenance["s1"].origin == "agreed"
    assert outcome.span_provenance["s1"].votes == ("1", "2", "3")
    assert outcome.markup.fields == (
        ("author_stance.binding-guarantees", "none-inferable"),
        ("author_stance.ceding-territory", "none-inferable"),
        ("author_stance.nato-bid-dropped", "none-inferable"),
        ("genre", "news"),
    )


def test_one_annotator_is_never_called_agreed() -> None:
    outcome = run(reading("1", span(CLAIM)))
    assert {unit.state for unit in outcome.units} == {State.SINGLE}
    assert outcome.span_provenance["s1"].origin == "single"


@pytest.mark.parametrize(
    ("second", "third"),
    [
        (span((0, 24)), span(CLAIM)),
        (span(CLAIM, "Stance"), span(CLAIM)),
        (None, span(CLAIM)),
    ],
    ids=["another boundary", "another label", "absent"],
)
def test_any_difference_about_a_span_is_one_card(second: Span | None, third: Span) -> None:
    outcome = run(reading("1", span(CLAIM)), reading("2", *filter(None, [second])), reading("3", third))
    (unit,) = outcome.open
    assert isinstance(unit, SpanUnit)
    assert unit.candidates[0].voters == ("1", "3")
    assert unit.silent == (() if second else ("2",))
    assert gold(outcome) == []


def test_spans_that_differ_in_an_attribute_only_are_agreed_and_the_attribute_is_asked() -> None:
    outcome = run(
        reading("1", span(CLAIM)),
        reading("2", span(CLAIM)),
        reading("3", span(CLAIM, **FACT | {"type": "policy"})),
    )
    (unit,) = outcome.open
    assert isinstance(unit, AttributeUnit)
    assert [(candidate.value, candidate.voters) for candidate in unit.candidates[:2]] == [
        ("fact", ("1", "2")),
        ("policy", ("3",)),
    ]
    assert [candidate.value for candidate in unit.candidates[2:]] == ["value", "cause", "forecast", "pledge"]
    assert spans_of(outcome)[0].state == State.AGREED


def test_a_candidate_is_taken_whole_with_one_decision() -> None:
    ledger = Ledger(
        reading("1", span(CLAIM)), reading("2", span((0, 24), **FACT | {"type": "policy"})), reading("3")
    )
    (unit,) = ledger.outcome.open
    outcome = ledger.decide(unit.key, Action.CHOOSE, candidate="0-24-Claim")
    assert outcome.open == ()
    assert gold(outcome) == [(0, 24, "Claim")]
    assert dict(outcome.markup.spans[0].attributes)["type"] == "policy"
    assert outcome.span_provenance["s1"].origin == "adjudicated"
    assert outcome.span_provenance["s1"].decisions == (1,)


def test_attributes_are_asked_only_where_those_who_marked_the_chosen_span_differ() -> None:
    ledger = Ledger(
        reading("1", span(CLAIM)),
        reading("2", span(CLAIM, **FACT | {"modality": "hedged"})),
        reading("3", span((0, 24))),
    )
    (unit,) = ledger.outcome.open
    (asked,) = ledger.decide(unit.key, Action.CHOOSE, candidate="0-25-Claim").open
    assert isinstance(asked, AttributeUnit)
    assert asked.attribute.name == "modality"
    assert ledger.decide(asked.key, Action.VALUE, value="hedged").open == ()
    assert dict(ledger.outcome.markup.spans[0].attributes)["modality"] == "hedged"
    assert ledger.outcome.span_provenance["s1"].decisions == (1, 2)
    assert ledger.decide(unit.key, Action.CHOOSE, candidate="0-24-Claim").open == ()


def test_an_attribute_that_all_share_can_still_be_changed() -> None:
    ledger = Ledger(*(reading(voter, span(CLAIM)) for voter in "12"))
    unit = next(
        unit
        for unit in ledger.outcome.units
        if isinstance(unit, AttributeUnit) and unit.attribute.name == "type"
    )
    assert unit.state == State.AGREED
    outcome = ledger.decide(unit.key, Action.VALUE, value="policy")
    assert dict(outcome.markup.spans[0].attributes)["type"] == "policy"
    assert outcome.span_provenance["s1"].origin == "adjudicated"


def test_an_attribute_that_hangs_on_another_is_asked_after_it() -> None:
    argued = {
        "kind": "argued",
        "force": "full",
        "marker": "explicit",
        "maintained": "none-in-document",
        "holder": "author",
    }
    bargain = {"kind": "negotiated", "force": "full", "holder": "author"}
    ledger = Ledger(
        reading("1", span(OTHER_CLAIM, "Concession", **argued)),
        reading("2", span(OTHER_CLAIM, "Concession", **argued | {"marker": "implicit"})),
        reading("3", span(OTHER_CLAIM, "Concession", **bargain)),
    )
    assert [unit.attribute.name for unit in ledger.outcome.open if isinstance(unit, AttributeUnit)] == [
        "kind"
    ]
    kind = ledger.outcome.open[0]
    after = ledger.decide(kind.key, Action.VALUE, value="argued")
    assert [unit.attribute.name for unit in after.open if isinstance(unit, AttributeUnit)] == ["marker"]
    ledger.undo()
    after = ledger.decide(kind.key, Action.VALUE, value="negotiated")
    assert after.open == ()
    assert "marker" not in dict(after.markup.spans[0].attributes)


def test_rejecting_is_a_decision_like_any_other() -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2"))
    (unit,) = ledger.outcome.open
    outcome = ledger.decide(unit.key, Action.REJECT)
    assert outcome.open == ()
    assert gold(outcome) == []
    assert spans_of(outcome)[0].state == State.DECIDED


def test_even_what_all_agree_on_can_be_rejected() -> None:
    ledger = Ledger(*(reading(voter, span(CLAIM)) for voter in "123"))
    assert gold(ledger.decide(spans_of(ledger.outcome)[0].key, Action.REJECT)) == []


def test_an_edited_boundary_keeps_the_attributes_that_the_label_was_given() -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2", span((5, 25))))
    (unit,) = ledger.outcome.open
    outcome = ledger.decide(unit.key, Action.EDIT, start=5, end=14, label="Claim")
    assert gold(outcome) == [(5, 14, "Claim")]
    assert outcome.markup.spans[0].attributes == sort_pairs(FACT)
    assert outcome.open == ()


def test_a_label_that_nobody_gave_has_its_attributes_asked() -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2"))
    (unit,) = ledger.outcome.open
    outcome = ledger.decide(unit.key, Action.EDIT, start=0, end=25, label="Stance")
    names = [unit.attribute.name for unit in outcome.open if isinstance(unit, AttributeUnit)]
    assert names == ["polarity", "target"]
    assert dict(outcome.markup.spans[0].attributes) == {"strength": "strong", "holder": "named"}


def test_a_span_that_nobody_marked_is_added_changed_and_taken_back() -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2", span(CLAIM)))
    outcome = ledger.decide("", Action.ADD, start=27, end=35, label="Source")
    assert gold(outcome) == [(0, 25, "Claim"), (27, 35, "Source")]
    added = spans_of(outcome)[1]
    with pytest.raises(InvalidDecisionError, match="added here already"):
        ledger.decide("", Action.ADD, start=27, end=35, label="Source")
    assert gold(ledger.decide(added.key, Action.EDIT, start=30, end=35, label="Source"))[1] == (
        30,
        35,
        "Source",
    )
    assert gold(ledger.undo())[1] == (27, 35, "Source")
    assert gold(ledger.decide(added.key, Action.REJECT)) == [(0, 25, "Claim")]
    ledger.undo()
    ledger.undo()
    assert len(spans_of(ledger.outcome)) == 1


HELD = {"type": "policy", "modality": "reported", "holder": "named"}


def holding(voter: str, *, source: bool = True, relation: bool = True) -> Submitted:
    spans = [span(CLAIM, key="c", **HELD), *([span(SOURCE, "Source", key="s")] if source else [])]
    return reading(voter, *spans, relations=[("c", "s", "held_by")] if source and relation else [])


def test_a_relation_that_all_drew_between_the_same_things_is_agreed() -> None:
    outcome = run(holding("1"), holding("2"), holding("3"))
    assert outcome.open == ()
    assert outcome.markup.relations == (Relation("s1", "s2", "held_by"),)
    (provenance,) = outcome.relation_provenance.values()
    assert (provenance.origin, provenance.votes) == ("agreed", ("1", "2", "3"))


def test_a_relation_is_asked_after_its_later_end_and_falls_with_it() -> None:
    ledger = Ledger(holding("1"), holding("2"), holding("3", source=False))
    end, link = ledger.outcome.open
    assert isinstance(end, SpanUnit)
    assert isinstance(link, RelationUnit)
    assert link.has_open_end
    fallen = ledger.decide(end.key, Action.REJECT).unit(link.key)
    assert isinstance(fallen, RelationUnit)
    assert (fallen.state, fallen.note) == (State.FALLEN, "One of its ends was rejected.")
    assert ledger.outcome.open == ()
    assert [conflict.code for conflict in ledger.outcome.unexcused] == ["missing_relation"]
    assert not ledger.outcome.blocking
    ledger.undo()
    ledger.decide(end.key, Action.CHOOSE, candidate="27-35-Source")
    outcome = ledger.decide(link.key, Action.CHOOSE, candidate="held_by>")
    assert outcome.markup.relations == (Relation("s1", "s2", "held_by"),)
    assert outcome.conflicts == ()


def test_a_relation_that_the_scheme_forbids_between_the_decided_labels_falls_and_says_why() -> None:
    ledger = Ledger(holding("1"), holding("2"))
    source = spans_of(ledger.outcome)[1]
    outcome = ledger.decide(source.key, Action.EDIT, start=27, end=35, label="Cue")
    (link,) = [unit for unit in outcome.units if isinstance(unit, RelationUnit)]
    assert link.state == State.FALLEN
    assert "does not fit" in link.note
    assert outcome.markup.relations == ()


def test_relations_of_two_kinds_between_the_same_things_are_candidates_of_one_unit() -> None:
    pair = (span(CLAIM, key="a"), span(OTHER_CLAIM, key="b"))
    ledger = Ledger(
        reading("1", *pair, relations=[("a", "b", "supports")]),
        reading("2", *pair, relations=[("b", "a", "supports")]),
        reading("3", *pair, relations=[("a", "b", "attacks")]),
        reading("4", *pair),
    )
    (unit,) = ledger.outcome.open
    assert {candidate.key for candidate in unit.candidates} == {"supports>", "supports<", "attacks>"}
    assert isinstance(unit, RelationUnit)
    assert unit.silent == ("4",)
    outcome = ledger.decide(unit.key, Action.CHOOSE, candidate="supports<")
    assert outcome.markup.relations == (Relation("s2", "s1", "supports"),)
    assert ledger.decide(unit.key, Action.REJECT).markup.relations == ()
    other = ledger.decide(unit.key, Action.VALUE, links=[{"kind": "attacks", "reversed": True}])
    assert other.markup.relations == (Relation("s2", "s1", "attacks"),)


def test_a_relation_that_nobody_drew_is_added_between_spans_of_the_gold() -> None:
    pair = (span(CLAIM, key="a"), span(OTHER_CLAIM, key="b"))
    ledger = Ledger(reading("1", *pair), reading("2", *pair))
    first, second = spans_of(ledger.outcome)
    outcome = ledger.decide("", Action.ADD, kind="supports", source=second.key, target=first.key)
    assert outcome.markup.relations == (Relation("s2", "s1", "supports"),)
    assert ledger.decide(first.key, Action.REJECT).markup.relations == ()
    assert ledger.outcome.open == ()


def test_a_link_that_the_scheme_forbids_cannot_be_added_between_spans_of_the_gold() -> None:
    pair = (span(CLAIM, key="a"), span(SOURCE, "Source", key="b"))
    ledger = Ledger(reading("1", *pair), reading("2", *pair))
    first, second = spans_of(ledger.outcome)
    with pytest.raises(InvalidDecisionError, match="it leads from Claim to Claim"):
        ledger.decide("", Action.ADD, kind="supports", source=second.key, target=first.key)
    with pytest.raises(InvalidDecisionError, match="has a link “held by”, but its “Holder” is “author”"):
        ledger.decide("", Action.ADD, kind="held_by", source=first.key, target=second.key)


def test_a_link_that_stands_already_cannot_be_added_again() -> None:
    ledger = Ledger(holding("1"), holding("2"))
    first, second = spans_of(ledger.outcome)
    with pytest.raises(InvalidDecisionError, match="stands already"):
        ledger.decide("", Action.ADD, kind="held_by", source=first.key, target=second.key)


def excuse(ledger: Ledger) -> Outcome:
    rules = [conflict.key for conflict in ledger.outcome.unmet]
    ledger.entries.append(
        Entry(len(ledger.entries) + 1, RULES_UNIT, Action.EXCUSE, {"rules": rules}, "ada", "so it is")
    )
    return ledger.outcome


def test_a_reason_excuses_the_rules_that_were_broken_then_and_no_later_ones() -> None:
    ledger = Ledger(holding("1", relation=False), holding("2", relation=False))
    assert ledger.outcome.origin == Origin.AGREED
    outcome = excuse(ledger)
    assert outcome.unexcused == ()
    assert outcome.excused == {"missing_relation": 1}
    assert outcome.void == ()
    assert outcome.origin == Origin.ADJUDICATED
    ledger.decide("", Action.ADD, start=84, end=100, label="Claim")
    for name, value in HELD.items():
        [asked] = [
            unit
            for unit in ledger.outcome.units
            if isinstance(unit, AttributeUnit) and unit.start > SOURCE[1] and unit.attribute.name == name
        ]
        ledger.decide(asked.key, Action.VALUE, value=value)
    assert [conflict.is_excused for conflict in ledger.outcome.unmet] == [True, False]


def test_a_reason_that_is_undone_is_owed_again() -> None:
    ledger = Ledger(holding("1", relation=False), holding("2", relation=False))
    excuse(ledger)
    assert len(ledger.undo().unexcused) == 1


def test_a_question_that_must_be_answered_is_open_where_nobody_answered_it() -> None:
    silent = {"author_stance.nato-bid-dropped": "favor"}
    ledger = Ledger(reading("1", span(CLAIM), fields=silent), reading("2", span(CLAIM), fields=silent))
    (unit,) = ledger.outcome.open
    assert isinstance(unit, FieldUnit)
    assert unit.field.name == "genre"
    assert "" not in {candidate.value for candidate in unit.candidates}
    assert ledger.decide(unit.key, Action.VALUE, value="news").open == ()
    assert ledger.outcome.conflicts == ()


def test_of_a_task_that_nobody_submitted_nothing_is_asked() -> None:
    assert run().units == ()


def test_that_nothing_is_marked_leads_to_the_question_that_says_so() -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2"))
    outcome = ledger.decide(ledger.outcome.open[0].key, Action.REJECT)
    (rule,) = outcome.unexcused
    assert rule.code == "nothing_marked"
    (unit,) = rule.units
    assert ledger.decide(unit, Action.VALUE, value="yes").conflicts == ()


def test_fields_of_choice_are_decided_and_notes_are_not() -> None:
    ledger = Ledger(
        reading("1", span(CLAIM), fields={"genre": "news", "confidence": "4", "note": "hard"}),
        reading("2", span(CLAIM), fields={"genre": "editorial", "confidence": "2"}),
    )
    (unit,) = ledger.outcome.open
    assert isinstance(unit, FieldUnit)
    assert unit.field.name == "genre"
    assert [(remark.title, remark.voter, remark.value) for remark in ledger.outcome.remarks] == [
        ("Confidence", "1", "4"),
        ("Confidence", "2", "2"),
        ("Note", "1", "hard"),
    ]
    outcome = ledger.decide(unit.key, Action.VALUE, value="explainer")
    assert dict(outcome.markup.fields)["genre"] == "explainer"
    assert outcome.field_provenance["genre"].origin == "adjudicated"
    assert "confidence" not in dict(outcome.markup.fields)


def test_two_gold_spans_of_one_label_must_not_overlap() -> None:
    ledger = Ledger(reading("1", span((0, 40))), reading("2", span(CLAIM), span((27, 40))))
    for unit in ledger.outcome.open:
        ledger.decide(unit.key, Action.CHOOSE, candidate=unit.candidates[0].key)
    whole = ledger.outcome.units[0]
    outcome = ledger.decide(whole.key, Action.CHOOSE, candidate="0-40-Claim")
    (conflict,) = outcome.blocking
    assert conflict.code == "same_label_overlap"
    assert set(conflict.units) == {unit.key for unit in spans_of(outcome)}


def test_a_document_with_nothing_to_mark_cannot_have_spans() -> None:
    ledger = Ledger(
        reading("1", span(CLAIM)), reading("2", fields={"genre": "news", "nothing_to_mark": "yes"})
    )
    marked, nothing = ledger.outcome.open
    ledger.decide(marked.key, Action.CHOOSE, candidate="0-25-Claim")
    outcome = ledger.decide(nothing.key, Action.VALUE, value="yes")
    assert [conflict.code for conflict in outcome.blocking] == ["something_marked"]
    assert ledger.decide(nothing.key, Action.VALUE, value="").blocking == ()


def test_a_new_revision_that_does_not_touch_a_unit_leaves_its_key_and_decision_alone() -> None:
    before = Ledger(reading("1", span(CLAIM)), reading("2", span((0, 24))))
    (unit,) = before.outcome.open
    before.decide(unit.key, Action.CHOOSE, candidate="0-24-Claim")
    revised = reading("2", span((0, 24), key="drawn-anew"), span(OTHER_CLAIM))
    after = run(before.readings[0], revised, entries=before.entries)
    assert gold(after) == [(0, 24, "Claim")]
    assert [opened.start for opened in after.open if isinstance(opened, SpanUnit)] == [84]
    assert after.void == ()


def test_a_revision_that_touches_a_unit_asks_anew_and_the_old_decision_no_longer_applies() -> None:
    before = Ledger(reading("1", span(CLAIM)), reading("2", span((0, 24))))
    (unit,) = before.outcome.open
    before.decide(unit.key, Action.CHOOSE, candidate="0-24-Claim")
    after = run(before.readings[0], reading("2", span((0, 23))), entries=before.entries)
    assert len(after.open) == 1
    assert [entry.unit for entry in after.void] == [unit.key]
    assert gold(after) == []


def test_undo_goes_back_step_by_step_and_leaves_others_decisions_alone() -> None:
    ledger = Ledger(reading("1", span(CLAIM), span(OTHER_CLAIM)), reading("2"))
    first, second = ledger.outcome.open
    ledger.decide(first.key, Action.CHOOSE, candidate="0-25-Claim")
    ledger.decide(first.key, Action.REJECT)
    ledger.decide(second.key, Action.REJECT, by="bob")
    assert gold(ledger.undo()) == [(0, 25, "Claim")]
    assert len(ledger.undo().open) == 1
    assert find_last(ledger.entries, by="ada") is None
    assert len(ledger.undo(by="bob").open) == 2


def test_two_equal_spans_of_one_annotator_are_two_units() -> None:
    twice = reading("1", span(CLAIM, key="a"), span(CLAIM, key="b"))
    keys = [unit.key for unit in spans_of(run(twice, reading("2")))]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("action", "payload", "message"),
    [
        (Action.CHOOSE, {"candidate": "0-9-Claim"}, "none of the unit's candidates"),
        (Action.EDIT, {"start": 5, "end": 5, "label": "Claim"}, "starts before it ends"),
        (Action.EDIT, {"start": 0, "end": 1000, "label": "Claim"}, "between 0 and 100"),
        (Action.EDIT, {"start": "0", "end": "4", "label": "Claim"}, "between 0 and 100"),
        (Action.EDIT, {"start": 4, "end": 5, "label": "Claim"}, "only spaces"),
        (Action.EDIT, {"start": 0, "end": 4, "label": "Rumour"}, "no label 'Rumour'"),
        (Action.VALUE, {"value": "fact"}, "cannot be decided by 'value'"),
        ("burn", {}, "cannot be decided by 'burn'"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(action: str, payload: dict[str, Any], message: str) -> None:
    ledger = Ledger(reading("1", span(CLAIM)), reading("2"))
    with pytest.raises(InvalidDecisionError, match=message):
        ledger.decide(ledger.outcome.open[0].key, action, **payload)


def test_a_decision_about_a_unit_that_is_gone_is_refused() -> None:
    with pytest.raises(UnknownUnitError, match="have changed"):
        Ledger(reading("1", span(CLAIM))).decide("span:0-9:gone", Action.REJECT)


PLACES = st.sampled_from([(0, 25), (0, 24), (5, 25), (27, 35), (84, 100), (42, 50)])
SOME_SPANS = st.lists(PLACES.map(span), max_size=3, unique_by=lambda one: one.start)


@given(st.lists(SOME_SPANS, min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_gold_depends_on_content_alone_and_choosing_the_first_everywhere_closes_every_task(
    marked: list[list[Span]], random: Any
) -> None:
    readings = [reading(str(place), *spans) for place, spans in enumerate(marked)]
    shuffled = [
        Submitted(
            one.voter,
            Markup(tuple(random.sample(one.markup.spans, len(one.markup.spans))), (), one.markup.fields),
        )
        for one in random.sample(readings, len(readings))
    ]
    assert run(*shuffled) == run(*readings)
    ledger = Ledger(*readings)
    steps = 0
    while ledger.outcome.open:
        unit = ledger.outcome.open[0]
        assert isinstance(unit, SpanUnit)
        ledger.decide(unit.key, Action.CHOOSE, candidate=unit.candidates[0].key)
        steps += 1
        assert steps < 30
    assert run(*shuffled, entries=reversed(ledger.entries)).markup == ledger.outcome.markup


def test_letters_are_shuffled_per_task_and_always_the_same() -> None:
    voters = [str(number) for number in range(1, 6)]
    names = name_annotators(voters, seed="1:7")
    assert sorted(names.values()) == list("ABCDE")
    assert name_annotators(reversed(voters), seed="1:7") == names
    assert len({tuple(name_annotators(voters, seed=f"1:{task}")) for task in range(40)}) > 20


def test_the_share_that_is_sampled_is_about_what_was_asked_for() -> None:
    drawn = sum(is_sampled(seed=f"1:{task}", share=0.1) for task in range(5000))
    assert 400 < drawn < 600
    assert not any(is_sampled(seed=str(task), share=0.0) for task in range(100))
    assert all(is_sampled(seed=str(task), share=1.0) for task in range(100))
