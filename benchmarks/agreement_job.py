"""What agreement of a large project costs: CPU, peak memory and the longest statement that writes, of its jobs and of the first look.

Run it from the repository's root:

    python -m benchmarks.agreement_job [--articles 20000]

On SQLite in a folder of its own, or on the database that DATABASE_URL names, which must be empty. Each step is a process of
its own, as a worker and a server are. Memory is the most that is resident, and includes the about 145 MB of a process that
has read the program; it is asked of Linux.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--annotators", type=int, default=3)
    parser.add_argument("--spans", type=int, default=8, help="of each annotator in each article")
    parser.add_argument("--step", choices=STEPS, help="what a process of its own is started with")
    arguments = parser.parse_args()
    if arguments.step:
        start()
        STEPS[arguments.step](arguments)
        return
    with tempfile.TemporaryDirectory(prefix="workbench-agreement-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'agreement.sqlite3'}")
        os.environ |= {
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        for step in STEPS:
            command = [sys.executable, "-m", "benchmarks.agreement_job", *sys.argv[1:], "--step", step]
            subprocess.run(command, check=True)


def start() -> None:
    import django

    django.setup()


def make_project(arguments: argparse.Namespace) -> None:
    import numpy as np
    from django.core.management import call_command

    from annotations.models import Role
    from annotations.models.tallies import rebuild_tallies
    from benchmarks.agreement_page import fill
    from tests import factories

    call_command("migrate", verbosity=0)
    project = factories.make_project()
    factories.make_member(project, Role.MANAGER)
    fill(
        project,
        np.random.default_rng(0),
        articles=arguments.articles,
        annotators=arguments.annotators,
        spans=arguments.spans,
        rounds=1,
    )
    rebuild_tallies()


def run_job(kind: str) -> None:
    from annotations.jobs.services import enqueue
    from annotations.jobs.worker import Checkpoint, find_handler
    from annotations.models import Job, JobStatus, Project

    project = Project.objects.get()
    enqueue(kind, key=f"{kind}:measured", project=project)
    Job.objects.filter(key=f"{kind}:measured").update(status=JobStatus.RUNNING, worker="here")
    job = Job.objects.select_related("project").get(key=f"{kind}:measured")
    measure(kind, lambda: find_handler(kind)(job, Checkpoint(job)))


def look(part: str) -> None:
    from importlib import import_module

    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse

    from annotations.models import Project, User
    from benchmarks.agreement_page import PLAIN_FILES

    import_module("workbench.wsgi")  # as the server does before it answers
    project = Project.objects.get()
    client = Client(headers={"host": "127.0.0.1:8000"})
    client.force_login(User.objects.filter(memberships__project=project, memberships__role="manager")[0])

    def ask() -> None:
        answer = client.get(reverse("web:agreement", args=[project.slug]) + part)
        assert answer.status_code == 200, answer.status_code

    with override_settings(STORAGES=PLAIN_FILES):
        measure(f"the first look at agreement/{part}", ask)


STEPS: dict[str, Callable[[argparse.Namespace], None]] = {
    "project": make_project,
    "count": lambda _: run_job("count_agreement"),
    "files": lambda _: run_job("write_agreement"),
    "page": lambda _: look(""),
    "json": lambda _: look("report.json"),
}


def measure(what: str, work: Callable[[], Any]) -> None:
    """Do it, and print what it took."""
    from django.db import connection

    longest = [0.0]

    def watch(execute: Callable[..., Any], *arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            if not arguments[0].lstrip().upper().startswith("SELECT"):
                longest[0] = max(longest[0], time.perf_counter() - begin)

    Path("/proc/self/clear_refs").write_text("5")
    before = time.process_time()
    with connection.execute_wrapper(watch):
        work()
    seconds = time.process_time() - before
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(
        f"{connection.vendor:10} {what:40} {seconds:6.2f} s CPU  {peak:5.0f} MB  "
        f"longest statement that writes {longest[0]:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
