"""What every page shows around its content: the person's roles and the tabs of the project that they are in."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from annotations.blindness import count_hidden
from annotations.models import Membership, Role
from annotations.web.access import EVERY_ROLE

MANAGER, ADJUDICATOR, CONSUMER = Role.MANAGER.value, Role.ADJUDICATOR.value, Role.CONSUMER.value


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a project in its navigation; the pages named under it show as that tab too."""

    title: str
    page: str
    roles: tuple[str, ...] = (MANAGER,)
    pages: tuple[str, ...] = ()


TABS = (
    Tab("Overview", "project", EVERY_ROLE, pages=("quarantine", "notes")),
    Tab("Articles", "articles", (MANAGER, ADJUDICATOR), pages=("article", "add-articles")),
    Tab("Rounds", "rounds", pages=("round", "plan-round", "task")),
    Tab("Adjudication", "adjudication", (ADJUDICATOR,), pages=("adjudicate",)),
    Tab("Agreement", "agreement", pages=("agreement-examples",)),
    Tab("Releases", "releases", (MANAGER, ADJUDICATOR, CONSUMER), pages=("release",)),
    Tab("Guidelines", "guidelines", EVERY_ROLE, pages=("revise-scheme",)),
    Tab("People", "people", pages=("invite", "issue-link")),
    Tab("Activity", "activity", pages=("jobs",)),
)


@dataclass(frozen=True, slots=True)
class ShownTab:
    title: str
    url: str
    is_current: bool


def show_surroundings(request: HttpRequest) -> dict[str, Any]:
    """Add `all_roles` and `section` to every template, and within a project `project`, `roles`, `tabs` and `n_hidden`.

    `n_hidden` is how many of its articles are hidden from the person because they annotate them.
    """
    context: dict[str, Any] = {
        "all_roles": SimpleLazyObject(lambda: find_roles(request)),
        "section": "work" if request.path.startswith("/work/") else "projects",
    }
    project = getattr(request, "project", None)
    if project is None:
        return context
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    current = request.resolver_match.url_name if request.resolver_match else None
    tabs = [
        ShownTab(
            tab.title, reverse(f"web:{tab.page}", args=[project.slug]), current in {tab.page, *tab.pages}
        )
        for tab in TABS
        if roles.intersection(tab.roles)
    ]
    n_hidden = cache(lambda: count_hidden(project, request.user))  # type: ignore[arg-type]  # a member
    return context | {"project": project, "roles": roles, "tabs": tabs, "n_hidden": n_hidden}


def find_roles(request: HttpRequest) -> set[str]:
    """Every role that the person holds in any project."""
    if not request.user.is_authenticated:
        return set()
    return set(
        Membership.objects.filter(user=request.user, project__archived_at=None)
        .values_list("role", flat=True)
        .distinct(),
    )
