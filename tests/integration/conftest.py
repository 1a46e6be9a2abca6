"""What tests of one project and its manager begin with; a test module may have its own in their place."""

import pytest
from django.test import Client

from annotations.models import Project, Role, User
from tests.factories import make_member, make_project


@pytest.fixture
def project(db: None) -> Project:
    return make_project("News")


@pytest.fixture
def manager(project: Project) -> User:
    return make_member(project, Role.MANAGER, name="Mira")


@pytest.fixture
def browser(client: Client, manager: User) -> Client:
    """A browser in which the manager is signed in."""
    client.force_login(manager)
    return client
