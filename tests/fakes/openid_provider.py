"""A small service of OpenID Connect on this machine, which lets in whoever it is told to, for the tests."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT, SECRET = "workbench", "a-secret-of-the-client"
KEY = "a-key-with-which-this-service-signs-for-the-tests"


class OpenIdProvider(ThreadingHTTPServer):
    """Answers the five addresses that a client asks; `person` says who stands before it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.person: dict[str, Any] = {}

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any] | str]:
        match path:
            case "/.well-known/openid-configuration":
                names = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
                names |= {"userinfo_endpoint": "person", "jwks_uri": "keys"}
                told = {name: f"{self.issuer}/{page}" for name, page in names.items()}
                return 200, {"issuer": self.issuer, **told}
            case "/authorize":
                back = urlencode({"code": "a-code", "state": query["state"][0]})
                return 302, f"{query['redirect_uri'][0]}?{back}"
            case "/token":
                now = int(time.time())
                claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, **self.person}
                signed = jwt.encode(claims, KEY, algorithm="HS256")
                return 200, {"access_token": "a-token", "token_type": "Bearer", "id_token": signed}
            case "/person":
                return 200, self.person
        return 404, {}


class _Handler(BaseHTTPRequestHandler):
    server: OpenIdProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._send(*self.server.answer(parts.path, parse_qs(parts.query)))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send(*self.server.answer(urlsplit(self.path).path, {}))

    def _send(self, status: int, told: dict[str, Any] | str) -> None:
        body = b"" if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(status)
        if isinstance(told, str):
            self.send_header("Location", told)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tests say nothing of what was asked."""


@contextmanager
def serve_openid() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()
