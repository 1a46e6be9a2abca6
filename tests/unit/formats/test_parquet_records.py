"""What is written as Parquet is what pandas, pyarrow and Hugging Face's datasets read, and is read back whole."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, read_file
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.native import parquet_records
from annotations.formats.native.parquet import PARQUET
from annotations.formats.native.parquet_records import read_parquet
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.record import AnnotationReference, Record
from annotations.formats.registry import recognise_bundle
from tests.unit.formats.samples import plain_record, sample_records


def write(records: list[Record]) -> bytes:
    return b"".join(PARQUET.write_lines((record.to_line() for record in records), losses=Losses()))


def save(path: Path, records: list[Record]) -> Path:
    path.write_bytes(write(records))
    return path


def read(path: Path) -> list[Document]:
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is PARQUET
        return list(read_parquet(bundle, ReadingOptions()))


def test_gold_is_read_back_with_texts_blocks_metadata_and_all_that_was_marked(tmp_path: Path) -> None:
    for document, record in zip(
        read(save(tmp_path / "x.parquet", sample_records())), sample_records(), strict=True
    ):
        article = record.article
        assert (document.text, document.title, document.blocks) == (
            article.text,
            article.title,
            article.blocks,
        )
        assert (document.metadata, document.text_sha256) == (article.metadata, article.text_sha256)
        assert (document.status, document.round, document.labels) == (
            record.status,
            record.round,
            record.scheme.labels,
        )
        assert document.gold is not None
        assert sorted(document.gold.spans) == sorted(record.markup.spans)
        assert {span.key: span.attributes for span in document.gold.spans} == {
            span.key: span.attributes for span in record.markup.spans
        }
        assert (document.gold.relations, document.gold.fields) == (
            record.markup.relations,
            record.markup.fields,
        )


def test_annotators_of_a_document_are_rows_that_are_joined(tmp_path: Path) -> None:
    by = [
        replace(plain_record(), status="submitted", annotations=(AnnotationReference(letter, 1, "a"),))
        for letter in "AB"
    ]
    path = save(tmp_path / "x.parquet", by)
    [document] = read(path)
    assert (document.id, sorted(document.judgements)) == ("2-1", ["A", "B"])
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert corpus.annotators == ("A", "B")


def test_pandas_and_pyarrow_find_every_quote_at_its_offsets() -> None:
    written = write(sample_records())
    frame = pd.read_parquet(io.BytesIO(written))
    assert list(frame.document) == ["1", "2", "3"]
    for row in frame.to_dict("records"):
        for span in row["spans"]:
            assert row["text"][span["start"] : span["end"]] == span["quote"]
    table = pq.read_table(io.BytesIO(written))
    assert table.column("spans").to_pylist()[1][0]["label"] == "Source"


def test_the_datasets_library_has_the_features_that_the_file_says(tmp_path: Path) -> None:
    path = save(tmp_path / "x.parquet", sample_records())
    loaded = datasets.load_dataset(
        "parquet", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded.features == datasets.Features.from_dict(parquet_records.describe_features())
    assert [span["label"] for span in loaded[1]["spans"]] == ["Source", "Claim"]


def test_rows_are_written_in_groups_so_that_none_but_the_last_few_are_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parquet_records, "ROWS_A_GROUP", 2)
    assert pq.ParquetFile(io.BytesIO(write(sample_records()))).num_row_groups == 2


def save_table(path: Path, **columns: Any) -> Path:
    usual = {
        "document": ["1"],
        "annotator": ["A"],
        "text": ["Kyiv"],
        "spans": [[{"start": 0, "end": 4, "label": "X"}]],
    }
    pq.write_table(pa.table({**usual, **columns}), path)
    return path


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"spans": [[{"start": 0, "end": 9}]]}, "there is no 'label'"),
        (
            {"spans": [[{"start": 4, "end": 0, "label": "X"}]]},
            "row 1: .*start must be at least 0 and smaller than end",
        ),
        ({"text": [7]}, "row 1: document '1': the text must be a text"),
        ({"annotator": [None]}, "row 1: document '1': the annotator must be a text"),
        ({"metadata": ["{"]}, "row 1: the metadata must be an object of JSON"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_number(columns: Any, match: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=match):
        read(save_table(tmp_path / "x.parquet", **columns))


def test_a_span_past_its_text_is_refused_where_agreement_is_measured(tmp_path: Path) -> None:
    spans = [[{"start": 0, "end": 9, "label": "X"}]]
    with pytest.raises(InvalidCorpusError, match="it ends past the text of 4 characters"):
        read_file(save_table(tmp_path / "x.parquet", spans=spans))


def test_other_tables_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["Kyiv"]}), tmp_path / "x.parquet")
    with pytest.raises(RefusedError, match="there is no column 'document'"):
        read(tmp_path / "x.parquet")


def test_too_many_rows_are_refused_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_records, "MAX_ROWS", 2)
    with pytest.raises(RefusedError, match="more than 2 rows"):
        read(save(tmp_path / "x.parquet", sample_records()))


WRITTEN = write(sample_records())


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_to_a_file_it_is_read_or_refused_in_a_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = bytearray(WRITTEN)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(4, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 4)))
        raw[start:end] = data.draw(st.binary(max_size=4))
    path = tmp_path_factory.getbasetemp() / "x.parquet"
    path.write_bytes(bytes(raw))
    with open_bundle(path) as bundle:
        try:
            list(read_parquet(bundle, ReadingOptions()))
        except RefusedError as error:
            assert str(error)  # noqa: PT017


def test_long_texts_are_written_in_smaller_groups_and_nothing_of_them_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [replace(plain_record(), round=number) for number in range(1, 8)]
    whole = pq.read_table(io.BytesIO(write(records)))
    length = len(plain_record().article.text)
    monkeypatch.setattr(parquet_records, "WEIGHT_A_GROUP", 3 * length)
    monkeypatch.setattr(parquet_records, "WEIGHT_AT_ONCE", length)
    monkeypatch.setattr(parquet_records, "WEIGHT_OF_A_PART", 0)
    written = pq.ParquetFile(io.BytesIO(write(records)))
    rows = [written.metadata.row_group(number).num_rows for number in range(written.num_row_groups)]
    assert rows == [3, 3, 1]
    assert written.read().equals(whole)
