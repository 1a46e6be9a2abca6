"""What a row of named values means, whichever file it came from."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from annotations.formats.documents import Block
from annotations.formats.errors import RefusedError, Remedy, shorten
from annotations.formats.ports import NOTHING_SAID, TextOptions
from annotations.formats.scalars import is_whole, make_whole
from annotations.formats.texts.articles import check_keys
from annotations.plurals import count_things

TEXT = "text"
TEXT_LISTS = (
    "spans",
    "annotations",
    "predictions",
    "completions",
    "entities",
    "label",
    "labels",
    "relations",
)
"""Under which names tools keep what was annotated beside a text."""
TITLE = "title"
EXTERNAL_ID = "id"
METADATA = "metadata"
BLOCKS = "blocks"
PARTS_OF_BLOCK = {"start", "end", "kind"}
MAX_NAMED = 20
"""Columns that a message names."""
MAX_EXAMPLE_LENGTH = 80
OTHER_NAMES = {"external_id": EXTERNAL_ID}


def name_columns(names: Collection[str], options: TextOptions = NOTHING_SAID) -> list[str]:
    """The columns with the names that we know them by; capitals and blanks around them do not matter there.

    The column that is said to hold the text is called `text`, and one that is called so and does not keeps its name with a
    mark; a file that lacks it is read by its own `text`. So it is with the title and the id, which a file may lack. Two columns of one name are refused: nobody could say
    which one counts.

    >>> name_columns(["ID", "body", "text"], TextOptions(text_column="body"))
    ['id', 'text', 'text_column']
    """
    known = {TEXT, TITLE, EXTERNAL_ID, METADATA, *OTHER_NAMES}
    check_keys(names)
    has_text = any(name.strip().lower() == TEXT for name in names)
    if options.text_column is not None and options.text_column not in names and not has_text:
        raise RefusedError(
            f"there is no column {options.text_column!r} to take the text from; there are {_quote(names)}",
            remedy=Remedy.TEXT_COLUMN,
            choices=tuple(names)[:MAX_NAMED],
        )
    said = {
        name: part
        for part, name in (
            (EXTERNAL_ID, options.id_column),
            (TITLE, options.title_column),
            (TEXT, options.text_column),
        )
        if name is not None and name in names
    }
    columns: dict[str, None] = {}
    for name in names:
        plain = name.strip().lower()
        column = OTHER_NAMES.get(plain, plain) if plain in known else name
        if said:
            column = said.get(name) or (f"{name}_column" if column in said.values() else column)
        if column in columns:
            raise RefusedError(f"there are two columns {name!r}: rename or remove one of them")
        columns[column] = None
    return list(columns)


def show_examples(values: Iterable[Any]) -> tuple[str, ...]:
    """What columns hold in one row, cut so that somebody can tell them apart.

    >>> show_examples(["A claim.", None, ["Kyiv"]])
    ('A claim.', '', "['Kyiv']")
    """
    shown = ("" if value is None else value if isinstance(value, str) else shorten(value) for value in values)
    return tuple(
        text if len(text) <= MAX_EXAMPLE_LENGTH else f"{text[:MAX_EXAMPLE_LENGTH]}…" for text in shown
    )


def read_record(values: Mapping[str, Any], options: TextOptions = NOTHING_SAID) -> dict[str, Any]:
    """The parts of a row by what they mean; whatever has no meaning to us is metadata, but for what is to be left out."""
    if TEXT not in values:
        raise RefusedError(
            f"there is no 'text' among {_quote(values)}: give each row its text under that name (and, if you like, 'title', "
            "'id' and 'metadata'; everything else is kept as metadata), or say which of these holds it",
            remedy=Remedy.TEXT_COLUMN,
            choices=tuple(values)[:MAX_NAMED],
            samples=show_examples(list(values.values())[:MAX_NAMED]),
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
    if options.left_out:
        others = {name: value for name, value in others.items() if name not in options.left_out}
    return {
        "text": text,
        "title": _read_name(values, TITLE),
        "id": _read_name(values, EXTERNAL_ID),
        "metadata": others,
        "blocks": blocks or (),
        "warning": _find_annotations(others),
    }


def _find_annotations(metadata: Mapping[str, Any]) -> str:
    """What to say where another tool's annotations stand beside the text."""
    for name in TEXT_LISTS:
        value = metadata.get(name)
        if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
            return (
                f"what {name!r} holds ({count_things(len(value), 'entry', 'entries')}) looks annotated: it was kept as metadata, and no annotation was "
                "made of it"
            )
    return ""


def _quote(names: Collection[str]) -> str:
    quoted = [repr(str(name)) for name in list(names)[:MAX_NAMED]]
    return ", ".join([*quoted, "…"] if len(names) > MAX_NAMED else quoted) or "no names"


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
    match make_whole(values.get(name)):
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
