"""Plain text: a file is an article."""

from collections.abc import Iterator
from typing import BinaryIO

from annotations.corpus.sources.decoding import decode
from annotations.corpus.sources.rows import Refusal, RefusedError, Row, Source, check_row
from annotations.limits import MOST_ROW_BYTES


def read_text(stream: BinaryIO, place: str, encoding: str | None) -> Iterator[Row | Refusal]:
    raw = stream.read(MOST_ROW_BYTES + 1)
    if len(raw) > MOST_ROW_BYTES:
        message = f"the file has more than the {MOST_ROW_BYTES:,} bytes that one article may have: split it"
        yield Refusal(place, message)
        return
    try:
        text, found = decode(raw, encoding)
        row = Row(
            place=place,
            text=text,
            original=raw,
            encoding=found.name,
            source_format=TEXT.name,
            warning=found.warning,
        )
        check_row(row)
    except RefusedError as error:
        yield Refusal(place, str(error))
    else:
        yield row


TEXT = Source(name="text", title="Plain text, a file an article", suffixes=(".txt",), read=read_text)
