"""The kinds of values that attributes of spans and fields of documents take: one class a kind, and the registry of them.

A kind says everything about its values that the rest of the workbench asks: how it is read from a definition, which
controls of an annotation editor ask for it, how their answers are read and written, what is refused and why, how values
are compared in agreement, what an adjudicator is offered, and how a value is shown. A value is stored and exported as
one text, its written form, so that no format and no table knows kinds.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from annotations.limits import HIGHEST_RATING
from annotations.schemes.problems import Code
from annotations.schemes.table import Table

SMALL_NAME = r"[a-z][a-z0-9_-]*"
SMALL_NAME_IN_WORDS = "lower-case letters, digits, _ and -"
FLAG_IS_SET, FLAG_IS_NOT_SET = "yes", "no"
OWN_WORDS, OWN_WORDS_TITLE = "other", "something else"  # offered beside the values of an open choice
MAIN = ""
"""The suffix of the main control of a question."""


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values that a choice offers."""

    name: str
    title: str
    description: str = ""


class Level(StrEnum):
    """What differences between values mean to agreement: the levels of measurement of Stevens (1946)."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class UnreadableAnswerError(ValueError):
    """What an editor sent is no value; the message continues a sentence that names the question."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Control:
    """One control of an annotation editor, in the terms of Label Studio's labeling config.

    Its results have the type `result` and hold the answer under `key`. A question may need several controls: each but
    the first has a `suffix` to its name and is shown where `shown_for` is chosen in the first.
    """

    tag: str
    result: str
    key: str
    options: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    suffix: str = MAIN
    shown_for: str = ""
    is_one_of: bool = False
    has_heading: bool = True


Parts = Mapping[str, Mapping[str, Any]]
"""What an editor holds about one question: the value of each control's result, by the control's suffix."""


class ValueKind(ABC):
    """What attributes and fields of one kind have in common; the registry lists the kinds that there are."""

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]] = ()
    """The keys of a definition that this kind reads; another kind refuses them."""
    level: ClassVar[Level | None] = Level.NOMINAL
    """How agreement compares two values; None leaves them out."""
    unset: ClassVar[str] = ""
    """The value that is meant where nothing was answered, if that means anything."""
    nothing: ClassVar[str] = "no answer"
    is_remark: ClassVar[bool] = False
    """A remark about a document says something of its author, so it is not adjudicated."""
    is_prose: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, table: Table, topics: tuple[Value, ...]) -> Self:
        """Take the kind's parameters out of a table of the definition."""

    @abstractmethod
    def find_problem(self, value: str) -> str:
        """Why a text is no value of this kind, as in "is none of the choices"; empty if it is one."""

    @abstractmethod
    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:
        """The controls that ask for a value, the main one first."""

    @abstractmethod
    def read_answer(self, parts: Parts) -> str:
        """The written form of what the controls hold, whether or not it is a value; UnreadableAnswerError else."""

    @abstractmethod
    def write_answer(self, value: str) -> dict[str, Any]:
        """What the controls hold where this is the value: `read_answer` turned round, by the control's suffix."""

    @property
    def options(self) -> tuple[Value, ...]:
        """The values that can be listed."""
        return ()

    @property
    def explained(self) -> tuple[Value, ...]:
        """The options that guidelines list, because each means something of its own."""
        return ()

    @property
    def takes_words(self) -> bool:
        """Whether there are more values than the options, so that one may be typed."""
        return False

    @property
    def hint(self) -> str:
        """What may be answered beside or in place of the options, in a few words for a person."""
        return ""

    @property
    def keys_wanted(self) -> int:
        """How many keys of the keyboard answer it."""
        return 0

    def find_default_problem(self, default: str) -> str:
        return self.find_problem(default)

    def tidy(self, words: str) -> str:
        """The written form of what a person typed, if that is clear."""
        return words.strip()

    def show(self, value: str) -> str:
        """A value in the words of the scheme; the empty one is no answer."""
        if not value:
            return self.nothing
        return next((known.title for known in self.options if known.name == value), value)

    def measure(self, value: str) -> str | float | None:
        """A value as agreement compares it on the kind's level; None where it cannot be compared."""
        return value

    def rank(self, value: str) -> tuple[float, str]:
        """Sorts values as the scheme lists them."""
        names = [known.name for known in self.options]
        return (names.index(value) if value in names else len(names), value)


@dataclass(frozen=True, slots=True)
class ChoiceKind(ValueKind):
    """One of some values; an open one also takes words of the annotator's own."""

    name: ClassVar[str] = "choice"
    parameters: ClassVar[tuple[str, ...]] = ("values", "values_from", "open")

    values: tuple[Value, ...]
    is_open: bool = False

    @classmethod
    def read(cls, table: Table, topics: tuple[Value, ...]) -> Self:
        kind = cls(_read_offered(table, topics), table.flag("open"))
        if not kind.values and not kind.is_open:
            raise table.complain("a choice needs values; it has no values and is not open")
        if kind.is_open and any(value.name == OWN_WORDS for value in kind.values):
            raise table.complain(f"it is open, so that none of its values may be called {OWN_WORDS!r}")
        return kind

    @property
    def options(self) -> tuple[Value, ...]:
        return self.values

    @property
    def explained(self) -> tuple[Value, ...]:
        return self.values

    @property
    def takes_words(self) -> bool:
        return self.is_open

    @property
    def hint(self) -> str:
        return "or your own words" if self.is_open else ""

    @property
    def keys_wanted(self) -> int:
        return len(self.values) + self.is_open

    def find_problem(self, value: str) -> str:
        if self.is_open:
            return _find_words_problem(value)
        return "" if value in _names(self.values) else "is none of the choices"

    def find_default_problem(self, default: str) -> str:
        return "" if default in _names(self.values) else "is none of its values"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        offered = (*self.values, *((Value(OWN_WORDS, OWN_WORDS_TITLE),) if self.is_open else ()))
        choices = Control("Choices", "choices", "choices", ONE_CHOICE, offered, is_one_of=True)
        if not self.is_open:
            return (choices,)
        own_words = _text_area(title, "", is_of_span=is_of_span, suffix=OWN_WORDS)
        return choices, own_words

    def read_answer(self, parts: Parts) -> str:
        choice = _read_only_choice(parts)
        if choice != OWN_WORDS or not self.is_open:
            if choice not in _names(self.values):
                raise UnreadableAnswerError(
                    Code.UNKNOWN_VALUE, f"is {choice!r}, which is none of the choices"
                )
            return choice
        words = _join_texts(parts.get(OWN_WORDS, {}))
        if not words:
            raise UnreadableAnswerError(Code.MISSING_WORDS, f"is “{OWN_WORDS_TITLE}”: say what")
        return words

    def write_answer(self, value: str) -> dict[str, Any]:
        if value in _names(self.values) or not self.is_open:
            return {MAIN: [value]}
        return {MAIN: [OWN_WORDS], OWN_WORDS: [value]}


@dataclass(frozen=True, slots=True)
class FlagKind(ValueKind):
    """A box to tick. One of a span that is not ticked says no; one of a document that is not ticked says nothing."""

    name: ClassVar[str] = "flag"
    unset: ClassVar[str] = FLAG_IS_NOT_SET
    nothing: ClassVar[str] = "not ticked"

    @classmethod
    def read(cls, table: Table, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - no parameters
        return cls()

    @property
    def options(self) -> tuple[Value, ...]:
        return (Value(FLAG_IS_SET, FLAG_IS_SET),)

    @property
    def keys_wanted(self) -> int:
        return 1

    def find_problem(self, value: str) -> str:
        return "" if value in {FLAG_IS_SET, FLAG_IS_NOT_SET} else "is neither yes nor no"

    def find_default_problem(self, default: str) -> str:  # noqa: ARG002 - whatever it is
        return "cannot be: a box that is not ticked says no already"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        box = Value(FLAG_IS_SET, title, description)
        return (Control("Choices", "choices", "choices", ONE_CHOICE, (box,), has_heading=False),)

    def read_answer(self, parts: Parts) -> str:
        return _read_only_choice(parts)

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: [FLAG_IS_SET]} if value == FLAG_IS_SET else {}


@dataclass(frozen=True, slots=True)
class RatingKind(ValueKind):
    """Stars from 1 to a maximum: values with an order, and no distance between them."""

    name: ClassVar[str] = "rating"
    parameters: ClassVar[tuple[str, ...]] = ("maximum",)
    level: ClassVar[Level | None] = Level.ORDINAL
    is_remark: ClassVar[bool] = True

    maximum: int

    @classmethod
    def read(cls, table: Table, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - it offers its steps
        maximum = table.number("maximum", 0)
        if not 1 < maximum <= HIGHEST_RATING:
            raise table.complain(f"a rating needs a maximum above 1, and at most {HIGHEST_RATING}")
        return cls(maximum)

    @property
    def options(self) -> tuple[Value, ...]:
        return tuple(Value(str(step), str(step)) for step in range(1, self.maximum + 1))

    @property
    def hint(self) -> str:
        return f"1 to {self.maximum}"

    def find_problem(self, value: str) -> str:
        is_step = value in _names(self.options)
        return "" if is_step else f"is no whole number from 1 to {self.maximum}"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        return (Control("Rating", "rating", "rating", {"maxRating": str(self.maximum), "size": "small"}),)

    def read_answer(self, parts: Parts) -> str:
        rating = parts.get(MAIN, {}).get("rating")
        if type(rating) is not int:
            raise UnreadableAnswerError(Code.UNKNOWN_VALUE, "has an answer that is no whole number")
        return str(rating)

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: int(value)}

    def measure(self, value: str) -> str | float | None:
        return int(value) if value.isascii() and value.isdigit() else None


@dataclass(frozen=True, slots=True)
class TextKind(ValueKind):
    """Words of the annotator's own; agreement does not compare them."""

    name: ClassVar[str] = "text"
    level: ClassVar[Level | None] = None
    is_remark: ClassVar[bool] = True
    is_prose: ClassVar[bool] = True

    @classmethod
    def read(cls, table: Table, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - no parameters
        return cls()

    @property
    def takes_words(self) -> bool:
        return True

    def find_problem(self, value: str) -> str:
        return _find_words_problem(value)

    def find_default_problem(self, default: str) -> str:  # noqa: ARG002 - whatever it is
        return "cannot be: a text has no default"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:
        return (_text_area(title, description, is_of_span=is_of_span),)

    def read_answer(self, parts: Parts) -> str:
        return _join_texts(parts.get(MAIN, {}))

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: [value]}

    def tidy(self, words: str) -> str:
        """Forms send a line break as CR LF."""
        return words.replace("\r\n", "\n").strip()


KINDS: Mapping[str, type[ValueKind]] = {
    kind.name: kind for kind in (ChoiceKind, FlagKind, RatingKind, TextKind)
}
"""Every kind by the name that definitions call it by."""
PARAMETERS = tuple(dict.fromkeys(key for kind in KINDS.values() for key in kind.parameters))

ONE_CHOICE = {"choice": "single", "layout": "inline"}
"""Label Studio's boxes that exclude each other; its radio buttons of one name are one group, whatever they ask."""


def read_kind(table: Table, topics: tuple[Value, ...], default: str | None = None) -> ValueKind:
    """The kind that a table of a definition names, with its parameters; those of other kinds are refused."""
    name = table.text("kind", default)
    kind = KINDS.get(name)
    if kind is None:
        raise table.complain(f"'kind' must be one of {', '.join(KINDS)}, not {name!r}")
    for key in PARAMETERS:
        if key not in kind.parameters and table.drop(key):
            owners = " or a ".join(other.name for other in KINDS.values() if key in other.parameters)
            raise table.complain(f"{key!r} is for a {owners}, and a {name} has none")
    return kind.read(table, topics)


def read_values(table: Table, key: str) -> tuple[Value, ...]:
    """The values that a table of a definition lists; names and titles tell them apart."""
    values = []
    for entry in table.tables(key, "value"):
        name = entry.name("name", SMALL_NAME, SMALL_NAME_IN_WORDS)
        values.append(Value(name, entry.text("title", name), entry.text("description", "")))
        entry.finish()
    table.check_unique((value.name for value in values), "value")
    table.check_unique((value.title for value in values), "value title")
    return tuple(values)


def _read_offered(table: Table, topics: tuple[Value, ...]) -> tuple[Value, ...]:
    if not table.has("values_from"):
        return read_values(table, "values")
    if table.text("values_from") != "topics":
        raise table.complain("'values_from' must be 'topics'")
    return topics


def _names(values: Collection[Value]) -> list[str]:
    return [value.name for value in values]


def _find_words_problem(words: str) -> str:
    return "" if words.strip() else "has no words"


def _text_area(title: str, description: str, *, is_of_span: bool, suffix: str = MAIN) -> Control:
    """A line for a span, which the Enter key takes, since the next span selected would lose it; a box for a document."""
    options = {"maxSubmissions": "1", "editable": "true"}
    if is_of_span:
        options |= {"placeholder": f"{title} in a few words, then Enter"}
    else:
        options |= {"rows": "2", "showSubmitButton": "false", "placeholder": description}
    return Control("TextArea", "textarea", "text", options, suffix=suffix, shown_for=suffix)


def _read_only_choice(parts: Parts) -> str:
    choices = parts.get(MAIN, {}).get("choices")
    if isinstance(choices, list) and len(choices) == 1 and isinstance(choices[0], str):
        return choices[0]
    raise UnreadableAnswerError(Code.MALFORMED, "has no single answer")


def _join_texts(value: Mapping[str, Any]) -> str:
    texts = value.get("text")
    if isinstance(texts, list):
        return "\n".join(str(part) for part in texts).strip()
    return str(texts or "").strip()
