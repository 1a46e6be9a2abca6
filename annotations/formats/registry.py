"""Every file format, once. A new one is a module in the folder of its family, its line here and a sample in the tests."""

from pathlib import PurePath

from annotations.formats.annotation_tools.argilla import ARGILLA
from annotations.formats.annotation_tools.brat import BRAT
from annotations.formats.annotation_tools.doccano import DOCCANO
from annotations.formats.annotation_tools.label_studio import LABEL_STUDIO
from annotations.formats.annotation_tools.potato import POTATO
from annotations.formats.annotation_tools.prodigy import PRODIGY
from annotations.formats.errors import RefusedError, Remedy, shorten
from annotations.formats.files.bundles import BEGINS_ARCHIVE, Bundle
from annotations.formats.files.content import BYTE_ORDER_MARK, Content
from annotations.formats.files.packed import find_packing, unpack
from annotations.formats.native.jsonl import JSONL
from annotations.formats.native.parquet import PARQUET
from annotations.formats.native.plain import ITEMS, PLAIN
from annotations.formats.native.rows import ROWS
from annotations.formats.native.tables import TABLES
from annotations.formats.office.docx import DOCX
from annotations.formats.office.pdf import PDF
from annotations.formats.office.spreadsheets import SPREADSHEET
from annotations.formats.pages.feeds import FEED
from annotations.formats.pages.html import HTML
from annotations.formats.pages.warc import WARC
from annotations.formats.ports import Format, TextReader, UnknownFormatError
from annotations.formats.standards.aif import AIF
from annotations.formats.standards.tei import TEI
from annotations.formats.standards.web_annotation import WEB_ANNOTATION
from annotations.formats.tabular.csv import CSV
from annotations.formats.tabular.json_list import JSON_LIST
from annotations.formats.tabular.parquet_rows import PARQUET_ROWS
from annotations.formats.texts.markdown import MARKDOWN
from annotations.formats.texts.text import PLAIN_TEXT
from annotations.formats.training.conll import CONLL
from annotations.formats.training.conll2003 import CONLL2003_BILOU, CONLL2003_BIO
from annotations.formats.training.docbin import DOCBIN
from annotations.formats.training.instruct import INSTRUCT
from annotations.formats.uima.uima_cas import UIMA_CAS, UIMA_CAS_JSON
from annotations.formats.uima.webanno_tsv import WEBANNO_TSV

FORMATS: tuple[Format, ...] = (
    PLAIN_TEXT,
    MARKDOWN,
    HTML,
    DOCX,
    PDF,
    PLAIN,
    ITEMS,
    JSONL,
    JSON_LIST,
    CSV,
    SPREADSHEET,
    PARQUET,
    PARQUET_ROWS,
    FEED,
    WARC,
    TABLES,
    CONLL,
    CONLL2003_BIO,
    CONLL2003_BILOU,
    ROWS,
    ARGILLA,
    PRODIGY,
    POTATO,
    DOCCANO,
    BRAT,
    WEBANNO_TSV,
    UIMA_CAS,
    UIMA_CAS_JSON,
    DOCBIN,
    WEB_ANNOTATION,
    TEI,
    AIF,
    INSTRUCT,
    LABEL_STUDIO,
)
"""The first that recognises content reads it; what is written is offered in this order."""
OF_OTHER_ARCHIVES = (".tar", ".tgz", ".7z", ".rar", ".tar.gz", ".bz2", ".xz")
WHAT_TO_DO = {
    ".doc": "it is of an old version of Word: save it as .docx there",
    ".docm": "it is a Word file with macros, which no text needs: save it as .docx",
    ".xls": "it is of an old version of Excel: save it as .xlsx there",
    ".xlsm": "it is an Excel file with macros, which no text needs: save it as .xlsx",
    **dict.fromkeys((".odt", ".rtf", ".pages"), "save it as .docx with the program that made it"),
    ".ods": "save it as .xlsx with the program that made it",
    ".epub": "convert it to .html or .txt first",
    **dict.fromkeys(OF_OTHER_ARCHIVES, "unpack it, and give the folder or pack it as a .zip"),
}
"""What to do with files of formats that are not read, by their suffixes."""
MAX_BEGIN = 4_096
"""Bytes by which a file in a folder is seen to be JSON."""
OF_TEXTS = tuple(known for known in FORMATS if known.read_texts)
OF_BUNDLES = tuple(known for known in FORMATS if known.read_bundle)
OF_ANNOTATIONS = tuple(
    known for known in FORMATS if known.read_documents or known.read_items or known.read_bundle
)
OF_PAGES = tuple(known for known in FORMATS if known.holds_pages)
WRITTEN = tuple(known for known in FORMATS if known.is_written)


def find_format(name: str) -> Format:
    """The format of that name, which is written."""
    for known in WRITTEN:
        if known.name == name:
            return known
    for known in FORMATS:
        if known.name == name and known.needs and not known.needs.is_installed:
            raise UnknownFormatError(
                f"the format {shorten(name)} cannot be written here: {known.needs.say_how()}"
            )
    names = ", ".join(known.name for known in WRITTEN)
    raise UnknownFormatError(f"there is no format {shorten(name)}; there are {names}")


def find_source(name: str) -> Format:
    """The format of that name, of which texts are read."""
    for known in OF_TEXTS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in OF_TEXTS)
    raise RefusedError(f"there is no format {shorten(name)}; choose one of {names}")


def detect_source(path: PurePath) -> Format:
    """The format of a file of texts by its suffix alone: what a file looks like inside is a guess that would surprise somebody.

    >>> detect_source(PurePath("news.jsonl.gz")).name, detect_source(PurePath("crawl.warc.gz")).name
    ('jsonl', 'warc')
    """
    name = path.name.lower()
    for bare in dict.fromkeys((name, name.removesuffix(find_packing(name)))):
        for known in OF_TEXTS:
            if any(bare.endswith(suffix) and bare != suffix for suffix in known.suffixes):
                return known
    raise RefusedError(
        say_what_to_do(path)
        or f"the format is not known by its suffix (known: {', '.join(list_suffixes())}, and .gz or .zst of these): save its "
        "text as a .txt file, or, where it is one of these under another suffix, name it",
        remedy=Remedy.FORMAT,
        choices=tuple(known.name for known in OF_TEXTS),
    )


def say_what_to_do(path: PurePath) -> str:
    """What to do with a file whose suffix is that of a well-known format that is not read; empty for any other file.

    >>> say_what_to_do(PurePath("news.doc"))
    'files with .doc are not read: it is of an old version of Word: save it as .docx there'
    """
    name = path.name.lower()
    suffix = next((suffix for suffix in WHAT_TO_DO if name.endswith(suffix)), "")
    return f"files with {suffix} are not read: {WHAT_TO_DO[suffix]}" if suffix else ""


def list_suffixes() -> list[str]:
    """List the suffixes of files that texts are read from."""
    return [suffix for known in OF_TEXTS for suffix in known.suffixes]


def list_titles() -> str:
    """What texts are read from, as a help text says it."""
    return "; ".join(known.title for known in OF_TEXTS)


def list_annotation_formats() -> str:
    """What annotations are read from, as a message lists it."""
    *titles, last = [
        f"{known.title}, as a project's annotations are exported" if known.copy else known.title
        for known in OF_ANNOTATIONS
    ]
    return f"{'; '.join(titles)}; or {last}"


def recognise_bundle(bundle: Bundle) -> Format | None:
    """The format of a file that is no JSON, or of all that lies in a folder or an archive."""
    return next((known for known in OF_BUNDLES if known.opens(bundle)), None)


def divide_bundle(bundle: Bundle) -> list[Bundle]:
    """What is read as one: all of it where a format holds several files, or else each of its files of annotations.

    A folder may hold other files besides.
    """
    if bundle.is_alone or recognise_bundle(bundle):
        return [bundle]
    parts = [part for part in bundle.divide() if _holds_annotations(part)]
    if not parts:
        raise RefusedError(f"{bundle.where} holds no file of what is read: {list_annotation_formats()}")
    return parts


def _holds_annotations(part: Bundle) -> bool:
    begin = part.only.read_begin(MAX_BEGIN) if part.only else b""
    if begin.startswith(BEGINS_ARCHIVE):
        raise RefusedError(f"{part.where} is an archive within what was given; give it by itself")
    return begin.removeprefix(BYTE_ORDER_MARK).lstrip().startswith((b"{", b"[")) or bool(
        recognise_bundle(part)
    )


def recognise(content: Content) -> Format:
    """The first format that content can be."""
    if not content.is_list and {"items", "documents"} <= content.keys:
        raise RefusedError(
            f"{content.where} holds both 'items' and 'documents', which have different metrics; give each in a file of its "
            "own"
        )
    for known in OF_ANNOTATIONS:
        if known.recognises(content):
            return known
    raise RefusedError(f"{content.where} is neither of what is read: {list_annotation_formats()}")


def find_text_reader(path: PurePath, *, source: str | None = None) -> TextReader:
    """What reads texts of a file of this name, or of the format that is named, also if it is packed as .gz or .zst."""
    packed = find_packing(path.name)
    chosen = find_source(source) if source else detect_source(path)
    if not packed or path.name.lower().endswith(chosen.suffixes):
        return chosen.text_reader
    return lambda stream, place, options: chosen.text_reader(unpack(stream, packed), place, options)
