"""Keyset pages: stable while rows are added, and as fast at the end as at the start."""

import re
from typing import Any

from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from annotations.models.projects import MAX_ID_LENGTH, is_id

CURSOR_FORM = f"[fr]([0-9]{{1,{MAX_ID_LENGTH}}})?(-[0-9]{{1,3}})?"
CURSOR = re.compile(
    f"(?P<direction>[fr])(?P<position>[0-9]{{1,{MAX_ID_LENGTH}}})?(?:-(?P<offset>[0-9]{{1,3}}))?",
    flags=re.ASCII,
)


class CursorPagination(pagination.CursorPagination):
    """Pages in the order of the ids. A cursor that we did not make is refused rather than asked of the database."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_cursor_message = "Take the cursor from 'next' or 'previous' of a page."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Find the ids of the page first, along the index, and then fetch these rows with all that belongs to them."""
        bare = queryset.select_related(None).prefetch_related(None).only("pk")
        found: list[Any] | None = super().paginate_queryset(bare, request, view=view)
        if found is None:
            return None
        rows = {row.pk: row for row in queryset.filter(pk__in=[row.pk for row in found]).order_by()}
        return [rows[row.pk] for row in found if row.pk in rows]

    def encode_cursor(self, cursor: Cursor) -> str:
        """Readable, so that the description can say what a cursor looks like: direction, id and offset."""
        direction = "r" if cursor.reverse else "f"
        encoded = f"{direction}{cursor.position or ''}" + (f"-{cursor.offset}" if cursor.offset else "")
        return str(replace_query_param(self.base_url or "", self.cursor_query_param, encoded))

    def decode_cursor(self, request: Request) -> Any:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        match = CURSOR.fullmatch(encoded)
        if match is None:
            raise ValidationError({"cursor": [self.invalid_cursor_message]})
        return Cursor(
            offset=int(match["offset"] or 0),
            reverse=match["direction"] == "r",
            position=match["position"],  # type: ignore[arg-type]  # a text, as it is compared
        )

    def get_page_size(self, request: Request) -> int:
        wanted = str(request.query_params.get(self.page_size_query_param, self.page_size))
        if is_id(wanted) and 1 <= int(wanted) <= self.max_page_size:
            return int(wanted)
        raise ValidationError({"page_size": [f"Take a number from 1 to {self.max_page_size}."]})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
            if parameter["name"] == self.cursor_query_param:
                parameter["schema"] |= {"pattern": f"^{CURSOR_FORM}$"}
        return parameters


class LatestFirst(CursorPagination):
    """Pages of a list by id, the latest row first."""

    ordering = "-id"
