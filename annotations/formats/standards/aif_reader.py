"""What argument maps in AIF say of texts: ours, those of AIFdb with their texts beside them, and xAIF.

An I-node is a span where it has a place: its own `start` and `end`, as ours has; the stretch of an xAIF's text that bears its
id, or that of the locution (L) which an illocution (YA) anchors it in; or its words, or those of that locution, where they
stand in the text once. A node without one is named, since a map alone is no text. RA, CA, MA and PA are relations from each of
their premises to what they bear on.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from annotations.formats.documents import (
    UNKNOWN,
    Document,
    Judgement,
    Marking,
    join_parts,
    read_name,
    require_list,
    require_object,
)
from annotations.formats.errors import RefusedError, placed, shorten
from annotations.formats.files.bundles import Bundle, BundledFile, list_by_document
from annotations.formats.files.content import read_content
from annotations.formats.places.quotes import find_once
from annotations.formats.ports import ReadingOptions
from annotations.formats.standards.xaif_text import MarkedText, read_marked_text
from annotations.limits import MAX_PART_BYTES, MAX_SPANS, MAX_TEXT_LENGTH
from annotations.markup import Origin

AS_JSON, AS_TEXT = ".json", ".txt"
KEYS = re.compile(rb'"(?:nodeID|fromID|edgeID|locutions|schemefulfillments)"\s*:')
"""What only argument maps hold; it cannot stand within a text of JSON, where quotation marks are escaped."""
LOOKED_AT = 4_096
"""Bytes by which a file is known."""
READ = "argument maps in AIF"
OF_XAIF, GOLD = "AIF", "gold"
PROPOSITION, LOCUTION, ILLOCUTION = "I", "L", "YA"
RELATIONS = frozenset({"RA", "CA", "MA", "PA"})
NO_SCHEME = "Default "
"""How the text of a relation begins that names no scheme."""
LOOSE = "relations with an end that is no proposition, or has no place"
LINKED = "relations of several premises, read as one each"
SCHEMES = "schemes of relations"
OF_DIALOGUE = "locutions, illocutions and transitions"
Place = tuple[Any, Any]
Entry = Mapping[str, Any]


def holds_aif(bundle: Bundle) -> bool:
    """Whether a file is an argument map in AIF, or a folder or an archive holds one."""
    return any(True for _ in _list_files(bundle))


def read_aif(bundle: Bundle, options: ReadingOptions) -> Iterator[Document]:  # noqa: ARG001
    """Give each document with the maps of its annotators; who is not named in a map is called as its folder is."""
    for document, names in list_by_document(list(_list_files(bundle)), bundle.name, AS_JSON).items():
        parts = [
            part
            for annotator, name in names.items()
            for part in _read_file(bundle, name, document, UNKNOWN if bundle.is_alone else annotator)
        ]
        yield from join_parts(sorted(parts, key=lambda part: part.id))


def _list_files(bundle: Bundle) -> Iterator[str]:
    for name, file in bundle.files.items():
        if (bundle.is_alone or name.endswith(AS_JSON)) and _begins_as_map(file):
            yield name


def _begins_as_map(file: BundledFile) -> bool:
    begin = file.read_begin(LOOKED_AT)
    return begin.lstrip().startswith((b"{", b"[")) and bool(KEYS.search(begin))


def _read_file(bundle: Bundle, name: str, document: str, annotator: str) -> Iterator[Document]:
    """Each map of a file: most hold one."""
    file = bundle.files[name]
    if file.size > MAX_PART_BYTES:
        raise RefusedError(f"{file.where} is larger than {MAX_PART_BYTES:,} bytes; give it in parts")
    content = read_content(file, known=READ)
    for place, value in content.entries:
        where = f"{file.where}, {place}" if content.is_list else file.where
        with placed(where):
            entry = require_object(value, "the map")
            text = _find_text(entry, bundle.find(str(PurePosixPath(name).with_suffix(AS_TEXT))))
            about = (
                document if not content.is_list else f"{document}-{place.rpartition(' ')[2]}",
                annotator,
            )
            yield _read_map(entry, text, where, *about)


def _find_text(entry: Entry, beside: BundledFile | None) -> MarkedText:
    """The text of a map: its own, which is HTML in xAIF, or else that of the file beside it."""
    own = entry.get("text")
    if isinstance(own, Mapping):
        own = own.get("txt")
    if isinstance(own, str) and (own.strip() or beside is None):
        text = read_marked_text(own) if OF_XAIF in entry else MarkedText(own)
    elif beside is not None:
        text = MarkedText(beside.read_text())
    else:
        raise RefusedError(
            "the map has no text, and a node without one has no place: put the text beside it, in a .txt file of the same "
            "name, or export it as xAIF with its text"
        )
    if len(text.text) > MAX_TEXT_LENGTH:
        raise RefusedError(f"the text has more than {MAX_TEXT_LENGTH:,} characters")
    return text


def _read_map(entry: Entry, text: MarkedText, where: str, document: str, annotator: str) -> Document:
    is_xaif = OF_XAIF in entry
    graph = require_object(
        entry[OF_XAIF] if is_xaif else entry, OF_XAIF if is_xaif else "the map", ("nodes", "edges")
    )
    is_ours = isinstance(entry.get("others"), Mapping)
    if is_ours:
        document = read_name(entry.get("document"), "the document")
        annotator = read_name(entry.get("annotator"), "the annotator")
    reader = _MapReader(
        _read_nodes(graph), _read_edges(graph), text, Marking(document, annotator, place=where)
    )
    judgement = reader.read(require_object(entry["others"], "others") if is_ours else {})
    is_gold = is_ours and annotator == GOLD
    if is_gold and judgement.unplaced:
        raise RefusedError(f"{judgement.unplaced[0].place}: {judgement.unplaced[0].message}")
    title = entry.get("title")
    return Document(
        id=document,
        text=text.text,
        title=title if isinstance(title, str) else "",
        source_format="aif",
        judgements={} if is_gold else {annotator: judgement},
        gold=judgement.markup if is_gold else None,
        status=Origin.ADJUDICATED.value if is_gold else "",
        left_out={reason: number for reason, number in reader.left_out.items() if number},
    )


def _read_nodes(graph: Entry) -> dict[str, Entry]:
    nodes: dict[str, Entry] = {}
    for number, value in enumerate(require_list(graph.get("nodes"), "the nodes"), start=1):
        node = require_object(value, f"node number {number}", ("nodeID", "type"))
        name = read_name(node["nodeID"], f"the id of node number {number}")
        if name in nodes:
            raise RefusedError(f"two nodes have the id {shorten(name)}; give each its own")
        if not isinstance(node["type"], str):
            raise RefusedError(f"node {shorten(name)}: the type must be a text, not {shorten(node['type'])}")
        nodes[name] = node
    return nodes


def _read_edges(graph: Entry) -> list[tuple[str, str]]:
    edges = []
    for number, value in enumerate(require_list(graph.get("edges"), "the edges"), start=1):
        edge = require_object(value, f"edge number {number}", ("fromID", "toID"))
        source, target = (
            read_name(edge[end], f"the {end} of edge number {number}") for end in ("fromID", "toID")
        )
        edges.append((source, target))
    return edges


@dataclass(slots=True)
class _MapReader:
    """Makes a judgement of the nodes and edges of one map."""

    nodes: Mapping[str, Entry]
    edges: list[tuple[str, str]]
    text: MarkedText
    marking: Marking
    left_out: Counter[str] = field(default_factory=Counter)
    into: dict[str, list[str]] = field(default_factory=dict)
    out_of: dict[str, list[str]] = field(default_factory=dict)
    """Where the edges to a node come from, and where those from it lead."""
    keys: dict[str, str] = field(default_factory=dict)
    """Of spans, by their nodes."""
    searched: int = 0
    """How often words were looked for."""

    def read(self, others: Entry) -> Judgement:
        """What the map says, with what stands beside it."""
        for number, (source, target) in enumerate(self.edges, start=1):
            if missing := {source, target} - self.nodes.keys():
                raise RefusedError(f"edge number {number}: there is no node {shorten(min(missing))}")
            self.out_of.setdefault(source, []).append(target)
            self.into.setdefault(target, []).append(source)
        for name, node in self.nodes.items():
            if node["type"] == PROPOSITION:
                self._add_proposition(name, node)
        for name, node in self.nodes.items():
            if node["type"] in RELATIONS:
                self._add_relations(name, node)
            elif node["type"] != PROPOSITION:
                self.left_out[OF_DIALOGUE] += 1
        return self._add_others(others)

    def _add_proposition(self, name: str, node: Entry) -> None:
        place = self._find_place(name, node)
        if place is None:
            message = (
                f"{_show_words(node)} has no place: its words do not stand in the text once, and nothing else says where it "
                "is"
            )
            self.marking.add_unplaced(message, f"node {name!r}", node)
            return
        said = node.get("text") if "start" in node else None
        self.keys[name] = self.marking.add_span(
            *place,
            node.get("label", PROPOSITION),
            attributes=node.get("attributes"),
            said=said,
            place=f"node {name!r}",
        )

    def _find_place(self, name: str, node: Entry) -> Place | None:
        """Where a proposition lies in the text, in code points; by nothing but what the file says of it."""
        if "start" in node and "end" in node:
            return node["start"], node["end"]
        spoken = self._find_locutions(name)
        anchors = [name, *spoken] if len(spoken) == 1 else [name]
        for anchor in anchors:
            for called in (anchor, f"node{anchor}"):
                start, end = self.text.spans.get(called, (0, 0))
                if start < end:
                    return start, end
        for anchor in anchors:
            words = str(self.nodes[anchor].get("text") or "").strip()
            at = self._find_words(words)
            if at is not None:
                return at, at + len(words)
        return None

    def _find_locutions(self, name: str) -> list[str]:
        """What somebody says a proposition with, by the illocutions that lead from there to it."""
        by = [one for one in self.into.get(name, ()) if self.nodes[one]["type"] == ILLOCUTION]
        sources = [self.into.get(illocution, []) for illocution in by]
        found = [source[0] for source in sources if len(source) == 1]
        return [one for one in found if self.nodes[one]["type"] == LOCUTION]

    def _find_words(self, words: str) -> int | None:
        self.searched += 1
        if self.searched > MAX_SPANS:
            raise RefusedError(
                f"more than {MAX_SPANS:,} propositions could be found by their words alone; give the map in parts"
            )
        return find_once(self.text.text, words)

    def _add_relations(self, name: str, node: Entry) -> None:
        """Relate each premise to what a node of relations bears on, which is one thing by the rules of AIF."""
        premises = [one for one in self.into.get(name, ()) if self.nodes[one]["type"] == PROPOSITION]
        borne_on = self.out_of.get(name, [])
        target = borne_on[0] if len(borne_on) == 1 and borne_on[0] in self.keys else None
        known = [one for one in premises if one in self.keys] if target is not None else []
        self.left_out[LOOSE] += max(len(premises), 1) - len(known)
        self.left_out[LINKED] += len(known) > 1
        kind, scheme = node.get("relation", node["type"]), node.get("text")
        is_named = isinstance(scheme, str) and scheme != kind and not scheme.startswith(NO_SCHEME)
        self.left_out[SCHEMES] += is_named and "relation" not in node
        for source in known:
            self.marking.add_relation(source, target, kind, keys=self.keys)

    def _add_others(self, others: Entry) -> Judgement:
        """Take in what stands beside a map of ours: spans that say no proposition, other relations, fields."""
        for number, value in enumerate(require_list(others.get("spans"), "the other spans"), start=1):
            span = require_object(value, f"other span number {number}", ("id", "start", "end", "label"))
            name = read_name(span["id"], f"the id of other span number {number}")
            self.keys[name] = self.marking.add_span(
                span["start"],
                span["end"],
                span["label"],
                attributes=span.get("attributes"),
                said=span.get("text"),
            )
        self.marking.add_relations(
            others.get("relations"), keys=self.keys, members=("source", "target", "kind")
        )
        return self.marking.finish(fields=require_object(others.get("fields") or {}, "the fields"))


def _show_words(node: Entry) -> str:
    words = node.get("text")
    return f"the proposition {shorten(words)}" if words else "the proposition without words"
