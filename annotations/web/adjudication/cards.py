"""What a card shows of a unit, which card is the current one, and how settled ones are folded away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotations.adjudication.units import State, Unit, ValueCandidate
from annotations.spans import Span


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
    is_sure: bool = False
    links: tuple[tuple[Span, str, str, Span, str], ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SettledAttribute:
    """An attribute on which the merge rule left nothing to decide: it is shown with its value, can still be changed, and has no questions of its own on the adjudication page."""

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
    """With its place among the cards, so that no two cards are called the same."""
    title: str
    state: State
    state_name: str
    places: tuple[tuple[int, int], ...] = ()
    label: str = ""
    quote: str = ""
    choices: tuple[CardChoice, ...] = ()
    rejection: str = ""
    is_rejection_sure: bool = False
    is_rejected: bool = False
    silent: str = ""
    description: str = ""
    note: str = ""
    reason: str = ""
    """Why it had to be decided, in words, if the adjudicator said so."""
    is_for_guidelines: bool = False
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


def fold(cards: Iterable[Card]) -> list[Group]:
    """Cards in their order in groups; a settled one that is asked for stands by itself."""
    groups: list[Group] = []
    for card in cards:
        is_folded = card.is_settled and not card.is_current
        if is_folded and groups and groups[-1].is_settled:
            groups[-1] = Group(True, (*groups[-1].cards, card))
        else:
            groups.append(Group(is_folded, (card,)))
    return groups
