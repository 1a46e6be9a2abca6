"""Long lists a page at a time."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PER_PAGE = 50
Row = TypeVar("Row", bound=Model)


def paginate(request: HttpRequest, rows: QuerySet[Row, Any], *, per_page: int = PER_PAGE) -> "Page[Any]":
    """The page that the address asks for; one out of range gives the nearest."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
