"""What a caller may reach: rows of projects in which they have a role, within what their token allows.

Everything that is not reached does not exist for the caller: it is left out of lists and is 404 by its id.
"""

from typing import TYPE_CHECKING, cast

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from annotations.models import ApiToken, Project, Role, TokenScope, User
from annotations.models.projects import is_id
from annotations.projects.archived import ProjectArchivedError, explain_archived

if TYPE_CHECKING:
    from rest_framework.views import APIView

EVERYONE = tuple(Role)
MANAGERS = (Role.MANAGER,)
ADJUDICATION = (Role.MANAGER, Role.ADJUDICATOR)
READERS_OF_GOLD = (Role.MANAGER, Role.ADJUDICATOR, Role.CONSUMER)
READERS_OF_ANNOTATIONS = (Role.MANAGER, Role.CONSUMER)


class IsWithinTokenScope(BasePermission):
    """A token that may only read changes nothing, and one for releases reads nothing else, whatever its owner may do."""

    message = "This token may only read. Make one with the scope 'write'."
    message_of_releases = "This token may only read releases. Make one with the scope 'read'."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = token_of(request)
        if token is None or token.scope == TokenScope.WRITE:
            return True
        if token.scope == TokenScope.RELEASES and not getattr(view, "is_of_releases", False):
            self.message = self.message_of_releases
            return False
        return request.method in SAFE_METHODS


def user_of(request: Request) -> User:
    """The person who makes a request; permissions have made sure that there is one."""
    return cast("User", request.user)


def token_of(request: Request) -> ApiToken | None:
    """The token that a request came with, or None where it came with a session."""
    return request.auth if isinstance(request.auth, ApiToken) else None


def find_projects(request: Request, *roles: str, with_archived: bool = False) -> QuerySet[Project]:
    """The projects in which the caller has one of the roles, and that their token is for; archived ones where they are named."""
    projects = Project.objects.with_role(user_of(request), *roles, with_archived=with_archived)
    token = token_of(request)
    if token is not None and token.project_id is not None:
        projects = projects.filter(pk=token.project_id)
    return projects


def find_named(request: Request, name: str) -> Project:
    """A project by its id or, as on the command line, by its slug; missing for whoever has no role in it.

    Digits are an id, so that a slug that happens to be a number never stands for another project.
    """
    own = find_projects(request, *EVERYONE, with_archived=True).select_related("scheme")
    project = own.filter(pk=int(name)).first() if is_id(name) else own.filter(slug=name).first()
    if project is None:
        raise NotFound(f"There is no project “{name}” in which you have a role.")
    return project


def require_project(request: Request, name: str, *roles: str) -> Project:
    """A project by its id or slug: missing for whoever is not in it, refused for those in it without one of the roles.

    What would change an archived project is refused too.
    """
    project = find_named(request, name)
    if not project.roles_of(user_of(request)) & set(roles):
        raise PermissionDenied(f"Only for these roles in this project: {', '.join(roles)}.")
    if request.method not in SAFE_METHODS and project.archived_at is not None:
        raise ProjectArchivedError(explain_archived(project))
    return project
