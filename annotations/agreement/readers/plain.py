"""Plain JSON, the form that anybody can write: documents with their annotators' spans, or items with a value each."""

from collections.abc import Mapping
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.builder import CorpusBuilder, add_relations, add_spans, read_name
from annotations.agreement.readers.format import Format, Parsed, ReaderOptions


def read_items(document: Mapping[str, Any]) -> Items:
    """Read `{"items": [{"a": "x", "b": "y"}, ...]}`; `"order"` may give the scale of ordinal texts.

    >>> read_items({"items": [{"a": 1, "b": 2}]}).values
    (1, 2)
    """
    rows = document["items"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidCorpusError("'items' must be a list of objects, one an item: {annotator: value}")
    order = document.get("order")
    if order is not None and not isinstance(order, list):
        raise InvalidCorpusError("'order' must be a list of the values from low to high")
    return Items.from_rows(rows, order=order)


def read_plain(document: Mapping[str, Any]) -> Corpus:
    """Read `{"documents": [{"id", "length", "annotators": {name: [span, ...]}, "relations": {...}}]}`.

    An absent annotator did not do the document; an empty list is a judgement. `"labels"` may declare the labels, and
    then others are refused; `"text"` may stand for `"length"`.

    >>> read_plain({"documents": [{"id": "d1", "length": 9, "annotators": {"a": [], "b": []}}]}).n_spans
    0
    """
    return _gather_plain(Parsed(document), ReaderOptions()).build()


def _gather_plain(parsed: Parsed, options: ReaderOptions) -> CorpusBuilder:
    document = parsed.value
    entries = document["documents"]
    if not isinstance(entries, list):
        raise InvalidCorpusError("'documents' must be a list")
    builder = options.begin()
    if document.get("labels") is not None:
        builder.declare_labels(document["labels"])
    for number, entry in enumerate(entries, start=1):
        _add_plain_document(builder, entry, number)
    return builder


def _add_plain_document(builder: CorpusBuilder, entry: Any, number: int) -> None:
    if not isinstance(entry, dict) or "id" not in entry:
        raise InvalidCorpusError(f"document number {number} has no 'id'")
    name = read_name(entry["id"], f"the 'id' of document number {number}")
    builder.add_document(name, length=entry.get("length"), text=entry.get("text"))
    annotators, relations = entry.get("annotators"), entry.get("relations")
    if not isinstance(annotators, dict):
        raise InvalidCorpusError(
            f"document {name!r}: 'annotators' must map each annotator to a list of spans; give {{}} if nobody did it"
        )
    if relations is None:
        relations = {}
    if not isinstance(relations, dict):
        raise InvalidCorpusError(
            f"document {name!r}: 'relations' must map each annotator to a list of relations"
        )
    stray = sorted(set(relations) - set(annotators))
    if stray:
        raise InvalidCorpusError(f"document {name!r}: relations of {stray[0]!r}, who did not do the document")
    for annotator, spans in annotators.items():
        numbers = add_spans(builder, name, annotator, spans)
        add_relations(builder, name, annotator, relations.get(annotator), spans=dict(enumerate(numbers)))


PLAIN = Format(
    "plain",
    "plain JSON with 'documents'",
    "spans, attributes and relations of several annotators, with texts or lengths",
    lambda parsed: not parsed.is_list and "documents" in parsed.keys,
    _gather_plain,
)
ITEMS = Format(
    "items",
    "plain JSON with 'items'",
    "a value an item and annotator",
    lambda parsed: not parsed.is_list and "items" in parsed.keys,
    lambda parsed, _: read_items(parsed.value),
)
