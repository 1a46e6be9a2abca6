"""Two releases of a project side by side, read as two streams, so that neither has to fit into memory."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from annotations import __version__
from annotations.gold.agreement_changes import compare_agreement
from annotations.gold.changelog import write_changelog
from annotations.gold.differences import ArticleDifference, DifferenceCounts, compare_records
from annotations.gold.publishing import check_handed_out
from annotations.gold.versions import describe_version
from annotations.limits import MAX_PAGED_ROWS
from annotations.models import Release

ASKED_AT_ONCE = 2_000
READ_AT_ONCE = 100


class NotComparableError(ValueError):
    """Two releases that cannot be compared: of two projects, or one and the same."""


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """What changed between two releases, counted, and the articles that changed, as many as a page leads through."""

    counts: dict[str, Any]
    articles: list[int]


def check_comparable(before: Release, after: Release) -> None:
    """Refuse to compare releases of two projects, a release with itself, or one that was withdrawn, whose content would be told."""
    if before.project_id != after.project_id:
        raise NotComparableError("releases of two projects cannot be compared: name two of one project")
    if before.pk == after.pk:
        raise NotComparableError("a release is the same as itself: name another one to compare it with")
    check_handed_out(before, after)


def list_changed_articles(before: Release, after: Release) -> Iterator[int]:
    """The articles whose records are not the same in both releases, in ascending order; no record is read."""
    olds, news = (_read_checksums(release) for release in (before, after))
    old, new = next(olds, None), next(news, None)
    while old or new:
        if new is None or (old is not None and old[0] < new[0]):
            yield old[0] if old else 0
            old = next(olds, None)
        elif old is None or new[0] < old[0]:
            yield new[0]
            new = next(news, None)
        else:
            if old[1] != new[1]:
                yield new[0]
            old, new = next(olds, None), next(news, None)


def compare_articles(before: Release, after: Release, articles: Sequence[int]) -> list[ArticleDifference]:
    """What changed of some articles between two releases."""
    found = [
        dict(release.items.filter(article__in=articles).values_list("article_id", "record"))
        for release in (before, after)
    ]
    return [
        compare_records(*(json.loads(records[article]) if article in records else None for records in found))
        for article in articles
    ]


def read_differences(before: Release, after: Release) -> Iterator[ArticleDifference]:
    """What changed of every article between two releases, a page of articles at a time."""
    some: list[int] = []
    for article in list_changed_articles(before, after):
        some.append(article)
        if len(some) == READ_AT_ONCE:
            yield from compare_articles(before, after, some)
            some = []
    yield from compare_articles(before, after, some)


def compare_releases(before: Release, after: Release) -> ReleaseDifference:
    """Count what changed between two releases, which never change, so that it is counted once."""
    check_comparable(before, after)
    key = f"difference-2:{__version__}:{before.pk}:{before.sha256}:{after.pk}:{after.sha256}"
    known: ReleaseDifference | None = cache.get(key)
    if known is None:
        counts = DifferenceCounts()
        articles: list[int] = []
        for found in read_differences(before, after):
            counts.add(found)
            if len(articles) < MAX_PAGED_ROWS:
                articles.append(found.article)
        known = ReleaseDifference(counts.to_json(), articles)
        cache.set(key, known)
    return known


def write_json(before: Release, after: Release) -> Iterator[bytes]:
    """The whole difference of two releases as one JSON document, written as it is read."""
    counts = compare_releases(before, after).counts
    named = {name: _refer(release) for name, release in (("before", before), ("after", after))}
    agreement = [one.to_json() for one in compare_agreement(before.manifest, after.manifest)]
    head = json.dumps({**named, "counts": counts, "agreement": agreement}, ensure_ascii=False, sort_keys=True)
    yield f'{head.removesuffix("}")}, "articles": ['.encode()
    for place, found in enumerate(read_differences(before, after)):
        yield f"{',' if place else ''}\n{json.dumps(found.to_json(), ensure_ascii=False)}".encode()
    yield b"\n]}\n"


def write_markdown(before: Release, after: Release) -> Iterator[bytes]:
    """The difference of two releases as a changelog in Markdown, written as it is read."""
    counts = compare_releases(before, after).counts
    agreement = compare_agreement(before.manifest, after.manifest)
    lines = write_changelog(_refer(before), _refer(after), counts, read_differences(before, after), agreement)
    yield from (f"{line}\n".encode() for line in lines)


def _refer(release: Release) -> dict[str, Any]:
    return {
        "number": release.number,
        "title": release.title,
        "version": describe_version(release.manifest),
        "sha256": release.sha256,
    }


def _read_checksums(release: Release) -> Iterator[tuple[int, str]]:
    items = release.items.order_by("article_id").values_list("article_id", "sha256")
    return items.iterator(ASKED_AT_ONCE)
