"""What stands beside the cards of a case: the tracks under the text, where links can be drawn, and what no longer applies."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.adjudication.ledger import Case
from annotations.adjudication.naming import name_unit
from annotations.adjudication.units import Action, Entry, RelationUnit, SpanCandidate, SpanUnit, State
from annotations.schemes.check import name_span
from annotations.spans import Span
from annotations.web.adjudication.contents import name_letters
from annotations.web.drawing import Layer, Track, abbreviate

MAX_SEPARATE = 1
"""So many annotators have a track each for what they mark; of more it would be a ladder."""


def list_tracks(case: Case, *, show_all: bool = False) -> list[Track]:
    """What is drawn under the text: the gold so far, and what is still open.

    Of several annotators an open thing is one track a label, unless every track is asked for.
    """
    draw = _Draughtsman(case)
    is_gathered = len(case.letters) > MAX_SEPARATE and not show_all
    tracks: list[Track] = []
    for unit in case.outcome.units:
        if not isinstance(unit, SpanUnit):
            continue
        if unit.state == State.OPEN and is_gathered:
            tracks += draw.gather(unit)
        elif unit.state == State.OPEN:
            tracks += [draw.candidate(each.span, each.voters, "is-open") for each in unit.candidates]
        elif unit.state != State.DECIDED:
            tracks += [
                draw.candidate(each.span, each.voters if show_all else (), "is-gold")
                for each in unit.candidates
            ]
        elif show_all or unit.result is None:
            tracks += [draw.candidate(each.span, each.voters, "is-lost") for each in unit.candidates]
        if unit.result is not None and unit.state == State.DECIDED:
            tracks.append(draw.decided(unit.result))
    return tracks


class _Draughtsman:
    """Makes tracks with tags as short as tells the labels apart, and with words for who listens."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._short = abbreviate([label.name for label in case.scheme.labels])

    def candidate(self, span: Span, voters: tuple[str, ...], style: str) -> Track:
        who = name_letters(self._case, voters)
        begin = f"begin {span.label}{_name_listeners(who)}{READ_OUT[style]}"
        return Track(span.start, span.end, span.label, self._tag(span.label, who), style, begin)

    def decided(self, span: Span) -> Track:
        return Track(
            span.start,
            span.end,
            span.label,
            self._tag(span.label, "✓"),
            "is-gold",
            f"begin {span.label}, decided",
        )

    def gather(self, unit: SpanUnit) -> Iterator[Track]:
        """All candidates of a label as one track, thick where everybody marked it and thin where few did."""
        for label in unit.labels:
            same = [candidate for candidate in unit.candidates if candidate.span.label == label]
            edges = sorted({edge for each in same for edge in (each.span.start, each.span.end)})
            who = name_letters(self._case, (voter for each in same for voter in each.voters))
            parts = tuple(
                (start, end, f"is-open {self._share(start, end, same)}")
                for start, end in itertools.pairwise(edges)
            )
            begin = (
                f"begin {label}{_name_listeners(who)}, with {len(same)} different ends"
                if len(same) > 1
                else (f"begin {label}{_name_listeners(who)}")
            )
            yield Track(edges[0], edges[-1], label, self._tag(label, who), "is-open", begin, parts)

    def _share(self, start: int, end: int, candidates: Iterable[SpanCandidate]) -> str:
        n_marked = sum(
            len(each.voters) for each in candidates if each.span.start <= start and end <= each.span.end
        )
        if not n_marked:
            return "is-by-none"
        if n_marked == len(self._case.letters):
            return "is-by-all"
        return "is-by-most" if 2 * n_marked > len(self._case.letters) else "is-by-few"

    def _tag(self, label: str, who: str) -> str:
        return f"{who} {self._short.get(label, label)}".strip()


READ_OUT = {"is-open": "", "is-gold": ", agreed", "is-lost": ", not taken"}


def _name_listeners(letters: str) -> str:
    return f", {'annotators' if len(letters) > 1 else 'annotator'} {' '.join(letters)}" if letters else ""


def list_layers(blocks: Iterable[tuple[int, int, str]]) -> list[Layer]:
    """The blocks of an article as the layers that its text is drawn in."""
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


def _describe_entry(entry: Entry, text: str) -> str:
    kind, _, rest = entry.unit.partition(":")
    verb = {Action.CHOOSE: "chose", Action.REJECT: "rejected", Action.EDIT: "changed", Action.ADD: "added"}
    done = verb.get(Action(entry.action), "decided")
    if kind in {"span", "added"}:
        start, _, end = rest.split(":")[0].partition("-")
        return f"{done} “{' '.join(text[int(start) : int(end)].split())}”"
    return f"{done} the {kind} {rest.split(':')[0]}" if kind in {"attribute", "field"} else f"{done} a link"
