"""Any file of annotations that the library knows; the content decides, not the name."""

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from annotations.agreement.data.corpus import Corpus
from annotations.agreement.data.items import Items
from annotations.agreement.errors import InvalidCorpusError
from annotations.agreement.readers.builder import read_items, read_plain
from annotations.agreement.readers.json_lines import read_jsonl
from annotations.agreement.readers.label_studio import read_label_studio
from annotations.agreement.readers.parsing import parse_json


def read_file(path: PathLike[str] | str) -> Corpus | Items:
    """Read plain JSON, a Label Studio JSON export, or our own JSONL of annotations; the content decides.

    Raises
    ------
    InvalidCorpusError
        The file cannot be read, is no JSON, or holds something that cannot be what it claims.
    """
    try:
        content = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidCorpusError(f"cannot read {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise InvalidCorpusError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from error
    try:
        return _read_content(content, path)
    except RecursionError as error:
        raise InvalidCorpusError(f"{path} nests too deeply to be annotations") from error


def _read_content(content: str, path: PathLike[str] | str) -> Corpus | Items:
    try:
        document = parse_json(content)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and content.lstrip().startswith("{"):
            return read_jsonl(content.split("\n"))  # a line may hold what else separates lines
        raise InvalidCorpusError(f"{path} is not JSON: line {error.lineno}, {error.msg}") from error
    except InvalidCorpusError as error:
        raise InvalidCorpusError(f"{path}: {error}") from error
    if isinstance(document, dict) and "spans" in document:
        return read_jsonl([content])
    return read_parsed(document, str(path))


def read_parsed(document: Any, where: str) -> Corpus | Items:
    """Read what a JSON file holds; `where` names it in messages.

    Raises
    ------
    InvalidCorpusError
    """
    if isinstance(document, Sequence) and not isinstance(document, str):
        return read_label_studio(document)
    if isinstance(document, Mapping) and "items" in document and "documents" in document:
        raise InvalidCorpusError(
            f"{where} holds both 'items' and 'documents', which have different metrics; give each in a file of its own"
        )
    if isinstance(document, Mapping) and "items" in document:
        return read_items(document)
    if isinstance(document, Mapping) and "documents" in document:
        return read_plain(document)
    raise InvalidCorpusError(
        f"{where} is neither plain JSON with 'documents' or 'items', nor a Label Studio export (a list of tasks), "
        "nor a project's annotations, exported as JSONL",
    )
