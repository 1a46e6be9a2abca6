"""Every file format, once. A new one is a module beside this, its line here and a sample in the tests."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from annotations.formats.aif import AIF
from annotations.formats.argilla import ARGILLA
from annotations.formats.brat import BRAT
from annotations.formats.bundles import BEGINS_ARCHIVE, Bundle
from annotations.formats.conll import CONLL
from annotations.formats.conll2003 import CONLL2003_BILOU, CONLL2003_BIO
from annotations.formats.content import BYTE_ORDER_MARK, Content
from annotations.formats.csv import CSV
from annotations.formats.docbin import DOCBIN
from annotations.formats.doccano import DOCCANO
from annotations.formats.documents import Document
from annotations.formats.errors import Notice, Refusal, RefusedError, Remedy
from annotations.formats.instruct import INSTRUCT
from annotations.formats.json_list import JSON_LIST
from annotations.formats.jsonl import JSONL
from annotations.formats.label_studio import LABEL_STUDIO
from annotations.formats.parquet import PARQUET
from annotations.formats.plain import ITEMS, PLAIN
from annotations.formats.ports import NOTHING_SAID, Format, TextOptions, TextReader, UnknownFormatError
from annotations.formats.potato import POTATO
from annotations.formats.prodigy import PRODIGY
from annotations.formats.rows import ROWS
from annotations.formats.tables import TABLES
from annotations.formats.tei import TEI
from annotations.formats.text import PLAIN_TEXT
from annotations.formats.uima_cas import UIMA_CAS, UIMA_CAS_JSON
from annotations.formats.web_annotation import WEB_ANNOTATION
from annotations.formats.webanno_tsv import WEBANNO_TSV

FORMATS: tuple[Format, ...] = (
    PLAIN_TEXT,
    PLAIN,
    ITEMS,
    JSONL,
    JSON_LIST,
    CSV,
    PARQUET,
    TABLES,
    CONLL,
    CONLL2003_BIO,
    CONLL2003_BILOU,
    ROWS,
    PRODIGY,
    ARGILLA,
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
LONGEST_BEGIN = 4_096
"""Bytes by which a file in a folder is seen to be JSON."""
OF_TEXTS = tuple(known for known in FORMATS if known.read_texts)
OF_BUNDLES = tuple(known for known in FORMATS if known.read_bundle)
OF_ANNOTATIONS = tuple(
    known for known in FORMATS if known.read_documents or known.read_items or known.read_bundle
)
WRITTEN = tuple(known for known in FORMATS if known.is_written)


def find_format(name: str) -> Format:
    """The format of that name, which is written."""
    for known in WRITTEN:
        if known.name == name:
            return known
    for known in FORMATS:
        if known.name == name and known.needs and not known.needs.is_installed:
            raise UnknownFormatError(f"the format {name!r} cannot be written here: {known.needs.say_how()}")
    names = ", ".join(known.name for known in WRITTEN)
    raise UnknownFormatError(f"there is no format {name!r}; there are {names}")


def find_source(name: str) -> Format:
    """The format of that name, of which texts are read."""
    for known in OF_TEXTS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in OF_TEXTS)
    raise RefusedError(f"there is no format {name!r}; choose one of {names}")


def detect_source(path: PurePath) -> Format:
    """The format of a file of texts by its suffix alone: what a file looks like inside is a guess that would surprise somebody."""
    for known in OF_TEXTS:
        if path.suffix.lower() in known.suffixes:
            return known
    raise RefusedError(
        f"the format is not known by its suffix (known: {', '.join(list_suffixes())}): save the text of a page, a PDF or a "
        "word processor as a .txt file, or, where it is one of these under another suffix, name it",
        remedy=Remedy.FORMAT,
        choices=tuple(known.name for known in OF_TEXTS),
    )


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
    begin = part.only.read_begin(LONGEST_BEGIN) if part.only else b""
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


def list_files(path: Path, *, source: str | None = None) -> tuple[list[Path], list[Path]]:
    """The file itself, or those in a folder whose suffix is that of a format; and what else the folder holds."""
    if not path.is_dir():
        return [path], []
    suffixes = set(find_source(source).suffixes if source else list_suffixes())
    files: list[Path] = []
    others: list[Path] = []
    for entry in sorted(path.iterdir()):
        is_known = entry.is_file() and entry.suffix.lower() in suffixes
        (files if is_known else others).append(entry)
    if not files:
        raise RefusedError(f"the folder has no file with one of the suffixes {', '.join(sorted(suffixes))}")
    return files, others


def find_text_reader(path: PurePath, *, source: str | None = None) -> TextReader:
    """What reads texts of a file of this name, or of the format that is named."""
    return (find_source(source) if source else detect_source(path)).text_reader


def read_paths(
    paths: Iterable[Path], *, source: str | None = None, options: TextOptions = NOTHING_SAID
) -> Iterator[Document | Refusal | Notice]:
    """Every text of every file, every place that cannot be read, and what of a folder is left out, in order."""
    for path in paths:
        try:
            files, others = list_files(path, source=source)
            for other in others:
                yield Notice(name_path(other), _say_why_left_out(other))
            for file in files:
                read = find_text_reader(file, source=source)
                with file.open("rb") as stream:
                    yield from read(stream, name_path(file), options)
        except RefusedError as error:
            yield Refusal.of(name_path(path), error)
        except OSError as error:
            yield Refusal(name_path(path), f"the file cannot be read: {error.strerror or error}")


def name_path(path: Path) -> str:
    r"""A path as it can be written down: bytes of a name that are no UTF-8, as some archives leave them, as escapes.

    >>> print(name_path(Path("caf\udce9.txt")))
    caf\xe9.txt
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _say_why_left_out(path: Path) -> str:
    if path.is_dir():
        return "left out, since folders within a folder are not read: import it by itself"
    suffix = path.suffix or "no suffix"
    return f"left out, since no format has files with {suffix}"
