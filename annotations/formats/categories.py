"""Categories of a whole text, as spaCy has them: each with how well it fits."""

from collections.abc import Mapping
from typing import Any


def read_categories(cats: Any) -> dict[str, Any]:
    """The categories of a text as answers: where all values are 0 or 1, the names of those with 1; otherwise each value by its name.

    >>> read_categories({"news": 1.0, "sport": 0.0}), read_categories({"news": 0.5})
    ({'cats': ['news']}, {'cats.news': 0.5})
    """
    if not isinstance(cats, Mapping) or not cats:
        return {}
    if all(value in (0, 1) for value in cats.values()):
        return {"cats": sorted(str(name) for name, value in cats.items() if value)}
    return {f"cats.{name}": value for name, value in cats.items()}
