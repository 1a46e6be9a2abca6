"""Who sends slowly, half or too much holds up nobody and fills no memory."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest

from tests.installation import Installation
from tests.processes import measure_memory

SLOW = 100
MEGABYTE = 1_000_000
PATIENCE = 5.0


@contextmanager
def half_sent(
    installation: Installation, *, path: str, length: int, number: int = 1
) -> Iterator[list[socket.socket]]:
    """Connections on which a form was begun as a browser begins it; the protection of forms lets it be read."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{installation.port}\r\nOrigin: {installation.url}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nCookie: workbench_csrf=abcdefghijklmnopqrstuvwxyz012345\r\n"
        f"Content-Length: {length}\r\n\r\n--x\r\n"
    ).encode()
    with ExitStack() as stack:
        connections = []
        for _ in range(number):
            connection = stack.enter_context(
                closing(socket.create_connection(("127.0.0.1", installation.port), timeout=PATIENCE))
            )
            connection.sendall(head)
            connections.append(connection)
        yield connections


def test_a_hundred_half_sent_forms_hold_up_nobody(installation: Installation) -> None:
    with half_sent(installation, path="/sign-in/", length=5000, number=SLOW), installation.client() as client:
        for _ in range(5):
            begun_at = time.monotonic()
            assert client.get("/health/").status_code == httpx.codes.OK
            assert client.get("/sign-in/").status_code == httpx.codes.OK
            assert time.monotonic() - begun_at < PATIENCE


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/studio/api/tasks/1/annotations", "/api/v1/projects/", "/nowhere/"]
)
def test_a_large_body_of_a_stranger_is_refused_by_its_headers(installation: Installation, path: str) -> None:
    before = measure_memory(installation.pid_of("web"))
    sent = 0
    with half_sent(installation, path=path, length=150 * MEGABYTE) as [connection]:
        try:
            for _ in range(150):
                connection.sendall(b"x" * MEGABYTE)
                sent += MEGABYTE
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            pytest.fail("all of it was taken in")
    assert sent < 30 * MEGABYTE  # what the sockets between hold
    assert measure_memory(installation.pid_of("web")) - before < 20 * MEGABYTE


def test_a_large_body_with_a_forged_session_goes_to_disk_and_is_refused_unread(
    installation: Installation,
) -> None:
    before = measure_memory(installation.pid_of("web"))
    with installation.client() as client:
        answer = client.post(
            "/sign-in/",
            content=b"x" * 100 * MEGABYTE,
            headers={"Cookie": "workbench_session=forged", "Origin": installation.url},
        )
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "That is too large" in answer.text
    assert measure_memory(installation.pid_of("web")) - before < 20 * MEGABYTE


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO"])
def test_a_header_cannot_move_the_application_elsewhere(installation: Installation, name: str) -> None:
    with installation.client() as client:
        answer = client.get("/sign-in/", headers={name: "/elsewhere"})
    assert answer.status_code == httpx.codes.OK
    assert "/elsewhere" not in answer.text
