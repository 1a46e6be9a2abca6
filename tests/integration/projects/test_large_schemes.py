"""A scheme that cannot be used is refused on every way in: a new project, a later version, and a program."""

import re

import pytest
from django.test import Client

from annotations.models import Project, Role, Scheme
from annotations.projects.starting import adopt_scheme, store_scheme
from annotations.schemes.definition import read_definition
from annotations.schemes.table import InvalidSchemeError
from tests.bounds import within
from tests.factories import make_member, make_project

pytestmark = pytest.mark.django_db
SCHEME = read_definition("argument-lite-v1")
BAD = {
    "nested more than 10 levels deep": "x = " + "[" * 3_000 + "1" + "]" * 3_000 + "\n" + SCHEME,
    "a number of too many digits": SCHEME.replace("version = 1", "version = " + "9" * 5_000, 1),
    "a number lies between": SCHEME.replace("version = 1", "version = 0x" + "f" * 5_000, 1),
    "has the character U+0001": SCHEME.replace('description = "', 'description = "\\u0001', 1),
    "more than 100": SCHEME.replace('name = "', 'name = "' + "n" * 100, 1),
    "more than the 200,000": "# " + "x" * 200_000 + "\n" + SCHEME,
}


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> Client:
    client = Client()
    person = make_member(project, Role.MANAGER)
    person.is_staff = True
    person.save()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    client.get("/")  # what the first request loads is not counted
    return client


@pytest.mark.parametrize("reason", BAD)
def test_a_program_is_told_why(reason: str, project: Project) -> None:
    with within(megabytes=150, seconds=10), pytest.raises(InvalidSchemeError, match=re.escape(reason)):
        store_scheme(BAD[reason], by=None)
    with within(megabytes=150, seconds=10), pytest.raises(InvalidSchemeError, match=re.escape(reason)):
        adopt_scheme(project, BAD[reason], by=None)


@pytest.mark.parametrize("reason", BAD)
def test_the_pages_say_why_and_store_nothing(reason: str, project: Project, manager: Client) -> None:
    stored = set(Scheme.objects.values_list("pk", flat=True))
    for address, data in (
        ("/projects/new/", {"name": "New", "scheme": "own", "own": BAD[reason]}),
        (f"/projects/{project.slug}/guidelines/correct/", {"name": "Spelling", "definition": BAD[reason]}),
    ):
        with within(megabytes=150, seconds=10):
            answer = manager.post(address, data)
        assert answer.status_code == 200
        assert reason in answer.content.decode()
    assert set(Scheme.objects.values_list("pk", flat=True)) == stored
    assert not Project.objects.filter(name="New").exists()
