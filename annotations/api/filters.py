"""Filters by an allowlist: what is not named in a filter set is refused, so a mistyped filter never returns everything."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

LARGEST_ID = 10**18 - 1
PAGING = frozenset({"cursor", "page_size"})


class AllowlistFilterBackend(filters.DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> QuerySet[Any]:
        chosen = self.get_filterset_class(view, queryset)
        known = PAGING | set(getattr(view, "other_parameters", ()))
        known |= set(chosen.base_filters) if chosen else set()
        if unknown := sorted(set(request.query_params) - known):
            names = ", ".join(sorted(known))
            raise ValidationError(
                {name: [f"There is no such parameter; there are {names}."] for name in unknown}
            )
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class IdField(forms.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "min_value": 1, "max_value": LARGEST_ID})


class IdFilter(filters.NumberFilter):
    """Compares with an id as it is: whether a row of that id exists is not told."""

    field_class = IdField

    def get_max_validator(self) -> None:
        return None
