"""Child processes of the embedded installation: started, watched, restarted and stopped together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A process that has run this long starts again without a pause."""


class ManagedProcess:
    """A command with a log and a pid file; one that an earlier run left behind is stopped before it starts.

    Parameters
    ----------
    folder
        Where the command runs; `python -m` finds its modules there.
    home
        The installation's folder, for the log and the pid file.
    environment
        What the command finds in its environment beside ours.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        home: Path,
        environment: Mapping[str, str],
    ) -> None:
        self.name = name
        self.log = home / "logs" / f"{name}.log"
        self._command = list(command)
        self._folder = folder
        self._pid_file = home / "run" / f"{name}.pid"
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS

    def start(self) -> None:
        self.stop_left_behind()
        for folder in (self.log.parent, self._pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started_at = time.monotonic()
        self._pid_file.write_text(str(self._process.pid), encoding="ascii")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def restart_if_dead(self) -> bool:
        """Start it again if it has ended, with growing pauses while it keeps ending; tell whether it was dead."""
        if self.is_running:
            return False
        alive_for = time.monotonic() - self._started_at
        if alive_for >= STEADY_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        elif alive_for < self._pause:
            return False
        else:
            self._pause = min(self._pause * 2, MAX_PAUSE_SECONDS)
        self.start()
        return True

    def stop(self) -> None:
        if self._process is not None and self.is_running:
            stop_group(self._process.pid, is_alive=lambda: self.is_running)
        self._pid_file.unlink(missing_ok=True)

    def read_log_tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop_left_behind(self) -> None:
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return
        if all(part.encode() in command for part in self._command[1:]):
            stop_group(pid, is_alive=lambda: Path(f"/proc/{pid}").exists())


def stop_group(pid: int, *, is_alive: Callable[[], bool]) -> None:
    """Ask a process group to end; make it, if it has not after ten seconds."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive():
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return
