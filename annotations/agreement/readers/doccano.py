"""doccano's export of sequence labelling as JSON Lines, a file an annotator."""

from collections.abc import Mapping
from typing import Any

from annotations.agreement.data.scalars import is_whole
from annotations.agreement.errors import InvalidCorpusError, shorten
from annotations.agreement.readers.builder import UNKNOWN, CorpusBuilder, read_name
from annotations.agreement.readers.format import (
    Format,
    Parsed,
    ReaderOptions,
    require_list,
    require_object,
)

TEXTS = ("text", "data")
SPANS = ("label", "labels", "entities")
OF_THE_TEXT = "labels of a whole text"
SPAN_PARTS = 3


def gather_doccano(parsed: Parsed, options: ReaderOptions) -> CorpusBuilder:
    """Read a text a line with its spans as `[start, end, label]`, or as `entities` with `relations`.

    The file does not say whose annotations it holds: doccano writes a file an annotator. Labels of a whole text are
    counted in `Corpus.left_out`.

    Raises
    ------
    InvalidCorpusError
        A line is no text with its spans; the message has its number.
    """
    builder = options.begin()
    for number, (place, value) in enumerate(parsed.entries, start=1):
        entry = require_object(value, place)
        try:
            _add_text(builder, entry, number)
        except InvalidCorpusError as error:
            raise InvalidCorpusError(f"{place}: {error}") from error
    return builder


def _add_text(builder: CorpusBuilder, entry: Mapping[str, Any], number: int) -> None:
    if "annotations" in entry:
        raise InvalidCorpusError(
            "the labels are numbers, whose names are not in the file; export from doccano as JSONL, with the names of labels"
        )
    key = next((key for key in TEXTS if key in entry), None)
    if key is None or not isinstance(entry[key], str):
        raise InvalidCorpusError("there is no text; export from doccano as JSONL")
    given = entry.get("id")
    name = str(number) if given is None else read_name(given, "the id")
    builder.add_document(name, text=entry[key])
    builder.add_judgement(name, UNKNOWN)
    for label in (
        label for key in SPANS[:2] for label in require_list(entry.get(key), f"document {name!r}: {key!r}")
    ):
        if isinstance(label, str):
            builder.leave_out(name, OF_THE_TEXT)
        elif isinstance(label, list | tuple) and len(label) == SPAN_PARTS:
            builder.add_span(name, UNKNOWN, *label)
        else:
            raise InvalidCorpusError(
                f"document {name!r}: a label must be [start, end, label], not {shorten(label)}"
            )
    _add_entities(builder, name, entry)


def _add_entities(builder: CorpusBuilder, name: str, entry: Mapping[str, Any]) -> None:
    """Spans with numbers of their own, and the relations between them."""
    numbers: dict[Any, int] = {}
    where = f"document {name!r}"
    for one in require_list(entry.get("entities"), f"{where}: 'entities'"):
        span = require_object(one, f"{where}: an entity", ("start_offset", "end_offset", "label"))
        added = builder.add_span(name, UNKNOWN, span["start_offset"], span["end_offset"], span["label"])
        key = span.get("id")
        if is_whole(key) or isinstance(key, str):
            if key in numbers:
                raise InvalidCorpusError(f"{where}: two entities have the id {key!r}")
            numbers[key] = added
    for one in require_list(entry.get("relations"), f"{where}: 'relations'"):
        relation = require_object(one, f"{where}: a relation", ("from_id", "to_id", "type"))
        ends = relation["from_id"], relation["to_id"]
        builder.add_relation(name, UNKNOWN, *ends, relation["type"], spans=numbers)


DOCCANO = Format(
    "doccano",
    "doccano's JSONL (a file an annotator)",
    "spans and relations of one annotator, with texts; labels of a whole text are counted",
    lambda parsed: (
        bool(parsed.keys & set(TEXTS))
        and bool(parsed.keys & {*SPANS, "annotations"})
        and not (isinstance(parsed.entries[0][1].get("data"), Mapping))
    ),
    gather_doccano,
)
