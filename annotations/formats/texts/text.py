"""Plain text: a file is an article."""

from collections.abc import Iterator
from typing import BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.files.decoding import decode
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.articles import check_article
from annotations.limits import MAX_ROW_BYTES


def read_text(
    stream: BinaryIO, place: str, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a text file as one document, or refuse it with the place of what is wrong."""
    raw = stream.read(MAX_ROW_BYTES + 1)
    if len(raw) > MAX_ROW_BYTES:
        message = f"the file has more than the {MAX_ROW_BYTES:,} bytes that one article may have: split it"
        yield Refusal(place, message)
        return
    try:
        text, found = decode(raw, options.encoding)
        row = Document(
            place=place,
            text=text,
            original=raw,
            encoding=found.name,
            source_format="text",
            warning=found.warning,
        )
        check_article(row)
    except RefusedError as error:
        yield Refusal.of(place, error)
    else:
        yield row


PLAIN_TEXT = Format(
    name="text",
    title="Plain text, a file an article",
    short="Text",
    holds="one text",
    media_type="text/plain; charset=utf-8",
    extension="txt",
    suffixes=(".txt",),
    read_texts=read_text,
)
