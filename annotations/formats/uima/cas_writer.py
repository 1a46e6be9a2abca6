"""UIMA CAS as XMI and as JSON: a ZIP laid out as INCEpTION exports a project, a file for each annotator of a document.

Spans are in the layer `webanno.custom.Span`, whose feature `value` is the label; attributes are further features. Relations
are in `webanno.custom.Relation`, from `Governor` to `Dependent`; fields are features of `webanno.custom.DocumentFields`. A name that no feature can have stands in the
description of its feature, where there is one.
Offsets count UTF-16 units, as UIMA does. Neither tokens nor sentences are written: INCEpTION finds its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.canonical import write_canonical
from annotations.formats.documents import Document
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.files.written_xml import escape_attribute, escape_text, replace_unwritable
from annotations.formats.losses import NO_XML, RENAMED
from annotations.formats.places.offsets import Utf16Places
from annotations.formats.ports import Losses
from annotations.formats.uima.cas_xmi import CALLED
from annotations.formats.uima.inception import CURATOR, OF_ANNOTATORS, OF_CURATION
from annotations.markup import Markup

SPAN, RELATION, FIELDS = "webanno.custom.Span", "webanno.custom.Relation", "webanno.custom.DocumentFields"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
STRING, BOOLEAN, INTEGER = "uima.cas.String", "uima.cas.Boolean", "uima.cas.Integer"
ABOVE = {
    METADATA: "uima.tcas.DocumentAnnotation",
    SPAN: "uima.tcas.Annotation",
    RELATION: "uima.tcas.Annotation",
    FIELDS: "uima.cas.AnnotationBase",
}
OF_METADATA = {
    **dict.fromkeys(
        ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"), STRING
    ),
    "isLastSegment": BOOLEAN,
}
OF_RELATIONS = {"Dependent": SPAN, "Governor": SPAN, "value": STRING}
TAKEN = ("begin", "end", "sofa", "value")
NO_NAME = re.compile(r"[^A-Za-z0-9_]")
SOFA, FIRST = 1, 2
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" '
    'xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///webanno/custom.ecore" '
    'xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore" xmi:version="2.0">\n'
    '<cas:NULL xmi:id="0"/>\n'
)
BEFORE_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">\n<types>\n'
)


@dataclass(slots=True)
class FeatureNames:
    """The features of a layer by the names of what they hold; a name that no feature can have is rewritten."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, given: str, losses: Losses) -> str:
        """The feature for a name, one each."""
        if (found := self.names.get(given)) is None:
            bare = NO_NAME.sub("_", given)
            bare = bare if bare[:1].isalpha() else f"f_{bare}"
            taken, number, found = {*TAKEN, *self.names.values()}, 1, bare
            while found in taken:
                number += 1
                found = f"{bare}_{number}"
            self.names[given] = found
        losses.add(RENAMED, found != given)
        return found

    def tell(self) -> dict[str, str]:
        """What a description says of the features that could not be called as what they hold."""
        return {feature: f"{CALLED}{given}" for given, feature in self.names.items() if given != feature}

    def declare(self) -> dict[str, str]:
        """The features with their ranges."""
        return dict.fromkeys(sorted(self.names.values()), STRING)


@dataclass(slots=True)
class _Layers:
    """What is declared of the layers that are written."""

    of_spans: FeatureNames = field(default_factory=FeatureNames)
    of_fields: FeatureNames = field(default_factory=FeatureNames)

    def declare(self) -> dict[str, dict[str, str]]:
        """The features of each type."""
        return {
            METADATA: OF_METADATA,
            SPAN: {"value": STRING, **self.of_spans.declare()},
            RELATION: OF_RELATIONS,
            FIELDS: self.of_fields.declare(),
        }


def write_xmi(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write an XMI file for each annotator of a document; `TypeSystem.xml` comes last, since it names all features."""
    archive, layers = ArchiveWriter(), _Layers()
    for document in documents:
        text, replaced = replace_unwritable(document.text or "")
        places = Utf16Places.of_text(text)
        for annotators, markup in document.markups:
            losses.add(NO_XML, replaced)
            lines = [HEAD]
            for name, values in _list_structures(document, markup, places, layers, losses=losses):
                kind = f"custom:{name.rpartition('.')[2]}" if name != METADATA else "type:DocumentMetaData"
                written, changed = _write_attributes(values)
                losses.add(NO_XML, changed if name != METADATA else 0)
                lines.append(f"<{kind}{written}/>\n")
            members = " ".join(str(number) for number in range(FIRST, FIRST + len(lines) - 1))
            lines.append(
                f'<cas:Sofa xmi:id="{SOFA}" sofaNum="1" sofaID="_InitialView" mimeType="text" '
                f'sofaString="{escape_attribute(text)}"/>\n<cas:View sofa="{SOFA}" members="{members}"/>\n</xmi:XMI>\n'
            )
            yield from archive.add(f"{name_file(document, annotators)}.xmi", ["".join(lines).encode()])
    yield from archive.add("TypeSystem.xml", [_write_types(layers).encode()])
    yield from archive.finish()


def write_json_cas(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a JSON file for each annotator of a document, which declares its types itself."""
    archive = ArchiveWriter()
    for document in documents:
        text = document.text or ""
        places = Utf16Places.of_text(text)
        for annotators, markup in document.markups:
            layers, structures = _Layers(), []
            for name, values in _list_structures(document, markup, places, layers, losses=losses):
                number = values.pop("xmi:id")
                references = {
                    f"@{key}": values.pop(key)
                    for key in ("sofa", *OF_RELATIONS)
                    if key in values and key != "value"
                }
                structures.append({"%ID": number, "%TYPE": name, **references, **values})
            members = [one["%ID"] for one in structures]
            sofa = {"%ID": SOFA, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView"}
            written = {
                "%TYPES": {name: _declare_in_json(name, kinds) for name, kinds in layers.declare().items()},
                "%FEATURE_STRUCTURES": [{**sofa, "mimeType": "text", "sofaString": text}, *structures],
                "%VIEWS": {"_InitialView": {"%SOFA": SOFA, "%MEMBERS": members}},
            }
            yield from archive.add(
                f"{name_file(document, annotators)}.json", [write_canonical(written).encode()]
            )
    yield from archive.finish()


def name_file(document: Document, annotators: tuple[str, ...]) -> str:
    """The path of an annotator's file in an export of INCEpTION, without its suffix."""
    if document.gold is not None:
        return f"{OF_CURATION}/{document.name}/{CURATOR}"
    return f"{OF_ANNOTATORS}/{document.name}/{annotators[0]}"


def _list_structures(
    document: Document, markup: Markup, places: Utf16Places, layers: _Layers, *, losses: Losses
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each structure's type and features, numbered as they come."""
    about = {"documentTitle": document.title, "documentId": document.name, "isLastSegment": False}
    yield METADATA, {"xmi:id": FIRST, "sofa": SOFA, "begin": 0, "end": places.length, **about}
    numbers: dict[str, tuple[int, int, int]] = {}
    for number, span in enumerate(
        sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)), start=FIRST + 1
    ):
        begin, end = places.find_unit(span.start), places.find_unit(span.end)
        numbers[span.key] = number, begin, end
        features = {layers.of_spans.name(name, losses): value for name, value in span.attributes}
        place = {"xmi:id": number, "sofa": SOFA, "begin": begin, "end": end}
        yield SPAN, {**place, "value": span.label, **features}
    after = FIRST + 1 + len(markup.spans)
    for number, link in enumerate(sorted(markup.relations), start=after):
        source, target = numbers[link.source], numbers[link.target]
        place = {"xmi:id": number, "sofa": SOFA, "begin": target[1], "end": target[2]}
        yield RELATION, {**place, "Governor": source[0], "Dependent": target[0], "value": link.kind}
    if markup.fields:
        features = {layers.of_fields.name(name, losses): value for name, value in markup.fields}
        yield FIELDS, {"xmi:id": after + len(markup.relations), "sofa": SOFA, **features}


def _write_attributes(values: dict[str, Any]) -> tuple[str, int]:
    """The attributes of an element, and how many characters of them were replaced."""
    written, changed = [], 0
    for name, value in values.items():
        if isinstance(value, str):
            text, replaced = replace_unwritable(value)
            changed += replaced
            written.append(f' {name}="{escape_attribute(text)}"')
        else:
            written.append(f' {name}="{str(value).lower()}"')
    return "".join(written), changed


def _write_types(layers: _Layers) -> str:
    """The types as UIMA declares them."""
    written = [BEFORE_TYPES]
    of_layers = {SPAN: layers.of_spans, FIELDS: layers.of_fields}
    for name, features in layers.declare().items():
        told = of_layers[name].tell() if name in of_layers else {}
        written.append(
            f"<typeDescription><name>{name}</name><description/><supertypeName>{ABOVE[name]}</supertypeName><features>\n"
        )
        written += (
            f"<featureDescription><name>{feature}</name>{_describe(told.get(feature))}<rangeTypeName>{kind}</rangeTypeName>"
            "</featureDescription>\n"
            for feature, kind in features.items()
        )
        written.append("</features></typeDescription>\n")
    return "".join([*written, "</types>\n</typeSystemDescription>\n"])


def _describe(told: str | None) -> str:
    return (
        f"<description>{escape_text(replace_unwritable(told)[0])}</description>" if told else "<description/>"
    )


def _declare_in_json(name: str, features: dict[str, str]) -> dict[str, Any]:
    declared = {feature: {"%NAME": feature, "%RANGE": kind} for feature, kind in features.items()}
    return {"%NAME": name, "%SUPER_TYPE": ABOVE[name], **declared}
