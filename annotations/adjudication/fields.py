"""Questions about the document as a whole: which are decided, and what annotators say for themselves."""

from collections.abc import Mapping, Sequence

from annotations.adjudication.attributes import offer_all, rank_candidates
from annotations.adjudication.evidence import digest
from annotations.adjudication.merging import MergeRule, list_voters
from annotations.adjudication.units import Entry, FieldUnit, Remark, State, Submitted
from annotations.schemes.scheme import DocumentField, Scheme


def find_fields(
    submitted: Sequence[Submitted], *, scheme: Scheme, rule: MergeRule, decided: Mapping[str, Entry]
) -> tuple[FieldUnit, ...]:
    """One unit for every question about the document that anybody answered or decided, or that a rule may ask for."""
    answers = {one.voter: dict(one.markup.fields) for one in submitted}
    units = []
    for field in scheme.fields:
        if field.kind.is_remark:
            continue
        votes: dict[str, list[str]] = {}
        for voter, given in answers.items():
            votes.setdefault(given.get(field.name) or field.default, []).append(voter)
        key = f"field:{field.name}:{digest(sorted(votes.items()))}"
        entry = decided.get(key)
        is_asked_for = bool(votes) and (field.required or field.means_no_spans)
        if any(votes) or entry is not None or is_asked_for:
            units.append(_make_field_unit(key, field, votes, rule=rule, entry=entry))
    return tuple(units)


def _make_field_unit(
    key: str, field: DocumentField, votes: Mapping[str, list[str]], *, rule: MergeRule, entry: Entry | None
) -> FieldUnit:
    candidates = rank_candidates(field, votes)
    result, state = None, State.OPEN
    if entry is not None:
        result, state = str(entry.payload["value"]), State.DECIDED
    elif candidates and (any(votes) or not field.required):
        settled = rule.settle(candidates, list_voters(candidates))
        result, state = settled.candidate.value if settled.candidate else None, settled.state
    return FieldUnit(
        key=key,
        field=field,
        state=state,
        candidates=offer_all(field, candidates if any(votes) or not field.required else ()),
        entry=entry,
        result=result,
    )


def find_remarks(submitted: Sequence[Submitted], scheme: Scheme) -> tuple[Remark, ...]:
    """What annotators said for themselves, which is shown and never adjudicated."""
    return tuple(
        Remark(field.title, one.voter, field.kind.show(value))
        for field in scheme.fields
        if field.kind.is_remark
        for one in submitted
        if (value := dict(one.markup.fields).get(field.name))
    )
