"""What changed between two releases, in Markdown that people read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotations.gold.agreement_changes import METRICS_IN_WORDS, AgreementChange, say_figure
from annotations.gold.differences import (
    ArticleChange,
    ArticleDifference,
    ChangedRelation,
    ChangedSpan,
    RelationChange,
    SpanChange,
)
from annotations.plurals import write_decimal

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")
MAX_QUOTE = 120
MAX_ARTICLES = 1_000
"""Articles of which a changelog names every change; the JSON has all."""


def write_changelog(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    counts: Mapping[str, Any],
    articles: Iterable[ArticleDifference],
    agreement: Iterable[AgreementChange] = (),
) -> Iterator[str]:
    """The lines of a changelog: what changed in numbers, and then article by article."""
    yield f"# Changes from {_name(before)} to {_name(after)}"
    yield ""
    for kind in ("articles", "spans", "relations"):
        changed = ", ".join(f"{number:,} {change}" for change, number in counts[kind].items() if number)
        yield f"- {kind}: {changed or 'no change'}"
    if counts["fields"]:
        changed = ", ".join(f"{plain(name)} {number:,}" for name, number in counts["fields"].items())
        yield f"- answers about articles: {changed}"
    yield from (f"- {describe_agreement(change)}" for change in agreement if not change.label)
    for place, article in enumerate(articles):
        if place == MAX_ARTICLES:
            yield ""
            yield f"What changed in further articles is in the JSON; these are the first {MAX_ARTICLES:,}."
            return
        yield ""
        yield f"## {plain(article.title)} ({article.article}): {article.change}"
        if article.change == ArticleChange.CHANGED:
            yield ""
            yield from (f"- {describe_span(span)}" for span in article.spans)
            yield from (f"- {describe_relation(relation)}" for relation in article.relations)
            yield from (
                f"- {plain(name)}: {_value(old)} became {_value(new)}" for name, old, new in article.fields
            )


def describe_agreement(change: AgreementChange) -> str:
    """A figure of agreement in two releases, in a line."""
    of_label = f" of {plain(change.label)}" if change.label else ""
    differs = "" if change.difference is None else f" ({write_decimal(change.difference, sign='+')})"
    return (
        f"agreement, {METRICS_IN_WORDS.get(change.metric, change.metric)}{of_label}: "
        f"{say_figure(change.before)} became {say_figure(change.after)}{differs}"
    )


def describe_span(span: ChangedSpan) -> str:
    """A changed span in a line."""
    old, new = span.before or {}, span.after or {}
    there = new or old
    quote = _quote(there["quote"])
    match span.change:
        case SpanChange.MOVED:
            return (
                f"moved {there['label']}: {_quote(old['quote'])} {_place(old)} became {quote} {_place(new)}"
            )
        case SpanChange.RELABELLED:
            return f"relabelled {quote} {_place(new)}: {old['label']} became {new['label']}"
        case SpanChange.REATTRIBUTED:
            return f"re-attributed {there['label']} {quote} {_place(new)}: {_describe_attributes(old, new)}"
        case _:
            return f"{span.change} {there['label']} {quote} {_place(there)}"


def describe_relation(relation: ChangedRelation) -> str:
    """A changed relation in a line."""
    ends = [
        f"{plain(link['kind'])} from {_quote(link['source'])} to {_quote(link['target'])}"
        for link in (relation.before, relation.after)
        if link
    ]
    if relation.change == RelationChange.RELINKED:
        return f"relinked {' became '.join(ends)}"
    return f"{relation.change} {ends[0]}"


def plain(text: object) -> str:
    r"""A text in which Markdown sees no marks, on one line.

    >>> plain("a *b*\nc")
    'a \\*b\\* c'
    """
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def _describe_attributes(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    before, after = old["attributes"], new["attributes"]
    return ", ".join(
        f"{plain(name)} {_value(before.get(name))} became {_value(after.get(name))}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _value(value: object) -> str:
    return "nothing" if value is None else plain(value)


def _quote(text: str) -> str:
    short = text if len(text) <= MAX_QUOTE else f"{text[: MAX_QUOTE // 2]} … {text[-MAX_QUOTE // 2 :]}"
    return f"“{plain(short)}”"


def _place(span: Mapping[str, Any]) -> str:
    return f"({span['start']}–{span['end']})"


def _name(release: Mapping[str, Any]) -> str:
    return f"release {release['number']} ({plain(release['title'])}, {release['version']})"
