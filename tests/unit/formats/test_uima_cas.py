"""What INCEpTION exports as UIMA CAS is read as it means it, and what is written is what UIMA's own libraries read."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import cassis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import Corpus, InvalidCorpusError, read_file
from annotations.formats.documents import Document
from annotations.formats.errors import RefusedError
from annotations.formats.files import strict_xml
from annotations.formats.files.bundles import Bundle, BundledFile, open_bundle
from annotations.formats.ports import Losses, ReadingOptions
from annotations.formats.record import Record
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.uima import inception
from annotations.formats.uima.cas_reader import (
    CHAIN_LINKS,
    EMPTY,
    ON_RELATIONS,
    OTHER_VIEWS,
    UNPLACED,
    read_cas,
)
from annotations.formats.uima.uima_cas import UIMA_CAS
from annotations.markup import Markup
from annotations.spans import Span
from tests.unit.formats.samples import sample_records
from tests.unit.formats.seeds import submitted_seeds
from tests.unit.formats.test_bundles import fill, list_spans

GLOBE = "\N{GLOBE WITH MERIDIANS}"
TEXT = f"Kyiv {GLOBE} agreed.\nYes."
SEGMENTS = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"


def make_types() -> cassis.TypeSystem:
    """The layers of a project: entities and relations between them, cues with slots, and an answer about the document."""
    types = cassis.TypeSystem()
    entity = types.create_type("webanno.custom.Entity", "uima.tcas.Annotation")
    holds = types.create_type("webanno.custom.Holds", "uima.tcas.Annotation")
    link = types.create_type("webanno.custom.CueSlotLink", "uima.cas.TOP")
    cue = types.create_type("webanno.custom.Cue", "uima.tcas.Annotation")
    about = types.create_type("webanno.custom.About", "uima.cas.AnnotationBase")
    types.create_type(f"{SEGMENTS}.Token", "uima.tcas.Annotation")
    for owner, name, kind in (
        (entity, "identifier", "uima.cas.String"),
        (entity, "value", "uima.cas.String"),
        (entity, "is_sure", "uima.cas.Boolean"),
        (holds, "Governor", "webanno.custom.Entity"),
        (holds, "Dependent", "webanno.custom.Entity"),
        (holds, "value", "uima.cas.String"),
        (holds, "sure", "uima.cas.String"),
        (link, "role", "uima.cas.String"),
        (link, "target", "uima.tcas.Annotation"),
        (cue, "kind", "uima.cas.String"),
        (cue, "slot", "uima.cas.FSArray"),
        (about, "genre", "uima.cas.String"),
    ):
        types.create_feature(owner, name, kind)
    return types


def make_cas() -> cassis.Cas:
    types = make_types()
    cas = cassis.Cas(types, sofa_string=TEXT, document_language="en")
    kinds = {name: types.get_type(f"webanno.custom.{name}") for name in ("Entity", "Holds", "Cue", "About")}
    place = kinds["Entity"](begin=0, end=4, value="Place", identifier="Q1899", is_sure=True)
    globe = kinds["Entity"](begin=5, end=6)
    nothing = kinds["Entity"](begin=4, end=4, value="Nothing")
    token = types.get_type(f"{SEGMENTS}.Token")(begin=0, end=4)
    link = types.get_type("webanno.custom.CueSlotLink")(role="who", target=place)
    array = types.get_type("uima.cas.FSArray")(elements=[link])
    cas.add_all([token, place, globe, nothing])
    cas.add(kinds["Cue"](begin=7, end=13, kind="reporting", slot=array))
    cas.add(kinds["Holds"](begin=5, end=6, Governor=place, Dependent=globe, value="near", sure="yes"))
    cas.add(kinds["Holds"](begin=0, end=4, Governor=token, Dependent=globe, value="lost"))
    cas.add(kinds["About"](genre="news"))
    return cas


def write_xmi(cas: cassis.Cas) -> dict[str, bytes]:
    """The two files that INCEpTION puts into one archive."""
    return {"1.xmi": cas.to_xmi().encode(), "TypeSystem.xml": cas.typesystem.to_xml().encode()}


def pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read(path: Path) -> list[Document]:
    with open_bundle(path) as bundle:
        assert recognise_bundle(bundle) is UIMA_CAS
        return list(read_cas(bundle, ReadingOptions()))


def describe(markup: Markup) -> list[tuple[str, str, dict[str, str]]]:
    return [(span.quote(TEXT), span.label, dict(span.attributes)) for span in sorted(markup.spans)]


@pytest.mark.parametrize("way", ["xmi beside its types", "archive", "json"])
def test_layers_slots_relations_and_answers_are_read_whichever_way_a_document_was_exported(
    way: str, tmp_path: Path
) -> None:
    cas, path = make_cas(), tmp_path / "ann"
    if way == "json":
        path = tmp_path / "1.json"
        path.write_text(cas.to_json(), encoding="utf-8")
    elif way == "archive":
        path = tmp_path / "ann.zip"
        path.write_bytes(pack(write_xmi(cas)))
    else:
        path.mkdir()
        for name, content in write_xmi(cas).items():
            (path / name).write_bytes(content)
    [document] = read(path)
    assert document.text == TEXT
    [judgement] = document.judgements.values()
    markup = judgement.markup
    assert describe(markup) == [
        ("Kyiv", "Place", {"identifier": "Q1899", "is_sure": "true"}),
        (GLOBE, "Entity", {}),
        ("agreed", "reporting", {}),
    ]
    assert {
        (markup.span(link.source).quote(TEXT), link.kind, markup.span(link.target).quote(TEXT))
        for link in markup.relations
    } == {("agreed", "who", "Kyiv"), ("Kyiv", "near", GLOBE)}
    assert markup.fields == (("About.genre", "news"),)
    assert {reason: number for reason, number in document.left_out.items() if number} == {
        EMPTY: 1,
        ON_RELATIONS: 1,
        UNPLACED: 1,
    }


def make_project(curated: bytes | None = None) -> dict[str, bytes]:
    archive = pack(write_xmi(make_cas()))
    files = {
        "exportedproject.json": b'{"name": "news"}',
        "source/1.txt": TEXT.encode(),
        "annotation_ser/1.txt/ann.ser": b"\xac\xed\x00\x05",
        "annotation/1.txt/ann.zip": archive,
        "annotation/1.txt/bob.json": make_cas().to_json().encode(),
        "annotation/1.txt/INITIAL_CAS.zip": archive,
    }
    return files if curated is None else {**files, "curation/1.txt/CURATION_USER.zip": curated}


def test_a_project_has_the_work_of_each_annotator_and_what_was_curated_is_its_gold(tmp_path: Path) -> None:
    path = tmp_path / "project.zip"
    path.write_bytes(pack(make_project(pack(write_xmi(make_cas())))))
    [document] = read(path)
    assert (document.id, sorted(document.judgements)) == ("1.txt", ["ann", "bob"])
    assert document.gold is not None
    assert describe(document.gold) == describe(document.judgements["ann"].markup)
    assert document.left_out[inception.BEFORE] == 1


def test_agreement_is_of_the_annotators_of_a_project_and_counts_what_was_curated(tmp_path: Path) -> None:
    path = tmp_path / "project.zip"
    path.write_bytes(pack(make_project(pack(write_xmi(make_cas())))))
    corpus = read_file(path)
    assert isinstance(corpus, Corpus)
    assert {span[1] for span in list_spans(corpus)} == {"ann", "bob"}
    assert corpus.left_out["curated versions"] == 1


def test_a_project_that_only_inception_can_read_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "project.zip"
    path.write_bytes(pack({"annotation_ser/1.txt/ann.ser": b"\xac\xed", "exportedproject.json": b"{}"}))
    with pytest.raises(InvalidCorpusError, match="export the project again with the format UIMA CAS XMI"):
        read_file(path)


def test_links_of_chains_and_annotations_of_other_views_are_counted(tmp_path: Path) -> None:
    types = make_types()
    link = types.create_type("webanno.custom.CorefLink", "uima.tcas.Annotation")
    types.create_feature(link, "next", "webanno.custom.CorefLink")
    chain = types.create_type("webanno.custom.CorefChain", "uima.cas.AnnotationBase")
    types.create_feature(chain, "first", "webanno.custom.CorefLink")
    cas = cassis.Cas(types, sofa_string=TEXT)
    second = link(begin=5, end=6)
    first = link(begin=0, end=4, next=second)
    cas.add_all([first, second, chain(first=first)])
    other = cas.create_view("other")
    other.sofa_string = "another text"
    other.add(types.get_type("webanno.custom.Entity")(begin=0, end=7, value="Place"))
    for name, content in write_xmi(cas).items():
        (tmp_path / name).write_bytes(content)
    [document] = read(tmp_path)
    [judgement] = document.judgements.values()
    assert judgement.markup.spans == ()
    assert document.left_out == {CHAIN_LINKS: 2, OTHER_VIEWS: 1}


def test_without_its_types_a_file_is_read_by_the_names_of_features(tmp_path: Path) -> None:
    (tmp_path / "1.xmi").write_bytes(write_xmi(make_cas())["1.xmi"])
    [document] = read(tmp_path / "1.xmi")
    [judgement] = document.judgements.values()
    assert [span.label for span in judgement.markup.spans] == ["Place", "Entity", "reporting"]
    assert {link.kind for link in judgement.markup.relations} == {"who", "near"}


# what is written


def write(name: str, records: Iterable[Record]) -> dict[str, bytes]:
    lines = (record.to_line() for record in records)
    written = b"".join(find_format(name).write_lines(lines, losses=Losses()))
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def load(files: dict[str, bytes], place: str) -> cassis.Cas:
    if f"{place}.json" in files:
        return cassis.load_cas_from_json(files[f"{place}.json"].decode())
    types = cassis.load_typesystem(io.BytesIO(files["TypeSystem.xml"]))
    return cassis.load_cas_from_xmi(io.BytesIO(files[f"{place}.xmi"]), typesystem=types)


NAMED_TYPE = pytest.mark.filterwarnings("ignore:Trying to add feature `type`")
"""The library calls it `type_`, as Python does."""


def check_cas(cas: cassis.Cas, record: Record) -> None:
    """That a CAS has the text, and every span, relation and field of a record; names have `_` for what UIMA's cannot have."""
    text = record.article.text
    assert cas.sofa_string == text
    spans = cas.select("webanno.custom.Span")
    assert sorted((one.get_covered_text(), one.value) for one in spans) == sorted(
        (span.quote(text), span.label) for span in record.markup.spans
    )
    links = cas.select("webanno.custom.Relation") if record.markup.relations else []
    assert sorted(
        (one.Governor.get_covered_text(), one.value, one.Dependent.get_covered_text()) for one in links
    ) == sorted(
        (
            record.markup.span(link.source).quote(text),
            link.kind,
            record.markup.span(link.target).quote(text),
        )
        for link in record.markup.relations
    )
    for field, value in record.markup.fields:
        [about] = cas.select("webanno.custom.DocumentFields")
        assert about.get(re.sub(r"\W", "_", field)) == value


@NAMED_TYPE
@pytest.mark.parametrize("name", ["uima-cas", "uima-cas-json"])
def test_the_library_of_uima_finds_every_span_relation_and_field_of_gold(name: str) -> None:
    files = write(name, sample_records())
    for record in sample_records():
        check_cas(load(files, f"curation/{record.article.id}/CURATION_USER"), record)


@NAMED_TYPE
@pytest.mark.parametrize("name", ["uima-cas", "uima-cas-json"])
def test_the_library_of_uima_finds_what_each_annotator_marked(name: str) -> None:
    records = submitted_seeds()[:3]
    files = write(name, records)
    for record in records:
        [by] = record.annotations
        check_cas(load(files, f"annotation/{record.article.id}-{record.round}/{by.annotator}"), record)


def test_names_that_no_feature_can_have_are_rewritten_and_kept_apart() -> None:
    span = Span(0, 4, "Place", (("1st", "d"), ("value", "c"), ("who says", "a"), ("who_says", "b")), "s")
    document = Document(id="1", text="Kyiv", gold=Markup((span,)))
    losses = Losses()
    assert UIMA_CAS.write
    written = b"".join(UIMA_CAS.write([document], losses=losses)).decode("utf-8", "replace")
    assert 'f_1st="d" value_2="c" who_says="a" who_says_2="b"' in written
    assert losses.describe() == ["4 names with characters that they cannot have rewritten"]


def test_characters_that_xml_cannot_hold_are_replaced_and_counted_and_offsets_stay() -> None:
    document = Document(id="1", text="a\x0cb Kyiv", gold=Markup((Span(4, 8, "Place", (), "s"),)))
    losses = Losses()
    assert UIMA_CAS.write
    written = b"".join(UIMA_CAS.write([document], losses=losses))
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    [span] = load(files, "curation/1/CURATION_USER").select("webanno.custom.Span")
    assert span.get_covered_text() == "Kyiv"
    assert losses.describe() == ["1 character that XML cannot hold replaced by \N{REPLACEMENT CHARACTER}"]


# what nobody should trust


def refuse(tmp_path: Path, files: dict[str, bytes], match: str) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RefusedError, match=match):
        read(tmp_path)


ROOT = '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:c="http:///x.ecore">'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (f"<!DOCTYPE x [<!ENTITY a 'aa'>]>{ROOT}&a;</xmi:XMI>", "declares a document type"),
        (f"{ROOT}<c:A", "is no XML that can be read"),
        ("<html><body/></html>", "is no XMI, but 'html'"),
        (
            f'{ROOT}<cas:Sofa xmi:id="1" sofaString="Kyiv"/><c:A xmi:id="2" sofa="1" begin="0" end="9"/></xmi:XMI>',
            r"1\.xmi: A 2 at \[0, 9\) lies past the text of 4 UTF-16 units",
        ),
        (f'{ROOT}<c:A xmi:id="2" begin="x" end="9"/></xmi:XMI>', "'begin' must be a whole number"),
    ],
)
def test_what_is_no_cas_is_refused_with_its_place(content: str, match: str, tmp_path: Path) -> None:
    refuse(tmp_path, {"1.xmi": content.encode()}, match)


def test_a_file_of_too_many_elements_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_xml, "MAX_XML_ELEMENTS", 3)
    refuse(tmp_path, {"1.xmi": f"{ROOT}{'<c:A/>' * 4}</xmi:XMI>".encode()}, "more than 3 elements")


def test_an_archive_within_a_project_that_holds_no_cas_is_refused(tmp_path: Path) -> None:
    refuse(
        tmp_path,
        {"annotation/1.txt/ann.zip": pack({"ann.txt": b"Kyiv"})},
        "holds neither XMI nor JSON of UIMA",
    )


def test_texts_that_differ_between_annotators_are_refused(tmp_path: Path) -> None:
    other = cassis.Cas(make_types(), sofa_string="Lviv agreed.")
    files = {**make_project(), "annotation/1.txt/cyd.json": other.to_json().encode()}
    refuse(tmp_path, files, r"cyd\.json: document '1\.txt': the text is not that of .*ann")


def bundle_alone(name: str, raw: bytes) -> Bundle:
    file = BundledFile(name, name, len(raw), partial(BytesIO, raw))
    return Bundle("all", "all", {name: file}, is_alone=True)


SEEDS: dict[str, bytes] = {
    "1.xmi": write_xmi(make_cas())["1.xmi"],
    "1.json": json.dumps(json.loads(make_cas().to_json())).encode(),
}


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_to_a_file_it_is_read_or_refused_in_a_sentence(
    name: str, data: st.DataObject
) -> None:
    raw = bytearray(SEEDS[name])
    pieces: list[Any] = [
        b'"',
        b"<",
        b">",
        b"&",
        b"0",
        b"-1",
        b"[",
        b"{}",
        b"null",
        b"begin",
        b"\xff",
        b"99999",
    ]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 9)))
        raw[start:end] = data.draw(st.binary(max_size=4) | st.sampled_from(pieces))
    try:
        documents = list(read_cas(bundle_alone(name, bytes(raw)), ReadingOptions()))
    except RefusedError as error:
        assert str(error)  # noqa: PT017
    else:
        for document in documents:
            for judgement in document.judgements.values():
                assert all(span.end <= len(document.text or "") for span in judgement.markup.spans)


def test_a_folder_of_an_annotator_each_and_one_of_a_document_each_are_told_apart(tmp_path: Path) -> None:
    written = make_cas().to_json()
    by_annotator = fill(tmp_path / "a", {"ann/1.json": written, "bob/1.json": written})
    by_document = fill(tmp_path / "b", {"1/ann.json": written, "1/bob.json": written})
    for folder in (by_annotator, by_document):
        [document] = read(folder)
        assert (document.id, sorted(document.judgements)) == ("1", ["ann", "bob"])
