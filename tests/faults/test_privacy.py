"""Another account of the machine finds no password in the list of processes and nothing to read in the folder."""

import os
from collections.abc import Iterator
from pathlib import Path

from annotations.management.privacy import find_open_to_others
from tests.faults.conftest import People
from tests.faults.people import Person
from tests.installation import Installation


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


def test_the_studio_tells_its_version_and_no_commit(people: People) -> None:
    versions = people["annotator-1"].call("GET", "api/version").raise_for_status().json()
    assert versions["release"] == "1.23.2"
    parts = [part for part in versions.values() if isinstance(part, dict)]
    assert parts
    assert {key for part in parts for key in part} <= {"version", "short_version"}
