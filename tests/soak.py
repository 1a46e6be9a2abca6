"""The long runs, from one seed and for one duration: `python -m tests.soak --seed 1000 --minutes 30`.

Each is a test that `make test` runs for seconds, with the same code and more of it. All are run once, and then again with other seeds until the time is
over, so that a night finds more than an hour; a run that fails says with what seed it does so again.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "7200")


@dataclass(frozen=True)
class Soak:
    """A test that is run longer: what is counted, and by which environment."""

    title: str
    test: str
    environment: dict[str, str] = field(default_factory=dict)
    seeded_by: str = "SOAK_SEED"


SOAKS = (
    Soak(
        "40 kills while 15,000 submissions come in",
        "tests/faults/test_killed_submissions.py",
        {"KILLS": "40", "SUBMISSIONS": "15000"},
    ),
    Soak("the workbench’s own jobs, killed", "tests/integration/jobs/test_killed_jobs.py"),
    Soak(
        "planning, freezing and excluding, killed 50 times each",
        "tests/integration/jobs/test_killed_work.py",
        {"KILLS": "50"},
    ),
    Soak(
        "carrying a round over and taking that back, killed 50 times",
        "tests/integration/jobs/test_killed_carrying.py",
        {"KILLS": "50"},
    ),
    Soak("20 backups while others write", "tests/integration/test_backups.py", {"BACKUPS": "20"}),
    Soak(
        "1,000 runs through every workflow",
        "tests/integration/assignment/test_every_workflow.py",
        {"EXAMPLES": "1000"},
    ),
    Soak("200 requests to each operation of the API", "tests/api/test_schema.py", {"EXAMPLES": "200"}),
    Soak(
        "10,000 damaged files of texts",
        "tests/unit/formats/test_mutated_files.py",
        {"MUTATED_FILES": "10000"},
        "MUTATED_FILES_SEED",
    ),
    Soak(
        "10,000 damaged files of annotations",
        "tests/unit/formats/test_mutated_annotations.py",
        {"MUTATED_FILES": "10000"},
        "MUTATED_FILES_SEED",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--only", metavar="WORD", default="", help="Only those whose title has it.")
    chosen = parser.parse_args()
    soaks = [soak for soak in SOAKS if chosen.only in soak.title]
    if not soaks:
        parser.error(
            f"there is none whose title has {chosen.only!r}: {'; '.join(one.title for one in SOAKS)}"
        )
    deadline = time.monotonic() + 60 * chosen.minutes
    passed: Counter[str] = Counter()
    failed: list[str] = []
    for number in range(10**6):
        for soak in soaks:
            if number and time.monotonic() > deadline:
                return report(passed, failed)
            run(soak, chosen.seed + number, passed, failed)
    return report(passed, failed)


def run(soak: Soak, seed: int, passed: Counter[str], failed: list[str]) -> None:
    """Run one test with a seed, and keep count."""
    environment = {**soak.environment, soak.seeded_by: str(seed)}
    words = " ".join(f"{name}={value}" for name, value in environment.items())
    print(f"\n=== {soak.title}: {words}", flush=True)
    began = time.monotonic()
    status = subprocess.run(
        (*PYTEST, "--hypothesis-seed", str(seed), soak.test),
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    ).returncode
    print(f"=== {'failed' if status else 'passed'} in {time.monotonic() - began:.0f} s", flush=True)
    if status:
        failed.append(f"{words} python -m pytest {soak.test}")
    else:
        passed[soak.title] += 1


def report(passed: Counter[str], failed: list[str]) -> int:
    """Say what was run how often, and how to see again what failed."""
    print()
    for title, times in passed.items():
        print(f"{times:4} times passed: {title}")
    for command in failed:
        print(f"failed: {command}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
