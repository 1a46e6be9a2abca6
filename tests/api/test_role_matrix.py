"""Every route of the API, with every method, for everybody: generated from the URLconf."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLResolver, reverse
from rest_framework.test import APIClient

from annotations.api.v1.urls import router, urlpatterns
from annotations.models import ApiToken, Role
from tests.api.world import (
    ANONYMOUS,
    CALLERS,
    ROLES,
    STRANGER,
    World,
    call_as,
    call_with_token,
    make_world,
    membership_of,
)

pytestmark = pytest.mark.django_db

Route = tuple[str, str]
METHODS = ("get", "post", "put", "patch", "delete", "options", "trace")
READ, ADJUDICATION = "manager adjudicator annotator consumer", "manager adjudicator"
GOLD = "manager adjudicator consumer"


def listed() -> dict[str, int]:
    """Everybody may ask for a list; what is in it is a matter of roles (tested below)."""
    return {**dict.fromkeys([*ROLES, STRANGER], 200), ANONYMOUS: 401}


def shown_to(roles: str) -> dict[str, int]:
    """A row by its id does not exist for whoever has no role that reads it."""
    return {
        **dict.fromkeys([*ROLES, STRANGER], 404),
        **dict.fromkeys(roles.split(), 200),
        ANONYMOUS: 401,
    }


def in_project(roles: str, status: int) -> dict[str, int]:
    """Members of a project learn that they lack the role; for strangers there is no such project."""
    return {
        **dict.fromkeys(ROLES, 403),
        **dict.fromkeys(roles.split(), status),
        STRANGER: 404,
        ANONYMOUS: 401,
    }


def everybody(status: int) -> dict[str, int]:
    return {**dict.fromkeys([*ROLES, STRANGER], status), ANONYMOUS: 401}


def changed_by_manager(readers: str, status: int) -> dict[str, int]:
    """A row that some roles read and only a manager changes; for all others it does not exist."""
    return {**shown_to(readers), **dict.fromkeys(readers.split(), 403), Role.MANAGER: status}


MATRIX: dict[Route, dict[str, int]] = {
    ("projects-list", "get"): listed(),
    ("projects-list", "post"): {**everybody(403), Role.MANAGER: 201, STRANGER: 201},
    ("projects-detail", "get"): shown_to(READ),
    ("projects-detail", "patch"): in_project("manager", 200),
    ("projects-detail", "delete"): in_project("manager", 409),
    ("projects-schemes", "post"): in_project("manager", 201),
    ("projects-guidelines", "post"): in_project("manager", 201),
    ("projects-annotations", "get"): in_project("manager consumer", 200),
    ("projects-agreement", "get"): in_project("manager", 200),
    ("projects-overview", "get"): in_project("manager", 200),
    ("projects-articles", "post"): in_project("manager", 201),
    ("projects-rounds", "post"): in_project("manager", 201),
    ("projects-releases", "post"): in_project("manager", 201),
    ("projects-memberships", "post"): in_project("manager", 201),
    ("memberships-list", "get"): listed(),
    ("memberships-detail", "get"): shown_to("manager"),
    ("memberships-detail", "delete"): shown_to("manager") | {Role.MANAGER: 204},
    ("memberships-detail", "patch"): shown_to("manager"),
    ("schemes-list", "get"): listed(),
    ("schemes-detail", "get"): everybody(200),
    ("corrections-list", "get"): listed(),
    ("corrections-detail", "get"): shown_to(READ),
    ("articles-list", "get"): listed(),
    ("articles-detail", "get"): shown_to(GOLD),
    ("articles-detail", "patch"): changed_by_manager(GOLD, 200),
    ("articles-detail", "delete"): changed_by_manager(GOLD, 409),
    ("predictors-list", "get"): listed(),
    ("predictors-detail", "get"): shown_to("manager"),
    ("predictions-list", "get"): listed(),
    ("predictions-list", "post"): in_project("manager", 202),
    ("predictions-detail", "get"): shown_to("manager"),
    ("imports-list", "get"): listed(),
    ("imports-detail", "get"): shown_to("manager"),
    ("imports-detail", "delete"): shown_to("manager") | {Role.MANAGER: 204},
    ("duplicates-list", "get"): listed(),
    ("duplicates-detail", "get"): shown_to(ADJUDICATION),
    ("duplicates-detail", "patch"): changed_by_manager(ADJUDICATION, 200),
    ("imports-list", "post"): in_project("manager", 201),
    ("imports-files", "get"): shown_to("manager"),
    ("imports-files", "post"): shown_to("manager") | {Role.MANAGER: 409},
    ("imports-files", "put"): shown_to("manager") | {Role.MANAGER: 400},
    ("imports-read", "post"): shown_to("manager") | {Role.MANAGER: 409},
    ("imports-preview", "get"): shown_to("manager"),
    ("imports-publish", "post"): shown_to("manager") | {Role.MANAGER: 409},
    ("sets-list", "get"): listed(),
    ("sets-detail", "get"): shown_to(ADJUDICATION),
    ("sets-detail", "delete"): changed_by_manager(ADJUDICATION, 204),
    ("projects-sets", "post"): in_project("manager", 201),
    ("rounds-list", "get"): listed(),
    ("rounds-detail", "get"): shown_to(ADJUDICATION),
    ("rounds-detail", "patch"): changed_by_manager(ADJUDICATION, 200),
    ("tasks-list", "get"): listed(),
    ("tasks-detail", "get"): shown_to(ADJUDICATION),
    ("assignments-list", "get"): listed(),
    ("assignments-detail", "get"): shown_to("manager"),
    ("annotations-list", "get"): listed(),
    ("annotations-detail", "get"): shown_to("manager consumer"),
    ("decisions-list", "get"): listed(),
    ("decisions-detail", "get"): shown_to(ADJUDICATION),
    ("gold-list", "get"): listed(),
    ("gold-detail", "get"): shown_to(GOLD),
    ("releases-list", "get"): listed(),
    ("releases-detail", "get"): shown_to(GOLD),
    ("releases-export", "get"): shown_to(GOLD),
    ("releases-card", "get"): shown_to(GOLD),
    ("releases-manifest", "get"): shown_to(GOLD),
    ("releases-publish", "post"): changed_by_manager(GOLD, 200),
    ("releases-withdraw", "post"): changed_by_manager(GOLD, 200),
    ("releases-folder", "get"): shown_to(GOLD),
    ("releases-splits", "get"): shown_to(GOLD),
    ("releases-changes", "get"): shown_to(""),
    ("drafts-list", "get"): listed(),
    ("drafts-list", "post"): in_project("manager", 201),
    ("drafts-detail", "get"): shown_to("manager"),
    ("drafts-detail", "delete"): shown_to("manager") | {Role.MANAGER: 204},
    ("drafts-freeze", "post"): shown_to("manager") | {Role.MANAGER: 201},
    ("jobs-list", "get"): listed(),
    ("jobs-detail", "get"): shown_to("manager"),
    ("jobs-cancel", "post"): shown_to("manager") | {Role.MANAGER: 409},
    ("jobs-retry", "post"): shown_to("manager") | {Role.MANAGER: 409},
    ("events-list", "get"): listed(),
    ("events-detail", "get"): shown_to("manager"),
    ("tokens-list", "get"): listed(),
    ("tokens-list", "post"): everybody(201),
    ("tokens-detail", "delete"): everybody(404),
    ("schema", "get"): everybody(200),
    ("docs", "get"): everybody(200),
    ("nowhere", "get"): {**dict.fromkeys(CALLERS, 404)},
}


def token_of_an_annotator(world: World) -> Any:
    call_with_token(world.others[0])
    return ApiToken.objects.filter(user=world.others[0])[0].token_key


IDS: dict[str, Callable[[World], Any]] = {
    "projects": lambda world: world.project.pk,
    "memberships": lambda world: membership_of(world, Role.ANNOTATOR).pk,
    "schemes": lambda world: world.project.scheme_id,
    "articles": lambda world: world.decided.article_id,
    "imports": lambda world: world.made.pk,
    "corrections": lambda world: world.revision.pk,
    "duplicates": lambda world: world.copies.pk,
    "sets": lambda world: world.article_set.pk,
    "rounds": lambda world: world.decided.round_id,
    "tasks": lambda world: world.decided.pk,
    "assignments": lambda world: world.annotation.assignment_id,
    "annotations": lambda world: world.annotation.pk,
    "predictors": lambda world: world.prediction.predictor_id,
    "predictions": lambda world: world.prediction.pk,
    "decisions": lambda world: world.decided.decisions.all()[0].pk,
    "gold": lambda world: world.gold.pk,
    "releases": lambda world: world.release.pk,
    "drafts": lambda world: world.draft.pk,
    "jobs": lambda world: world.job.pk,
    "events": lambda world: world.event.pk,
    "tokens": token_of_an_annotator,
}

BODIES: dict[Route, Callable[[World], Any]] = {
    ("predictions-list", "post"): lambda world: {"project": world.project.pk, "by": "rules"},
    ("projects-list", "post"): lambda _: {"name": "Editorials", "scheme": "argument-v1"},
    ("projects-detail", "patch"): lambda _: {"name": "Editorials", "queue_depth": 9},
    ("projects-schemes", "post"): lambda world: {
        "definition": world.project.scheme.source.replace("version = 1", "version = 2", 1)
    },
    ("projects-guidelines", "post"): lambda world: {
        "name": "Clearer still",
        "definition": world.project.scheme.source.replace("Read the whole article", "Read all", 1),
    },
    ("articles-detail", "patch"): lambda _: {"exclusion_reason": "An advertisement"},
    ("duplicates-detail", "patch"): lambda _: {"verdict": "group"},
    ("projects-sets", "post"): lambda _: {"name": "Short", "choice": {"max_length": 100}},
    ("rounds-detail", "patch"): lambda _: {"name": "Pilot", "closed": True},
    ("imports-list", "post"): lambda world: {"project": world.project.pk},
    ("imports-files", "post"): lambda _: {"files": [{"name": "a.txt", "content": "S3lpdg=="}]},
    ("projects-articles", "post"): lambda _: {"articles": [{"text": "Something new."}]},
    ("projects-rounds", "post"): lambda world: {
        "annotators": [person.pk for person in world.others],
        "overlap": 2,
        "kind": "retest",
    },
    ("projects-releases", "post"): lambda _: {"title": "Second", "exception": "A pilot.", "wait": 60},
    ("drafts-list", "post"): lambda world: {"project": world.project.pk, "title": "Third"},
    ("drafts-freeze", "post"): lambda _: {"wait": 60},
    ("releases-withdraw", "post"): lambda _: {"reason": "The texts may not be published."},
    ("projects-memberships", "post"): lambda _: {
        "email": "new@example.org",
        "name": "New",
        "roles": ["annotator"],
    },
    ("memberships-detail", "patch"): lambda _: {"annotates_as": "model"},
    ("tokens-list", "post"): lambda _: {"name": "mine", "days": 1},
}


def list_routes(patterns: Iterable[Any]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from list_routes(pattern.url_patterns)
            continue
        callback: Any = pattern.callback
        actions = getattr(callback, "actions", None)
        methods = actions or [name for name in METHODS if hasattr(callback.view_class, name)]
        for method in methods:
            if method not in {"head", "options"}:
                yield str(pattern.name), method


def address_of(world: World, name: str) -> str:
    if name == "nowhere":
        return reverse("api:projects-list") + "nowhere/at/all"
    kind, _, action = name.partition("-")
    if not action or action == "list":
        return reverse(f"api:{name}")
    key = IDS[kind](world)
    return reverse(f"api:{name}", kwargs={"key" if kind == "tokens" else "pk": key})


def test_every_route_and_method_is_in_the_matrix_and_nothing_else_is() -> None:
    routes = list(list_routes(urlpatterns))
    assert len(routes) == len(set(routes))
    assert set(routes) == set(MATRIX)


def test_everybody_gets_what_the_matrix_says() -> None:
    world = make_world()
    clients = {caller: call_as(world, caller) for caller in CALLERS}
    found = {}
    for route in MATRIX:
        name, method = route
        address = address_of(world, name)
        body = BODIES[route](world) if route in BODIES else None
        responses = {
            caller: call_and_take_back(client, method, address, body) for caller, client in clients.items()
        }
        found[route] = {caller: response.status_code for caller, response in responses.items()}
        for response in responses.values():
            assert response["Cache-Control"] == "private, no-store"
            if response.status_code >= 400:
                assert response["Content-Type"] == "application/problem+json"
                assert response.json()["status"] == response.status_code
    assert found == MATRIX


def call_and_take_back(client: APIClient, method: str, address: str, body: Any) -> Any:
    with transaction.atomic():
        response = getattr(client, method)(address, body, format="json" if body else None)
        transaction.set_rollback(True)
    return response


def test_no_route_answers_to_any_other_method() -> None:
    world = make_world()
    client = call_as(world, Role.MANAGER)
    routes = set(MATRIX)
    for name in {name for name, _ in routes} - {"nowhere"}:
        address = address_of(world, name)
        for method in METHODS:
            if (name, method) not in routes:
                response = client.generic(method.upper(), address)
                assert response.status_code == 405, (name, method)


def collect(client: APIClient, name: str) -> list[dict[str, Any]]:
    results = client.get(reverse(f"api:{name}-list")).json()
    rows: list[dict[str, Any]] = results if isinstance(results, list) else results["results"]
    return rows


IN_LISTS = {
    kind: {role for role in ROLES if MATRIX[f"{kind}-detail", "get"][role] == 200}
    for kind, _, _ in router.registry
    if (f"{kind}-detail", "get") in MATRIX
} | {"articles": {*GOLD.split(), "annotator"}}
"""Who finds rows in a list reads one alone too; an annotator finds the articles that they were given."""


def test_a_list_is_empty_for_who_has_no_role_that_reads_it() -> None:
    world = make_world()
    clients = {role: call_as(world, role) for role in ROLES}
    found = {kind: {role for role, client in clients.items() if collect(client, kind)} for kind in IN_LISTS}
    assert found == IN_LISTS


def test_nothing_of_another_project_is_ever_listed() -> None:
    world = make_world()
    client = call_as(world, STRANGER)
    assert [row["id"] for row in collect(client, "projects")] == [world.other.pk]
    rows = [row for kind in IN_LISTS for row in collect(client, kind) if "project" in row]
    assert {row["project"] for row in rows} == {world.other.pk}


def test_an_annotator_finds_the_articles_they_were_given_and_no_others() -> None:
    world = make_world()
    client = call_as(world, Role.ANNOTATOR)
    assert [row["id"] for row in collect(client, "articles")] == [world.queued.article_id]
    assert client.get(f"/api/v1/articles/{world.queued.article_id}/").json()["text"].startswith("Queued.")
