"""Libraries that others read such files with find in ours what was marked: conllu, spaCy, brat's own tools, a reader of WebAnno TSV, and pandas for tables and lines of JSON."""

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import conllu
import pandas as pd
import pytest
import spacy
from brat_tools import annalign, checkann
from spacy.training import biluo_to_iob, iob_to_biluo
from spacy.training.iob_utils import tags_to_entities
from web_anno_tsv import open_web_anno_tsv

from annotations.formats.ports import Losses
from annotations.formats.record import Record
from annotations.formats.registry import find_format
from annotations.formats.training.conll import read_conll
from annotations.markup import Markup
from tests.unit.formats.samples import article, plain_record, span
from tests.unit.formats.seeds import submitted_seeds

SEED = submitted_seeds()[0]


def write(name: str, *records: Record) -> bytes:
    return b"".join(find_format(name).write_lines((one.to_line() for one in records), losses=Losses()))


def list_marked(record: Record) -> list[tuple[str, str]]:
    return sorted(
        (span.label, "".join(span.quote(record.article.text).split())) for span in record.markup.spans
    )


@pytest.mark.parametrize("record", [plain_record(), SEED], ids=["plain", "seed"])
def test_conllu_reads_every_token_and_the_tags_of_each_label(record: Record) -> None:
    found: list[tuple[str, str]] = []
    for sentence in conllu.parse(write("conll", record).decode()):
        for label in record.scheme.labels:
            for token in sentence:
                assert record.article.text[int(token["start"]) : int(token["end"])] == token["form"]
                tag = token[label.lower()]
                if tag == f"B-{label}":
                    found.append((label, token["form"]))
                elif tag == f"I-{label}":
                    found.append((label, found.pop()[1] + token["form"]))
    assert sorted(found) == list_marked(record)


def test_conllu_takes_no_label_for_a_column_of_its_own() -> None:
    names = {"Claim": "HEAD", "Stance": "Misc", "Source": "ID"}
    plain = plain_record()
    record = replace(
        plain,
        scheme=replace(plain.scheme, labels=tuple(names.values())),
        markup=Markup(tuple(replace(span, label=names[span.label]) for span in plain.markup.spans)),
    )
    written = write("conll", record).decode()
    tokens = [token for sentence in conllu.parse(written) for token in sentence]
    assert {token["%48ead"] for token in tokens} == {"O", "B-HEAD", "I-HEAD"}
    assert {token["%49d"] for token in tokens} == {"O", "B-ID"}
    (document,) = read_conll(enumerate(written.split("\n"), start=1))
    assert document.labels == ("HEAD", "Misc", "ID")


@pytest.mark.parametrize("name", ["conll2003-bio", "conll2003-bilou"])
def test_spacy_reads_the_tags_of_both_schemes_as_the_same_spans(name: str) -> None:
    found: list[tuple[str, str]] = []
    for block in write(name, plain_record()).decode().split("\n\n")[1:]:
        rows = [line.split(" ") for line in block.splitlines()]
        tags = [row[-1] for row in rows]
        if name == "conll2003-bio":
            tags = iob_to_biluo(tags)
        assert iob_to_biluo(biluo_to_iob(tags)) == tags
        for label, first, last in tags_to_entities(tags):
            found.append((label, "".join(row[0] for row in rows[first : last + 1])))
    assert sorted(found) == list_marked(plain_record())


def test_a_reader_of_webanno_tsv_finds_the_words_and_labels_of_each_span(tmp_path: Path) -> None:
    """It knows named entities as INCEpTION's standard layer has them, with an identifier and a label, and no link."""
    text = "Moscow \N{GLOBE WITH MERIDIANS} says, yes, Kyiv no."
    marked = [
        ("Moscow \N{GLOBE WITH MERIDIANS}", "Source"),
        ("says, yes", "Claim"),
        ("yes", "Cue"),
        ("Kyiv", "Source"),
    ]
    spans = tuple(span(text, quote, label, quote, identifier="Q1") for quote, label in marked)
    record = replace(plain_record(), article=article(7, "Talks", text), markup=Markup(spans))
    with zipfile.ZipFile(io.BytesIO(write("webanno-tsv", record))) as archive:
        (path,) = [archive.extract(name, tmp_path) for name in archive.namelist() if name.endswith(".tsv")]
    with open_web_anno_tsv(path) as sentences:
        found = [(one.text, one.label) for sentence in sentences for one in sentence.annotations]
    assert sorted(found) == sorted(marked)


def test_pandas_joins_the_tables_by_document_and_annotator() -> None:
    records = [record for record in submitted_seeds() if record.article.id == 1]
    with zipfile.ZipFile(io.BytesIO(write("tables", *records))) as archive:
        tables = {name: pd.read_csv(archive.open(name), dtype=str) for name in archive.namelist()}
    joined = tables["spans.csv"].merge(tables["documents.csv"], on="document")
    assert len(joined) == sum(len(record.markup.spans) for record in records)
    for row in joined.to_dict("records"):
        assert row["text"][int(row["start"]) : int(row["end"])] == row["quote"]


def read_lines(name: str, *records: Record) -> list[dict[str, Any]]:
    frame = pd.read_json(io.BytesIO(write(name, *records)), lines=True)
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def join_words(marked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted((label, "".join(quote.split())) for label, quote in marked)


@pytest.mark.parametrize("record", [plain_record(), SEED], ids=["plain", "seed"])
def test_pandas_finds_the_entities_of_doccano_and_the_links_between_them(record: Record) -> None:
    (row,) = read_lines("doccano", record)
    marked = {
        one["id"]: (one["label"], row["text"][one["start_offset"] : one["end_offset"]])
        for one in row["entities"]
    }
    assert join_words(marked.values()) == list_marked(record)
    ends = [(marked[one["from_id"]][0], one["type"], marked[one["to_id"]][0]) for one in row["relations"]]
    labels = {span.key: span.label for span in record.markup.spans}
    assert sorted(ends) == sorted(
        (labels[link.source], link.kind, labels[link.target]) for link in record.markup.relations
    )


@pytest.mark.parametrize("record", [plain_record(), SEED], ids=["plain", "seed"])
def test_spacy_builds_a_document_of_the_tokens_for_prodigy_and_finds_its_spans(record: Record) -> None:
    (row,) = read_lines("prodigy", record)
    document = spacy.tokens.Doc(
        spacy.blank("en").vocab,
        words=[token["text"] for token in row["tokens"]],
        spaces=[token["ws"] for token in row["tokens"]],
    )
    marked = [
        (one["label"], document[one["token_start"] : one["token_end"] + 1].text) for one in row["spans"]
    ]
    assert join_words(marked) == list_marked(record)


@pytest.mark.parametrize("record", [plain_record(), SEED], ids=["plain", "seed"])
def test_pandas_finds_a_conversation_whose_answer_quotes_what_was_marked(record: Record) -> None:
    (row,) = read_lines("instruct", record)
    says = {message["role"]: message["content"] for message in row["messages"]}
    assert says["user"] == record.article.text
    answer = json.loads(says["assistant"])
    assert join_words((one["label"], one["quote"]) for one in answer["spans"]) == list_marked(record)
    assert len(answer["relations"]) == len(record.markup.relations)


@pytest.mark.parametrize("record", [plain_record(), *submitted_seeds()])
def test_the_tools_of_brat_read_every_span_relation_and_attribute(record: Record) -> None:
    text, markup = record.article.text, record.markup
    with zipfile.ZipFile(io.BytesIO(write("brat", record))) as archive:
        [lines] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".ann")]
        [shown] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]
    assert shown == text
    read = [annalign.parse(line, number) for number, line in enumerate(lines.splitlines(), start=1)]
    spans = {one.id_: one for one in read if isinstance(one, annalign.Textbound)}
    for line in lines.splitlines():
        if line.startswith("T"):
            checked = checkann.parse_textbound(line)
            assert text[checked.start : checked.end] == checked.text
    places = {key: (*span.offsets[0], span.type_) for key, span in spans.items()}
    assert sorted(places.values()) == sorted((span.start, span.end, span.label) for span in markup.spans)
    keyed = {span.key: (span.start, span.end, span.label) for span in markup.spans}
    relations = [one for one in read if isinstance(one, annalign.Relation)]
    assert sorted(
        (one.type_, *(places[end.partition(":")[2]] for end in one.args)) for one in relations
    ) == sorted((one.kind, keyed[one.source], keyed[one.target]) for one in markup.relations)
    said = [one for one in read if isinstance(one, annalign.Attribute)]
    noted = [one for one in read if isinstance(one, annalign.Note)]
    values = [(places[one.target], one.type_, one.value) for one in said]
    values += [(places[one.target], *one.text.split("=", maxsplit=1)) for one in noted]
    assert sorted(values) == sorted(
        (keyed[span.key], name, value) for span in markup.spans for name, value in span.attributes
    )
    assert len(spans) + len(relations) + len(said) + len(noted) == len(read)
