"""Writing spaCy's DocBin: one message for all documents, which is not compressed, so that it is the same bytes everywhere."""

import struct
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Self

from annotations.formats.documents import Document
from annotations.formats.losses import MOVED, UNLINKED, WITHOUT_TOKEN
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Losses
from annotations.formats.training.msgpack import (
    write_head_of_bytes,
    write_head_of_list,
    write_head_of_map,
    write_head_of_text,
    write_message,
)
from annotations.formats.training.spacy_strings import load_symbols, number_text
from annotations.markup import Markup

GOLD_GROUP = "sc"
OURS = "workbench"
SPAN = struct.Struct(">QQQllll")
LENGTH = struct.Struct("<i")
ORTH = 65
MAX_IN_MEMORY = 1 << 20
CHUNK = 65_535
PACKED = b"\x78\x01"
LAST_CHUNK = b"\x01\x00\x00\xff\xff"
NO_CATS, NO_FLAGS = write_message({}), write_message({"has_unknown_spaces": False})


def write_docbin(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write documents as one DocBin; all but its first bytes wait on the disk until the last document is read."""
    load_symbols()
    yield PACKED
    with _Spool() as tokens, _Spool() as spaces, _Spool() as lengths, _Spool() as groups:
        numbers = _Numbers()
        for document in documents:
            words = _Tokens(document.text or "")
            found = map(numbers.__getitem__, words.forms)
            tokens.write(struct.pack(f"<{len(words.forms)}Q", *found))
            spaces.write(words.spaces)
            lengths.write(LENGTH.pack(len(words.forms)))
            written = _write_groups(document, words, numbers, losses)
            groups.write(write_head_of_bytes(len(written)) + written)

        number = lengths.size // LENGTH.size

        def list_message() -> Iterator[bytes]:
            yield write_head_of_map(9)
            yield (
                write_message("version")
                + write_message("0.1")
                + write_message("attrs")
                + write_message([ORTH])
            )
            for name, part in (("tokens", tokens), ("spaces", spaces), ("lengths", lengths)):
                yield write_message(name) + write_head_of_bytes(part.size)
                yield from part.read()
            yield write_message("strings") + write_head_of_list(len(numbers))
            for text in sorted(numbers):
                raw = text.encode()
                yield write_head_of_text(len(raw)) + raw
            yield write_message("cats") + write_head_of_list(number)
            yield NO_CATS * number
            yield write_message("flags") + write_head_of_list(number)
            yield NO_FLAGS * number
            yield write_message("span_groups") + write_head_of_list(number)
            yield from groups.read()

        yield from _store(list_message())


class _Spool:
    """Bytes that wait on the disk where they are many."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115 - closed when this is
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, part: bytes | bytearray) -> None:
        self.size += self._file.write(part)

    def read(self) -> Iterator[bytes]:
        self._file.seek(0)
        while part := self._file.read(MAX_IN_MEMORY):
            yield part


def _store(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The rest of what zlib reads as these bytes, in chunks that are stored as they are."""
    check, waiting = 1, b""
    for part in parts:
        check = zlib.adler32(part, check)
        waiting += part
        whole = len(waiting) - len(waiting) % CHUNK
        if whole:
            yield b"".join(_head(CHUNK) + waiting[at : at + CHUNK] for at in range(0, whole, CHUNK))
            waiting = waiting[whole:]
    yield _head(len(waiting)) + waiting + LAST_CHUNK + struct.pack(">I", check)


def _head(length: int) -> bytes:
    return struct.pack("<BHH", 0, length, length ^ CHUNK)


class _Numbers(dict[str, int]):
    """The numbers of texts, each of which is kept because it is a token or a label of others too."""

    def __missing__(self, text: str) -> int:
        found = self[text] = number_text(text)
        return found


class _Tokens:
    """The tokens of a text, with tokens of white space where more than one blank stands between others."""

    def __init__(self, text: str) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.spaces = bytearray()
        starts, ends, spaces = self.starts, self.ends, self.spaces
        before = 0
        for start, end in (*find_tokens(text), (len(text), len(text))):
            if before < start:
                if ends and text.startswith(" ", before):
                    spaces[-1] = True
                    before += 1
                if before < start:
                    starts.append(before)
                    ends.append(start)
                    spaces.append(False)
            if start < end:
                starts.append(start)
                ends.append(end)
                spaces.append(False)
            before = end
        self.forms = [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _write_groups(document: Document, words: _Tokens, numbers: _Numbers, losses: Losses) -> bytes:
    """The groups of spans of a document, one for the gold or one an annotator, each by its name."""
    groups: dict[bytes, list[str]] = {}
    for annotators, markup in document.markups:
        name = GOLD_GROUP if document.gold is not None else annotators[0]
        spans = dict(_place_spans(markup, words, numbers, losses))
        links = [link for link in sorted(markup.relations) if spans.keys() >= {link.source, link.target}]
        losses.add(UNLINKED, len(markup.relations) - len(links))
        about: dict[str, Any] = {
            "document": document.name,
            "title": document.title,
            "text_sha256": document.text_sha256,
            "status": document.status,
            "annotators": list(annotators),
            "attributes": {
                span.key: dict(span.attributes)
                for span in markup.spans
                if span.attributes and span.key in spans
            },
            "relations": [[link.source, link.kind, link.target] for link in links],
            "fields": dict(markup.fields),
        }
        group = {"name": name, "attrs": {OURS: about}, "spans": list(spans.values())}
        groups[write_message(group)] = [name]
    return write_message(groups)


def _place_spans(
    markup: Markup, words: _Tokens, numbers: _Numbers, losses: Losses
) -> Iterator[tuple[str, bytes]]:
    """The key of each span that touches a token, in order, and the span as spaCy keeps it."""
    for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        first, last = bisect_right(words.ends, span.start), bisect_left(words.starts, span.end)
        if first >= last:
            losses.add(WITHOUT_TOKEN, span=span)
            continue
        start, end = words.starts[first], words.ends[last - 1]
        losses.add(MOVED, (start, end) != (span.start, span.end), span=span)
        yield span.key, SPAN.pack(numbers[span.key], 0, numbers[span.label], first, last, start, end)
