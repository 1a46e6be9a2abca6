"""From what the annotators of a task submitted and what was decided since, to its units and its gold.

Everything here is a function of its arguments: the same annotations and the same ledger always give the same gold. The key
of a unit is made of the evidence for it (who marked what there), so a new revision that does not touch it leaves its key
and its decisions alone, and one that does touch it makes it a new question.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotations.adjudication.alignment import align_spans
from annotations.adjudication.assembly import assemble
from annotations.adjudication.attributes import (
    Witness,
    complete,
    find_disputes,
    resolve_attributes,
    share_attributes,
)
from annotations.adjudication.evidence import digest, replay
from annotations.adjudication.fields import find_fields, find_remarks
from annotations.adjudication.merging import MergeRule
from annotations.adjudication.relations import find_relations
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    Entry,
    Outcome,
    SpanCandidate,
    SpanUnit,
    State,
    Submitted,
    order_of_span_unit,
)
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

ADDED_SPAN = "added:"


def key_added_span(start: int, end: int) -> str:
    """The key of the unit for a span that an adjudicator added where nobody had marked one."""
    return f"{ADDED_SPAN}{start}-{end}"


def adjudicate(
    submitted: Sequence[Submitted],
    *,
    scheme: Scheme,
    text: str,
    rule: MergeRule,
    entries: Sequence[Entry] = (),
) -> Outcome:
    """All that there is to decide on a task, how far it is decided, and the gold that this yields.

    The rule settles what it can from the votes; the entries of the ledger go before it.
    """
    decided = replay(entries)
    ordered = sorted(submitted, key=lambda one: one.voter)
    aligned = _align(ordered, scheme=scheme, rule=rule, decided=decided)
    return assemble(
        spans=aligned.list_spans(),
        attributes=aligned.attributes,
        relations=find_relations(
            ordered, units=aligned.units, places=aligned.places, rule=rule, decided=decided
        ),
        fields=find_fields(ordered, scheme=scheme, rule=rule, decided=decided),
        remarks=find_remarks(ordered, scheme),
        scheme=scheme,
        text=text,
        voters=tuple(one.voter for one in ordered),
        entries=tuple(sorted(entries, key=lambda entry: entry.number)),
        decided=decided,
    )


def find_span_units(submitted: Sequence[Submitted], *, scheme: Scheme, rule: MergeRule) -> Sequence[SpanUnit]:
    """The spans that there are to decide on a task of which nothing is decided yet, in reading order."""
    ordered = sorted(submitted, key=lambda one: one.voter)
    return _align(ordered, scheme=scheme, rule=rule, decided={}).list_spans()


@dataclass(frozen=True, slots=True)
class _Aligned:
    """The units of spans by their keys, with their attributes, and the key of the unit that each span of a voter is in."""

    units: dict[str, SpanUnit]
    attributes: dict[str, tuple[AttributeUnit, ...]]
    places: dict[tuple[str, str], str]

    def list_spans(self) -> list[SpanUnit]:
        return sorted(self.units.values(), key=order_of_span_unit)


def _align(
    ordered: Sequence[Submitted], *, scheme: Scheme, rule: MergeRule, decided: Mapping[str, Entry]
) -> _Aligned:
    voters = [one.voter for one in ordered]
    clusters = align_spans([one.markup.spans for one in ordered])
    units: dict[str, SpanUnit] = {}
    attributes: dict[str, tuple[AttributeUnit, ...]] = {}
    places: dict[tuple[str, str], str] = {}
    twins: Counter[str] = Counter()
    for cluster in clusters:
        marked = [(voters[member.annotator], member.span) for member in cluster]
        key = _key_of(marked, scheme, twins=twins)
        places.update({(voter, span.key): key for voter, span in marked})
        unit = _make_span_unit(key, marked, voters=voters, scheme=scheme, rule=rule, entry=decided.get(key))
        units[key], attributes[key] = _resolve(unit, marked, scheme=scheme, rule=rule, decided=decided)
    for entry in decided.values():
        if entry.unit.startswith(ADDED_SPAN):
            unit = _make_added_unit(entry)
            units[unit.key], attributes[unit.key] = _resolve(
                unit, [], scheme=scheme, rule=rule, decided=decided
            )
    return _Aligned(units, attributes, places)


def _key_of(marked: Sequence[tuple[str, Span]], scheme: Scheme, *, twins: Counter[str]) -> str:
    evidence = sorted(
        (voter, span.start, span.end, span.label, sorted(_complete(scheme, span).items()))
        for voter, span in marked
    )
    start, end = min(span.start for _, span in marked), max(span.end for _, span in marked)
    key = f"span:{start}-{end}:{digest(evidence)}"
    twins[key] += 1
    return f"{key}#{twins[key]}" if twins[key] > 1 else key


def _make_span_unit(
    key: str,
    marked: Sequence[tuple[str, Span]],
    *,
    voters: Sequence[str],
    scheme: Scheme,
    rule: MergeRule,
    entry: Entry | None,
) -> SpanUnit:
    candidates = _group(marked, scheme)
    result, state = _settle_span(candidates, entry, rule=rule, voters=voters)
    present = {voter for voter, _ in marked}
    return SpanUnit(
        key=key,
        start=min(span.start for _, span in marked),
        end=max(span.end for _, span in marked),
        state=state,
        candidates=candidates,
        silent=tuple(voter for voter in voters if voter not in present),
        entry=entry,
        result=result,
    )


def _settle_span(
    candidates: Sequence[SpanCandidate], entry: Entry | None, *, rule: MergeRule, voters: Sequence[str]
) -> tuple[Span | None, State]:
    if entry is not None:
        match entry.action:
            case Action.CHOOSE:
                chosen = entry.payload["candidate"]
                span = next(candidate.span for candidate in candidates if candidate.key == chosen)
                return span, State.DECIDED
            case Action.EDIT:
                return _read_span(entry), State.DECIDED
            case Action.REJECT:
                return None, State.DECIDED
    settled = rule.settle(candidates, voters)
    return settled.candidate.span if settled.candidate else None, settled.state


def _group(marked: Sequence[tuple[str, Span]], scheme: Scheme) -> tuple[SpanCandidate, ...]:
    """One candidate for each boundary and label, most votes first."""
    groups: dict[tuple[int, int, str], list[Witness]] = {}
    for voter, span in marked:
        witness = Witness(voter, _complete(scheme, span))
        groups.setdefault((span.start, span.end, span.label), []).append(witness)
    candidates = []
    for (start, end, label), witnesses in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        disputes = find_disputes(scheme.label(label), witnesses)
        span = Span(start, end, label, share_attributes(witnesses, disputes))
        candidates.append(
            SpanCandidate(span, tuple(sorted(witness.voter for witness in witnesses)), disputes)
        )
    return tuple(candidates)


def _make_added_unit(entry: Entry) -> SpanUnit:
    """A span that nobody marked; where it was added and then rejected the place is still shown."""
    start, end = (int(number) for number in entry.unit.removeprefix(ADDED_SPAN).split("-"))
    result = None if entry.action == Action.REJECT else _read_span(entry)
    return SpanUnit(
        key=entry.unit,
        start=min(start, result.start) if result else start,
        end=max(end, result.end) if result else end,
        state=State.DECIDED,
        entry=entry,
        result=result,
    )


def _read_span(entry: Entry) -> Span:
    return Span(entry.payload["start"], entry.payload["end"], entry.payload["label"])


def _resolve(
    unit: SpanUnit,
    marked: Iterable[tuple[str, Span]],
    *,
    scheme: Scheme,
    rule: MergeRule,
    decided: Mapping[str, Entry],
) -> tuple[SpanUnit, tuple[AttributeUnit, ...]]:
    """Complete the unit's span by the attributes of those who marked it so, or at least under that label."""
    if unit.result is None:
        return unit, ()
    label = scheme.label(unit.result.label)
    if label is None:
        return unit, ()
    is_edited = unit.entry is not None and unit.entry.action != Action.CHOOSE
    witnesses = [
        Witness(voter, _complete(scheme, span))
        for voter, span in marked
        if span.label == label.name and (is_edited or span == unit.result)
    ]
    span, units = resolve_attributes(unit, label=label, witnesses=witnesses, rule=rule, decided=decided)
    return replace(unit, result=span), units


def _complete(scheme: Scheme, span: Span) -> dict[str, str]:
    return complete(scheme.label(span.label), span.attributes)
