"""The kinds of values that attributes of spans and fields of documents take: one class a kind, and the registry of them.

A kind says everything about its values that the rest of the workbench asks: how it is read from a definition, which
controls of an annotation editor ask for it, how their answers are read and written, what is refused and why, how values
are compared in agreement, what an adjudicator is offered, and how a value is shown. A value is stored and exported as
one text, its written form, so that no format and no table knows kinds.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from annotations.limits import MAX_RATING
from annotations.schemes.controls import ONE_CHOICE, join_texts, lay_text_area, read_only_choice
from annotations.schemes.decimals import TOO_LONG_NUMBER, is_short, read_number, write_number
from annotations.schemes.problems import Code
from annotations.schemes.table import TomlTable
from annotations.schemes.values import (
    MAIN,
    Control,
    Level,
    Parts,
    UnreadableAnswerError,
    Value,
    ValueKind,
    read_offered,
)

FLAG_IS_SET, FLAG_IS_NOT_SET = "yes", "no"
OWN_WORDS, OWN_WORDS_TITLE = "other", "something else"  # offered beside the values of an open choice
SEVERAL = ","
"""Stands between the names of several choices; no name holds it."""
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ChoiceKind(ValueKind):
    """The kind of a question with one of some values for an answer; an open one also takes words of the annotator's own."""

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
            return _find_words_problem(value)
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


@dataclass(frozen=True, slots=True)
class RatingKind(ValueKind):
    """Stars from 1 to a maximum: values with an order, and no distance between them."""

    name: ClassVar[str] = "rating"
    parameters: ClassVar[tuple[str, ...]] = ("maximum",)
    level: ClassVar[Level | None] = Level.ORDINAL
    is_remark: ClassVar[bool] = True

    maximum: int

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - it offers its steps
        maximum = table.number("maximum", 0)
        if not 1 < maximum <= MAX_RATING:
            raise table.complain(f"a rating needs a maximum above 1, and at most {MAX_RATING}")
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
class NumberKind(ValueKind):
    """A number in steps from a minimum, or from 0: whole ones unless the step is smaller."""

    name: ClassVar[str] = "number"
    parameters: ClassVar[tuple[str, ...]] = ("minimum", "maximum", "step")
    level: ClassVar[Level | None] = Level.INTERVAL
    refusal: ClassVar[Code] = Code.UNFIT_VALUE

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal = Decimal(1)

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - it lists no values
        kind = cls(table.decimal("minimum"), table.decimal("maximum"), table.decimal("step") or Decimal(1))
        if kind.step < 0:
            raise table.complain("'step' must be above 0")
        if kind.minimum is not None and kind.maximum is not None and kind.minimum >= kind.maximum:
            raise table.complain("'minimum' must be below 'maximum'")
        for limit in (kind.minimum, kind.maximum, kind.step):
            if limit is not None and not is_short(limit):
                raise table.complain(f"{write_number(limit)} {TOO_LONG_NUMBER}")
        return kind

    @property
    def takes_words(self) -> bool:
        return True

    @property
    def hint(self) -> str:
        what = "a whole number" if self.step == 1 else f"a number in steps of {write_number(self.step)}"
        start = f" from {write_number(self.minimum)}" if self.minimum is not None else ""
        return f"{what}{start}" + (f" to {write_number(self.maximum)}" if self.maximum is not None else "")

    def find_problem(self, value: str) -> str:
        number = read_number(value)
        if number is None or write_number(number) != value:
            return f"is not {self.hint}"
        if not is_short(number):
            return TOO_LONG_NUMBER
        is_low = self.minimum is not None and number < self.minimum
        is_high = self.maximum is not None and number > self.maximum
        is_between_steps = (number - (self.minimum or 0)) % self.step != 0
        return f"is not {self.hint}" if is_low or is_high or is_between_steps else ""

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        limits = {"min": self.minimum, "max": self.maximum, "step": self.step}
        options = {key: write_number(limit) for key, limit in limits.items() if limit is not None}
        return (Control("Number", "number", "number", options),)

    def read_answer(self, parts: Parts) -> str:
        given = parts.get(MAIN, {}).get("number")
        number = read_number(repr(given)) if type(given) in {int, float} else None
        if number is None:
            raise UnreadableAnswerError(Code.UNKNOWN_VALUE, "has an answer that is no number")
        return write_number(number)

    def write_answer(self, value: str) -> dict[str, Any]:
        number = Decimal(value)
        return {MAIN: int(number) if number == number.to_integral_value() else float(number)}

    def tidy(self, words: str) -> str:
        number = read_number(words.strip())
        return words.strip() if number is None else write_number(number)

    def measure(self, value: str) -> str | float | None:
        number = read_number(value)
        if number is None:
            return None
        return int(number) if number == number.to_integral_value() else float(number)

    def rank(self, value: str) -> tuple[float, str]:
        return (float(read_number(value) or 0), value)


@dataclass(frozen=True, slots=True)
class TextKind(ValueKind):
    """Words of the annotator's own; agreement does not compare them."""

    name: ClassVar[str] = "text"
    level: ClassVar[Level | None] = None
    is_remark: ClassVar[bool] = True
    is_prose: ClassVar[bool] = True

    @classmethod
    def read(cls, table: TomlTable, topics: tuple[Value, ...]) -> Self:  # noqa: ARG003 - no parameters
        return cls()

    @property
    def takes_words(self) -> bool:
        return True

    def find_problem(self, value: str) -> str:
        return _find_words_problem(value)

    def find_default_problem(self, default: str) -> str:  # noqa: ARG002 - whatever it is
        return "cannot be: a text has no default"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:
        return (lay_text_area(title, description, is_of_span=is_of_span),)

    def read_answer(self, parts: Parts) -> str:
        return join_texts(parts.get(MAIN, {}))

    def write_answer(self, value: str) -> dict[str, Any]:
        return {MAIN: [value]}

    def tidy(self, words: str) -> str:
        """Forms send a line break as CR LF."""
        return words.replace("\r\n", "\n").strip()


KINDS: Mapping[str, type[ValueKind]] = {
    kind.name: kind for kind in (ChoiceKind, SeveralKind, FlagKind, RatingKind, NumberKind, TextKind)
}
"""Every kind by the name that definitions call it by."""
PARAMETERS = tuple(dict.fromkeys(key for kind in KINDS.values() for key in kind.parameters))


def read_kind(table: TomlTable, topics: tuple[Value, ...], default: str | None = None) -> ValueKind:
    """The kind that a table of a definition names, with its parameters; those of other kinds are refused."""
    name = table.text("kind", default)
    kind = KINDS.get(name)
    if kind is None:
        raise table.complain(f"'kind' must be one of {', '.join(KINDS)}, not {name!r}")
    for key in PARAMETERS:
        if key not in kind.parameters and table.drop(key):
            owners = " and ".join(other.name for other in KINDS.values() if key in other.parameters)
            raise table.complain(f"{key!r} is for the kinds {owners}, not for {name}")
    return kind.read(table, topics)


def _names(values: Collection[Value]) -> list[str]:
    return [value.name for value in values]


def _find_words_problem(words: str) -> str:
    if not words.strip():
        return "has no words"
    return "holds a control character" if CONTROL_CHARACTER.search(words) else ""


def list_members(value: str) -> list[str]:
    """A value and, if it names several choices, each of them: what a condition may ask for."""
    return [value, *value.split(SEVERAL)] if SEVERAL in value else [value]
