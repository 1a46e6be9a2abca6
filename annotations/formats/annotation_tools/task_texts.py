"""Which text of a Label Studio task was annotated: regions name the tag that showed it, not always the data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from annotations.formats.errors import RefusedError, shorten
from annotations.formats.places.offsets import reads_as
from annotations.formats.scalars import is_whole

Entry = Mapping[str, Any]
USUAL_KEY = "text"
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+-]*://|/data/)\S+")
OF_STORAGE = re.compile(r"/data/|(?:s3|gs|azure-blob|file)://")


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """What all tasks of an export have in common: the key of the annotated text, and whether it is HTML."""

    key: str | None
    is_html: bool

    @classmethod
    def of_tasks(cls, tasks: Sequence[Any]) -> "TaskTexts":
        """See which data the regions lie in.

        It is the data named as the tag is, or else the only data that reads, where each region lies, as the region says.

        Raises
        ------
        RefusedError
            Regions lie in several texts, whose offsets have nothing to do with each other.
        """
        tags: set[str] = set()
        is_html = False
        for task in tasks:
            for entry in _list_regions(task):
                if isinstance(entry.get("to_name"), str):
                    tags.add(entry["to_name"])
                is_html = is_html or _lies_in_html(entry["value"])
        if len(tags) > 1:
            raise RefusedError(
                f"regions lie in several texts of a task ({', '.join(map(repr, sorted(tags)))}), and a document has "
                "one; export the annotations of each apart"
            )
        named = {
            key
            for task in tasks
            if isinstance(task, dict)
            for key in tags & set(list_texts(task.get("data")))
        }
        found = named or _list_reading(tasks)
        return cls(found.pop() if len(found) == 1 else None, is_html)

    def find(self, task: Entry, document: str) -> str:
        """The text of one task, as the offsets count it.

        Raises
        ------
        RefusedError
            There is none, or only the address of a file, or nothing says which of several it is.
        """
        texts = list_texts(task.get("data"))
        if not texts:
            raise RefusedError(f"document {document!r} has no text in its data, so its length is unknown")
        key = next((key for key in (self.key, USUAL_KEY, *texts) if key in texts), USUAL_KEY)
        if key not in (self.key, USUAL_KEY) and len(texts) > 1:
            raise RefusedError(
                f"document {document!r} has several texts in its data ({', '.join(map(repr, sorted(texts)))}), and no "
                f"region says which was annotated; call that one {USUAL_KEY!r}"
            )
        if _is_address(texts[key], task):
            raise RefusedError(
                f"document {document!r}: the data hold the address of a file, {shorten(texts[key])}, instead of its text, "
                "so nothing can be measured; put the text itself into the data of each task"
            )
        return _read_html(texts[key], document) if self.is_html else texts[key]


def _list_reading(tasks: Sequence[Any]) -> set[str]:
    """The keys of the data that read, where each region lies, as the region says."""
    shared: set[str] | None = None
    for task in tasks:
        texts = list_texts(task.get("data")) if isinstance(task, dict) else {}
        for entry in _list_regions(task):
            value = entry["value"]
            if isinstance(value.get("text"), str) and not _lies_in_html(value):
                fitting = {key for key, text in texts.items() if _reads_as_said(text, value)}
                shared = fitting if shared is None else shared & fitting
    return shared or set()


def list_annotations(task: Any) -> list[Any] | None:
    """The annotations of a task, which were called completions before version 1.0; None if there is no list of them."""
    if not isinstance(task, dict):
        return None
    found = task.get("annotations", task.get("completions"))
    return found if isinstance(found, list) else None


def _is_address(text: str, task: Any) -> bool:
    """Whether a text is the address of a file in which the regions lie, and no text that happens to be one."""
    if not ADDRESS.fullmatch(text):
        return False
    values = [entry["value"] for entry in _list_regions(task)]
    reads = any(isinstance(value.get("text"), str) and _reads_as_said(text, value) for value in values)
    return not reads and (bool(values) or OF_STORAGE.match(text) is not None)


def find_place(value: Entry) -> tuple[Any, Any] | None:
    """The place of a region in a text; in HTML, where its own `start` and `end` are paths, the offsets in the text say so."""
    if _lies_in_html(value):
        value = value["globalOffsets"]
    return (value.get("start"), value.get("end")) if "start" in value or "end" in value else None


def list_texts(data: Any) -> dict[str, str]:
    """The texts among the data of a task of Label Studio, by their keys."""
    return (
        {key: value for key, value in data.items() if isinstance(value, str)}
        if isinstance(data, dict)
        else {}
    )


def _lies_in_html(value: Entry) -> bool:
    return isinstance(value.get("globalOffsets"), dict) and not is_whole(value.get("start"))


def _list_regions(task: Any) -> Iterator[Entry]:
    """The entries about a place; whatever is no such entry is for the reader to refuse."""
    for annotation in list_annotations(task) or ():
        result = annotation.get("result") if isinstance(annotation, dict) else None
        for entry in result if isinstance(result, list) else ():
            value = entry.get("value") if isinstance(entry, dict) else None
            if isinstance(value, dict) and find_place(value) is not None:
                yield entry


def _reads_as_said(text: str, value: Entry) -> bool:
    """Whether a text holds, where a region lies, what the region says."""
    return reads_as(text, value.get("start"), value.get("end"), value["text"])


class _TextOfHtml(HTMLParser):
    """Collects what Label Studio counts: the characters of the text, and one for each line break."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _read_html(source: str, document: str) -> str:
    parser = _TextOfHtml()
    try:
        parser.feed(source)
        parser.close()
    except AssertionError as error:  # how the parser ends at a declaration that it does not know
        raise RefusedError(f"document {document!r}: its HTML cannot be read: {error}") from error
    return "".join(parser.parts)
