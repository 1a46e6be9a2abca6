"""Filters by an allowlist: what is not named in a filter set is refused, so a mistyped filter never returns everything."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from annotations.api.access import find_named
from annotations.limits import MAX_SEARCH_LENGTH, MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_ID = 10**18 - 1
NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""What a text must be: something besides spaces, and no NUL."""
COLUMN_AND_VALUE = r"^[^\s\x00=][^\x00=]*=[^\x00]*[^\s\x00][^\x00]*$"
"""A column, an equals sign and a value."""
PROJECT_NAME = "[-a-zA-Z0-9_]{1,50}"
"""An id or a slug."""
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
            name: f"There is no such parameter; there are {', '.join(names) or 'none here'}."
            for name in query
            if name not in names
        },
    }
    if wrong:
        raise ValidationError({name: [message] for name, message in sorted(wrong.items())})


class AllowlistFilterBackend(filters.DjangoFilterBackend):
    """Filters by the set that a view names, or else by project along its `project_path`."""

    def get_filterset_class(self, view: "APIView", queryset: QuerySet[Any] | None = None) -> Any:
        path = getattr(view, "project_path", "")
        if path and not hasattr(view, "filterset_class"):
            return make_project_filters(path)
        return super().get_filterset_class(view, queryset)

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: "APIView") -> QuerySet[Any]:
        chosen = self.get_filterset_class(view, queryset)
        known = PAGING | set(getattr(view, "other_parameters", ()))
        known |= set(chosen.base_filters) if chosen else set()
        check_parameters(request, known=known)
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class IdField(forms.IntegerField):
    """A query parameter that is the id of a row, within the numbers that the database has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "min_value": 1, "max_value": MAX_ID})


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MAX_ID})
class IdFilter(filters.NumberFilter):
    """Compares with an id as it is: whether a row of that id exists is not told."""

    field_class = IdField

    def get_max_validator(self) -> None:
        return None


def filter_by_project(rows: QuerySet[Any], path: str, projects: Iterable[int]) -> QuerySet[Any]:
    """The rows that belong to one of the projects by a path, so that a page is read in order and no further than it goes.

    A single project is named, because its index has the order. SQLite, which plans without knowing the tables, would sort
    all that a join through the path gives, so there each row is asked; PostgreSQL knows how many rows a join gives.
    """
    ids = list(projects)
    if LOOKUP_SEP not in path or connection.vendor != "sqlite":
        return rows.filter(**({path: ids[0]} if len(ids) == 1 else {f"{path}__in": ids}))
    theirs = rows.model._default_manager.filter(pk=OuterRef("pk"), **{f"{path}__in": ids})  # noqa: SLF001 - documented
    return rows.filter(Exists(theirs.order_by()))


class ProjectNameField(forms.CharField):
    """A query parameter that names a project by its id or its slug."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = [RegexValidator(rf"\A{PROJECT_NAME}\Z", "Give the id or the slug of a project.")]


@extend_schema_field({"type": "string", "pattern": f"^{PROJECT_NAME}$"})
class OwnProjectFilter(filters.CharFilter):
    """Rows of a project, by its id or slug, which may be most of the table; one that is not the caller's is missing."""

    field_class = ProjectNameField

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        parent: Any = self.parent
        return filter_by_project(qs, str(self.field_name), [find_named(parent.request, value).pk])


@cache
def make_project_filters(path: str) -> type[filters.FilterSet]:
    """The filters of rows of which nothing else is asked than whose project they belong to."""
    return type("ProjectFilters", (filters.FilterSet,), {"project": OwnProjectFilter(path)})


@extend_schema_field({"type": "string", "minLength": 1, "pattern": NOT_BLANK})
class TextFilter(filters.CharFilter):
    """Compares with a text, which is not blank."""


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": MAX_SEARCH_LENGTH, "pattern": NOT_BLANK})
class SearchFilter(filters.CharFilter):
    """Looks for words, in no more characters than the search of a page takes."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options, max_length=MAX_SEARCH_LENGTH)


@extend_schema_field({"type": "string", "pattern": COLUMN_AND_VALUE})
class ColumnFilter(filters.CharFilter):
    """Compares a column of the metadata with a value, which stands behind an equals sign."""

    def __init__(self, *names: Any, **options: Any) -> None:
        message = "Give a column and its value, such as source=wire."
        super().__init__(*names, **options, validators=[RegexValidator(COLUMN_AND_VALUE, message)])


class LengthField(forms.IntegerField):
    """A query parameter that is a number of characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "min_value": 0, "max_value": MAX_TEXT_LENGTH})


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MAX_TEXT_LENGTH})
class LengthFilter(filters.NumberFilter):
    """Compares with the number of characters of a text."""

    field_class = LengthField

    def get_max_validator(self) -> None:
        return None


@extend_schema_field({"type": "boolean"})
class TruthFilter(filters.TypedChoiceFilter):
    """Compares with true or false, and refuses anything else; the one of the library ignores it."""

    def __init__(self, *names: str, **options: Any) -> None:
        choices = [(word, word) for word in ("true", "false")]
        super().__init__(*names, **{**options, "choices": choices, "coerce": lambda word: word == "true"})
