"""Articles on their way in: written in chunks that nobody sees, published at once, or taken away again.

Each step is a transaction that only writes, so that others never wait for the reading of a file. A chunk of an import
that was given up meanwhile is refused, since whoever took it away has taken over the import's row.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.corpus.duplicates import request_duplicates
from annotations.corpus.holding import take_some_held_away
from annotations.corpus.layout import TextBlock
from annotations.formats.documents import Document
from annotations.models import Article, ArticleImport, ArticleSourceMap, Block, Project, User
from annotations.projects.archived import check_live

MAX_ARTICLES_AT_ONCE = 200
MAX_BLOCKS_AT_ONCE = 4_000
MAX_BYTES_AT_ONCE = 4 * 1024 * 1024
LEASE = timedelta(minutes=1)
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.1
MAX_PLACE_LENGTH = 500
MAX_BATCH_SIZE = 2_000


class ImportUnderWayError(Exception):
    """Another import into the project has not ended yet."""


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """A document read, checked and laid out: all that is left to do is to write it."""

    document: Document
    text: str
    text_sha256: str
    words_sha256: str
    title: str
    blocks: tuple[TextBlock, ...]


def open_import(project: Project, *, patience: float = PATIENCE_SECONDS) -> ArticleImport:
    """Begin an import; where another is under way wait for it, and take one that was cut off away first."""
    last_try = time.monotonic() + patience
    while True:
        now = timezone.now()
        try:
            with transaction.atomic():
                return ArticleImport.objects.create(project=project, started_at=now, busy_until=now + LEASE)
        except IntegrityError:
            other = ArticleImport.objects.filter(project=project, published_at=None).first()
        if other is None:
            check_live(project)  # it may have been archived since it was asked
            continue
        if other.busy_until <= now:
            drop_import(other)
        elif time.monotonic() < last_try:
            time.sleep(PAUSE_SECONDS)
        else:
            raise ImportUnderWayError(
                f"Another import into {project} is under way since {other.started_at:%H:%M:%S} UTC. Wait until it "
                "has ended, then import again; one that was cut off is given up after a minute.",
            )


def in_chunks(items: Iterable[PreparedArticle]) -> Iterator[list[PreparedArticle]]:
    """Group articles into chunks, each small enough for one short transaction."""
    chunk: list[PreparedArticle] = []
    blocks = size = 0
    for item in items:
        chunk.append(item)
        blocks += len(item.blocks)
        size += len(item.document.original)
        if len(chunk) >= MAX_ARTICLES_AT_ONCE or blocks >= MAX_BLOCKS_AT_ONCE or size >= MAX_BYTES_AT_ONCE:
            yield chunk
            chunk, blocks, size = [], 0, 0
    if chunk:
        yield chunk


def stage(under_way: ArticleImport, items: Sequence[PreparedArticle], *, by: User | None) -> list[Article]:
    """Write articles that nobody sees yet."""
    articles = [_to_article(under_way, item, by=by) for item in items]
    with transaction.atomic():
        prolong(under_way)
        Article.staged.bulk_create(articles)
        Block.objects.bulk_create(
            (
                Block(
                    article=article, ordinal=ordinal, kind=block.kind.value, start=block.start, end=block.end
                )
                for article, item in zip(articles, items, strict=True)
                for ordinal, block in enumerate(item.blocks, start=1)
            ),
            batch_size=MAX_BATCH_SIZE,
        )
        ArticleSourceMap.objects.bulk_create(
            ArticleSourceMap(article=article, runs=item.document.source_map.to_json())
            for article, item in zip(articles, items, strict=True)
            if item.document.source_map
        )
    return articles


def publish(under_way: ArticleImport, record: Callable[[], object]) -> None:
    """Show all articles of an import at once, put it on record, and ask for copies among them to be found."""
    with transaction.atomic():
        prolong(under_way)
        under_way.published_at = timezone.now()
        under_way.save(update_fields=["published_at"])
        record()
        request_duplicates(under_way.project, of=under_way)


def drop_import(under_way: ArticleImport) -> None:
    """Take away an import that is not to be published, chunk by chunk; who finds another at it leaves it to them."""
    while True:
        with transaction.atomic():
            if not _hold(under_way):
                return
            if take_some_held_away(under_way):
                continue
            found = Article.staged.filter(imported_in=under_way).values_list("pk", flat=True)
            chunk = list(found.order_by("pk")[:MAX_ARTICLES_AT_ONCE])
            if not chunk:
                ArticleImport.objects.filter(pk=under_way.pk).delete()
                return
            Block.objects.filter(article__in=chunk).delete()
            Article.staged.filter(pk__in=chunk).delete()


def prolong(under_way: ArticleImport) -> None:
    """Go on holding an import; whoever was given up meanwhile is told so."""
    if not _hold(under_way):
        raise ImportUnderWayError(
            f"This import stood still for more than {LEASE.seconds} seconds and was given up: import again."
        )


def _hold(under_way: ArticleImport) -> bool:
    """Be the one who works on an import until the lease ends, unless another has taken it since."""
    until: datetime = timezone.now() + LEASE
    row = ArticleImport.objects.filter(pk=under_way.pk, published_at=None, busy_until=under_way.busy_until)
    is_held = bool(row.update(busy_until=until))
    if is_held:
        under_way.busy_until = until
    return is_held


def _to_article(under_way: ArticleImport, item: PreparedArticle, *, by: User | None) -> Article:
    read = item.document
    article = Article(
        project=under_way.project,
        imported_in=under_way,
        title=item.title,
        external_id=read.id,
        source=read.place[-MAX_PLACE_LENGTH:],
        source_format=read.source_format,
        original=read.original,
        encoding=read.encoding,
        text=item.text,
        length=len(item.text),
        sha256=hashlib.sha256(read.original).hexdigest(),
        text_sha256=item.text_sha256,
        words_sha256=item.words_sha256,
        metadata=dict(read.metadata),
        imported_by=by,
    )
    blocks = [Block(start=block.start, end=block.end, kind=block.kind.value) for block in item.blocks]
    article.write_canonical(blocks)
    return article
