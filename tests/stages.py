"""Runs commands one after the other or side by side, and says at the end which of them and of their tests took long."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree as ET

SLOWEST = 20
"""How many of the slowest tests are named at the end."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something to run under a name, with what is to be added to its environment."""

    name: str
    words: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_pytest: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it took: seconds on the clock, and of processors with all that it started."""

    name: str
    status: int
    seconds: float
    processor_seconds: float
    tests: Path | None


class Runner:
    """Keeps what was run, on however many tracks at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.done: list[Done] = []
        self.lock = Lock()
        self._began = time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-stages-")

    def track(self, *, is_seen: bool, niceness: int = 0) -> "Track":
        """A row of commands; one whose output is seen as it comes, or all at once when a command has ended."""
        return Track(self, is_seen=is_seen, niceness=niceness)

    def name_results(self) -> Path:
        """A new file for what pytest says of each test."""
        number = len(list(self.folder.iterdir()))
        path = self.folder / f"{number}.xml"
        path.touch()
        return path

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def report(self) -> int:
        """Tell where the time went and what failed; the status for the shell."""
        lines = [
            f"{done.seconds:7.0f} s {done.processor_seconds:7.0f} s  {done.name}"
            for done in sorted(self.done, key=lambda done: -done.seconds)
        ]
        print("\nWhere the time went: by the clock, and of processors")
        print(f"{time.monotonic() - self._began:7.0f} s            everything", *lines, sep="\n")
        slowest = sorted((each for done in self.done for each in read_times(done)), reverse=True)[:SLOWEST]
        if slowest:
            print(
                "\nThe slowest tests", *(f"{seconds:7.1f} s  {name}" for seconds, name in slowest), sep="\n"
            )
        self._folder.cleanup()
        failed = [done.name for done in self.done if done.status]
        print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.", flush=True)
        return 1 if failed else 0


class Track:
    """Runs commands one after the other beside other tracks."""

    def __init__(self, runner: Runner, *, is_seen: bool, niceness: int) -> None:
        self._runner = runner
        self._is_seen = is_seen
        self.niceness = niceness
        self._nice = ("nice", "-n", str(niceness)) if niceness else ()

    def run(self, *commands: Command) -> None:
        """Run commands side by side until all have ended; of several, the first is the one that is seen."""
        with ThreadPoolExecutor(max_workers=len(commands)) as together:
            running = [
                together.submit(self._run, command, is_seen=self._is_seen and place == 0)
                for place, command in enumerate(commands)
            ]
        for each in running:
            each.result()

    def _run(self, command: Command, *, is_seen: bool) -> None:
        results, words = None, [*self._nice, *command.words]
        with self._runner.lock:
            print(f"\n=== {command.name}", flush=True)
            if command.is_pytest:
                results = self._runner.name_results()
                words += [f"--junitxml={results}", "--override-ini=junit_duration_report=total"]
        with tempfile.TemporaryFile("w+") as output:
            kept = None if is_seen else output
            began = time.monotonic()
            process = subprocess.Popen(
                words,
                cwd=self._runner.root,
                env={**os.environ, **command.environment},
                stdout=kept,
                stderr=kept,
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - began
            with self._runner.lock:
                if kept:
                    kept.seek(0)
                    print(f"\n=== {command.name}\n{kept.read()}", flush=True)
                outcome = "failed" if process.returncode else "passed"
                print(f"=== {command.name}: {outcome} in {seconds:.0f} s", flush=True)
                self._runner.done.append(
                    Done(command.name, process.returncode, seconds, used.ru_utime + used.ru_stime, results)
                )


def read_times(done: Done) -> Iterator[tuple[float, str]]:
    """The seconds of each test of a command, with what came before and after it, and the test's name."""
    if done.tests is None or not done.tests.stat().st_size:
        return
    for case in ET.parse(done.tests).iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
        yield float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')} ({done.name})"
