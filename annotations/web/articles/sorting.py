"""The order in which articles are listed, as the titles of the columns choose it."""

from dataclasses import dataclass

from django.http import HttpRequest

from annotations.web.paging import read_choice

COLUMNS = {"title": "Article", "length": "Characters", "source": "Source"}
"""The fields that articles are sorted by, and the titles of their columns."""
ORDERS = tuple(f"{sign}{name}" for name in COLUMNS for sign in ("", "-"))


@dataclass(frozen=True, slots=True)
class ColumnTitle:
    """The title of a column, the order that it leads to, and which way it is sorted now, in words that browsers read out."""

    title: str
    leads_to: str
    sorted: str = ""


def read_order(request: HttpRequest) -> str:
    """The order that an address asks for; empty where it asks for none, which is the order in which articles came."""
    return read_choice(request, "sort", ("", *ORDERS))


def list_titles(order: str) -> dict[str, ColumnTitle]:
    """The titles of the columns: the one that is sorted leads to the other way.

    >>> list_titles("-length")["length"], list_titles("")["title"]
    (ColumnTitle(title='Characters', leads_to='length', sorted='descending'), ColumnTitle(title='Article', leads_to='title', sorted=''))
    """
    ways = {"ascending": "", "descending": "-"}
    titles = {}
    for name, title in COLUMNS.items():
        way = next((way for way, sign in ways.items() if order == f"{sign}{name}"), "")
        titles[name] = ColumnTitle(title, f"-{name}" if way == "ascending" else name, way)
    return titles
