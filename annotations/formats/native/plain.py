"""Plain JSON, the form that anybody can write: documents with their annotators' spans, or items with a value each."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import (
    Document,
    JudgedItems,
    Judgement,
    Marking,
    find_name_problem,
    read_name,
)
from annotations.formats.errors import RefusedError, shorten
from annotations.formats.files.content import Content
from annotations.formats.ports import Format, ReadingOptions
from annotations.formats.scalars import is_whole


def read_plain(content: Content, _options: ReadingOptions = ReadingOptions()) -> Iterator[Document]:  # noqa: B008
    """Read `{"documents": [{"id", "length" or "text", "annotators": {name: [span, ...]}, "relations": {...}}]}`.

    An absent annotator did not do the document; an empty list is a judgement.
    """
    whole = content.value
    entries = whole["documents"]
    if not isinstance(entries, list):
        raise RefusedError("'documents' must be a list")
    labels = _read_labels(whole.get("labels"))
    return (_read_document(entry, number, labels) for number, entry in enumerate(entries, start=1))


def read_items(content: Content) -> JudgedItems:
    """Read `{"items": [{"a": "x", "b": "y"}, ...]}`; `"order"` may give the scale of ordinal texts."""
    rows, order = content.value["items"], content.value.get("order")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RefusedError("'items' must be a list of objects, one an item: {annotator: value}")
    if order is not None and not isinstance(order, list):
        raise RefusedError("'order' must be a list of the values from low to high")
    return JudgedItems(rows, order=order)


def _read_labels(labels: Any) -> tuple[str, ...] | None:
    if labels is None:
        return None
    if not isinstance(labels, list):
        raise RefusedError(f"'labels' must be a list of texts, not {shorten(labels)}")
    for label in labels:
        if problem := find_name_problem(label):
            raise RefusedError(f"'labels': {shorten(label)} {problem}")
    return tuple(labels)


def _read_document(entry: Any, number: int, labels: tuple[str, ...] | None) -> Document:
    if not isinstance(entry, dict) or "id" not in entry:
        raise RefusedError(f"document number {number} has no 'id'")
    name = read_name(entry["id"], f"the 'id' of document number {number}")
    text, length = entry.get("text"), entry.get("length")
    if text is not None and not isinstance(text, str):
        raise RefusedError(f"document {name!r}: the text must be a text, not {shorten(text)}")
    if (length is None and text is None) or (length is not None and not is_whole(length)):
        raise RefusedError(f"document {name!r} needs a text, or as its length a whole number")
    annotators, relations = entry.get("annotators"), entry.get("relations")
    if not isinstance(annotators, dict):
        raise RefusedError(
            f"document {name!r}: 'annotators' must map each annotator to a list of spans; give {{}} if nobody did it"
        )
    if relations is None:
        relations = {}
    if not isinstance(relations, dict):
        raise RefusedError(f"document {name!r}: 'relations' must map each annotator to a list of relations")
    if stray := sorted(set(relations) - set(annotators)):
        raise RefusedError(f"document {name!r}: relations of {stray[0]!r}, who did not do the document")
    judgements = {
        annotator: _read_judgement(name, annotator, spans, relations)
        for annotator, spans in annotators.items()
    }
    return Document(
        id=name, text=text, length=length, source_format="plain", labels=labels, judgements=judgements
    )


def _read_judgement(name: str, annotator: str, spans: Any, relations: Mapping[str, Any]) -> Judgement:
    marking = Marking(name, annotator)
    keys = marking.add_spans(spans)
    marking.add_relations(relations.get(annotator), keys=dict(enumerate(keys)))
    return marking.finish()


PLAIN = Format(
    name="plain",
    title="plain JSON with 'documents'",
    short="JSON",
    holds="with texts or lengths",
    axes=Axes(fields=Extent.NO),
    media_type="application/json",
    extension="json",
    recognises=lambda content: not content.is_list and "documents" in content.keys,
    read_documents=read_plain,
)
ITEMS = Format(
    name="items",
    title="plain JSON with 'items'",
    short="JSON",
    holds="a value an item and annotator",
    media_type="application/json",
    extension="json",
    recognises=lambda content: (
        not content.is_list
        and "items" in content.keys
        and "type" not in content.keys  # which a page of JSON-LD has
    ),
    read_items=read_items,
)
