"""What INCEpTION's files of UIMA CAS say, as XMI or as JSON: one annotator's work on one document each, or all of a project.

A span's label is its feature `value`, or the only feature of its layer; a layer of several features without that name, and a
span that has no value, are called as the layer is. The other features are attributes, and so are those of layers about the
whole document its fields. What fills a slot of a span is a relation of the slot's role. Offsets count UTF-16 units and become
code points here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotations.formats.canonical import checksum_text
from annotations.formats.documents import Document, Judgement, Marking
from annotations.formats.errors import RefusedError, placed
from annotations.formats.files.bundles import Bundle
from annotations.formats.places.offsets import Utf16Places
from annotations.formats.ports import ReadingOptions
from annotations.formats.uima.cas import Cas, FeatureStructure
from annotations.formats.uima.inception import (
    BEFORE,
    CURATOR,
    NOBODY,
    CasFile,
    is_only_serialised,
    list_cas_files,
    name_annotators,
)
from annotations.limits import MAX_ARCHIVE_BYTES, MAX_TEXT_LENGTH
from annotations.markup import Markup, Origin

VALUE = "value"
OF_DOCUMENTS = "webanno.custom.DocumentFields"
"""The layer about the whole document whose features are called as fields are."""
SOURCE, TARGET = "Governor", "Dependent"
ROLE, FILLER = "role", "target"
NO_MARKS = (
    "uima.",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.",
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.",
    "de.tudarmstadt.ukp.inception.",
    "org.dkpro.core.api.xml.type.",
    "org.dkpro.core.api.pdf.type.",
)
"""What INCEpTION keeps beside annotations: of the document, of its layout, of itself."""
SEGMENTS = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
NO_SEGMENTS = frozenset({"Lemma", "Stem", "SurfaceForm"})
"""What stands among segments and is a layer that people annotate."""
EMPTY = "spans of no character"
CHAIN_LINKS = "links of chains"
UNPLACED = "relations between tokens, or with an end that is left out"
OTHER_VIEWS = "annotations of other views of the document"
ON_RELATIONS = "attributes of relations"
TWICE = "answers about the document that were given twice"
BYTES_OF_A_STRUCTURE = 100


def holds_cas(bundle: Bundle) -> bool:
    """Whether a file is a UIMA CAS, or a folder or an archive holds one, or a project in the form that only INCEpTION itself can read."""
    return any(True for _ in list_cas_files(bundle)) or is_only_serialised(bundle)


def read_cas(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked in it; what was curated is its gold."""
    files = {file.file.name: file for file in list_cas_files(bundle)}
    if not files:
        raise RefusedError(
            f"{bundle.where} holds annotations only as INCEpTION keeps them for itself; export the project again with the "
            "format UIMA CAS XMI or UIMA CAS JSON"
        )
    documents: dict[str, dict[str, CasFile]] = defaultdict(dict)
    named = name_annotators(files, bundle, lambda name: checksum_text(files[name].read().text))
    for name, (annotator, document) in named.items():
        documents[document][annotator] = files[name]
    budget = _Budget(bundle.where)
    for document, parts in sorted(documents.items()):
        yield _read_document(document, parts, budget)


@dataclass(slots=True)
class _Budget:
    """How many characters were read of archives within an archive, whose sizes nobody has added up before."""

    where: str
    spent: int = 0

    def spend(self, cas: Cas) -> None:
        """Count what was read."""
        self.spent += len(cas.text) + BYTES_OF_A_STRUCTURE * len(cas.structures)
        if self.spent > MAX_ARCHIVE_BYTES:
            raise RefusedError(
                f"{self.where} holds more than {MAX_ARCHIVE_BYTES:,} bytes in archives of its own; give it in parts"
            )


def _read_document(document: str, files: Mapping[str, CasFile], budget: _Budget) -> Document:
    judgements: dict[str, Judgement] = {}
    left_out: Counter[str] = Counter()
    gold: Markup | None = None
    first: tuple[str, str] | None = None
    for annotator, file in sorted(files.items()):
        cas = file.read()
        budget.spend(cas)
        if len(cas.text) > MAX_TEXT_LENGTH:
            raise RefusedError(f"{file.where}: the text has more than {MAX_TEXT_LENGTH:,} characters")
        first = first or (cas.text, file.where)
        if cas.text != first[0]:
            raise RefusedError(f"{file.where}: document {document!r}: the text is not that of {first[1]}")
        if annotator == NOBODY:
            left_out[BEFORE] += 1
            continue
        with placed(file.where):
            judgement = _CasReader(cas, Marking(document, annotator, place=file.where), left_out).read()
        if annotator == CURATOR:
            gold = judgement.markup
        else:
            judgements[annotator] = judgement
    return Document(
        id=document,
        text=first[0] if first else "",
        source_format="uima-cas",
        judgements=judgements,
        gold=gold,
        may_have_both=True,
        status=Origin.ADJUDICATED if gold is not None else "",
        left_out=dict(left_out),
    )


@dataclass(slots=True)
class _CasReader:
    """Makes one annotator's judgement of the structures of a CAS."""

    cas: Cas
    marking: Marking
    left_out: Counter[str]
    keys: dict[str, str] = field(default_factory=dict)
    """Of spans, by the keys of their structures."""

    def read(self) -> Judgement:
        places = Utf16Places.of_text(self.cas.text)
        features = self._list_features()
        chained = self._find_chained()
        relations: list[FeatureStructure] = []
        fields: dict[str, Any] = {}
        for one in self._list_marks():
            if SOURCE in one.references and TARGET in one.references:
                relations.append(one)
            elif one.key in chained:
                self.left_out[CHAIN_LINKS] += one.is_annotation
            elif one.is_annotation:
                self._add_span(one, places, features[one.type])
            elif "sofa" in one.values:
                self._add_fields(one, fields)
        for one in self.cas.structures.values():
            if one.key in self.keys:
                self._add_slots(one)
        for one in relations:
            self._add_relation(one, features[one.type])
        return self.marking.finish(fields=fields)

    def _list_marks(self) -> Iterator[FeatureStructure]:
        """What somebody may have marked in the text, and what it refers to."""
        for one in self.cas.structures.values():
            if _is_no_mark(one.type):
                continue
            if one.values.get("sofa", self.cas.sofa) == self.cas.sofa:
                yield one
            else:
                self.left_out[OTHER_VIEWS] += 1

    def _list_features(self) -> dict[str, list[str]]:
        """The features of each type that is there, declared or else seen, without those that refer to structures."""
        seen: dict[str, dict[str, None]] = defaultdict(dict)
        for one in self.cas.structures.values():
            declared = self.cas.types.list_features(one.type)
            names = one.values if declared is None else declared
            for name in names:
                if declared is None or self.cas.types.is_simple(declared[name]):
                    seen[one.type][name] = None
        return defaultdict(
            list,
            {
                name: [one for one in found if one not in ("begin", "end", "sofa")]
                for name, found in seen.items()
            },
        )

    def _find_chained(self) -> set[str]:
        """The keys of the links of all chains, and of the chains themselves."""
        found: set[str] = set()
        for chain in self.cas.structures.values():
            link = next(iter(chain.references.get("first", ())), None)
            if link is None:
                continue
            found.add(chain.key)
            while link and link not in found and link in self.cas.structures:
                found.add(link)
                link = next(iter(self.cas.structures[link].references.get("next", ())), None)
        return found

    def _add_span(self, one: FeatureStructure, places: Utf16Places, features: list[str]) -> None:
        begin, end = one.values["begin"], one.values["end"]
        if begin == end:
            self.left_out[EMPTY] += 1
            return
        start, stop = places.find_code_point(begin), places.find_code_point(end)
        if start is None or stop is None:
            raise RefusedError(
                f"{one.short_type} {one.key} at [{begin}, {end}) lies past the text of {places.length} UTF-16 units, or "
                "divides a character"
            )
        label, attributes = _read_label(one, features)
        attributes = {
            self.cas.types.name_feature(one.type, name): value for name, value in attributes.items()
        }
        self.keys[one.key] = self.marking.add_span(start, stop, label, attributes=attributes)

    def _add_slots(self, host: FeatureStructure) -> None:
        """Relate a span to what fills its slots, by the roles of these or else the name of the slot."""
        for feature, keys in host.references.items():
            for link in self.cas.follow(keys):
                filler = next(iter(link.references.get(FILLER, ())), None)
                if filler is None:
                    self.left_out[UNPLACED] += 1
                else:
                    self._relate(host.key, filler, str(link.values.get(ROLE) or "") or feature)

    def _add_relation(self, one: FeatureStructure, features: list[str]) -> None:
        kind, attributes = _read_label(one, features)
        self.left_out[ON_RELATIONS] += len(attributes)
        self._relate(one.references[SOURCE][0], one.references[TARGET][0], kind)

    def _relate(self, source: str, target: str, kind: str) -> None:
        if source in self.keys and target in self.keys:
            ends = self.keys[source], self.keys[target]
            self.marking.add_relation(*ends, kind, keys={end: end for end in ends})
        else:
            self.left_out[UNPLACED] += 1

    def _add_fields(self, one: FeatureStructure, fields: dict[str, Any]) -> None:
        for feature, value in one.values.items():
            if feature == "sofa":
                continue
            name = self.cas.types.name_feature(one.type, feature)
            name = name if one.type == OF_DOCUMENTS else f"{one.short_type}.{name}"
            if fields.setdefault(name, value) != value:
                self.left_out[TWICE] += 1


def _is_no_mark(name: str) -> bool:
    if name.startswith(SEGMENTS):
        return name.removeprefix(SEGMENTS) not in NO_SEGMENTS
    return name.startswith(NO_MARKS)


def _read_label(one: FeatureStructure, features: list[str]) -> tuple[str, dict[str, Any]]:
    """The label and the attributes that the values of the features give."""
    given = {name: one.values[name] for name in features if one.values.get(name) not in (None, "")}
    only = features[0] if len(features) == 1 else VALUE
    label = given.pop(only, None)
    return label if isinstance(label, str) else one.short_type, given
