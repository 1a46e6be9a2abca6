"""What a caller may reach: rows of projects in which they have a role, within what their token allows.

Everything that is not reached does not exist for the caller: it is left out of lists and is 404 by its id.
"""

from typing import TYPE_CHECKING, cast

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from annotations.models import ApiToken, Project, Role, TokenScope, User

if TYPE_CHECKING:
    from rest_framework.views import APIView

EVERYONE = tuple(Role)
MANAGERS = (Role.MANAGER,)
ADJUDICATION = (Role.MANAGER, Role.ADJUDICATOR)
READERS_OF_GOLD = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)
READERS_OF_ANNOTATIONS = (Role.MANAGER, Role.CONSUMER)


class IsWithinTokenScope(BasePermission):
    """A token that may only read changes nothing, whatever its owner may do."""

    message = "This token may only read. Make one with the scope 'write'."

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002 - theirs
        token = token_of(request)
        return token is None or request.method in SAFE_METHODS or token.scope == TokenScope.WRITE


def user_of(request: Request) -> User:
    return cast("User", request.user)


def token_of(request: Request) -> ApiToken | None:
    return request.auth if isinstance(request.auth, ApiToken) else None


def find_projects(request: Request, *roles: str) -> QuerySet[Project]:
    """The projects in which the caller has one of the roles, and that their token is for."""
    projects = Project.objects.with_role(user_of(request), *roles)
    token = token_of(request)
    if token is not None and token.project_id is not None:
        projects = projects.filter(pk=token.project_id)
    return projects


def require_project(request: Request, project_id: int, *roles: str) -> Project:
    """A project by its id: missing for whoever is not in it, refused for those in it without one of the roles."""
    project = find_projects(request, *EVERYONE).select_related("scheme").filter(pk=project_id).first()
    if project is None:
        raise Http404
    if not project.roles_of(user_of(request)) & set(roles):
        raise PermissionDenied(f"Only for these roles in this project: {', '.join(roles)}.")
    return project
