"""Whoever presses Ctrl-C again while everything is being stopped leaves nothing running."""

import os
import signal
from collections.abc import Iterator

import pytest
from django.core.management.base import CommandError

from annotations.management.commands import quickstart


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in quickstart.STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Part:
    """A process that is stopped while somebody presses Ctrl-C."""

    def __init__(self) -> None:
        self.is_stopped = False

    def stop_left_behind(self) -> None:
        pass

    def stop(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        self.is_stopped = True


def test_a_second_interrupt_does_not_end_the_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    web, worker, studio = Part(), Part(), Part()
    command = quickstart.Command()
    command.steps, command.public_url, command.port = None, "", 0  # type: ignore[assignment]
    monkeypatch.setattr(command, "_child_processes", lambda: [web, worker])
    monkeypatch.setattr(quickstart, "StudioInBackground", lambda *_: studio)

    def refuse(_port: int) -> None:
        raise CommandError("Something else listens there.")

    monkeypatch.setattr(quickstart, "_check_port", refuse)
    for number in quickstart.STOPPING:
        signal.signal(number, quickstart._interrupt)
    with pytest.raises(CommandError):
        command._run(sample_annotations=False, open_browser=False)
    assert [part.is_stopped for part in (web, worker, studio)] == [True, True, True]
