"""What cannot start says in a sentence why, with a status of its own, and leaves no trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.labelstudio.server import find_free_port
from tests.installation import ROOT, WITHOUT_OURS, Installation
from tests.processes import run_python

GUNICORN_HALTS = 3


def run(home: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_python(command, {**WITHOUT_OURS, "WORKBENCH_HOME": str(home), **environment}, timeout=300)


def quickstart(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    port = () if "--port" in arguments else ("--port", str(find_free_port()))
    return run(home, "manage.py", "quickstart", "--no-browser", *port, *arguments, **environment)


def refusal(done: subprocess.CompletedProcess[str], *, status: int = 1) -> str:
    """What it says on stderr, if it ended with the status and without a trace."""
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_a_second_quickstart_in_the_same_folder_is_refused(installation: Installation) -> None:
    said = refusal(quickstart(installation.home, "--port", "1"))
    assert "is running already" in said
    assert str(installation.home) in said


def test_a_port_that_is_taken_is_named_with_another(installation: Installation, tmp_path: Path) -> None:
    done = quickstart(tmp_path, "--port", str(installation.port))
    said = refusal(done)
    assert f"Port {installation.port} is taken" in said
    assert f"--port {installation.port + 1}" in said


def test_a_studio_without_its_token_is_refused(installation: Installation, tmp_path: Path) -> None:
    done = quickstart(tmp_path, STUDIO_URL=installation.studio_access().url)
    said = refusal(done)
    assert "STUDIO_TOKEN is not" in said
    assert not (tmp_path / "workbench.sqlite3").exists()


def test_a_studio_that_does_not_accept_the_token_is_refused(
    installation: Installation, tmp_path: Path
) -> None:
    done = quickstart(tmp_path, STUDIO_URL=installation.studio_access().url, STUDIO_TOKEN="wrong")
    said = refusal(done)
    assert "does not accept the workbench's token" in said
    assert "Personal Access Token" in said


def test_a_studio_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = quickstart(tmp_path, STUDIO_URL="http://127.0.0.1:9", STUDIO_TOKEN="any")
    said = refusal(done)
    assert "Label Studio does not answer at http://127.0.0.1:9" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    said = refusal(quickstart(tmp_path / "file" / "home"))
    assert "cannot be written" in said
    assert "WORKBENCH_HOME" in said


@pytest.mark.parametrize("content", [b"SECRET_KEY=x\nnonsense\n", b"\xff\xfe\x00", b"SECRET KEY=x\n"])
def test_a_damaged_settings_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_bytes(content)
    said = refusal(quickstart(tmp_path))
    assert "settings.env is damaged" in said
    assert "Mend it" in said
    assert (tmp_path / "settings.env").read_bytes() == content


def test_no_secret_key_is_no_start(tmp_path: Path) -> None:
    said = refusal(run(tmp_path, "manage.py", "worker", "--once"))
    assert "There is no secret key" in said
    assert "make quickstart" in said


@pytest.mark.parametrize("command", [("worker", "--once"), ("agreement", "seeds"), ("sync",)], ids=" ".join)
def test_a_command_on_a_database_without_tables_says_what_to_do(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    said = refusal(run(tmp_path, "manage.py", *command, SECRET_KEY="x"))
    assert "manage.py migrate" in said


def test_a_reader_who_has_seen_enough_ends_a_command_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "diffsettings", "--all"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "x"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_the_server_on_a_database_without_tables_ends_and_says_what_to_do(tmp_path: Path) -> None:
    """As the quickstart starts it: loaded once, with our worker class."""
    worker = ("--preload", "--worker-class", "workbench.front.BufferingWorker")
    server = ("-m", "gunicorn", "workbench.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket")
    done = run(tmp_path, *server, *worker, SECRET_KEY="x")
    said = refusal(done, status=GUNICORN_HALTS)
    assert "The database is not up to date" in said
    assert "manage.py migrate" in said
