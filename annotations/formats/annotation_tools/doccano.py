"""doccano's exports as JSON Lines or JSON, a file an annotator: spans, relations, and labels or words for a whole text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.canonical import write_canonical
from annotations.formats.categories import read_categories
from annotations.formats.documents import (
    UNKNOWN,
    Document,
    Marking,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.content import Content
from annotations.formats.losses import AS_METADATA, ATTRIBUTES, FIELDS, drop_attributes, drop_names
from annotations.formats.ports import Format, Losses, ReadingOptions
from annotations.formats.scalars import is_whole

TEXTS = ("text", "data")
SPANS = ("label", "labels", "entities")
OF_TEXTS = "cats"
"""Labels of a whole text, where spans are marked in it too."""
COMMENTS = "Comments"
ABOUT = frozenset({"id", *TEXTS, *SPANS, OF_TEXTS, "relations", COMMENTS})
SPAN_PARTS = 3


def read_doccano(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read a text a line with its spans as `[start, end, label]`, or as `entities` with `relations`.

    The file does not say whose annotations it holds: doccano writes a file an annotator. Labels of a whole text, and what was
    written for one, are a field of the document, which is called as doccano calls them; so are categories with numbers, as
    spaCy has them. What else stands beside a text is its metadata.
    """
    for number, (place, value) in enumerate(content.entries, start=1):
        entry = require_object(value, place)
        with placed(place):
            read = _read_text(entry, number, place)
        yield read


def _read_text(entry: Mapping[str, Any], number: int, place: str) -> Document:
    if "annotations" in entry:
        raise RefusedError(
            "the labels are numbers, whose names are not in the file; export from doccano as JSONL, with the names of labels"
        )
    key = next((key for key in TEXTS if key in entry), None)
    if key is None or not isinstance(entry[key], str):
        raise RefusedError("there is no text; export from doccano as JSONL")
    name = str(number) if entry.get("id") is None else read_name(entry["id"], "the id")
    marking = Marking(name, UNKNOWN, place=place)
    fields: dict[str, Any] = defaultdict(list)
    fields.update(read_categories(entry.get(OF_TEXTS)))
    for part in (*SPANS[:2], OF_TEXTS):
        given = entry.get(part)
        if part == OF_TEXTS and isinstance(given, Mapping):
            continue
        for label in (
            [given] if isinstance(given, str) else require_list(given, f"document {name!r}: {part!r}")
        ):
            if isinstance(label, str):
                fields[part].append(label)
            else:
                _add_triple(marking, name, label)
    _add_entities(marking, name, entry)
    comments = entry.get(COMMENTS)
    return Document(
        place=place,
        id=name,
        text=entry[key],
        metadata={key: value for key, value in entry.items() if key not in ABOUT},
        source_format="doccano",
        judgements={UNKNOWN: marking.finish(fields=fields)},
        left_out={"comments": len(comments)} if isinstance(comments, list) and comments else {},
    )


def _add_triple(marking: Marking, name: str, label: Any) -> None:
    if not isinstance(label, list | tuple) or len(label) != SPAN_PARTS:
        raise RefusedError(f"document {name!r}: a label must be [start, end, label], not {shorten(label)}")
    marking.add_span(*label)


def _add_entities(marking: Marking, name: str, entry: Mapping[str, Any]) -> None:
    """Spans with numbers of their own, and the relations between them."""
    keys: dict[Any, str] = {}
    where = f"document {name!r}"
    for one in require_list(entry.get("entities"), f"{where}: 'entities'"):
        if isinstance(one, list | tuple):
            _add_triple(marking, name, one)
            continue
        span = require_object(one, f"{where}: an entity", ("start_offset", "end_offset", "label"))
        added = marking.add_span(span["start_offset"], span["end_offset"], span["label"])
        key = span.get("id")
        if is_whole(key) or isinstance(key, str):
            if key in keys:
                raise RefusedError(f"{where}: two entities have the id {key!r}")
            keys[key] = added
    for one in require_list(entry.get("relations"), f"{where}: 'relations'"):
        relation = require_object(one, f"{where}: a relation", ("from_id", "to_id", "type"))
        marking.add_relation(relation["from_id"], relation["to_id"], relation["type"], keys=keys)


def write_doccano(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a line for each annotator of a document, with numbers of spans that count through the file.

    doccano keeps what stands beside the text as metadata: which document it is, and whose annotation.
    """
    numbers, lines = count(1), count(1)
    for document in documents:
        drop_names(document, losses, AS_METADATA)
        for annotators, markup in document.markups:
            drop_attributes(markup, losses)
            losses.add(FIELDS, len(markup.fields))
            keys = {span.key: next(numbers) for span in markup.spans}
            entities = [
                {
                    "id": keys[span.key],
                    "label": span.label,
                    "start_offset": span.start,
                    "end_offset": span.end,
                }
                for span in sorted(
                    markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)
                )
            ]
            relations = [
                {"id": number, "from_id": keys[link.source], "to_id": keys[link.target], "type": link.kind}
                for number, link in enumerate(sorted(markup.relations), start=1)
            ]
            line = {
                "id": next(lines),
                "text": document.text,
                "entities": entities,
                "relations": relations,
                "Comments": [],
                "document": document.name,
                "title": document.title,
                "annotators": list(annotators),
            }
            yield f"{write_canonical(line)}\n".encode()


def _is_doccano(content: Content) -> bool:
    if not (content.keys & set(TEXTS) and content.keys & {*SPANS, OF_TEXTS, "annotations"}):
        return False
    first = content.value[0] if content.lines is None and content.is_list else content.value
    return not isinstance(first.get("data"), Mapping)  # which is a task of Label Studio


DOCCANO = Format(
    name="doccano",
    title="doccano's JSONL (a file an annotator)",
    short="doccano",
    holds="with texts; labels of a whole text are read as fields",
    axes=Axes(attributes=Extent.NO, fields=Extent.NO, annotators=Extent.NO),
    suits="importing into doccano",
    media_type="application/jsonl",
    extension="doccano.jsonl",
    recognises=_is_doccano,
    read_documents=read_doccano,
    write=write_doccano,
    cannot_hold=(ATTRIBUTES, FIELDS, AS_METADATA),
)
