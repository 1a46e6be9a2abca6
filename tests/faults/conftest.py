"""One installation with a real Label Studio for every fault; tests that break it leave it running again."""

from collections.abc import Iterator

import pytest

from annotations.labelstudio.access import StudioAccess, StudioConnection
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
