"""What articles are found by, written once for each: a sample for copies, its words, and the values of its metadata."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotations.corpus.searching import index_words
from annotations.corpus.words import list_words
from annotations.likeness.shingles import Hashes, hash_shingles
from annotations.likeness.sketches import take_sketch
from annotations.limits import MAX_COLUMN_LENGTH, MAX_FOUND_COLUMNS, MAX_VALUE_LENGTH
from annotations.models import Article, ArticleSketch, ArticleValue, Block, BlockKind
from annotations.models.inserting import insert_rows

CATALOGUED_AT_ONCE = 200
READ_AT_ONCE = 20
CHARACTERS_AT_ONCE = 2_000_000
"""How much text one transaction writes at most, unless a single article has more: others wait for it."""
NOT_THE_ARTICLE = (BlockKind.BOILERPLATE, BlockKind.BIOGRAPHY)
"""Blocks that stand below many articles of a source and make none of them copies."""
UNSIGNED = np.dtype("<u8")


def catalogue(articles: QuerySet[Article], *, advance: Callable[[], object] = lambda: None) -> None:
    """Write down what those of some articles are found by that are not in the catalogue yet, a chunk at a time."""
    known = ArticleSketch.objects.filter(article=OuterRef("pk"))
    new = articles.filter(~Exists(known)).order_by("pk").only("pk", "project_id", "title", "text", "metadata")
    last = 0
    while chunk := _take_some(new.filter(pk__gt=last)):
        last = chunk[-1].pk
        sketches = [
            ArticleSketch(
                article_id=article.pk,
                project_id=article.project_id,
                keys=take_sketch(shingles).astype(UNSIGNED).tobytes(),
            )
            for article, shingles in zip(chunk, hash_articles(chunk), strict=True)
        ]
        values = [
            (article.pk, article.project_id, column, value)
            for article in chunk
            for column, value in list_values(article.metadata)
        ]
        words = [(list_words(f"{article.title} {article.text}"), article.pk) for article in chunk]
        with transaction.atomic():
            ArticleSketch.objects.bulk_create(sketches, ignore_conflicts=True)
            ArticleValue.objects.filter(article__in=[article.pk for article in chunk]).delete()
            insert_rows(ArticleValue, ("article_id", "project_id", "column", "value"), values)
            index_words(words)
            advance()


def _take_some(articles: QuerySet[Article]) -> list[Article]:
    """The first articles, as many as one transaction takes."""
    taken: list[Article] = []
    characters = 0
    for article in articles[:CATALOGUED_AT_ONCE].iterator(chunk_size=READ_AT_ONCE):
        characters += len(article.text)
        if taken and characters > CHARACTERS_AT_ONCE:
            break
        taken.append(article)
    return taken


def list_values(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The columns and values of an article's metadata by which it can be found: what is short, and each of a list.

    >>> list_values({"source": "wire", "tags": ["peace", "talks"], "page": 3, "body": {"x": 1}, "seen": True})
    [('source', 'wire'), ('tags', 'peace'), ('tags', 'talks'), ('page', '3'), ('seen', 'true')]
    """
    found: dict[tuple[str, str], None] = {}
    for column, content in metadata.items():
        for value in content if isinstance(content, list) else [content]:
            if isinstance(value, bool):
                word = "true" if value else "false"
            elif isinstance(value, str | int | float):
                word = str(value).strip()
            else:
                continue
            if 0 < len(word) <= MAX_VALUE_LENGTH and len(column) <= MAX_COLUMN_LENGTH:
                found[column, word] = None
    return list(found)[:MAX_FOUND_COLUMNS]


def hash_articles(articles: list[Article]) -> Iterator[Hashes]:
    """The shingles of articles, without what stands below every article of a source."""
    left_out: dict[int, list[tuple[int, int]]] = {}
    blocks = Block.objects.filter(article__in=[article.pk for article in articles], kind__in=NOT_THE_ARTICLE)
    for number, start, end in blocks.order_by("article_id", "start").values_list(
        "article_id", "start", "end"
    ):
        left_out.setdefault(number, []).append((start, end))
    for article in articles:
        shingles = hash_shingles(_leave_out(article.text, left_out.get(article.pk, [])))
        yield shingles if len(shingles) else hash_shingles(article.text)


def _leave_out(text: str, stretches: list[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in stretches:
        kept.append(text[position:start])
        position = end
    return "\n".join([*kept, text[position:]])
