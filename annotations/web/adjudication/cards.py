"""The units of a task as an adjudicator sees them: one card a decision, and the settled ones folded away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotations.adjudication.evidence import digest
from annotations.adjudication.ledger import Case
from annotations.adjudication.naming import name_links, name_unit, show_span
from annotations.adjudication.units import (
    Action,
    AttributeUnit,
    Entry,
    FieldUnit,
    RelationUnit,
    SpanCandidate,
    SpanUnit,
    State,
    Unit,
    ValueCandidate,
)
from annotations.adjudication.validation import refuse_links
from annotations.schemes.check import name_span
from annotations.spans import Span
from annotations.web.adjudication.tracks import Layer, Track, abbreviate

LAST_DIGIT_KEY = 9


@dataclass(frozen=True, slots=True)
class CardChoice:
    """One way to decide a card: the key to press, what it means, and who is for it.

    `before`, `text` and `after` are the words of a span with what other candidates have around it.
    """

    key: str
    decision: str
    text: str
    letters: str = ""
    label: str = ""
    before: str = ""
    after: str = ""
    facts: tuple[tuple[str, str, bool], ...] = ()
    is_chosen: bool = False
    links: tuple[tuple[Span, str, str, Span, str], ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SettledAttribute:
    """An attribute that needs no card; it can still be changed."""

    unit: str
    title: str
    value: str
    options: tuple[ValueCandidate, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A unit with all that is shown of it."""

    id: str
    unit: str
    kind: str
    name: str
    title: str
    state: State
    state_name: str
    places: tuple[tuple[int, int], ...] = ()
    label: str = ""
    quote: str = ""
    choices: tuple[CardChoice, ...] = ()
    rejection: str = ""
    is_rejected: bool = False
    silent: str = ""
    description: str = ""
    note: str = ""
    remark: str = ""
    is_current: bool = False
    is_editable: bool = False
    takes_words: bool = False
    hint: str = ""
    has_open_end: bool = False
    attributes: tuple[SettledAttribute, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_settled(self) -> bool:
        return self.state.needs_nobody

    @property
    def start(self) -> int | None:
        return self.places[0][0] if self.places else None

    @property
    def end(self) -> int | None:
        return self.places[0][1] if self.places else None

    @property
    def written_places(self) -> str:
        return " ".join(f"{start}-{end}" for start, end in self.places)


@dataclass(frozen=True, slots=True)
class Group:
    """Cards one after another that are all settled by rule, or one that is not."""

    is_settled: bool
    cards: tuple[Card, ...] = field(default=())

    @property
    def title(self) -> str:
        """What a folded group says of its cards."""
        counts: dict[str, int] = {}
        for card in self.cards:
            counts[card.state_name] = counts.get(card.state_name, 0) + 1
        return ", ".join(f"{number} {name}" for name, number in counts.items())


def find_current(units: Sequence[Unit], *, wanted: str = "", after: str = "") -> str:
    """The unit to look at: the one asked for, else the next open one, from the top again at the end."""
    keys = [unit.key for unit in units]
    if wanted in keys:
        return wanted
    place = keys.index(after) if after in keys else -1
    ahead = [*units[place + 1 :], *units[: place + 1]]
    return next((unit.key for unit in ahead if unit.state == State.OPEN), after if after in keys else "")


def make_groups(case: Case, *, current: str = "") -> list[Group]:
    """All cards in reading order; a settled one that is asked for stands by itself."""
    groups: list[Group] = []
    for card in _make_cards(case, current=current):
        is_folded = card.is_settled and not card.is_current
        if is_folded and groups and groups[-1].is_settled:
            groups[-1] = Group(True, (*groups[-1].cards, card))
        else:
            groups.append(Group(is_folded, (card,)))
    return groups


def list_tracks(case: Case, *, show_all: bool = False) -> list[Track]:
    """What is drawn under the text: the gold so far, and every candidate of what is still open."""
    short = abbreviate([label.name for label in case.scheme.labels])
    tracks = []
    for unit in case.outcome.units:
        if not isinstance(unit, SpanUnit):
            continue
        is_lost = unit.state == State.DECIDED and (show_all or unit.result is None)
        for candidate in unit.candidates:
            letters = _letters(case, candidate.voters)
            if unit.state == State.OPEN:
                tracks.append(_track(candidate.span, letters, short, "is-open"))
            elif unit.state != State.DECIDED:
                tracks.append(_track(candidate.span, letters if show_all else "", short, "is-gold"))
            elif is_lost:
                tracks.append(_track(candidate.span, letters, short, "is-lost"))
        if unit.result is not None and unit.state == State.DECIDED:
            tracks.append(_track(unit.result, "✓", short, "is-gold"))
    return tracks


def list_layers(blocks: Iterable[tuple[int, int, str]]) -> list[Layer]:
    return [Layer(start, end, f"block-{kind}") for start, end, kind in blocks]


def describe_void(case: Case) -> list[dict[str, str | int]]:
    """Decisions about what is no longer there, in the order in which they were made."""
    return [
        {"number": entry.number, "what": _describe_entry(entry, case.task.article.text), "note": entry.note}
        for entry in sorted(case.outcome.void, key=lambda entry: entry.number)
    ]


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """A span of the gold between which a link can be drawn, and the types of links that may start and end there."""

    unit: str
    name: str
    leaves_by: str
    arrives_by: str


def list_link_ends(case: Case) -> list[LinkEnd]:
    """The spans of the gold so far that the scheme lets a link start or end at."""
    text, relations = case.task.article.text, case.scheme.relations
    ends = []
    for unit in case.outcome.units:
        if not isinstance(unit, SpanUnit) or unit.result is None:
            continue
        span = unit.result
        leaving = " ".join(relation.name for relation in relations if relation.may_leave(span))
        arriving = " ".join(relation.name for relation in relations if span.label in relation.targets)
        if leaving or arriving:
            ends.append(LinkEnd(unit.key, name_span(span, text), leaving, arriving))
    return ends


def list_fallen(case: Case) -> list[tuple[str, str, str]]:
    """Links that cannot stand: their unit, its name, and why."""
    return [
        (unit.key, name_unit(unit, case.task.article.text), unit.note)
        for unit in case.outcome.units
        if isinstance(unit, RelationUnit) and unit.state == State.FALLEN
    ]


def _make_cards(case: Case, *, current: str) -> Iterator[Card]:
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
            letters=_letters(case, candidate.voters),
            label=candidate.span.label,
            before=text[unit.start : candidate.span.start],
            after=text[candidate.span.end : unit.end],
            facts=tuple(_list_facts(case, candidate)),
            is_chosen=unit.state == State.DECIDED
            and unit.result is not None
            and candidate.span == unit.result,
        )
        for place, candidate in enumerate(unit.candidates, start=1)
    )
    shown = show_span(unit)
    return Card(
        id=_name_card(unit.key),
        unit=unit.key,
        kind=unit.kind,
        name=name_unit(unit, case.task.article.text),
        title=_title_span(unit),
        state=unit.state,
        state_name="added" if not unit.candidates and unit.result else unit.state.words,
        places=((shown.start, shown.end) if unit.result else (unit.start, unit.end),),
        label=shown.label if shown.label != "Span" else "",
        quote=shown.quote(text),
        choices=choices,
        rejection="Should not exist",
        is_rejected=unit.state == State.DECIDED and unit.result is None,
        silent=_letters(case, unit.silent),
        remark=_describe_result(unit),
        note=unit.entry.note if unit.entry else "",
        is_current=is_current,
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
            votes = (f"{vote.title} ({_letters(case, vote.voters)})" for vote in disputes[attribute.name])
            yield attribute.title, ", ".join(votes), True
        elif attribute.name in shared:
            yield attribute.title, attribute.kind.show(shared[attribute.name]), False


def _show_attribute_unit(case: Case, unit: AttributeUnit, *, is_current: bool) -> Card:
    text = case.task.article.text
    return Card(
        id=_name_card(unit.key),
        unit=unit.key,
        kind=unit.kind,
        name=name_unit(unit, case.task.article.text),
        title=unit.attribute.title,
        state=unit.state,
        state_name=unit.state.words,
        places=((unit.start, unit.end),),
        label=unit.span.label,
        quote=unit.span.quote(text),
        description=unit.attribute.description,
        choices=_show_values(case, unit.candidates, chosen=unit.result if unit.entry else None),
        note=unit.entry.note if unit.entry else "",
        is_current=is_current,
        takes_words=unit.attribute.kind.takes_words,
        hint=unit.attribute.kind.hint,
        remark=unit.attribute.kind.show(unit.result or "") if unit.entry else "",
    )


def _show_field_unit(case: Case, unit: FieldUnit, *, is_current: bool) -> Card:
    return Card(
        id=_name_card(unit.key),
        unit=unit.key,
        kind=unit.kind,
        name=name_unit(unit, case.task.article.text),
        title=unit.field.title,
        state=unit.state,
        state_name=unit.state.words,
        description=unit.field.description,
        choices=_show_values(case, unit.candidates, chosen=unit.result if unit.entry else None),
        note=unit.entry.note if unit.entry else "",
        is_current=is_current,
        takes_words=unit.field.kind.takes_words,
        hint=unit.field.kind.hint,
        remark=unit.field.kind.show(unit.result) if unit.result is not None else "",
    )


def _show_relation_unit(case: Case, unit: RelationUnit, *, is_current: bool) -> Card:
    text = case.task.article.text
    choices = tuple(
        CardChoice(
            key=_digit(place),
            decision=f"{Action.CHOOSE}|{candidate.key}",
            text="",
            letters=_letters(case, candidate.voters),
            is_chosen=unit.state == State.DECIDED and candidate.links == unit.result,
            links=tuple(
                (source, source.quote(text), title, target, target.quote(text))
                for source, title, target in name_links(unit, candidate.links, case.scheme)
            ),
            refusal=refuse_links(unit, candidate.links, case.scheme, text),
        )
        for place, candidate in enumerate(unit.candidates, start=1)
    )
    standing = name_links(unit, unit.result, case.scheme)
    described = "; ".join(
        f"{name_span(source, text)} {title} {name_span(target, text)}" for source, title, target in standing
    )
    is_rejected = unit.state == State.DECIDED and not unit.result
    return Card(
        id=_name_card(unit.key),
        unit=unit.key,
        kind=unit.kind,
        name=name_unit(unit, case.task.article.text),
        title="Link" if unit.state != State.OPEN else "Link?",
        state=unit.state,
        state_name="added" if not unit.candidates else unit.state.words,
        places=tuple((span.start, span.end) for span in (show_span(unit.second), show_span(unit.first))),
        quote="",
        choices=choices,
        rejection="No link",
        is_rejected=is_rejected,
        silent=_letters(case, unit.silent),
        description="",
        note=unit.entry.note if unit.entry else "",
        is_current=is_current,
        has_open_end=unit.has_open_end,
        remark="Rejected: no link here." if is_rejected else (unit.note or described),
    )


def _show_values(
    case: Case, candidates: Iterable[ValueCandidate], *, chosen: str | None
) -> tuple[CardChoice, ...]:
    return tuple(
        CardChoice(
            key=_digit(place),
            decision=f"{Action.VALUE}|{candidate.value}",
            text=candidate.title,
            letters=_letters(case, candidate.voters),
            is_chosen=candidate.value == chosen,
        )
        for place, candidate in enumerate(candidates, start=1)
    )


def _digit(place: int) -> str:
    return str(place) if place <= LAST_DIGIT_KEY else ""


def _letters(case: Case, voters: Iterable[str]) -> str:
    return "".join(sorted(case.letters[voter] for voter in voters))


def _track(span: Span, who: str, short: Mapping[str, str], style: str) -> Track:
    return Track(
        span.start, span.end, span.label, f"{who} {short.get(span.label, span.label)}".strip(), style
    )


def _name_card(unit: str) -> str:
    """An id for the page; keys of units hold characters that addresses and selectors dislike."""
    return f"unit-{digest(unit)}"


def _describe_entry(entry: Entry, text: str) -> str:
    kind, _, rest = entry.unit.partition(":")
    verb = {Action.CHOOSE: "chose", Action.REJECT: "rejected", Action.EDIT: "changed", Action.ADD: "added"}
    done = verb.get(Action(entry.action), "decided")
    if kind in {"span", "added"}:
        start, _, end = rest.split(":")[0].partition("-")
        return f"{done} “{' '.join(text[int(start) : int(end)].split())}”"
    return f"{done} the {kind} {rest.split(':')[0]}" if kind in {"attribute", "field"} else f"{done} a link"
