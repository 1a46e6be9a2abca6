"""A world of everything that the API can show."""

import copy
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.plugin import DjangoDbBlocker

from tests.api.world import World, make_world
from tests.kept import keep_rows


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world for all tests of a module."""
    with keep_rows(django_db_blocker):
        yield make_world()


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    """A world whose rows and objects are as they were made, and the test's own; nothing of it is in the cache yet."""
    cache.clear()
    return copy.deepcopy(kept_world)
