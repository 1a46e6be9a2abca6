"""The scheme that a project begins with whose manager makes one by form."""

import re
import unicodedata
from typing import Any

from annotations.limits import MAX_NAME_LENGTH, MAX_SCHEME_TITLE_LENGTH
from annotations.schemes.parts import add_part
from annotations.schemes.writing import write_definition


def begin_definition(title: str) -> str:
    """A definition with one label and nothing else, called by the name of a project."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", letters).lstrip("-0123456789")[:MAX_NAME_LENGTH].strip("-") or "scheme"
    words = " ".join(title.split())[:MAX_SCHEME_TITLE_LENGTH] or "Scheme"
    content: dict[str, Any] = {"name": name, "version": 1, "title": words}
    add_part(content, (), "labels")
    return write_definition(content)
