"""Filters by an allowlist: what is not named in a filter set is refused, so a mistyped filter never returns everything."""

from collections.abc import Iterable
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


def check_parameters(request: Request, *, known: Iterable[str]) -> None:
    """Refuse what would be ignored: a parameter that does not exist, is given twice, or has no value."""
    names = sorted(known)
    query = request.query_params
    wrong = {
        **{
            name: "It has no value: give it one, or leave it out."
            for name in query
            if not query[name].strip()
        },
        **{name: "It is given more than once." for name in query if len(query.getlist(name)) > 1},
        **{
            name: f"There is no such parameter; there are {', '.join(names)}."
            for name in query
            if name not in names
        },
    }
    if wrong:
        raise ValidationError({name: [message] for name, message in sorted(wrong.items())})


class AllowlistFilterBackend(filters.DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> QuerySet[Any]:
        chosen = self.get_filterset_class(view, queryset)
        known = PAGING | set(getattr(view, "other_parameters", ()))
        known |= set(chosen.base_filters) if chosen else set()
        check_parameters(request, known=known)
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
