"""What brat's files say is read as brat means it, and what a corpus cannot hold is counted."""

from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, read_file, read_files
from annotations.agreement.readers.builder import MISREAD, MISREAD_BUT_IN_UTF16
from annotations.formats.annotation_tools import brat_reader
from annotations.formats.annotation_tools.brat_reader import (
    DISCONTINUOUS,
    OF_LEFT_OUT,
    ON_RELATIONS,
    read_brat,
)
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import Bundle, BundledFile, open_bundle
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.record import AnnotationReference
from annotations.formats.registry import find_format, recognise_bundle
from annotations.markup import Markup, Relation
from annotations.spans import Span
from tests.unit.formats.samples import plain_record, sample_records
from tests.unit.formats.test_bundles import fill, list_spans

TEXT = "Kyiv and allied\nenvoys met Moscow.\n"
WHOLE = """T1\tPlace 0 4\tKyiv
T2\tPerson 9 15;16 22\tallied envoys
T3\tMeet 23 26\tmet
T4\tPlace 27 33\tMoscow
E1\tMeet:T3 Who:T1 Who2:T2 With:T4
R1\tneighbour Arg1:T1 Arg2:T4
A1\tPast E1
A2\tkind T1 capital
"""


def test_names_of_which_brat_takes_no_letter_stay_apart() -> None:
    losses = Losses()
    markup = Markup((Span(0, 4, "主张", key="1"), Span(5, 8, "让步", key="2"), Span(9, 15, "主张", key="3")))
    record = replace(plain_record(), markup=markup)
    written = b"".join(find_format("brat").write_lines([record.to_line()], losses=losses))
    with ZipFile(BytesIO(written)) as archive:
        [lines] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".ann")]
    assert [line.split()[1] for line in lines.splitlines()] == ["__", "__-2", "__"]


def read(folder: Path, *lines: str, text: str = TEXT) -> Document:
    fill(folder, {"1.txt": text, "1.ann": "".join(lines)})
    with open_bundle(folder / "1.ann") as bundle:
        [document] = read_brat(bundle, ReadingOptions())
    return document


def test_spans_events_relations_and_attributes_are_read(tmp_path: Path) -> None:
    document = read(tmp_path / "ann", WHOLE)
    [(annotator, judgement)] = document.judgements.items()
    markup = judgement.markup
    assert (document.id, document.text, annotator) == ("1", TEXT, "ann")
    assert [(span.start, span.end, span.label, dict(span.attributes)) for span in markup.spans] == [
        (0, 4, "Place", {"kind": "capital"}),
        (9, 22, "Person", {}),
        (23, 26, "Meet", {"Past": "true"}),
        (27, 33, "Place", {}),
    ]
    assert markup.relations == (
        Relation("2", "0", "Who"),
        Relation("2", "1", "Who"),
        Relation("2", "3", "With"),
        Relation("0", "3", "neighbour"),
    )
    assert not document.left_out


def test_what_a_corpus_cannot_hold_is_counted_with_what_hangs_on_it(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        WHOLE,
        "T5\tPerson 0 4;16 22\tKyiv envoys\n",
        "R2\tneighbour Arg1:T5 Arg2:T4\nA3\tkind T5 x\nA4\tsure R1\n",
        "N1\tReference T1 Wikipedia:1\tKyiv\n#1\tAnnotatorNotes T1\tis it?\n*\tEquiv T1 T4\n",
    )
    assert document.left_out == {
        DISCONTINUOUS: 1,
        OF_LEFT_OUT: 2,
        ON_RELATIONS: 1,
        "normalisations": 1,
        "notes": 1,
        "equivalences": 1,
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1 Place 0 4 Kyiv", "line 1: .* is no line of brat"),
        ("T1\tPlace 0 x\tKyiv", "line 1: T1 has no start and end, but '0 x'"),
        ("T1\tPlace 4 0\tKyiv", "line 1: .*start must be at least 0 and smaller than end"),
        ("T1\tPlace 0 4\tKyiv\nT1\tPlace 0 4\tKyiv", "line 2: there is a T1 already"),
        ("T1\tPlace 0 4\tKyiv\nR1\tnear Arg1:T1 Arg2:T7", "line 2: .*its end 'T7' names none"),
        ("R1\tnear T1 T2", "line 1: the relation 'near' needs Arg1:KEY and Arg2:KEY"),
        ("E1\tMeet", "line 1: the event E1 needs TYPE:KEY"),
        ("A1\tkind T1 x", "line 1: there is no 'T1' of which this could be said"),
        ("T1\tPlace 0 4\tKyiv\nA1\tkind T1 x\nA2\tkind T1 y", "line 3: T1 has two values of 'kind'"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_place(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=message):
        read(tmp_path, line)


def test_a_file_of_endless_lines_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("T1\tPlace " + "0 1;" * 30_000 + "0 1\tKyiv", "x" * 200_000):
        with pytest.raises(RefusedError, match=r"line 1: .*each of 100,000 characters besides words"):
            read(tmp_path, line)
    monkeypatch.setattr(brat_reader, "MAX_ROWS", 5)
    with pytest.raises(RefusedError, match="line 6: brat's files have at most 5 lines"):
        read(tmp_path, WHOLE)


def test_an_ann_without_a_text_is_refused_and_one_text_may_serve_all_annotators(tmp_path: Path) -> None:
    folder = fill(tmp_path / "all", {"ann/1.ann": WHOLE, "bob/1.ann": ""})
    with pytest.raises(InvalidCorpusError, match=r"ann/1\.ann: there is no 1\.txt beside it"):
        read_file(folder)
    corpus = read_file(fill(folder, {"1.txt": TEXT}))
    assert isinstance(corpus, Corpus)
    assert (corpus.annotators, corpus.n_spans) == (("ann", "bob"), 4)


def test_texts_that_differ_between_annotators_are_refused(tmp_path: Path) -> None:
    files = {"ann/1.ann": WHOLE, "ann/1.txt": TEXT, "bob/1.ann": "", "bob/1.txt": TEXT.upper()}
    with pytest.raises(
        InvalidCorpusError, match=r"bob/1\.ann: document '1': the text is not that beside .*ann/1"
    ):
        read_file(fill(tmp_path, files))


def test_who_has_no_ann_did_not_do_the_document(tmp_path: Path) -> None:
    files = {"ann/1.ann": WHOLE, "ann/1.txt": TEXT, "bob/1.txt": TEXT, "bob/2.ann": "", "bob/2.txt": TEXT}
    corpus = read_file(fill(tmp_path, files))
    assert isinstance(corpus, Corpus)
    assert corpus.completed.tolist() == [[True, False], [False, True]]


def test_documents_in_folders_of_several_annotators_keep_their_paths(tmp_path: Path) -> None:
    files = {"1.ann": WHOLE, "1.txt": TEXT, "later/1.ann": "", "later/1.txt": TEXT}
    for annotator in ("ann", "bob"):
        fill(tmp_path / annotator, files)
    corpus = read_files([tmp_path / "ann", tmp_path / "bob"])
    assert isinstance(corpus, Corpus)
    assert (corpus.documents, corpus.annotators) == (("1", "later/1"), ("ann", "bob"))


def test_offsets_in_utf16_units_are_offered_and_read(tmp_path: Path) -> None:
    globe = "\N{GLOBE WITH MERIDIANS}"
    fill(tmp_path, {"1.txt": f"{globe} Kyiv {globe}", "1.ann": "T1\tPlace 3 7\tKyiv\n"})
    corpus = read_file(tmp_path)
    assert isinstance(corpus, Corpus)
    assert (corpus.left_out.get(MISREAD), corpus.left_out.get(MISREAD_BUT_IN_UTF16)) == (None, 1)
    corpus = read_file(tmp_path, offsets="utf16")
    assert isinstance(corpus, Corpus)
    assert [one[2:4] for one in corpus.get_spans([0])] == [(2, 6)]


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "gold.brat.zip"
    lines = (record.to_line() for record in sample_records())
    path.write_bytes(b"".join(find_format("brat").write_lines(lines, losses=Losses())))
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is find_format("brat")
        documents = {document.text: document for document in read_brat(bundle, ReadingOptions())}
    for record in sample_records():
        document = documents[record.article.text]
        [(annotator, judgement)] = document.judgements.items()
        assert annotator == "gold"
        assert not document.left_out
        found, expected = judgement.markup, record.markup
        assert sorted((span, span.attributes) for span in found.spans) == sorted(
            (span, span.attributes) for span in expected.spans
        )
        assert [(found.span(link.source), found.span(link.target)) for link in found.relations] == [
            (expected.span(link.source), expected.span(link.target)) for link in expected.relations
        ]


def test_annotators_of_what_is_written_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "round.brat.zip"
    lines = [
        replace(
            plain_record(), status="submitted", annotations=(AnnotationReference(letter, 1, "a" * 64),)
        ).to_line()
        for letter in "AB"
    ]
    path.write_bytes(b"".join(find_format("brat").write_lines(lines, losses=Losses())))
    assert {span[1:] for span in list_spans(read_file(path))} == {
        (letter, span.start, span.end, span.label) for letter in "AB" for span in plain_record().markup.spans
    }


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_to_an_ann_it_is_read_or_refused_with_its_place(data: st.DataObject) -> None:
    raw = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 6)))
        raw[start:end] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\t", b"\n", b";", b" ", b"T1", b"E1", b"R1", b":"])
        )
    files = {
        name: BundledFile(name, name, len(content), partial(BytesIO, content))
        for name, content in (("1.ann", bytes(raw)), ("1.txt", TEXT.encode()))
    }
    try:
        [document] = read_brat(Bundle("all", "all", files), ReadingOptions())
    except RefusedError as error:
        assert "1.ann" in str(error) or "annotator" in str(error)  # noqa: PT017
    else:
        assert all(
            isinstance(span, Span) and span.start < span.end
            for judgement in document.judgements.values()
            for span in judgement.markup.spans
        )
