"""In TEI every pointer finds what it points at, and every stretch of a text is the words that were marked."""

import re
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files

from lxml import etree

from annotations.formats.documents import Document
from annotations.formats.ports import Losses
from annotations.formats.record import Record
from annotations.formats.standards.tei import TEI
from annotations.formats.standards.tei_text import NAMESPACE
from annotations.markup import Markup
from annotations.spans import Span
from tests.unit.formats.samples import sample_records
from tests.unit.formats.test_round_trips import odd_record, submitted

NAMES = {"t": NAMESPACE}
RNG = "{http://relaxng.org/ns/structure/1.0}"
ID = "{http://www.w3.org/XML/1998/namespace}id"
RANGE = re.compile(r"#string-range\(([\w.-]+),([0-9]+),([0-9]+)\)")


def parse(records: list[Record]) -> "etree._Element":
    lines = (record.to_line() for record in records)
    return etree.fromstring(b"".join(TEI.write_lines(lines, losses=Losses())))


def test_texts_are_whole_and_spans_are_the_words_that_were_marked() -> None:
    records = [*sample_records(), odd_record()]
    corpus = parse(records)
    texts = {text.get(ID): text.text or "" for text in corpus.iterfind(".//t:ab", NAMES)}
    assert list(texts.values()) == [record.article.text for record in records]
    features = {one.get(ID): one for one in corpus.iterfind(".//t:fs", NAMES)}
    found = []
    for span in corpus.iterfind(".//t:span", NAMES):
        place = RANGE.fullmatch(span.get("target", ""))
        assert place
        start, length = int(place[2]), int(place[3])
        label = features[span.get("ana", "#")[1:]].findtext("t:f[@name='label']/t:string", namespaces=NAMES)
        found.append((texts[place[1]][start : start + length], label))
    assert sorted(found) == sorted(
        (span.quote(record.article.text), span.label) for record in records for span in record.markup.spans
    )


def test_every_pointer_leads_to_something_that_is_there() -> None:
    corpus = parse([*sample_records(), *submitted()])
    names = [one.get(ID) for one in corpus.iter() if one.get(ID)]
    assert len(set(names)) == len(names)
    for one in corpus.iter():
        for attribute in ("ana", "resp", "target"):
            for pointer in (one.get(attribute) or "").split():
                place = RANGE.fullmatch(pointer)
                assert (place[1] if place else pointer.removeprefix("#")) in names


def test_links_lead_from_source_to_target_and_say_their_type() -> None:
    corpus = parse(sample_records())
    [link] = corpus.iterfind(".//t:link", NAMES)
    spans = {one.get(ID): one for one in corpus.iterfind(".//t:span", NAMES)}
    ends = [spans[pointer[1:]].get("target") for pointer in (link.get("target") or "").split()]
    assert ends == ["#string-range(d1.text,17,28)", "#string-range(d1.text,53,14)"]
    kind = corpus.find(
        f".//t:fs[@xml:id='{(link.get('ana') or '#')[1:]}']/t:f/t:string", {**NAMES, "xml": ID[1:-3]}
    )
    assert kind is not None
    assert kind.text == "held_by"


def test_names_that_xml_cannot_have_stand_beside_and_characters_are_counted() -> None:
    markup = Markup((Span(2, 4, "Big claim", (("1st one", "a\x01b"),), "s"),))
    losses = Losses()
    assert TEI.write
    written = b"".join(TEI.write([Document(id="1", text="a\x0cbc", gold=markup)], losses=losses))
    assert (
        '<f name="_1st_one" n="1st one"><string>a\N{REPLACEMENT CHARACTER}b</string></f>'.encode() in written
    )
    assert losses.describe() == ["2 characters that XML cannot hold replaced by \N{REPLACEMENT CHARACTER}"]
    assert etree.fromstring(written) is not None


def test_annotators_have_a_group_each_and_are_named() -> None:
    record = sample_records()[1]
    by = [
        replace(record, status="submitted", annotations=(replace(record.annotations[0], annotator=one),))
        for one in "AB"
    ]
    corpus = parse(by)
    assert [one.get(ID) for one in corpus.iterfind(".//t:standOff", NAMES)] == ["d2-1.A", "d2-1.B"]
    assert [one.text for one in corpus.iterfind(".//t:respStmt/t:name", NAMES)] == ["A", "B"]


def test_exports_are_valid_by_the_schema_of_tei() -> None:
    name = 'a "name" & <another>'
    odd = Markup((Span(0, 4, name, ((name, name),), "s"),), fields=((name, name),))
    documents = [
        Document(id="1 2", text="text", title=name, gold=odd),
        Document(id="3", text="", gold=Markup()),
    ]
    assert TEI.write
    written = etree.fromstring(b"".join(TEI.write(documents, losses=Losses())))
    corpora = [parse(sample_records()), parse(submitted()), parse([odd_record()]), written]
    schema = read_tei_schema(one for corpus in corpora for one in corpus.iter(etree.Element))
    for corpus in corpora:
        schema.assertValid(corpus)
    written.append(etree.Element(f"{{{NAMESPACE}}}standOff"))
    assert not schema.validate(written)


def read_tei_schema(elements: "Iterable[etree._Element]") -> "etree.RelaxNG":
    """All of TEI P5 as far as these elements can be in it: the other 560 take seconds to read and match none of them."""
    names = {etree.QName(one).localname for one in elements}
    grammar = etree.fromstring(files("schemas").joinpath("tei_all.rng").read_bytes())
    for definition in grammar.iterfind(f".//{RNG}define"):
        defined = definition.find(f"{RNG}element")
        if defined is not None and defined.get("name") not in names:
            definition[:] = [etree.Element(f"{RNG}notAllowed")]
    return etree.RelaxNG(grammar)
