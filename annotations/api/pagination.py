from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Keyset pages: stable while rows are added, and as fast at the end as at the start."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
