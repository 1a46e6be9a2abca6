"""What an address asks for: a page of a long list, or a choice. What cannot be had is refused and never ignored."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PER_PAGE = 50
MAX_PAGE_NUMBER_LENGTH = 6
Row = TypeVar("Row", bound=Model)


def read_choice(request: HttpRequest, name: str, choices: Iterable[str]) -> str:
    """One of the choices, or an empty text where the address names none."""
    chosen = request.GET.getlist(name)
    if len(chosen) > 1 or not set(chosen) <= set(choices):
        raise BadRequest(f"There is no such {name}.")
    return chosen[0] if chosen else ""


def read_page_number(request: HttpRequest) -> int:
    """From 1; the first where the address names none."""
    wanted = request.GET.get("page", "1")
    if not (
        wanted.isascii() and wanted.isdecimal() and len(wanted) <= MAX_PAGE_NUMBER_LENGTH and int(wanted)
    ):
        raise BadRequest("A page has a number from 1.")
    return int(wanted)


def paginate(
    request: HttpRequest, rows: "QuerySet[Row, Any] | list[Any]", *, per_page: int = PER_PAGE
) -> "Page[Any]":
    """The page that the address asks for; of a list that has become shorter since, the last."""
    return Paginator(rows, per_page).get_page(read_page_number(request))
