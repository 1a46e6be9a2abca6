"""What all of the API's views share."""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from annotations.api.access import find_projects, require_project, user_of
from annotations.api.filters import check_parameters, filter_by_project
from annotations.blindness import keep_visible
from annotations.models import Project, Role

Row = TypeVar("Row", bound=Model)
PROJECT = "project"
"""The parameter by which lists are narrowed to one project."""


class OneFormNegotiation(BaseContentNegotiation):
    """Everything is JSON whatever the caller accepts; exports name their form in the address."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        wanted = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002 - theirs
        return renderers[0], renderers[0].media_type


class PrivateView(APIView):
    """Answers are for the caller alone and are kept by nobody on the way."""

    content_negotiation_class = OneFormNegotiation
    metadata_class = None
    other_parameters: tuple[str, ...] = ()
    """What a query may hold besides filters and paging."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "private, no-store"
        return answer


class ProjectRowsView(PrivateView, GenericAPIView[Row]):
    """Rows of the projects in which the caller has one of the roles; everything else does not exist for them."""

    lookup_field = "pk"
    readers: ClassVar[tuple[str, ...]]
    project_path: ClassVar[str] = "project"
    article_path: ClassVar[str] = ""
    """The way to the article of which a row tells what was made of it, where its annotators must not see that."""
    detail_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return self.narrow(rows)

    def find_projects(self, *roles: str) -> QuerySet[Project]:
        """The caller's projects in one of the roles: archived ones too where a row or a project is named."""
        is_named = self.lookup_field in self.kwargs or PROJECT in self.request.query_params
        return find_projects(self.request, *roles, with_archived=is_named)

    def require_manager(self, project_id: int) -> Project:
        """The project of a row that a manager is about to change."""
        return require_project(self.request, str(project_id), Role.MANAGER)

    def read_body(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The body of a request, checked."""
        reader = serializer(data=self.request.data)
        reader.is_valid(raise_exception=True)
        checked: dict[str, Any] = reader.validated_data
        return checked

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        request: Request = self.request
        projects = self.find_projects(*self.readers).values_list("pk", flat=True)
        rows = filter_by_project(rows, self.project_path, projects)
        return keep_visible(rows, user_of(request), article=self.article_path) if self.article_path else rows

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.detail_serializer_class and self.lookup_field in self.kwargs:
            return self.detail_serializer_class
        chosen: type[BaseSerializer[Any]] = super().get_serializer_class()
        return chosen


def read_parameters(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """The query of a request, checked; a parameter that does not exist is refused."""
    check_parameters(request, known=serializer().fields)
    reader = serializer(data=request.query_params.dict())
    reader.is_valid(raise_exception=True)
    checked: dict[str, Any] = reader.validated_data
    return checked
