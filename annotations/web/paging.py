"""What an address asks for: a page of a long list, or a choice. What cannot be had is refused and never ignored."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from annotations.models.projects import is_id

PER_PAGE = 50
MAX_PAGE_NUMBER_LENGTH = 6
MAX_PAGES_BY_NUMBER = 20
"""A page of a long list that is further on is found only from the row beside it."""
Row = TypeVar("Row", bound=Model)


def read_choice(request: HttpRequest, name: str, choices: Iterable[str]) -> str:
    """One of several words that an address may name, or an empty text where it names none of them."""
    chosen = request.GET.getlist(name)
    if len(chosen) > 1 or not set(chosen) <= set(choices):
        raise BadRequest(f"There is no such {name}.")
    return chosen[0] if chosen else ""


def read_page_number(request: HttpRequest) -> int:
    """The number of a page in an address, counted from 1; the first where none is named."""
    wanted = request.GET.get("page", "1")
    if not (
        wanted.isascii() and wanted.isdecimal() and len(wanted) <= MAX_PAGE_NUMBER_LENGTH and int(wanted)
    ):
        raise BadRequest("A page has a number from 1.")
    return int(wanted)


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # of whatever is shown
    """Pages of a list whose length is known already, or that is counted only so far."""

    def __init__(self, rows: Any, per_page: int, *, count: int | None, most: int | None) -> None:
        super().__init__(rows, per_page)
        self._known = count
        self._most = most

    @cached_property
    def count(self) -> int:
        """How many rows there are to page through; where there are more than are counted, so many."""
        if self._known is not None:
            return self._known
        if self._most is None:
            return int(super().count)
        rows: Any = self.object_list
        return int(rows[: self._most].count())

    @property
    def is_open_ended(self) -> bool:
        """Whether there may be more than was counted."""
        return self.count == self._most


def paginate(
    request: HttpRequest,
    rows: "QuerySet[Row, Any] | list[Any]",
    *,
    per_page: int = PER_PAGE,
    count: int | None = None,
    most: int | None = None,
) -> "Page[Any]":
    """The page that the address asks for; of a list that has become shorter since, the last.

    `count` is how many rows there are, where that is known without counting them; `most` is how many are counted and
    shown of a list that has no end.
    """
    return CountedPaginator(rows, per_page, count=count, most=most).get_page(read_page_number(request))


class PageBesideRow(Page[Any]):
    """A page of a list in the order of ids: the next one is found from its last row, so that the last costs no more than the first."""

    @property
    def first_id(self) -> int:
        """The id of the row before which the previous page ends."""
        return int(self.object_list[0].pk)

    @property
    def last_id(self) -> int:
        """The id of the row after which the next page begins."""
        return int(self.object_list[-1].pk)


def paginate_by_id(
    request: HttpRequest, rows: "QuerySet[Row, Any]", *, count: int, per_page: int = PER_PAGE
) -> PageBesideRow:
    """The page of rows, in the order of their ids, that the address asks for: by its number, or by the row `after` or `before` which it is.

    A number alone leads no further than the first pages, since every row before a page would be read to find it.
    """
    paginator = CountedPaginator(rows, per_page, count=count, most=None)
    number = min(read_page_number(request), paginator.num_pages)
    after, before = read_id(request, "after"), read_id(request, "before")
    if before:
        found = list(rows.filter(pk__lt=before).order_by("-pk")[:per_page])[::-1]
    elif after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:per_page])
    else:
        number = min(number, MAX_PAGES_BY_NUMBER)
        start = (number - 1) * per_page
        found = list(rows.order_by("pk")[start : start + per_page])
    if (after or before) and not found:  # what was there is gone
        number, found = 1, list(rows.order_by("pk")[:per_page])
    return PageBesideRow(found, number, paginator)


def read_id(request: HttpRequest, name: str) -> int:
    """The id of a row in an address; 0 where none is named."""
    wanted = request.GET.get(name, "0")
    if not is_id(wanted):
        raise BadRequest("A row is named by its number.")
    return int(wanted)
