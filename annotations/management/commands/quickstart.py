"""Set everything up and run it: Label Studio, the database, the seed articles, the server and the worker."""

import fcntl
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import IO, Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from annotations.collection.ports import StudioRefusedError, StudioUnavailableError
from annotations.collection.services import connect_studio, top_up_queue
from annotations.labelstudio.access import connect, local_studio
from annotations.labelstudio.account import StudioServerError
from annotations.labelstudio.server import LocalStudio, RunningStudio
from annotations.management.processes import ManagedProcess
from annotations.management.seeding import SeededProject, seed_project, seed_sample_project
from annotations.management.steps import Steps
from annotations.models import Participant, Project, User
from annotations.projects.signing_in import issue_sign_in_link

DEFAULT_PORT = 8000
LOOPBACK = "127.0.0.1"
WEB_START_SECONDS = 60
WATCH_SECONDS = 1.0
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Command(BaseCommand):
    """Sets everything up in one folder and serves it until Ctrl-C."""

    help = "Set everything up and start annotating the seed articles; Ctrl-C stops it all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help=f"Where the workbench listens (default {DEFAULT_PORT}).")
        parser.add_argument(
            "--sample-annotations",
            action="store_true",
            help="Add a second project whose articles carry three sample annotations each.",
        )
        parser.add_argument("--no-browser", action="store_true", help="Do not open a browser.")

    def handle(self, *, port: int | None, sample_annotations: bool, no_browser: bool, **_: Any) -> None:
        self.console = Console(soft_wrap=True)
        self.steps = Steps(self.console)
        self.port = port or int(os.environ.get("PORT") or DEFAULT_PORT)
        self.public_url = settings.CHOSEN_URL or f"http://{LOOPBACK}:{self.port}"
        lock = _lock_installation(settings.HOME / "quickstart.lock")
        for number in STOPPING:  # a shell may have had one of them ignored
            signal.signal(number, _interrupt)
        try:
            self._run(sample_annotations=sample_annotations, open_browser=not no_browser)
        except KeyboardInterrupt:
            self.console.print("Stopped. Everything is kept; start again with the same command.")
        finally:
            lock.close()

    def _run(self, *, sample_annotations: bool, open_browser: bool) -> None:
        children = self._child_processes()
        studio = StudioInBackground(self.steps, self.public_url)
        try:
            for child in children:
                child.stop_left_behind()
            _check_port(self.port)
            if settings.STUDIO_URL:
                _check_external_studio()
            self.console.print("[bold]Setting up the workbench[/]")
            _remember_address(self.public_url)
            studio.begin()
            self._prepare_database()
            with self.steps.step("Seed articles, team and first round"):
                seeded = seed_project(_seed_articles())
            samples = None
            if sample_annotations:
                with self.steps.step("Sample annotations"):
                    samples = seed_sample_project(_seed_articles(), seeded)
            web, worker = children
            web.start()
            studio.wait()
            self._fill_queues(seeded)
            worker.start()
            self._wait_for(web)
            self._greet(seeded, samples, open_browser=open_browser)
            self._watch(children, studio)
        finally:
            for number in STOPPING:  # who presses Ctrl-C twice leaves nothing running either
                signal.signal(number, signal.SIG_IGN)
            for child in reversed(children):
                child.stop()
            studio.stop()

    def _prepare_database(self) -> None:
        with self.steps.step("Database"):
            call_command("migrate", verbosity=0, interactive=False)
        with self.steps.step("Static files"):
            call_command("collectstatic", verbosity=0, interactive=False)

    def _fill_queues(self, seeded: SeededProject) -> None:
        try:
            with self.steps.step("Articles in the annotators' queues"):
                connect().bearer()
                studio = connect_studio()
                for participant in Participant.objects.filter(round=seeded.round, is_active=True):
                    top_up_queue(participant, studio=studio)
        except (StudioRefusedError, StudioUnavailableError) as error:
            raise CommandError(str(error)) from error

    def _child_processes(self) -> list[ManagedProcess]:
        environment = {"PUBLIC_URL": self.public_url, "WORKBENCH_HOME": str(settings.HOME)}
        web = [
            *(sys.executable, "-m", "gunicorn", settings.WSGI_APPLICATION.rpartition(".")[0]),
            *("--bind", f"{LOOPBACK}:{self.port}", "--no-control-socket"),
            *("--preload", "--worker-class", settings.WSGI_WORKER, "--workers", "2", "--threads", "16"),
            *("--timeout", "120", "--graceful-timeout", "8"),
        ]
        worker = [sys.executable, "-m", "workbench", "worker"]
        return [
            ManagedProcess(
                name, command, folder=settings.BASE_DIR, home=settings.HOME, environment=environment
            )
            for name, command in (("web", web), ("worker", worker))
        ]

    def _wait_for(self, web: ManagedProcess) -> None:
        with self.steps.step("Workbench server and worker"):
            deadline = time.monotonic() + WEB_START_SECONDS
            while not _answers(f"http://{LOOPBACK}:{self.port}/health/"):
                if not web.is_running or time.monotonic() > deadline:
                    raise CommandError(
                        f"The workbench did not start. The end of {web.log}:\n{web.read_log_tail()}"
                    )
                time.sleep(0.1)

    def _greet(self, seeded: SeededProject, samples: Project | None, *, open_browser: bool) -> None:
        self.console.print(
            f"\n[bold]Ready after {self.steps.seconds:.0f} s:[/] {self.public_url}\n", highlight=False
        )
        links = [(person, _sign_in_address(self.public_url, person)) for person in seeded.people]
        if any(link for _, link in links):
            self.console.print("Sign-in links; each works once and leads to choosing a password:")
        for person, link in links:
            self.console.print(
                f"  {person.name:16} {person.email:26} {link or 'has a password'}", highlight=False
            )
        self.console.print("\nCtrl-C stops everything; the next start takes up the same data.")
        self.console.print(_say_where_to_look(self.public_url, seeded, samples), highlight=False)
        sys.stdout.flush()
        if open_browser and self.console.is_terminal:
            webbrowser.open(self.public_url)

    def _watch(self, children: list[ManagedProcess], studio: "StudioInBackground") -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            for child in children:
                if child.restart_if_dead():
                    self.console.print(
                        f"The {child.name} process had ended and was started again; see {child.log}."
                    )
            if studio.restart_if_dead():
                self.console.print("Label Studio had ended and was started again.")


class StudioInBackground:
    """Label Studio on its way up while the database is prepared; nothing at all where an external one is set."""

    def __init__(self, steps: Steps, public_url: str) -> None:
        self._steps = steps
        self._public_url = public_url
        self._server: LocalStudio | None = None if settings.STUDIO_URL else local_studio()
        self._running: RunningStudio | None = None
        self._error: Exception | None = None
        self._doing = "starting"
        self._is_first_start = False
        self._thread = threading.Thread(target=self._set_up, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def _set_up(self) -> None:
        if self._server is None:
            return
        try:
            if not self._server.is_installed:
                self._doing = "its packages are installed, which takes a minute or more"
                self._server.install()
            self._doing = "starting"
            self._is_first_start = self._server.is_new
            self._running = self._server.start(public_url=self._public_url)
            self._server.wait_until_healthy(self._running)
            self._doing = "signing in"
            self._server.obtain_token(self._running)
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
            self._error = error

    def wait(self) -> None:
        if self._server is not None:
            self._steps.wait(
                "Label Studio", is_over=lambda: not self._thread.is_alive(), describe=self._describe
            )
        self._thread.join()
        if isinstance(self._error, StudioServerError):
            raise CommandError(str(self._error)) from self._error
        if self._error:
            raise self._error

    def _describe(self) -> str:
        """What it does at the moment; on its first start, how far it is with its database."""
        if self._server is None or not (self._is_first_start and self._doing == "starting"):
            return self._doing
        number, part = self._server.read_migrations()
        return (
            f"it makes its database, {number} steps so far ({part.replace('_', ' ')})"
            if number
            else "starting"
        )

    def restart_if_dead(self) -> bool:
        if self._server is None or self._running is None or not self._server.has_died(self._running):
            return False
        try:
            self._running = self._server.start(public_url=self._public_url, port=self._running.port)
        except (StudioServerError, OSError) as error:
            self._steps.warn(f"Label Studio has ended and cannot be started again: {error}")
            return False
        return True

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


def _lock_installation(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise CommandError(f"The folder {path.parent} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CommandError(f"The workbench in {path.parent} is running already.") from error
    return lock


def _remember_address(public_url: str) -> None:
    settings.ADDRESS_FILE.touch(mode=0o600)
    settings.ADDRESS_FILE.write_text(f"{public_url}\n", encoding="utf-8")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken by another program. Choose another: "
                f"{settings.START_COMMAND_WITH.format(f'--port {port + 1}')}",
            ) from error


def _check_external_studio() -> None:
    """Before anything takes its time: a Studio elsewhere must answer and accept the token."""
    try:
        connect().bearer()
    except (StudioRefusedError, StudioUnavailableError) as error:
        raise CommandError(str(error)) from error


def _seed_articles() -> list[Path]:
    """List the seed articles by paths from here, which are kept with the articles and so say the same on every machine."""
    return sorted(Path(os.path.relpath(path)) for path in settings.SEEDS.glob("*.txt"))


def _sign_in_address(public_url: str, person: User) -> str:
    """A new one-time link, for those who have not chosen a password yet."""
    if person.has_usable_password():
        return ""
    return f"{public_url}/sign-in/{issue_sign_in_link(person, by=None)}/"


def _say_where_to_look(public_url: str, seeded: SeededProject, samples: Project | None) -> str:
    """The last line: what to look at first, and as whom."""
    if samples is not None:
        return (
            f"Look first, as Manager: {public_url}/projects/{samples.slug}/agreement/ compares three annotators. Then, in "
            "another browser, as Adjudicator: decide what they differ on; as Annotator One: annotate an article yourself."
        )
    return (
        "Look first, as Annotator One: “Annotate next article” opens the editor. Then, in another browser, as Manager: "
        f"{public_url}/projects/{seeded.project.slug}/ says where everything stands."
    )


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code < httpx.codes.INTERNAL_SERVER_ERROR
    except httpx.HTTPError:
        return False


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
