"""What the description in Croissant says of the Parquet of a folder is what a loader of Croissant reads in it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from annotations.formats.native.parquet import PARQUET
from annotations.formats.native.parquet_records import COLUMNS
from annotations.gold.croissant import FolderFile, describe_croissant
from tests.unit.formats.samples import sample_records
from tests.unit.formats.test_formats import write
from tests.unit.gold.test_card import make_facts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def describe(folder: Path) -> Path:
    """Write the sample records as the only part of a folder, with their description."""
    written, _ = write(PARQUET, sample_records())
    (folder / "data").mkdir()
    (folder / "data" / "train.parquet").write_bytes(written)
    file = FolderFile("train", "data/train.parquet", hashlib.sha256(written).hexdigest(), len(written))
    path = folder / "croissant.json"
    path.write_text(json.dumps(describe_croissant(make_facts(), [file], "2026-11-26")))
    return path


def plain(value: Any, within: str) -> Any:
    """What a loader gives, with texts in place of bytes and without the path in front of each name."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {name.removeprefix(f"{within}/"): plain(one, name) for name, one in value.items()}
    return [plain(one, within) for one in value] if isinstance(value, list) else value


def test_a_loader_of_croissant_reads_every_column_and_what_is_in_its_lists(tmp_path: Path) -> None:
    import mlcroissant
    from pyarrow import parquet

    described = mlcroissant.Dataset(jsonld=describe(tmp_path))
    rows = parquet.read_table(tmp_path / "data" / "train.parquet").to_pylist()
    for row in rows:
        for span in row["spans"]:
            del span["attributes"]  # a list within a list, which loaders cannot reach
    read = [
        {name.removeprefix("train/"): plain(value, name) for name, value in record.items()}
        for record in described.records(record_set="train")
    ]
    assert read == [
        {column: row[column] for column in record} for row, record in zip(rows, read, strict=True)
    ]
    assert [set(record) for record in read] == [set(COLUMNS)] * len(rows)
    assert any(row["spans"] and row["relations"] and row["fields"] and row["blocks"] for row in rows)


def test_each_member_of_a_list_is_described_or_named() -> None:
    file = FolderFile("train", "data/train.parquet", "a" * 64, 1)
    [records] = describe_croissant(make_facts(), [file], "2026-11-26")["recordSet"]
    fields = {field["name"]: field for field in records["field"]}
    assert list(fields) == [f"train/{column}" for column in COLUMNS]
    for column, kind in COLUMNS.items():
        if isinstance(kind, list) and isinstance(kind[0], dict):
            field = fields[f"train/{column}"]
            said = [one["name"].rpartition("/")[2] for one in field["subField"]]
            assert [name for name in kind[0] if name not in said] == (
                ["attributes"] if "attributes" in field.get("description", "") else []
            )
