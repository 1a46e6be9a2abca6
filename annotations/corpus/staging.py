"""Articles on their way in: written in chunks that nobody sees, published at once, or taken away again.

Each step is a transaction that only writes, so that others never wait for the reading of a file. A chunk of an import
that was given up meanwhile is refused, since whoever took it away has taken over the import's row.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from annotations.corpus.duplicates import request_duplicates
from annotations.corpus.errors import ImportStateError, ImportUnderWayError
from annotations.corpus.holding import publish_held, take_some_held_away
from annotations.corpus.predicted.writing import take_some_predictions_away
from annotations.corpus.preparing import PreparedArticle
from annotations.corpus.removing import remove_articles
from annotations.formats.record import SourceArticle, name_source
from annotations.models import (
    Article,
    ArticleImport,
    ArticleSourceMap,
    Block,
    Event,
    ImportFile,
    Prediction,
    Project,
    User,
)
from annotations.models.inserting import Row, insert_rows, reserve_ids
from annotations.projects.archived import check_live

MAX_ARTICLES_AT_ONCE = 200
MAX_BLOCKS_AT_ONCE = 4_000
MAX_BYTES_AT_ONCE = 4 * 1024 * 1024
LEASE = timedelta(minutes=1)
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.1
MAX_PLACE_LENGTH = 500
COLUMNS_OF_ARTICLES = (
    *("title", "external_id", "source", "source_format", "original", "encoding", "text", "length"),
    *("sha256", "text_sha256", "words_sha256", "canonical", "version_of_id", "metadata"),
)
COLUMNS_OF_BLOCKS = ("article_id", "ordinal", "kind", "start", "end")
NO_VERSIONS: Mapping[str, int] = MappingProxyType({})


def open_import(
    project: Project, *, by: User | None = None, patience: float = PATIENCE_SECONDS
) -> ArticleImport:
    """Begin an import; where another is under way wait for it, and take what one wrote that was cut off or waits away first."""

    def begin(now: datetime) -> ArticleImport:
        return ArticleImport.objects.create(
            project=project, started_at=now, started_by=by, busy_until=now + LEASE
        )

    return _take_place(project, begin, patience=patience)


def begin_reading(waiting: ArticleImport, *, patience: float = PATIENCE_SECONDS) -> ArticleImport:
    """Let an import whose files are here have articles from now on; what an earlier reading wrote of it is taken away first."""

    def begin(now: datetime) -> ArticleImport:
        rows = ArticleImport.objects.filter(pk=waiting.pk, published_at=None, asked=waiting.asked)
        if not rows.update(is_staged=True, report=None, busy_until=now + LEASE):
            raise ImportStateError("This import was published, dropped or asked for again meanwhile.")
        return rows.select_related("project").get()

    under_way = _take_place(waiting.project, begin, patience=patience)
    while _take_some_away(under_way):
        pass
    return under_way


def _take_place(
    project: Project, begin: Callable[[datetime], ArticleImport], *, patience: float
) -> ArticleImport:
    """Have the one place of a project in which articles may be written that nobody sees yet."""
    last_try = time.monotonic() + patience
    while True:
        now = timezone.now()
        try:
            with transaction.atomic():
                return begin(now)
        except IntegrityError:
            others = ArticleImport.objects.filter(project=project, published_at=None, is_staged=True)
            other = others.first()
        if other is None:
            check_live(project)  # it may have been archived since it was asked
            continue
        if other.report is not None or other.busy_until <= now:
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


def stage(
    under_way: ArticleImport,
    items: Sequence[PreparedArticle],
    *,
    by: User | None,
    versions: Mapping[str, int] = NO_VERSIONS,
    sign_of_life: Callable[[], object] = lambda: None,
) -> list[int]:
    """Write articles that nobody sees yet, and give their numbers; `versions` has of which article one is a version, by the checksum of its text."""
    rows = [_write_row(item, versions.get(item.text_sha256)) for item in items]
    with transaction.atomic():
        sign_of_life()
        prolong(under_way)
        articles = reserve_ids(Article, len(items))
        insert_rows(
            Article,
            ("id", *COLUMNS_OF_ARTICLES),
            ((article, *row) for article, row in zip(articles, rows, strict=True)),
            project=under_way.project,
            imported_in=under_way,
            imported_by=by,
        )
        insert_rows(Block, COLUMNS_OF_BLOCKS, _list_blocks(articles, items))
        ArticleSourceMap.objects.bulk_create(
            ArticleSourceMap(article_id=article, runs=item.document.source_map.to_json())
            for article, item in zip(articles, items, strict=True)
            if item.document.source_map
        )
    return articles


def _list_blocks(articles: Sequence[int], items: Sequence[PreparedArticle]) -> Iterator[Row]:
    for article, item in zip(articles, items, strict=True):
        for ordinal, block in enumerate(item.blocks, start=1):
            yield article, ordinal, str(block.kind), block.start, block.end


def finish_reading(under_way: ArticleImport, report: dict[str, Any]) -> None:
    """Leave an import that is read for somebody to look at."""
    with transaction.atomic():
        prolong(under_way)
        now = timezone.now()
        ArticleImport.objects.filter(pk=under_way.pk).update(report=report, busy_until=now)
    under_way.report, under_way.busy_until = report, now


def take_over(made: ArticleImport) -> ArticleImport:
    """Hold an import that is not published, whoever did before: who reads it is told so at the next chunk."""
    until = timezone.now() + LEASE
    if not ArticleImport.objects.filter(pk=made.pk, published_at=None).update(busy_until=until):
        raise ImportStateError("This import was published or dropped meanwhile.")
    made.busy_until = until
    return made


def publish(under_way: ArticleImport, *, by: User | None) -> int:
    """Show all articles of an import at once, with annotations that came with them, and ask for copies to be found; returns how many."""
    with transaction.atomic():
        prolong(under_way)
        under_way.published_at = timezone.now()
        under_way.save(update_fields=["published_at"])
        articles = Article.staged.filter(imported_in=under_way)
        found = articles.aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
        if found["count"]:
            Event.objects.record(
                "imported articles", under_way.project, actor=by, project=under_way.project, **found
            )
        publish_held(under_way, by=by)
        if predictions := Prediction.objects.filter(made_in=under_way).count():
            Event.objects.record(
                "imported predictions",
                under_way,
                actor=by,
                project=under_way.project,
                predictions=predictions,
            )
        request_duplicates(under_way.project, of=under_way)
    return int(found["count"])


def drop_import(under_way: ArticleImport) -> None:
    """Take the articles of an import that is not to be published away, chunk by chunk; who finds another at it leaves it to them.

    One whose files are here goes on waiting to be read, and of another nothing is left.
    """
    try:
        while _take_some_away(under_way):
            pass
    except ImportUnderWayError:
        return
    with transaction.atomic():
        if not _hold(under_way):
            return
        row = ArticleImport.objects.filter(pk=under_way.pk)
        if ImportFile.objects.filter(article_import=under_way).exists():
            row.update(is_staged=False, report=None)
        else:
            row.delete()


def _take_some_away(under_way: ArticleImport) -> bool:
    """Delete some of what was written for an import; whether there was any."""
    with transaction.atomic():
        prolong(under_way)
        if take_some_held_away(under_way) or take_some_predictions_away(under_way):
            return True
        found = Article.staged.filter(imported_in=under_way).values_list("pk", flat=True)
        chunk = list(found.order_by("pk")[:MAX_ARTICLES_AT_ONCE])
        remove_articles(chunk)
    return bool(chunk)


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


def _write_row(item: PreparedArticle, version_of: int | None) -> Row:
    """The columns of an article, with what a record says of it."""
    read = item.document
    source = read.place[-MAX_PLACE_LENGTH:]
    article = SourceArticle(
        id=0,
        title=item.title,
        text=item.text,
        sha256=hashlib.sha256(read.original).hexdigest(),
        text_sha256=item.text_sha256,
        external_id=read.id,
        source=name_source(source),
        source_format=read.source_format,
        metadata=read.metadata,
        blocks=item.blocks,
    )
    return (
        *(article.title, article.external_id, source, article.source_format, read.original, read.encoding),
        *(article.text, len(article.text), article.sha256, article.text_sha256, item.words_sha256),
        *(article.write_about(), version_of, json.dumps(dict(read.metadata))),
    )
