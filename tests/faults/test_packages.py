"""What pip installs elsewhere: the workbench starts from its wheel, and the agreement library comes without Django."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from annotations.labelstudio.server import find_free_port
from tests.installation import ROOT, Installation

HATCHLING = Path(sys.executable).with_name("hatchling")
NEEDED_BY_RICH = ("markdown-it-py", "mdurl", "pygments")
SPANS = [
    {"start": start, "end": start + 9, "label": label} for start, label in ((0, "A"), (20, "B"), (60, "A"))
]
DOCUMENT = {"id": "d", "length": 99, "annotators": dict.fromkeys(("ann", "bob", "cy"), SPANS)}


def build(project: Path, folder: Path) -> Path:
    command = [str(HATCHLING), "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(folder: Path, *arguments: str | Path) -> Path:
    """An environment of its own, away from the checkout; gives back the folder of its programs."""
    uv = find_uv_bin()
    if not folder.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *arguments], check=True)
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has no checkout."""
    kept = ("PATH", "LANG", "TMPDIR")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, "HOME": str(tmp_path)}


def test_the_wheel_starts_the_same_quickstart_from_the_users_own_folder(
    installation: Installation, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    locked = ("--require-hashes", "-r", ROOT / "requirements" / "app.txt")
    install(tmp_path / "venv", *locked)
    programs = install(tmp_path / "venv", "--no-deps", build(ROOT, tmp_path / "dist"))
    access = installation.studio_access()
    port = str(find_free_port())
    process = subprocess.Popen(
        [programs / "workbench", "quickstart", "--no-browser", "--port", port],
        cwd=tmp_path,
        env={**elsewhere, "STUDIO_URL": access.url, "STUDIO_TOKEN": access.token},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops everything" in line:
            break
    process.terminate()
    said += process.communicate(timeout=60)[0]
    assert f"http://127.0.0.1:{port}/sign-in/" in said, said
    assert process.returncode == 0, said
    assert (tmp_path / ".local/share/annotation-workbench/workbench.sqlite3").exists()


def test_the_agreement_library_installs_and_measures_without_django(
    tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    wheel = build(ROOT / "packaging" / "agreement", tmp_path / "dist")
    programs = install(tmp_path / "venv", "-c", ROOT / "requirements" / "app.txt", wheel)
    installed = subprocess.run(
        [find_uv_bin(), "pip", "list", "--format", "json", "--python", programs / "python"],
        capture_output=True,
        check=True,
    )
    names = {one["name"] for one in json.loads(installed.stdout)}
    assert names == {"annotation-agreement", "highspy", "numpy", "scipy", "rich", *NEEDED_BY_RICH}
    (tmp_path / "file.json").write_text(json.dumps({"documents": [DOCUMENT]}), encoding="utf-8")
    done = subprocess.run(
        [programs / "annotation-agreement", "file.json", "--json"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    metrics = json.loads(done.stdout)["metrics"]
    assert metrics["f1_strict"]["value"] == 1
    assert metrics["gamma"]["value"] == 1
