"""One installation with a real Label Studio for every fault; tests that break it leave it running again."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from annotations.labelstudio.access import StudioAccess, StudioConnection
from tests.faults.people import Person
from tests.installation import Installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(tmp_path_factory.mktemp("installation"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def access(installation: Installation) -> StudioAccess:
    """The Studio behind the installation, as its own service account reaches it; a restart may have moved it."""
    return installation.studio_access()


@pytest.fixture
def service(access: StudioAccess) -> Iterator[StudioConnection]:
    connection = StudioConnection(access, timeout=60)
    yield connection
    connection.client.close()


class People:
    """Everybody, each signed in once."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._signed_in: dict[str, Person] = {}
        self._browsers = ExitStack()

    def __getitem__(self, name: str) -> Person:
        if name not in self._signed_in:
            self._signed_in[name] = self._meet(f"{name}@example.org").sign_in()
        return self._signed_in[name]

    def another_browser_of(self, name: str) -> Person:
        return self._meet(self[name].email).sign_in()

    def stranger(self) -> Person:
        return self._meet("")

    def _meet(self, email: str) -> Person:
        person = Person(self._installation, email)
        self._browsers.enter_context(person.browser)
        return person

    def leave(self) -> None:
        self._browsers.close()


@pytest.fixture(scope="session")
def people(installation: Installation) -> Iterator[People]:
    everybody = People(installation)
    yield everybody
    everybody.leave()
