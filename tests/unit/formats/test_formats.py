"""What holds for every format, and each one's golden file."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.formats.content import Content
from annotations.formats.ports import Format, Losses, ReadingOptions, UnknownFormatError
from annotations.formats.record import Record
from annotations.formats.registry import FORMATS, WRITTEN, find_format
from tests.unit.formats.samples import empty_record, news_record, plain_record, sample_records

GOLDEN = Path(__file__).parent / "golden"


def write(chosen: Format, records: list[Record]) -> tuple[bytes, list[str]]:
    losses = Losses()
    return b"".join(
        chosen.write_lines((record.to_line() for record in records), losses=losses)
    ), losses.describe()


def unpack(written: bytes) -> bytes:
    """What is in the file, were it compressed or an archive, so that words in it can be found."""
    if written.startswith(b"\x1f\x8b"):
        return gzip.decompress(written)
    if zipfile.is_zipfile(io.BytesIO(written)):
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            return b"".join(map(archive.read, archive.namelist()))
    return written


def write_golden(name: str) -> None:
    """Write the golden file of a new format, to be read before it is committed."""
    chosen = find_format(name)
    (GOLDEN / f"sample.{chosen.extension}").write_bytes(write(chosen, sample_records())[0])


each_format = pytest.mark.parametrize("chosen", WRITTEN, ids=lambda chosen: chosen.name)


@each_format
def test_a_format_writes_its_golden_file(chosen: Format) -> None:
    written, _ = write(chosen, sample_records())
    assert written == (GOLDEN / f"sample.{chosen.extension}").read_bytes()


@each_format
def test_the_same_records_give_the_same_bytes_again(chosen: Format) -> None:
    assert write(chosen, sample_records()) == write(chosen, sample_records())


@each_format
def test_no_record_gives_no_losses(chosen: Format) -> None:
    assert write(chosen, [])[1] == []


@each_format
def test_a_plain_record_loses_nothing(chosen: Format) -> None:
    written, losses = write(chosen, [plain_record()])
    assert written
    assert losses == []


@each_format
def test_a_format_that_holds_everything_loses_nothing_of_any_record(chosen: Format) -> None:
    _, losses = write(chosen, sample_records())
    assert (losses == []) == chosen.holds_everything


@each_format
def test_a_format_writes_the_first_record_before_it_reads_the_third(chosen: Format) -> None:
    taken = []

    def lines() -> Iterator[str]:
        for record in sample_records():
            taken.append(record.article.id)
            yield record.to_line()

    next(chosen.write_lines(lines(), losses=Losses()))
    assert len(taken) < 3


@each_format
def test_every_article_is_in_the_file_once_and_in_order(chosen: Format) -> None:
    written, _ = write(chosen, sample_records())
    expected = [sample.article for sample in sample_records()]
    if chosen.read_documents:
        content = Content.of_lines(written.decode().splitlines(keepends=True))
        assert [document.text for document in chosen.read_documents(content, ReadingOptions())] == [
            article.text for article in expected
        ]
    else:
        unpacked = unpack(written)
        places = [unpacked.find(article.text_sha256.encode()) for article in expected]
        assert [unpacked.count(article.text_sha256.encode()) for article in expected] == [1] * len(expected)
        assert places == sorted(places)


def test_every_format_has_a_name_and_an_extension_of_its_own() -> None:
    assert len({chosen.name for chosen in FORMATS}) == len(FORMATS)
    assert len({chosen.extension for chosen in WRITTEN}) == len(WRITTEN)


def test_words_of_a_compressed_file_are_found() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", "words")
    assert unpack(packed.getvalue()) == unpack(gzip.compress(b"words")) == unpack(b"words") == b"words"


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match=r"no format 'xml'; there are jsonl, conll"):
        find_format("xml")


def test_conll_says_what_it_could_not_hold() -> None:
    _, losses = write(find_format("conll"), [news_record(), empty_record()])
    assert losses == [
        "3 attributes of spans dropped",
        "2 document fields dropped",
        "1 relation dropped",
        "1 span across blocks split at the blocks' borders",
        "1 span that meets another of its label dropped",
        "1 span with an end that is no border of a token fitted to whole tokens",
        "1 span without a token dropped",
    ]


def test_every_token_of_conll_is_found_at_its_offsets() -> None:
    written, _ = write(find_format("conll"), [news_record()])
    text = news_record().article.text
    rows = [line.split("\t") for line in written.decode().split("\n") if line and not line.startswith("# ")]
    assert rows
    for _, form, start, end, *_ in rows:
        assert text[int(start) : int(end)] == form
    covered = sum(int(end) - int(start) for _, _, start, end, *_ in rows)
    assert covered == sum(not character.isspace() for character in text)


def test_the_spans_that_conll_holds_can_be_read_back_from_its_tags() -> None:
    """An independent reader of BIO columns finds the spans of the plain record again."""
    written, _ = write(find_format("conll"), [plain_record()])
    lines = written.decode().splitlines()
    labels = lines[0].removeprefix("# global.columns = ").split()[4:]
    found: list[tuple[int, int, str]] = []
    for column, label in enumerate(labels, start=4):
        for line in lines:
            row = line.split("\t")
            if len(row) > 4 and row[column] == f"B-{label}":
                found.append((int(row[2]), int(row[3]), label))
            elif len(row) > 4 and row[column] == f"I-{label}":
                start, _, _ = found.pop()
                found.append((start, int(row[3]), label))
    assert sorted(found) == sorted((span.start, span.end, span.label) for span in plain_record().markup.spans)
