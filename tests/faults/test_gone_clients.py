"""Who breaks off a download leaves nothing behind: no thread, no open transaction, no memory."""

import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from annotations.labelstudio.server import find_free_port
from tests.processes import ROOT, measure_memory, run_python

CLIENTS = 40
THREADS = 2
"""Fewer than clients by far: had one kept its thread, the next would wait."""
PATIENCE = 20.0
START_SECONDS = 60.0
READ = 64 * 1024
MEGABYTE = 1_000_000
ARTICLES = 4_000
SEED = f"""
import json
from django.db import transaction
from annotations.models import Role
from annotations.projects.tokens import create_api_token
from tests.factories.large import make_large_project
with transaction.atomic():
    large = make_large_project({ARTICLES})
_, secret = create_api_token(
    large.people[Role.MANAGER], name="A script", scope="read", project=large.project, by=None
)
print(json.dumps([large.project.pk, secret]))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A web server of few threads over a project of many annotations, and a token that reads them."""

    port: int
    pid: int
    project: int
    token: str
    database: Path

    @property
    def address(self) -> str:
        return f"/api/v1/projects/{self.project}/annotations/?format=jsonl"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.token}", "Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, port = tmp_path_factory.mktemp("gone"), find_free_port()
    database = home / "workbench.sqlite3"
    environment = {
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "WORKBENCH_HOME": str(home),
        "SECRET_KEY": "of-a-server-whose-clients-are-gone",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
        assert run_python(("manage.py", *command), environment).returncode == 0
    seeded = run_python(("manage.py", "shell", "--no-imports", "-c", SEED), environment)
    assert seeded.returncode == 0, seeded.stderr
    project, token = json.loads(seeded.stdout)
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "workbench.wsgi", "--no-control-socket"),
                *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", str(THREADS)),
                *("--worker-class", "workbench.front.BufferingWorker"),
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
    running = Server(port, process.pid, project, token, database)
    until = time.monotonic() + START_SECONDS
    while True:
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).is_success:
                break
        assert time.monotonic() < until, (home / "web.log").read_text(encoding="utf-8")
        time.sleep(0.2)
    yield running
    process.terminate()
    process.wait(PATIENCE)


def break_off(server: Server, *, with_reset: bool) -> int:
    """Ask for all annotations, read the beginning and go; how many bytes came."""
    lines = [
        f"GET {server.address} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        *(f"{k}: {v}" for k, v in server.headers.items()),
    ]
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ)
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        came = len(connection.recv(READ))
        if with_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return came


def test_clients_that_break_off_hold_up_nobody_and_leave_no_memory(server: Server) -> None:
    with httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}", timeout=PATIENCE, trust_env=False
    ) as client:
        whole = client.get(server.address, headers=server.headers)
        assert whole.status_code == httpx.codes.OK
        assert len(whole.content) > 5 * MEGABYTE  # more than the sockets between hold
        before = measure_memory(server.pid)
        for number in range(CLIENTS):
            assert break_off(server, with_reset=number % 2 == 0)
            assert client.get("/api/v1/projects/", headers=server.headers).status_code == httpx.codes.OK
        assert client.get(server.address, headers=server.headers).content == whole.content
        assert measure_memory(server.pid) - before < 20 * MEGABYTE


def test_what_was_read_for_a_client_that_is_gone_is_read_no_longer(server: Server) -> None:
    for _ in range(THREADS):
        break_off(server, with_reset=True)
    until = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(server.database, timeout=1)) as connection:
        while True:
            connection.execute("UPDATE annotations_project SET description = ?", (os.urandom(4).hex(),))
            connection.commit()
            [(is_busy, *_)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            if not is_busy:  # nobody reads an earlier state any more
                return
            assert time.monotonic() < until
            time.sleep(0.2)
