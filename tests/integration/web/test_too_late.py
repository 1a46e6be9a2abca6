"""Whatever changes something in a project may come a moment too late: archiving wins, in words, and nothing is changed."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from annotations.adjudication.ledger import read_case
from annotations.adjudication.services import decide_unit
from annotations.adjudication.units import Action
from annotations.assignment.closing import close_round
from annotations.assignment.excluding import exclude_article
from annotations.assignment.services import add_participant
from annotations.models import Project, Role
from tests.api.world import World, call_as, make_world
from tests.factories import make_article
from tests.kept import keep_rows

CHANGING = ("SAVEPOINT", "BEGIN", "INSERT", "UPDATE", "DELETE")
UNTOUCHED = {"Project", "ApiToken", "Job"}
"""Archiving changes the project itself; a token notes when it was used; jobs of archived projects are not run."""


@dataclass(frozen=True)
class Change:
    """A form that somebody in a role sends, with what stands in the address after the project."""

    name: str
    role: str = Role.MANAGER
    arguments: Callable[[World], list[Any]] = lambda _: []
    data: Callable[[World], dict[str, Any]] = field(default=lambda _: {})
    before: Callable[[World], object] = lambda _: None
    in_project: bool = True


def sign_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.people[role])
    return client


def number(world: World) -> list[Any]:
    return [world.queued.round.number]


def article(world: World) -> list[Any]:
    return [world.queued.article_id]


def waiting(world: World) -> list[Any]:
    return [world.waiting.pk]


def decided(world: World) -> list[Any]:
    return [world.decided.pk]


def share(world: World) -> list[Any]:
    return [world.queued.assignments.queued().get().pk]


def decision(world: World) -> dict[str, Any]:
    return {"unit": read_case(world.waiting).outcome.open[0].key, "decision": "reject"}


def set_up_round(world: World) -> dict[str, Any]:
    make_article(world.project, "An article that no round has yet.")
    return {"kind": "production", "annotators": [world.others[0].pk], "overlap": 1}


def decide_all(world: World) -> None:
    decide_unit(
        world.waiting,
        unit=read_case(world.waiting).outcome.open[0].key,
        action=Action.CHOOSE,
        payload={"candidate": "0-25-Claim"},
        by=world.people[Role.ADJUDICATOR],
    )


def fill_import(world: World) -> list[Any]:
    make_article(world.project, "Came with an import.", imported_in=world.made)
    return [world.made.pk]


def join(world: World) -> None:
    add_participant(world.queued.round, world.others[1], by=None)


SETTINGS = {
    "name": "Another name",
    "description": "",
    "queue_depth": 5,
    "lease_hours": 72,
    "review_percent": 0,
    "merge_rule": "unanimity",
}
CHANGES = (
    Change("exclude-article", arguments=article, data=lambda _: {"reason": "Not news"}),
    Change(
        "include-article",
        arguments=article,
        before=lambda world: exclude_article(world.queued.article, reason="Not news", by=None),
    ),
    Change(
        "delete-article",
        arguments=lambda world: [make_article(world.project, "New").pk],
        data=lambda _: {"typed": "delete"},
    ),
    Change("undo-import", arguments=fill_import, data=lambda _: {"typed": "undo"}),
    Change("add-articles", data=lambda _: {"title": "New", "text": "Some new text."}),
    Change("rename-round", arguments=number, data=lambda _: {"name": "First"}),
    Change("due-round", arguments=number, data=lambda _: {"due_on": timezone.localdate().isoformat()}),
    Change("close-round", arguments=number),
    Change("reopen-round", arguments=number, before=lambda world: close_round(world.queued.round, by=None)),
    Change("plan-round", data=set_up_round),
    Change("join-round", arguments=number, data=lambda world: {"annotator": world.others[1].pk}),
    Change(
        "leave-round", arguments=lambda world: [*number(world), world.queued.round.participants.all()[0].pk]
    ),
    Change("close-task", arguments=lambda world: [world.queued.pk]),
    Change("withdraw", arguments=share),
    Change(
        "pass-on",
        arguments=share,
        data=lambda world: {"to": world.others[1].pk},
        before=join,
    ),
    Change("invite", data=lambda _: {"email": "new@example.org", "roles": ["annotator"]}),
    Change(
        "set-roles",
        arguments=lambda world: [world.others[0].pk],
        data=lambda _: {"roles": ["annotator", "consumer"]},
    ),
    Change(
        "set-standing", arguments=lambda world: [world.others[0].pk], data=lambda _: {"standing": "model"}
    ),
    Change("settings", data=lambda _: SETTINGS),
    Change("releases", data=lambda _: {"title": "Second", "exception": "A pilot."}),
    Change("adjudicate-decide", Role.ADJUDICATOR, waiting, decision),
    Change("adjudicate-undo", Role.ADJUDICATOR, waiting, before=decide_all),
    Change("adjudicate-finish", Role.ADJUDICATOR, waiting, before=decide_all),
    Change("adjudicate-reopen", Role.ADJUDICATOR, decided),
    Change("skip", Role.ANNOTATOR, share, lambda _: {"reason": "", "own": "Too long"}, in_project=False),
)


@contextmanager
def archived_before_the_first_change(project: Project) -> Iterator[list[str]]:
    """The project is archived after everything was looked at and before anything is written."""
    came: list[str] = []

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        if not came and sql.startswith(CHANGING):
            came.append(sql)
            Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(watch):
        yield came


def look() -> dict[str, list[Any]]:
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_app_config("annotations").get_models()
        if model.__name__ not in UNTOUCHED
    }


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world for all changes."""
    with keep_rows(django_db_blocker):
        yield make_world()


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    """A world whose objects are the test's own."""
    return copy.deepcopy(kept_world)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_page_that_comes_too_late_is_refused_in_words_and_changes_nothing(
    world: World, change: Change
) -> None:
    change.before(world)
    first = [world.project.slug] if change.in_project else []
    address = reverse(f"web:{change.name}", args=first + change.arguments(world))
    data, client = change.data(world), sign_in(world, change.role)
    before = look()
    with transaction.atomic():
        answer = client.post(address, data)
        assert look() != before, "nothing is changed in time either"
        transaction.set_rollback(True)
    with archived_before_the_first_change(world.project) as came:
        answer = client.post(address, data)
    assert came
    assert answer.status_code < 500
    assert look() == before
    told = answer if answer.status_code != 302 else client.get(answer["Location"])
    assert "archived" in told.content.decode()


API_CHANGES: tuple[tuple[str, str, Callable[[World], str], Callable[[World], Any]], ...] = (
    (
        "articles",
        "post",
        lambda world: f"projects/{world.project.pk}/articles",
        lambda _: {"articles": [{"text": "New."}]},
    ),
    (
        "rounds",
        "post",
        lambda world: f"projects/{world.project.pk}/rounds",
        lambda world: {**set_up_round(world), "annotators": [world.others[0].pk]},
    ),
    (
        "releases",
        "post",
        lambda world: f"projects/{world.project.pk}/releases",
        lambda _: {"title": "Second", "exception": "A pilot."},
    ),
    (
        "memberships",
        "post",
        lambda world: f"projects/{world.project.pk}/memberships",
        lambda _: {"email": "new@example.org", "roles": ["annotator"]},
    ),
    ("article", "delete", lambda world: f"articles/{make_article(world.project, 'New').pk}", lambda _: None),
    ("import", "delete", lambda world: f"imports/{fill_import(world)[0]}", lambda _: None),
    ("settings", "patch", lambda world: f"projects/{world.project.pk}", lambda _: {"name": "Another name"}),
)


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [change[1:] for change in API_CHANGES],
    ids=[change[0] for change in API_CHANGES],
)
def test_a_call_of_the_api_that_comes_too_late_is_a_conflict(
    world: World, method: str, address: Callable[[World], str], body: Callable[[World], Any]
) -> None:
    caller = call_as(world, Role.MANAGER)
    path, content = f"/api/v1/{address(world)}/", body(world)
    before = look()
    with transaction.atomic():
        answer = getattr(caller, method)(path, content)
        assert look() != before, answer.content
        transaction.set_rollback(True)
    with archived_before_the_first_change(world.project) as came:
        answer = getattr(caller, method)(path, content)
    assert came
    assert answer.status_code == 409, answer.content
    assert answer.json()["type"].endswith("project-archived")
    assert look() == before
