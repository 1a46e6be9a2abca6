"""What one reader said about one text: spans, the relations between them, and fields of the document."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotations.spans import Span

DEFAULT_MERGE_RULE = "unanimity"
"""The merge rule of a project that names no other, and of gold from before there were others."""


class Origin(StrEnum):
    """How a markup, or a part of it, came about; labels, badges, cards and records all follow this list."""

    AGREED = "agreed"
    SINGLE = "single"
    MERGED = "merged"
    ADJUDICATED = "adjudicated"
    IMPORTED = "imported"
    SUBMITTED = "submitted"

    @property
    def words(self) -> str:
        """What people read."""
        return {
            Origin.AGREED: "all annotators agreed",
            Origin.SINGLE: "one annotator only",
            Origin.MERGED: "merged by the project's rule",
            Origin.ADJUDICATED: "adjudicated",
            Origin.IMPORTED: "imported as gold",
            Origin.SUBMITTED: "submitted by an annotator",
        }[self]


class InvalidMarkupError(ValueError):
    """A markup contradicts itself: two spans share a key, or a relation leads to no span."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A typed, directed link from one span (by key) to another of the same markup."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Markup:
    """Spans with unique keys, relations among them, and document fields as (name, value) pairs."""

    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        keys = [span.key for span in self.spans]
        if len(set(keys)) != len(keys):
            raise InvalidMarkupError("two spans of one markup have the same key")
        known = set(keys)
        for relation in self.relations:
            if not {relation.source, relation.target} <= known:
                raise InvalidMarkupError(
                    f"the relation {relation.kind!r} from {relation.source!r} to {relation.target!r} "
                    "leads to a span that is not there",
                )

    def span(self, key: str) -> Span:
        return next(span for span in self.spans if span.key == key)

    def to_json(self) -> dict[str, Any]:
        return {
            "spans": [
                {
                    "key": span.key,
                    "start": span.start,
                    "end": span.end,
                    "label": span.label,
                    "attributes": dict(span.attributes),
                }
                for span in self.spans
            ],
            "relations": [
                {"kind": relation.kind, "source": relation.source, "target": relation.target}
                for relation in self.relations
            ],
            "fields": dict(self.fields),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Markup":
        spans = [
            Span(
                span["start"],
                span["end"],
                span["label"],
                sort_pairs(span.get("attributes", {})),
                span["key"],
            )
            for span in value.get("spans", ())
        ]
        relations = [
            Relation(relation["source"], relation["target"], relation["kind"])
            for relation in value.get("relations", ())
        ]
        return cls(tuple(spans), tuple(relations), sort_pairs(value.get("fields", {})))


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of an annotation that was not accepted, why, and the part itself, so that nothing is lost."""

    code: str
    message: str
    payload: Any = None


def sort_pairs(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Sorted pairs: equal attributes compare equal whatever order they came in."""
    return tuple(sorted(values.items()) if len(values) > 1 else values.items())
