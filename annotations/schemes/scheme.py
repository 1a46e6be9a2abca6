"""What a scheme is: labels with attributes, relations between them, fields of the document, topics and guidelines."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an attribute or a document field may take."""

    name: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for a span whose attributes each have one of the values named for them."""

    allowed: tuple[tuple[str, tuple[str, ...]], ...]

    def holds(self, attributes: Mapping[str, str]) -> bool:
        return all(attributes.get(name) in values for name, values in self.allowed)

    def __str__(self) -> str:
        return " and ".join(f"{name} is {' or '.join(values)}" for name, values in self.allowed)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of every span of a label.

    An open one also takes words of the annotator's own. `default` is what an annotator means who chooses nothing.
    `keys` holds one key a value (a capital is that letter with Shift), and one more for the own words of an open one.
    """

    name: str
    title: str
    values: tuple[Value, ...]
    keys: str = ""
    required: bool = False
    default: str = ""
    is_open: bool = False
    applies_when: tuple[Condition, ...] = ()
    description: str = ""

    def accepts(self, value: str) -> bool:
        return bool(value.strip()) if self.is_open else any(value == known.name for known in self.values)

    def applies(self, attributes: Mapping[str, str]) -> bool:
        return not self.applies_when or any(condition.holds(attributes) for condition in self.applies_when)


@dataclass(frozen=True, slots=True)
class Example:
    """A passage of an article, word for word, and the parts of it that are marked."""

    quote: str
    marked: tuple[str, ...]
    why: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the guidelines, with an example that fits it and one that does not."""

    title: str
    text: str
    fits: Example
    misfits: Example


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    key: str
    color: str
    description: str = ""
    attributes: tuple[Attribute, ...] = ()
    rules: tuple[Rule, ...] = ()
    outside: tuple[str, ...] = ()
    """Labels whose spans it must not share a character with."""

    @property
    def title(self) -> str:
        """As everything in a scheme has; a label is shown by its name, in the editor too."""
        return self.name

    def attribute(self, name: str) -> Attribute | None:
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


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
    rules: tuple[Rule, ...] = ()


class FieldKind(StrEnum):
    CHOICE = "choice"
    FLAG = "flag"
    RATING = "rating"
    TEXT = "text"


FLAG_IS_SET = "yes"
OWN_WORDS = "other"  # what a studio offers beside the values of an open attribute


@dataclass(frozen=True, slots=True)
class DocumentField:
    """A question about the article as a whole."""

    name: str
    title: str
    kind: FieldKind
    values: tuple[Value, ...] = ()
    keys: str = ""
    required: bool = False
    default: str = ""
    maximum: int = 0
    means_no_spans: bool = False
    description: str = ""

    def accepts(self, value: str) -> bool:
        match self.kind:
            case FieldKind.CHOICE:
                return any(value == known.name for known in self.values)
            case FieldKind.FLAG:
                return value == FLAG_IS_SET
            case FieldKind.RATING:
                return value in {str(step) for step in range(1, self.maximum + 1)}
            case FieldKind.TEXT:
                return bool(value.strip())


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

    @property
    def identifier(self) -> str:
        return f"{self.name}-v{self.version}"

    def label(self, name: str) -> Label | None:
        return next((label for label in self.labels if label.name == name), None)

    def relation(self, name: str) -> RelationType | None:
        return next((relation for relation in self.relations if relation.name == name), None)

    def field(self, name: str) -> DocumentField | None:
        return next((known for known in self.fields if known.name == name), None)
