"""Exports of annotations beside Label Studio's own, with the same texts and spans, in one run: CPU seconds and their ratio.

    python -m benchmarks.export                       5,000 articles, 3 annotators, 8 spans each
    python -m benchmarks.export --articles 500        a smaller one
    python -m benchmarks.export --every-format        all of our formats beside JSONL, and nothing of Label Studio

Both read a SQLite database of their own. Ours is asked over REST in this process, Label Studio over its REST in its own;
each is asked once before it is measured. The goal is a tenth of Label Studio's JSON export for JSONL.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.agreement_page import fill

if TYPE_CHECKING:
    from annotations.labelstudio.access import StudioConnection

TICKS = os.sysconf("SC_CLK_TCK")
TASKS_AT_ONCE = 500
WORDS = "Kyiv must have guarantees, Mr Novak said. Critics reject that, although they admit the risk. "


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--annotators", type=int, default=3)
    parser.add_argument("--spans", type=int, default=8, help="of each annotator in each article")
    parser.add_argument("--every-format", action="store_true")
    parser.add_argument("--only", nargs="*", default=[], help="of all formats these beside JSONL")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-export-") as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'export.sqlite3'}",
            "WORKBENCH_HOME": folder,
            "SECRET_KEY": "of-a-benchmark",
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
        }
        report = run(arguments, Path(folder))
    print(json.dumps(vars(arguments) | report, indent=2))


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    import numpy as np

    from annotations.models import Annotation
    from tests.factories import make_project

    project = make_project()
    fill(
        project,
        np.random.default_rng(0),
        articles=arguments.articles,
        annotators=arguments.annotators,
        spans=arguments.spans,
        rounds=1,
        words=WORDS,
    )
    if arguments.every_format:
        return measure_every_format(project, {"jsonl", *arguments.only} if arguments.only else set())
    ours = {name: measure_ours(project, name) for name in ("jsonl", "conll")}
    theirs = measure_label_studio(project, folder)
    return {
        "annotations": Annotation.objects.count(),
        "ours": ours,
        "label_studio": theirs,
        "ratio": {
            "jsonl": round(theirs["JSON"]["cpu_seconds"] / ours["jsonl"]["cpu_seconds"], 1),
            "conll": round(theirs["CONLL2003"]["cpu_seconds"] / ours["conll"]["cpu_seconds"], 1),
        },
        "load": round(os.getloadavg()[0], 1),
    }


def measure_every_format(project: Any, only: set[str]) -> dict[str, Any]:
    """What each format takes, and how many times JSONL that is, whose lines are stored as they are written."""
    from annotations.formats.registry import WRITTEN

    names = [known.name for known in WRITTEN if not only or known.name in only]
    ours = {name: measure_ours(project, name) for name in names}
    return {
        "ours": ours,
        "times_jsonl": {
            name: round(found["cpu_seconds"] / ours["jsonl"]["cpu_seconds"], 1)
            for name, found in ours.items()
        },
        "load": round(os.getloadavg()[0], 1),
    }


def measure_ours(project: Any, name: str) -> dict[str, float]:
    """One request, after one that loads what it needs."""
    from django.test import Client

    from annotations.models import Role
    from tests.factories import make_member

    client = Client(headers={"host": "127.0.0.1:8000"})
    client.force_login(make_member(project, Role.MANAGER))
    url = f"/api/v1/projects/{project.pk}/annotations/?format={name}"
    found: dict[str, float] = {}
    for _ in range(2):
        begin, wall, size = time.process_time(), time.monotonic(), 0
        response = client.get(url)
        assert response.status_code == 200, response.content
        first = 0.0
        for chunk in response.streaming_content:
            first = first or time.monotonic() - wall
            size += len(chunk)
        found = {
            "cpu_seconds": round(time.process_time() - begin, 3),
            "first_byte_seconds": round(first, 3),
            "megabytes": round(size / 1e6, 1),
            "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    return found


def measure_label_studio(project: Any, folder: Path) -> dict[str, dict[str, float]]:
    from annotations.labelstudio.access import StudioAccess, StudioConnection
    from annotations.labelstudio.server import LocalStudio

    root = Path(__file__).resolve().parents[1]
    shared = LocalStudio(root / "var" / "label-studio", root / "requirements" / "label-studio.txt")
    shared.install()
    studio = LocalStudio(folder / "label-studio", shared.lock, shared.environment)
    running = studio.start(public_url="http://127.0.0.1:8000")
    try:
        studio.wait_until_healthy(running)
        connection = StudioConnection(StudioAccess(running.url, studio.obtain_token(running)), timeout=1800)
        number = import_into_label_studio(connection, project)
        return {kind: measure_export(connection, running.pid, number, kind) for kind in ("JSON", "CONLL2003")}
    finally:
        studio.stop()


def import_into_label_studio(connection: "StudioConnection", project: Any) -> int:
    """The same articles with the same annotations, as a project of Label Studio."""
    from annotations.formats.record import Record
    from annotations.gold.records import read_annotations
    from annotations.labelstudio.label_config import render
    from annotations.labelstudio.payloads import write_result

    scheme = project.scheme.definition
    made = ask(connection, "POST", "/api/projects/", {"title": "Export", "label_config": render(scheme)})
    number = int(made["id"])
    tasks: dict[int, dict[str, Any]] = {}
    for record in map(Record.from_line, read_annotations(project)):
        article = record.article
        empty = {"data": {"text": article.text, "title": article.title}, "annotations": []}
        task = tasks.setdefault(article.id, empty)
        task["annotations"].append({"result": write_result(record.markup, article.text, scheme)})
    rows = list(tasks.values())
    for first in range(0, len(rows), TASKS_AT_ONCE):
        ask(connection, "POST", f"/api/projects/{number}/import", rows[first : first + TASKS_AT_ONCE])
    return number


def measure_export(connection: "StudioConnection", pid: int, project: int, kind: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for _ in range(2):
        before = read_cpu(pid)
        answer = connection.client.get(
            f"/api/projects/{project}/export",
            params={"exportType": kind},
            headers={"Authorization": f"Bearer {connection.bearer()}"},
        )
        assert answer.is_success, answer.text[:500]
        found = {
            "cpu_seconds": round(read_cpu(pid) - before, 3),
            "megabytes": round(len(answer.content) / 1e6, 1),
        }
    return found


def ask(connection: "StudioConnection", method: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {connection.bearer()}"}
    answer = connection.client.request(method, path, json=body, headers=headers)
    assert answer.is_success, answer.text[:500]
    return answer.json()


def read_cpu(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


if __name__ == "__main__":
    main()
