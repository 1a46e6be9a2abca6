"""Laying out keys by themselves, so that no two clash: digits for labels, letters in rows of the keyboard for answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotations.schemes.choice_kinds import ChoiceKind
from annotations.schemes.kinds import read_kind
from annotations.schemes.table import InvalidSchemeError, TomlTable
from annotations.schemes.values import Value

DIGITS = "123456789"
ROWS = "qwertasdfgzxcvbyiophjklnm"
"""The letters in the order of the keyboard, without u, which is the editor's."""
KEYS_OF_LABELS = DIGITS + ROWS[::-1]
KEYS_OF_ANSWERS = ROWS + ROWS.upper()


def choose_label_key(content: Mapping[str, Any]) -> str:
    """The key for one more label: a digit, then a letter that nothing has; empty where none is left."""
    labels, fields = list_tables(content, "labels"), list_tables(content, "fields")
    questions = [*fields, *(each for label in labels for each in list_tables(label, "attributes"))]
    taken = {*_join(labels, "key"), *_join(questions, "keys")}
    return next((key for key in KEYS_OF_LABELS if key not in taken), "")


def choose_keys(
    content: Mapping[str, Any], question: Mapping[str, Any], label: Mapping[str, Any] | None
) -> str:
    """The keys for the answers to a question of a label or of the document; empty where it has none to be answered by, or too few are left."""
    wanted = count_keys(content, question)
    labels = list_tables(content, "labels")
    taken = {
        *_join(labels, "key"),
        *_join((f for f in list_tables(content, "fields") if f is not question), "keys"),
    }
    for around in labels if label is None else [label]:
        taken |= set(
            _join((each for each in list_tables(around, "attributes") if each is not question), "keys")
        )
    free = [key for key in KEYS_OF_ANSWERS if key not in taken]
    return "".join(free[:wanted]) if len(free) >= wanted else ""


def count_keys(content: Mapping[str, Any], question: Mapping[str, Any]) -> int:
    """How many keys answer a question of a definition; none where its kind or its values are not said yet."""
    if question.get("each_topic"):
        return 0
    topics = tuple(
        Value(str(topic.get("name")), str(topic.get("title"))) for topic in list_tables(content, "topics")
    )
    try:
        return read_kind(TomlTable(question, "question"), topics, default=ChoiceKind.name).keys_wanted
    except InvalidSchemeError:
        return 0


def lay_out_keys(content: dict[str, Any]) -> None:
    """Give new keys to all labels and to all questions that can be answered by keys."""
    labels, fields = list_tables(content, "labels"), list_tables(content, "fields")
    for each in labels:
        each.pop("key", None)
        for question in list_tables(each, "attributes"):
            question.pop("keys", None)
    for question in fields:
        question.pop("keys", None)
    for each in labels:
        if key := choose_label_key(content):
            each["key"] = key
    asked: list[tuple[dict[str, Any] | None, dict[str, Any]]] = [(None, question) for question in fields]
    asked += [(each, question) for each in labels for question in list_tables(each, "attributes")]
    for label, question in asked:
        if keys := choose_keys(content, question, label):
            question["keys"] = keys


def list_tables(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The tables of a list in a definition that may be wrong in any way: what is no table is left out."""
    found = content.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _join(tables: Iterable[Mapping[str, Any]], key: str) -> Iterator[str]:
    for table in tables:
        yield from str(table.get(key, ""))
