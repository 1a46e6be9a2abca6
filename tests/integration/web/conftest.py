"""A world of everything that the pages can show."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from annotations.models import User
from tests.factories import make_user
from tests.factories.everything import World, make_world
from tests.kept import keep_rows

IN_MEMORY = "annotations.collection.in_memory.shared_studio"


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.STUDIO_BACKEND = IN_MEMORY
    return make_world()


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world for all tests of a module; its objects are only read."""
    with override_settings(STUDIO_BACKEND=IN_MEMORY), keep_rows(django_db_blocker):
        yield make_world()


@pytest.fixture
def staff(db: None) -> User:
    return make_user("Staff", is_staff=True)


@pytest.fixture
def hostile(request: pytest.FixtureRequest, db: None) -> World:
    """A world in which everything that people can write says what the test is parametrised with."""
    return make_world(request.param)
