"""AIF, the Argument Interchange Format, as JSON: a ZIP with an argument map for each annotator of a document, or for its gold.

A span is an I-node with its words; beside what AIF asks for it has its label, its place and its attributes. A relation by
which one span backs another is an RA-node between them, one by which it speaks against another a CA-node. What a voice
concedes speaks against the claim that it maintains all the same, and backs the claim that it grants. Spans that say no
proposition, other relations and fields stand beside the map, under `others`, where programs for AIF leave them alone.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from annotations.formats.axes import Axes
from annotations.formats.canonical import write_canonical
from annotations.formats.documents import Document
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.ports import Format, Losses
from annotations.formats.standards.aif_reader import holds_aif, read_aif
from annotations.markup import Markup

SCHEMES = {
    "supports": ("RA", "Default Inference"),
    "grants": ("RA", "Default Inference"),
    "attacks": ("CA", "Default Conflict"),
    "outweighed_by": ("CA", "Default Conflict"),
}
"""By type of relation: the kind of node that stands for it, and what AIF calls it."""
NO_PROPOSITIONS = frozenset({"Source", "Cue"})
"""Labels of spans that say who speaks, or which words show a concession, and nothing that could be argued."""
GOLD = "gold"


def write_aif(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:  # noqa: ARG001 - none
    """Write an argument map for each annotator of a document."""
    archive = ArchiveWriter()
    for document in documents:
        for annotators, markup in document.markups:
            who = GOLD if document.gold is not None else annotators[0]
            about = {
                "document": document.name,
                "annotator": who,
                "title": document.title,
                "text": document.text,
                "text_sha256": document.text_sha256,
            }
            argument = draw_argument(markup, document.text or "")
            yield from archive.add(
                f"{who}/{document.name}.json", [write_canonical({**argument, **about}).encode()]
            )
    yield from archive.finish()


def draw_argument(markup: Markup, text: str) -> dict[str, Any]:
    """The nodes and edges of what was marked in a text; an edge leads from a premise to its relation and from there to what it bears on."""
    nodes: list[dict[str, Any]] = []
    others: dict[str, Any] = {"spans": [], "relations": [], "fields": dict(markup.fields)}
    names: dict[str, str] = {}
    for span in sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key)):
        place = {
            "label": span.label,
            "start": span.start,
            "end": span.end,
            "attributes": dict(span.attributes),
        }
        about = {"text": text[span.start : span.end], **place}
        if span.label in NO_PROPOSITIONS:
            names[span.key] = f"other-{len(others['spans']) + 1}"
            others["spans"].append({"id": names[span.key], **about})
        else:
            names[span.key] = str(len(nodes) + 1)
            nodes.append({"nodeID": names[span.key], "type": "I", **about})
    edges: list[dict[str, Any]] = []
    propositions = {node["nodeID"] for node in nodes}
    for link in sorted(markup.relations):
        source, target = names[link.source], names[link.target]
        if link.kind not in SCHEMES or not {source, target} <= propositions:
            others["relations"].append({"kind": link.kind, "source": source, "target": target})
            continue
        kind, scheme = SCHEMES[link.kind]
        node = str(len(nodes) + 1)
        nodes.append({"nodeID": node, "type": kind, "text": scheme, "scheme": scheme, "relation": link.kind})
        for one, other in ((source, node), (node, target)):
            edges.append({"edgeID": str(len(edges) + 1), "fromID": one, "toID": other})
    return {"nodes": nodes, "edges": edges, "locutions": [], "others": others}


AIF = Format(
    name="aif",
    title="AIF argument maps as JSON",
    short="AIF",
    holds="with texts: propositions, and what supports or attacks what; beside the maps all that is no argument",
    axes=Axes(),
    suits="argument mining: claims and what supports or attacks them, as a graph",
    media_type="application/zip",
    extension="aif.zip",
    opens=holds_aif,
    read_bundle=read_aif,
    write=write_aif,
)
