"""TEI P5 of others is read as far as it says where something lies; what points nowhere is named, and nothing is guessed."""

from pathlib import Path

import pytest

from annotations.agreement import Corpus, read_file
from annotations.formats.documents import UNPLACED, Document, Judgement
from annotations.formats.errors import RefusedError
from annotations.formats.files import strict_xml
from annotations.formats.files.bundles import open_bundle
from annotations.formats.registry import find_format, recognise_bundle
from annotations.formats.sources import read_annotated
from annotations.formats.standards import tei_reader
from annotations.formats.standards.tei_reader import DISCONTINUOUS, EMPTY, LOOSE
from tests.unit.formats.test_bundles import fill, pack

HEADER = """<teiHeader><fileDesc><titleStmt><title>Letter
  to Berthold</title><respStmt xml:id="ed"><resp>editor</resp><persName>Ann Novak</persName></respStmt></titleStmt>
  <publicationStmt><p>x</p></publicationStmt><sourceDesc><p>x</p></sourceDesc></fileDesc></teiHeader>"""


def make_tei(body: str, beside: str = "", *, attributes: str = "", header: str = HEADER) -> str:
    beside = f"<standOff>{beside}</standOff>" if beside else ""
    return (
        f'<?xml version="1.0"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"{attributes}>{header}\n'
        f"<text>\n  <body>\n    {body}\n  </body>\n</text>\n{beside}</TEI>"
    )


def read(path: Path, written: str) -> Document:
    path = path / "letter.xml" if path.is_dir() else path
    path.write_text(written, encoding="utf-8")
    [document] = read_all(path)
    return document


def read_all(path: Path) -> list[Document]:
    return [document for part in read_annotated(path) for document in part.documents]


def find_only(document: Document) -> Judgement:
    [judgement] = document.judgements.values()
    return judgement


def describe(document: Document, annotator: str = "unknown") -> list[tuple[str, str, dict[str, str]]]:
    return [
        (span.quote(document.text or ""), span.label, dict(span.attributes))
        for span in document.judgements[annotator].markup.spans
    ]


TWO = '<p xml:id="p1">Kyiv agreed,\n      and <hi>Kyiv</hi> waited.</p>\n    <p xml:id="p2">Bern\n  did.</p>'


def test_blocks_are_told_apart_and_white_space_is_as_it_is_read(tmp_path: Path) -> None:
    document = read(
        tmp_path, make_tei(f"<head>Talks</head>{TWO}<list><item>One</item> <item>Two</item></list>")
    )
    assert document.text == "Talks\n\nKyiv agreed, and Kyiv waited.\n\nBern did.\n\nOne\nTwo"
    assert [(document.text[one.start : one.end], one.kind) for one in document.blocks] == [
        ("Talks", "heading"),
        ("Kyiv agreed, and Kyiv waited.", "paragraph"),
        ("Bern did.", "paragraph"),
        ("One", "list_item"),
        ("Two", "list_item"),
    ]
    assert (document.id, document.title) == ("letter", "Letter to Berthold")
    assert document.judgements == {}  # nobody says that anybody annotated it


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("#string-range(p1,0,4)", "Kyiv"),
        ("#string-range('p1', 23, 4)", "Kyiv"),
        ("#string-range(p1,5,17)", "agreed, and"),
        ("#p2", "Bern did."),
        ("#string-range(p2,0,4) #string-range(p2,7,3)", "Bern did"),
        ("#string-index(p1,0)", None),
    ],
)
def test_a_pointer_counts_the_characters_of_its_element_as_they_stand_in_the_file(
    pointer: str, words: str | None, tmp_path: Path
) -> None:
    document = read(tmp_path, make_tei(TWO, f'<spanGrp type="person"><span target="{pointer}"/></spanGrp>'))
    assert describe(document) == ([(words, "person", {})] if words else [])
    assert document.left_out == ({} if words else {EMPTY: 1})


def test_from_and_to_lead_from_anchor_to_anchor_or_from_word_to_word(tmp_path: Path) -> None:
    body = (
        '<p><anchor xml:id="a0"/>Der alte <anchor xml:id="a9"/>Baum<anchor xml:id="a13"/> steht.<anchor xml:id="a20"/></p>'
        '<p><w xml:id="w1">Yes</w>\n <w xml:id="w2" join="right">indeed</w>\n <pc xml:id="w3">.</pc></p>'
    )
    beside = (
        '<spanGrp type="syntax"><span from="#a0" to="#a13">Nominalgruppe</span></spanGrp>'
        '<spanGrp><span from="#a9" to="#a20" ana="#verse"/><span from="#w2"/><span from="#w1" to="#w3" type="act" cert="high"/></spanGrp>'
    )
    document = read(tmp_path, make_tei(body, beside))
    assert document.text == "Der alte Baum steht.\n\nYes indeed."
    assert describe(document) == [
        ("Der alte Baum", "syntax", {"note": "Nominalgruppe"}),
        ("Baum steht.", "verse", {}),
        ("indeed", "span", {}),
        ("Yes indeed.", "act", {"cert": "high"}),
    ]


def test_words_that_join_have_no_blank_between_them_also_at_the_end_of_a_name(tmp_path: Path) -> None:
    body = (
        '<p><w>in</w> <name type="LOC">\n <w join="right">Bern</w>\n</name>\n <pc>,</pc> <w>he</w>\n'
        '<pc join="both">-</pc>\n<w>ho</w></p>'
    )
    document = read(tmp_path, make_tei(body))
    assert document.text == "in Bern, he-ho"
    assert describe(document) == [("Bern", "LOC", {})]


def test_annotations_of_web_annotation_in_tei_have_labels_notes_and_who_made_them(tmp_path: Path) -> None:
    beside = (
        '<listAnnotation><annotation xml:id="c1" type="commentary" target="#n1"><note>uncertain  reading</note></annotation>'
        '<annotation motivation="tagging" target="#string-range(p1,12,6)" ana="#Act #Deed"><respStmt><resp>creator</resp>'
        "<persName>Fred</persName></respStmt></annotation>"
        '<annotation resp="#ed" target="#string-range(p1,12,6)"/></listAnnotation>'
    )
    document = read(
        tmp_path, make_tei('<p xml:id="p1"><seg xml:id="n1">Hildegard</seg>   writes.</p>', beside)
    )
    assert describe(document) == [
        ("Hildegard", "seg", {}),
        ("Hildegard", "commentary", {"note": "uncertain reading"}),
    ]
    assert describe(document, "Fred") == [
        ("writes", "Act", {"motivation": "tagging"}),
        ("writes", "Deed", {"motivation": "tagging"}),
    ]
    assert describe(document, "Ann Novak") == [("writes", "annotation", {})]


def test_names_and_segments_within_words_are_spans_and_sentences_and_words_are_none(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        make_tei(
            '<p><s><persName ref="#h" resp="#ed"><forename>Ann</forename> Novak</persName> saw '
            '<name type="PER">Bob</name> in <placeName>Bern</placeName></s> <seg type="claim" ana="#x">and <w lemma="he">he</w> '
            "left</seg><seg/>.</p>"
        ),
    )
    assert document.text == "Ann Novak saw Bob in Bern and he left."
    assert describe(document, "Ann Novak") == [("Ann Novak", "persName", {"ref": "#h"})]
    assert describe(document) == [
        ("Ann", "forename", {}),
        ("Bob", "PER", {}),
        ("Bern", "placeName", {}),
        ("and he left", "claim", {"ana": "x"}),
    ]
    assert document.left_out == {EMPTY: 1}


def test_feature_structures_give_answers_and_a_label(tmp_path: Path) -> None:
    beside = (
        '<spanGrp><span target="#p2" ana="#f1"/><span target="#p2" ana="#f2 #sure"/></spanGrp>'
        '<fs xml:id="f1" type="ne"><f name="kind"><symbol value="city"/></f><f name="n"><numeric value="2"/></f><f name="many">'
        "<string>a</string><string>b</string></f></fs>"
        '<fs xml:id="f2"><f name="label"><string>Claim</string></f><f name="to" fVal="#who"/></fs>'
    )
    assert describe(read(tmp_path, make_tei(TWO, beside))) == [
        ("Bern did.", "ne", {"kind": "city", "many": "a\x1fb", "n": "2"}),
        ("Bern did.", "Claim", {"ana": "sure", "to": "who"}),
    ]


def test_links_of_spans_are_relations_and_others_are_counted(tmp_path: Path) -> None:
    beside = (
        '<spanGrp><span xml:id="s1" target="#p1" type="A"/><span xml:id="s2" target="#p2" type="B"/></spanGrp>'
        '<linkGrp type="rhetoric"><link target="#s1 #s2"/><link target="#s2 #s1" type="answers"/><link target="#p1 #p2"/></linkGrp>'
        '<listRelation><relation name="near" active="#s1" passive="#s2"/><relation name="knows" mutual="#s1 #s2"/></listRelation>'
    )
    document = read(tmp_path, make_tei(TWO, beside))
    markup = find_only(document).markup
    assert [
        (markup.span(one.source).label, one.kind, markup.span(one.target).label) for one in markup.relations
    ] == [("A", "rhetoric", "B"), ("B", "answers", "A"), ("A", "near", "B")]
    assert document.left_out == {LOOSE: 2}


POINTLESS = {
    "#nowhere": "'#nowhere' leads to nothing in the text",
    "#string-range(p2,5,90)": "leads past the 11 characters that are there",
    "other.xml#p1": "leads out of the file, or is of a kind that is not read",
    "#string-range(//p[1],0,4)": "leads out of the file, or is of a kind that is not read",
}


@pytest.mark.parametrize(("pointer", "reason"), POINTLESS.items())
def test_what_points_nowhere_is_named_with_its_line_and_counted_by_agreement(
    pointer: str, reason: str, tmp_path: Path
) -> None:
    beside = f'\n<spanGrp type="A"><span target="#p1"/>\n<span xml:id="s2" target="{pointer}"/></spanGrp>'
    document = read(tmp_path, make_tei(TWO, beside))
    [unplaced] = find_only(document).unplaced
    assert reason in unplaced.message
    assert unplaced.message.startswith("A: ")
    assert unplaced.place == "line 15"
    assert unplaced.payload["target"] == pointer
    assert [label for _, label, _ in describe(document)] == ["A"]
    corpus = read_file(tmp_path / "letter.xml")
    assert isinstance(corpus, Corpus)
    assert (corpus.n_spans, corpus.left_out) == (1, {UNPLACED: 1})


def test_a_span_of_pieces_that_words_part_is_counted(tmp_path: Path) -> None:
    beside = '<spanGrp><span type="A" target="#string-range(p1,0,4) #p2"/></spanGrp>'
    document = read(tmp_path, make_tei(TWO, beside))
    assert (describe(document), document.left_out) == ([], {DISCONTINUOUS: 1})


def test_a_group_within_the_text_is_no_part_of_it(tmp_path: Path) -> None:
    body = '<div><u><w xml:id="w1">und</w></u><spanGrp type="lemma"><span from="#w1" to="#w1">UND</span></spanGrp></div>'
    document = read(tmp_path, make_tei(body))
    assert document.text == "und"
    assert describe(document) == [("und", "lemma", {"note": "UND"})]


def test_files_of_one_folder_are_by_one_annotator_and_folders_are_annotators(tmp_path: Path) -> None:
    one, other = make_tei("<p><name>Kyiv</name></p>"), make_tei("<p>Kyiv <seg>agreed</seg></p>")
    folder = fill(tmp_path / "all", {"ann/1.xml": one, "ann/2.tei.xml": other, "bob/1.xml": one})
    for path in (folder, pack(tmp_path / "all.zip", {f"all/{name}": (folder / name).read_text() for name in ("ann/1.xml", "ann/2.tei.xml", "bob/1.xml")})):  # fmt: skip
        assert [(one.id, sorted(one.judgements)) for one in read_all(path)] == [
            ("1", ["ann", "bob"]),
            ("2", ["ann"]),
        ]


def test_a_corpus_holds_documents_by_their_ids(tmp_path: Path) -> None:
    document = make_tei("<p><name>Kyiv</name></p>", attributes=' xml:id="k1"', header="").partition("\n")[2]
    nested = f"<teiCorpus>{document.replace('k1', 'k2')}</teiCorpus>"
    path = tmp_path / "corpus.xml"
    path.write_text(
        f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{HEADER}{document}{nested}'
        f"{document.replace(' xml:id=', ' n=', 1)}</teiCorpus>"
    )
    assert [one.id for one in read_all(path)] == ["k1", "k2", "corpus-3"]


def test_a_document_that_two_people_answer_for_is_refused_with_its_line(tmp_path: Path) -> None:
    beside = '\n<spanGrp resp="#ed #b"><span target="#p1"/></spanGrp>'
    with pytest.raises(
        RefusedError, match=r"letter\.xml: line 14: 2 people are responsible; give each an annotation"
    ):
        read(tmp_path, make_tei(TWO, beside))


BOMB = '<!DOCTYPE TEI [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE TEI [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE, "<!DOCTYPE TEI>"])
def test_a_file_that_declares_a_document_type_is_refused(declared: str, tmp_path: Path) -> None:
    written = make_tei("<p>a</p>").replace("<TEI ", f"{declared}<TEI ", 1)
    with pytest.raises(RefusedError, match="declares a document type, which is not read; take that line out"):
        read(tmp_path, written)


def test_what_is_deep_large_or_no_xml_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError, match="is no XML that can be read"):
        read(tmp_path, make_tei("<hi>" * 5_000 + "a" + "</hi>" * 5_000))
    with pytest.raises(RefusedError, match="is no XML that can be read"):
        read(tmp_path, make_tei("<p>&nothing;</p>"))
    monkeypatch.setattr(strict_xml, "MAX_XML_ELEMENTS", 20)
    with pytest.raises(RefusedError, match="has more than 20 elements"):
        read(tmp_path, make_tei("<p><w>a</w></p>" * 20))


def test_one_structure_of_many_spans_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tei_reader, "MAX_XML_ELEMENTS", 5)
    features = "".join(f'<f name="f{number}"><string>x</string></f>' for number in range(3))
    spans = '<span target="#p1" ana="#f"/>' * 2
    beside = f'<spanGrp>{spans}</spanGrp><fs xml:id="f">{features}</fs>'
    with pytest.raises(RefusedError, match="the spans have more than 5 answers; give them in parts"):
        read(tmp_path, make_tei(TWO, beside))


def test_only_tei_p5_is_taken_for_it(tmp_path: Path) -> None:
    for written, is_tei in (
        (make_tei("<p>a</p>"), True),
        ('<x:TEI xmlns:x="http://www.tei-c.org/ns/1.0"/>', True),
        ("<TEI.2><text/></TEI.2>", False),
        ('<html xmlns:t="http://www.tei-c.org/ns/1.0"/>', False),
    ):
        (tmp_path / "a.xml").write_text(written)
        with open_bundle(tmp_path / "a.xml") as bundle:
            assert (recognise_bundle(bundle) is find_format("tei")) is is_tei
