"""brat's stand-off files: a ZIP with a text and an `.ann` beside it for each document, and `annotation.conf`.

A folder an annotator; gold lies at the top. Names in brat are letters, digits, hyphens and underscores, so other characters
of labels, types and attributes become underscores, with a number where two would become one. A value that is no such name is written as a note of its span.
"""

import re
from collections.abc import Iterable, Iterator

from annotations.formats.annotation_tools.brat_reader import holds_brat, read_brat
from annotations.formats.axes import Axes, Axis, Extent
from annotations.formats.documents import Document
from annotations.formats.files.archives import ArchiveWriter
from annotations.formats.losses import FIELDS, RENAMED
from annotations.formats.ports import Format, Loss, Losses
from annotations.markup import Markup

NAME = re.compile(r"[\w-]+", re.ASCII)
NO_NAME = re.compile(r"[^\w-]", re.ASCII)
AS_NOTES = Loss(
    "value of an attribute that is no name",
    "values of attributes that are no names",
    "put into notes",
    (Axis.ATTRIBUTES,),
)


def write_brat(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a folder for each annotator; the configuration comes last, since it names all that was found."""
    archive, found = ArchiveWriter(), _Configuration()
    for document in documents:
        for annotators, markup in document.markups:
            place = document.name if document.gold is not None else f"{annotators[0]}/{document.name}"
            lines = _write_lines(markup, document.text or "", found, losses)
            yield from archive.add(f"{place}.txt", [(document.text or "").encode()])
            yield from archive.add(f"{place}.ann", ["".join(lines).encode()])
    yield from archive.add("annotation.conf", [found.write().encode()])
    yield from archive.finish()


class _Configuration:
    """The labels, types and attributes that a collection uses, as brat wants them declared."""

    def __init__(self) -> None:
        self.labels: set[str] = set()
        self.relations: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, given: str, losses: Losses) -> str:
        """The name in brat of a label, a type or an attribute, one each."""
        if (written := self._names.get(given)) is None:
            bare = written = NO_NAME.sub("_", given)
            number = 1
            while written in self._taken:
                number += 1
                written = f"{bare}-{number}"
            self._names[given] = written
            self._taken.add(written)
        losses.add(RENAMED, written != given)
        return written

    def write(self) -> str:
        attributes = [
            f"{name}\tArg:<ENTITY>, Value:{'|'.join(sorted(values))}"
            for name, values in sorted(self.attributes.items())
        ]
        relations = [f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in sorted(self.relations)]
        overlapping = ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
        parts = {
            "entities": sorted(self.labels),
            "relations": [*relations, *overlapping],
            "events": [],
            "attributes": attributes,
        }
        return "\n".join(
            f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in parts.items()
        )


def _write_lines(markup: Markup, text: str, found: _Configuration, losses: Losses) -> Iterator[str]:
    losses.add(FIELDS, len(markup.fields))
    keys: dict[str, str] = {}
    attributes, notes = 0, 0
    ordered = sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key))
    for number, span in enumerate(ordered, start=1):
        key = keys[span.key] = f"T{number}"
        label = found.name(span.label, losses)
        found.labels.add(label)
        words = re.sub(r"\s", " ", text[span.start : span.end])
        yield f"{key}\t{label} {span.start} {span.end}\t{words}\n"
        for name, value in span.attributes:
            if NAME.fullmatch(value):
                attributes += 1
                written = found.name(name, losses)
                found.attributes.setdefault(written, set()).add(value)
                yield f"A{attributes}\t{written} {key} {value}\n"
            else:
                notes += 1
                losses.add(AS_NOTES)
                yield f"#{notes}\tAnnotatorNotes {key}\t{name}={' '.join(value.split())}\n"
    for number, link in enumerate(sorted(markup.relations), start=1):
        kind = found.name(link.kind, losses)
        found.relations.add(kind)
        yield f"R{number}\t{kind} Arg1:{keys[link.source]} Arg2:{keys[link.target]}\n"


BRAT = Format(
    name="brat",
    title="brat's stand-off files, a folder or ZIP of texts and annotations",
    short="brat",
    holds="with texts; fields, and spans of pieces that words part, are counted",
    axes=Axes(discontinuity=Extent.PART, attributes=Extent.PART, fields=Extent.NO),
    suits="brat, and scripts that read its pairs of .txt and .ann files",
    media_type="application/zip",
    extension="brat.zip",
    write=write_brat,
    cannot_hold=(FIELDS, AS_NOTES, RENAMED),
    opens=holds_brat,
    read_bundle=read_brat,
)
