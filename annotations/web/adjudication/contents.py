"""Units of each kind as cards: what they are called, what there is to choose, who is for it, and which key takes it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from annotations.adjudication.evidence import digest
from annotations.adjudication.foresight import is_choice_sure, is_rejection_sure
from annotations.adjudication.ledger import Case
from annotations.adjudication.naming import name_links, name_unit, show_span
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    FieldUnit,
    RelationUnit,
    SpanCandidate,
    SpanUnit,
    State,
    Unit,
)
from annotations.adjudication.validation import refuse_links
from annotations.schemes.check import name_span
from annotations.schemes.scheme import Question
from annotations.web.adjudication.cards import Card, CardChoice, SettledAttribute

LAST_DIGIT_KEY = 9


def make_cards(case: Case, *, current: str = "") -> Iterator[Card]:
    """All cards in reading order; attributes that need nobody stand on the card of their span."""
    attributes: dict[str, list[AttributeUnit]] = {}
    for unit in case.outcome.units:
        if isinstance(unit, AttributeUnit) and unit.state.needs_nobody and unit.key != current:
            attributes.setdefault(unit.parent, []).append(unit)
    for unit in case.outcome.units:
        is_current = unit.key == current
        match unit:
            case SpanUnit():
                yield _show_span_unit(case, unit, attributes.get(unit.key, ()), is_current=is_current)
            case AttributeUnit() if not unit.state.needs_nobody or is_current:
                yield _show_attribute_unit(case, unit, is_current=is_current)
            case RelationUnit():
                yield _show_relation_unit(case, unit, is_current=is_current)
            case FieldUnit():
                yield _show_field_unit(case, unit, is_current=is_current)


def _show_span_unit(
    case: Case, unit: SpanUnit, attributes: Iterable[AttributeUnit], *, is_current: bool
) -> Card:
    text = case.task.article.text
    choices = tuple(
        CardChoice(
            key=_digit(place),
            decision=f"{Action.CHOOSE}|{candidate.key}",
            text=candidate.span.quote(text),
            letters=name_letters(case, candidate.voters),
            label=candidate.span.label,
            before=text[unit.start : candidate.span.start],
            after=text[candidate.span.end : unit.end],
            facts=tuple(_list_facts(case, candidate)),
            is_chosen=unit.state == State.DECIDED
            and unit.result is not None
            and candidate.span == unit.result,
            is_sure=is_choice_sure(unit, candidate, case.scheme),
        )
        for place, candidate in enumerate(unit.candidates, start=1)
    )
    shown = show_span(unit)
    return replace(
        _begin_card(case, unit, is_current=is_current),
        title=_title_span(unit),
        state_name="added" if not unit.candidates and unit.result else unit.state.words,
        places=((shown.start, shown.end) if unit.result else (unit.start, unit.end),),
        label=shown.label if shown.label != "Span" else "",
        quote=shown.quote(text),
        choices=choices,
        rejection="Should not exist",
        is_rejection_sure=is_rejection_sure(unit, case.outcome),
        is_rejected=unit.state == State.DECIDED and unit.result is None,
        silent=name_letters(case, unit.silent),
        remark=_describe_result(unit),
        is_editable=True,
        attributes=tuple(
            SettledAttribute(
                part.key, part.attribute.title, part.attribute.kind.show(part.result), part.candidates
            )
            for part in attributes
            if part.result
        ),
    )


def _title_span(unit: SpanUnit) -> str:
    if unit.result is not None and unit.state != State.OPEN:
        return unit.result.label
    return " or ".join(f"{label}?" for label in unit.labels) or "Span"


def _describe_result(unit: SpanUnit) -> str:
    if unit.state != State.DECIDED:
        return ""
    if unit.result is None:
        return "Rejected: this should not exist."
    if not unit.candidates:
        return "Added: nobody had marked it."
    if not any(candidate.span == unit.result for candidate in unit.candidates):
        return "Changed by hand."
    return ""


def _list_facts(case: Case, candidate: SpanCandidate) -> Iterator[tuple[str, str, bool]]:
    """Title, value and whether it is in dispute, for each attribute of a candidate."""
    label = case.scheme.label(candidate.span.label)
    shared = dict(candidate.span.attributes)
    disputes = {dispute.attribute.name: dispute.candidates for dispute in candidate.disputes}
    for attribute in label.attributes if label else ():
        if attribute.name in disputes:
            votes = (f"{vote.title} ({name_letters(case, vote.voters)})" for vote in disputes[attribute.name])
            yield attribute.title, ", ".join(votes), True
        elif attribute.name in shared:
            yield attribute.title, attribute.kind.show(shared[attribute.name]), False


def _show_attribute_unit(case: Case, unit: AttributeUnit, *, is_current: bool) -> Card:
    return replace(
        _begin_question(case, unit, unit.attribute, is_current=is_current),
        places=((unit.start, unit.end),),
        label=unit.span.label,
        quote=unit.span.quote(case.task.article.text),
        remark=unit.attribute.kind.show(unit.result or "") if unit.entry else "",
    )


def _show_field_unit(case: Case, unit: FieldUnit, *, is_current: bool) -> Card:
    return replace(
        _begin_question(case, unit, unit.field, is_current=is_current),
        remark=unit.field.kind.show(unit.result) if unit.result is not None else "",
    )


def _show_relation_unit(case: Case, unit: RelationUnit, *, is_current: bool) -> Card:
    text = case.task.article.text
    choices = tuple(
        CardChoice(
            key=_digit(place),
            decision=f"{Action.CHOOSE}|{candidate.key}",
            text="",
            letters=name_letters(case, candidate.voters),
            is_chosen=unit.state == State.DECIDED and candidate.links == unit.result,
            links=tuple(
                (source, source.quote(text), title, target, target.quote(text))
                for source, title, target in name_links(unit, candidate.links, case.scheme)
            ),
            refusal=refuse_links(unit, candidate.links, case.scheme, text),
            is_sure=is_choice_sure(unit, None, case.scheme),
        )
        for place, candidate in enumerate(unit.candidates, start=1)
    )
    standing = name_links(unit, unit.result, case.scheme)
    described = "; ".join(
        f"{name_span(source, text)} {title} {name_span(target, text)}" for source, title, target in standing
    )
    is_rejected = unit.state == State.DECIDED and not unit.result
    return replace(
        _begin_card(case, unit, is_current=is_current),
        title="Link" if unit.state != State.OPEN else "Link?",
        state_name="added" if not unit.candidates else unit.state.words,
        places=tuple((span.start, span.end) for span in (show_span(unit.second), show_span(unit.first))),
        quote="",
        choices=choices,
        rejection="No link",
        is_rejection_sure=is_rejection_sure(unit, case.outcome),
        is_rejected=is_rejected,
        silent=name_letters(case, unit.silent),
        description="",
        has_open_end=unit.has_open_end,
        remark="Rejected: no link here." if is_rejected else (unit.note or described),
    )


def _begin_question(
    case: Case, unit: AttributeUnit | FieldUnit, question: Question, *, is_current: bool
) -> Card:
    """What the card of an answer has, be it about a span or about the document."""
    return replace(
        _begin_card(case, unit, is_current=is_current),
        title=question.title,
        description=question.description,
        choices=_show_values(case, unit, chosen=unit.result if unit.entry else None),
        takes_words=question.kind.takes_words,
        hint=question.kind.hint,
    )


def _begin_card(case: Case, unit: Unit, *, is_current: bool) -> Card:
    """What the cards of all kinds of units have."""
    return Card(
        id=_name_card(unit.key),
        unit=unit.key,
        kind=unit.kind,
        name=name_unit(unit, case.task.article.text),
        title="",
        state=unit.state,
        state_name=unit.state.words,
        note=unit.entry.note if unit.entry else "",
        is_current=is_current,
    )


def _show_values(
    case: Case, unit: AttributeUnit | FieldUnit, *, chosen: str | None
) -> tuple[CardChoice, ...]:
    return tuple(
        CardChoice(
            key=_digit(place),
            decision=f"{Action.VALUE}|{candidate.value}",
            text=candidate.title,
            letters=name_letters(case, candidate.voters),
            is_chosen=candidate.value == chosen,
            is_sure=is_choice_sure(unit, None, case.scheme),
        )
        for place, candidate in enumerate(unit.candidates, start=1)
    )


def _digit(place: int) -> str:
    return str(place) if place <= LAST_DIGIT_KEY else ""


def name_letters(case: Case, voters: Iterable[str]) -> str:
    """The letters A, B, C by which the page calls annotators, of several of them side by side, as in “AC”."""
    return "".join(sorted(case.letters[voter] for voter in voters))


def _name_card(unit: str) -> str:
    """An id for the page; keys of units hold characters that addresses and selectors dislike."""
    return f"unit-{digest(unit)}"
