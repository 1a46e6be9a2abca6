"""In which language a text is written, told by py3langid in a process of its own: its tables take 100 MB.

Only what is told with certainty is said, and only where the file says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, BinaryIO

from annotations.formats.documents import Document
from annotations.formats.isolation import ask
from annotations.formats.ports import TextOptions
from annotations.limits import MAX_READER_SECONDS

LANGUAGE = "language"
LOOKED_AT = 1_000
"""Code points of a text that are looked at."""
MIN_LETTERS = 60
"""A text of fewer letters could be of many languages."""
CERTAIN = 0.8
CERTAIN_OF_DENSE = 0.5
"""Of scripts that few languages have, in which a text has few letters."""
NO_LANGUAGE = "zxx"
LETTER = re.compile(r"[^\W\d_]")
NO_CASES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
"""Letters of which one says as much as several of others."""
WORTH = 4


def detect_language(text: str) -> str:
    """The language of a text as a tag, or nothing where it is too short or not certain."""
    part = text[:LOOKED_AT]
    if len(LETTER.findall(part)) + WORTH * len(NO_CASES.findall(part)) < MIN_LETTERS:
        return ""
    content = part.encode("utf-8", "replace")
    request = {"place": "", "seconds": MAX_READER_SECONDS, "options": {}, "path": None, "size": len(content)}
    answers = list(ask("annotations.formats.texts.detection:answer", request, content))
    return str(answers[0].get(LANGUAGE, "")) if answers else ""


def add_language(document: Document) -> Document:
    """A document with the language of its text in its metadata, unless the file says one."""
    if document.text is None or any(name.lower() in {LANGUAGE, "lang"} for name in document.metadata):
        return document
    found = detect_language(document.text)
    return replace(document, metadata={**document.metadata, LANGUAGE: found}) if found else document


def answer(stream: BinaryIO, _place: str, _options: TextOptions) -> Iterator[dict[str, Any]]:
    """Say in the process for it in which language the text of a stream is."""
    text = stream.read().decode("utf-8", "replace")
    name, share = prepare().classify(text)
    is_dense = 2 * len(NO_CASES.findall(text)) > len(text)
    is_certain = name != NO_LANGUAGE and share >= (CERTAIN_OF_DENSE if is_dense else CERTAIN)
    yield {LANGUAGE: name if is_certain else ""}


@lru_cache(maxsize=1)
def prepare() -> Any:
    """Load the tables of py3langid, once in a process."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
