"""Tokens and sessions: who gets in, and how far."""

from datetime import timedelta
from http import HTTPStatus
from unittest import mock

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import ApiToken, Event, Role, TokenScope
from annotations.projects.tokens import create_api_token
from tests.api.world import call_with_token
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db

PROJECTS = "/api/v1/projects/"
TOKENS = "/api/v1/tokens/"


def call_with_header(value: bytes | str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=value)
    return client


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token a b",
        "Token " + "0" * 64,
        "Token nul\0nul",
        "Token \xff\xfe",
        "Token " + "x" * 5_000,
        "Bearer " + "0" * 64,
        "Basic dXNlcjpwYXNz",
    ],
)
def test_what_is_no_token_of_ours_is_401_with_a_challenge(header: str) -> None:
    response = call_with_header(header).get(PROJECTS)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response["WWW-Authenticate"] == "Token"
    assert response["Content-Type"] == "application/problem+json"


def test_an_expired_token_is_refused_and_stays_on_the_list() -> None:
    user = make_member(make_project())
    _, secret = create_api_token(user, name="old", scope=TokenScope.READ, project=None, by=user)
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    response = call_with_header(f"Token {secret}").get(PROJECTS)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "expired" in response.json()["detail"]
    assert ApiToken.objects.count() == 1


def test_the_token_of_someone_who_left_is_refused() -> None:
    user = make_member(make_project())
    client = call_with_token(user)
    user.is_active = False
    user.save()
    assert client.get(PROJECTS).status_code == HTTPStatus.UNAUTHORIZED


def test_a_token_that_may_only_read_changes_nothing() -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    client = call_with_token(manager, scope=TokenScope.READ)
    assert client.get(f"{PROJECTS}{project.pk}/").status_code == HTTPStatus.OK
    answers = [
        client.post(f"{PROJECTS}{project.pk}/articles/", {"articles": [{"text": "New."}]}),
        client.post(TOKENS, {"name": "more", "scope": "write", "days": 1}),
        client.delete(f"/api/v1/memberships/{project.memberships.get().pk}/"),
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.FORBIDDEN}
    assert "may only read" in answers[0].json()["detail"]
    assert not project.articles.exists()


def test_a_token_for_releases_reads_the_releases_of_its_project_and_nothing_else() -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    client = call_with_token(manager, scope=TokenScope.RELEASES, project=project)
    assert client.get("/api/v1/releases/").status_code == HTTPStatus.OK
    answers = [client.get(address) for address in (f"{PROJECTS}{project.pk}/", "/api/v1/articles/", TOKENS)]
    answers.append(client.post("/api/v1/releases/1/publish/"))
    assert {answer.status_code for answer in answers} == {HTTPStatus.FORBIDDEN}
    assert "may only read releases" in answers[0].json()["detail"]


def test_a_token_for_releases_is_for_one_project() -> None:
    user = make_member(make_project())
    answer = call_with_token(user).post(TOKENS, {"name": "training", "scope": "releases", "days": 30})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "for one project" in answer.content.decode()


def test_a_token_for_one_project_reaches_no_other() -> None:
    one, two = make_project(), make_project()
    manager = make_member(one, Role.MANAGER)
    two.memberships.create(user=manager, role=Role.MANAGER)
    client = call_with_token(manager, project=one)
    assert [row["id"] for row in client.get(PROJECTS).json()["results"]] == [one.pk]
    assert client.get(f"{PROJECTS}{two.pk}/").status_code == HTTPStatus.NOT_FOUND
    answer = client.post(f"{PROJECTS}{two.pk}/articles/", {"articles": [{"text": "New."}]})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert not two.articles.exists()
    memberships = client.get("/api/v1/memberships/").json()["results"]
    assert {row["project"] for row in memberships} == {one.pk}


def test_a_token_is_shown_once_and_only_its_hash_is_kept() -> None:
    user = make_member(make_project())
    client = call_with_token(user)
    made = client.post(TOKENS, {"name": "laptop", "days": 30}).json()
    assert call_with_header(f"Token {made['token']}").get(PROJECTS).status_code == HTTPStatus.OK
    assert made["token"] not in client.get(TOKENS).content.decode()
    stored = ApiToken.objects.get(name="laptop")
    assert made["token"] not in (stored.digest, stored.token_key)
    assert made["token"].startswith(made["key"])


def test_a_token_makes_none_that_reaches_further_or_lives_longer() -> None:
    one, two = make_project(), make_project()
    user = make_member(one, Role.MANAGER)
    two.memberships.create(user=user, role=Role.MANAGER)
    client = call_with_token(user, project=one)
    assert client.post(TOKENS, {"name": "all", "days": 1}).status_code == HTTPStatus.FORBIDDEN
    elsewhere = client.post(TOKENS, {"name": "two", "project": two.pk, "days": 1})
    assert elsewhere.status_code == HTTPStatus.BAD_REQUEST
    longer = client.post(TOKENS, {"name": "longer", "project": one.pk, "days": 3_650})
    assert longer.status_code == HTTPStatus.FORBIDDEN
    assert client.post(TOKENS, {"name": "same", "project": one.pk, "days": 1}).status_code == 201


def test_a_token_for_a_project_without_a_role_in_it_is_refused() -> None:
    user = make_member(make_project())
    answer = call_with_token(user).post(TOKENS, {"name": "x", "project": make_project().pk, "days": 1})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["errors"][0]["pointer"] == "#/project"


def test_a_revoked_token_ends_at_once_and_others_go_on() -> None:
    user = make_member(make_project())
    client = call_with_token(user)
    made = client.post(TOKENS, {"name": "lost", "days": 1}).json()
    assert client.delete(f"{TOKENS}{made['key']}/").status_code == HTTPStatus.NO_CONTENT
    assert call_with_header(f"Token {made['token']}").get(PROJECTS).status_code == HTTPStatus.UNAUTHORIZED
    assert client.get(PROJECTS).status_code == HTTPStatus.OK


def test_what_a_token_made_ends_with_it_and_so_does_what_that_made() -> None:
    user = make_member(make_project())
    first, apart = call_with_token(user), call_with_token(user)
    second = first.post(TOKENS, {"name": "second", "scope": "write", "days": 2}).json()
    third = call_with_header(f"Token {second['token']}").post(TOKENS, {"name": "third", "days": 1}).json()
    made = [call_with_header(f"Token {one['token']}") for one in (second, third)]
    assert [one.get(PROJECTS).status_code for one in made] == [HTTPStatus.OK] * 2
    stolen = ApiToken.objects.order_by("created")[0]
    assert apart.delete(f"{TOKENS}{stolen.token_key}/").status_code == HTTPStatus.NO_CONTENT
    assert [one.get(PROJECTS).status_code for one in made] == [HTTPStatus.UNAUTHORIZED] * 2
    assert Event.objects.filter(verb="revoked a token of").count() == 3
    assert apart.get(PROJECTS).status_code == HTTPStatus.OK


def test_a_session_reads_but_writes_only_with_a_csrf_token() -> None:
    project = make_project()
    manager = make_member(project, Role.MANAGER)
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{PROJECTS}{project.pk}/").status_code == HTTPStatus.OK
    refused = client.post(f"{PROJECTS}{project.pk}/articles/", {"articles": [{"text": "New."}]})
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "CSRF" in refused.json()["detail"]
    secret = "a" * 32
    client.cookies["workbench_csrf"] = secret
    accepted = client.post(
        f"{PROJECTS}{project.pk}/articles/",
        {"articles": [{"text": "New."}]},
        HTTP_X_CSRFTOKEN=secret,
    )
    assert accepted.status_code == HTTPStatus.CREATED


def test_a_call_with_a_token_writes_nothing_to_the_database() -> None:
    client = call_with_token(make_member(make_project()))
    with mock.patch.object(ApiToken, "save") as save, mock.patch.object(ApiToken, "delete") as delete:
        assert client.get(PROJECTS).status_code == HTTPStatus.OK
    assert not save.called
    assert not delete.called
