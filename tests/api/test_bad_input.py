"""Bodies, parameters and addresses that no client of ours sends: refused clearly, never a 500."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Project, Role
from tests.api.world import call_with_token
from tests.factories import make_article, make_member, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def client(project: Project) -> APIClient:
    return call_with_token(make_member(project, Role.MANAGER))


def post(client: APIClient, project: Project, body: Any, content_type: str = "application/json") -> Any:
    return client.generic("POST", f"/api/v1/projects/{project.pk}/articles/", body, content_type=content_type)


BAD_BODIES = {
    "no JSON": b"{",
    "trailing": b'{"articles": []} x',
    "not UTF-8": b'{"articles": [{"text": "\xff"}]}',
    "a byte order mark": b'\xef\xbb\xbf{"articles": [{"text": "a"}]}',
    "NUL": b'{"articles": [{"text": "a\\u0000b"}]}',
    "NUL in a key": b'{"articles": [{"text": "a", "k\\u0000": 1}]}',
    "half a surrogate pair": b'{"articles": [{"text": "\\ud83d"}]}',
    "NaN": b'{"articles": [{"text": "a", "n": NaN}]}',
    "infinity": b'{"articles": [{"text": "a", "n": 1e999}]}',
    "a huge whole number": b'{"articles": [{"text": "a", "n": ' + b"9" * 5_000 + b"}]}",
    "a key twice": b'{"articles": [], "articles": [{"text": "a"}]}',
    "51 levels": b'{"articles": [{"text": "a", "n": ' + b"[" * 51 + b"]" * 51 + b"}]}",
    "20,000 levels": b"[" * 20_000 + b"]" * 20_000,
    "a list": b"[]",
    "a string": b'"text"',
    "null": b"null",
    "an unknown field": b'{"articles": [{"text": "a"}], "project": 7}',
    "a wrong type": b'{"articles": "a"}',
    "nothing in it": b'{"articles": []}',
    "an article without text": b'{"articles": [{"title": "a"}]}',
    "an empty text": b'{"articles": [{"text": "  "}]}',
    "a text that is a number": b'{"articles": [{"text": 1}]}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_bad_body_is_400_and_nothing_is_imported(client: APIClient, project: Project, body: bytes) -> None:
    response = post(client, project, body)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert not project.articles.exists()


def test_a_body_that_is_too_large_is_413(client: APIClient, project: Project) -> None:
    body = b'{"articles": [{"text": "' + b"a" * 5 * 1024 * 1024 + b'"}]}'
    response = post(client, project, body)
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "5,242,880" in response.json()["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "text/xml", ""])
def test_anything_but_json_is_415(client: APIClient, project: Project, content_type: str) -> None:
    response = post(client, project, b'{"articles": [{"text": "a"}]}', content_type)
    assert response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_the_caller_may_accept_whatever_it_likes(client: APIClient) -> None:
    response = client.get("/api/v1/projects/", HTTP_ACCEPT="text/html, image/png")
    assert response["Content-Type"] == "application/json"


BAD_QUERIES = [
    "cursor=x",
    "cursor=cD14",  # p=x
    "cursor=cD0tMQ==",  # p=-1
    "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5",  # p=99999999999999999999999
    "cursor=cD0lMDA=",  # p=%00
    "cursor=bz0tMQ==",  # o=-1
    "cursor=cj14",  # r=x
    "cursor=%F0%9F%92%A9",
    "page_size=0",
    "page_size=-1",
    "page_size=501",
    "page_size=x",
    "page_size=99999999999999999999999999999999999",
    "project=1.5",
    f"project={'9' * 51}",
    "project=%00",
    "project=caf%C3%A9",
    "external_id=%00",
    "text=Kyiv",
    "project__name=x",
    "imported_by__password__startswith=pbkdf2",
    "_connector=OR",
    "pk__in=1,2",
    "ordering=text",
    "format=json",
    "project=1&project=2",
    "page_size=1&page_size=1",
]


@pytest.mark.parametrize("value", ["100%", "%s", "%(x)s", "%%"])
def test_a_value_that_is_refused_is_quoted_as_it_is(client: APIClient, value: str) -> None:
    response = client.get("/api/v1/annotations/", {"origin": value})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert value in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_bad_query_is_400_and_says_which_parameter(client: APIClient, query: str) -> None:
    response = client.get(f"/api/v1/articles/?{query}")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    name = query.partition("=")[0]
    assert [error["pointer"] for error in response.json()["errors"]] == [f"#/{name}"]


@pytest.mark.parametrize("address", ["", "overview/"])
@pytest.mark.parametrize("query", ["archived=true", "nonsense=1", "cursor="])
def test_one_thing_takes_no_filter_of_a_list(
    client: APIClient, project: Project, address: str, query: str
) -> None:
    response = client.get(f"/api/v1/projects/{project.pk}/{address}?{query}")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    name = query.partition("=")[0]
    assert [error["pointer"] for error in response.json()["errors"]] == [f"#/{name}"]
    assert client.get(f"/api/v1/projects/{project.pk}/{address}").status_code == HTTPStatus.OK


def test_a_chain_of_lookups_tells_nothing_whatever_it_asks_for(client: APIClient, project: Project) -> None:
    """The classic leak: an answer that differs by whether a secret starts with the guess."""
    make_article(project)
    chains = [
        f"{path}__{lookup}={guess}"
        for path in (
            "imported_by__password",
            "project__memberships__user__email",
            "project__api_tokens__digest",
        )
        for lookup in ("startswith", "regex", "isnull", "gt")
        for guess in ("a", "0", "True", "pbkdf2")
    ]
    answers = {chain: client.get(f"/api/v1/articles/?{chain}") for chain in chains}
    assert {response.status_code for response in answers.values()} == {HTTPStatus.BAD_REQUEST}
    told = {
        response.content.decode().replace(chain.partition("=")[0], "...")
        for chain, response in answers.items()
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    "path",
    [
        "articles/0/",
        "articles/999999999999999999/",
        "articles/9999999999999999999999999/",
        "articles/x/",
        "articles/-1/",
        "articles/1.0/",
        "articles/%00/",
        "tokens/%00/",
        "nowhere/",
        "../admin/",
        "",
    ],
)
def test_an_address_that_leads_nowhere_is_a_404_document(client: APIClient, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
    assert response["Content-Type"] == "application/problem+json"


def test_an_error_of_ours_is_a_500_document_that_tells_nothing(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("annotations.api.views.find_projects", lambda *_, **__: fail())
    client.raise_request_exception = False
    response = client.get("/api/v1/rounds/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.content.decode()
    assert "the secret reason" in caplog.text


NO_TRUTHS: tuple[object, ...] = ("yes", "no", "on", "y", "t", "true", "false", 1, 0, [], None)


@pytest.mark.parametrize("value", NO_TRUTHS, ids=repr)
@pytest.mark.parametrize("name", ["atomic", "long_texts"])
def test_what_is_neither_true_nor_false_in_json_is_refused(
    client: APIClient, project: Project, name: str, value: object
) -> None:
    answer = post(client, project, json.dumps({"articles": [{"text": "a"}], name: value}).encode())
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{name}"]
    assert not project.articles.exists()


@pytest.mark.parametrize("word", ["yes", "on", "y", "t", "TRUE", "2"])
def test_a_query_says_yes_and_no_in_the_words_that_are_named(
    client: APIClient, project: Project, word: str
) -> None:
    address = f"/api/v1/projects/{project.pk}/annotations/?format=jsonl&strict="
    answer = client.get(address + word)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "there are true, false, 1, 0" in answer.content.decode()
    for word_that_is_named in ("true", "false", "1", "0"):
        assert client.get(address + word_that_is_named).status_code == HTTPStatus.OK
