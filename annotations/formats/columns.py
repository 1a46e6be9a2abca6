"""What a row of named values means, whichever file it came from."""

from collections.abc import Collection, Mapping
from typing import Any

from annotations.formats.articles import check_keys
from annotations.formats.documents import Block
from annotations.formats.errors import RefusedError
from annotations.formats.scalars import is_whole

TEXT = "text"
TITLE = "title"
EXTERNAL_ID = "id"
METADATA = "metadata"
BLOCKS = "blocks"
PARTS_OF_BLOCK = {"start", "end", "kind"}
OTHER_NAMES = {"external_id": EXTERNAL_ID}


def name_columns(names: Collection[str]) -> list[str]:
    """The columns with the names that we know them by; capitals and blanks around them do not matter there.

    Two columns of one name are refused: nobody could say which one counts.
    """
    known = {TEXT, TITLE, EXTERNAL_ID, METADATA, *OTHER_NAMES}
    check_keys(names)
    columns: dict[str, None] = {}
    for name in names:
        plain = name.strip().lower()
        column = OTHER_NAMES.get(plain, plain) if plain in known else name
        if column in columns:
            raise RefusedError(f"there are two columns {name!r}: rename or remove one of them")
        columns[column] = None
    return list(columns)


def read_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a row by what they mean; whatever has no meaning to us is metadata."""
    if TEXT not in values:
        raise RefusedError(
            "there is no 'text': give each row its text under that name (and, if you like, 'title', 'id' and "
            "'metadata'; everything else is kept as metadata)",
        )
    text = values[TEXT]
    if not isinstance(text, str):
        raise RefusedError(f"the 'text' is {_describe(text)}: it must be a string")
    metadata = values.get(METADATA)
    blocks = _read_blocks(values.get(BLOCKS))
    known = {TEXT, TITLE, EXTERNAL_ID, METADATA, *([BLOCKS] if blocks is not None else [])}
    others = {name: value for name, value in values.items() if name not in known}
    if isinstance(metadata, Mapping):
        twice = sorted(set(others) & set(metadata))
        if twice:
            raise RefusedError(f"{twice[0]!r} stands both beside the metadata and in it: remove one of them")
        others |= metadata
    elif metadata not in {None, ""} if isinstance(metadata, str | None) else True:
        others[METADATA] = metadata
    return {
        "text": text,
        "title": _read_name(values, TITLE),
        "id": _read_name(values, EXTERNAL_ID),
        "metadata": others,
        "blocks": blocks or (),
    }


def _read_blocks(value: Any) -> tuple[Block, ...] | None:
    """The blocks of the text, where they are written as an export writes them; all else is metadata."""
    if not isinstance(value, list) or not all(
        isinstance(part, dict)
        and set(part) == PARTS_OF_BLOCK
        and is_whole(part["start"])
        and is_whole(part["end"])
        and isinstance(part["kind"], str)
        for part in value
    ):
        return None
    return tuple(Block(part["start"], part["end"], part["kind"]) for part in value)


def _read_name(values: Mapping[str, Any], name: str) -> str:
    match values.get(name):
        case None:
            return ""
        case str() as value:
            return value.strip()
        case int() as number if not isinstance(number, bool):
            return str(number)
        case other:
            raise RefusedError(f"the {name!r} is {_describe(other)}: it must be a string")


def _describe(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
