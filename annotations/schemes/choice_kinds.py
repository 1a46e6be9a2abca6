"""The kinds of values that are chosen: one of some values, several of them, and a box to tick."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from annotations.schemes.controls import ONE_CHOICE, join_texts, lay_text_area, read_only_choice
from annotations.schemes.problems import Code
from annotations.schemes.table import TomlTable
from annotations.schemes.values import (
    MAIN,
    Control,
    Parts,
    UnreadableAnswerError,
    Value,
    ValueKind,
    find_words_problem,
    read_offered,
)

FLAG_IS_SET, FLAG_IS_NOT_SET = "yes", "no"
OWN_WORDS, OWN_WORDS_TITLE = "other", "something else"  # offered beside the values of an open choice
SEVERAL = ","
"""Stands between the names of several choices; no name holds it."""


@dataclass(frozen=True, slots=True)
class ChoiceKind(ValueKind):
    """The kind of a question that is answered by one of its values; an open one also takes words of the annotator's own."""

    name: ClassVar[str] = "choice"
    parameters: ClassVar[tuple[str, ...]] = ("values", "values_from", "open")

    values: tuple[Value, ...]
    is_open: bool = False

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:
        kind = cls(read_offered(table, topics), table.flag("open"))
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
            return find_words_problem(value)
        return "" if value in _names(self.values) else "is none of the choices"

    def find_default_problem(self, default: str) -> str:
        return "" if default in _names(self.values) else "is none of its values"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        offered = (*self.values, *((Value(OWN_WORDS, OWN_WORDS_TITLE),) if self.is_open else ()))
        choices = Control("Choices", "choices", "choices", ONE_CHOICE, offered, is_one_of=True)
        if not self.is_open:
            return (choices,)
        own_words = lay_text_area(title, "", is_of_span=is_of_span, suffix=OWN_WORDS)
        return choices, own_words

    def read_answer(self, parts: Parts) -> str:
        choice = read_only_choice(parts)
        if choice != OWN_WORDS or not self.is_open:
            if choice not in _names(self.values):
                raise UnreadableAnswerError(
                    Code.UNKNOWN_VALUE, f"is {choice!r}, which is none of the choices"
                )
            return choice
        words = join_texts(parts.get(OWN_WORDS, {}))
        if not words:
            raise UnreadableAnswerError(Code.MISSING_WORDS, f"is “{OWN_WORDS_TITLE}”: say what")
        return words

    def write_answer(self, value: str) -> dict[str, Any]:
        if value in _names(self.values) or not self.is_open:
            return {MAIN: [value]}
        return {MAIN: [OWN_WORDS], OWN_WORDS: [value]}


@dataclass(frozen=True, slots=True)
class SeveralKind(ValueKind):
    """Any number of some values, written as CoNLL-U writes a feature of several: names in order, with commas between."""

    name: ClassVar[str] = "several"
    parameters: ClassVar[tuple[str, ...]] = ("values", "values_from")

    values: tuple[Value, ...]

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:
        kind = cls(read_offered(table, topics))
        if not kind.values:
            raise table.complain("several choices need values")
        return kind

    @property
    def options(self) -> tuple[Value, ...]:
        return self.values

    @property
    def explained(self) -> tuple[Value, ...]:
        return self.values

    @property
    def takes_words(self) -> bool:
        return True

    @property
    def hint(self) -> str:
        return "or several of them, with commas between"

    @property
    def keys_wanted(self) -> int:
        return len(self.values)

    def find_problem(self, value: str) -> str:
        names = value.split(SEVERAL)
        if not set(names) <= set(_names(self.values)):
            return "names something that is none of the choices"
        return (
            "" if names == sorted(set(names)) else "does not name each choice once and in alphabetical order"
        )

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        options = {"choice": "multiple", "layout": "inline"}
        return (Control("Choices", "choices", "choices", options, self.values),)

    def read_answer(self, parts: Parts) -> str:
        choices = parts.get(MAIN, {}).get("choices")
        if not isinstance(choices, list) or not choices or not all(isinstance(each, str) for each in choices):
            raise UnreadableAnswerError(Code.MALFORMED, "is no list of choices")
        if any(SEVERAL in choice for choice in choices):
            raise UnreadableAnswerError(Code.UNKNOWN_VALUE, "has an answer that is none of the choices")
        return SEVERAL.join(sorted(set(choices)))

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: value.split(SEVERAL)}

    def adapt(self, value: str, *, separator: str) -> str:
        parts = value.split(separator if separator in value else SEVERAL)
        return SEVERAL.join(sorted({self.find_choice(part) for part in parts if part}))

    def tidy(self, words: str) -> str:
        """Names or titles in any order."""
        names = {value.title.casefold(): value.name for value in self.values}
        parts = (part.strip() for part in words.split(SEVERAL))
        return SEVERAL.join(sorted({names.get(part.casefold(), part) for part in parts if part}))

    def show(self, value: str) -> str:
        titles = {known.name: known.title for known in self.values}
        return ", ".join(titles.get(name, name) for name in value.split(SEVERAL)) if value else self.nothing


@dataclass(frozen=True, slots=True)
class FlagKind(ValueKind):
    """A box to tick. One of a span that is not ticked says no; one of a document that is not ticked says nothing."""

    name: ClassVar[str] = "flag"
    unset: ClassVar[str] = FLAG_IS_NOT_SET
    nothing: ClassVar[str] = "not ticked"
    can_mean_no_spans: ClassVar[bool] = True

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - no parameters
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
        return read_only_choice(parts)

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: [FLAG_IS_SET]} if value == FLAG_IS_SET else {}

    def adapt(self, value: str, *, separator: str) -> str:  # noqa: ARG002 - it has one answer
        return {"true": FLAG_IS_SET, "false": FLAG_IS_NOT_SET}.get(value, value)


def list_members(value: str) -> list[str]:
    """A value and, if it names several choices, each of them: what a condition may ask for."""
    return [value, *value.split(SEVERAL)] if SEVERAL in value else [value]


def _names(values: Collection[Value]) -> list[str]:
    return [value.name for value in values]
