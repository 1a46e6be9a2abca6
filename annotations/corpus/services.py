"""Rows into articles: all of them or none, or all but the bad ones; the same text never twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from annotations.corpus.lookalikes import Likeness, compare, find_earlier_version, find_misread
from annotations.corpus.preparing import PreparedArticle, prepare_rows
from annotations.corpus.report import ImportedArticle, ImportReport, KnownArticle
from annotations.corpus.staging import drop_import, in_chunks, open_import, publish, stage
from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal
from annotations.formats.ports import NOTHING_SAID, TextOptions
from annotations.formats.text_files import read_paths
from annotations.models import Article, ArticleImport, Project, User
from annotations.models.inserting import writing_much
from annotations.projects.archived import check_live


def import_articles(
    project: Project,
    paths_or_rows: Iterable[Path | str | Document | Refusal | Notice],
    *,
    by: User | None,
    source: str | None = None,
    options: TextOptions = NOTHING_SAID,
    atomic: bool = True,
    is_preview: bool = False,
    advance: Callable[[int], object] = lambda _: None,
) -> ImportReport:
    """Import files, folders or rows; `advance` is told the bytes of each row as it is dealt with.

    All of the articles are seen at once, at the end; an import that is cut off leaves none. Atomic: where a row is
    refused none is imported, after all rows were read so that every bad one is reported. Otherwise the good ones are.
    A preview reports what would be imported, and leaves nothing.
    """
    check_live(project)
    report = ImportReport(is_atomic=atomic)
    rows = _list_rows(paths_or_rows, source=source, options=options)
    under_way = open_import(project, by=by)
    try:
        stage_rows(under_way, rows, report, options=options, by=by, advance=advance)
        if atomic and report.refused:
            report.forget_articles()
        if report.imported and not is_preview:
            publish(under_way, by=by)
    finally:
        if under_way.published_at is None:
            drop_import(under_way)
    report.close()
    return report


def stage_rows(
    under_way: ArticleImport,
    rows: Iterable[Document | Refusal | Notice],
    report: ImportReport,
    *,
    options: TextOptions,
    by: User | None,
    advance: Callable[[int], object] = lambda _: None,
    sign_of_life: Callable[[], object] = lambda: None,
    are_checked: bool = False,
) -> None:
    """Write what can become an article so that nobody sees it, and report the rest.

    `sign_of_life` is called in the transaction of each chunk. Where one bad row keeps all out, the others are only read.
    """
    prepared = prepare_rows(rows, report, options=options, advance=advance, are_checked=are_checked)
    with writing_much():
        for chunk in in_chunks(prepared):
            if not (report.is_atomic and report.refused):
                _stage_new(under_way, chunk, report, by=by, sign_of_life=sign_of_life)


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


def _stage_new(
    under_way: ArticleImport,
    chunk: list[PreparedArticle],
    report: ImportReport,
    *,
    by: User | None,
    sign_of_life: Callable[[], object],
) -> None:
    """Write a chunk, but not the texts that are there; nobody else writes into the project meanwhile."""
    alike = _find_alike(under_way, chunk)
    known = {
        sha256: (article_id, place)
        for sha256, article_id, place in Article.staged.filter(
            project=under_way.project_id, text_sha256__in=[item.text_sha256 for item in chunk]
        )
        .order_by()
        .values_list("text_sha256", "pk", "source")
    }
    new: dict[str, PreparedArticle] = {}
    versions: dict[str, int] = {}
    for item in chunk:
        if item.text_sha256 in known:
            article_id, place = known[item.text_sha256]
            report.recognise(KnownArticle(article_id, item.document.place, place))
        elif item.text_sha256 in new:
            first = new[item.text_sha256]
            report.recognise(KnownArticle(None, item.document.place, first.document.place))
        else:
            likeness = _describe(item)
            others = alike[item.words_sha256] + alike[item.document.id]
            new[item.text_sha256] = item
            if others:
                if (earlier := find_earlier_version(likeness, others)) and earlier.article:
                    versions[item.text_sha256] = earlier.article
                for notice in compare(likeness, others):
                    report.notice(notice)
            alike[item.words_sha256].append(likeness)
            alike[item.document.id].append(likeness)
    written = stage(under_way, list(new.values()), by=by, versions=versions, sign_of_life=sign_of_life)
    for article, item in zip(written, new.values(), strict=True):
        report.add(
            ImportedArticle(
                article,
                item.document.place,
                item.title,
                _warn(item),
                len(item.text),
                versions.get(item.text_sha256),
            )
        )


def _find_alike(under_way: ArticleImport, chunk: list[PreparedArticle]) -> defaultdict[str, list[Likeness]]:
    """The articles of a project that have an id or the words of one in the chunk, under both, the earliest first.

    They are put in order here: asked for in order, the database would read all articles of the project in theirs.
    """
    articles = Article.staged.filter(project=under_way.project_id).order_by()
    found: defaultdict[str, list[Likeness]] = defaultdict(list)
    for field_name, values in (
        ("words_sha256", {item.words_sha256 for item in chunk}),
        ("external_id", {item.document.id for item in chunk} - {""}),
    ):
        rows = articles.filter(**{f"{field_name}__in": values}).exclude(**{field_name: ""})
        for article, imported_in, place, external_id, text_sha256, words_sha256 in sorted(
            rows.values_list("pk", "imported_in_id", "source", "external_id", "text_sha256", "words_sha256")
        ):
            key = words_sha256 if field_name == "words_sha256" else external_id
            seen = None if imported_in == under_way.pk else article
            found[key].append(Likeness(place, external_id, text_sha256, words_sha256, seen))
    return found


def _describe(item: PreparedArticle) -> Likeness:
    return Likeness(item.document.place, item.document.id, item.text_sha256, item.words_sha256)


def _warn(item: PreparedArticle) -> str:
    return "; ".join(filter(None, (item.document.warning, find_misread(item.text))))
