"""Another account of the machine finds no password in the list of processes and nothing to read in the folder."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from annotations.labelstudio.account import ServiceAccount, StudioServerError, accepts_token, create_token
from annotations.labelstudio.server import find_free_port
from annotations.management.privacy import find_open_to_others
from tests.faults.conftest import People
from tests.faults.people import Person
from tests.faults.test_bad_days import keep_trying
from tests.installation import ROOT, Installation

SECRET = "/sign-in/a-secret/"
SECONDS_TO_START = 180


def _command_lines(installation: Installation) -> Iterator[bytes]:
    """Of every process that anybody sees and that works for the installation."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(installation.home) in environment + command:
                yield command


def test_no_secret_is_in_the_list_of_processes(installation: Installation) -> None:
    account = installation.studio._read(installation.studio._account)
    commands = list(_command_lines(installation))
    assert len(commands) > 3
    assert any(b"label-studio" in command for command in commands)
    for command in commands:
        assert account["password"].encode() not in command
        assert account["token"].encode() not in command


def test_the_folder_is_closed_to_other_accounts(installation: Installation) -> None:
    assert not list(find_open_to_others(installation.home))
    assert installation.home.stat().st_mode & 0o777 == 0o700
    examined = installation.run("doctor")
    assert examined.returncode == 0, examined.stdout


def test_no_log_lets_its_reader_sign_in(installation: Installation, people: People) -> None:
    """Links that are used, used again, wrong, and asked for in a way that is refused are all told without the secret."""
    people["annotator-1"]
    links = [*installation.sign_in_links().values(), f"{installation.url}/sign-in/no-such-secret/"]
    stranger: Person = people.stranger()
    for link in links:
        stranger.browser.get(link)
        stranger.browser.put(link)
        stranger.browser.get(f"{link}more")
    logs = [*(installation.home / "logs").iterdir(), installation.studio.log]
    text = "".join(log.read_text(encoding="utf-8", errors="replace") for log in logs)
    assert "/sign-in/(secret)" in text
    for link in links:
        assert link.rstrip("/").rpartition("/")[2] not in text


def test_the_access_log_of_gunicorn_holds_no_link_whatever_worker_serves(
    installation: Installation,
) -> None:
    port = find_free_port()
    server = ("-m", "gunicorn", "workbench.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket")
    with subprocess.Popen(
        [sys.executable, *server, "--access-logfile", "-"],
        cwd=ROOT,
        env={**installation.environment, "PUBLIC_URL": installation.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
                keep_trying(lambda: client.put(SECRET, headers={"Referer": "http://x/sign-in/another/"}))
        finally:
            process.terminate()
        said, _ = process.communicate(timeout=60)
    assert "PUT /sign-in/(secret)/" in said
    assert "secret/" not in said.replace("(secret)/", "")
    assert "another" not in said


def test_a_password_that_was_once_shown_is_renewed_by_label_studios_own_command(
    installation: Installation,
) -> None:
    studio = installation.studio
    shown = ServiceAccount(**{**studio._read(studio._account), "was_never_shown": False})
    studio._write(studio._account, asdict(shown))
    assert studio.has_shown_password
    assert "once stood in the list of processes" in installation.run("doctor").stdout
    renewed = studio.renew_password()
    assert not studio.has_shown_password
    assert renewed.password != shown.password
    assert renewed == ServiceAccount(**studio._read(studio._account))
    url = installation.studio_access().url
    with pytest.raises(StudioServerError, match=r"status 40[13]"):
        create_token(url, shown)
    with pytest.raises(StudioServerError, match="status 409"):  # it is let in, and has its token already
        create_token(url, renewed)
    assert renewed.password not in studio.log.read_text(encoding="utf-8", errors="replace")


def test_a_key_that_label_studio_cannot_read_again_is_given_to_it_anew_and_the_token_stays_of_use(
    installation: Installation,
) -> None:
    """Label Studio takes a key that begins with a dollar sign for the name of another: one of fifty that it makes."""
    studio = installation.studio
    account = studio._read(studio._account)
    del account["secret_key"]  # as earlier versions of the workbench left it to Label Studio
    studio._write(studio._account, account)
    (studio.home / "data" / ".env").write_text("\nSECRET_KEY=$hk%p*@q_kz\n", encoding="utf-8")
    before = studio.last_started()
    assert before
    studio.stop()
    deadline = time.monotonic() + SECONDS_TO_START
    while (running := studio.find_running()) is None or running.pid == before.pid:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert accepts_token(running.url, studio.read_token())
    said = json.loads(installation.run("doctor", "--json").stdout)
    assert [it["advice"] for it in said if it["subject"] == "Label Studio accepts the workbench"] == [[]]


def test_the_studio_tells_its_version_and_no_commit(people: People) -> None:
    versions = people["annotator-1"].call("GET", "api/version").raise_for_status().json()
    assert versions["release"] == "1.23.2"
    parts = [part for part in versions.values() if isinstance(part, dict)]
    assert parts
    assert {key for part in parts for key in part} <= {
        "version",
        "short_version",
        "latest_version_upload_time",
    }
