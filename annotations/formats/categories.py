"""Categories of a whole text, as spaCy has them: each with how well it fits."""

from collections.abc import Mapping
from typing import Any


def read_categories(cats: Any) -> dict[str, Any]:
    """The answers that categories are: those that fit, where each fits or does not; otherwise how well each does.

    >>> read_categories({"news": 1.0, "sport": 0.0}), read_categories({"news": 0.5})
    ({'cats': ['news']}, {'cats.news': 0.5})
    """
    if not isinstance(cats, Mapping) or not cats:
        return {}
    if all(value in (0, 1) for value in cats.values()):
        return {"cats": sorted(str(name) for name, value in cats.items() if value)}
    return {f"cats.{name}": value for name, value in cats.items()}
