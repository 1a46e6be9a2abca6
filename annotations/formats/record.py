"""The record of an article as it goes into a dataset."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from annotations.formats.canonical import write_canonical, write_members, write_name
from annotations.formats.documents import Block
from annotations.markup import DEFAULT_MERGE_RULE, Markup, Origin, Relation
from annotations.spans import Span

RECORD_VERSION = 1
Key = TypeVar("Key")
PARTS_OF_MARKUP = ("spans", "relations", "fields", "field_provenance")
NO_PROVENANCE: Mapping[Any, Any] = MappingProxyType({})
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def name_annotator(place: int) -> str:
    """The pseudonym of an annotator by their place, counted from 0.

    >>> [name_annotator(place) for place in (0, 1, 25, 26, 701, 702)]
    ['A', 'B', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    while place >= 0:
        place, letter = divmod(place, len(ALPHABET))
        letters = ALPHABET[letter] + letters
        place -= 1
    return letters


def by_place(pseudonym: str) -> tuple[int, str]:
    """Sorts pseudonyms as they are given out: Z before AA."""
    return len(pseudonym), pseudonym


def name_source(source: str) -> str:
    """The file or address that an article came from, without the folders of the machine that it was imported on.

    >>> [name_source(place) for place in ("/home/ada/news.jsonl:3", "news.csv:7", "https://example.org/a/b")]
    ['news.jsonl:3', 'news.csv:7', 'https://example.org/a/b']
    """
    return source if "://" in source else re.split(r"[/\\]", source)[-1]


def name_origin(source: str) -> str:
    """The file or the site that articles have in common, of the place in it that one of them came from.

    >>> [name_origin(place) for place in ("news.jsonl:3", "a.txt", "https://example.org/a/b", "feed.xml:2")]
    ['news.jsonl', 'a.txt', 'example.org', 'feed.xml']
    """
    if "://" in source:
        return source.partition("://")[2].partition("/")[0]
    return re.sub(r":[0-9]+$", "", name_source(source))


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a part of the gold came about: by whose votes, and by which decisions of the task's ledger."""

    origin: Origin
    decisions: tuple[int, ...] = ()
    votes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"origin": self.origin, "decisions": list(self.decisions), "votes": list(self.votes)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Provenance":
        return cls(Origin(value["origin"]), tuple(value["decisions"]), tuple(value["votes"]))


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """The text that was annotated, exactly as it was imported, and where it came from."""

    id: int
    title: str
    text: str
    sha256: str
    text_sha256: str
    external_id: str = ""
    source: str = ""
    source_format: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "text": self.text, **self.about_to_json()}

    def about_to_json(self) -> dict[str, Any]:
        """What is said of the text, without the number that the database gives the article."""
        return {"blocks": [block.to_json() for block in self.blocks], **self._name_parts()}

    def write_about(self) -> str:
        """What is said of the text as members of canonical JSON; blocks, which are many, are written without an object for each."""
        blocks = ",".join(
            f'{{"end":{end},"kind":{write_name(kind)},"start":{start}}}' for start, end, kind in self.blocks
        )
        return f'"blocks":[{blocks}]\n{write_members(self._name_parts())}'

    def _name_parts(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "sha256": self.sha256,
            "text_sha256": self.text_sha256,
            "external_id": self.external_id,
            "source": self.source,
            "source_format": self.source_format,
            "metadata": dict(self.metadata),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SourceArticle":
        blocks = tuple(Block(**block) for block in value["blocks"])
        names = (name for name in cls.__slots__ if name != "blocks")
        return cls(**{name: value[name] for name in names}, blocks=blocks)


@dataclass(frozen=True, slots=True)
class SchemeReference:
    """The version of a scheme that a record's labels come from."""

    name: str
    version: str
    sha256: str
    labels: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "sha256": self.sha256,
            "labels": list(self.labels),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SchemeReference":
        return cls(value["name"], value["version"], value["sha256"], tuple(value["labels"]))


@dataclass(frozen=True, slots=True, order=True)
class AnnotationReference:
    """A revision that went into a record: the annotator's pseudonym, its number, and the checksum of its markup."""

    annotator: str
    revision: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        return {"annotator": self.annotator, "revision": self.revision, "sha256": self.sha256}

    def write(self) -> str:
        """The reference as canonical JSON, written without building it first, since an export has one for each annotation.

        >>> AnnotationReference("Ann", 2, "c0ffee").write()
        '{"annotator":"Ann","revision":2,"sha256":"c0ffee"}'
        """
        return f'{{"annotator":{write_name(self.annotator)},"revision":{self.revision},"sha256":"{self.sha256}"}}'


@dataclass(frozen=True, slots=True)
class LedgerReference:
    """How far the task's ledger had come, the checksum of its entries, and the merge rule that settled the rest."""

    decisions: int = 0
    sha256: str = ""
    rule: str = DEFAULT_MERGE_RULE
    unmet: Mapping[str, int] = field(default_factory=dict)
    """How many rules of each code the gold breaks for a reason that stands in the ledger."""

    def to_json(self) -> dict[str, Any]:
        """The rule is left out where it is unanimity, and unmet rules where there are none, as in every earlier record."""
        named: dict[str, Any] = {} if self.rule == DEFAULT_MERGE_RULE else {"rule": self.rule}
        if self.unmet:
            named["unmet"] = dict(self.unmet)
        return {"decisions": self.decisions, "sha256": self.sha256, **named}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One article with one markup: its gold, or what one annotator submitted."""

    article: SourceArticle
    scheme: SchemeReference
    markup: Markup
    status: str
    round: int
    annotations: tuple[AnnotationReference, ...] = ()
    ledger: LedgerReference = field(default_factory=LedgerReference)
    span_provenance: Mapping[str, Provenance] = field(default_factory=dict)
    relation_provenance: Mapping[Relation, Provenance] = field(default_factory=dict)
    field_provenance: Mapping[str, Provenance] = field(default_factory=dict)
    drawn: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Where the spans were drawn whose ends were moved, by their keys."""

    @property
    def annotators(self) -> tuple[str, ...]:
        return tuple(reference.annotator for reference in sorted(self.annotations))

    def to_json(self) -> dict[str, Any]:
        return {
            "record_version": RECORD_VERSION,
            **self.article.to_json(),
            "scheme": self.scheme.to_json(),
            "status": self.status,
            "round": self.round,
            "annotations": [reference.to_json() for reference in sorted(self.annotations)],
            "ledger": self.ledger.to_json(),
            **self.markup_to_json(),
        }

    def markup_to_json(self) -> dict[str, Any]:
        return describe_markup(
            self.markup,
            self.article.text,
            spans=self.span_provenance,
            relations=self.relation_provenance,
            fields=self.field_provenance,
            drawn=self.drawn,
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Record":
        markup = Markup.from_json(value)
        relations = {
            Relation(link["source"], link["target"], link["kind"]): link["provenance"]
            for link in value["relations"]
        }
        return cls(
            article=SourceArticle.from_json(value),
            scheme=SchemeReference.from_json(value["scheme"]),
            markup=markup,
            status=value["status"],
            round=value["round"],
            annotations=tuple(AnnotationReference(**reference) for reference in value["annotations"]),
            ledger=LedgerReference(**value["ledger"]),
            span_provenance=_provenance_by(
                {span["key"]: span["provenance"] for span in value["spans"]},
            ),
            relation_provenance=_provenance_by(relations),
            field_provenance=_provenance_by(value["field_provenance"]),
            drawn=_read_drawn(value["spans"]),
        )

    def to_line(self) -> str:
        """The record's canonical JSON: what a release stores and its checksum is of."""
        return write_canonical(self.to_json())

    @classmethod
    def from_line(cls, line: str) -> "Record":
        return cls.from_json(json.loads(line))


def describe_markup(
    markup: Markup,
    text: str,
    *,
    spans: Mapping[str, Provenance] = NO_PROVENANCE,
    relations: Mapping[Relation, Provenance] = NO_PROVENANCE,
    fields: Mapping[str, Provenance] = NO_PROVENANCE,
    drawn: Mapping[str, tuple[int, int]] = NO_PROVENANCE,
) -> dict[str, Any]:
    """What a record says of a markup: each span with its words, and each part with its provenance where it has one.

    A span whose ends were moved says where it was drawn, too.
    """
    return {
        "spans": [
            {
                "key": span.key,
                "label": span.label,
                "start": span.start,
                "end": span.end,
                "quote": span.quote(text),
                "attributes": dict(span.attributes),
                "provenance": _provenance_to_json(spans.get(span.key)),
                **_name_drawn(drawn.get(span.key)),
            }
            for span in sorted(markup.spans, key=_reading_order)
        ],
        "relations": [
            {
                "kind": relation.kind,
                "source": relation.source,
                "target": relation.target,
                "provenance": _provenance_to_json(relations.get(relation)),
            }
            for relation in sorted(markup.relations)
        ],
        "fields": dict(markup.fields),
        "field_provenance": {name: provenance.to_json() for name, provenance in fields.items()},
    }


def describe_gold_content(
    content: Mapping[str, Any],
    text: str,
    *,
    status: str,
    annotations: Iterable[AnnotationReference],
    pseudonyms: Mapping[int, str],
) -> dict[str, Any]:
    """What a record says of what adjudication made of a text: people become pseudonyms, row ids revisions."""

    def read(value: Mapping[str, Any]) -> Provenance:
        votes = sorted((pseudonyms[annotator] for annotator in value["votes"]), key=by_place)
        return Provenance(Origin(value["origin"]), tuple(value["decisions"]), tuple(votes))

    return {
        "status": status,
        "annotations": [reference.to_json() for reference in sorted(annotations)],
        "ledger": LedgerReference(**content["ledger"]).to_json(),
        **describe_markup(
            Markup.from_json(content),
            text,
            spans={span["key"]: read(span["provenance"]) for span in content["spans"]},
            relations={
                Relation(link["source"], link["target"], link["kind"]): read(link["provenance"])
                for link in content["relations"]
            },
            fields={name: read(value) for name, value in content["field_provenance"].items()},
        ),
    }


def read_drawn(canonical: str) -> dict[str, tuple[int, int]]:
    r"""The places at which spans were drawn whose ends were moved, from the canonical members of an annotation.

    >>> read_drawn('"fields":{}\n"spans":[{"drawn":{"end":6,"start":2},"key":"a"}]')
    {'a': (2, 6)}
    """
    if '"drawn":' not in canonical:
        return {}
    spans = next(line for line in canonical.split("\n") if line.startswith('"spans":'))
    return _read_drawn(json.loads(spans.removeprefix('"spans":')))


def _read_drawn(spans: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    return {span["key"]: (span["drawn"]["start"], span["drawn"]["end"]) for span in spans if "drawn" in span}


def _name_drawn(place: tuple[int, int] | None) -> dict[str, Any]:
    return {"drawn": {"start": place[0], "end": place[1]}} if place else {}


def _reading_order(span: Span) -> tuple[int, int, str, str]:
    return span.start, -span.end, span.label, span.key


def _provenance_to_json(provenance: Provenance | None) -> dict[str, Any] | None:
    return provenance.to_json() if provenance else None


def _provenance_by(parts: Mapping[Key, Mapping[str, Any] | None]) -> dict[Key, Provenance]:
    return {key: Provenance.from_json(value) for key, value in parts.items() if value}
