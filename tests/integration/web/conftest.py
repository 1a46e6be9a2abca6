"""A world of everything that the pages can show."""

import pytest

from annotations.models import User
from tests.factories import make_user
from tests.factories.everything import World, make_world


@pytest.fixture
def world(db: None, settings: object) -> World:
    settings.STUDIO_BACKEND = "annotations.collection.in_memory.shared_studio"  # type: ignore[attr-defined]
    return make_world()


@pytest.fixture
def staff(db: None) -> User:
    return make_user("Staff", is_staff=True)


@pytest.fixture
def hostile(request: pytest.FixtureRequest, db: None) -> World:
    """A world in which everything that people can write says what the test is parametrised with."""
    return make_world(request.param)
