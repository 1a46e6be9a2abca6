"""What every page shows around its content: the person's roles and the tabs of the project that they are in."""

from collections.abc import Mapping
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
    """A page of a project in its navigation.

    Pages whose address begins with that of the tab show as it too, and so do those that are named under it. `key` is
    what leads there after `g`.
    """

    title: str
    page: str
    key: str
    roles: tuple[str, ...] = (MANAGER,)
    pages: tuple[str, ...] = ()


TABS = (
    Tab("Overview", "project", "o", EVERY_ROLE),
    Tab("Articles", "articles", "a", (MANAGER, ADJUDICATOR)),
    Tab("Rounds", "rounds", "r", pages=("task", "withdraw")),
    Tab("Adjudication", "adjudication", "j", (MANAGER, ADJUDICATOR)),
    Tab("Agreement", "agreement", "m"),
    Tab("Releases", "releases", "l", (MANAGER, ADJUDICATOR, CONSUMER)),
    Tab("Guidelines", "guidelines", "g", EVERY_ROLE),
    Tab("People", "people", "e"),
    Tab("Activity", "activity", "y", pages=("jobs", "job")),
    Tab("Settings", "settings", "s", pages=("delete-project", "webhooks")),
)


@dataclass(frozen=True, slots=True)
class ShownTab:
    """A tab of a project's pages, and whether it is the current one."""

    title: str
    url: str
    key: str
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
    page = request.resolver_match.url_name if request.resolver_match else None
    addresses = {tab: reverse(f"web:{tab.page}", args=[project.slug]) for tab in TABS}
    current = find_tab(page, request.path, addresses)
    tabs = [
        ShownTab(tab.title, address, tab.key, tab == current)
        for tab, address in addresses.items()
        if roles.intersection(tab.roles)
    ]
    n_hidden = cache(lambda: count_hidden(project, request.user))  # type: ignore[arg-type]  # a member
    return context | {"project": project, "roles": roles, "tabs": tabs, "n_hidden": n_hidden}


def find_tab(page: str | None, path: str, addresses: Mapping[Tab, str]) -> Tab | None:
    """The tab that names the page, or else the one whose address is the longest beginning of the path."""
    for tab in addresses:
        if page in tab.pages:
            return tab
    above = [tab for tab, address in addresses.items() if path.startswith(address)]
    return max(above, key=lambda tab: len(addresses[tab]), default=None)


def find_roles(request: HttpRequest) -> set[str]:
    """Every role that the person holds in any project."""
    if not request.user.is_authenticated:
        return set()
    return set(
        Membership.objects.filter(user=request.user, project__archived_at=None)
        .values_list("role", flat=True)
        .distinct(),
    )
