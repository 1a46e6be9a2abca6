"""What changed of an article between two releases: its spans, relations and answers, compared as records hold them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotations.gold.pairing import pair_relations, pair_spans

Record = Mapping[str, Any]
Part = Mapping[str, Any]

MEMBERS_OF_ENDS = ("key", "label", "start", "end", "quote")
MEMBERS = (*MEMBERS_OF_ENDS, "attributes")


class SpanChange(StrEnum):
    """What happened to a span from one release to the next; of the last three several at once, maybe."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RELABELLED = "relabelled"
    REATTRIBUTED = "re-attributed"


class RelationChange(StrEnum):
    """What happened to a relation from one release to the next: an end of it is another span, its ends were exchanged, or it has another type."""

    ADDED = "added"
    REMOVED = "removed"
    RELINKED = "relinked"
    REVERSED = "reversed"
    RETYPED = "retyped"


class ArticleChange(StrEnum):
    """What became of an article from one release to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME_MARKUP = "same markup"


@dataclass(frozen=True, slots=True)
class ChangedSpan:
    """A span before and after, or the one of them that there is, with everything that happened to it."""

    changes: tuple[SpanChange, ...]
    before: Part | None
    after: Part | None

    def to_json(self) -> dict[str, Any]:
        return {
            **_name_changes(self.changes),
            "before": _show_span(self.before),
            "after": _show_span(self.after),
        }


@dataclass(frozen=True, slots=True)
class ChangedRelation:
    """A relation before and after, or the one of them that there is, with everything that happened to it."""

    changes: tuple[RelationChange, ...]
    before: Part | None
    after: Part | None

    def to_json(self) -> dict[str, Any]:
        return {**_name_changes(self.changes), "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class ArticleDifference:
    """An article that is not in both releases with the same record, and what of its markup changed."""

    article: int
    title: str
    change: ArticleChange
    spans: tuple[ChangedSpan, ...] = ()
    relations: tuple[ChangedRelation, ...] = ()
    fields: tuple[tuple[str, Any, Any], ...] = ()
    """The name of each answer about the article that changed, before and after."""
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "article": self.article,
            "title": self.title,
            "change": self.change,
            "spans": [span.to_json() for span in self.spans],
            "relations": [relation.to_json() for relation in self.relations],
            "fields": [
                {"name": name, "before": before, "after": after} for name, before, after in self.fields
            ],
        }


class DifferenceCounts:
    """How many articles, spans, relations and answers changed, in which way; gathered article by article.

    A span or a relation to which several things happened counts under each of them.
    """

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.labels: Counter[tuple[str, str]] = Counter()
        self.relations: Counter[str] = Counter()
        self.in_several_ways = 0
        self.fields: Counter[str] = Counter()

    def add(self, found: ArticleDifference) -> None:
        self.articles[found.change] += 1
        for span in found.spans:
            self.spans.update(span.changes)
            part = span.after or span.before or {}
            self.labels.update((part["label"], change) for change in span.changes)
            self.in_several_ways += len(span.changes) > 1
        for relation in found.relations:
            self.relations.update(relation.changes)
        self.fields.update(name for name, _, _ in found.fields)

    def to_json(self) -> dict[str, Any]:
        by_label: dict[str, dict[str, int]] = {}
        for (label, change), count in sorted(self.labels.items()):
            by_label.setdefault(label, {})[change] = count
        return {
            "articles": {change.value: self.articles[change] for change in ArticleChange},
            "spans": {change.value: self.spans[change] for change in SpanChange},
            "spans_in_several_ways": self.in_several_ways,
            "spans_by_label": by_label,
            "relations": {change.value: self.relations[change] for change in RelationChange},
            "fields": dict(sorted(self.fields.items())),
        }


def compare_records(before: Record | None, after: Record | None) -> ArticleDifference:
    """What changed of an article whose record is not in both releases alike; all of its markup where it is in one alone."""
    there = after or before
    if there is None:
        raise ValueError("an article is in neither release: give the record of at least one")
    olds, news = ({span["key"]: span for span in (one or {}).get("spans", ())} for one in (before, after))
    keys = pair_spans(olds.values(), news.values())
    spans = _compare_spans(olds, news, keys)
    relations = _compare_relations(before, after, olds, news, keys)
    fields = compare_values((before or {}).get("fields", {}), (after or {}).get("fields", {}))
    if before is None or after is None:
        change = ArticleChange.ADDED if before is None else ArticleChange.REMOVED
    else:
        change = ArticleChange.CHANGED if spans or relations or fields else ArticleChange.SAME_MARKUP
    return ArticleDifference(
        there["id"], there["title"], change, tuple(spans), tuple(relations), tuple(fields), there["text"]
    )


def _compare_spans(
    olds: Mapping[str, Part], news: Mapping[str, Part], keys: Mapping[str, str]
) -> list[ChangedSpan]:
    """The spans that changed, in the order of the text."""
    there = set(keys.values())
    changed = [
        ChangedSpan((SpanChange.REMOVED,), span, None) for key, span in olds.items() if key not in keys
    ]
    changed += [
        ChangedSpan((SpanChange.ADDED,), None, span) for key, span in news.items() if key not in there
    ]
    for one, other in keys.items():
        old, new = olds[one], news[other]
        if changes := tuple(_tell_span_changes(old, new)):
            changed.append(ChangedSpan(changes, old, new))
    return sorted(changed, key=_reading_order)


def _tell_span_changes(old: Part, new: Part) -> Iterator[SpanChange]:
    if (old["start"], old["end"]) != (new["start"], new["end"]):
        yield SpanChange.MOVED
    if old["label"] != new["label"]:
        yield SpanChange.RELABELLED
    if old["attributes"] != new["attributes"]:
        yield SpanChange.REATTRIBUTED


def _reading_order(changed: ChangedSpan) -> tuple[int, int, str]:
    span = changed.after or changed.before or {}
    return span["start"], -span["end"], span["label"]


def _compare_relations(
    before: Record | None,
    after: Record | None,
    olds: Mapping[str, Part],
    news: Mapping[str, Part],
    keys: Mapping[str, str],
) -> list[ChangedRelation]:
    """The relations that changed; whether their ends are the same spans, the keys that these have after tell."""
    was, is_now = ((one or {}).get("relations", ()) for one in (before, after))
    changed = []
    for old, new in pair_relations(was, is_now, keys):
        if changes := tuple(_tell_relation_changes(old, new, keys)):
            told = _show_relation(old, olds), _show_relation(new, news)
            changed.append(ChangedRelation(changes, *told))
    return changed


def _tell_relation_changes(
    old: Part | None, new: Part | None, keys: Mapping[str, str]
) -> Iterator[RelationChange]:
    if old is None or new is None:
        yield RelationChange.ADDED if old is None else RelationChange.REMOVED
        return
    was, is_now = (keys.get(old["source"]), keys.get(old["target"])), (new["source"], new["target"])
    if was != is_now:
        yield RelationChange.REVERSED if was == is_now[::-1] else RelationChange.RELINKED
    if old["kind"] != new["kind"]:
        yield RelationChange.RETYPED


def compare_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The name of each value that is not the same, with what it was and what it is; None where there is none."""
    return [
        (name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _name_changes(changes: Sequence[str]) -> dict[str, Any]:
    """All that happened, and the first of it for programs that know one change alone."""
    return {"change": changes[0], "changes": list(changes)}


def _show_span(span: Part | None) -> dict[str, Any] | None:
    return {member: span[member] for member in MEMBERS} if span else None


def _show_relation(link: Part | None, spans: Mapping[str, Part]) -> dict[str, Any] | None:
    """A relation with the words of its ends, which a reader knows better than their keys, and what a program finds them by."""
    if link is None:
        return None
    ends = {end: spans[link[end]] for end in ("source", "target")}
    return {
        "kind": link["kind"],
        **{end: span["quote"] for end, span in ends.items()},
        **{f"{end}_span": {member: span[member] for member in MEMBERS_OF_ENDS} for end, span in ends.items()},
    }
