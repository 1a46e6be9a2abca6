"""What spaCy keeps in a DocBin is read without spaCy's own reader, and what is written spaCy reads."""

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span

from annotations.agreement import Corpus, read_file, read_files
from annotations.formats import libraries
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.bundles import open_bundle
from annotations.formats.libraries import Library
from annotations.formats.ports import Losses, ReadingOptions, UnknownFormatError
from annotations.formats.record import AnnotationReference
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.training import docbin, msgpack
from annotations.formats.training.docbin import DOCBIN, EMPTY, LABELLED, read_docbin
from annotations.formats.training.docbin_writer import SPAN
from annotations.formats.training.msgpack import read_message, write_message
from annotations.formats.training.spacy_strings import hash_text
from tests.unit.formats.samples import plain_record, sample_records
from tests.unit.formats.test_bundles import list_spans

NLP = spacy.blank("xx")
TEXT = "Kyiv agreed  with ORG."


def make_doc(text: str = TEXT) -> Doc:
    return NLP(text)


def save(path: Path, *docs: Doc, **options: Any) -> Path:
    DocBin(docs=docs, **options).to_disk(path)
    return path


def read(path: Path) -> list[Document]:
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is DOCBIN
        return list(read_docbin(bundle, ReadingOptions()))


def describe(document: Document, annotator: str = "unknown") -> list[tuple[str, str, dict[str, str]]]:
    assert document.text is not None
    return [
        (span.quote(document.text), span.label, dict(span.attributes))
        for span in document.judgements[annotator].markup.spans
    ]


@given(st.text(max_size=60))
def test_texts_have_the_numbers_that_spacy_gives_them(text: str) -> None:
    assert hash_text(text) == spacy.strings.hash_string(text)


# what spaCy wrote


def test_entities_are_spans_with_their_labels_whether_spacy_has_always_known_these_or_not(
    tmp_path: Path,
) -> None:
    doc = make_doc()
    doc.set_ents([Span(doc, 0, 2, label="Claim"), Span(doc, 4, 5, label="ORG")])
    [document] = read(save(tmp_path / "ann.spacy", doc))
    assert document.text == TEXT
    assert describe(document) == [("Kyiv agreed", "Claim", {}), ("ORG", "ORG", {})]


def test_neighbouring_entities_are_two(tmp_path: Path) -> None:
    doc = make_doc()
    doc.set_ents([Span(doc, 0, 1, label="A"), Span(doc, 1, 2, label="A")])
    [document] = read(save(tmp_path / "ann.spacy", doc))
    assert describe(document) == [("Kyiv", "A", {}), ("agreed", "A", {})]


def test_spans_of_several_groups_say_in_which_they_stand_and_may_overlap(tmp_path: Path) -> None:
    doc = make_doc()
    doc.spans["sc"] = [Span(doc, 0, 2, label="Claim"), Span(doc, 0, 1, label="Claim")]
    doc.spans["cues"] = [Span(doc, 1, 2, label="Act"), Span(doc, 1, 2), Span(doc, 1, 1, label="Act")]
    [document] = read(save(tmp_path / "ann.spacy", doc))
    assert describe(document) == [
        ("Kyiv agreed", "Claim", {"group": "sc"}),
        ("Kyiv", "Claim", {"group": "sc"}),
        ("agreed", "Act", {"group": "cues"}),
    ]
    assert document.left_out == {LABELLED: 1, EMPTY: 1}


@pytest.mark.parametrize(
    ("cats", "fields"),
    [
        ({"news": 1.0, "war": 1.0, "sport": 0.0}, {"cats": "news\x1fwar"}),
        ({"news": 0.5}, {"cats.news": "0.5"}),
    ],
)
def test_categories_are_an_answer_about_the_document(
    cats: Any, fields: dict[str, str], tmp_path: Path
) -> None:
    doc = make_doc()
    doc.cats = cats
    [document] = read(save(tmp_path / "ann.spacy", doc))
    assert dict(document.judgements["unknown"].markup.fields) == fields


def test_user_data_and_fewer_attributes_change_nothing(tmp_path: Path) -> None:
    doc = make_doc()
    doc.user_data["a"] = {"b": (1, 2)}
    doc.spans["sc"] = [Span(doc, 0, 1, label="Place")]
    [document] = read(save(tmp_path / "ann.spacy", doc, attrs=["LEMMA"], store_user_data=True))
    assert describe(document) == [("Kyiv", "Place", {})]


def test_files_of_several_annotators_are_joined_by_text_and_named_by_their_files(tmp_path: Path) -> None:
    for name, length in (("ann", 1), ("bob", 2)):
        doc = make_doc()
        doc.spans["sc"] = [Span(doc, 0, length, label="Claim")]
        save(tmp_path / f"{name}.spacy", doc)
    expected = [("1", "ann", 0, 4, "Claim"), ("1", "bob", 0, 11, "Claim")]
    assert list_spans(read_files([tmp_path / "ann.spacy", tmp_path / "bob.spacy"])) == expected
    assert list_spans(read_file(tmp_path)) == expected


# what we write


def write(lines: list[str]) -> tuple[bytes, list[str]]:
    losses = Losses()
    return b"".join(DOCBIN.write_lines(lines, losses=losses)), losses.describe()


def test_spacy_reads_every_text_and_every_span_of_the_gold() -> None:
    written, _ = write([record.to_line() for record in sample_records()])
    docs = list(DocBin().from_bytes(written).get_docs(NLP.vocab))
    for doc, record in zip(docs, sample_records(), strict=True):
        assert doc.text == record.article.text
        for span in doc.spans["sc"]:
            expected = record.markup.span(span.id_)
            assert (span.label_, expected.quote(doc.text) in span.text) == (expected.label, True)
        assert len(doc.spans["sc"]) == len(record.markup.spans)
    assert docs[0].spans["sc"].attrs["workbench"]["relations"] == [["c1", "held_by", "s1"]]


def test_each_annotator_has_a_group_and_keeps_attributes_relations_and_fields(tmp_path: Path) -> None:
    news = sample_records()[0]
    lines = [
        replace(news, status="submitted", annotations=(AnnotationReference(letter, 1, "a"),)).to_line()
        for letter in "AB"
    ]
    written, losses = write(lines)
    assert losses == ["2 spans with an end that is no border of a token fitted to whole tokens"]
    path = tmp_path / "file.spacy"
    path.write_bytes(written)
    [document] = read(path)
    assert (document.id, sorted(document.judgements)) == ("1-2", ["A", "B"])
    markup = document.judgements["A"].markup
    assert ("the E.U. envoy", "Source", {"kind": "person"}) in describe(document, "A")
    [link] = markup.relations
    assert (markup.span(link.source).label, link.kind, markup.span(link.target).label) == (
        "Claim",
        "held_by",
        "Source",
    )
    assert dict(markup.fields) == dict(news.markup.fields)
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert corpus.annotators == ("A", "B")


def test_a_group_that_somebody_changed_in_spacy_is_read_as_it_stands_now(tmp_path: Path) -> None:
    written, _ = write([plain_record().to_line()])
    [doc] = DocBin().from_bytes(written).get_docs(NLP.vocab)
    doc.spans["sc"].append(Span(doc, 0, 1, label="Cue"))
    [document] = read(save(tmp_path / "changed.spacy", doc))
    assert document.gold is not None
    assert [span.label for span in document.gold.spans] == ["Source", "Claim", "Cue"]


# what is missing or damaged


def test_without_spacy_the_format_is_not_written_and_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    assert not DOCBIN.is_written
    with pytest.raises(
        RefusedError, match=r"spaCy is not installed; install it with: pip install '.*\[spacy\]'"
    ):
        Library("spacy", "spaCy", "spacy").load()


def test_a_format_whose_library_is_missing_is_refused_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotations.formats.registry.WRITTEN", ())
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    with pytest.raises(UnknownFormatError, match="'docbin' cannot be written here: spaCy is not installed"):
        find_format("docbin")


def rewrite(path: Path, **parts: Any) -> Path:
    """A file of spaCy in which some parts of the message are others."""
    doc = make_doc()
    doc.spans["sc"] = [Span(doc, 0, 1, label="Place")]
    message = read_message(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    path.write_bytes(zlib.compress(write_message({**message, **parts})))
    return path


GROUP = write_message({"name": "sc", "attrs": {}, "spans": [SPAN.pack(0, 0, 1, 0, 99, 0, 4)]})


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        ({"tokens": b"123"}, "its tokens are cut off or damaged"),
        ({"lengths": b"\x09\x00\x00\x00"}, "not have as many tokens as it says"),
        ({"attrs": [1]}, "its tokens have no words"),
        ({"strings": ["Kyiv"]}, "document number 1: a token is a text that is not in the file"),
        ({"span_groups": [write_message([GROUP])]}, "a span of the tokens 0 to 99 is none of 6 tokens"),
        ({"span_groups": [b"\xc1"]}, "holds a value of the kind 0xc1"),
        ({"span_groups": 7}, "'span_groups' must be a list"),
    ],
)
def test_a_message_that_cannot_be_is_refused_with_its_place(parts: Any, match: str, tmp_path: Path) -> None:
    path = rewrite(tmp_path / "x.spacy", **parts)
    with pytest.raises(RefusedError, match=f"x.spacy: .*{match}"):
        read(path)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docbin, "MAX_DOCBIN_BYTES", 1_000)
    with pytest.raises(RefusedError, match="unpacks to more than 1,000 bytes"):
        read(rewrite(tmp_path / "x.spacy", cats=["x" * 10_000]))


def test_a_message_of_too_many_values_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msgpack, "MAX_MESSAGE_VALUES", 50)
    with pytest.raises(RefusedError, match="more than 50 values"):
        read(rewrite(tmp_path / "x.spacy", cats=[[]] * 100))


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_to_a_message_it_is_read_or_refused_in_a_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = rewrite(tmp_path_factory.getbasetemp() / "x.spacy")
    raw = bytearray(zlib.decompress(path.read_bytes()))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(8, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 4)))
        raw[start:end] = data.draw(st.binary(max_size=4))
    path.write_bytes(zlib.compress(bytes(raw)))
    with open_bundle(path) as bundle:
        try:
            documents = list(read_docbin(bundle, ReadingOptions()))
        except RefusedError as error:
            assert str(error)  # noqa: PT017
        else:
            for document in documents:
                for judgement in document.judgements.values():
                    assert all(span.end <= len(document.text or "") for span in judgement.markup.spans)
