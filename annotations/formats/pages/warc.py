"""WARC files of crawlers: each web page in it is an article."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.pages.html import read_page
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.limits import MAX_PAGE_BYTES, MAX_STREAMED_BYTES

FINE = "200"
BEGINNINGS = (b"WARC/", b"\x1f\x8b")
MAX_BEGIN = 5


def read_warc(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read the web pages that a crawler was answered with, in the order of the file."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    begin = stream.read(MAX_BEGIN)
    stream.seek(0)
    if not begin.startswith(BEGINNINGS):
        yield Refusal(place, "this is no WARC file: get it again")
        return
    number = found = 0
    try:
        for record in ArchiveIterator(stream):
            number += 1
            if not _is_page(record):
                continue
            found += 1
            page_place = f"{place}:{number}"
            try:
                raw = record.content_stream().read(MAX_PAGE_BYTES + 1)
                read = read_page(raw, page_place, options, url=_header(record, "WARC-Target-URI"))
            except RefusedError as error:
                yield Refusal.of(page_place, error)
            else:
                retrieved = _header(record, "WARC-Date")
                about = {**read.metadata, **({"retrieved": retrieved} if retrieved else {})}
                yield replace(read, metadata=about, source_format="warc")
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        yield Refusal(
            f"{place}:{number + 1}", f"the file is damaged or cut off here ({reason}): get it again"
        )
        return
    if not found:
        yield Refusal(place, "it holds no web page: give a WARC file with answers in HTML")


def _is_page(record: Any) -> bool:
    if record.rec_type not in {"response", "resource"}:
        return False
    headers = record.http_headers
    if headers is None:
        return "html" in _header(record, "Content-Type")
    kind = headers.get_header("Content-Type") or ""
    return headers.get_statuscode() == FINE and "html" in kind.lower()


def _header(record: Any, name: str) -> str:
    return str(record.rec_headers.get_header(name) or "").strip("<>")


WARC = Format(
    name="warc",
    title="WARC files, the article of each page",
    short="WARC",
    holds="texts with blocks and what each page says about itself",
    media_type="application/warc",
    extension="warc",
    suffixes=(".warc", ".warc.gz"),
    read_texts=Isolated("annotations.formats.pages.warc:read_warc", most=MAX_STREAMED_BYTES),
    is_extracted=True,
    holds_pages=True,
)
