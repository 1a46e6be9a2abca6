"""What every kind of value must say about its values; the kinds themselves are in `kinds`."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from annotations.schemes.names import SMALL_NAME_IN_WORDS, is_small_name
from annotations.schemes.problems import Code
from annotations.schemes.table import TomlTable

MAIN = ""
"""The suffix of the main control of a question."""


CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values that a choice offers."""

    name: str
    title: str
    description: str = ""


def read_values(table: TomlTable, key: str) -> tuple[Value, ...]:
    """The values that a table of a definition lists; names and titles tell them apart."""
    values = []
    for entry in table.tables(key, "value"):
        name = entry.name("name", is_small_name, SMALL_NAME_IN_WORDS)
        values.append(Value(name, entry.title(name), entry.text("description", "")))
        entry.finish()
    table.check_unique((value.name for value in values), "value")
    table.check_unique((value.title for value in values), "value title")
    return tuple(values)


def read_offered(table: TomlTable, topics: tuple[Value, ...]) -> tuple[Value, ...]:
    """Read the values that a question offers: those it lists, or the topics of the scheme."""
    if not table.has("values_from"):
        return read_values(table, "values")
    if table.text("values_from") != "topics":
        raise table.complain("'values_from' must be 'topics'")
    return topics


def find_words_problem(words: str) -> str:
    """Why a text is no answer in somebody's own words, such as one of blanks alone; empty if it is one."""
    if not words.strip():
        return "has no words"
    return "holds a control character" if CONTROL_CHARACTER.search(words) else ""


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
    the first has a `suffix` to its name and is shown where `shown_for` is chosen in the first. A `legend` stands below it.
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
    legend: str = ""


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
    can_mean_no_spans: ClassVar[bool] = False
    """Whether a field of this kind can say that there is nothing to mark in a document."""
    refusal: ClassVar[Code] = Code.UNKNOWN_VALUE
    """What a value that is none is called: a choice that is not offered comes from a program, a mistyped number from a person."""

    @classmethod
    @abstractmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:
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

    def adapt(self, value: str, *, separator: str) -> str:  # noqa: ARG002 - for kinds of several answers
        """The written form of a value as other programs write it, if there is but one way to read it; else the value as it is.

        `separator` stands between several answers; files write whole numbers with `.0`, and choices by their titles.

        >>> from annotations.schemes.kinds import RatingKind
        >>> RatingKind(5).adapt("4.0", separator=";"), RatingKind(5).adapt("x", separator=";")
        ('4', 'x')
        """
        for known in (value, value.removesuffix(".0")):
            if not self.find_problem(known):
                return known
        return self.find_choice(self.tidy(value))

    def find_choice(self, value: str) -> str:
        """The name of the option that a value names or is the title of, else the value."""
        return next((known.name for known in self.options if value in (known.name, known.title)), value)

    def tidy(self, words: str) -> str:
        """The written form of what a person typed, if that is clear."""
        return words.strip()

    def show(self, value: str) -> str:
        """A value in the words of the scheme; the empty one is no answer."""
        if not value:
            return self.nothing
        for known in self.options:
            if known.name == value:
                return known.title
        return value

    def measure(self, value: str) -> str | float | None:
        """A value as agreement compares it on the kind's level; None where it cannot be compared."""
        return value

    def rank(self, value: str) -> tuple[float, str]:
        """Sorts values as the scheme lists them."""
        names = [known.name for known in self.options]
        return (names.index(value) if value in names else len(names), value)
