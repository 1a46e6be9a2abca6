"""Relations among the things that were aligned."""

from collections.abc import Iterable, Mapping, Sequence

from annotations.adjudication.evidence import digest
from annotations.adjudication.merging import MergeRule
from annotations.adjudication.units import (
    Action,
    Entry,
    Link,
    LinkCandidate,
    RelationUnit,
    SpanUnit,
    State,
    Submitted,
    order_of_span_unit,
)

ADDED_RELATION = "added-relation:"


def key_added_relation(kind: str, source: str, target: str) -> str:
    """The key of a relation that an adjudicator added, by its kind and its two ends."""
    return f"{ADDED_RELATION}{digest(kind, source, target)}"


def find_relations(
    submitted: Sequence[Submitted],
    *,
    units: Mapping[str, SpanUnit],
    places: Mapping[tuple[str, str], str],
    rule: MergeRule,
    decided: Mapping[str, Entry],
) -> tuple[RelationUnit, ...]:
    """One unit for every two spans that anybody linked; `places` gives the key of the unit that an annotator's span (voter, key) is in."""
    marked: dict[tuple[str, str], dict[str, set[Link]]] = {}
    for one in submitted:
        for relation in one.markup.relations:
            source = units[places[one.voter, relation.source]]
            target = units[places[one.voter, relation.target]]
            is_reversed = order_of_span_unit(target) < order_of_span_unit(source)
            pair = (target.key, source.key) if is_reversed else (source.key, target.key)
            links = marked.setdefault(pair, {}).setdefault(one.voter, set())
            links.add(Link(relation.kind, is_reversed))
    voters = [one.voter for one in submitted]
    found = [
        _make_unit(units[first], units[second], by_voter, voters=voters, rule=rule, decided=decided)
        for (first, second), by_voter in marked.items()
    ]
    return (*found, *_find_added(units, decided.values()))


def _make_unit(
    first: SpanUnit,
    second: SpanUnit,
    by_voter: Mapping[str, set[Link]],
    *,
    voters: Sequence[str],
    rule: MergeRule,
    decided: Mapping[str, Entry],
) -> RelationUnit:
    grouped: dict[tuple[Link, ...], list[str]] = {}
    for voter, links in by_voter.items():
        grouped.setdefault(tuple(sorted(links)), []).append(voter)
    candidates = tuple(
        LinkCandidate(links, tuple(sorted(supporters)))
        for links, supporters in sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    votes = [(candidate.key, candidate.voters) for candidate in candidates]
    key = f"relation:{digest(first.key, second.key, votes)}"
    entry = decided.get(key)
    result, state = _settle(candidates, entry, rule=rule, voters=voters)
    note = _name_lost_end(first, second)
    return RelationUnit(
        key=key,
        first=first,
        second=second,
        state=State.FALLEN if note else state,
        candidates=candidates,
        silent=tuple(voter for voter in voters if voter not in by_voter),
        entry=entry,
        result=() if note else result,
        has_open_end=State.OPEN in {first.state, second.state},
        note=note,
    )


def _settle(
    candidates: Sequence[LinkCandidate], entry: Entry | None, *, rule: MergeRule, voters: Sequence[str]
) -> tuple[tuple[Link, ...], State]:
    if entry is not None:
        match entry.action:
            case Action.CHOOSE:
                chosen = entry.payload["candidate"]
                links = next(candidate.links for candidate in candidates if candidate.key == chosen)
                return links, State.DECIDED
            case Action.VALUE:
                links = tuple(Link(link["kind"], bool(link["reversed"])) for link in entry.payload["links"])
                return tuple(sorted(links)), State.DECIDED
            case Action.REJECT:
                return (), State.DECIDED
    settled = rule.settle(candidates, voters)
    return settled.candidate.links if settled.candidate else (), settled.state


def _find_added(units: Mapping[str, SpanUnit], decided: Iterable[Entry]) -> Iterable[RelationUnit]:
    for entry in decided:
        if not entry.unit.startswith(ADDED_RELATION) or entry.action != Action.ADD:
            continue
        source, target = units.get(entry.payload["source"]), units.get(entry.payload["target"])
        if source is None or target is None:
            continue
        is_reversed = order_of_span_unit(target) < order_of_span_unit(source)
        first, second = (target, source) if is_reversed else (source, target)
        note = _name_lost_end(first, second)
        yield RelationUnit(
            key=entry.unit,
            first=first,
            second=second,
            state=State.FALLEN if note else State.DECIDED,
            entry=entry,
            result=() if note else (Link(entry.payload["kind"], is_reversed),),
            has_open_end=State.OPEN in {first.state, second.state},
            note=note,
        )


def _name_lost_end(first: SpanUnit, second: SpanUnit) -> str:
    lost = [unit for unit in (first, second) if unit.result is None and unit.state != State.OPEN]
    if not lost:
        return ""
    return "Its source and its target were rejected." if len(lost) > 1 else "One of its ends was rejected."
