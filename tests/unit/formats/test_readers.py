"""What every reader promises, whichever file it reads."""

import copy
import io
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import InvalidCorpusError, read_file
from annotations.formats.documents import UNKNOWN, Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.files.bundles import BundledFile
from annotations.formats.files.content import Content, read_content
from annotations.formats.ports import NOTHING_SAID, Format, Losses, ReadingOptions
from annotations.formats.record import AnnotationReference
from annotations.formats.registry import FORMATS, OF_TEXTS, WRITTEN, find_format, recognise
from annotations.markup import Markup
from annotations.spans import Span
from tests.unit.agreement.test_damaged_input import list_places, replace_part, values
from tests.unit.formats.readable import READABLE, Sheet, make_sheets
from tests.unit.formats.samples import plain_record, sample_records

OF_DOCUMENTS = [known for known in FORMATS if known.read_documents]
TEXTS = ["One.", 'Two,\nwith "quotes".', "Zürich 🤝 three", "four\ttabs"]

each_of_texts = pytest.mark.parametrize("chosen", OF_TEXTS, ids=lambda chosen: chosen.name)
each_of_documents = pytest.mark.parametrize("chosen", OF_DOCUMENTS, ids=lambda chosen: chosen.name)


def make_texts(chosen: Format, texts: Sequence[str]) -> bytes:
    made = READABLE[chosen.name].texts
    assert made
    return made(texts[: READABLE[chosen.name].most_texts])


def read_texts(chosen: Format, raw: bytes) -> list[Document | Refusal]:
    return list(chosen.text_reader(io.BytesIO(raw), "file", NOTHING_SAID))


def make_value(chosen: Format, number: int) -> tuple[list[Sheet], Any]:
    one = READABLE[chosen.name].one_annotator
    sheets = make_sheets(number, annotators=[UNKNOWN] if one else ["ann", "bob"])
    write = READABLE[chosen.name].values
    assert write
    return sheets, write(sheets)


def dump_value(chosen: Format, value: Any) -> str:
    if READABLE[chosen.name].is_lines and isinstance(value, list):
        return "".join(json.dumps(entry) + "\n" for entry in value)
    return json.dumps(value)


def make_content(chosen: Format, value: Any) -> Content:
    written = dump_value(chosen, value)
    if READABLE[chosen.name].is_lines and isinstance(value, list):
        return Content.of_lines(written.splitlines())
    return Content(json.loads(written))


def read_documents(chosen: Format, content: Content) -> Iterator[Document]:
    assert chosen.read_documents
    return chosen.read_documents(content, ReadingOptions())


def test_every_reader_has_a_sample() -> None:
    assert {known.name for known in OF_TEXTS} <= {name for name, made in READABLE.items() if made.texts}
    assert {known.name for known in OF_DOCUMENTS} <= {name for name, made in READABLE.items() if made.values}


# texts


@each_of_texts
def test_every_text_is_read_once_and_in_order(chosen: Format) -> None:
    read = read_texts(chosen, make_texts(chosen, TEXTS))
    expected = [READABLE[chosen.name].as_read(text) for text in TEXTS[: READABLE[chosen.name].most_texts]]
    assert [document.text for document in read if isinstance(document, Document)] == expected
    assert len({document.place for document in read}) == len(read)


@each_of_texts
def test_a_text_says_where_it_came_from_and_keeps_its_bytes(chosen: Format) -> None:
    raw = make_texts(chosen, TEXTS)
    place = 0
    for document in read_texts(chosen, raw):
        assert isinstance(document, Document)
        assert document.place.startswith("file")
        assert document.source_format == chosen.name
        assert document.original
        if not chosen.is_extracted:
            place = raw.index(document.original, place) + len(document.original)
        if document.encoding:
            assert document.original.decode(document.encoding)


@pytest.mark.parametrize(
    "chosen", [known for known in OF_TEXTS if not known.is_extracted], ids=lambda chosen: chosen.name
)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_happens_to_a_file_of_texts_is_read_or_refused_with_its_place(
    chosen: Format, data: st.DataObject
) -> None:
    raw = bytearray(make_texts(chosen, TEXTS))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 20)))
        raw[start:end] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b"\0", b"\n", b"\xff\xfe", b"{"])
        )
    for read in read_texts(chosen, bytes(raw)):
        assert read.place.startswith("file")
        assert isinstance(read, Document) or read.message


@each_of_texts
def test_a_file_of_texts_is_in_memory_as_a_whole_only_where_that_is_said_and_never_much_more(
    chosen: Format,
) -> None:
    texts = [f"{number} " + "x" * 4_000 for number in range(1_500)]
    raw = make_texts(chosen, texts)
    size = max(len(raw), sum(map(len, texts)))
    stream = io.BytesIO(raw)
    if READABLE[chosen.name].most_texts is None:
        tracemalloc.start()
        number = sum(1 for _ in chosen.text_reader(stream, "file", NOTHING_SAID))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert number == 1_500
        assert peak < size * (5 if chosen.is_read_whole else 1 / 4)
    else:
        assert len(list(chosen.text_reader(stream, "file", NOTHING_SAID))) == READABLE[chosen.name].most_texts


# annotations


@each_of_documents
@pytest.mark.parametrize("from_file", [False, True])
def test_every_document_is_read_once_and_in_order_with_what_everybody_marked(
    chosen: Format, *, from_file: bool, tmp_path: Path
) -> None:
    sheets, value = make_value(chosen, 5)
    content = make_content(chosen, value)
    if from_file:
        path = tmp_path / "file"
        path.write_text(dump_value(chosen, value), encoding="utf-8")
        content = read_content(BundledFile.of_path(path, path.name), known="")
    assert recognise(content) is chosen
    read = list(read_documents(chosen, content))
    assert [document.text for document in read] == [sheet.text for sheet in sheets]
    assert len({document.id for document in read}) == len(sheets)
    for document, sheet in zip(read, sheets, strict=True):
        assert document.source_format == chosen.name
        found = {
            annotator: [(span.start, span.end, span.label) for span in judgement.markup.spans]
            for annotator, judgement in document.judgements.items()
        }
        assert found == sheet.spans


@pytest.mark.parametrize(
    "chosen", [one for one in OF_DOCUMENTS if READABLE[one.name].has_offsets], ids=lambda chosen: chosen.name
)
def test_a_span_that_cannot_be_is_refused_with_its_place(chosen: Format) -> None:
    _, value = make_value(chosen, 5)
    third = next(
        path for path in list_places(value) if _find(value, path) == 17 and _names_third(value, path)
    )
    with pytest.raises(RefusedError, match=r"'3'|'article 3, round 1'"):
        list(read_documents(chosen, make_content(chosen, replace_part(value, third, -17))))


def _find(value: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        value = value[key]
    return value


def _names_third(value: Any, path: Sequence[str | int]) -> bool:
    """Whether something around the place is the third document or a row of it."""
    holders = [_find(value, path[:length]) for length in range(len(path))]
    return any(
        isinstance(holder, dict) and "3" in (holder.get("id"), holder.get("document")) for holder in holders
    )


@each_of_documents
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_part_may_be_anything_and_is_read_or_refused_in_a_sentence(
    chosen: Format, data: st.DataObject
) -> None:
    _, value = make_value(chosen, 2)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(list(list_places(value))))
        value = replace_part(copy.deepcopy(value), place, data.draw(values))
    assert _read_or_refuse(chosen, value)


def _read_or_refuse(chosen: Format, value: Any) -> str:
    """What the format that recognises a value makes of it, in words."""
    try:
        content = make_content(chosen, value)
        found = recognise(content)
        return f"{len(list(read_documents(found, content)))} documents" if found.read_documents else "items"
    except RefusedError as error:
        return str(error)


@each_of_documents
def test_a_file_cut_off_anywhere_is_read_or_refused_and_never_a_traceback(
    chosen: Format, tmp_path: Path
) -> None:
    _, value = make_value(chosen, 2)
    written = dump_value(chosen, value).encode()
    path = tmp_path / "cut"
    for end in range(1, len(written), 37):
        path.write_bytes(written[:end] + b"\xff" * (end % 2))
        with suppress(InvalidCorpusError):
            read_file(path)


@each_of_documents
def test_lines_are_read_as_documents_are_asked_for_unless_a_later_one_may_say_more(chosen: Format) -> None:
    if not READABLE[chosen.name].is_lines:
        return
    _, value = make_value(chosen, 50)
    taken = []

    def lines() -> Iterator[str]:
        for number, line in enumerate(dump_value(chosen, value).splitlines()):
            taken.append(number)
            yield line

    next(read_documents(chosen, Content.of_lines(lines())))
    if chosen.reads_ahead:
        assert len(taken) == len(value)
    else:
        assert len(taken) <= 5


# there and back


@pytest.mark.parametrize(
    "chosen", [known for known in WRITTEN if known.read_documents], ids=lambda chosen: chosen.name
)
def test_what_is_written_is_read_as_it_was(chosen: Format, tmp_path: Path) -> None:
    records = sample_records()
    path = tmp_path / "file"
    path.write_bytes(b"".join(chosen.write_lines((record.to_line() for record in records), losses=Losses())))
    content = read_content(BundledFile.of_path(path, path.name), known="")
    assert recognise(content) is chosen
    for document, record in zip(read_documents(chosen, content), records, strict=True):
        [(_, markup)] = document.markups
        assert document.text == record.article.text
        assert sorted(markup.spans) == sorted(record.markup.spans)
        assert list_links(markup) == list_links(record.markup)
        assert not any(document.left_out.values())
        if chosen.copy:
            assert (document.title, document.metadata, document.blocks, document.status) == (
                record.article.title,
                record.article.metadata,
                record.article.blocks,
                record.status,
            )
            assert markup.fields == record.markup.fields
            by_key = {span.key: span for span in record.markup.spans}
            for span in markup.spans:
                assert (span, span.attributes) == (by_key[span.key], by_key[span.key].attributes)


def list_links(markup: Markup) -> list[tuple[Span, Span, str]]:
    return sorted(
        (markup.span(link.source), markup.span(link.target), link.kind) for link in markup.relations
    )


@pytest.mark.parametrize("name", ["prodigy", "label_studio"])
def test_annotators_of_what_is_written_keep_their_names(name: str, tmp_path: Path) -> None:
    lines = [
        replace(
            plain_record(), status="submitted", annotations=(AnnotationReference(letter, 1, "a"),)
        ).to_line()
        for letter in "AB"
    ]
    chosen = find_format(name)
    path = tmp_path / "file"
    path.write_bytes(b"".join(chosen.write_lines(lines, losses=Losses())))
    assert chosen.read_documents
    options = ReadingOptions(models=frozenset("AB"))
    [document] = chosen.read_documents(read_content(BundledFile.of_path(path, path.name), known=""), options)
    assert {
        annotator: sorted(judgement.markup.spans) for annotator, judgement in document.judgements.items()
    } == dict.fromkeys("AB", sorted(plain_record().markup.spans))


@pytest.mark.parametrize(
    "chosen", [known for known in WRITTEN if known.read_texts], ids=lambda chosen: chosen.name
)
def test_texts_are_read_from_what_is_written_with_their_titles_and_blocks(chosen: Format) -> None:
    records = sample_records()
    written = b"".join(chosen.write_lines((record.to_line() for record in records), losses=Losses()))
    for document, record in zip(read_texts(chosen, written), records, strict=True):
        assert isinstance(document, Document)
        article = record.article
        assert (document.text, document.blocks) == (article.text, article.blocks)
        assert (document.title, document.metadata) == (article.title.strip(), article.metadata)
