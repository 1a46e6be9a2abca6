"""A real installation for tests: `manage.py quickstart` in a folder of its own, with a real Label Studio."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from annotations.labelstudio.access import StudioAccess
from annotations.labelstudio.server import DATABASE, LocalStudio, find_free_port
from tests.migrated import copy_database
from tests.processes import run_python

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 600.0
STOP_SECONDS = 60.0
WITHOUT_OURS = dict.fromkeys(
    ("DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "STUDIO_URL", "STUDIO_TOKEN"), ""
)
"""What the tests have in their environment, and an installation does not."""


def install_label_studio() -> Path:
    """The environment of Label Studio that every installation of this checkout shares; made once."""
    studio = LocalStudio(ROOT / "var" / "label-studio", ROOT / "requirements" / "label-studio.txt")
    studio.install()
    return studio.environment


def make_studio_tables() -> Path:
    """A database of Label Studio that holds its tables and nothing else: they take most of a first start, so they are made once for every installation of the tests."""
    lock = (ROOT / "requirements" / "label-studio.txt").read_bytes()
    kept = ROOT / "var" / "label-studio" / f"tables-{hashlib.sha256(lock).hexdigest()[:20]}.sqlite3"
    if kept.exists():
        return kept
    command = install_label_studio() / "bin" / "label-studio"
    with tempfile.TemporaryDirectory(prefix="workbench-studio-") as folder:
        private = {
            "LABEL_STUDIO_BASE_DATA_DIR": folder,
            "COLLECT_ANALYTICS": "0",
            "LATEST_VERSION_CHECK": "0",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        # It makes its tables whatever it is asked for.
        subprocess.run([command, "version"], env={**inherited, **private}, capture_output=True, check=True)
        copy_database(Path(folder) / DATABASE, kept)
    return kept


class Installation:
    """A workbench that was set up by its own quickstart and runs until it is stopped."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments
        self.output = home / "quickstart.log"
        self._process: subprocess.Popen[bytes] | None = None
        (home / "label-studio").mkdir(parents=True, exist_ok=True)
        shared = home / "label-studio" / "environment"
        if not shared.exists():
            shared.symlink_to(install_label_studio(), target_is_directory=True)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in WITHOUT_OURS}
        return {**kept, "WORKBENCH_HOME": str(self.home)}

    def start(self, **environment: str) -> None:
        """Run the quickstart, with more in its environment, and wait until it says that it is ready."""
        if self.studio.is_new:
            data = self.home / "label-studio" / "data"
            data.mkdir()
            shutil.copy(make_studio_tables(), data / DATABASE)
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "manage.py",
                    "quickstart",
                    "--no-browser",
                    "--port",
                    str(self.port),
                    *self.arguments,
                ],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS
        while "Ctrl-C" not in self.read_output().rpartition("Setting up")[2]:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the quickstart did not get ready:\n{self.read_output()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=STOP_SECONDS)

    def kill(self) -> None:
        """End the quickstart, the server and the worker at once, as a power cut does; Label Studio lives on."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for name in ("web", "worker"):
            os.killpg(self.pid_of(name), signal.SIGKILL)

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """What ends stays ended for so long: who starts it again is held."""
        if self._process is None:
            raise RuntimeError("the installation does not run")
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def without_worker(self) -> Iterator[None]:
        """The worker ends after what it is at, and comes back afterwards."""
        with self.unwatched():
            worker = self.pid_of("worker")
            os.kill(worker, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while _is_running(worker) and time.monotonic() < deadline:
                time.sleep(0.1)
            yield

    def pid_of(self, name: str) -> int:
        return int((self.home / "run" / f"{name}.pid").read_text(encoding="ascii"))

    def read_output(self) -> str:
        return self.output.read_text(encoding="utf-8") if self.output.exists() else ""

    def sign_in_links(self) -> dict[str, str]:
        """The one-time links that the last start printed, by e-mail address."""
        return dict(re.findall(r"(\S+@\S+)\s+(http\S+/sign-in/\S+)", self.read_output()))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a management command in this installation."""
        return run_python(("manage.py", *command), {**WITHOUT_OURS, "WORKBENCH_HOME": str(self.home)})

    def ask(self, code: str) -> Any:
        """Run code in this installation, whose last printed line is JSON, and read that."""
        done = self.run("shell", "-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    @property
    def studio(self) -> LocalStudio:
        return LocalStudio(self.home / "label-studio", ROOT / "requirements" / "label-studio.txt")

    def studio_access(self) -> StudioAccess:
        """Label Studio as the last start left it, past the gateway."""
        running = self.studio.last_started()
        if running is None:
            raise RuntimeError("Label Studio has never been started in this installation")
        return StudioAccess(running.url, self.studio.read_token())

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False)


def _is_running(pid: int) -> bool:
    """Whether it has not ended, even if nobody has taken notice of its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
