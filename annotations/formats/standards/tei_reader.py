"""What TEI P5 says of texts: ours, and the stand-off and names of others.

A `span` or an `annotation` lies where `target`, or `from` and `to`, point: at elements by their ids, at anchors, at ranges
of characters (`string-range`). Its label is the one that its feature structure has, or else its `type` or that of its group,
or what `ana` names, or its words; its other attributes and features are answers. Names and segments within words are spans
as well. What points nowhere is named and has no place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from annotations.formats.documents import UNKNOWN, Document, Judgement, Marking, join_parts
from annotations.formats.errors import RefusedError, placed
from annotations.formats.files.bundles import Bundle, BundledFile, list_by_document
from annotations.formats.files.strict_xml import read_elements, read_whole, split_name
from annotations.formats.ports import ReadingOptions
from annotations.formats.standards.tei_text import (
    ID,
    NAMESPACE,
    TEI,
    NoPlaceError,
    Place,
    TeiText,
    name_element,
    read_text,
)
from annotations.limits import MAX_PART_BYTES, MAX_XML_ELEMENTS
from annotations.markup import Origin

if TYPE_CHECKING:
    from lxml import etree

DOCUMENT, CORPUS = f"{TEI}TEI", f"{TEI}teiCorpus"
SUFFIXES = (".tei.xml", ".xml", ".tei")
BEGINS = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:TEI|teiCorpus)[\s>]")
LOOKED_AT = 4_096
"""Bytes by which a file is known."""
GOLD, LABEL, TYPE = "gold", "label", "type"
ANNOTATED = "annotated"
"""What the header says somebody did who may have marked nothing."""
GENERAL = frozenset({"seg", "name", "rs"})
"""Elements that say by their `type` what they mark."""
POINTERS = re.compile(r"[^\s()]*\([^()]*\)|\S+")
NO_ANSWERS = frozenset({"target", "from", "to", "resp", "ana", "n", "part", "next", "prev", "join"})
"""Attributes that say where a span lies, whose it is, or how the text is encoded."""
DISCONTINUOUS = "spans of several pieces"
EMPTY = "spans of no character"
LOOSE = "links with an end that is no span"
ENDS = 2


def holds_tei(bundle: Bundle) -> bool:
    """Whether a file is TEI P5, or a folder or an archive holds one."""
    return any(True for _ in _list_files(bundle))


def read_tei(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with what each annotator marked in it; annotators without a name are called as their folders are."""
    files = {_cut_suffix(name): name for name in _list_files(bundle)}
    for document, names in list_by_document(list(files), bundle.name, "").items():
        parts = (
            part
            for annotator, name in names.items()
            for part in _read_file(
                bundle.files[files[name]], document, UNKNOWN if bundle.is_alone else annotator
            )
        )
        yield from parts if len(names) == 1 else join_parts(sorted(parts, key=lambda part: part.id))


def _list_files(bundle: Bundle) -> Iterator[str]:
    for name, file in bundle.files.items():
        if bundle.is_alone or name.lower().endswith(SUFFIXES):
            begin = file.read_begin(LOOKED_AT)
            if NAMESPACE.encode() in begin and BEGINS.search(begin):
                yield name


def _cut_suffix(name: str) -> str:
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)]


def _read_file(file: BundledFile, document: str, annotator: str) -> Iterator[Document]:
    elements = read_elements(file)
    root = next(elements)
    if root.tag == CORPUS:
        number = 0
        for element in elements:
            for one in [element] if element.tag == DOCUMENT else element.iter(DOCUMENT):
                number += 1
                yield _read_document(one, file.where, one.get(ID) or f"{document}-{number}", annotator)
        return
    if root.tag != DOCUMENT:
        raise RefusedError(
            f"{file.where} is no TEI, but {split_name(str(root.tag))[1]!r}; export it as TEI P5"
        )
    with file.reading(most=MAX_PART_BYTES) as stream:
        yield _read_document(read_whole(stream, file.where), file.where, document, annotator)


def _read_document(root: "etree._Element", where: str, name: str, annotator: str) -> Document:
    with placed(f"{where}, document {name!r}"):
        text = read_text(root)
    key = root.get(ID, "")
    is_ours = key.startswith("d") and f"{key}.text" in text.places
    heading = root.find(f".//{TEI}titleStmt/{TEI}title")
    title = "" if heading is None else _join_words(heading)
    source = root.findtext(f".//{TEI}sourceDesc/{TEI}p", "") if is_ours else ""
    name = key[1:] if is_ours else name
    with placed(where):
        reader = _TeiReader(root, text, name, annotator, where, is_ours)
        judgements = reader.read()
    gold = judgements.pop(GOLD, None) if is_ours else None
    if gold is not None and gold.unplaced:
        raise RefusedError(
            f"{where}: document {name!r}, {gold.unplaced[0].place}: {gold.unplaced[0].message}"
        )
    return Document(
        id=name,
        text=text.text,
        title=title if is_ours else " ".join(title.split()),
        blocks=text.blocks,
        source_format="tei",
        judgements=judgements,
        gold=gold.markup if gold is not None else None,
        status=Origin.ADJUDICATED.value if gold is not None else "",
        external_id=source if source != name else "",
        left_out={reason: number for reason, number in reader.left_out.items() if number},
    )


@dataclass(slots=True)
class _Analysis:
    """What `ana` says of an element: a label, features and types of the structures that it names, and other names."""

    label: str = ""
    features: dict[str, Any] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _TeiReader:
    """Makes the judgements of what a `TEI` holds beside and within its text."""

    root: "etree._Element"
    text: TeiText
    document: str
    annotator: str
    """Whose work it is where the file does not say."""
    where: str
    is_ours: bool
    left_out: Counter[str] = field(default_factory=Counter)
    markings: dict[str, Marking] = field(default_factory=dict)
    fields: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    named: dict[str, "etree._Element"] = field(default_factory=dict)
    """Elements by their ids."""
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The annotator and the key of a span, by the id of what marks it."""
    people: dict[str, str] = field(default_factory=dict)
    structures: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """What pointers lead to, each read once: the names of people, the labels and features of structures."""
    answers: int = 0
    """How many answers all spans have, since one structure may be that of many."""

    def read(self) -> dict[str, Judgement]:
        """Everything that is said of the text, by annotator."""
        for one in self.root.iter(f"{TEI}*"):
            if key := one.get(ID):
                self.named.setdefault(key, one)
        for person in self.root.iterfind(f".//{TEI}titleStmt/{TEI}respStmt"):
            if person.findtext(f"{TEI}resp") == ANNOTATED:
                self._mark(self._name_person(person))
        for passage in self.text.passages:
            with placed(_say_line(passage.element)):
                self._add_passage(passage.element, passage.place)
        for one in self.root.iter(f"{TEI}span", f"{TEI}annotation"):
            with placed(_say_line(one)):
                self._add_standoff(one)
        for one in self.root.iter(f"{TEI}link", f"{TEI}relation"):
            with placed(_say_line(one)):
                self._add_relation(one)
        for one in self.root.iterfind(f".//{TEI}standOff//{TEI}fs[@type='fields']"):
            who = self._find_annotator(one)
            self._mark(who)
            self.fields[who] |= self._read_features(one)[1]
        return {who: marking.finish(fields=self.fields[who]) for who, marking in self.markings.items()}

    def _mark(self, annotator: str) -> Marking:
        if annotator not in self.markings:
            self.markings[annotator] = Marking(self.document, annotator, place=self.where)
        return self.markings[annotator]

    # whose it is

    def _find_annotator(self, element: "etree._Element") -> str:
        """Who is responsible for stand-off: by itself, by the group that it is in, or by name within it."""
        said = element.get("resp", "")
        for above in element.iterancestors():
            said = said or above.get("resp", "")
            if not said and name_element(above) == "standOff" and f"{above.get(ID)}.who" in self.named:
                said = f"#{above.get(ID)}.who"
        if not said and (person := element.find(f"{TEI}respStmt")) is not None:
            return self._name_person(person)
        return self._name_responsible(said)

    def _name_responsible(self, said: str) -> str:
        pointers = said.split()
        if len(pointers) > 1:
            raise RefusedError(
                f"{len(pointers)} people are responsible; give each an annotation of their own"
            )
        if not pointers:
            return self.annotator
        name = pointers[0].removeprefix("#")
        if name not in self.people:
            found = self.named.get(name)
            self.people[name] = name if found is None else self._name_person(found)
        return self.people[name]

    def _name_person(self, person: "etree._Element") -> str:
        names = (person.find(f"{TEI}{name}") for name in ("name", "persName", "orgName"))
        found = next((name for name in names if name is not None), person)
        return " ".join(_join_words(found).split()) or person.get(ID) or self.annotator

    # where it lies

    def _find_places(self, one: "etree._Element") -> Iterator[Place]:
        """The stretches of the file's characters at which stand-off points."""
        if target := one.get("target"):
            yield from map(self.text.follow, POINTERS.findall(target))
        elif first := one.get("from"):
            yield self.text.follow(first)[0], self.text.follow(one.get("to") or first)[1]
        else:
            raise NoPlaceError("it has neither a target nor a beginning")

    def _find_place(self, one: "etree._Element") -> Place | None:
        """Where stand-off lies in the text; several pieces are one where only white space parts them."""
        pieces = sorted(self._find_places(one))
        found = [self.text.find(*piece) for piece in pieces if piece[0] < piece[1]]
        found = [(start, end) for start, end in found if start < end]
        if not found:
            self.left_out[EMPTY] += 1
            return None
        if any(self.text.text[end:start].strip() for (_, end), (start, _) in pairwise(found)):
            self.left_out[DISCONTINUOUS] += 1
            return None
        return found[0][0], max(end for _, end in found)

    # what it says

    def _add_passage(self, element: "etree._Element", stretch: Place) -> None:
        """Take a name or a segment within words as a span of its label."""
        place = self.text.find(*stretch)
        if place[0] >= place[1]:
            self.left_out[EMPTY] += 1
            return
        answers = _read_answers(element)
        name = name_element(element)
        label = answers.pop(TYPE) if name in GENERAL and answers.get(TYPE) else name
        if names := element.get("ana", "").split():
            answers["ana"] = [one.removeprefix("#") for one in names]
        self._add_spans(element, self._name_responsible(element.get("resp", "")), place, [label], answers)

    def _add_standoff(self, one: "etree._Element") -> None:
        who = self._find_annotator(one)
        marking = self._mark(who)
        labels, answers = self._read_labels(one)
        try:
            place = self._find_place(one)
        except NoPlaceError as error:
            said = {str(name): str(value) for name, value in one.attrib.items()}
            marking.add_unplaced(f"{labels[0]}: {error}", _say_line(one), {**said, "says": labels, **answers})
            return
        if place is not None:
            self._add_spans(one, who, place, labels, answers)

    def _add_spans(
        self, one: "etree._Element", who: str, place: Place, labels: list[str], answers: Mapping[str, Any]
    ) -> None:
        marking = self._mark(who)
        self.answers += len(labels) * len(answers)
        if self.answers > MAX_XML_ELEMENTS:
            raise RefusedError(f"the spans have more than {MAX_XML_ELEMENTS:,} answers; give them in parts")
        for label in labels:
            key = marking.add_span(*place, label, attributes=answers, place=_say_line(one))
            if name := one.get(ID):
                self.keys.setdefault(name, (who, key))

    def _read_labels(self, one: "etree._Element") -> tuple[list[str], dict[str, Any]]:
        """The labels of stand-off, by the first thing that gives any, and its answers."""
        said, answers = self._read_analysis(one), _read_answers(one)
        ways = {
            LABEL: [said.label],
            TYPE: [answers.get(TYPE, "")],
            "type of the group": [_find_type_above(one)],
            "type of the structure": said.kinds,
            "ana": said.names,
            "motivation": [answers.get("motivation", "")],
            "note": [_read_words(one)],
        }
        answers |= {name: ways[name] for name in ("ana", "note") if any(ways[name])}
        way = next((way for way, labels in ways.items() if any(labels)), None)
        if way is None:
            return [name_element(one)], said.features
        answers.pop(way, None)
        return [label for label in dict.fromkeys(ways[way]) if label], {**answers, **said.features}

    def _read_analysis(self, one: "etree._Element") -> "_Analysis":
        """What the feature structures say that `ana` names, and whatever else it names."""
        said = _Analysis()
        for name in dict.fromkeys(pointer.removeprefix("#") for pointer in one.get("ana", "").split()):
            found = self.named.get(name)
            if found is None or name_element(found) != "fs":
                said.names.append(name)
                continue
            if name not in self.structures:
                self.structures[name] = self._read_features(found)
            label, features = self.structures[name]
            said.label = said.label or label
            said.kinds.append(found.get(TYPE, ""))
            said.features |= features
        return said

    def _read_features(self, structure: "etree._Element") -> tuple[str, dict[str, Any]]:
        """The label in a structure, and its other features; one of several values has them all."""
        label, found = "", dict[str, Any]()
        for feature in structure.iterfind(f"{TEI}f"):
            called = feature.get("name", "")
            values = [str(value.get("value") or _join_words(value)) for value in feature] or [
                (feature.text or feature.get("fVal", "").removeprefix("#")).strip()
            ]
            name = (feature.get("n") if self.is_ours else "") or called
            if called == LABEL:
                label = values[0]
            elif name:
                found[name] = values[0] if len(values) == 1 else values
        return label, found

    def _add_relation(self, one: "etree._Element") -> None:
        ends = one.get("target", "").split()
        if name_element(one) == "relation":
            ends = [*one.get("active", "").split(), *one.get("passive", "").split()]
        known = [self.keys[name] for name in (end.removeprefix("#") for end in ends) if name in self.keys]
        if len(ends) != ENDS or len(known) != ENDS or known[0][0] != known[1][0]:
            self.left_out[LOOSE] += 1
            return
        said = self._read_analysis(one)
        kinds = (said.features.get(TYPE), one.get(TYPE), one.get("name"), _find_type_above(one), *said.names)
        kind = next(filter(None, kinds), name_element(one))
        keys = {key: key for _, key in known}
        self._mark(known[0][0]).add_relation(known[0][1], known[1][1], kind, keys=keys)


def _say_line(element: "etree._Element") -> str:
    return f"line {element.sourceline}"


def _join_words(element: "etree._Element") -> str:
    return "".join(map(str, element.itertext()))


def _read_answers(one: "etree._Element") -> dict[str, Any]:
    """The attributes of an element that say something of what it marks."""
    return {
        str(name): str(value)
        for name, value in one.attrib.items()
        if str(name) not in NO_ANSWERS and not str(name).startswith("{") and value
    }


def _read_words(one: "etree._Element") -> str:
    """What is written in stand-off: in a `span` itself, in the notes of an `annotation`."""
    found = [one] if name_element(one) == "span" else one.findall(f"{TEI}note")
    return " ".join(" ".join(map(_join_words, found)).split())


def _find_type_above(one: "etree._Element") -> str:
    """The type of the group that stand-off is in."""
    above = one.getparent()
    is_group = above is not None and name_element(above) in (
        "spanGrp",
        "listAnnotation",
        "linkGrp",
        "listRelation",
    )
    return above.get(TYPE, "") if above is not None and is_group else ""
