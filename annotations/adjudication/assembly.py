"""Units put in reading order, and the gold that they yield, checked against the scheme."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from annotations.adjudication.units import (
    RULES_UNIT,
    AttributeUnit,
    Conflict,
    Entry,
    FieldUnit,
    Outcome,
    RelationUnit,
    Remark,
    SpanUnit,
    State,
    Trace,
    Unit,
    order_of_span_unit,
)
from annotations.markup import Markup, Origin, Problem, Relation, sort_pairs
from annotations.schemes.check import check_markup, check_relations
from annotations.schemes.problems import CONSEQUENCES, Code, InGold, find_consequence
from annotations.schemes.scheme import Scheme
from annotations.spans import Span

RELATION_FAULTS = frozenset(
    code for code, consequence in CONSEQUENCES.items() if consequence.in_gold is InGold.FALLS
) - {Code.REPEATED_RELATION}
"""What a relation cannot stand with; it falls, and its unit says why. Of a repeated one the first stands."""


def assemble(
    *,
    spans: Sequence[SpanUnit],
    attributes: Mapping[str, tuple[AttributeUnit, ...]],
    relations: Sequence[RelationUnit],
    fields: tuple[FieldUnit, ...],
    remarks: tuple[Remark, ...],
    scheme: Scheme,
    text: str,
    voters: tuple[str, ...],
    entries: tuple[Entry, ...],
    decided: Mapping[str, Entry],
) -> Outcome:
    """Put the units together into the gold as far as they yield it, with provenance and the scheme's conflicts."""
    keys = _name_spans(spans)
    markup = Markup(
        spans=tuple(
            replace(unit.result, key=keys[unit.key])
            for unit in sorted(spans, key=_order_of_result)
            if unit.result is not None
        ),
        fields=sort_pairs({unit.field.name: unit.result for unit in fields if unit.result}),
    )
    drawn = [(unit, relation) for unit in relations for relation in _draw(unit, keys)]
    wanted = replace(markup, relations=tuple(relation for _, relation in drawn))
    reasons = _find_reasons(check_relations(scheme, text, wanted))
    standing = _drop_repeated((unit, relation) for unit, relation in drawn if relation not in reasons)
    markup = replace(markup, relations=tuple(sorted(standing)))
    relations = [_mark_fallen(unit, keys, standing, reasons) for unit in relations]
    units = _order(spans, attributes, relations, fields)
    known = {RULES_UNIT, *(unit.key for unit in units)}
    excuse = decided.get(RULES_UNIT)
    return Outcome(
        units=units,
        markup=markup,
        span_provenance={
            keys[unit.key]: _trace_span(unit, attributes[unit.key]) for unit in spans if unit.key in keys
        },
        relation_provenance={relation: _trace_relation(unit) for relation, unit in standing.items()},
        field_provenance={unit.field.name: _trace_field(unit) for unit in fields if unit.result},
        voters=voters,
        conflicts=_find_conflicts(
            check_markup(scheme, text, markup),
            scheme,
            spans=keys,
            fields=fields,
            excused=excuse.payload["rules"] if excuse else (),
        ),
        void=tuple(entry for unit, entry in decided.items() if unit not in known),
        remarks=remarks,
        entries=entries,
    )


def _name_spans(spans: Iterable[SpanUnit]) -> dict[str, str]:
    """Names s1, s2, ... in reading order of the gold for the units that yield a span."""
    kept = sorted((unit for unit in spans if unit.result is not None), key=_order_of_result)
    return {unit.key: f"s{place}" for place, unit in enumerate(kept, start=1)}


def _order_of_result(unit: SpanUnit) -> tuple[int, int, str, str]:
    span = unit.result or Span(unit.start, unit.end, "")
    return span.start, -span.end, span.label, unit.key


def _draw(unit: RelationUnit, keys: Mapping[str, str]) -> Iterable[Relation]:
    if unit.first.key in keys and unit.second.key in keys:
        first, second = keys[unit.first.key], keys[unit.second.key]
        for link in unit.result:
            source, target = (second, first) if link.is_reversed else (first, second)
            yield Relation(source, target, link.kind)


def _find_reasons(problems: Iterable[Problem]) -> dict[Relation, str]:
    reasons: dict[Relation, str] = {}
    for problem in problems:
        if problem.code in RELATION_FAULTS:
            payload = problem.payload
            relation = Relation(payload["source"], payload["target"], payload["kind"])
            reasons.setdefault(relation, problem.message)
    return reasons


def _drop_repeated(drawn: Iterable[tuple[RelationUnit, Relation]]) -> dict[Relation, RelationUnit]:
    standing: dict[Relation, RelationUnit] = {}
    for unit, relation in drawn:
        standing.setdefault(relation, unit)
    return standing


def _mark_fallen(
    unit: RelationUnit,
    keys: Mapping[str, str],
    standing: Mapping[Relation, RelationUnit],
    reasons: Mapping[Relation, str],
) -> RelationUnit:
    """A unit none of whose links can stand has fallen; where some can, the note tells of the others."""
    wanted = list(_draw(unit, keys))
    lost = [relation for relation in wanted if standing.get(relation) is not unit]
    if not lost:
        return unit
    note = " ".join(reasons.get(relation, "The same link stands already.") for relation in lost)
    state = State.FALLEN if len(lost) == len(wanted) else unit.state
    return replace(unit, state=state, note=note)


def _order(
    spans: Iterable[SpanUnit],
    attributes: Mapping[str, tuple[AttributeUnit, ...]],
    relations: Iterable[RelationUnit],
    fields: Iterable[FieldUnit],
) -> tuple[Unit, ...]:
    """Reading order: a span, then its attributes, then the relations whose later end it is; the document comes last."""
    after: dict[str, list[RelationUnit]] = {}
    for relation in relations:
        later = max(relation.first, relation.second, key=order_of_span_unit)
        after.setdefault(later.key, []).append(relation)
    units: list[Unit] = []
    for span in spans:
        linked = sorted(after.get(span.key, ()), key=lambda unit: (order_of_span_unit(unit.first), unit.key))
        units += [span, *attributes[span.key], *linked]
    return (*units, *fields)


def _trace_span(unit: SpanUnit, attributes: Iterable[AttributeUnit]) -> Trace:
    entries = [entry for entry in (unit.entry, *(part.entry for part in attributes)) if entry is not None]
    result = unit.result
    votes = tuple(
        voter for candidate in unit.candidates if candidate.span == result for voter in candidate.voters
    )
    origin = Origin.ADJUDICATED if entries else unit.state.origin
    return Trace(origin, votes, tuple(entry.number for entry in entries))


def _trace_relation(unit: RelationUnit) -> Trace:
    votes = tuple(
        voter for candidate in unit.candidates if candidate.links == unit.result for voter in candidate.voters
    )
    return _trace(unit.state, votes, unit.entry)


def _trace_field(unit: FieldUnit) -> Trace:
    votes = tuple(
        voter for candidate in unit.candidates if candidate.value == unit.result for voter in candidate.voters
    )
    return _trace(unit.state, votes, unit.entry)


def _trace(state: State, votes: tuple[str, ...], entry: Entry | None) -> Trace:
    if entry is None:
        return Trace(state.origin, votes)
    return Trace(Origin.ADJUDICATED, votes, (entry.number,))


def _find_conflicts(
    problems: Iterable[Problem],
    scheme: Scheme,
    *,
    spans: Mapping[str, str],
    fields: Iterable[FieldUnit],
    excused: Container[str],
) -> tuple[Conflict, ...]:
    """Rules that the gold breaks; what is only open yet, or nobody is asked about, breaks none."""
    units = {name: unit for unit, name in spans.items()} | {unit.field.name: unit.key for unit in fields}
    not_asked = {field.name for field in scheme.fields if field.kind.is_remark}
    still_open = {unit.field.name for unit in fields if unit.state == State.OPEN}
    conflicts = []
    for problem in problems:
        consequence = find_consequence(problem)
        payloads = problem.payload if isinstance(problem.payload, list) else [problem.payload]
        names = [str(payload.get("key") or payload.get("field") or "") for payload in payloads]
        is_missing_field = problem.code == Code.MISSING_FIELD
        if consequence is InGold.IS_OPEN or (is_missing_field and (not_asked | still_open).issuperset(names)):
            continue
        conflict = Conflict(
            code=problem.code,
            message=problem.message,
            consequence=consequence,
            units=tuple(units[name] for name in names if name in units),
            subject=str(payloads[0].get("relation") or payloads[0].get("field") or ""),
        )
        conflicts.append(replace(conflict, is_excused=conflict.key in excused))
    return tuple(conflicts)
