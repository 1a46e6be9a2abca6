"""W3C Web Annotation as JSON-LD: a page of annotations, one for a document, for each who annotated it, and for each span, relation and field.

A span is found by its place in the text (`TextPositionSelector`, code points) and by its words with those around them
(`TextQuoteSelector`). A label is a body with the purpose `classifying`, an attribute one with `tagging`, as `name=value`. A
relation is an annotation with the motivation `linking` whose target is the annotation of its source and whose body that of
its target. The text of a document is a body of the annotation that describes it. That somebody annotated a document, and how
its gold came about, says one with the motivation `assessing`. Whose annotation it is says `creator`.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from annotations.formats.axes import Axes
from annotations.formats.canonical import write_canonical
from annotations.formats.documents import Document
from annotations.formats.ports import Format, Losses
from annotations.formats.standards.web_annotation_reader import is_web_annotation, read_web_annotations
from annotations.markup import Markup
from annotations.spans import Span

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32
"""How many characters before and after a span are given, so that its words are found in an edited text."""
GOLD = "gold"


def write_web_annotations(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG001 - none
    """Write one page of annotations, an annotation a line."""
    yield f'{{"@context":"{CONTEXT}","type":"AnnotationPage","items":[\n'.encode()
    joint = ""
    for document in documents:
        for annotation in _list_annotations(document):
            yield f"{joint}{write_canonical(annotation)}".encode()
            joint = ",\n"
    yield b"\n]}\n"


def _list_annotations(document: Document) -> Iterator[dict[str, Any]]:
    source = f"urn:workbench:document:{document.name}"
    yield {
        "id": f"{source}:text",
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {"type": "TextualBody", "purpose": "describing", "value": document.title},
            {"type": "TextualBody", "format": "text/plain", "value": document.text},
        ],
        "target": source,
    }
    for annotators, markup in document.markups:
        place = f"{source}:{GOLD if document.gold is not None else annotators[0]}"
        creators = [{"type": "Person", "nickname": name} for name in annotators]
        about = {"type": "Annotation", **({"creator": creators} if creators else {})}
        status = {"type": "TextualBody", "purpose": "classifying", "value": document.status}
        yield {**about, "id": place, "motivation": "assessing", "body": status, "target": source}
        for annotation in _write_markup(markup, document.text or "", source, place):
            yield {**about, **annotation}


def _write_markup(markup: Markup, text: str, source: str, place: str) -> Iterator[dict[str, Any]]:
    for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        yield {
            "id": _name(place, span.key),
            "motivation": "classifying",
            "body": [
                {"type": "TextualBody", "purpose": "classifying", "value": span.label},
                *(
                    {"type": "TextualBody", "purpose": "tagging", "value": f"{name}={value}"}
                    for name, value in span.attributes
                ),
            ],
            "target": {"source": source, "selector": _select(span, text)},
        }
    for number, link in enumerate(sorted(markup.relations), start=1):
        yield {
            "id": f"{place}:relation:{number}",
            "motivation": "linking",
            "body": [
                {"type": "TextualBody", "purpose": "classifying", "value": link.kind},
                {"type": "SpecificResource", "purpose": "linking", "source": _name(place, link.target)},
            ],
            "target": _name(place, link.source),
        }
    for name, value in markup.fields:
        yield {
            "id": _name(place, "field", name),
            "motivation": "tagging",
            "body": {"type": "TextualBody", "purpose": "tagging", "value": f"{name}={value}"},
            "target": source,
        }


def _name(*parts: str) -> str:
    """The name of an annotation, in which every character may stand in an IRI."""
    return ":".join((parts[0], *(quote(part, safe=":") for part in parts[1:])))


def _select(span: Span, text: str) -> list[dict[str, Any]]:
    return [
        {"type": "TextPositionSelector", "start": span.start, "end": span.end},
        {
            "type": "TextQuoteSelector",
            "prefix": text[max(0, span.start - AROUND) : span.start],
            "exact": text[span.start : span.end],
            "suffix": text[span.end : span.end + AROUND],
        },
    ]


WEB_ANNOTATION = Format(
    name="web-annotation",
    title="W3C Web Annotation, JSON-LD with quotes and positions",
    short="Web Annotation",
    holds="with texts; not how gold came about",
    axes=Axes(),
    suits="readers of annotations on the web, which find each span by its quote",
    media_type="application/ld+json",
    extension="jsonld",
    recognises=is_web_annotation,
    read_documents=read_web_annotations,
    write=write_web_annotations,
    reads_ahead=True,
)
