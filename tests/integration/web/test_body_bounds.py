"""A body that is too large for who sends it and where is refused before anything reads it."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from annotations.limits import MAX_ANONYMOUS_BYTES, MAX_FORM_BYTES, MAX_UPLOAD_BYTES
from annotations.models import Role, User
from annotations.web.middleware import BodyBoundMiddleware
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db


class Unread:
    """A body of which nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def post(client: Client, path: str, length: int, **headers: str) -> Any:
    body: dict[str, Any] = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
    return client.generic(
        "POST", path, content_type="multipart/form-data; boundary=x", headers=headers, **body
    )


@pytest.fixture
def manager(client: Client) -> User:
    person = make_member(make_project(), Role.MANAGER)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return person


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-in/some-token/", "/nowhere/", "/projects/p/articles/add/"]
)
def test_of_a_stranger_little_is_read(client: Client, path: str) -> None:
    answer = post(client, path, MAX_ANONYMOUS_BYTES + 1)
    assert answer.status_code == 413
    assert f"{MAX_ANONYMOUS_BYTES:,} bytes" in answer.content.decode()


def test_a_token_that_is_none_lets_nobody_send_more_than_the_api_takes(client: Client) -> None:
    answer = post(client, "/api/v1/projects/", MAX_FORM_BYTES + 1, Authorization="Token none")
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith("body-too-large")


def test_a_form_of_a_person_is_bounded_and_an_upload_more_widely(client: Client, manager: User) -> None:
    add = reverse("web:add-articles", args=["any"])
    assert post(client, reverse("web:account"), MAX_FORM_BYTES + 1).status_code == 413
    assert post(client, add, MAX_UPLOAD_BYTES + MAX_FORM_BYTES + 1).status_code == 413
    assert post(client, add, MAX_UPLOAD_BYTES).status_code == 404  # let through: there is no such project


@pytest.mark.parametrize("length", ["1" * 100, "-1", "x"])
def test_a_length_that_is_no_length_is_too_long(length: str) -> None:
    request = RequestFactory().get("/", CONTENT_LENGTH=length)
    request.user = User()
    assert BodyBoundMiddleware(lambda _: pytest.fail("let through"))(request).status_code == 413
