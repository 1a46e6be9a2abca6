"""What a person says of how the files of an import are to be read, and how that is kept between two readings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.errors import RefusedError, shorten
from annotations.formats.ports import TextOptions
from annotations.formats.registry import find_source
from annotations.limits import (
    MAX_COLUMN_NAME_LENGTH,
    MAX_COLUMNS,
    MAX_MAPPING_LENGTH,
    MAX_NAME_LENGTH,
    MAX_ROUND_NAME_LENGTH,
    MAX_SAID_OF_FILES,
)
from annotations.models import ImportedAs

TEXTS = "texts"
READ_AS = ("", *ImportedAs.values, TEXTS)
"""What files of annotations can be read as; nothing said leaves it to what is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """What was chosen for the files of an import; whatever is empty is found by the readers."""

    source: str = ""
    """The format of files whose suffix does not tell it."""
    encoding: str = ""
    """Of all files that are not UTF-8 and of which no other is said."""
    encodings: Mapping[str, str] = field(default_factory=dict)
    """By the names of files; those in an archive begin with its name."""
    text_column: str = ""
    title_column: str = ""
    id_column: str = ""
    left_out: tuple[str, ...] = ()
    """Columns that are not kept as metadata."""
    takes_long_texts: bool = False
    read_as: str = ""
    """What annotations in the files become, or `texts` where they are not wanted."""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    """What becomes of what is found in files of annotations."""
    round_name: str = ""
    """What the round of them is called."""

    def __post_init__(self) -> None:
        if self.read_as not in READ_AS:
            raise RefusedError(
                f"files are read as one of {', '.join(filter(None, READ_AS))}, not {shorten(self.read_as)}"
            )
        if len(self.round_name) > MAX_ROUND_NAME_LENGTH:
            raise RefusedError(
                f"the name of the round has more than {MAX_ROUND_NAME_LENGTH} characters: shorten it"
            )
        if len(json.dumps(self.mapping)) > MAX_MAPPING_LENGTH:
            raise RefusedError(f"the mapping has more than {MAX_MAPPING_LENGTH:,} characters")
        if self.source:
            find_source(self.source)
        for name, value, most in (
            ("encoding", self.encoding, MAX_NAME_LENGTH),
            *(("encoding", value, MAX_NAME_LENGTH) for value in self.encodings.values()),
            *(
                (name, getattr(self, name), MAX_COLUMN_NAME_LENGTH)
                for name in ("text_column", "title_column", "id_column")
            ),
            *(("column", name, MAX_COLUMN_NAME_LENGTH) for name in self.left_out[:MAX_COLUMNS]),
        ):
            if len(value) > most:
                raise RefusedError(f"the {name} {shorten(value)} has more than {most} characters: shorten it")
        if len(self.encodings) > MAX_SAID_OF_FILES:
            raise RefusedError(
                f"encodings are said of more than {MAX_SAID_OF_FILES:,} files: say one for all, or import in parts"
            )
        if len(self.left_out) > MAX_COLUMNS:
            raise RefusedError(f"more than {MAX_COLUMNS:,} columns are left out: remove them from the files")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ImportChoices":
        """Choices as they are kept."""
        return cls(**{**value, "left_out": tuple(value.get("left_out", ()))})

    def to_json(self) -> dict[str, Any]:
        """The choices that were made; what was left to the readers is left out."""
        made = {
            "source": self.source,
            "encoding": self.encoding,
            "encodings": dict(self.encodings),
            "text_column": self.text_column,
            "title_column": self.title_column,
            "id_column": self.id_column,
            "left_out": list(self.left_out),
            "takes_long_texts": self.takes_long_texts,
            "read_as": self.read_as,
            "mapping": dict(self.mapping),
            "round_name": self.round_name,
        }
        return {name: value for name, value in made.items() if value}

    def to_options(self) -> TextOptions:
        """The choices as the readers take them."""
        return TextOptions(
            encoding=self.encoding or None,
            encodings=self.encodings,
            text_column=self.text_column or None,
            title_column=self.title_column or None,
            id_column=self.id_column or None,
            left_out=frozenset(self.left_out),
            takes_long_texts=self.takes_long_texts,
        )
