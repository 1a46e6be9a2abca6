"""Web Annotations of other programs are read where the file holds the texts, and linked data programs read ours."""

import json
from typing import Any

import pytest
from rdflib import Graph, Namespace
from rdflib.namespace import RDF

from annotations.formats.documents import UNPLACED, Document
from annotations.formats.errors import RefusedError
from annotations.formats.files.content import Content
from annotations.formats.ports import Losses
from annotations.formats.registry import find_format, recognise
from annotations.formats.standards.web_annotation import WEB_ANNOTATION
from annotations.formats.standards.web_annotation_reader import (
    LOOSE,
    REMARKS,
    UNLABELLED,
    read_web_annotations,
)
from tests.unit.formats.samples import sample_records

TEXT = "Kyiv agreed, and Kyiv waited."
SOURCE = "https://example.org/1"
ABOUT = {
    "type": "Annotation",
    "motivation": "describing",
    "body": {"type": "TextualBody", "format": "text/plain", "value": TEXT},
    "target": SOURCE,
}


def at(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def said(exact: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}


def make(*tags: str, selector: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "type": "Annotation",
        "body": [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags],
        "target": {"source": SOURCE, "selector": selector},
        **more,
    }


def read(*annotations: dict[str, Any], about: dict[str, Any] | None = ABOUT) -> Document:
    content = Content([*([about] if about else []), *annotations])
    assert recognise(content) is WEB_ANNOTATION
    [document] = read_web_annotations(content)
    return document


def describe(document: Document, annotator: str) -> list[tuple[str, str]]:
    return [(span.quote(TEXT), span.label) for span in document.judgements[annotator].markup.spans]


def test_tags_are_labels_creators_annotators_and_links_relations() -> None:
    document = read(
        make("Place", "City", selector=[at(0, 4), said("Kyiv")], id="a1", creator={"name": "ann"}),
        make("Act", selector=at(5, 11), id="a2", creator="ann"),
        make("Place", selector=at(17, 21)),
        {
            "type": "Annotation",
            "motivation": "linking",
            "creator": "ann",
            "body": [{"purpose": "tagging", "value": "of"}, {"source": "a1"}],
            "target": "a2",
        },
    )
    assert describe(document, "ann") == [("Kyiv", "Place"), ("Kyiv", "City"), ("agreed", "Act")]
    assert [
        (link.source, link.kind, link.target) for link in document.judgements["ann"].markup.relations
    ] == [("2", "of", "0")]
    assert describe(document, "unknown") == [("Kyiv", "Place")]
    assert document.left_out == {}


def test_words_find_their_place_where_they_stand_but_once_with_what_is_around_them() -> None:
    document = read(make("Place", selector=said("Kyiv", prefix="and ", suffix=" waited")))
    assert [span.start for span in document.judgements["unknown"].markup.spans] == [17]
    with pytest.raises(RefusedError, match="entry number 2: the words 'Kyiv' do not stand in the text once"):
        read(make("Place", selector=said("Kyiv")))


def test_what_has_no_place_or_no_label_is_counted() -> None:
    document = read(
        make("Place"),
        make(selector=at(0, 4)),
        make(
            "A",
            selector=at(0, 4),
            body=[{"purpose": "commenting", "value": "hm"}, {"purpose": "tagging", "value": "A"}],
        ),
        {"type": "Annotation", "motivation": "linking", "body": {"source": "b"}, "target": "a"},
    )
    assert document.left_out == {UNPLACED: 1, UNLABELLED: 1, REMARKS: 1, LOOSE: 1}


def test_a_page_and_a_collection_and_a_list_are_the_same() -> None:
    annotations = [ABOUT, make("Place", selector=at(0, 4))]
    page = {"type": "AnnotationPage", "items": annotations}
    for value in (annotations, page, {"type": "AnnotationCollection", "first": page}):
        content = Content(value)
        assert recognise(content) is WEB_ANNOTATION
        [document] = read_web_annotations(content)
        assert describe(document, "unknown") == [("Kyiv", "Place")]


def test_annotations_without_their_text_are_refused_with_what_to_add() -> None:
    with pytest.raises(
        RefusedError, match="has no text in the file; add an annotation of it with the motivation"
    ):
        read(make("Place", selector=at(0, 4)), about=None)


OA = Namespace("http://www.w3.org/ns/oa#")
TERMS = {
    "oa": str(OA), "id": "@id", "type": "@type", "Annotation": "oa:Annotation", "TextualBody": "oa:TextualBody",
    "TextPositionSelector": "oa:TextPositionSelector", "TextQuoteSelector": "oa:TextQuoteSelector",
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value", "start": "oa:start", "end": "oa:end", "exact": "oa:exact",
    "items": {"@id": "https://www.w3.org/ns/activitystreams#items", "@container": "@list"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"}, "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": "oa:hasSelector", "body": "oa:hasBody",
}  # fmt: skip
"""The terms of the context that the file names, which is not fetched here."""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # which rdflib's own reader uses
def test_a_program_for_linked_data_finds_every_span_with_its_place_and_its_words() -> None:
    lines = [record.to_line() for record in sample_records()]
    page = json.loads(b"".join(find_format("web-annotation").write_lines(lines, losses=Losses())))
    graph = Graph().parse(data=json.dumps({**page, "@context": TERMS}), format="json-ld")
    found = set()
    for target in set(graph.subjects(OA.hasSelector)):
        by_kind = {graph.value(one, RDF.type): one for one in graph.objects(target, OA.hasSelector)}
        place, words = by_kind[OA.TextPositionSelector], by_kind[OA.TextQuoteSelector]
        found.add(
            (
                str(graph.value(words, OA.exact)),
                *(int(str(graph.value(place, end))) for end in (OA.start, OA.end)),
            )
        )
    assert found == {
        (span.quote(record.article.text), span.start, span.end)
        for record in sample_records()
        for span in record.markup.spans
    }
