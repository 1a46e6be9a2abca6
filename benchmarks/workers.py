"""How much faster several Celery workers are than one: imports, exports and counts of agreement of eight projects, on PostgreSQL and Redis.

    python -m benchmarks.workers                    with 1, 2 and 4 workers of one process each
    python -m benchmarks.workers 1 2 --articles 500 smaller projects

For each kind of job: the seconds until the jobs of all projects are done, how many times as fast that is as with the first number of
workers, and the processor's seconds of the workers. More workers than cores can only wait for one another.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.claims import DATABASES

CELERY = (sys.executable, "-m", "celery", "-A", "workbench")
PROJECTS = 8
LONGEST_SECONDS = 900


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--articles", type=int, default=1_000, help="of each of the eight projects")
    arguments = parser.parse_args()
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="workbench-workers-")))
        address = ending.enter_context(DATABASES["postgresql"](folder))
        os.environ |= {
            "DATABASE_URL": address,
            "WORKBENCH_HOME": str(folder),
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        from tests.redis_server import RedisServer

        redis = RedisServer(folder)
        redis.start()
        ending.callback(redis.kill)
        os.environ["CELERY_BROKER_URL"] = redis.url
        print(json.dumps(run(arguments.workers, arguments.articles, folder), indent=2))


def run(numbers: Sequence[int], articles: int, folder: Path) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    asking = prepare(articles)
    found: dict[str, dict[int, dict[str, float]]] = {kind: {} for kind in asking}
    for number in numbers:
        with at_work(number, folder) as workers:
            measure(asking["export"], workers)  # which imports what all jobs need
            for kind, ask in asking.items():
                found[kind][number] = measure(ask, workers)
    for of_kind in found.values():
        for measured in of_kind.values():
            measured["times as fast"] = round(of_kind[numbers[0]]["seconds"] / measured["seconds"], 2)
    return {"projects": PROJECTS, "articles of each": articles, "cores": os.cpu_count(), "workers": found}


def prepare(articles: int) -> Mapping[str, Callable[[], list[Any]]]:
    """Make the projects; for each kind of job, what asks for one of each project."""
    from django.db import transaction

    from annotations.corpus.imports import ask_to_read, start_import
    from annotations.corpus.uploads import add_files, receive_part
    from annotations.gold.kept import ask_for_annotations
    from annotations.jobs.services import enqueue
    from annotations.limits import MAX_IMPORT_PART_BYTES
    from annotations.models import AgreementStatistics, Job, Role
    from tests.factories.large import make_large_project

    rows = importlib.import_module("benchmarks.import").write_rows
    with transaction.atomic():
        made = [make_large_project(articles) for _ in range(PROJECTS)]
    imports = []
    for large in made:
        content = b"".join(rows(articles))
        began = start_import(large.project, by=None)
        [file] = add_files(began, [("rows.jsonl", len(content))])
        for start in range(0, len(content), MAX_IMPORT_PART_BYTES):
            receive_part(file, content[start : start + MAX_IMPORT_PART_BYTES], offset=start)
        imports.append(began)

    def ask_for_imports() -> list[Job]:
        return [ask_to_read(one, by=None) for one in imports]

    def ask_for_exports() -> list[Job]:
        managers = [(large.project, large.people[Role.MANAGER]) for large in made]
        return [ask_for_annotations(project, "jsonl", by=manager) for project, manager in managers]

    def ask_for_counts() -> list[Job]:
        AgreementStatistics.objects.all().delete()
        keys = [(large.project, f"count_agreement:{large.project.pk}") for large in made]
        return [enqueue("count_agreement", key=key, project=project) for project, key in keys]

    return {"import": ask_for_imports, "export": ask_for_exports, "agreement": ask_for_counts}


@contextmanager
def at_work(number: int, folder: Path) -> Iterator[list[int]]:
    """Workers that have begun, each with a process that carries out jobs; ended at the end."""
    processes = [
        subprocess.Popen(
            [*CELERY, "worker", "--concurrency", "1", "--loglevel", "INFO", "-n", f"{one}@here"],
            stdout=(folder / f"{one}.log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        for one in range(number)
    ]
    try:
        for one in range(number):
            wait_until(partial(is_ready, folder / f"{one}.log"))
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def measure(ask: Callable[[], list[Any]], workers: Sequence[int]) -> dict[str, float]:
    from annotations.models import Job, JobStatus

    begin, cpu = time.monotonic(), weigh(workers)
    asked = Job.objects.filter(pk__in=[job.pk for job in ask()])
    wait_until(lambda: not asked.unfinished().exists())
    seconds = time.monotonic() - begin
    failed = asked.exclude(status=JobStatus.DONE).first()
    assert failed is None, failed.message
    return {"seconds": round(seconds, 1), "cpu seconds of workers": round(weigh(workers) - cpu, 1)}


def weigh(workers: Sequence[int]) -> float:
    """The processor's seconds of the workers and of what they started."""
    own = [Path(f"/proc/{worker}") for worker in workers]
    theirs = [child for one in own for child in (one / "task" / one.name / "children").read_text().split()]
    stats = [
        (process / "stat").read_text().rpartition(")")[2].split()
        for process in (*own, *(Path("/proc") / one for one in theirs))
    ]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def is_ready(log: Path) -> bool:
    return b" ready." in log.read_bytes()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"not done after {LONGEST_SECONDS} s")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
