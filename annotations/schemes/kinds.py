"""The kinds of values that attributes of spans and fields of documents take: one class a kind, and the registry of them.

A kind says everything about its values that the rest of the workbench asks: how it is read from a definition, which
controls of an annotation editor ask for it, how their answers are read and written, what is refused and why, how values
are compared in agreement, what an adjudicator is offered, and how a value is shown. A value is stored and exported as
one text, its written form, so that no format and no table knows kinds. Kinds whose values are chosen are in
`choice_kinds`, the others here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from annotations.limits import MAX_RATING
from annotations.schemes.choice_kinds import ChoiceKind, FlagKind, SeveralKind
from annotations.schemes.controls import join_texts, lay_text_area
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
    find_words_problem,
)


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
        is_step = any(value == step.name for step in self.options)
        return "" if is_step else f"is no whole number from 1 to {self.maximum}"

    def list_controls(self, *, title: str, description: str, is_of_span: bool) -> tuple[Control, ...]:  # noqa: ARG002
        options = {"maxRating": str(self.maximum), "size": "small"}
        return (Control("Rating", "rating", "rating", options, legend=description),)

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
        return find_words_problem(value)

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
