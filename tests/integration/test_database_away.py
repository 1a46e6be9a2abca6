"""A database that is away for a moment is no mistake: pages, API and gateway say so, and go on as soon as it is back."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from annotations.models import Role
from annotations.out_of_reach import explain_database
from annotations.projects.tokens import create_api_token
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db(transaction=True)
POOL = {"min_size": 0, "max_size": 2, "timeout": 0.5}
NOWHERE: dict[str, dict[str, Any]] = {
    "sqlite": {"NAME": "/nowhere/workbench.sqlite3"},
    "postgresql": {"OPTIONS": {"host": "127.0.0.1", "port": "9", "pool": POOL}},
}
ADDRESSES = ("/work/", "/projects/", "/api/v1/projects/", "/studio/api/projects/1")


@pytest.fixture(autouse=True)
def it_comes_back() -> Iterator[None]:
    """For the tests after, whatever became of this one."""
    yield
    come_back()


@pytest.fixture
def client() -> Client:
    """Somebody who is signed in."""
    person = make_member(make_project(), Role.MANAGER, Role.ANNOTATOR)
    client = Client(raise_request_exception=False)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


KNOWN: dict[str, Any] = {}


def go_away() -> None:
    """Nobody can connect any more, and the connection that there was is lost."""
    for name in NOWHERE[connection.vendor]:
        KNOWN.setdefault(name, connection.settings_dict[name])
    connect_to(NOWHERE[connection.vendor])


def come_back() -> None:
    connect_to(KNOWN)


def connect_to(changed: Mapping[str, Any]) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone
    connection.settings_dict.update(changed)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_answered_with_when_to_try_again_and_is_there_when_the_database_is(
    client: Client, address: str
) -> None:
    before = client.get(address).status_code
    go_away()
    away = client.get(address)
    assert away.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert b"Traceback" not in away.content
    come_back()
    assert client.get(address).status_code == before < HTTPStatus.INTERNAL_SERVER_ERROR


def test_it_says_that_nothing_was_saved_and_when_to_try_again(client: Client) -> None:
    go_away()
    page = client.get(reverse("web:projects"))
    assert "<h1>The database cannot be reached</h1>" in page.content.decode()
    assert "send it again in a minute" in page.content.decode()
    assert int(page["Retry-After"]) > 0


def test_a_table_that_is_not_there_is_a_mistake_and_no_absence() -> None:
    with pytest.raises(DatabaseError) as failed, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert explain_database(failed.value) is None


def test_a_program_is_told_in_the_form_of_problems() -> None:
    person = make_member(make_project(), Role.MANAGER)
    _, secret = create_api_token(person, name="x", scope="read", project=None, by=person)
    go_away()
    answer = Client().get("/api/v1/projects/", headers={"Authorization": f"Token {secret}"})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["type"].endswith("database-away")
    assert int(answer["Retry-After"]) > 0
