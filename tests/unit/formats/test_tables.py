"""The tables for spreadsheets are read back, and what cannot be is refused with its file and its row."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement import Corpus, read_file
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.native.tables import TABLES
from annotations.formats.native.tables_reader import read_tables
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.registry import recognise_bundle
from annotations.formats.tabular.cells import FORMULA_STARTS, escape_cell, unescape_cell
from tests.unit.formats.test_bundles import fill
from tests.unit.formats.test_round_trips import submitted

FILES = {
    "documents.csv": "document,title,text\n1,A,Kyiv agreed.\n",
    "annotations.csv": "document,annotator,status,field.genre\n1,ann,submitted,news\n1,bob,submitted,\n",
    "spans.csv": "document,annotator,key,label,start,end,quote,attribute.kind\n1,ann,a,City,0,4,Kyiv,big\n1,ann,b,Act,5,11,agreed,\n",
    "relations.csv": "document,annotator,kind,source,target\n1,ann,of,b,a\n",
}


def read(folder: Path) -> list[Document]:
    with open_bundle(folder) as bundle:
        assert recognise_bundle(bundle) is TABLES
        return list(read_tables(bundle, ReadingOptions()))


def test_spans_attributes_relations_and_fields_of_each_annotator_are_read(tmp_path: Path) -> None:
    [document] = read(fill(tmp_path, FILES))
    markup = document.judgements["ann"].markup
    assert [(span.key, span.label, dict(span.attributes)) for span in markup.spans] == [
        ("a", "City", {"kind": "big"}),
        ("b", "Act", {}),
    ]
    assert [(link.source, link.kind, link.target) for link in markup.relations] == [("b", "of", "a")]
    assert dict(markup.fields) == {"genre": "news"}
    assert document.judgements["bob"].markup.spans == ()


def test_agreement_is_measured_of_an_archive_of_tables(tmp_path: Path) -> None:
    path = tmp_path / "x.tables.zip"
    path.write_bytes(b"".join(TABLES.write_lines((one.to_line() for one in submitted()), losses=Losses())))
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert (len(corpus.documents), corpus.annotators) == (2, tuple("ABCDE"))


@given(st.text(alphabet="'=+-@\t\ra", max_size=6))
def test_a_cell_is_no_formula_and_is_itself_again(cell: str) -> None:
    assert not escape_cell(cell).startswith(FORMULA_STARTS)
    assert unescape_cell(escape_cell(cell)) == cell


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        (
            "spans.csv",
            "document,annotator,key,label,start,end\n1,ann,a,City,0,-4\n",
            r"spans\.csv, row 1: start and end",
        ),
        (
            "spans.csv",
            "document,annotator,key,label,start,end\n1,cem,a,City,0,4\n",
            "no annotation of '1' by 'cem'",
        ),
        ("spans.csv", "document,annotator,key,label,start\n", "there is no column 'end'"),
        (
            "spans.csv",
            "document,annotator,key,label,start,end\n1,ann\n",
            "row 1 has 2 cells, but there are 6",
        ),
        (
            "relations.csv",
            "document,annotator,kind,source,target\n1,ann,of,b,z\n",
            r"relations\.csv, row 1: .*'z'",
        ),
        ("annotations.csv", "document,annotator\n1,ann\n1,ann\n", "annotator 'ann' occurs twice"),
        ("documents.csv", "document,text\n2,x\n", r"there is no document '1' in documents\.csv"),
        ("documents.csv", 'document,text\n2,"x\n', "it is no CSV in UTF-8 that can be read"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_place(
    name: str, content: str, match: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError, match=match):
        read(fill(tmp_path, {**FILES, name: content}))
