"""Web pages: the article of a page is its text, and a map leads from each letter of it to the page's source."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.files.decoding import Encoding, decode
from annotations.formats.isolation import Isolated
from annotations.formats.pages.html_blocks import read_blocks
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.articles import check_article
from annotations.formats.texts.composing import Composed, Composer, SourcePiece
from annotations.limits import MAX_PAGE_BYTES, MAX_TITLE_LENGTH

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
LANGUAGE = re.compile(
    r"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)", re.IGNORECASE
)
BEGIN = 4_096
"""Bytes or characters at the beginning of a page in which it says its encoding and language."""
AS_BROWSERS_READ = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}


def read_html(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read the article of a web page, or say that there is none."""
    raw = stream.read(MAX_PAGE_BYTES + 1)
    try:
        yield read_page(raw, place, options)
    except RefusedError as error:
        yield Refusal.of(place, error)


def read_page(raw: bytes, place: str, options: TextOptions = NOTHING_SAID, *, url: str = "") -> Document:
    """The article of a page of these bytes, which came from this address where one is known."""
    from annotations.formats.pages.html_content import choose_content

    if len(raw) > MAX_PAGE_BYTES:
        raise RefusedError(f"the page has more than {MAX_PAGE_BYTES:,} bytes: save the article alone")
    source, found = decode_page(raw, options.encoding)
    if not source.strip():
        raise RefusedError("the file is empty")
    blocks = list(read_blocks(source))
    chosen, metadata, title = choose_content(source, blocks)
    made = compose([(block.kind, block.pieces) for block in chosen])
    if not made.text:
        raise RefusedError(
            "no article was found on this page: if it has one, save its text as a .txt file, and else leave it out"
        )
    about = dict(metadata)
    if url:
        about["url"] = url
    if "language" not in about and (language := LANGUAGE.search(source, 0, BEGIN)):
        about["language"] = language[1]
    document = Document(
        place=place,
        text=made.text,
        title=title if len(title) <= MAX_TITLE_LENGTH else "",
        blocks=made.blocks,
        has_rough_blocks=True,
        metadata=about,
        original=raw,
        encoding=found.name,
        source_format="html",
        warning=found.warning,
        source_map=made.source_map,
    )
    check_article(document)
    return document


def compose(blocks: Iterable[tuple[str, Iterable[SourcePiece]]]) -> Composed:
    """One text of blocks, each a kind and its pieces."""
    composer = Composer()
    for kind, pieces in blocks:
        composer.add(kind, pieces)
    return composer.finish()


def decode_page(raw: bytes, encoding: str | None = None) -> tuple[str, Encoding]:
    """The source of a page by the encoding that was named, marked, declared in the page, or recognised."""
    declared = DECLARED.search(raw, 0, BEGIN)
    if (
        encoding is None
        and declared
        and not raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    ):
        try:
            name = codecs.lookup(declared[1].decode("ascii", "replace")).name
            name = AS_BROWSERS_READ.get(name, name)
            if not name.startswith(("utf-16", "utf-32")):  # it could not have been read so far
                return decode(raw, name)
        except (LookupError, RefusedError):
            pass
    return decode(raw, encoding)


HTML = Format(
    name="html",
    title="Web pages, the article of each",
    short="HTML",
    holds="one text with blocks and what the page says about itself",
    media_type="text/html; charset=utf-8",
    extension="html",
    suffixes=(".html", ".htm", ".xhtml"),
    read_texts=Isolated("annotations.formats.pages.html:read_html", most=MAX_PAGE_BYTES, keeps_file=True),
    is_read_whole=True,
    is_extracted=True,
    holds_pages=True,
)
