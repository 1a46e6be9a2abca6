"""Reading one table of a TOML file: every key is asked for by type, and what is left over is a mistake."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from math import isfinite
from typing import Any

from annotations.limits import (
    MAX_CONDITIONS,
    MAX_DEFINITION_DEPTH,
    MAX_NAME_LENGTH,
    MAX_PARTS,
    MAX_SCHEME_TITLE_LENGTH,
)
from annotations.schemes.names import NORMAL_FORM

MAX_COMPLAINT_LENGTH = 600


class InvalidSchemeError(ValueError):
    """A scheme's definition is not what it should be; the message names the place, and `said` is what follows the place."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said or message


_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
MAX_KEY_PARTS = 50
_LONG_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_KEY_PARTS}}}", re.ASCII)


def check_keys(definition: str) -> None:
    """Refuse a key of TOML of very many parts, such as `a.a.a`, which takes the parser time and memory by their square."""
    if found := _LONG_KEY.search(definition):
        line = definition.count("\n", 0, found.start()) + 1
        raise InvalidSchemeError(
            f"line {line}: a key of more than {MAX_KEY_PARTS} parts, with dots between, is nested more than {MAX_DEFINITION_DEPTH} levels deep"
        )


class TomlTable:
    """A table of the file with its place in it, so that every complaint can name that place."""

    def __init__(self, content: Any, place: str) -> None:
        self.place = place
        if not isinstance(content, dict):
            raise self.complain(f"it must be a table, not {content!r}")
        self._content = dict(content)

    def complain(self, message: str) -> InvalidSchemeError:
        complaint = f"{self.place}: {message}"
        if len(complaint) > MAX_COMPLAINT_LENGTH:
            complaint = (
                f"{complaint[: MAX_COMPLAINT_LENGTH // 2]} … {complaint[-MAX_COMPLAINT_LENGTH // 2 :]}"
            )
        return InvalidSchemeError(complaint, message[-MAX_COMPLAINT_LENGTH:])

    def _take(self, key: str, kind: type, default: Any, wanted: str) -> Any:
        value = self._content.pop(key, default)
        if value is None:
            raise self.complain(f"{key!r} is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.complain(f"{key!r} must be {wanted}, not {value!r}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self._take(key, str, default, "a text")
        if default is None and not value.strip():
            raise self.complain(f"{key!r} must not be empty")
        return value.strip("\n")

    def title(self, default: str | None = None) -> str:
        value = self.text("title", default)
        self._check_count(len(value), MAX_SCHEME_TITLE_LENGTH, "characters in 'title'")
        return value

    def short_text(self, key: str) -> str:
        """A text on one line that may be left out."""
        value = self.text(key, "")
        self._check_count(len(value), MAX_SCHEME_TITLE_LENGTH, f"characters in {key!r}")
        return value

    def exact_text(self, key: str) -> str:
        value: str = self._take(key, str, None, "a text")
        if not value:
            raise self.complain(f"{key!r} must not be empty")
        return value

    def name(self, key: str, is_name: Callable[[str], object], wanted: str) -> str:
        value = self.text(key)
        self._check_count(len(value), MAX_NAME_LENGTH, f"characters in {key!r}")
        if not is_name(value):
            normal = unicodedata.normalize(NORMAL_FORM, value)
            if is_name(normal):
                raise self.complain(
                    f"{key!r} has letters that are put together of several characters: write {normal!r} in the normal form {NORMAL_FORM}"
                )
            raise self.complain(f"{key!r} must be {wanted}, not {value!r}")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value: int = self._take(key, int, default, "a whole number")
        return value

    def decimal(self, key: str) -> Decimal | None:
        """A whole number or a decimal fraction as it is written, if it is there."""
        value = self._content.pop(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.complain(f"{key!r} must be a number, not {value!r}")
        return Decimal(repr(value))

    def _check_count(self, count: int, most: int, what: str) -> None:
        if count > most:
            raise self.complain(f"there are {count:,} {what}, more than {most:,}")

    def flag(self, key: str) -> bool:
        value: bool = self._take(key, bool, False, "true or false")
        return value

    def names(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self._take(key, list, None if required else [], "a list of texts")
        if not all(isinstance(item, str) and item for item in value) or (required and not value):
            raise self.complain(f"{key!r} must be a list of texts, not {value!r}")
        self._check_count(len(value), MAX_PARTS, f"texts in {key!r}")
        return tuple(value)

    def table(self, key: str) -> "TomlTable":
        return TomlTable(self._take(key, dict, None, "a table"), f"{self.place}, {key}")

    def tables(self, key: str, what: str, most: int = MAX_PARTS) -> Iterator["TomlTable"]:
        """The tables of an array; each is known by its name, its title or its number."""
        contents = self._take(key, list, [], "a list of tables")
        self._check_count(len(contents), most, f"tables in {key!r}")
        for number, content in enumerate(contents, start=1):
            known_as = content.get("name") or content.get("title") if isinstance(content, dict) else None
            place = f"{what} {known_as!r}" if known_as else f"{what} {number}"
            yield TomlTable(content, f"{self.place}, {place}")

    def one_or_several(self, key: str) -> Iterator["TomlTable"]:
        """The table under a key, or those of the list that stands there; none if there is nothing."""
        if isinstance(self._content.get(key), dict):
            yield self.table(key)
        else:
            yield from self.tables(key, key)

    def conditions(self, key: str) -> Iterator[dict[str, tuple[str, ...]]]:
        for table in self.tables(key, key, MAX_CONDITIONS):
            names = [*table._content]  # noqa: SLF001
            self._check_count(len(names), MAX_CONDITIONS, f"attributes in a condition of {key!r}")
            if not names:
                raise table.complain("a condition must name an attribute")
            yield {name: table.names(name, required=True) for name in names}

    def rows(self, key: str) -> Iterator[tuple[str, "TomlTable"]]:
        """The tables of a table, by their names; none if it is not there."""
        contents = self._take(key, dict, {}, "a table of tables")
        self._check_count(len(contents), MAX_PARTS, f"tables in {key!r}")
        for name, content in contents.items():
            yield name, TomlTable(content, f"{self.place}, {key} of {name!r}")

    def decimals(self) -> Iterator[tuple[str, float]]:
        """All that is left in the table, which are numbers."""
        names = list(self._content)
        self._check_count(len(names), MAX_PARTS, "numbers")
        for name in names:
            value = self.decimal(name)
            yield name, float(value if value is not None else 0)

    def pairs(self, key: str, most: int = MAX_PARTS) -> Iterator[tuple[str, str]]:
        """The names and texts of a table of texts; none if it is not there."""
        content = self._take(key, dict, {}, "a table of texts")
        self._check_count(len(content), most, f"texts in {key!r}")
        for name, value in content.items():
            if not isinstance(value, str):
                raise self.complain(f"{name!r} in {key!r} must be a text, not {value!r}")
            yield name, value

    def has(self, key: str) -> bool:
        return key in self._content

    def drop(self, key: str) -> Any:
        """Take a key out whatever it is; what was there may be nothing."""
        return self._content.pop(key, None)

    def check_unique(self, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self.complain(f"{what} {name!r} occurs twice")
            seen.add(name)

    def finish(self) -> None:
        if self._content:
            raise self.complain(f"unknown key {next(iter(self._content))!r}")
