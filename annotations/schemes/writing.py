"""Writing the content of a definition as TOML, so that reading it gives that content again."""

from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w

ORDER = (
    "name",
    "version",
    "title",
    "guidelines",
    "snap",
    "topics",
    "labels",
    "relations",
    "fields",
    "distances",
)
"""The order in which the parts of a definition are written; whatever else it has follows."""


def write_definition(content: Mapping[str, Any]) -> str:
    r"""Write what a definition says as TOML; texts of several lines stay readable where nothing in them would change.

    >>> write_definition({"title": "Small", "name": "small"})
    'name = "small"\ntitle = "Small"\n'
    """
    ordered = {key: content[key] for key in (*ORDER, *content) if key in content}
    has_returns = any("\r" in text for text in _list_texts(ordered))
    return tomli_w.dumps(ordered, multiline_strings=not has_returns)


def _list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _list_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _list_texts(inner)
