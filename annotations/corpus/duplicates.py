"""Finding articles that are copies of each other: each article is sampled once, and compared with what is there.

A text is read when it is new, and again only beside one of which the samples say that it may be a copy.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from annotations.corpus.catalogue import UNSIGNED, catalogue, hash_articles
from annotations.corpus.clusters import Pair, write_clusters
from annotations.jobs.services import enqueue
from annotations.jobs.worker import Checkpoint
from annotations.likeness.resemblance import measure
from annotations.likeness.shingles import Hashes
from annotations.likeness.sketches import CopyCandidate, SketchIndex
from annotations.limits import MAX_NAMED_COPIES
from annotations.models import Article, ArticleImport, ArticleSketch, Job, Project, User
from annotations.plurals import count_things

COMPARED_AT_ONCE = 1_000
READ_AT_ONCE = 100
SHINGLED_TEXTS = 1_000
"""Texts whose shingles are remembered while pairs are compared; a text that is copied often is in many."""


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """An article of an import that is a copy of another article of the project, in which way and how far."""

    article: Article
    other: Article
    share: float
    kind: str

    def to_json(self) -> dict[str, Any]:
        """What the report of an import says of it."""
        return {
            "place": self.article.source,
            "id": self.article.pk,
            "title": self.article.title,
            "of_place": self.other.source,
            "of_id": self.other.pk,
            "of_title": self.other.title,
            "is_of_this_import": self.article.imported_in_id == self.other.imported_in_id,
            "share": round(self.share, 2),
            "kind": self.kind,
        }


def request_duplicates(project: Project, *, of: ArticleImport | None = None, by: User | None = None) -> Job:
    """Ask for the copies among the articles of a project that are new; last in a transaction.

    Each import asks for itself, since a job that is under way may be past its articles.
    """
    name = f"import {of.pk}" if of else "all"
    return enqueue("find_duplicates", key=f"find_duplicates:{project.pk}:{name}", project=project, by=by)


def run_find_duplicates(job: Job, checkpoint: Checkpoint) -> None:
    """Sample the articles of the job's project that are new, compare them with all, and write down the clusters."""
    project = job.project
    if project is None:
        return
    catalogue(project.articles.all(), advance=lambda: checkpoint(message="reading articles"))
    visible = project.articles.values("pk")
    waiting = ArticleSketch.objects.filter(project=project, is_compared=False, article__in=visible)
    new = list(waiting.order_by("pk").values_list("pk", flat=True))
    if not new:
        return
    index = _read_index(ArticleSketch.objects.filter(project=project, article__in=visible))
    found = 0
    for start in range(0, len(new), COMPARED_AT_ONCE):
        some = new[start : start + COMPARED_AT_ONCE]
        pairs = list(compare_candidates(index.find_candidates(some)))
        with transaction.atomic():
            write_clusters(project, pairs)
            ArticleSketch.objects.filter(pk__in=some).update(is_compared=True)
            found += len(pairs)
            checkpoint(
                done=start + len(some),
                total=len(new),
                message=count_things(found, "pair of copies", "pairs of copies"),
            )


def find_copies_in_import(
    under_way: ArticleImport,
    *,
    most: int = MAX_NAMED_COPIES,
    advance: Callable[[], object] = lambda: None,
) -> list[FoundCopy]:
    """The articles of an import, published or not, that are copies of others of the project or of each other.

    Each is named once, beside the article of which it has most; nothing is written but samples. The articles are
    sampled where they are not yet, so that this takes as long as reading them the first time.
    """
    project = under_way.project
    there = (project.articles.all(), Article.staged.filter(imported_in=under_way))
    for articles in there:
        catalogue(articles, advance=advance)
    sketches = ArticleSketch.objects.filter(project=project)
    index = _read_index(
        *(sketches.filter(article__in=articles.order_by().values("pk")) for articles in there)
    )
    own = set(there[1].values_list("pk", flat=True))
    nearest: dict[int, Pair] = {}
    for pair in compare_candidates(index.find_candidates(own)):
        newer = pair.other if pair.other in own else pair.one
        if newer not in nearest or pair.nearness > nearest[newer].nearness:
            nearest[newer] = pair
    shown = sorted(nearest)[:most]
    ids = {number for new in shown for number in (nearest[new].one, nearest[new].other)}
    named = Article.staged.defer("text", "original", "canonical", "metadata").in_bulk(ids)
    return [
        FoundCopy(named[new], named[nearest[new].other_than(new)], nearest[new].share, nearest[new].kind)
        for new in shown
    ]


def compare_candidates(candidates: Iterable[CopyCandidate]) -> Iterator[Pair]:
    """Read articles that may be copies of each other, and give the pairs that are."""
    remembered: OrderedDict[int, Hashes] = OrderedDict()
    pending = list(candidates)
    for start in range(0, len(pending), READ_AT_ONCE):
        some = pending[start : start + READ_AT_ONCE]
        wanted = {number for pair in some for number in pair[:2]}
        articles = list(Article.staged.only("pk", "text").filter(pk__in=wanted - remembered.keys()))
        for article, shingles in zip(articles, hash_articles(articles), strict=True):
            remembered[article.pk] = shingles
        for one, other, is_common in some:
            if one not in remembered or other not in remembered:
                continue  # deleted since it was sampled
            found = measure(remembered[one], remembered[other])
            if kind := found.find_kind(is_common=is_common):
                yield Pair(one, other, found.share, kind.value)
        for number in wanted & remembered.keys():
            remembered.move_to_end(number)
        while len(remembered) > SHINGLED_TEXTS:
            remembered.popitem(last=False)


def _read_index(*sketches: QuerySet[ArticleSketch]) -> SketchIndex:
    rows = (row for some in sketches for row in some.order_by("pk").values_list("pk", "keys").iterator(2_000))
    return SketchIndex.build((number, np.frombuffer(bytes(keys), dtype=UNSIGNED)) for number, keys in rows)
