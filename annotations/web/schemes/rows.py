"""Rows of values and boxes of conditions in the editor of schemes: what no single field of a form can hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from annotations.limits import MAX_PARTS
from annotations.schemes.choice_kinds import ChoiceKind
from annotations.schemes.key_layout import list_tables
from annotations.schemes.kinds import read_kind
from annotations.schemes.names import fold_name, is_small_name, make_small_name
from annotations.schemes.references import rename_value
from annotations.schemes.table import InvalidSchemeError, TomlTable
from annotations.schemes.values import Value

SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of a question in the form, or an empty row for one more."""

    number: int
    name: str = ""
    title: str = ""
    description: str = ""


def list_rows(table: Mapping[str, Any], key: str) -> list[ValueRow]:
    """The values that a table lists under a key, with some rows to add more."""
    values = list_tables(table, key)
    rows = [
        ValueRow(
            number,
            str(value.get("name", "")),
            str(value.get("title", value.get("name", ""))),
            str(value.get("description", "")),
        )
        for number, value in enumerate(values)
    ]
    return rows + [ValueRow(len(values) + spare) for spare in range(SPARE_ROWS)]


def read_rows(
    data: QueryDict, table: Mapping[str, Any], key: str
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The values that the rows of a form hold, and the names of those that are called otherwise than before.

    A row without a title and a name is no value. A value without a name is called by its title.
    """
    values: list[dict[str, Any]] = []
    renamed: dict[str, str] = {}
    untitled = {str(value.get("name")) for value in list_tables(table, key) if "title" not in value}
    for number in range(MAX_PARTS + SPARE_ROWS):
        if f"{key}-{number}-title" not in data:
            break
        title, name, was, description = (
            data.get(f"{key}-{number}-{part}", "").strip() for part in ("title", "name", "was", "description")
        )
        if not title and not name:
            continue
        taken = {fold_name(str(value["name"])) for value in values}
        name = name if not name or is_small_name(name) else make_small_name(name) or name
        value: dict[str, Any] = {
            "name": name or _find_free(make_small_name(title) or f"value-{number + 1}", taken)
        }
        if title and not (was in untitled and title in (was, value["name"])):
            value["title"] = title
        if description:
            value["description"] = description
        values.append(value)
        if was and was != value["name"]:
            renamed[was] = str(value["name"])
    return values, renamed


def _find_free(name: str, taken: set[str]) -> str:
    number = 1
    while fold_name(found := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return found


def raise_row(table: dict[str, Any], key: str, number: int) -> None:
    """Move a value of a list one place up."""
    values = table.get(key)
    if isinstance(values, list) and 0 < number < len(values):
        values.insert(number - 1, values.pop(number))


def follow_renamed(
    content: dict[str, Any],
    label: dict[str, Any] | None,
    question: Mapping[str, Any],
    renamed: Mapping[str, str],
) -> None:
    """Let conditions of a label name the values of a question as they are called now."""
    if label is not None:
        for was, name in renamed.items():
            rename_value(content, label, str(question.get("name", "")), was, name)


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A question on whose answers something depends, and those that are ticked."""

    field: str
    title: str
    options: tuple[tuple[Value, bool], ...]


def list_conditions(
    content: Mapping[str, Any],
    table: Mapping[str, Any],
    key: str,
    labels: list[dict[str, Any]],
    *,
    but: str = "",
) -> tuple[list[ConditionRow], int]:
    """The questions of labels with the answers that a condition names, and how many conditions are more than boxes can say."""
    simple, kept = _divide(table, key)
    rows: dict[str, ConditionRow] = {}
    for label in labels:
        for attribute in list_tables(label, "attributes"):
            name = str(attribute.get("name", ""))
            options = _list_options(content, attribute)
            if name and name != but and options and name not in rows:
                ticked = simple.get(name, [])
                boxes = tuple((option, option.name in ticked) for option in options)
                title = str(attribute.get("title", name))
                rows[name] = ConditionRow(f"{key}-{name}", title, boxes)
    return list(rows.values()), len(kept)


def read_conditions(data: QueryDict, table: Mapping[str, Any], key: str) -> list[dict[str, list[str]]]:
    """The conditions that the boxes of a form name, with those of the table that boxes cannot say."""
    _, kept = _divide(table, key)
    names = sorted(each.removeprefix(f"{key}-") for each in data if each.startswith(f"{key}-"))
    return [*kept, *({name: data.getlist(f"{key}-{name}")[:MAX_PARTS]} for name in names)]


def _divide(table: Mapping[str, Any], key: str) -> tuple[dict[str, list[str]], list[dict[str, Any]]]:
    """Conditions on one question each, their answers together, and those that combine several."""
    simple: dict[str, list[str]] = {}
    kept = []
    for condition in list_tables(table, key):
        if len(condition) == 1 and all(isinstance(values, list) for values in condition.values()):
            [(name, values)] = condition.items()
            simple.setdefault(name, []).extend(map(str, values))
        else:
            kept.append(condition)
    return simple, kept


def _list_options(content: Mapping[str, Any], question: Mapping[str, Any]) -> tuple[Value, ...]:
    topics = tuple(_list_values(content, "topics"))
    try:
        return read_kind(TomlTable(question, "question"), topics, default=ChoiceKind.name).options
    except InvalidSchemeError:
        return ()


def _list_values(table: Mapping[str, Any], key: str) -> Iterator[Value]:
    for value in list_tables(table, key):
        yield Value(str(value.get("name", "")), str(value.get("title", value.get("name", ""))))
