"""TEI P5 with stand-off annotation: a corpus, in it a text for each document, and beside that what each annotator marked.

A text stands whole and unmarked in one `ab`. A `span` points at a stretch of it with `string-range`, which counts characters
from 0, and by `ana` at a feature structure with its label and its attributes; a `link` joins two spans. Fields of the document are a
feature structure of their own. A feature that cannot be called as its attribute is has that name as its `n`. `resp` says whose a group is. Who marked nothing is named in the header alone, since TEI has no empty `standOff`.
"""

import re
from collections.abc import Iterable, Iterator

from annotations.formats.axes import Axes, Extent
from annotations.formats.documents import Document
from annotations.formats.files.written_xml import escape_attribute, escape_text, replace_unwritable
from annotations.formats.losses import NO_XML
from annotations.formats.ports import Format, Losses
from annotations.formats.standards.tei_reader import holds_tei, read_tei
from annotations.formats.standards.tei_text import NAMESPACE
from annotations.markup import Markup

NO_NAME = re.compile(
    r"[^\w.\-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]",
    re.ASCII,
)
"""What a name of XML cannot have."""
GOLD, LABEL = "gold", "label"
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<teiCorpus xmlns="{NAMESPACE}">
<teiHeader><fileDesc><titleStmt><title>Annotated texts</title></titleStmt>
<publicationStmt><p>Exported from an annotation project.</p></publicationStmt>
<sourceDesc><p>The texts as they were imported.</p></sourceDesc></fileDesc></teiHeader>
"""


def write_tei(documents: Iterable[Document], *, losses: Losses) -> Iterator[bytes]:
    """Write a corpus, a `TEI` for each document."""
    yield HEAD.encode()
    names = _Names()
    for document in documents:
        yield "".join(_write_document(document, names, losses)).encode()
    yield b"</teiCorpus>\n"


class _Names:
    """The names of features by those of the attributes and fields that they hold, one each; the label of a span has one already."""

    def __init__(self) -> None:
        self._taken = {LABEL}
        self._names: dict[str, str] = {}

    def name(self, given: str) -> str:
        """The feature for a name; one that no feature can have, or that is taken, is rewritten."""
        if (found := self._names.get(given)) is None:
            bare = NO_NAME.sub("_", given)
            bare = found = bare if bare[:1].isalpha() else f"_{bare}"
            number = 1
            while found in self._taken:
                number += 1
                found = f"{bare}-{number}"
            self._taken.add(found)
            self._names[given] = found
        return found


def _write_document(document: Document, names: _Names, losses: Losses) -> Iterator[str]:
    name = f"d{NO_NAME.sub('_', document.name)}"
    text, replaced = replace_unwritable(document.text or "")
    losses.add(NO_XML, replaced)
    source = document.external_id or document.name
    said = [
        (GOLD if document.gold is not None else annotators[0], markup)
        for annotators, markup in document.markups
    ]
    people = "".join(
        f'<respStmt xml:id="{name}.{NO_NAME.sub("_", who)}.who"><resp>annotated</resp><name>{_write_text(who)}</name></respStmt>'
        for who, _ in said
    )
    yield (
        f'<TEI xml:id="{name}">\n'
        f"<teiHeader><fileDesc><titleStmt><title>{_write_text(document.title)}</title>{people}</titleStmt>\n"
        f"<publicationStmt><p>Part of the corpus.</p></publicationStmt>\n"
        f"<sourceDesc><p>{_write_text(source)}</p></sourceDesc></fileDesc></teiHeader>\n"
    )
    for who, markup in said:
        group = f"{name}.{NO_NAME.sub('_', who)}"
        yield from _write_markup(markup, group, f"{name}.text", names, losses)
    yield f'<text><body><ab xml:id="{name}.text" xml:space="preserve">{escape_text(text)}</ab></body></text>\n</TEI>\n'


def _write_markup(markup: Markup, name: str, text: str, names: _Names, losses: Losses) -> Iterator[str]:
    """One annotator's stand-off: spans, links, and the feature structures that say what they are; nothing where nothing was marked."""
    if not markup.spans and not markup.fields:
        return
    ordered = sorted(markup.spans, key=lambda span: (span.start, -span.end, span.label, span.key))
    numbers = {span.key: number for number, span in enumerate(ordered, start=1)}
    yield f'<standOff xml:id="{name}">\n'
    if ordered:
        yield f'<spanGrp resp="#{name}.who">\n'
        for number, span in enumerate(ordered, start=1):
            place = f"#string-range({text},{span.start},{span.end - span.start})"
            yield f'<span xml:id="{name}.s{number}" target="{place}" ana="#{name}.f{number}"/>\n'
        yield "</spanGrp>\n"
    if markup.relations:
        yield f'<linkGrp resp="#{name}.who">\n'
        for number, link in enumerate(sorted(markup.relations), start=1):
            ends = f"#{name}.s{numbers[link.source]} #{name}.s{numbers[link.target]}"
            yield f'<link xml:id="{name}.l{number}" target="{ends}" ana="#{name}.r{number}"/>\n'
        yield "</linkGrp>\n"
    for number, span in enumerate(ordered, start=1):
        label = _write_feature(LABEL, LABEL, span.label, losses)
        yield _write_structure(
            f"{name}.f{number}", "span", [label, *_write_answers(span.attributes, names, losses)]
        )
    for number, link in enumerate(sorted(markup.relations), start=1):
        kind = _write_feature("type", "type", link.kind, losses)
        yield _write_structure(f"{name}.r{number}", "relation", [kind])
    if markup.fields:
        yield _write_structure(f"{name}.fields", "fields", _write_answers(markup.fields, names, losses))
    yield "</standOff>\n"


def _write_structure(name: str, kind: str, features: Iterable[str]) -> str:
    return f'<fs xml:id="{name}" type="{kind}">{"".join(features)}</fs>\n'


def _write_answers(answers: Iterable[tuple[str, str]], names: _Names, losses: Losses) -> Iterator[str]:
    """Attributes or fields as features."""
    return (_write_feature(names.name(given), given, value, losses) for given, value in answers)


def _write_feature(name: str, given: str, value: str, losses: Losses) -> str:
    text, replaced = replace_unwritable(value)
    called, lost = replace_unwritable(given)
    losses.add(NO_XML, replaced + lost)
    said = "" if name == given else f' n="{escape_attribute(called)}"'
    return f'<f name="{name}"{said}><string>{escape_text(text)}</string></f>'


def _write_text(text: str) -> str:
    return escape_text(replace_unwritable(text)[0])


TEI = Format(
    name="tei",
    title="TEI P5 with stand-off annotation",
    short="TEI",
    holds="with texts",
    axes=Axes(discontinuity=Extent.PART),
    suits="editions and digital humanities: XML in which the text stays whole and the spans stand after it",
    media_type="application/tei+xml",
    extension="tei.xml",
    opens=holds_tei,
    read_bundle=read_tei,
    write=write_tei,
    cannot_hold=(NO_XML,),
)
