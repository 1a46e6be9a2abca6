"""What changed of an article between two releases: its spans, relations and answers, compared as records hold them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Record = Mapping[str, Any]
Part = Mapping[str, Any]


class SpanChange(StrEnum):
    """In which way a span of one release is another in the next."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RELABELLED = "relabelled"
    REATTRIBUTED = "re-attributed"


class RelationChange(StrEnum):
    """In which way a relation of one release is another in the next."""

    ADDED = "added"
    REMOVED = "removed"
    RELINKED = "relinked"


class ArticleChange(StrEnum):
    """What became of an article from one release to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME_MARKUP = "same markup"


@dataclass(frozen=True, slots=True)
class ChangedSpan:
    """A span before and after, or the one of them that there is."""

    change: SpanChange
    before: Part | None
    after: Part | None

    def to_json(self) -> dict[str, Any]:
        return {"change": self.change, "before": _show_span(self.before), "after": _show_span(self.after)}


@dataclass(frozen=True, slots=True)
class ChangedRelation:
    """A relation before and after, or the one of them that there is."""

    change: RelationChange
    before: Part | None
    after: Part | None

    def to_json(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "before": _show_relation(self.before),
            "after": _show_relation(self.after),
        }


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
    """How many articles, spans, relations and answers changed, in which way; gathered article by article."""

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.labels: Counter[tuple[str, str]] = Counter()
        self.relations: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()

    def add(self, found: ArticleDifference) -> None:
        self.articles[found.change] += 1
        for span in found.spans:
            self.spans[span.change] += 1
            part = span.after or span.before or {}
            self.labels[part["label"], span.change] += 1
        self.relations.update(relation.change for relation in found.relations)
        self.fields.update(name for name, _, _ in found.fields)

    def to_json(self) -> dict[str, Any]:
        by_label: dict[str, dict[str, int]] = {}
        for (label, change), count in sorted(self.labels.items()):
            by_label.setdefault(label, {})[change] = count
        return {
            "articles": {change.value: self.articles[change] for change in ArticleChange},
            "spans": {change.value: self.spans[change] for change in SpanChange},
            "spans_by_label": by_label,
            "relations": {change.value: self.relations[change] for change in RelationChange},
            "fields": dict(sorted(self.fields.items())),
        }


def compare_records(before: Record | None, after: Record | None) -> ArticleDifference:
    """What changed of an article whose record is not in both releases alike; all of its markup where it is in one alone."""
    there = after or before
    if there is None:
        raise ValueError("an article is in neither release: give the record of at least one")
    spans, keys = match_spans((before or {}).get("spans", ()), (after or {}).get("spans", ()))
    relations = _match_relations(before, after, keys)
    fields = _compare_fields((before or {}).get("fields", {}), (after or {}).get("fields", {}))
    if before is None or after is None:
        change = ArticleChange.ADDED if before is None else ArticleChange.REMOVED
    else:
        change = ArticleChange.CHANGED if spans or relations or fields else ArticleChange.SAME_MARKUP
    return ArticleDifference(
        there["id"], there["title"], change, tuple(spans), tuple(relations), tuple(fields), there["text"]
    )


def match_spans(before: Iterable[Part], after: Iterable[Part]) -> tuple[list[ChangedSpan], dict[str, str]]:
    """The spans that changed, in the order of the text, and the key that each span of before has after.

    Spans with the same ends and label are one; then those with the same ends; then those of one label that overlap, the
    most alike (by what both cover of what either covers) first.
    """
    old, new = {span["key"]: span for span in before}, {span["key"]: span for span in after}
    keys: dict[str, str] = {}
    changed: list[ChangedSpan] = []

    def pair(one: str, other: str, change: SpanChange | None) -> None:
        keys[one] = other
        first, second = old.pop(one), new.pop(other)
        if change is not None:
            changed.append(ChangedSpan(change, first, second))

    for one, other in _pair_alike(old, new, "start", "end", "label", "attributes"):
        pair(one, other, None)
    for one, other in _pair_alike(old, new, "start", "end", "label"):
        pair(one, other, SpanChange.REATTRIBUTED)
    for one, other in _pair_alike(old, new, "start", "end"):
        pair(one, other, SpanChange.RELABELLED)
    overlapping = sorted(
        (-_overlap(first, second), first["start"], second["start"], one, other)
        for one, first in old.items()
        for other, second in new.items()
        if first["label"] == second["label"] and _overlap(first, second) > 0
    )
    for _, _, _, one, other in overlapping:
        if one in old and other in new:
            pair(one, other, SpanChange.MOVED)
    changed += [ChangedSpan(SpanChange.REMOVED, span, None) for span in old.values()]
    changed += [ChangedSpan(SpanChange.ADDED, None, span) for span in new.values()]
    return sorted(changed, key=_reading_order), keys


def _pair_alike(old: Mapping[str, Part], new: Mapping[str, Part], *members: str) -> Iterator[tuple[str, str]]:
    waiting: dict[str, list[str]] = {}
    for key, span in new.items():
        waiting.setdefault(repr([span[member] for member in members]), []).append(key)
    for key, span in list(old.items()):
        alike = waiting.get(repr([span[member] for member in members]))
        if alike:
            yield key, alike.pop(0)


def _overlap(one: Part, other: Part) -> float:
    """What both spans cover, as a share of what either covers."""
    shared = min(one["end"], other["end"]) - max(one["start"], other["start"])
    return shared / (max(one["end"], other["end"]) - min(one["start"], other["start"])) if shared > 0 else 0.0


def _reading_order(changed: ChangedSpan) -> tuple[int, int, str]:
    span = changed.after or changed.before or {}
    return span["start"], -span["end"], span["label"]


def _match_relations(
    before: Record | None, after: Record | None, keys: Mapping[str, str]
) -> list[ChangedRelation]:
    """The relations that changed; one that keeps its type and an end, or both ends, is relinked."""
    old = [
        (_name_ends(link, keys), _with_quotes(link, before)) for link in (before or {}).get("relations", ())
    ]
    new = [(_name_ends(link, {}), _with_quotes(link, after)) for link in (after or {}).get("relations", ())]
    there = Counter(name for name, _ in old) & Counter(name for name, _ in new)
    left = [_leave_out(links, there) for links in (old, new)]
    changed = []
    removed, added = left
    for name, link in removed:
        partner = next((entry for entry in added if _is_relinked(name, entry[0])), None)
        if partner is None:
            changed.append(ChangedRelation(RelationChange.REMOVED, link, None))
        else:
            added.remove(partner)
            changed.append(ChangedRelation(RelationChange.RELINKED, link, partner[1]))
    return [*changed, *(ChangedRelation(RelationChange.ADDED, None, link) for _, link in added)]


Ends = tuple[str, str, str]


def _name_ends(link: Part, keys: Mapping[str, str]) -> Ends:
    """The type of a relation, and its ends by the keys that they have after."""
    ends = (keys.get(link[end], f"gone {link[end]}") if keys else link[end] for end in ("source", "target"))
    source, target = ends
    return link["kind"], source, target


def _is_relinked(one: Ends, other: Ends) -> bool:
    return sum(mine == theirs for mine, theirs in zip(one, other, strict=True)) == 2  # noqa: PLR2004 - of three


def _leave_out(links: list[tuple[Ends, Part]], there: Counter[Ends]) -> list[tuple[Ends, Part]]:
    still, left = Counter(there), []
    for name, link in links:
        if still[name]:
            still[name] -= 1
        else:
            left.append((name, link))
    return left


def _with_quotes(link: Part, record: Record | None) -> Part:
    """A relation with the words of its ends, which a reader knows better than their keys."""
    quotes = {span["key"]: span["quote"] for span in (record or {}).get("spans", ())}
    return {
        "kind": link["kind"],
        "source": quotes.get(link["source"], ""),
        "target": quotes.get(link["target"], ""),
    }


def _compare_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _show_span(span: Part | None) -> dict[str, Any] | None:
    members = ("label", "start", "end", "quote", "attributes")
    return {member: span[member] for member in members} if span else None


def _show_relation(link: Part | None) -> dict[str, Any] | None:
    return dict(link) if link else None
