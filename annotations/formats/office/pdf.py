"""PDF files with a layer of text: read column by column, paragraphs put together, divided words made whole.

The map from the text leads to the layer of text as the file gives it, page after page with a form feed between.
"""

import ctypes
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.errors import Refusal, RefusedError
from annotations.formats.isolation import Isolated
from annotations.formats.office.pdf_lines import Letter, make_lines, order_lines
from annotations.formats.office.pdf_paragraphs import (
    drop_margins,
    join_lines,
    list_compounds,
    make_paragraphs,
)
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions
from annotations.formats.texts.articles import check_article
from annotations.formats.texts.composing import Composed, Composer, collapse
from annotations.limits import MAX_FOREIGN_BYTES, MAX_PDF_PAGES, MAX_TEXT_LENGTH, MAX_TITLE_LENGTH

NO_LETTERS = frozenset({0, 0xA, 0xD})
HALVES = range(0xD800, 0xE000)
MAX_FONT_NAME = 256
OF_BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
MAX_NAMED_PAGES = 10
MAX_UNREADABLE = 0.2
"""The part of the letters of which the file does not say which they are, above which it is no text."""
UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]")
DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
KEPT = {"Author": "author", "Subject": "subject", "Keywords": "keywords"}


def read_pdf(
    stream: BinaryIO, place: str, _options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal]:
    """Read the layer of text of a PDF as one text, or say that there is none."""
    raw = stream.read()
    try:
        yield _read(raw, place)
    except RefusedError as error:
        yield Refusal.of(place, error)


def _read(raw: bytes, place: str) -> Document:
    if b"%PDF-" not in raw[:1024]:
        raise RefusedError("this is no PDF file: get it again")
    file = _open(raw)
    if len(file) > MAX_PDF_PAGES:
        raise RefusedError(f"it has {len(file):,} pages, more than {MAX_PDF_PAGES:,}: split it")
    pages, empty = [], []
    first = 0
    for number in range(len(file)):
        height, letters, count = _read_page(file, number, first)
        first += count + 1
        if first > 4 * MAX_TEXT_LENGTH:
            raise RefusedError(f"it has more than {MAX_TEXT_LENGTH:,} characters: split it")
        if not any(letter.text.strip() for letter in letters):
            empty.append(number + 1)
        pages.append((height, letters))
    if len(empty) == len(pages):
        raise RefusedError(
            "it has no layer of text, only pictures of pages: have the text recognised (OCR) and saved with it first"
        )
    _check_letters(pages)
    composed = _compose(pages)
    about, title = _read_metadata(file)
    document = Document(
        place=place,
        text=composed.text,
        title=title if len(title) <= MAX_TITLE_LENGTH else "",
        blocks=composed.blocks,
        has_rough_blocks=True,
        metadata=about,
        encoding="",
        source_format="pdf",
        warning=_name_pages(empty),
        source_map=composed.source_map,
    )
    check_article(document)
    return document


def _open(raw: bytes) -> Any:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(raw)
    except PdfiumError as error:
        if "assword" in str(error):
            raise RefusedError("it is protected by a password: save it without one") from error
        raise RefusedError("it is damaged or cut off: get it again") from error


def _read_page(file: Any, number: int, first: int) -> tuple[float, list[Letter], int]:
    """The height of a page and its letters, and how many characters its layer of text has."""
    from pypdfium2 import raw as pdfium

    page = file[number]
    words = page.get_textpage()
    handle = words.raw
    count = words.count_chars()
    left, right, bottom, top, origin, foot = (ctypes.c_double() for _ in range(6))
    box, name = pdfium.FS_RECTF(), ctypes.create_string_buffer(MAX_FONT_NAME)
    letters: list[Letter] = []
    size, is_bold, begins_word = 10.0, False, True
    last = (0.0, 0.0, 0.0)
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        if code in NO_LETTERS or code in HALVES or code > sys.maxunicode:
            begins_word = True
            continue
        text = chr(code)
        if pdfium.FPDFText_IsGenerated(handle, index) == 1:
            if text.isspace() and letters:
                letters.append(Letter(" ", last[0], last[1], last[0], last[2], size, first + index))
            continue
        if not pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top):
            continue
        if pdfium.FPDFText_GetLooseCharBox(handle, index, box):
            size = max(box.top - box.bottom, 1.0)
        pdfium.FPDFText_GetCharOrigin(handle, index, origin, foot)
        if begins_word or letters[-1].text.isspace():
            is_bold, begins_word = _is_bold(pdfium, handle, index, name), False
        last = (right.value, foot.value, top.value)
        letters.append(
            Letter(text, left.value, foot.value, right.value, top.value, size, first + index, is_bold)
        )
    height = float(page.get_height())
    words.close()
    page.close()
    return height, letters, count


def _is_bold(pdfium: Any, handle: Any, index: int, name: Any) -> bool:
    """Whether the font of a letter is called bold; the weight that a file gives is often made up."""
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(handle, index, name, MAX_FONT_NAME, flags)
    return 0 < length <= MAX_FONT_NAME and bool(OF_BOLD.search(name.raw[:length]))


def _check_letters(pages: list[tuple[float, list[Letter]]]) -> None:
    total = sum(len(letters) for _, letters in pages)
    odd = sum(bool(UNREADABLE.match(letter.text)) for _, letters in pages for letter in letters)
    if odd > MAX_UNREADABLE * total:
        raise RefusedError(
            "its fonts do not say which letters they draw, so its layer of text is none: have the text recognised (OCR) first"
        )


def _compose(pages: list[tuple[float, list[Letter]]]) -> Composed:
    lines = drop_margins([(height, list(make_lines(letters))) for height, letters in pages])
    compounds = list_compounds(lines)
    composer = Composer()
    for paragraph in make_paragraphs(column for page in lines for column in order_lines(page)):
        composer.add(paragraph.kind, collapse(join_lines(paragraph.lines, compounds)))
    return composer.finish()


def _name_pages(empty: list[int]) -> str:
    if not empty:
        return ""
    named = ", ".join(map(str, empty[:MAX_NAMED_PAGES])) + (
        " and more" if len(empty) > MAX_NAMED_PAGES else ""
    )
    return f"these of its pages have no layer of text and were not read: {named}"


def _read_metadata(file: Any) -> tuple[Mapping[str, Any], str]:
    found = {name: " ".join(value.split()) for name, value in file.get_metadata_dict(skip_empty=True).items()}
    about = {ours: found[name] for name, ours in KEPT.items() if found.get(name)}
    if made := DATE.match(found.get("CreationDate", "")):
        about["date"] = "-".join(part for part in made.groups() if part)
    return about, found.get("Title", "")


PDF = Format(
    name="pdf",
    title="PDF files with a layer of text",
    short="PDF",
    holds="one text with blocks and the properties of its file",
    media_type="application/pdf",
    extension="pdf",
    suffixes=(".pdf",),
    read_texts=Isolated("annotations.formats.office.pdf:read_pdf", most=MAX_FOREIGN_BYTES, keeps_file=True),
    is_read_whole=True,
    is_extracted=True,
)
