"""Word files: paragraphs are blocks, of which their styles say the kind."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.office.office import check_office_file
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.articles import check_article
from annotations.formats.texts.composing import Composer, SourcePiece
from annotations.limits import MAX_FOREIGN_BYTES, MAX_TITLE_LENGTH

STYLES: tuple[tuple[str, str], ...] = (
    (r"title|titel|titre|título|titolo", "title"),
    (r"subtitle|untertitel|sous-titre|subtítulo|sottotitolo", "heading"),
    (r"(?:heading|überschrift|titre|título|titolo|заголовок)\s*\d.*", "heading"),
    (r"(?:intense )?quote|block text|.*zitat|citation.*|cita.*|citazione.*", "quote"),
    (r"caption|beschriftung|légende|descripción|didascalia", "caption"),
    (r"list.*|.*listenabsatz|aufzählung.*|liste.*|lista.*", "list_item"),
    (r"by-?line|author|autor|auteur|autore", "byline"),
)
"""Names of styles, by the kind of block that they make; the first that fits counts."""
PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in STYLES)
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LEFT_OUT = frozenset(
    {"del", "moveFrom", "txbxContent", "instrText", "delText", "rPr", "pPr", "sdtPr", "Fallback"}
)
"""Elements whose letters are not read where they stand: what was deleted, and boxes beside the text."""
KEPT = {
    "author": "author",
    "created": "date",
    "modified": "modified",
    "language": "language",
    "subject": "subject",
    "keywords": "keywords",
    "category": "category",
}
"""The properties of a file that are kept, by our name for each."""


def read_docx(
    stream: BinaryIO, place: str, _options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read a Word file as one text, its paragraphs with an empty line between them."""
    try:
        yield _read(stream, place)
    except RefusedError as error:
        yield Refusal.of(place, error)


def _read(stream: BinaryIO, place: str) -> Document:
    check_office_file(stream, kind="word/", suffix=".docx", program="Word")
    import docx

    made = docx.Document(stream)
    composer = Composer()
    for paragraph, is_cell in _list_paragraphs(made.element.body):
        text = _read_text(paragraph).strip()
        kind = "paragraph" if is_cell else _find_kind(paragraph, made)
        composer.add(kind, [SourcePiece(text, 0, 0)])
    composed = composer.finish()
    if not composed.text:
        raise RefusedError("it holds no text: if it holds pictures of text, have them recognised first")
    title = str(made.core_properties.title or "").strip()
    document = Document(
        place=place,
        text=composed.text,
        title=title if len(title) <= MAX_TITLE_LENGTH else "",
        blocks=composed.blocks,
        has_rough_blocks=True,
        metadata=_read_metadata(made.core_properties),
        encoding="",
        source_format="docx",
    )
    check_article(document)
    return document


def _list_paragraphs(body: Any) -> Iterator[tuple[Any, bool]]:
    """The paragraphs of the text in order, also those in tables, and whether each is in a cell."""
    waiting: list[tuple[Any, bool]] = [(child, False) for child in reversed(body)]
    while waiting:
        element, is_cell = waiting.pop()
        name = _name(element)
        if name == "p":
            yield element, is_cell
        elif name not in LEFT_OUT:
            waiting.extend((child, is_cell or name == "tc") for child in reversed(element))


def _read_text(paragraph: Any) -> str:
    """The letters of a paragraph, with those that somebody suggested to add and without those suggested to delete."""
    parts: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        match _name(element):
            case "t":
                parts.append(element.text or "")
            case "tab":
                parts.append("\t")
            case "br" | "cr":
                parts.append("\n")
            case "noBreakHyphen":
                parts.append("\u2011")
            case name if name not in LEFT_OUT:
                waiting.extend(reversed(element))
    return "".join(parts)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _find_kind(paragraph: Any, made: Any) -> str:
    properties = paragraph.find(f"{{{MAIN}}}pPr")
    if properties is None:
        return "paragraph"
    style = properties.find(f"{{{MAIN}}}pStyle")
    if style is not None:
        name = _find_style_name(style.get(f"{{{MAIN}}}val") or "", made)
        for pattern, kind in PATTERNS:
            if pattern.fullmatch(name):
                return kind
    if properties.find(f"{{{MAIN}}}numPr") is not None:
        return "list_item"
    return "heading" if properties.find(f"{{{MAIN}}}outlineLvl") is not None else "paragraph"


def _find_style_name(style_id: str, made: Any) -> str:
    style = next((style for style in made.styles.element.style_lst if style.styleId == style_id), None)
    return str(style.name_val or style_id) if style is not None else style_id


def _read_metadata(properties: Any) -> Mapping[str, Any]:
    metadata = {}
    for name, ours in KEPT.items():
        try:
            value = getattr(properties, name)
        except ValueError:  # a date that is none
            continue
        if isinstance(value, datetime | date):
            metadata[ours] = value.isoformat()
        elif isinstance(value, str) and value.strip() and value != "python-docx":
            metadata[ours] = value.strip()
    return metadata


DOCX = Format(
    name="docx",
    title="Word files",
    short="Word",
    holds="one text with blocks and the properties of its file",
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extension="docx",
    suffixes=(".docx",),
    read_texts=Isolated("annotations.formats.office.docx:read_docx", most=MAX_FOREIGN_BYTES, keeps_file=True),
    is_read_whole=True,
    is_extracted=True,
)
