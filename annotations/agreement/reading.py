"""Files and JSON documents that hold annotations, read into a `Corpus` or `Items`."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.agreement.corpus import Corpus
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.items import Items

AttributeValues = Mapping[str, str]


@dataclass(slots=True)
class CorpusBuilder:
    """Collects documents, judgements, spans and relations by name, in any order, and makes a corpus of them.

    Examples
    --------
    >>> builder = CorpusBuilder()
    >>> builder.add_document("d1", length=12)
    >>> builder.add_judgement("d1", "ann")
    >>> builder.add_span("d1", "ann", 0, 4, "Claim")
    0
    >>> builder.build().n_spans
    1
    """

    lengths: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    judgements: set[tuple[str, str]] = field(default_factory=set)
    rows: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    attributes: list[AttributeValues] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)
    left_out_of: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    labels: set[str] | None = None

    def add_document(self, document: str, *, length: int | None = None, text: str | None = None) -> None:
        if document in self.lengths:
            raise InvalidCorpusError(
                f"document {document!r} occurs twice; give each document an id of its own"
            )
        if text is not None:
            self.texts[document] = text
            length = len(text) if length is None else length
        if not is_whole(length) or length is None or length < 0:
            raise InvalidCorpusError(f"document {document!r} needs a length (a whole number) or a text")
        if text is not None and length != len(text):
            raise InvalidCorpusError(
                f"document {document!r} has length {length}, but its text has {len(text)}"
            )
        self.lengths[document] = length

    def add_judgement(self, document: str, annotator: str) -> None:
        """Note that the annotator completed the document, whether or not any span follows."""
        if (document, annotator) in self.judgements:
            raise InvalidCorpusError(f"document {document!r}: annotator {annotator!r} occurs twice")
        self.judgements.add((document, annotator))

    def add_span(
        self,
        document: str,
        annotator: str,
        start: Any,
        end: Any,
        label: Any,
        *,
        attributes: Mapping[str, Any] | None = None,
    ) -> int:
        """Add a span of a judgement and give its number, to which links refer."""
        number = len(self.rows)
        where = f"document {document!r}, annotator {annotator!r}, span [{start}, {end}) {label!r}"
        if not (is_whole(start) and is_whole(end)):
            raise InvalidCorpusError(f"{where}: start and end must be whole numbers of characters")
        if not isinstance(label, str) or not label:
            raise InvalidCorpusError(f"{where}: the label must be a text")
        if self.labels is not None and label not in self.labels:
            known = ", ".join(sorted(self.labels))
            raise InvalidCorpusError(f"{where}: the label is unknown; the file declares {known}")
        if start < 0 or start >= end:
            raise InvalidCorpusError(f"{where}: start must be at least 0 and smaller than end")
        if end > self.lengths[document]:
            raise InvalidCorpusError(
                f"{where} ends past the text of {self.lengths[document]} characters; correct the offsets or the length",
            )
        self.rows.append((document, annotator, start, end, label))
        self.attributes.append({name: value_text(value) for name, value in (attributes or {}).items()})
        return number

    def leave_out(self, document: str, reason: str) -> None:
        """Count something of a document that a corpus cannot hold."""
        self.left_out_of[reason][document] += 1

    def build(self) -> Corpus:
        documents = sorted(self.lengths)
        annotators = sorted({annotator for _, annotator in self.judgements})
        labels = sorted({row[4] for row in self.rows} | (self.labels or set()))
        document_at = {name: index for index, name in enumerate(documents)}
        annotator_at = {name: index for index, name in enumerate(annotators)}
        label_at = {name: index for index, name in enumerate(labels)}
        completed = np.zeros((len(documents), len(annotators)), dtype=bool)
        for document, annotator in self.judgements:
            completed[document_at[document], annotator_at[annotator]] = True
        names = sorted({name for attributes in self.attributes for name in attributes})
        return Corpus.from_arrays(
            documents=documents,
            lengths=[self.lengths[name] for name in documents],
            annotators=annotators,
            labels=labels,
            document=[document_at[row[0]] for row in self.rows],
            annotator=[annotator_at[row[1]] for row in self.rows],
            start=[row[2] for row in self.rows],
            end=[row[3] for row in self.rows],
            label=[label_at[row[4]] for row in self.rows],
            completed=completed,
            attributes={name: [attributes.get(name) for attributes in self.attributes] for name in names},
            links=self.links,
            texts=[self.texts[name] for name in documents] if len(self.texts) == len(documents) else None,
            left_out_of=self.left_out_of,
        )


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
    entries = document["documents"]
    if not isinstance(entries, list):
        raise InvalidCorpusError("'documents' must be a list")
    builder = CorpusBuilder()
    declared = document.get("labels")
    if declared is not None:
        if not isinstance(declared, list) or not all(isinstance(label, str) for label in declared):
            raise InvalidCorpusError("'labels' must be a list of texts")
        builder.labels = set(declared)
    for number, entry in enumerate(entries, start=1):
        _add_plain_document(builder, entry, number)
    return builder.build()


def read_jsonl(lines: Iterable[str]) -> Corpus:
    """Read one annotation a line: `{"document", "annotator", "length" or "text", "spans", "relations"}`.

    A line without `annotator` describes the document alone. `relations` hold `from`, `to` (positions in `spans`) and
    `type`. `article` may stand for `document`.

    >>> read_jsonl(['{"document": "d1", "annotator": "a", "length": 9, "spans": []}']).annotators
    ('a',)
    """
    builder = CorpusBuilder()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidCorpusError(f"line {number} is not JSON: {error.msg}") from error
        document = entry.get("document", entry.get("article")) if isinstance(entry, dict) else None
        if document is None:
            raise InvalidCorpusError(f"line {number} names no document")
        name = str(document)
        if name not in builder.lengths:
            builder.add_document(name, length=entry.get("length"), text=entry.get("text"))
        if entry.get("annotator") is not None:
            spans, relations = entry.get("spans", []), entry.get("relations", [])
            _add_judgement(builder, name, str(entry["annotator"]), spans, relations)
    return builder.build()


def is_whole(value: Any) -> bool:
    """Whether a JSON value is a whole number (3 and 3.0 are, true and "3" are not)."""
    return isinstance(value, int) and not isinstance(value, bool)


def value_text(value: Any) -> str:
    """One text for an attribute's value; several choices are sorted and joined.

    >>> value_text(["b", "a"])
    'a|b'
    """
    if isinstance(value, list | tuple):
        return "|".join(sorted(value_text(part) for part in value))
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _add_plain_document(builder: CorpusBuilder, entry: Any, number: int) -> None:
    if not isinstance(entry, dict) or "id" not in entry:
        raise InvalidCorpusError(f"document number {number} has no 'id'")
    name = str(entry["id"])
    builder.add_document(name, length=entry.get("length"), text=entry.get("text"))
    annotators = entry.get("annotators", {})
    if not isinstance(annotators, dict):
        raise InvalidCorpusError(
            f"document {name!r}: 'annotators' must map each annotator to a list of spans"
        )
    relations = entry.get("relations") or {}
    stray = sorted(set(relations) - set(annotators))
    if stray:
        raise InvalidCorpusError(f"document {name!r}: relations of {stray[0]!r}, who did not do the document")
    for annotator, spans in annotators.items():
        _add_judgement(builder, name, annotator, spans, relations.get(annotator, []))


def _add_judgement(
    builder: CorpusBuilder,
    document: str,
    annotator: str,
    spans: Any,
    relations: Any,
) -> None:
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise InvalidCorpusError(f"document {document!r}, annotator {annotator!r}: the spans must be a list")
    builder.add_judgement(document, annotator)
    numbers = []
    for index, span in enumerate(spans):
        missing = (
            {"start", "end", "label"} - set(span) if isinstance(span, dict) else {"start", "end", "label"}
        )
        if missing:
            raise InvalidCorpusError(
                f"document {document!r}, annotator {annotator!r}, span number {index} has no {min(missing)!r}",
            )
        numbers.append(
            builder.add_span(
                document,
                annotator,
                span["start"],
                span["end"],
                span["label"],
                attributes=span.get("attributes"),
            ),
        )
    for relation in relations:
        try:
            source, target, kind = relation["from"], relation["to"], relation["type"]
        except (TypeError, KeyError) as error:
            raise InvalidCorpusError(
                f"document {document!r}, annotator {annotator!r}: a relation needs 'from', 'to' and 'type'",
            ) from error
        for end in (source, target):
            if not is_whole(end) or not 0 <= end < len(numbers):
                raise InvalidCorpusError(
                    f"document {document!r}, annotator {annotator!r}: relation {kind!r} names span number {end}, "
                    f"but there are {len(numbers)}",
                )
        builder.links.append((numbers[source], numbers[target], str(kind)))
