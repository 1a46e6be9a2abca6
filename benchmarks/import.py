"""How staging and publishing an import grows: JSON Lines of articles of 4 kB, by the job that reads and stages them.

    python -m benchmarks.import 25000 50000 100000         articles; each in a database of its own
    DATABASE_URL=postgres://... python -m benchmarks.import --here 100000

CPU seconds of the process, articles for each of them, wall seconds of the database's own work included, and the most that
the process weighs above what it weighed before.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = [
    "the",
    "ministry",
    "said",
    "that",
    "talks",
    "about",
    "binding",
    "guarantees",
    "would",
    "go",
    "on",
    "in",
    "the",
    "capital",
    "although",
    "critics",
    "admit",
    "a",
    "risk",
    "and",
    "officials",
    "called",
    "the",
    "draft",
    "a",
    "first",
    "step",
    "while",
    "envoys",
    "from",
    "both",
    "sides",
    "weighed",
    "an",
    "offer",
    "of",
    "the",
    "alliance",
]
CHARACTERS = 4_000
PARAGRAPHS = 8


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=int, nargs="+")
    parser.add_argument(
        "--here", action="store_true", help="In the database of DATABASE_URL, which is empty."
    )
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps([run(number) for number in arguments.articles], indent=2))
        return
    for number in arguments.articles:
        with tempfile.TemporaryDirectory(prefix="workbench-import-") as folder:
            environment = os.environ | {
                "DATABASE_URL": f"sqlite:///{Path(folder) / 'import.sqlite3'}",
                "WORKBENCH_HOME": folder,
                "SECRET_KEY": "of-a-benchmark",
            }
            subprocess.run(
                [sys.executable, "-m", "benchmarks.import", "--here", str(number)],
                env=environment,
                check=True,
            )


def write_rows(number: int) -> Iterator[bytes]:
    """Articles of about 4 kB: a title, paragraphs and a line of boilerplate; none like another."""
    draw = random.Random(1)  # noqa: S311 - texts that are made up
    for row in range(number):
        paragraphs = [f"Article {row} about {' '.join(draw.choices(WORDS, k=5))}"]
        length = CHARACTERS // PARAGRAPHS
        for _ in range(PARAGRAPHS):
            words = " ".join(draw.choices(WORDS, k=length // 6))
            paragraphs.append(words[:1].upper() + words[1:length] + ".")
        text = "\n\n".join([*paragraphs, "Post a Comment"])
        yield (
            json.dumps({"id": f"a{row}", "text": text, "source": "Herald", "date": "2026-11-26"}).encode()
            + b"\n"
        )


def run(number: int) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    settings.JOB_SCHEDULE = {}
    from annotations.corpus.imports import ask_to_read, publish_import, start_import
    from annotations.corpus.uploads import add_files, receive_part
    from annotations.jobs.worker import Worker
    from annotations.limits import MAX_IMPORT_PART_BYTES
    from tests.factories import make_project

    with tempfile.TemporaryFile() as written:
        for row in write_rows(number):
            written.write(row)
        size = written.tell()
        written.seek(0)
        made = start_import(make_project(), by=None)
        [file] = add_files(made, [("rows.jsonl", size)])
        while part := written.read(MAX_IMPORT_PART_BYTES):
            receive_part(file, part, offset=file.received)
    ask_to_read(made, by=None)
    before = weigh()
    began, cpu = time.monotonic(), time.process_time()
    if os.environ.get("PROFILE"):
        import cProfile
        import pstats

        profile = cProfile.Profile(time.process_time)
        profile.runcall(Worker().run_until_idle)
        pstats.Stats(profile).sort_stats(os.environ["PROFILE"]).print_stats(45)
    else:
        Worker().run_until_idle()
    cpu, wall = time.process_time() - cpu, time.monotonic() - began
    most = weigh(most=True) - before
    made.refresh_from_db()
    began = time.monotonic()
    assert publish_import(made, by=None) == number
    return {
        "articles": number,
        "megabytes": round(size / 1e6, 1),
        "cpu_seconds": round(cpu, 2),
        "articles_per_cpu_second": round(number / cpu),
        "wall_seconds": round(wall, 2),
        "megabytes_above_idle": round(most / 1e6),
        "publish_seconds": round(time.monotonic() - began, 3),
        "load": round(os.getloadavg()[0], 1),
    }


def weigh(*, most: bool = False) -> int:
    """What the process holds in memory, or held at most since it was last asked."""
    name = "VmHWM" if most else "VmRSS"
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    if not most:
        Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
