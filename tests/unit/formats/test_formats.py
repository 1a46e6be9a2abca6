"""What holds for every format, and each one's golden file."""

import csv
import gzip
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.formats.canonical import write_canonical
from annotations.formats.files.written_xml import escape_attribute, escape_text
from annotations.formats.losses import AS_METADATA, NAMES
from annotations.formats.places.tokens import find_tokens
from annotations.formats.ports import Format, Losses, UnknownFormatError
from annotations.formats.record import AnnotationReference, Record
from annotations.formats.registry import FORMATS, WRITTEN, find_format
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.lossy import ANNOTATORS
from tests.unit.formats.samples import empty_record, news_record, plain_record, sample_records

GOLDEN = Path(__file__).parent / "golden"


def write(chosen: Format, records: list[Record]) -> tuple[bytes, list[str]]:
    losses = Losses()
    return b"".join(
        chosen.write_lines((record.to_line() for record in records), losses=losses)
    ), losses.describe()


def unpack(written: bytes) -> bytes:
    """What is in the file, were it compressed or an archive, after the names in that, so that words in it can be found."""
    if written.startswith(b"\x1f\x8b"):
        return gzip.decompress(written)
    if zipfile.is_zipfile(io.BytesIO(written)):
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            names = archive.namelist()
            return "\n".join([*names, ""]).encode() + b"".join(map(archive.read, names))
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
    assert losses == [] or not chosen.holds_everything


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
    """It is known by its text, as it is, as JSON or XML writes it or as a line a token, by the checksum of that, or by where it begins."""
    written, _ = write(chosen, sample_records())
    unpacked = unpack(written).decode("utf-8", "replace")
    expected = [sample.article for sample in sample_records()]
    places = []
    for article in expected:
        marks = (
            write_canonical({"text": article.text})[1:-1],
            write_canonical({"value": article.text})[1:-1],
            write_canonical({"sofaString": article.text})[1:-1],
            f'"{escape_attribute(article.text)}"',
            escape_text(article.text),
            f"curation/{article.id}/CURATION_USER.tsv\n",  # whose text is in lines of its own
        )
        known = [mark for mark in (*marks, article.text, article.text_sha256) if unpacked.count(mark) == 1]
        lines = list(find_lines(article.text, unpacked))
        assert known or len(lines) == 1
        places.append(unpacked.index(known[0]) if known else lines[0])
    assert places == sorted(places)


@each_format
def test_a_format_that_is_written_says_in_plain_words_for_whom(chosen: Format) -> None:
    assert chosen.suits
    assert not chosen.suits.endswith(".")


def find_lines(text: str, written: str) -> Iterator[int]:
    """Where each token of a text has a line of its own, one after the other, with the token in front."""
    tokens = [re.escape(text[start:end]) for start, end in find_tokens(text)]
    lines = r"^" + r"\s.*\n\n?".join(tokens) + r"\s"
    return (found.start() for found in re.finditer(lines, written, flags=re.MULTILINE))


def test_every_format_has_a_name_and_an_extension_of_its_own() -> None:
    assert len({chosen.name for chosen in FORMATS}) == len(FORMATS)
    assert len({chosen.extension for chosen in WRITTEN}) == len(WRITTEN)


def test_words_of_a_compressed_file_are_found() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", "words")
    assert unpack(packed.getvalue()) == b"a\nwords"
    assert unpack(gzip.compress(b"words")) == unpack(b"words") == b"words"


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    known = ", ".join(chosen.name for chosen in WRITTEN)
    with pytest.raises(UnknownFormatError, match=rf"no format 'xml'; there are {re.escape(known)}"):
        find_format("xml")


ATTRIBUTES, FIELDS, RELATIONS = (
    "3 attributes of spans dropped",
    "2 document fields dropped",
    "1 relation dropped",
)
FITTED = "1 span with an end that is no border of a token fitted to whole tokens"
ACROSS, WITHOUT = "1 span across blocks split at the blocks' borders", "1 span without a token dropped"
LOSSES = {
    "jsonl": [],
    "tables": [],
    "web-annotation": [],
    "conll": [
        *(ATTRIBUTES, FIELDS, RELATIONS, ACROSS),
        *("1 span that meets another of its label dropped", FITTED, WITHOUT),
    ],
    "conll2003-bio": [
        *(ATTRIBUTES, FIELDS, "2 spans that share a token with another dropped", RELATIONS, ACROSS, WITHOUT)
    ],
    "conll2003-bilou": [
        *(ATTRIBUTES, FIELDS, "2 spans that share a token with another dropped", RELATIONS, ACROSS, WITHOUT)
    ],
    "doccano": [ATTRIBUTES, FIELDS],
    "prodigy": [ATTRIBUTES, FIELDS],
    "brat": [FIELDS],
    "label_studio": [FIELDS],
    "parquet": [],
    "docbin": ["1 span with an end that is no border of a token fitted to whole tokens"],
    "tei": [],
    "aif": [],
    "webanno-tsv": [FIELDS, WITHOUT],
    "uima-cas": [],
    "uima-cas-json": [],
}


@each_format
def test_a_format_loses_nothing_but_what_it_says_that_it_cannot_hold(chosen: Format) -> None:
    losses = Losses()
    lines = (record.to_line() for record in sample_records())
    assert b"".join(chosen.write_lines(lines, losses=losses))
    assert losses.kinds <= set(chosen.cannot_hold)


@pytest.mark.parametrize("name", LOSSES)
def test_a_format_says_what_it_could_not_hold(name: str) -> None:
    _, losses = write(find_format(name), [news_record(), empty_record()])
    assert losses == LOSSES[name]


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


def make_odd_record() -> Record:
    """Names and words that some formats have another use for."""
    plain = plain_record()
    spans = (
        Span(0, 5, "Big claim", (("who says", "=cmd"), ("type", "a b|c")), "k 1"),
        Span(14, 20, "Source", (), "k 2"),
    )
    markup = Markup(spans, (Relation("k 1", "k 2", "held by"),), (("note", "+1"),))
    return replace(plain, markup=markup, scheme=replace(plain.scheme, labels=("Big claim", "Source")))


def test_brat_names_are_rewritten_and_values_that_are_no_names_become_notes() -> None:
    written, losses = write(find_format("brat"), [make_odd_record()])
    assert b"T1\tBig_claim 0 5\tTalks\n#1\tAnnotatorNotes T1\ttype=a b|c\n" in written
    assert b"R1\theld_by Arg1:T1 Arg2:T2\n" in written
    assert losses == [
        "2 names with characters that they cannot have rewritten",
        "2 values of attributes that are no names put into notes",
        "1 document field dropped",
    ]


def test_no_cell_of_a_table_is_a_formula() -> None:
    written, losses = write(find_format("tables"), [make_odd_record()])
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }
    assert tables["spans.csv"][0] == {
        "document": "2",
        "annotator": "gold",
        "key": "k 1",
        "label": "Big claim",
        "start": "0",
        "end": "5",
        "quote": "Talks",
        "attribute.type": "a b|c",
        "attribute.who says": "'=cmd",
    }
    assert tables["annotations.csv"][0]["field.note"] == "'+1"
    assert tables["documents.csv"][0]["text"] == make_odd_record().article.text
    assert tables["relations.csv"][0]["target_quote"] == "Moscow"
    assert losses == ["2 cells that a spreadsheet would calculate put behind an apostrophe"]


def test_tags_of_bilou_end_spans_and_single_tokens_have_their_own() -> None:
    written, _ = write(find_format("conll2003-bilou"), [plain_record()])
    tags = [line.split(" ")[-1] for line in written.decode().splitlines()[2:] if line]
    assert tags == ["O", "O", "U-Source", "B-Claim", "L-Claim", "O"]


@pytest.mark.parametrize(
    "chosen", [known for known in WRITTEN if known.write], ids=lambda chosen: chosen.name
)
def test_annotators_of_one_article_are_told_apart_or_counted(chosen: Format) -> None:
    lines = [
        replace(plain_record(), status="submitted", annotations=(AnnotationReference(letter, 1, "a"),))
        for letter in ("Ann", "Bob")
    ]
    written, losses = write(chosen, lines)
    if NAMES in chosen.cannot_hold:
        assert losses == ["2 names of annotators dropped"]
        places = find_lines(plain_record().article.text, unpack(written).decode())
        assert len(list(places)) == 2
    else:
        assert losses == [AS_METADATA.describe(2)] * (AS_METADATA in chosen.cannot_hold)
        assert b"Ann" in unpack(written)
        assert b"Bob" in unpack(written)


def test_the_same_archive_is_the_same_bytes_whenever_it_is_made() -> None:
    written, _ = write(find_format("brat"), sample_records())
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert {about.date_time for about in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_quotes_of_web_annotations_are_found_at_their_positions() -> None:
    written, _ = write(find_format("web-annotation"), sample_records())
    page = json.loads(written)
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    texts = {
        item["target"]: item["body"][1]["value"]
        for item in page["items"]
        if item["motivation"] == "describing"
    }
    names = {item["id"] for item in page["items"]}
    assert len(names) == len(page["items"])
    spans = [item for item in page["items"] if item["motivation"] == "classifying"]
    assert len(spans) == sum(len(record.markup.spans) for record in sample_records())
    for item in spans:
        text = texts[item["target"]["source"]]
        position, quote = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"]
        assert text[:start].endswith(quote["prefix"])
        assert text[end:].startswith(quote["suffix"])
    [link] = [item for item in page["items"] if item["motivation"] == "linking"]
    assert {link["target"], link["body"][1]["source"]} <= names


@each_format
def test_the_tokens_of_an_article_are_found_once_for_all_its_annotations(
    chosen: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []

    def find(text: str) -> list[tuple[int, int]]:
        found.append(text)
        return find_tokens(text)

    for name, module in list(sys.modules.items()):
        if name.startswith("annotations.formats.") and hasattr(module, "find_tokens"):
            monkeypatch.setattr(module, "find_tokens", find)
    write(chosen, list(ANNOTATORS))
    assert len(ANNOTATORS) > 2
    assert len(found) <= 1
