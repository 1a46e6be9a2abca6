"""What changed between two releases, in Markdown that people read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotations.gold.agreement_changes import AgreementChange
from annotations.gold.changes_in_words import describe_agreement, describe_relation, describe_span, say_value
from annotations.gold.differences import ArticleChange, ArticleDifference
from annotations.gold.markdown import plain

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
        several = counts["spans_in_several_ways"] if kind == "spans" else 0
        yield f"- {kind}: {changed or 'no change'}{f', {several:,} in several ways' if several else ''}"
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
                f"- {plain(name)}: {say_value(old)} became {say_value(new)}"
                for name, old, new in article.fields
            )


def _name(release: Mapping[str, Any]) -> str:
    return f"release {release['number']} ({plain(release['title'])}, {release['version']})"
