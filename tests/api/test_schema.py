"""The OpenAPI description, the page that shows it, and whether the API does what it says."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.test import APIClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from annotations.api.v1.exports import FORMAT
from annotations.formats.axes import Axis
from annotations.formats.registry import WRITTEN
from annotations.models import Role, TokenScope
from annotations.projects.tokens import create_api_token
from tests.api.test_role_matrix import IDS
from tests.api.world import World, call_as

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
application = get_wsgi_application()
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
UNSAYABLE = (
    "The project has none with the id",  # a reference to a row
    "You have no role in a project with this id",
    "a text has a NUL",  # these four: anywhere in metadata of any shape
    "is too large: write it as a text",
    "levels deep",
    "urn:annotation-workbench:problem:article-refused",
    "urn:annotation-workbench:problem:file-not-taken",
    "urn:annotation-workbench:problem:invalid-scheme",
    '"pointer":"#/mapping"',  # what a mapping says is a language of its own
    "There is no such scheme; there are",
    "Give either a scheme or a definition",
    "Give either shares or folds",
    "urn:annotation-workbench:problem:invalid-split",  # how shares are written, and what the articles have
    "urn:annotation-workbench:problem:level-not-held",  # which formats hold a level
    "urn:annotation-workbench:problem:agreement-refused",  # names of labels, people and schemes of the project
)
"""Why a request may be refused that fits the description: what no description of a form can say."""


def test_the_description_is_valid_and_has_no_warnings(tmp_path: Any) -> None:
    target = tmp_path / "schema.json"
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(target)
    )
    written = json.loads(target.read_text(encoding="utf-8"))
    assert written["openapi"].startswith("3.1")
    assert "/api/v1/releases/{id}/export/" in written["paths"]


def test_every_operation_says_that_refusals_are_problem_documents(world: World) -> None:
    description = call_as(world, Role.CONSUMER).get("/api/v1/schema/").json()
    for path in description["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert {"token": []} in operation["security"]


def sign_in(world: World) -> Client:
    client = Client()
    client.force_login(world.people[Role.CONSUMER], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_of_the_description_runs_under_the_policy_that_it_is_sent_with(world: World) -> None:
    client = sign_in(world)
    page = client.get("/api/v1/docs/")
    assert page.status_code == HTTPStatus.OK
    html = page.content.decode()
    assert "<script>" not in html
    assert "https://" not in html
    assert "/static/drf_spectacular_sidecar/" in html
    policy = {part.split()[0]: part.split()[1:] for part in page["Content-Security-Policy"].split("; ")}
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["default-src"] == ["'none'"]
    assert "'unsafe-inline'" in policy["style-src"]
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema/" in script.content


def test_only_the_page_of_the_description_has_a_relaxed_policy(world: World) -> None:
    client = sign_in(world)
    for path in ("/api/v1/schema/", "/api/v1/releases/"):
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]


def test_the_page_of_the_description_is_for_people_who_are_signed_in() -> None:
    response = APIClient().get("/api/v1/docs/")
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == HTTPStatus.UNAUTHORIZED


@contextlib.contextmanager
def keep_connection() -> Iterator[None]:
    """As Django's own test client does: a request must not close the connection that holds the test's rows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def test_the_api_does_what_its_description_says_for_generated_requests(world: World) -> None:
    """Schemathesis in process: valid requests of every operation are carried out, as a manager and on real rows, and
    invalid ones are refused."""
    client = call_as(world, Role.MANAGER)
    manager = world.people[Role.MANAGER]
    _, secret = create_api_token(manager, name="x", scope=TokenScope.WRITE, project=None, by=manager)
    token = f"Token {secret}"
    schema = schemathesis.openapi.from_dict(client.get("/api/v1/schema/").json())
    schema.app = answer_plainly
    statuses: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        kind = operation.path.split("/")[3]
        for mode in schemathesis.GenerationMode:
            is_positive = mode == schemathesis.GenerationMode.POSITIVE
            real = find_key(world, kind) if is_positive and "{" in operation.path else None
            strategy = operation.as_strategy(generation_mode=mode, path_parameters=real)
            acceptance = positive_data_acceptance if is_positive else negative_data_rejection
            check_operation(strategy, acceptance, token, statuses)
    assert statuses[HTTPStatus.OK] > EXAMPLES * 10
    assert statuses[HTTPStatus.BAD_REQUEST] > EXAMPLES * 10


def answer_plainly(environ: dict[str, Any], start_response: Any) -> Any:
    """The application, as it answers a client that takes nothing packed: in process nothing would be unpacked."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return application(environ, start_response)


def find_key(world: World, kind: str) -> dict[str, Any] | None:
    if kind not in IDS:
        return None
    return {"key" if kind == "tokens" else "id": IDS[kind](world)}


def check_operation(strategy: Any, acceptance: Any, token: str, statuses: Counter[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="SOAK_SEED" not in os.environ,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def check(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers={"Authorization": token})
            transaction.set_rollback(True)
        is_excused = any(reason.encode() in response.content for reason in UNSAYABLE)
        answers_what_it_should = () if is_excused else (acceptance,)
        case.validate_response(response, checks=(*CHECKS, *answers_what_it_should))
        statuses[response.status_code] += 1

    with contextlib.suppress(Unsatisfiable), keep_connection():
        check()


def test_the_description_says_of_each_format_what_it_leaves_out() -> None:
    described = str(FORMAT.description)
    for known in WRITTEN:
        assert known.axes
        lost = [axis.words for axis in known.axes.list_lost() if axis is not Axis.DISCONTINUITY]
        assert (f"`{known.name}` {', '.join(lost)}" in described) == bool(lost)
