"""A Label Studio server of our own: create its environment, start, adopt, wait for and stop it."""

import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from uv import find_uv_bin

from annotations.labelstudio.account import (
    ServiceAccount,
    StudioServerError,
    accepts_token,
    create_token,
    sign_again,
)
from annotations.labelstudio.processes import is_process_of, signal_group

SERVICE_EMAIL = "workbench@service.example"
DATABASE = "label_studio.sqlite3"
SAYS_CHANGED = "Password successfully changed"
FIRST_START_SECONDS = 300.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunningStudio:
    """A started server: where it listens, and the address under which browsers reach it."""

    pid: int
    port: int
    public_url: str

    @property
    def url(self) -> str:
        """The address at which the workbench reaches the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def shows_password(self) -> bool:
        """Whether an earlier version of the workbench started it, with its password in the list of processes."""
        try:
            return b"--password" in Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False


class LocalStudio:
    """The Label Studio of an installation, in a folder of its own.

    Parameters
    ----------
    home
        The folder for its environment, data, log, account and state.
    lock
        The requirements with hashes that its environment is made of.
    environment
        Where that environment is; in `home`, unless several share one.
    """

    def __init__(self, home: Path, lock: Path, environment: Path | None = None) -> None:
        self.home = home
        self.lock = lock
        self.environment = environment or home / "environment"
        self.log = home / "label-studio.log"
        self._account = home / "account.json"
        self._state = home / "state.json"
        self._child: subprocess.Popen[bytes] | None = None

    # --- its environment -------------------------------------------------------------------------------

    @property
    def is_installed(self) -> bool:
        stamp = self.environment / "workbench-lock.txt"
        return stamp.exists() and stamp.read_bytes() == self.lock.read_bytes()

    @property
    def is_new(self) -> bool:
        """Whether it has never been started here, so that it makes its database first."""
        return not (self.home / "data").exists()

    def install(self) -> None:
        """Create the environment from the lock; quick, and without a network, when it is there already."""
        if self.is_installed:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        uv = find_uv_bin()
        if not (self.environment / "bin" / "python").exists():
            self._run_installer([uv, "venv", "--quiet", "--python", "3.11", str(self.environment)])
        self._run_installer(
            [
                uv,
                "pip",
                "sync",
                "--quiet",
                "--require-hashes",
                "--python",
                str(self.environment / "bin" / "python"),
                str(self.lock),
            ],
        )
        (self.environment / "workbench-lock.txt").write_bytes(self.lock.read_bytes())

    @staticmethod
    def _run_installer(command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StudioServerError(
                "Label Studio could not be installed. Is there a network, or a package index that this machine "
                f"reaches? The installer said:\n{done.stderr.strip()[-2000:]}",
            )

    # --- its process -----------------------------------------------------------------------------------

    def last_started(self) -> RunningStudio | None:
        """The server as the last start left it; it may have died since."""
        state = self._read(self._state)
        try:
            return RunningStudio(**state)
        except TypeError:  # there is none, or another version wrote it
            return None

    def find_running(self) -> RunningStudio | None:
        """The server that an earlier start left running, if it answers."""
        running = self.last_started()
        if running and is_process_of(running.pid, self.environment) and is_healthy(running.url):
            return running
        return None

    def start(self, *, public_url: str, port: int | None = None) -> RunningStudio:
        """Start the server, or adopt the one that runs for the same address already; do not wait for it."""
        found = self.find_running()
        if found and found.public_url == public_url and not found.shows_password:
            return found
        self.stop()
        if not self.is_installed:
            raise StudioServerError("Label Studio is not installed yet: run `make quickstart` once.")
        account = self._ensure_secret_key()
        if not account.was_never_shown:
            account = self.renew_password()
        port = port or find_free_port()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [
                    str(self.environment / "bin" / "label-studio"),
                    "start",
                    "--no-browser",
                    "--internal-host",
                    "127.0.0.1",
                    "--port",
                    str(port),
                ],
                env=self._child_environment(public_url, account),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running = RunningStudio(pid=self._child.pid, port=port, public_url=public_url)
        self._write(self._state, asdict(running))
        return running

    def _child_environment(self, public_url: str, account: ServiceAccount) -> dict[str, str]:
        """Every account of the machine reads a command line; the environment only this one does."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO_", "LABEL_STUDIO_", "POSTGRE_", "VIRTUAL_ENV", "PYTHON"))
            and name not in {"DATABASE_URL", "SECRET_KEY", "DEBUG"}
        }
        return inherited | {
            **({"SECRET_KEY": account.secret_key} if account.secret_key else {}),
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.home / "data"),
            "LABEL_STUDIO_HOST": f"{public_url}/studio",
            "LABEL_STUDIO_USERNAME": account.email,
            "LABEL_STUDIO_PASSWORD": account.password,
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "COLLECT_ANALYTICS": "0",
            "LATEST_VERSION_CHECK": "0",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "DEBUG": "false",
        }

    def wait_until_healthy(
        self,
        running: RunningStudio,
        *,
        timeout: float = FIRST_START_SECONDS,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        deadline = time.monotonic() + timeout
        while not is_healthy(running.url):
            if self._child and self._child.poll() is not None:
                raise StudioServerError(
                    f"Label Studio stopped while it was starting (status {self._child.returncode}). "
                    f"The end of {self.log}:\n{self._log_tail()}",
                )
            if time.monotonic() > deadline:
                raise StudioServerError(
                    f"Label Studio did not answer within {timeout:.0f} s. The end of {self.log}:\n{self._log_tail()}",
                )
            on_wait()
            time.sleep(0.2)

    def read_migrations(self) -> tuple[int, str]:
        """How many migrations of its database Label Studio has made so far, and of which of its parts the last one was.

        It says nothing about them itself, and they take most of its first start.
        """
        database = self.home / "data" / DATABASE
        try:
            with closing(
                sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=0.1)
            ) as connection:
                rows = connection.execute(
                    "SELECT COUNT(*) OVER (), app FROM django_migrations ORDER BY id DESC LIMIT 1"
                ).fetchall()
        except sqlite3.Error:  # it is not there yet, or locked at this moment
            return 0, ""
        return rows[0] if rows else (0, "")

    def stop(self) -> bool:
        """Stop the server, whoever started it; tell whether there was one."""
        running = self.last_started()
        if running is None or not is_process_of(running.pid, self.environment):
            return False
        pid = running.pid
        signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._is_alive(pid):
            signal_group(pid, signal.SIGKILL)
        return True

    def has_died(self, running: RunningStudio) -> bool:
        return not self._is_alive(running.pid)

    def _is_alive(self, pid: int) -> bool:
        if self._child and self._child.pid == pid:
            return self._child.poll() is None
        return is_process_of(pid, self.environment)

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    # --- its account -----------------------------------------------------------------------------------

    def read_token(self) -> str:
        """The stored token; empty before the first start has made one."""
        return str(self._read(self._account).get("token", ""))

    def obtain_token(self, running: RunningStudio) -> str:
        """The service account's personal access token, made on the first start and kept for its owner alone."""
        account = self._ensure_account()
        if not (account.token and accepts_token(running.url, account.token)):
            token = create_token(running.url, account)
            account = replace(account, token=token)
            self._write(self._account, asdict(account))
        return account.token

    def _ensure_secret_key(self) -> ServiceAccount:
        """Give Label Studio a key to sign with, unless it made one that it can read again.

        It takes a value that begins with a dollar sign for the name of another, so that of fifty keys that it makes it
        does not find one again, makes another at every start, and accepts no token from before.
        """
        account = self._ensure_account()
        if account.secret_key or is_readable(find_secret_key(self.home / "data" / ".env")):
            return account
        key = secrets.token_hex(32)
        token = sign_again(account.token, key) if account.token else ""
        account = replace(account, secret_key=key, token=token)
        self._write(self._account, asdict(account))
        return account

    def _ensure_account(self) -> ServiceAccount:
        stored = self._read(self._account)
        if stored:
            return ServiceAccount(**stored)
        account = ServiceAccount(SERVICE_EMAIL, secrets.token_urlsafe(32), was_never_shown=True)
        self._write(self._account, asdict(account))
        return account

    @property
    def has_shown_password(self) -> bool:
        """Whether the password in use once stood in the list of processes."""
        stored = self._read(self._account)
        return bool(stored) and not stored.get("was_never_shown")

    def renew_password(self) -> ServiceAccount:
        """Give the account another password by Label Studio's own command, which reads it from its input.

        Where that fails, the old one stays in use, and the next start and `manage.py doctor` come back to it.
        """
        account = self._ensure_account()
        renewed = replace(account, password=secrets.token_urlsafe(32), was_never_shown=True)
        done = subprocess.run(
            [str(self.environment / "bin" / "label-studio"), "reset_password", "--username", account.email],
            env=self._child_environment("http://127.0.0.1", account),
            cwd=self.home,
            input=f"{renewed.password}\n",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # without a terminal, where it would ask instead
        )
        if SAYS_CHANGED not in done.stdout:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(
                    f"The password could not be renewed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}\n"
                )
            return account
        self._write(self._account, asdict(renewed))
        return renewed

    # --- small files that only their owner may read ----------------------------------------------------

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _write(self, path: Path, value: dict[str, Any]) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(value), encoding="utf-8")
        new.replace(path)


def find_secret_key(file: Path) -> str:
    """The key that Label Studio reads in its file of settings, which is the first; empty where there is none."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return next((line.partition("=")[2] for line in lines if line.startswith("SECRET_KEY=")), "")


def is_readable(secret_key: str) -> bool:
    """Whether Label Studio takes a key for what it is, and not for none or for the name of another setting."""
    return bool(secret_key) and not secret_key.startswith("$")


def find_free_port() -> int:
    """A port of this machine that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_healthy(url: str) -> bool:
    """Whether a Label Studio answers at an address now."""
    try:
        return httpx.get(f"{url}/health", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
