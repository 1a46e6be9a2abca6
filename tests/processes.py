"""Processes of the product that begin in a moment: forked from one that has imported everything already.

Each is a process as real as one that a shell starts, with an environment and settings of its own, and can be killed like
one; only the seconds that Python takes to import Django and us are spent once.
"""

import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIGTERM
from typing import Any
from weakref import finalize

ROOT = Path(__file__).resolve().parents[1]
_forking = get_context("forkserver")
_forking.set_forkserver_preload(["tests.preloaded"])


class PythonProcess:
    """What runs `python WORDS` with more in its environment; what it says comes by `stdout`, or goes to a file.

    A variable that is given without a value is not there for it.
    """

    def __init__(self, *words: str, output: Path | None = None, **environment: str) -> None:
        reading, writing = Pipe(duplex=False)
        handle, self._errors = tempfile.mkstemp(prefix="workbench-errors-")
        os.close(handle)
        finalize(self, Path(self._errors).unlink)
        files = (str(output), str(output)) if output else ("", self._errors)
        whole = {name: value for name, value in {**os.environ, **environment}.items() if value}
        self._process = _forking.Process(target=_become, args=(words, whole, writing, *files), daemon=True)
        self._process.start()
        writing.close()
        reading.recv()  # it has begun; before the first one, everything is imported
        self.stdout = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        finalize(self, self.stdout.close)
        reading.close()

    @property
    def pid(self) -> int:
        """Its number, which is also that of the group of all that it starts."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        """How it ended, if it has."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self.send_signal(SIGTERM)

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; its status, or a signal as a negative number."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError(f"it has not ended after {timeout} s")
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it has ended; what it said that nobody has read yet, and its errors."""
        said = "" if self.stdout.closed else self.stdout.read()
        self.stdout.close()
        self.wait(timeout)
        return said, Path(self._errors).read_text(encoding="utf-8")


def measure_memory(pid: int) -> int:
    """Bytes that a process and its children have in memory, shared ones counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    total = 0
    for each in (pid, *map(int, children)):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def run_python(
    words: Sequence[str], environment: Mapping[str, str], *, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one to its end: how it ended and what it said, as `subprocess.run` tells it."""
    process = PythonProcess(*words, output=None, **environment)
    said, errors = process.communicate(timeout)
    return subprocess.CompletedProcess(words, process.wait(), said, errors)


def _become(
    words: tuple[str, ...], environment: dict[str, str], writing: Connection, output: str, errors: str
) -> None:
    """Be what a shell would have started: the streams, the group, the environment and the settings are its own."""
    writing.send("begun")
    os.setsid()
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    os.dup2(os.open(output, append) if output else writing.fileno(), 1)
    os.dup2(os.open(errors, append), 2)
    writing.close()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    _forget_settings()
    if words[0] == "-m":
        sys.argv = [words[1], *words[2:]]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [*words]
        runpy.run_path(words[0], run_name="__main__")


def _forget_settings() -> None:
    """Let the settings be read anew from the environment, and what hangs on them be made anew."""
    from asgiref.local import Local
    from django.conf import settings
    from django.core.cache import caches
    from django.core.files.storage import default_storage, storages
    from django.db import connections
    from django.utils.functional import empty

    for name in list(sys.modules):
        if name.startswith("workbench.") or (name.startswith("tests.") and name.endswith("settings")):
            del sys.modules[name]
    handlers: tuple[Any, ...] = (connections, caches)
    for handler in handlers:
        handler.__dict__.pop("settings", None)
        handler._settings, handler._connections = None, Local(handler.thread_critical)
    files: Any = storages
    files.__dict__.pop("backends", None)
    files._backends, files._storages = None, {}
    lazy: tuple[Any, ...] = (settings, default_storage)
    for each in lazy:
        each._wrapped = empty
