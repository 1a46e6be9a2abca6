"""Questions about the document as a whole: which are decided, and what annotators say for themselves."""

from collections.abc import Mapping, Sequence

from annotations.adjudication.evidence import digest
from annotations.adjudication.units import Entry, FieldUnit, Reading, Remark, State, ValueCandidate
from annotations.schemes.scheme import FLAG_IS_SET, DocumentField, FieldKind, Scheme

DECIDED_KINDS = frozenset({FieldKind.CHOICE, FieldKind.FLAG})
"""Kinds of document field that are adjudicated; notes and ratings say something about their author."""


def find_fields(
    readings: Sequence[Reading], *, scheme: Scheme, decided: Mapping[str, Entry]
) -> tuple[FieldUnit, ...]:
    answers = {reading.voter: dict(reading.markup.fields) for reading in readings}
    units = []
    for field in scheme.fields:
        if field.kind not in DECIDED_KINDS:
            continue
        votes: dict[str, list[str]] = {}
        for voter, given in answers.items():
            votes.setdefault(given.get(field.name) or field.default, []).append(voter)
        key = f"field:{field.name}:{digest(sorted(votes.items()))}"
        entry = decided.get(key)
        if any(votes) or entry is not None:
            units.append(_make_field_unit(key, field, votes, entry=entry))
    return tuple(units)


def _make_field_unit(
    key: str, field: DocumentField, votes: Mapping[str, list[str]], *, entry: Entry | None
) -> FieldUnit:
    places = {value: place for place, value in enumerate(_allowed(field))}
    ranked = sorted(votes.items(), key=lambda item: (-len(item[1]), places.get(item[0], len(places))))
    titles = {value.name: value.title for value in field.values} | {FLAG_IS_SET: FLAG_IS_SET}
    candidates = [
        ValueCandidate(value, titles.get(value, value) if value else _no_answer(field), tuple(sorted(voters)))
        for value, voters in ranked
    ]
    others = [value for value in _allowed(field) if value not in votes]
    candidates += [ValueCandidate(value, titles.get(value) or _no_answer(field)) for value in others]
    result, state = None, State.OPEN
    if entry is not None:
        result, state = str(entry.payload["value"]), State.DECIDED
    elif len(votes) == 1:
        (voters,) = votes.values()
        result, state = candidates[0].value, State.SINGLE if len(voters) == 1 else State.AGREED
    return FieldUnit(
        key=key, field=field, state=state, candidates=tuple(candidates), entry=entry, result=result
    )


def _allowed(field: DocumentField) -> tuple[str, ...]:
    values = (FLAG_IS_SET,) if field.kind == FieldKind.FLAG else tuple(value.name for value in field.values)
    return values if field.required else (*values, "")


def _no_answer(field: DocumentField) -> str:
    return "not ticked" if field.kind == FieldKind.FLAG else "no answer"


def find_remarks(readings: Sequence[Reading], scheme: Scheme) -> tuple[Remark, ...]:
    return tuple(
        Remark(field.title, reading.voter, value)
        for field in scheme.fields
        if field.kind not in DECIDED_KINDS
        for reading in readings
        if (value := dict(reading.markup.fields).get(field.name))
    )
