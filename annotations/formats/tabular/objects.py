"""An object of JSON as a row: one article, with the names that columns have."""

from typing import Any

from annotations.formats.errors import RefusedError
from annotations.formats.ports import TextOptions
from annotations.formats.tabular.columns import TEXT, name_columns, read_record
from annotations.limits import MAX_METADATA_DEPTH
from annotations.strict_json import Fault, Rules, StrictJsonError, read_strict

ROW_RULES = Rules(deepest=MAX_METADATA_DEPTH + 2, takes_any_character=True)
"""A row stands around its metadata; which part has an odd character, `check_article` says."""
RECORD = "record_version"
PARTS_OF_RECORD = {
    "text": "text",
    "title": "title",
    "id": "external_id",
    "metadata": "metadata",
    "blocks": "blocks",
}
"""What of a line of an export is about the text: its own `id` is a number of another installation."""
TASK = "data"
"""Under which name a task of Label Studio holds its text and whatever else its page shows."""


def read_object(written: str, options: TextOptions, *, what: str) -> dict[str, Any]:
    """Read what a `Document` has of an article; `what` names the part of a file that must be one whole object."""
    try:
        value = read_strict(written, ROW_RULES)
    except StrictJsonError as error:
        hint = f": {what} must hold one whole object" if error.fault is Fault.SYNTAX else ""
        raise RefusedError(f"{error}{hint}") from error
    if not isinstance(value, dict):
        raise RefusedError(f'{what} must hold an object, such as {{"text": "..."}}')
    if RECORD in value:
        value = {name: value[member] for name, member in PARTS_OF_RECORD.items() if member in value}
    value = open_task(value, options.text_column or TEXT)
    return read_record(dict(zip(name_columns(value, options), value.values(), strict=True)), options)


def open_task(value: dict[str, Any], text: str = TEXT) -> dict[str, Any]:
    """What a task of Label Studio shows, beside its own members; any other object as it is.

    >>> open_task({"id": 7, "data": {"text": "Kyiv agreed."}})
    {'id': 7, 'text': 'Kyiv agreed.'}
    """
    held = value.get(TASK)
    if not isinstance(held, dict) or text in value or text not in held:
        return value
    return {**{name: member for name, member in value.items() if name != TASK}, **held}
