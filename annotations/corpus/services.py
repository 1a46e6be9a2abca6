"""Rows into articles: all of them or none, or all but the bad ones; the same text never twice."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations.corpus.layout import BlockRole, TextBlock, lay_out, refine
from annotations.corpus.lookalikes import Likeness, compare, digest_words, find_misread
from annotations.corpus.staging import PreparedArticle, drop_import, in_chunks, open_import, publish, stage
from annotations.formats.articles import ask_about_length, check_article
from annotations.formats.documents import Block, Document
from annotations.formats.errors import Notice, Refusal, RefusedError, shorten
from annotations.formats.ports import NOTHING_SAID, TextOptions
from annotations.formats.text_files import read_paths
from annotations.limits import MAX_BLOCKS, MAX_REFUSALS, MAX_ROWS, MAX_TITLE_LENGTH
from annotations.models import Article, ArticleImport, Event, Project, User
from annotations.projects.archived import check_live


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
    notices: list[Notice] = field(default_factory=list)
    """What somebody should look at, though nothing is refused for it: what a folder holds besides, texts that are nearly others."""
    unnamed_notices: int = 0
    unnamed: int = 0
    """Refused rows beyond those that are named; the last of `refused` says how many."""

    def refuse(self, refusal: Refusal) -> None:
        if len(self.refused) < MAX_REFUSALS:
            self.refused.append(refusal)
        else:
            self.unnamed += 1

    def notice(self, notice: Notice) -> None:
        if len(self.notices) < MAX_REFUSALS:
            self.notices.append(notice)
        else:
            self.unnamed_notices += 1

    def close(self) -> None:
        """Say how many refused rows and notices are not named."""
        if self.unnamed_notices:
            self.notices.append(Notice("and further", f"{self.unnamed_notices:,} more notices"))
        if self.unnamed:
            self.refused.append(Refusal("and further", f"{self.unnamed:,} more rows were refused"))

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
            "notices": [{"place": notice.place, "message": notice.message} for notice in self.notices],
            "refused": [{"place": bad.place, "message": bad.message} for bad in self.refused],
            "nothing_imported_because_of_refused_rows": self.is_atomic and bool(self.refused),
        }


def import_articles(
    project: Project,
    paths_or_rows: Iterable[Path | str | Document | Refusal | Notice],
    *,
    by: User | None,
    source: str | None = None,
    options: TextOptions = NOTHING_SAID,
    atomic: bool = True,
    advance: Callable[[int], object] = lambda _: None,
) -> ImportReport:
    """Import files, folders or rows; `advance` is told the bytes of each row as it is dealt with.

    All of the articles are seen at once, at the end; an import that is cut off leaves none. Atomic: where a row is
    refused none is imported, after all rows were read so that every bad one is reported. Otherwise the good ones are.
    """
    check_live(project)
    report = ImportReport(is_atomic=atomic)
    prepared = _read(paths_or_rows, report, source=source, options=options, advance=advance)
    under_way = open_import(project)
    try:
        for chunk in in_chunks(prepared):
            if not (atomic and report.refused):
                report.imported += _stage_new(under_way, chunk, report, by=by)
        if atomic and report.refused:
            report.imported.clear()
            report.already_there.clear()
        if report.imported:
            publish(under_way, lambda: _record(project, report.imported, by=by))
    finally:
        if under_way.published_at is None:
            drop_import(under_way)
    report.close()
    return report


def _read(
    paths_or_rows: Iterable[Path | str | Document | Refusal | Notice],
    report: ImportReport,
    *,
    source: str | None,
    options: TextOptions,
    advance: Callable[[int], object],
) -> Iterator[PreparedArticle]:
    rows = _list_rows(paths_or_rows, source=source, options=options)
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            report.refuse(
                Refusal(row.place, f"an import takes {MAX_ROWS:,} rows at most: import the rest separately")
            )
            return
        if isinstance(row, Refusal):
            report.refuse(row)
            continue
        if isinstance(row, Notice):
            report.notice(row)
            continue
        try:
            check_article(row)
            ask_about_length(row, options)
            prepared = prepare(row)
        except RefusedError as error:
            report.refuse(Refusal.of(row.place, error))
        else:
            yield prepared
        advance(len(row.original))


def _list_rows(
    paths_or_rows: Iterable[Path | str | Document | Refusal | Notice],
    *,
    source: str | None,
    options: TextOptions,
) -> Iterator[Document | Refusal | Notice]:
    for item in paths_or_rows:
        if isinstance(item, str | Path):
            yield from read_paths([Path(item)], source=source, options=options)
        else:
            yield item


def prepare(document: Document) -> PreparedArticle:
    """Lay a checked document out, and sum its text up."""
    text = document.text or ""
    blocks = _keep_blocks(document.blocks) if document.blocks else lay_out(text)
    if document.has_rough_blocks and document.blocks:
        blocks = refine(text, blocks)
    if len(blocks) > MAX_BLOCKS:
        raise RefusedError(
            f"the text has {len(blocks):,} paragraphs, more than the {MAX_BLOCKS:,} that one article may have: "
            "split it",
        )
    return PreparedArticle(
        document=document,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        words_sha256=digest_words(text),
        title=document.title or find_title(text, blocks),
        blocks=blocks,
    )


def _keep_blocks(blocks: Iterable[Block]) -> tuple[TextBlock, ...]:
    """The blocks as the file gives them, which knows its headings better than any rule."""
    kept = []
    for block in blocks:
        if block.kind not in tuple(BlockRole):
            raise RefusedError(
                f"a block has the kind {shorten(block.kind)}; give one of {', '.join(BlockRole)}"
            )
        kept.append(TextBlock(BlockRole(block.kind), block.start, block.end))
    return tuple(kept)


def find_title(text: str, blocks: Iterable[TextBlock]) -> str:
    """The title block, or else the beginning of the first words, on one line."""
    ranked = sorted(
        blocks, key=lambda block: (block.kind is not BlockRole.TITLE, block.kind is BlockRole.BOILERPLATE)
    )
    chosen = " ".join(text[ranked[0].start : ranked[0].end].split()) if ranked else " ".join(text.split())
    chosen = chosen.lstrip("#").strip() or chosen
    return chosen if len(chosen) <= MAX_TITLE_LENGTH else chosen[: MAX_TITLE_LENGTH - 1] + "…"


def _stage_new(
    under_way: ArticleImport, chunk: list[PreparedArticle], report: ImportReport, *, by: User | None
) -> list[ImportedArticle]:
    """Write a chunk, but not the texts that are there; nobody else writes into the project meanwhile."""
    alike = _find_alike(under_way.project, chunk)
    known = {
        article.text_sha256: (article.pk, article.source)
        for article in Article.staged.filter(
            project=under_way.project, text_sha256__in=[item.text_sha256 for item in chunk]
        ).only("text_sha256", "source", "imported_in")
    }
    new: dict[str, PreparedArticle] = {}
    for item in chunk:
        if item.text_sha256 in known:
            article_id, place = known[item.text_sha256]
            report.already_there.append(KnownArticle(article_id, item.document.place, place))
        elif item.text_sha256 in new:
            first = new[item.text_sha256]
            report.already_there.append(KnownArticle(None, item.document.place, first.document.place))
        else:
            new[item.text_sha256] = item
            likeness = _describe(item)
            for notice in compare(likeness, alike[item.words_sha256] + alike[item.document.id]):
                report.notice(notice)
            alike[item.words_sha256].append(likeness)
            alike[item.document.id].append(likeness)
    return [
        ImportedArticle(article.pk, item.document.place, article.title, _warn(item))
        for article, item in zip(stage(under_way, list(new.values()), by=by), new.values(), strict=True)
    ]


def _find_alike(project: Project, chunk: list[PreparedArticle]) -> defaultdict[str, list[Likeness]]:
    """The articles of a project that have an id or the words of one in the chunk, under both."""
    articles = Article.staged.filter(project=project)
    found: defaultdict[str, list[Likeness]] = defaultdict(list)
    for field_name, values in (
        ("words_sha256", {item.words_sha256 for item in chunk}),
        ("external_id", {item.document.id for item in chunk} - {""}),
    ):
        rows = articles.filter(**{f"{field_name}__in": values}).order_by("pk")
        for place, external_id, text_sha256, words_sha256 in rows.values_list(
            "source", "external_id", "text_sha256", "words_sha256"
        ):
            key = words_sha256 if field_name == "words_sha256" else external_id
            found[key].append(Likeness(place, external_id, text_sha256, words_sha256))
    return found


def _describe(item: PreparedArticle) -> Likeness:
    return Likeness(item.document.place, item.document.id, item.text_sha256, item.words_sha256)


def _warn(item: PreparedArticle) -> str:
    return "; ".join(filter(None, (item.document.warning, find_misread(item.text))))


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
