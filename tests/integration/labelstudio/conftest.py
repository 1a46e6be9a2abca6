"""The Label Studio that tests of the gateway speak with: one in this process, or none."""

from collections.abc import Iterator

import pytest

from annotations.labelstudio import backend
from annotations.labelstudio.access import StudioAccess, StudioConnection
from annotations.labelstudio.gateway import relay
from tests.fakes.label_studio import FakeLabelStudio


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLabelStudio]:
    """A Label Studio that answers with recorded payloads."""
    fake = FakeLabelStudio()
    for module in (relay, backend):
        monkeypatch.setattr(module, "connect", lambda _studio: fake.connection)
    yield fake
    fake.connection.client.close()


@pytest.fixture
def no_studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The Studio is away, so whatever is sent on is answered by 503."""
    connection = StudioConnection(StudioAccess("http://127.0.0.1:9", "none"), timeout=1)
    monkeypatch.setattr(relay, "connect", lambda _studio: connection)
    yield
    connection.client.close()
