"""Rows into articles: all of them or none, or all but the bad ones; the same text never twice."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from annotations.corpus.layout import Kind, LaidBlock, lay_out
from annotations.corpus.sources.registry import read_paths
from annotations.corpus.sources.rows import LONGEST_TITLE, Refusal, RefusedError, Row, check_row
from annotations.models import Article, Block, Event, Project, User

CHUNK = 200
LONGEST_PLACE = 500


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """An article that was made of a row, and what a person should look at in it."""

    id: int
    place: str
    title: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A row whose text the project has already; its article stays as it is."""

    id: int | None
    place: str
    first_place: str


@dataclass(slots=True)
class ImportReport:
    """What became of each row. Where nothing was imported because of a bad row, `imported` is empty."""

    is_atomic: bool
    imported: list[ImportedArticle] = field(default_factory=list)
    already_there: list[KnownArticle] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "imported": [
                {"id": made.id, "place": made.place, "title": made.title, "warning": made.warning}
                for made in self.imported
            ],
            "already_there": [
                {"id": known.id, "place": known.place, "first_place": known.first_place}
                for known in self.already_there
            ],
            "refused": [{"place": bad.place, "message": bad.message} for bad in self.refused],
            "nothing_imported_because_of_refused_rows": self.is_atomic and bool(self.refused),
        }


def import_articles(
    project: Project,
    paths_or_rows: Iterable[Path | str | Row | Refusal],
    *,
    by: User | None,
    source: str | None = None,
    encoding: str | None = None,
    atomic: bool = True,
    advance: Callable[[int], object] = lambda _: None,
) -> ImportReport:
    """Import files, folders or rows; `advance` is told the bytes of each row as it is dealt with.

    Atomic: one transaction, taken back where a row is refused, after all rows were read so that every bad one is
    reported. Otherwise a chunk of rows is a transaction.
    """
    report = ImportReport(is_atomic=atomic)
    chunks = _in_chunks(_read(paths_or_rows, report, source=source, encoding=encoding, advance=advance))
    if not atomic:
        for chunk in chunks:
            with transaction.atomic():
                made = _store(project, chunk, report, by=by)
                _record(project, made, by=by)
            report.imported += made
        return report
    with transaction.atomic():
        for chunk in chunks:
            if not report.refused:
                report.imported += _store(project, chunk, report, by=by)
        if report.refused:
            transaction.set_rollback(True)
            report.imported.clear()
            report.already_there.clear()
        else:
            _record(project, report.imported, by=by)
    return report


@dataclass(frozen=True, slots=True)
class _Prepared:
    row: Row
    text_sha256: str
    title: str
    blocks: tuple[LaidBlock, ...]


def _read(
    paths_or_rows: Iterable[Path | str | Row | Refusal],
    report: ImportReport,
    *,
    source: str | None,
    encoding: str | None,
    advance: Callable[[int], object],
) -> Iterator[_Prepared]:
    for item in paths_or_rows:
        rows: Iterable[Row | Refusal] = (
            read_paths([Path(item)], source=source, encoding=encoding)
            if isinstance(item, str | Path)
            else [item]
        )
        for row in rows:
            if isinstance(row, Refusal):
                report.refused.append(row)
                continue
            try:
                check_row(row)
            except RefusedError as error:
                report.refused.append(Refusal(row.place, str(error)))
            else:
                yield _prepare(row)
            advance(len(row.original))


def _prepare(row: Row) -> _Prepared:
    blocks = lay_out(row.text)
    return _Prepared(
        row=row,
        text_sha256=hashlib.sha256(row.text.encode()).hexdigest(),
        title=row.title or find_title(row.text, blocks),
        blocks=blocks,
    )


def find_title(text: str, blocks: Iterable[LaidBlock]) -> str:
    """The title block, or else the beginning of the first words, on one line."""
    ranked = sorted(blocks, key=lambda block: (block.kind is not Kind.TITLE, block.kind is Kind.BOILERPLATE))
    chosen = " ".join(text[ranked[0].start : ranked[0].end].split()) if ranked else " ".join(text.split())
    chosen = chosen.lstrip("#").strip() or chosen
    return chosen if len(chosen) <= LONGEST_TITLE else chosen[: LONGEST_TITLE - 1] + "…"


def _in_chunks(items: Iterable[_Prepared]) -> Iterator[list[_Prepared]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _store(
    project: Project, chunk: list[_Prepared], report: ImportReport, *, by: User | None
) -> list[ImportedArticle]:
    """Write a chunk, but not the texts that are there. The project's row is held so that nobody writes the same."""
    Project.objects.select_for_update().get(pk=project.pk)
    known = {
        article.text_sha256: (article.pk, article.source)
        for article in Article.objects.filter(
            project=project, text_sha256__in=[item.text_sha256 for item in chunk]
        ).only("text_sha256", "source")
    }
    new: dict[str, _Prepared] = {}
    for item in chunk:
        if item.text_sha256 in known:
            article_id, place = known[item.text_sha256]
            report.already_there.append(KnownArticle(article_id, item.row.place, place))
        elif item.text_sha256 in new:
            first = new[item.text_sha256]
            report.already_there.append(KnownArticle(None, item.row.place, first.row.place))
        else:
            new[item.text_sha256] = item
    articles = Article.objects.bulk_create(
        [_to_article(project, item, by=by) for item in new.values()],
    )
    Block.objects.bulk_create(
        [
            Block(article=article, ordinal=ordinal, kind=block.kind.value, start=block.start, end=block.end)
            for article, item in zip(articles, new.values(), strict=True)
            for ordinal, block in enumerate(item.blocks, start=1)
        ],
        batch_size=2_000,
    )
    return [
        ImportedArticle(article.pk, item.row.place, article.title, item.row.warning)
        for article, item in zip(articles, new.values(), strict=True)
    ]


def _to_article(project: Project, item: _Prepared, *, by: User | None) -> Article:
    row = item.row
    return Article(
        project=project,
        title=item.title,
        external_id=row.external_id,
        source=row.place[-LONGEST_PLACE:],
        source_format=row.source_format,
        original=row.original,
        encoding=row.encoding,
        text=row.text,
        length=len(row.text),
        sha256=hashlib.sha256(row.original).hexdigest(),
        text_sha256=item.text_sha256,
        metadata=dict(row.metadata),
        imported_by=by,
    )


def _record(project: Project, made: list[ImportedArticle], *, by: User | None) -> None:
    if made:
        Event.objects.record(
            "imported articles",
            project,
            actor=by,
            project=project,
            count=len(made),
            first=made[0].id,
            last=made[-1].id,
        )
