"""The front over a real socket, before an application that has nothing of ours."""

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from waitress.server import create_server
from waitress.wasyncore import close_all, loop

from workbench.front import MAX_TAKEN_IN_OF_STRANGERS, BoundedChannel

BODY = b"not for those who ask for the headers"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextmanager
def serve(application: Application) -> Iterator[httpx.Client]:
    """A client of one connection, so that what is left over on it spoils the next answer."""
    sockets: dict[int, object] = {}
    server = create_server(application, map=sockets, host="127.0.0.1", port=0, threads=1, ident=None)
    server.channel_class = BoundedChannel
    is_over = threading.Event()

    def run() -> None:
        while not is_over.is_set():
            loop(timeout=0.01, use_poll=True, map=sockets, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        limits = httpx.Limits(max_connections=1)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.effective_port}", limits=limits, trust_env=False
        ) as client:
            yield client
    finally:
        is_over.set()
        thread.join()
        server.task_dispatcher.shutdown(timeout=1)
        close_all(sockets)


def answer_whole(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", str(len(BODY)))])
    return [BODY]


def answer_in_parts(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [])
    return iter([BODY, BODY])


def answer_by_file(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", str(len(BODY)))])
    wrap: Callable[[io.BytesIO], Iterable[bytes]] = environ.get("wsgi.file_wrapper", iter)
    return wrap(io.BytesIO(BODY))


@pytest.mark.parametrize("application", [answer_whole, answer_in_parts, answer_by_file])
def test_an_answer_to_head_has_no_body_that_spoils_the_next_answer(application: Application) -> None:
    with serve(application) as client:
        for _ in range(3):
            head = client.head("/")
            assert (head.status_code, head.content) == (200, b"")
            assert BODY in client.get("/").content


def echo_length(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [])
    return [environ["CONTENT_LENGTH"].encode(), b" ", str(len(environ["wsgi.input"].read())).encode()]


def test_a_body_in_chunks_gets_the_length_that_it_did_not_announce() -> None:
    with serve(echo_length) as client:
        assert client.post("/", content=iter([b"x" * 1000] * 100)).text == "100000 100000"


def test_a_body_in_chunks_is_bounded_like_one_that_announces_its_length() -> None:
    chunk = b"x" * 65_536
    with serve(echo_length) as client:
        try:
            status = client.post(
                "/", content=iter([chunk] * (2 * MAX_TAKEN_IN_OF_STRANGERS // len(chunk)))
            ).status_code
        except httpx.WriteError:  # the connection was closed while more was sent
            status = httpx.codes.REQUEST_ENTITY_TOO_LARGE
        assert status == httpx.codes.REQUEST_ENTITY_TOO_LARGE
