"""What a scheme is: labels with attributes, relations between them, fields of the document, topics and guidelines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotations.schemes.choice_kinds import list_members
from annotations.schemes.values import Value, ValueKind
from annotations.snapping import Snap
from annotations.spans import Span


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for a span whose attributes each have one of the values named for them, or name it among several."""

    allowed: tuple[tuple[str, tuple[str, ...]], ...]

    def holds(self, attributes: Mapping[str, str]) -> bool:
        return all(
            any(member in values for member in list_members(attributes.get(name, "")))
            for name, values in self.allowed
        )

    def __str__(self) -> str:
        return " and ".join(f"{name} is {' or '.join(values)}" for name, values in self.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What attributes of spans and fields of documents share: a question that takes values of one kind.

    `default` is what an annotator means who answers nothing. `keys` holds one key an option (a capital is that letter
    with Shift), and one more for the own words of an open choice.
    """

    name: str
    title: str
    kind: ValueKind
    keys: str = ""
    required: bool = False
    default: str = ""
    description: str = ""

    @property
    def unanswered(self) -> str:
        """What is stored where nothing was answered and there is no default."""
        return ""

    @property
    def offered(self) -> tuple[str, ...]:
        """The values that can be listed, with the one of no answer where that is allowed."""
        options = tuple(value.name for value in self.kind.options)
        return options if self.required else (*options, self.unanswered)

    def lacks(self, value: str) -> bool:
        """Whether an answer is still owed; the one rule of submission and of adjudication."""
        return self.required and not value

    def find_problem(self, value: str) -> str:
        """Why a value is refused, empty if it is not; the one rule of submission and of adjudication."""
        return self.kind.find_problem(value)

    def accepts(self, value: str) -> bool:
        return not self.find_problem(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(Question):
    """A property of every span of a label."""

    applies_when: tuple[Condition, ...] = ()

    @property
    def unanswered(self) -> str:
        return self.kind.unset

    def applies(self, attributes: Mapping[str, str]) -> bool:
        return not self.applies_when or any(condition.holds(attributes) for condition in self.applies_when)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentField(Question):
    """A question about the article as a whole."""

    means_no_spans: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A passage of an article, word for word, and the parts of it that are marked."""

    quote: str
    marked: tuple[str, ...]
    why: str
    source: str = ""
    place: str = ""
    """The article that it was picked in, by its id, and where the marked words stand there: `12:340-352`."""

    @property
    def article(self) -> int | None:
        """The id of the article that it was picked in."""
        return int(self.place.partition(":")[0]) if self.place else None


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """One rule of the guidelines, with examples that fit it and others that do not; there is at least one of either."""

    title: str
    text: str
    fits: tuple[Example, ...]
    misfits: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """The name of what a span marks, with its questions, its rules, its colour and its key."""

    name: str
    key: str
    """The key that chooses it; empty where there were not enough keys."""
    color: str
    description: str = ""
    attributes: tuple[Attribute, ...] = ()
    rules: tuple[GuidelineRule, ...] = ()
    outside: tuple[str, ...] = ()
    """Labels whose spans it must not share a character with."""
    group: str = ""
    """Under which heading people look for it; it changes nothing else."""

    @property
    def title(self) -> str:
        """What a label is called on pages and in the editor: its name."""
        return self.name

    def attribute(self, name: str) -> Attribute | None:
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    def complete(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """The attributes of a span with what its annotator meant by answering nothing."""
        values = dict(attributes)
        for attribute in self.attributes:
            meant = attribute.default or attribute.unanswered
            if meant and attribute.name not in values and attribute.applies(values):
                values[attribute.name] = meant
        return values


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of link, the labels it may lead from and to, and when its source must or must not have one."""

    name: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    required_when: tuple[Condition, ...] = ()
    forbidden_when: tuple[Condition, ...] = ()
    description: str = ""
    rules: tuple[GuidelineRule, ...] = ()

    def may_leave(self, source: Span) -> bool:
        """Whether a link of this type may start at a span, by its label and its attributes."""
        attributes = dict(source.attributes)
        return source.label in self.sources and not any(
            condition.holds(attributes) for condition in self.forbidden_when
        )


@dataclass(frozen=True, slots=True)
class Scheme:
    """A label set that never changes once it is in use; `sha256` is that of the definition it was read from."""

    name: str
    version: int
    title: str
    labels: tuple[Label, ...]
    sha256: str
    guidelines: str = ""
    topics: tuple[Value, ...] = ()
    relations: tuple[RelationType, ...] = ()
    fields: tuple[DocumentField, ...] = ()
    distances: tuple[tuple[str, str, float], ...] = ()
    """Two labels each and how far apart they are to agreement, from 0 to 1; any two others are 1 apart."""
    snap: Snap = Snap.WORD
    """What the ends of spans are moved to when an annotation is drawn and submitted."""

    @property
    def identifier(self) -> str:
        return f"{self.name}-v{self.version}"

    def label(self, name: str) -> Label | None:
        for label in self.labels:
            if label.name == name:
                return label
        return None

    def relation(self, name: str) -> RelationType | None:
        return next((relation for relation in self.relations if relation.name == name), None)

    def field(self, name: str) -> DocumentField | None:
        return next((known for known in self.fields if known.name == name), None)

    def has_note(self, answers: Iterable[tuple[str, str]]) -> bool:
        """Whether the answers about a document have words of the annotator's own, which are a note for the team."""
        prose = {known.name for known in self.fields if known.kind.is_prose}
        return any(name in prose and value.strip() for name, value in answers)
