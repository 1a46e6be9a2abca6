"""The server's front: a request is taken in whole, on an event loop and onto disk, before it gets a thread.

gunicorn keeps the processes (loaded once, forked, watched, ended with grace); waitress keeps the connections. So somebody
who sends slowly, or half of what they promised, holds a socket and no thread.
"""

import copy
import os
import time
from functools import cache

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask
from waitress.wasyncore import loop

MAX_CONNECTIONS = 1000
IDLE_SECONDS = 60
"""A connection on which nothing moves is closed."""
TURN_SECONDS = 1.0
MAX_TAKEN_IN = 128 * 1024 * 1024
"""More than any view accepts, so that an honest upload that is too large is heard out and told why."""
MAX_TAKEN_IN_OF_STRANGERS = 1024 * 1024
PROXY_HEADERS = "x-forwarded-for x-forwarded-proto"


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]
    """Takes in less of those who show no sign of being signed in; what is too large is refused by its headers."""

    adj: Adjustments

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        is_known = (
            settings.SESSION_COOKIE_NAME in self.headers.get("COOKIE", "") or "AUTHORIZATION" in self.headers
        )
        self.adj = _bound(self.adj, MAX_TAKEN_IN if is_known else MAX_TAKEN_IN_OF_STRANGERS)


@cache
def _bound(adjustments: Adjustments, most_bytes: int) -> Adjustments:
    bounded = copy.copy(adjustments)
    bounded.max_request_body_size = most_bytes
    return bounded


class BodilessTask(WSGITask):  # type: ignore[misc]
    """Answers HEAD without a body, whatever the view gives: the client would take it for the next answer."""

    @property
    def _has_only_headers(self) -> bool:
        return bool(self.request.command == "HEAD")

    def get_environment(self) -> dict[str, object]:
        environment: dict[str, object] = super().get_environment()
        if self._has_only_headers:
            environment.pop("wsgi.file_wrapper")  # a file would go to the socket past `write`
        return environment

    def write(self, data: bytes) -> None:
        super().write(b"" if self._has_only_headers else data)
        if self._has_only_headers:
            self.chunked_response = False


class BoundedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are bounded, and that says whether one of them is still being answered."""

    parser_class = BoundedParser
    task_class = BodilessTask

    @property
    def is_busy(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)


def _trust(proxy: str) -> dict[str, object]:
    """Whose word on the address and the scheme of a request is taken; of all others it is dropped."""
    if not proxy:
        return {}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": PROXY_HEADERS}


class BufferingWorker(Worker):  # type: ignore[misc]
    """One process of gunicorn's whose connections waitress keeps."""

    def run(self) -> None:
        sockets: dict[int, object] = {}
        server = create_server(
            self.wsgi,
            map=sockets,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=MAX_CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_body_size=MAX_TAKEN_IN,
            ident=None,
            **_trust(settings.TRUSTED_PROXY),
        )
        listeners = [entry for entry in sockets.values() if isinstance(entry, BaseWSGIServer)]
        for listener in listeners:
            listener.channel_class = BoundedChannel
        while self.alive and self.ppid == os.getppid():
            self.notify()
            loop(timeout=TURN_SECONDS, use_poll=True, map=sockets, count=1)
        self._finish(sockets, listeners)
        server.task_dispatcher.shutdown(timeout=1)

    def _finish(self, sockets: dict[int, object], listeners: list[BaseWSGIServer]) -> None:
        """Take no more connections, and answer what has come in."""
        for listener in listeners:
            listener.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < deadline and any(
            entry.is_busy for entry in sockets.values() if isinstance(entry, BoundedChannel)
        ):
            self.notify()
            loop(timeout=TURN_SECONDS / 10, use_poll=True, map=sockets, count=1)
