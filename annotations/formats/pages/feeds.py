"""Feeds in RSS and Atom that were saved: an entry is an article."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.pages.html import compose
from annotations.formats.pages.html_blocks import read_blocks
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.articles import check_article
from annotations.formats.texts.composing import Composed
from annotations.limits import MAX_EXTERNAL_ID_LENGTH, MAX_PAGE_BYTES, MAX_TITLE_LENGTH

ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
BEGIN = 64 * 1024
OF_ENTRY = {"author": "author", "published": "date", "updated": "updated", "link": "url"}
OF_FEED = {"title": "source", "language": "language", "rights": "licence"}
"""What is kept of an entry, and of the whole feed, by our name for each."""


def read_feed(
    stream: BinaryIO, place: str, _options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read the entries of a feed that was saved; nothing is ever fetched."""
    raw = stream.read(MAX_PAGE_BYTES + 1)
    if ENTITY.search(raw, 0, BEGIN):
        yield Refusal(
            place, "it declares entities of its own, as files do that are made to do harm: remove these lines"
        )
        return
    from feedparser import parse

    feed = parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        reason = feed.get("bozo_exception")
        because = f" ({' '.join(str(reason).split())[:200]})" if reason else ""
        yield Refusal(place, f"this is no feed with entries{because}: save a feed in RSS or Atom")
        return
    about = {ours: str(feed.feed[name]) for name, ours in OF_FEED.items() if feed.feed.get(name)}
    if feed.get("bozo_exception") and not _is_about_encoding(feed.bozo_exception):
        reason = " ".join(str(feed.bozo_exception).split())[:200]
        yield Refusal(place, f"the feed is damaged ({reason}), so entries may be missing: get it again")
    for number, entry in enumerate(feed.entries, start=1):
        yield _read_entry(entry, about, f"{place}:{number}")


def _is_about_encoding(error: Exception) -> bool:
    return type(error).__name__ in {"CharacterEncodingOverride", "NonXMLContentType"}


def _read_entry(entry: Any, about: Mapping[str, Any], place: str) -> Document | Refusal:
    content, media_type = _find_content(entry)
    made = _compose_page(content) if "html" in media_type else Composed(content.strip(), (), None)
    if not made.text:
        return Refusal(
            place, "the entry holds no text: feeds often have only a link; save the page that it leads to"
        )
    title = _plain(str(entry.get("title", "")))
    metadata = dict(about)
    metadata |= {ours: str(entry[name]) for name, ours in OF_ENTRY.items() if entry.get(name)}
    if metadata.get("updated") == metadata.get("date"):
        metadata.pop("updated", None)
    if tags := [str(tag.get("term")) for tag in entry.get("tags", ()) if tag.get("term")]:
        metadata["tags"] = tags
    identity = str(entry.get("id", ""))
    document = Document(
        place=place,
        id=identity if len(identity) <= MAX_EXTERNAL_ID_LENGTH else "",
        text=made.text,
        title=title if len(title) <= MAX_TITLE_LENGTH else "",
        blocks=made.blocks,
        has_rough_blocks=True,
        metadata=metadata,
        original=content.encode("utf-8", "surrogatepass"),
        source_format="feed",
        source_map=made.source_map,
    )
    try:
        check_article(document)
    except RefusedError as error:
        return Refusal.of(place, error)
    return document


def _compose_page(content: str) -> Composed:
    shown = (block for block in read_blocks(content) if not block.is_hidden)
    return compose((block.kind, block.pieces) for block in shown)


def _find_content(entry: Any) -> tuple[str, str]:
    """The longest of what an entry holds, which is the whole article where there is one, and its media type."""
    parts = [(str(part.get("value", "")), str(part.get("type", ""))) for part in entry.get("content", ())]
    if entry.get("summary"):
        detail = entry.get("summary_detail", {})
        parts.append((str(entry["summary"]), str(detail.get("type", "text/html"))))
    return max(parts, key=lambda part: len(part[0]), default=("", "text/plain"))


def _plain(title: str) -> str:
    """A title without markup."""
    return " ".join(" ".join(block.text for block in read_blocks(title)).split())


FEED = Format(
    name="feed",
    title="Feeds in RSS or Atom, an entry an article",
    short="Feed",
    holds="texts with blocks and what the feed says about each",
    media_type="application/atom+xml",
    extension="xml",
    suffixes=(".rss", ".atom", ".xml"),
    read_texts=Isolated("annotations.formats.pages.feeds:read_feed", most=MAX_PAGE_BYTES),
    is_read_whole=True,
    is_extracted=True,
    holds_pages=True,
)
