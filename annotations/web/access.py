"""Who may open a page: signed-in people, and members of a project in the right role. To others it is not there."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from annotations.models import Membership, Project, Role, User
from annotations.projects.archived import explain_archived
from annotations.projects.second_factors import are_offered

Rest = ParamSpec("Rest")
EVERY_ROLE = tuple(Role.values)


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


class MemberRequest(PersonRequest):
    """A request within a project, by one of its members."""

    project: Project
    roles: frozenset[str]


Person = TypeVar("Person", bound=PersonRequest)
Page = Callable[..., HttpResponseBase]


def person_page(view: Callable[Concatenate[Person, Rest], HttpResponseBase]) -> Page:
    """Let in whoever is signed in; send others to sign in first."""

    @wraps(view)
    def guarded(request: Person, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        for query in (request.GET, request.POST):
            check_storable(query)
        return view(request, *args, **kwargs)

    page: Page = never_cache(login_required(guarded))
    return page


def entered_again(view: Page) -> Page:
    """Let in whoever has entered their password or second factor within minutes, and ask others for it first.

    Who has neither came by a link, and there is nothing to ask for; nor is there without the libraries of the team.
    """
    if not are_offered():
        return view
    from allauth.account.adapter import get_adapter
    from allauth.account.decorators import reauthentication_required

    def has_a_secret(request: PersonRequest) -> bool:
        return bool(get_adapter(request).get_reauthentication_methods(request.user))

    guarded: Page = reauthentication_required(enabled=has_a_secret)(view)
    return guarded


def check_storable(query: QueryDict) -> None:
    """Refuse a NUL in what an address or a form says, which no database stores in a text."""
    for name, values in query.lists():
        if "\0" in name or any("\0" in str(value) for value in values):
            raise BadRequest(
                "A field holds a NUL, a character that cannot be kept: remove it, and send it again."
            )


def installation_page(view: Callable[Concatenate[PersonRequest, Rest], HttpResponseBase]) -> Page:
    """Let in whoever runs the installation; for everyone else the page does not exist."""

    @wraps(view)
    def guarded(request: PersonRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.user.is_superuser:
            raise Http404("There is no such page for you.")
        return view(request, *args, **kwargs)

    return person_page(guarded)


def member_page(
    *roles: str,
    changes_archived: bool = False,
    is_for_a_change: bool = False,
) -> Callable[[Callable[Concatenate[MemberRequest, Rest], HttpResponseBase]], Page]:
    """Let in members who hold one of the roles, and tell the view the project and all their roles in it.

    The address names the project by its slug. For everyone else the page does not exist, so that nobody
    learns the names of projects by trying. An archived project is read only: what would change it is refused, but
    where a page is made for archived projects too. A page that has nothing but the form of a change says so there.
    """
    allowed = frozenset(roles or EVERY_ROLE)

    def decorate(view: Callable[Concatenate[MemberRequest, Rest], HttpResponseBase]) -> Page:
        @wraps(view)
        def guarded(
            request: MemberRequest, /, slug: str, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            memberships = list(
                Membership.objects.filter(user=request.user, project__slug=slug).select_related(
                    "project__scheme"
                ),
            )
            held = frozenset(membership.role for membership in memberships)
            if not held & allowed:
                raise Http404("There is no such page for you.")
            request.project, request.roles = memberships[0].project, held
            is_read = request.method in {"GET", "HEAD"}
            is_refused = is_for_a_change if is_read else not changes_archived
            if request.project.archived_at is not None and is_refused:
                return render(
                    request,
                    "annotations/projects/archived.html",
                    {"reason": explain_archived(request.project), "is_read": is_read},
                    status=HTTPStatus.OK if is_read else HTTPStatus.CONFLICT,
                )
            return view(request, *args, **kwargs)

        return person_page(guarded)

    return decorate
