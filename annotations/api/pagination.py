"""Keyset pages: stable while rows are added, and as fast at the end as at the start."""

from typing import Any

from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

LONGEST_ID = 18


class CursorPagination(pagination.CursorPagination):
    """Pages in the order of the ids. A cursor that we did not make is refused rather than asked of the database."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_cursor_message = "Take the cursor from 'next' or 'previous' of a page."

    def decode_cursor(self, request: Request) -> Any:
        try:
            cursor = super().decode_cursor(request)
        except (NotFound, UnicodeError, OverflowError) as error:
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from error
        if cursor is not None and cursor.position is not None:
            position = str(cursor.position)
            if not (position.isascii() and position.isdigit() and len(position) <= LONGEST_ID):
                raise ValidationError({"cursor": [self.invalid_cursor_message]})
        return cursor

    def get_page_size(self, request: Request) -> int:
        wanted = str(request.query_params.get(self.page_size_query_param, self.page_size))
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:LONGEST_ID]) <= self.max_page_size:
            return int(wanted)
        raise ValidationError({"page_size": [f"Take a number from 1 to {self.max_page_size}."]})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return parameters


class LatestFirst(CursorPagination):
    ordering = "-id"
