"""An export of Label Studio into the workbench, beside Label Studio's own import of the same file: CPU of whole processes.

    python -m benchmarks.import_annotated [--tasks 5000] [--label-studio]

Each task has three annotations of eight spans. The goal is at most an eighth of Label Studio's CPU.
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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotations.labelstudio.access import StudioConnection

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
ANNOTATORS, SPANS = 3, 8
WORDS = [
    "Kyiv",
    "Moscow",
    "allies",
    "must",
    "guarantee",
    "security",
    "and",
    "Paris",
    "will",
    "pay",
    "for",
    "peace",
    "while",
    "Berlin",
    "would",
    "rather",
    "wait",
    "until",
    "the",
    "summit",
    "decides",
    "about",
    "territory",
]
LABELS = ("Claim", "Stance", "Concession")
GOAL = 8
CONFIG = "<View><Labels name='label' toName='text'>{}</Labels><Text name='text' value='$text'/></View>"


def make_tasks(number: int, *, only: int | None = None) -> Iterator[dict[str, Any]]:
    """Made-up articles of 600 words, and what three people marked in each; Label Studio takes annotations of its own users `only`."""
    drawn = random.Random(7)  # noqa: S311 - it guards no secret
    for task in range(1, number + 1):
        text, words = f"Article {task}\n\n", []
        for place in range(600):
            word = drawn.choice(WORDS)
            words.append((len(text), len(text) + len(word)))
            text += word + (". " if place % 12 == 11 else "\n\n" if place % 100 == 99 else " ")
        annotations = [
            {
                "id": task * 10 + person,
                "completed_by": only or person,
                "result": list(_mark(text, words, drawn, task)),
            }
            for person in range(1, ANNOTATORS + 1)
        ]
        yield {"id": task, "data": {"text": text}, "annotations": annotations}


def _mark(
    text: str, words: list[tuple[int, int]], drawn: random.Random, task: int
) -> Iterator[dict[str, Any]]:
    for number in range(SPANS):
        first = drawn.randrange(number * 70, number * 70 + 50)
        start, end = words[first][0], words[first + drawn.randrange(1, 15)][1]
        yield {
            "id": f"t{task}-{number}-{drawn.getrandbits(32)}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": start,
                "end": end,
                "text": text[start:end].replace("\n", "\\n"),
                "labels": [LABELS[number % len(LABELS)]],
            },
        }


def measure_ours(file: Path, home: Path, environment: dict[str, str]) -> dict[str, float]:
    """The whole process of the command: CPU seconds, and memory at most beside that of a command that does nothing."""
    home.mkdir()
    run = [sys.executable, "manage.py"]
    prepare = (
        "from annotations.projects.starting import create_project, store_scheme as s;"
        "from annotations.schemes.definition import read_definition as r;"
        "create_project(name='Import', scheme=s(r('argument-lite-v1'), by=None), by=None)"
    )
    ours = {
        **os.environ,
        **environment,
        "WORKBENCH_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(home / "code"),
    }
    ours.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled, as Label Studio is
    subprocess.run([*run, "migrate", "--verbosity", "0"], cwd=ROOT, env=ours, check=True)
    subprocess.run([*run, "shell", "--no-imports", "-c", prepare], cwd=ROOT, env=ours, check=True)
    subprocess.run([*run, "check"], cwd=ROOT, env=ours, check=True, stdout=subprocess.DEVNULL)
    idle = _run([*run, "plan_round", "--help"], ours)
    found = _run([*run, "import_annotations", "import", str(file)], ours)
    again = _run([*run, "import_annotations", "import", str(file)], ours)
    return {
        "cpu_seconds": found["cpu_seconds"],
        "cpu_seconds_of_the_same_file_again": again["cpu_seconds"],
        "wall_seconds": found["wall_seconds"],
        "megabytes_above_idle": round(found["megabytes"] - idle["megabytes"]),
    }


def _run(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """The CPU and the memory of one process, which is waited for by itself."""
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "wall_seconds": round(time.monotonic() - begin, 1),
        "megabytes": used.ru_maxrss / 1024,
    }


def measure_label_studio(file: Path, folder: Path) -> dict[str, float]:
    """A Label Studio of its own, which is given the file as its page of imports does."""
    from annotations.labelstudio.access import StudioAccess, StudioConnection
    from annotations.labelstudio.server import LocalStudio

    shared = LocalStudio(ROOT / "var" / "label-studio", ROOT / "requirements" / "label-studio.txt")
    shared.install()
    studio = LocalStudio(folder / "label-studio", shared.lock, shared.environment)
    running = studio.start(public_url="http://127.0.0.1:8000")
    try:
        studio.wait_until_healthy(running)
        connection = StudioConnection(StudioAccess(running.url, studio.obtain_token(running)), timeout=3600)
        labels = "".join(f"<Label value='{label}'/>" for label in LABELS)
        made = _ask(
            connection, "/api/projects/", json={"title": "Import", "label_config": CONFIG.format(labels)}
        )
        before, begin = _read_cpu(running.pid), time.monotonic()
        with file.open("rb") as stream:
            answer = _ask(
                connection, f"/api/projects/{made['id']}/import", files={"file": ("export.json", stream)}
            )
        assert answer["task_count"], answer
        return {
            "cpu_seconds": round(_read_cpu(running.pid) - before, 2),
            "wall_seconds": round(time.monotonic() - begin, 1),
            "annotations": answer["annotation_count"],
        }
    finally:
        studio.stop()


def _ask(connection: "StudioConnection", path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {connection.bearer()}"}
    answer = connection.client.request("POST", path, headers=headers, **body)
    assert answer.is_success, answer.text[:500]
    return answer.json()


def _read_cpu(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--label-studio", action="store_true", help="Measure Label Studio's own import, too.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file = folder / "export.json"
        file.write_text(json.dumps(list(make_tasks(chosen.tasks))), encoding="utf-8")
        secret = {"SECRET_KEY": "of-a-benchmark"}
        found: dict[str, Any] = {
            "tasks": chosen.tasks,
            "megabytes_of_the_file": round(file.stat().st_size / 1e6, 1),
            "ours": measure_ours(file, folder / "home", secret),
        }
        if chosen.label_studio:
            os.environ |= {
                **secret,
                "DJANGO_SETTINGS_MODULE": "workbench.settings",
                "WORKBENCH_HOME": str(folder / "home"),
            }
            file.write_text(json.dumps(list(make_tasks(chosen.tasks, only=1))), encoding="utf-8")
            found["label_studio"] = measure_label_studio(file, folder)
            found["times"] = round(found["label_studio"]["cpu_seconds"] / found["ours"]["cpu_seconds"], 1)
            found["goal"] = GOAL
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
