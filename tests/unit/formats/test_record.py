"""The record of an article as canonical JSON."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.formats.canonical import NotCanonicalError, checksum, write_canonical
from annotations.formats.record import AnnotationReference, Record, name_annotator
from annotations.gold.manifest import ManifestBuilder
from annotations.markup import Markup
from annotations.spans import Span
from tests.unit.formats.samples import news_record, plain_record, sample_records

text = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(json_values)
def test_canonical_json_says_the_same_and_is_one_line_for_every_reader(value: object) -> None:
    written = write_canonical(value)
    assert json.loads(written) == value
    assert len(written.splitlines()) == 1


@settings(deadline=None)
@given(st.dictionaries(text, json_values, min_size=2, max_size=5))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    assert write_canonical(dict(reversed(value.items()))) == write_canonical(value)


@settings(deadline=None)
@given(text, st.integers(min_value=1))
def test_a_reference_that_is_written_at_once_has_the_bytes_of_canonical_json(
    pseudonym: str, revision: int
) -> None:
    reference = AnnotationReference(pseudonym, revision, checksum(pseudonym))
    assert reference.write() == write_canonical(reference.to_json())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud83d", {"\udc00": 1}])
def test_what_no_reader_agrees_on_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError, match="canonical JSON"):
        write_canonical(value)


def test_a_checksum_is_the_sha256_of_the_bytes() -> None:
    expected = hashlib.sha256('{"a":"é","b":[1,2.5]}'.encode()).hexdigest()
    assert checksum({"b": [1, 2.5], "a": "é"}) == expected


@pytest.mark.parametrize("record", sample_records(), ids=lambda record: record.article.title)
def test_a_record_that_is_read_back_is_the_same_byte_for_byte(record: Record) -> None:
    again = Record.from_line(record.to_line())
    assert again.to_line() == record.to_line()
    assert again.markup.fields == record.markup.fields
    assert again.span_provenance == record.span_provenance
    assert again.relation_provenance == record.relation_provenance


@settings(deadline=None)
@given(text.filter(bool), st.data())
def test_every_quote_is_the_slice_of_the_text_that_was_read_back(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    sample = plain_record()
    record = replace(
        sample,
        article=replace(sample.article, text=body, blocks=()),
        markup=Markup(spans=(Span(start, end, "Claim", key="k"),)),
    )
    read = json.loads(record.to_line())
    (span,) = read["spans"]
    assert span["quote"] == read["text"][span["start"] : span["end"]]


def test_spans_are_written_in_reading_order_whatever_order_they_came_in() -> None:
    record = news_record()
    turned = replace(
        record,
        markup=replace(record.markup, spans=tuple(reversed(record.markup.spans))),
        annotations=tuple(reversed(record.annotations)),
    )
    assert turned.to_line() == record.to_line()
    starts = [span["start"] for span in record.to_json()["spans"]]
    assert starts == sorted(starts)


def test_the_700th_annotator_still_has_a_pseudonym_of_their_own() -> None:
    names = [name_annotator(place) for place in range(1000)]
    assert len(set(names)) == 1000
    assert names[:3] == ["A", "B", "C"]


def build_manifest(records: list[Record]) -> dict[str, object]:
    builder = ManifestBuilder()
    for record in records:
        builder.add(record.to_line())
    return builder.build(
        project="news",
        number=1,
        title="First",
        workbench_version="1",
        unreviewed=0,
        left_out={"open": [9, 4]},
        superseded=[],
    )


def test_a_manifest_counts_what_is_in_the_records() -> None:
    manifest = build_manifest(sample_records())
    assert manifest["counts"] == {
        "articles": 3,
        "annotations": 4,
        "decisions": 2,
        "spans": 8,
        "relations": 1,
        "by_status": {"adjudicated": 1, "agreed": 1, "single": 1},
        "spans_by_label": {"Claim": 3, "Source": 3, "Stance": 2},
        "unreviewed": 0,
        "by_origin": {
            "spans": {"Claim": {"agreed": 1}, "Stance": {"adjudicated": 1}},
            "relations": {"held_by": {"adjudicated": 1}},
        },
    }
    assert manifest["left_out"] == {"open": [4, 9]}


def test_the_checksums_of_a_manifest_can_be_computed_by_anyone() -> None:
    records = sample_records()
    checksums = build_manifest(records)["checksums"]
    assert isinstance(checksums, dict)
    jsonl = "".join(record.to_line() + "\n" for record in records)
    assert checksums["jsonl"] == hashlib.sha256(jsonl.encode()).hexdigest()
    articles = "".join(
        f"{record.article.id} {record.article.sha256} {record.article.text_sha256}\n" for record in records
    )
    assert checksums["articles"] == hashlib.sha256(articles.encode()).hexdigest()
    first = f"1 A 3 {'a' * 64}\n1 B 1 {'b' * 64}\n2 A 1 {'a' * 64}\n3 C 1 {'e' * 64}\n"
    assert checksums["annotations"] == hashlib.sha256(first.encode()).hexdigest()


@pytest.mark.parametrize("place", range(3))
def test_a_change_of_any_record_changes_the_manifest(place: int) -> None:
    records = sample_records()
    before = build_manifest(records)
    records[place] = replace(records[place], round=7)
    assert build_manifest(records) != before
