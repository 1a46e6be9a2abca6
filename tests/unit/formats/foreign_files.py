"""Files of foreign formats, made here: PDF, Word, Excel, Parquet, feeds, web pages and archives of them."""

import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

DOCX_STYLES = {
    "title": "Title",
    "heading": "Heading 1",
    "list_item": "List Bullet",
    "quote": "Quote",
    "caption": "Caption",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """Words at a place of a printed page, in points from its lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10.0
    is_bold: bool = False


def make_pdf(pages: Sequence[Iterable[Printed]], *, info: str = "", more: bytes = b"") -> bytes:
    """A PDF of A5 pages with words at their places."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode("latin-1"),
    ]
    kids = []
    for page in pages:
        content = zlib.compress(b"".join(map(_print, page)))
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content)
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R %s >>\n" % (len(objects) + 1, more)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


def _print(words: Printed) -> bytes:
    text = words.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    font = b"F2" if words.is_bold else b"F1"
    return b"BT /%s %.1f Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj ET\n" % (font, words.size, words.x, words.y, text)


def print_column(x: float, y: float, lines: Iterable[str], *, size: float = 10.0) -> list[Printed]:
    """Lines below each other."""
    return [Printed(x, y - 1.2 * size * place, line, size) for place, line in enumerate(lines)]


def make_docx(paragraphs: Iterable[tuple[str, str]], **properties: Any) -> bytes:
    """A Word file of paragraphs, each a kind and its text."""
    import docx

    made = docx.Document()
    for kind, text in paragraphs:
        made.add_paragraph(text, style=DOCX_STYLES.get(kind))
    for name, value in properties.items():
        setattr(made.core_properties, name, value)
    return save(made)


def make_xlsx(sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> bytes:
    """An Excel file of sheets, each a name and its rows."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return save(book)


def save(made: Any) -> bytes:
    """Whatever saves itself into a file, as bytes."""
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def make_parquet(columns: dict[str, Sequence[Any]]) -> bytes:
    """A Parquet file of these columns."""
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def make_page(text: str, *, title: str = "Talks in Berlin") -> bytes:
    """A web page with an article of one paragraph, and with what pages have around it."""
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title></head><body>"
        "<nav><ul><li><a href=/>Home</a><li><a href=/world>World</a></ul></nav>"
        f"<article><p>{escape(text)}</p></article><footer><p>Imprint</p></footer></body></html>"
    ).encode()


def make_atom(entries: Iterable[str]) -> bytes:
    """An Atom feed of entries, each the XML within it."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>Daily</title><rights>CC BY</rights>{inner}</feed>"
    ).encode()


def make_warc(pages: Iterable[tuple[str, bytes]], *, packed: bool = False) -> bytes:
    """A WARC file of pages, each an address and what the server answered."""
    records = (make_answer(address, page) for address, page in pages)
    return b"".join(gzip.compress(record) if packed else record for record in records)


def make_answer(address: str, page: bytes, *, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """One record of a WARC file: what a server answered."""
    answer = f"HTTP/1.0 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"WARC-Target-URI: {address}\r\nWARC-Date: 2026-03-04T10:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"
