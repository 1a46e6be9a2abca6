"""A document checked, laid out and summed up: all of the work of an import that needs no database."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from annotations.corpus.layout import BlockRole, lay_out, refine
from annotations.corpus.lookalikes import digest_words
from annotations.corpus.report import ImportReport
from annotations.formats.documents import Block, Document
from annotations.formats.errors import Notice, Refusal, RefusedError, shorten
from annotations.formats.ports import TextOptions
from annotations.formats.texts.articles import ask_about_length, check_article
from annotations.limits import MAX_BLOCKS, MAX_ROWS, MAX_TITLE_LENGTH


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """A document read, checked and laid out: all that is left to do is to write it."""

    document: Document
    text: str
    text_sha256: str
    words_sha256: str
    title: str
    blocks: tuple[Block, ...]


def prepare_rows(
    rows: Iterable[Document | Refusal | Notice],
    report: ImportReport,
    *,
    options: TextOptions,
    advance: Callable[[int], object],
    are_checked: bool = False,
) -> Iterator[PreparedArticle]:
    """Prepare what can become an article, and report the rest; `advance` is told the bytes of each row.

    What a reader of files gives is checked already.
    """
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
            if not are_checked:
                check_article(row)
            ask_about_length(row, options)
            prepared = prepare(row)
        except RefusedError as error:
            report.refuse(Refusal.of(row.place, error))
        else:
            yield prepared
        advance(len(row.original))


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


def _keep_blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks as the file gives them, which knows its headings better than any rule."""
    kept = []
    for block in blocks:
        if block.kind not in tuple(BlockRole):
            raise RefusedError(
                f"a block has the kind {shorten(block.kind)}; give one of {', '.join(BlockRole)}"
            )
        kept.append(block._replace(kind=BlockRole(block.kind)))
    return tuple(kept)


def find_title(text: str, blocks: Iterable[Block]) -> str:
    """The title block, or else the beginning of the first words, on one line."""
    best = min(
        blocks,
        key=lambda block: (block.kind is not BlockRole.TITLE, block.kind is BlockRole.BOILERPLATE),
        default=None,
    )
    chosen = " ".join((text[best.start : best.end] if best else text).split())
    chosen = chosen.lstrip("#").strip() or chosen
    return chosen if len(chosen) <= MAX_TITLE_LENGTH else chosen[: MAX_TITLE_LENGTH - 1] + "…"
